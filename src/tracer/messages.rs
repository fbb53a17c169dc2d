//! Message spans: from the text of a message to its consumer span in one step, and the update on screen that follows.

use crate::core::attributes::{Attributes, Owner, Value};
use crate::core::carriers::scan;
use crate::core::context::propagation::{Carriers, extract};
use crate::core::context::{RemoteContext, SpanContext};
use crate::core::redaction::REDACTED;
use crate::core::sampler::in_share;
use crate::core::slab::Handle;
use crate::core::span::Kind;
use crate::otlp::wire::{append, put, reset};
use crate::tracer::Tracer;
use crate::tracer::contexts::Contexts;
use crate::tracer::scratch::Scratch;
use crate::tracer::spans::{DECIDED, Ids, RANDOM, REMOTE, SAMPLED, Token, w3c_flags};

/// A message without context, for which no span was asked.
pub const NO_CONTEXT: Handle = -2.0;
/// This tab is not among those that record the trace; the context goes on as it came.
pub const PASSED_ON: Handle = -3.0;

/// A part of the message was handed over, and the rest matters too: nothing has happened yet.
pub const WHOLE: Handle = -4.0;

/// The span starts a trace of its own and links to every context.
pub const OWN_TRACE: u32 = 16;
/// The span is made without a context too.
pub const UNTRACED: u32 = 32;

/// The text is the `traceparent` that stands in the message before all other carriers of ids.
pub const VALUE: u32 = 64;

/// Bytes of what [`Tracer::begin_message`] tells of a context.
const SAID: usize = 26;

/// Most links of one message; the rest is counted.
const MOST_LINKS: usize = 32;

/// Stands for the name of the operation among the interned ones.
const PROCESS: Token = -1;

/// What the spans of messages from one origin have in common, behind what all spans have.
#[derive(Debug)]
pub(crate) struct Usual {
    origin: (Token, Token),
    /// Bytes of what all spans have.
    beginning: usize,
    attributes: Attributes,
}

impl Usual {
    pub(crate) const fn new() -> Self {
        Self {
            origin: (PROCESS, PROCESS),
            beginning: 0,
            attributes: Attributes::new(Owner::Span),
        }
    }
}

/// How to make the span of a message.
#[derive(Clone, Copy, Debug, Default)]
pub struct Message {
    /// The new span's id, and the trace to start where there is none to continue.
    pub ids: Ids,
    /// [`OWN_TRACE`], [`UNTRACED`], [`VALUE`], and the page's decision if there is one: on the trace to start, and on one
    /// whose sender left it open.
    pub flags: u32,
    /// The span's name, interned; 0: it is set later.
    pub name: Token,
    /// `messaging.system`, interned; 0: unknown.
    pub system: Token,
    /// `messaging.destination.name`, interned; 0: unknown.
    pub destination: Token,
    /// The share of tabs that record a trace.
    pub share: f64,
    /// What tells this tab from others.
    pub seed: u32,
    /// When the message was handed to the page.
    pub time: f64,
    /// The offset of traces that begin now.
    pub offset: f64,
}

impl Tracer {
    /// Room for the text of a message that is larger than the scratch buffer; used up by the next scan.
    #[inline(always)]
    pub fn inbox(&mut self, len: usize) -> &mut [u8] {
        self.inbox.clear();
        append(len, &mut self.inbox, |pen| pen.zeros(len));
        &mut self.inbox
    }

    /// Scans the text that was put into the inbox, or the first `len` bytes of the scratch buffer. Returns how many
    /// carriers were malformed.
    #[inline(never)]
    fn scan_handed_over(&mut self, len: usize) -> u32 {
        let text = match self.inbox.get(..len) {
            Some(text) if len > 0 => text,
            _ => self.scratch.text(len),
        };
        scan(text, &mut self.contexts)
    }

    /// Scans a message to describe its contexts. Returns how many there are. `again`: malformed carriers were counted
    /// before.
    pub fn scan_text(&mut self, len: usize, again: bool) -> usize {
        let ignored = self.scan_handed_over(len);
        reset(&mut self.inbox);
        self.admit(if again { 0 } else { ignored })
    }

    /// Scans a message and starts its span. Returns what [`Tracer::start`] does, [`NO_CONTEXT`], [`PASSED_ON`] or
    /// [`WHOLE`].
    #[inline(always)]
    pub fn begin_message(&mut self, len: usize, message: &Message) -> Handle {
        let lean = !self.asks_for_organisations();
        let mut ignored = 0;
        if message.flags & VALUE != 0 {
            let carriers = Carriers {
                traceparent: self.scratch.text(len),
                ..Carriers::default()
            };
            self.contexts.clear();
            extract(&carriers, &mut self.contexts, &mut 0);
            if !lean || self.contexts.list.is_empty() {
                return WHOLE;
            }
        } else {
            self.contexts.lean = lean;
            ignored = self.scan_handed_over(len);
            self.contexts.lean = false;
            let latest = self.contexts.last();
            // An open decision is made by the random number that came along.
            if lean && latest.is_some_and(|latest| latest.context.sampled.is_none()) {
                ignored = self.scan_handed_over(len);
            }
            reset(&mut self.inbox);
        }
        self.admit(ignored);
        self.start_message(message)
    }

