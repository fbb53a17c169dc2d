//! Message spans: from the text of a message to its consumer span in one step, and the update on screen that follows.

use crate::core::attributes::{Attributes, Owner, Value};
use crate::core::carriers;
use crate::core::context::{RemoteContext, SpanContext};
use crate::core::sampler::in_share;
use crate::core::slab::Handle;
use crate::core::span::Kind;
use crate::otlp::wire::put;
use crate::otlp::write;
use crate::tracer::Tracer;
use crate::tracer::spans::{DECIDED, Ids, RANDOM, REMOTE, SAMPLED, Token, w3c_flags};
use alloc::vec::Vec;

/// A message without context, for which no span was asked.
pub const NO_CONTEXT: Handle = -2.0;
/// This tab is not among those that record the trace; the context goes on as it came.
pub const PASSED_ON: Handle = -3.0;

/// The span starts a trace of its own and links to every context.
pub const OWN_TRACE: u32 = 16;
/// The span is made without a context too.
pub const UNTRACED: u32 = 32;

/// Most links of one message; the rest is counted.
const MOST_LINKS: usize = 32;

/// Stands for the name of the operation among the interned ones.
const PROCESS: Token = -1;

/// What the spans of messages from one origin have in common.
#[derive(Debug)]
pub(crate) struct Usual {
    origin: (Token, Token),
    attributes: Attributes,
}

impl Usual {
    pub(crate) const fn new() -> Self {
        Self {
            origin: (PROCESS, PROCESS),
            attributes: Attributes::new(Owner::Span),
        }
    }
}

/// How to make the span of a message.
#[derive(Clone, Copy, Debug, Default)]
pub struct Message {
    /// The new span's id, and the trace to start where there is none to continue.
    pub ids: Ids,
    /// [`OWN_TRACE`], [`UNTRACED`], and the decision on the trace to start if there is one.
    pub flags: u32,
    /// The span's name, interned; 0: it is set later.
    pub name: Token,
    /// `messaging.system`, interned; 0: unknown.
    pub system: Token,
    /// `messaging.destination.name`, interned; 0: unknown.
    pub destination: Token,
    /// Bytes of the message; negative: unknown.
    pub size: f64,
    /// The share of tabs that record a trace.
    pub share: f64,
    /// What tells this tab from others.
    pub seed: u32,
    /// When the message was handed to the page.
    pub time: f64,
}

impl Tracer {
    /// Room for the text of a message that is larger than the scratch buffer; used up by the next scan.
    pub fn inbox(&mut self, len: usize) -> &mut [u8] {
        self.inbox.clear();
        self.inbox.resize(len, 0);
        &mut self.inbox
    }

    /// Scans the text that was put into the inbox, or the first `len` bytes of the scratch buffer. Returns how many
    /// contexts there are. `again`: malformed carriers were counted before.
    pub fn scan_text(&mut self, len: usize, again: bool) -> usize {
        let inbox = core::mem::take(&mut self.inbox);
        let text = if inbox.is_empty() {
            self.scratch.text(len)
        } else {
            inbox.get(..len).unwrap_or_default()
        };
        let (mut found, mut ignored) = (Vec::new(), 0);
        if !text.is_empty() {
            carriers::scan(text, &mut found, &mut ignored);
        }
        self.admit(found, if again { 0 } else { ignored })
    }

    /// Scans a message and starts its span. Returns what [`Tracer::start`] does, [`NO_CONTEXT`] or [`PASSED_ON`].
    pub fn begin_message(&mut self, len: usize, message: &Message) -> Handle {
        self.scan_text(len, false);
        let contexts = core::mem::take(&mut self.contexts);
        let handle = self.start_message(&contexts, message);
        self.contexts = contexts;
        handle
    }

