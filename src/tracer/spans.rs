//! Spans by handle: start, rename, status, end. A stale handle is a no-op everywhere.

use crate::core::attributes::Value;
use crate::core::clock::Clock;
use crate::core::context::SpanContext;
use crate::core::ids::{SpanId, TraceId};
use crate::core::interner::Interner;
use crate::core::limits;
use crate::core::redaction::{Redaction, Rule};
use crate::core::sampler::Decision;
use crate::core::slab::Handle;
use crate::core::span::{Kind, OpenSpan, Status};
use crate::delivery::buffer::Rank;
use crate::otlp::wire::put;
use crate::otlp::write;
use crate::tracer::Tracer;
use crate::tracer::items::Item;
use crate::tracer::scratch::Scratch;
use alloc::vec::Vec;

/// W3C sampled bit, as JavaScript passes it.
pub const SAMPLED: u32 = 1;
/// W3C random bit.
pub const RANDOM: u32 = 2;
/// The sampling decision of the trace was made.
pub const DECIDED: u32 = 4;
/// The parent is another process's span.
pub const REMOTE: u32 = 8;

/// A start that sampling left out.
pub const NOT_SAMPLED: Handle = 0.0;
/// A start without a decision (`sampleRate: null`): not recorded, and none is invented.
pub const UNDECIDED: Handle = -1.0;

/// Names and keys: positive for an interned one, else minus the length of text in the scratch buffer.
pub type Token = i32;

/// The identity of a span to start.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ids {
    /// Its trace.
    pub trace: TraceId,
    /// Its own id.
    pub span: SpanId,
    /// Its parent's id; all zero for a root.
    pub parent: SpanId,
}

impl Tracer {
    /// Remembers the first `len` bytes of the scratch buffer, redacted. When the table is full, they stand there redacted.
    pub fn intern(&mut self, len: usize) -> Token {
        let text = self.scratch.text(len);
        let text = self.redaction.shown(Rule::Text, text, &mut self.redacted);
        let number = self.names.add(text, self.redaction.rule(text) as u32);
        if number > 0 {
            return number as Token;
        }
        let len = text.len();
        // Nothing is there unless something was redacted.
        if let Some(redacted) = self.redacted.get(..len)
            && let Some(room) = self.scratch.bytes.get_mut(..len)
        {
            room.copy_from_slice(redacted);
        }
        -(len as Token)
    }

    /// Starts a span. `flags`: [`SAMPLED`], [`RANDOM`], [`DECIDED`], [`REMOTE`]. `offset`: that of its trace, as
    /// [`Tracer::compare_clocks`] said when it began. Returns its handle, [`NOT_SAMPLED`] or [`UNDECIDED`].
    pub fn start(
        &mut self,
        ids: Ids,
        flags: u32,
        name: Token,
        kind: u32,
        time: f64,
        offset: f64,
    ) -> Handle {
        let decision = if self.sampler.rate.is_some() && flags & DECIDED != 0 {
            if flags & SAMPLED != 0 {
                Decision::Record
            } else {
                Decision::Drop
            }
        } else {
            self.sampler.decide(None, &ids.trace, None, None)
        };
        if decision == Decision::Undecided {
            return UNDECIDED;
        }
        if decision == Decision::Drop {
            self.counters.not_sampled += 1;
            return NOT_SAMPLED;
        }
        let handle = self.open(&ids, flags, kind, time, offset);
        self.rename(handle, name);
        handle
    }

    /// Opens a slot for a sampled span whose name comes next.
    #[inline(never)]
    fn open(&mut self, ids: &Ids, flags: u32, kind: u32, time: f64, offset: f64) -> Handle {
        if self.spans.len() >= self.config.max_open_spans {
            self.end_incomplete(self.spans.oldest(), time);
        }
        let start = self.clock.unix(time + offset);
        let Some((handle, span)) = self.spans.open() else {
            return NOT_SAMPLED;
        };
        self.counters.started += 1;
        span.fixed.set_ids(&ids.trace.0, &ids.span.0, &ids.parent.0);
        let kind = Kind::from_number(kind) as u8;
        span.fixed.begin(kind, start, otlp_flags(flags | SAMPLED));
        span.offset = offset;
        span.offset_at_start = self.clock.offset();
        span.attributes.copy_from(&self.defaults);
        if !ids.parent.is_valid()
            && let Some(page) = &self.page
            && page.trace_id != ids.trace
        {
            link_to_page(&mut self.item, page, span);
        }
        handle
    }

    /// Renames a span.
    #[inline(never)]
    pub fn rename(&mut self, handle: Handle, name: Token) {
        if let Some(span) = self.spans.get(handle) {
            let texts = (&self.names, &self.scratch, &self.redaction);
            span.set_name(named(name, texts, &mut self.redacted));
        }
    }