    #[inline(always)]
    fn start_message(&mut self, message: &Message) -> Handle {
        let own = message.flags & OWN_TRACE != 0;
        let mut ids = message.ids;
        let mut flags = message.flags & (SAMPLED | RANDOM | DECIDED);
        if let Some(latest) = self.contexts.last() {
            let remote = &latest.context;
            let mut below = self.flags_below(latest);
            if remote.sampled.is_none() && flags & DECIDED != 0 {
                below = (below & !SAMPLED) | (flags & SAMPLED);
            }
            report_context(&self.contexts, latest, below, &mut self.scratch);
            let seed = u64::from(message.seed);
            if message.share < 1.0 && !in_share(&remote.trace_id, seed, message.share) {
                self.counters.not_sampled += 1;
                return PASSED_ON;
            }
            if own {
                // Its own trace, and yet the sender's decision.
                flags = (below & !(RANDOM | REMOTE)) | (flags & RANDOM);
            } else {
                flags = below;
                ids.trace = remote.trace_id;
                ids.parent = remote.span_id;
            }
        } else if message.flags & UNTRACED == 0 {
            return NO_CONTEXT;
        }
        let handle = self.start(
            ids,
            flags,
            message.name,
            Kind::Consumer as u32,
            message.time,
            message.offset,
        );
        if handle > 0.0 {
            self.describe_message(handle, message);
            // Most messages have one context, which is the parent.
            if own || self.contexts.list.len() > 1 {
                self.link_contexts(handle, own);
            }
            if !own
                && let Some(latest) = self.contexts.last()
                && let Some(span) = self.spans.get(handle)
            {
                put(self.contexts.tracestate(latest), &mut span.trace_state);
            }
        }
        handle
    }

    #[inline(always)]
    fn describe_message(&mut self, handle: Handle, message: &Message) {
        let Some(span) = self.spans.get(handle) else {
            return;
        };
        let attributes = &mut span.attributes;
        let usual = &mut self.usual;
        let origin = (message.system, message.destination);
        // Most messages come from where the last one came from: then their attributes are copied at once.
        let beginning = usual.attributes.bytes().get(..usual.beginning);
        if usual.origin != origin || beginning != Some(attributes.bytes()) {
            usual.origin = origin;
            usual.beginning = attributes.bytes().len();
            usual.attributes.clear();
            usual.attributes.copy_from(attributes);
            for (key, token) in [
                (&b"messaging.system"[..], message.system),
                (b"messaging.destination.name", message.destination),
                (b"messaging.operation.type", PROCESS),
                (b"messaging.operation.name", PROCESS),
            ] {
                let value = if token == PROCESS {
                    b"process"
                } else if self.redaction.attribute(key) {
                    REDACTED
                } else {
                    self.names.get(token as u32)
                };
                if token != 0 {
                    usual.attributes.set(key, Value::Str(value));
                }
            }
        }
        attributes.clear();
        attributes.copy_from(&usual.attributes);
        let count = self.contexts.list.len();
        if count > 1 {
            let count = Value::Number(count as f64);
            attributes.set(b"messaging.batch.message_count", count);
        }
    }

    /// Links to every context but the one that is the parent, each once.
    #[inline(never)]
    fn link_contexts(&mut self, handle: Handle, own: bool) {
        let Some(span) = self.spans.get(handle) else {
            return;
        };
        let list = &self.contexts.list;
        let parent = list.last().filter(|_| !own);
        let mut linked = [&SpanContext::BLANK; MOST_LINKS];
        let mut count = 0;
        let mut refused = 0;
        for remote in list {
            let context = &remote.context;
            let same = |other: &SpanContext| {
                other.trace_id == context.trace_id && other.span_id == context.span_id
            };
            let known = linked.get(..count).unwrap_or_default();
            if parent.is_some_and(|parent| same(&parent.context))
                || known.iter().any(|other| same(other))
            {
                continue;
            }
            let Some(place) = linked.get_mut(count) else {
                refused += 1;
                continue;
            };
            *place = context;
            count += 1;
            let flags = w3c_flags(context) | REMOTE;
            let state = self.contexts.tracestate(remote);
            self.item
                .begin_link(&context.trace_id, &context.span_id, flags, state);
            self.item.finish(span);
        }
        span.refuse_links(refused);
    }
}

/// Leaves in the scratch buffer what JavaScript needs to know of the context that a span is made for: the ids of its
/// trace and span, the flags below it, and whether state may have come along that travels on.
fn report_context(contexts: &Contexts, latest: &RemoteContext, flags: u32, scratch: &mut Scratch) {
    if let Some(said) = scratch.bytes_mut().first_chunk_mut::<SAID>() {
        said[..16].copy_from_slice(&latest.context.trace_id.0);
        said[16..24].copy_from_slice(&latest.context.span_id.0);
        said[24] = flags as u8;
        said[25] = contexts.state(latest);
    }
}
