//! Spans by handle: start, rename, status, end. A stale handle is a no-op everywhere.

use crate::core::attributes::{Attributes, Owner, Value};
use crate::core::context::SpanContext;
use crate::core::ids::{SpanId, TraceId};
use crate::core::limits;
use crate::core::sampler::Decision;
use crate::core::slab::Handle;
use crate::core::span::{Kind, Status};
use crate::delivery::buffer::Rank;
use crate::otlp::write;
use crate::tracer::Tracer;
use crate::tracer::sending::Wake;
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
    /// Remembers the first `len` bytes of the scratch buffer, redacted; 0 when the table is full.
    pub fn intern(&mut self, len: usize) -> u32 {
        let text = self.scratch.text(len);
        self.redacted.clear();
        let changed = self.redaction.text(text, &mut self.redacted);
        let text = if changed { &self.redacted } else { text };
        let number = self.names.add(text);
        if number > 0 {
            self.rules.push(self.redaction.rule(text));
        }
        number
    }

    /// Starts a span. `flags`: [`SAMPLED`], [`RANDOM`], [`DECIDED`], [`REMOTE`]. Returns its handle,
    /// [`NOT_SAMPLED`] or [`UNDECIDED`].
    pub fn start(&mut self, ids: Ids, flags: u32, name: Token, kind: u32, time: f64) -> Handle {
        if self.sampler.rate.is_none() {
            return UNDECIDED;
        }
        if flags & DECIDED == 0 {
            match self.sampler.decide(None, &ids.trace, None, None) {
                Decision::Record => {}
                Decision::Drop => {
                    self.counters.not_sampled += 1;
                    return NOT_SAMPLED;
                }
                Decision::Undecided => return UNDECIDED,
            }
        } else if flags & SAMPLED == 0 {
            self.counters.not_sampled += 1;
            return NOT_SAMPLED;
        }
        let handle = self.open(ids, flags, kind, time);
        self.rename(handle, name);
        handle
    }

    /// Opens a slot for a sampled span whose name comes next.
    fn open(&mut self, ids: Ids, flags: u32, kind: u32, time: f64) -> Handle {
        if self.spans.len() >= self.config.max_open_spans {
            self.end_oldest(time);
        }
        let start = self.clock.unix(time);
        let Some((handle, span)) = self.spans.open() else {
            return NOT_SAMPLED;
        };
        self.counters.started += 1;
        span.trace_id = ids.trace;
        span.span_id = ids.span;
        span.parent = ids.parent;
        span.flags = SAMPLED | (flags & RANDOM) | write::HAS_IS_REMOTE;
        if flags & REMOTE != 0 {
            span.flags |= write::IS_REMOTE;
        }
        span.kind = Kind::from_number(kind);
        span.start = start;
        span.attributes.copy_from(&self.defaults);
        if !ids.parent.is_valid() {
            self.link_to_page(handle);
        }
        handle
    }

    fn link_to_page(&mut self, handle: Handle) {
        let (Some(page), Some(span)) = (self.page, self.spans.get(handle)) else {
            return;
        };
        if page.trace_id == span.trace_id {
            return;
        }
        let mut attributes = Attributes::new(Owner::Link);
        attributes.set(b"tracelink.link", Value::Str(b"page"));
        let mut encoded = Vec::new();
        let (trace, parent) = (&page.trace_id.0, &page.span_id.0);
        let flags = w3c_flags(&page) | write::HAS_IS_REMOTE;
        write::link(
            trace,
            parent,
            &[],
            attributes.bytes(),
            0,
            flags,
            &mut encoded,
        );
        span.add_link(&encoded);
    }

    /// Starts a span that the crate itself makes, under a name it knows.
    pub fn start_own(
        &mut self,
        ids: Ids,
        flags: u32,
        name: &[u8],
        kind: Kind,
        time: f64,
    ) -> Handle {
        let handle = self.open(ids, flags, kind as u32, time);
        if let Some(span) = self.spans.get(handle) {
            span.name.clear();
            span.name
                .extend_from_slice(limits::cut(name, limits::NAME_BYTES));
        }
        handle
    }

    /// Renames a span.
    #[inline]
    pub fn rename(&mut self, handle: Handle, name: Token) {
        let Some(span) = self.spans.get(handle) else {
            return;
        };
        span.name.clear();
        if name > 0 {
            span.name
                .extend_from_slice(limits::cut(self.names.get(name as u32), limits::NAME_BYTES));
            return;
        }
        let text = self.scratch.text(name.unsigned_abs() as usize);
        self.redacted.clear();
        let changed = self.redaction.text(text, &mut self.redacted);
        let text = if changed { &self.redacted } else { text };
        span.name
            .extend_from_slice(limits::cut(text, limits::NAME_BYTES));
    }

    /// Sets the status: 1 ok, 2 error with the first `len` bytes of the scratch buffer as its text.
    pub fn set_status(&mut self, handle: Handle, code: u32, len: usize) {
        let status = match code {
            1 => Status::Ok,
            2 => Status::Error,
            _ => return,
        };
        let Some(span) = self.spans.get(handle) else {
            return;
        };
        let text = self.scratch.text(len);
        self.redacted.clear();
        let changed = self.redaction.text(text, &mut self.redacted);
        span.set_status(status, if changed { &self.redacted } else { text });
    }

    /// Writes down the `tracestate` that a span received.
    pub fn set_trace_state(&mut self, handle: Handle, trace_state: &[u8]) {
        if let Some(span) = self.spans.get(handle) {
            span.trace_state.clear();
            span.trace_state.extend_from_slice(trace_state);
        }
    }

    /// Ends a span.
    #[inline]
    pub fn end(&mut self, handle: Handle, time: f64) -> Wake {
        let end = self.clock.unix(time);
        let Some(span) = self.spans.get(handle) else {
            return Wake::default();
        };
        if span.ended == 0 {
            span.ended = end.max(1);
            self.counters.ended += 1;
        }
        self.write(handle)
    }

    /// Writes a span that has ended, and frees its slot.
    #[inline]
    pub(crate) fn write(&mut self, handle: Handle) -> Wake {
        let Some(span) = self.spans.get(handle) else {
            return Wake::default();
        };
        let message = &mut self.redacted;
        message.clear();
        write::span(&span.fields(span.ended), message);
        let mut wake = Wake::default();
        if self.retained.wants() {
            wake.report = self.retained.push(message);
        }
        match &mut self.exporter {
            Some(exporter) => {
                let important =
                    !span.parent.is_valid() || span.status() == Status::Error || span.is_linked();
                let rank = if important {
                    Rank::Important
                } else {
                    Rank::Ordinary
                };
                exporter.push(rank, message, &mut self.counters);
                wake.send = self.schedule.ended(exporter.is_eager());
            }
            None => self.counters.kept += 1,
        }
        self.spans.close(handle);
        wake
    }

    /// Ends a span that could not end by itself.
    pub fn end_incomplete(&mut self, handle: Handle, time: f64) -> Wake {
        // A request that has ended and waits for its timing is complete.
        if let Some(span) = self.spans.get(handle).filter(|span| span.ended == 0) {
            span.attributes
                .set(b"tracelink.incomplete", Value::Bool(true));
        }
        self.end(handle, time)
    }

    /// Ends all open spans as incomplete: the page does not come back.
    pub fn end_all_incomplete(&mut self, time: f64) {
        for handle in self.spans.handles() {
            self.end_incomplete(handle, time);
        }
    }

    fn end_oldest(&mut self, time: f64) {
        if let Some(oldest) = self.spans.oldest() {
            self.end_incomplete(oldest, time);
        }
    }

    /// The context of an open span.
    pub fn context_of(&mut self, handle: Handle) -> Option<SpanContext> {
        let span = self.spans.get(handle)?;
        Some(SpanContext {
            trace_id: span.trace_id,
            span_id: span.span_id,
            sampled: Some(span.flags & SAMPLED != 0),
            random: span.flags & RANDOM != 0,
        })
    }
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