    /// Sets the status: 1 ok, 2 error with the first `len` bytes of the scratch buffer as its text.
    #[inline(always)]
    pub fn set_status(&mut self, handle: Handle, code: i32, len: usize) {
        let status = match code {
            1 => Status::Ok,
            2 => Status::Error,
            _ => return,
        };
        let Some(span) = self.spans.get(handle) else {
            return;
        };
        let text = self.scratch.text(len);
        let text = self.redaction.shown(Rule::Text, text, &mut self.redacted);
        span.set_status(status, text);
    }

    /// Writes down the `tracestate` that a span received: the first `len` bytes of the scratch buffer.
    pub fn set_trace_state(&mut self, handle: Handle, len: usize) {
        if let Some(span) = self.spans.get(handle) {
            span.trace_state.clear();
            put(self.scratch.text(len), &mut span.trace_state);
        }
    }

    /// Ends a span: writes it down and frees its slot. `hold`: not yet, but when it is ended again; until then it counts
    /// as ended and shows nowhere.
    #[inline(never)]
    pub fn end(&mut self, handle: Handle, time: f64, hold: bool) {
        let Some(span) = self.spans.find(handle) else {
            return;
        };
        let has_ended = span.fixed.has_ended();
        if !has_ended {
            stop(span, &self.clock, time);
            self.counters.ended += 1;
        }
        if hold {
            if !has_ended {
                self.held += 1;
                self.schedule.ended(false, &mut self.wake);
            }
            return;
        }
        self.held -= u32::from(has_ended);
        let message = &mut self.redacted;
        message.clear();
        write::span(&span.fields(), message);
        if self.retained.wants() {
            self.wake.report |= self.retained.push(message);
        }
        if self.exporter.is_on {
            let important =
                !span.fixed.has_parent() || span.status() == Status::Error || span.is_linked();
            let rank = if important {
                Rank::Important
            } else {
                Rank::Ordinary
            };
            self.exporter.push(rank, message, &mut self.counters);
            let eager = self.exporter.is_eager();
            self.schedule.ended(eager, &mut self.wake);
        } else {
            self.counters.kept += 1;
        }
        self.spans.close(handle);
    }

    /// Ends a span that could not end by itself.
    #[inline(never)]
    pub fn end_incomplete(&mut self, handle: Handle, time: f64) {
        if let Some(span) = self.spans.get(handle)
            // A request that has ended and waits for its timing is complete.
            && !span.fixed.has_ended()
        {
            let attributes = &mut span.attributes;
            attributes.set(b"tracelink.incomplete", Value::Bool(true));
        }
        self.end(handle, time, false);
    }

    /// Ends all open spans as incomplete: the page does not come back.
    pub fn end_all_incomplete(&mut self, time: f64) {
        for slot in 0..self.spans.slots() {
            self.end_incomplete(self.spans.at(slot), time);
        }
    }

    /// The context of an open span.
    pub fn context_of(&mut self, handle: Handle) -> Option<SpanContext> {
        let span = self.spans.get(handle)?;
        Some(SpanContext {
            trace_id: TraceId(span.fixed.trace_id()),
            span_id: SpanId(span.fixed.span_id()),
            sampled: Some(true),
            random: u32::from(span.fixed.flags()) & RANDOM != 0,
        })
    }
}

/// Gives a span its end, and says for how long the machine slept meanwhile.
#[inline(always)]
fn stop(span: &mut OpenSpan, clock: &Clock, time: f64) {
    let suspended = clock.suspended(span.offset_at_start);
    if suspended > 0.0 {
        let suspended = Value::Number(suspended);
        span.attributes.set(b"tracelink.suspended_ms", suspended);
    }
    span.fixed.end(clock.unix(time + span.offset));
}

/// The text of a token: an interned name, or the redacted beginning of the scratch buffer; cut to the limit of a name.
#[inline(always)]
pub(crate) fn named<'a>(
    token: Token,
    (names, scratch, redaction): (&'a Interner, &'a Scratch, &Redaction),
    room: &'a mut Vec<u8>,
) -> &'a [u8] {
    let text = if token > 0 {
        names.get(token as u32)
    } else {
        let text = scratch.text(token.unsigned_abs() as usize);
        redaction.shown(Rule::Text, text, room)
    };
    limits::cut(text, limits::NAME_BYTES)
}

#[inline(never)]
fn link_to_page(item: &mut Item, page: &SpanContext, span: &mut OpenSpan) {
    item.begin_link(&page.trace_id, &page.span_id, w3c_flags(page), &[]);
    let attributes = &mut item.attributes;
    attributes.set(b"tracelink.link", Value::Str(b"page"));
    item.finish(span);
}

/// The flags of a span or link as OTLP has them, of those that JavaScript passes.
pub(crate) fn otlp_flags(flags: u32) -> u32 {
    let remote = if flags & REMOTE != 0 {
        write::IS_REMOTE
    } else {
        0
    };
    (flags & (SAMPLED | RANDOM)) | write::HAS_IS_REMOTE | remote
}

/// The W3C flags of a context as one byte.
pub fn w3c_flags(context: &SpanContext) -> u32 {
    let sampled = if context.sampled == Some(true) {
        SAMPLED
    } else {
        0
    };
    sampled | if context.random { RANDOM } else { 0 }
}