    fn start_message(&mut self, contexts: &[RemoteContext], message: &Message) -> Handle {
        let own = message.flags & OWN_TRACE != 0;
        let mut ids = message.ids;
        let mut flags = message.flags & (SAMPLED | RANDOM | DECIDED);
        if let Some(latest) = contexts.last() {
            let remote = &latest.context;
            let below = self.flags_below(latest);
            self.report_context(latest, below);
            if !in_share(&remote.trace_id, u64::from(message.seed), message.share) {
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
        );
        if handle > 0.0 {
            self.describe_message(handle, contexts.len(), message);
            self.link_contexts(handle, contexts, own);
        }
        handle
    }

    /// Leaves in the scratch buffer what JavaScript needs to know of the context that a span is made for: the words of
    /// its trace and span, the flags below it, and whether state came along that travels on; little-endian.
    fn report_context(&mut self, latest: &RemoteContext, flags: u32) {
        let (a, b, c, d) = latest.context.trace_id.words();
        let (s, t) = latest.context.span_id.words();
        let travels = !latest.tracestate.is_empty() || !latest.baggage.is_empty();
        let words = [a, b, c, d, s, t, flags, u32::from(travels)];
        for (bytes, word) in self.scratch.bytes_mut().chunks_exact_mut(4).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
    }

    fn describe_message(&mut self, handle: Handle, count: usize, message: &Message) {
        let Some(span) = self.spans.get(handle) else {
            return;
        };
        let attributes = &mut span.attributes;
        let usual = &mut self.usual;
        // Most messages come from where the last one came from: then their attributes are copied at once.
        if usual.origin != (message.system, message.destination) || !attributes.bytes().is_empty() {
            usual.origin = (message.system, message.destination);
            usual.attributes.clear();
            for (key, token) in [
                (&b"messaging.system"[..], message.system),
                (b"messaging.destination.name", message.destination),
                (b"messaging.operation.type", PROCESS),
                (b"messaging.operation.name", PROCESS),
            ] {
                let value = if token == PROCESS {
                    b"process"
                } else {
                    self.names.get(token as u32)
                };
                if token != 0 {
                    usual.attributes.set(key, Value::Str(value));
                    attributes.set(key, Value::Str(value));
                }
            }
        } else {
            attributes.copy_from(&usual.attributes);
        }
        if count > 1 {
            let count = Value::Number(count as f64);
            attributes.set(b"messaging.batch.message_count", count);
        }
        if message.size >= 0.0 {
            attributes.set(b"messaging.message.body.size", Value::Number(message.size));
        }
    }

    /// Links to every context but the one that is the parent, each once.
    fn link_contexts(&mut self, handle: Handle, contexts: &[RemoteContext], own: bool) {
        let same =
            |a: &SpanContext, b: &SpanContext| a.trace_id == b.trace_id && a.span_id == b.span_id;
        let latest = contexts.last().map(|remote| &remote.context);
        let mut linked: Vec<&SpanContext> = Vec::new();
        let mut refused = 0;
        for remote in contexts {
            let context = &remote.context;
            let is_parent = !own && latest.is_some_and(|latest| same(latest, context));
            if is_parent || linked.iter().any(|other| same(other, context)) {
                continue;
            }
            if linked.len() == MOST_LINKS {
                refused += 1;
                continue;
            }
            linked.push(context);
            let flags = w3c_flags(context) | REMOTE;
            self.begin_link(context.trace_id, context.span_id, flags, &remote.tracestate);
            self.finish_item(handle);
        }
        if let Some(span) = self.spans.get(handle) {
            span.refuse_links(refused);
            if let Some(latest) = contexts.last().filter(|_| !own) {
                put(&latest.tracestate, &mut span.trace_state);
            }
        }
    }

    /// What an open span passes on: its context, the `tracestate` that came with it, and whether its parent is in
    /// another process.
    pub fn carried_by(&mut self, handle: Handle) -> Option<(SpanContext, Vec<u8>, bool)> {
        let context = self.context_of(handle)?;
        let span = self.spans.get(handle)?;
        let remote = span.flags & write::IS_REMOTE != 0;
        Some((context, span.trace_state.clone(), remote))
    }
}
