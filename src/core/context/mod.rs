//! What travels between processes: the context of a span, and the header formats that carry it.

use alloc::vec::Vec;

pub mod baggage;
mod grammar;
pub mod propagation;
pub mod sentry;
pub mod traceparent;
pub mod tracestate;

use crate::core::ids::{SpanId, TraceId};

/// The part of a span that others refer to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SpanContext {
    /// The trace.
    pub trace_id: TraceId,
    /// The span within it.
    pub span_id: SpanId,
    /// The sampling decision; `None`: the sender left it open.
    pub sampled: Option<bool>,
    /// W3C's random flag: the trace id was drawn at random.
    pub random: bool,
}

impl SpanContext {
    /// One that is filled in later. Of nothing but zeros: another constant would be copied from memory.
    pub(crate) const BLANK: Self = Self {
        trace_id: TraceId([0; 16]),
        span_id: SpanId([0; 8]),
        sampled: Some(false),
        random: false,
    };
}

/// The header family that a context was read from, as JavaScript is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Source {
    /// `traceparent` and `tracestate`.
    W3c = b'0',
    /// The same, and a `sentry-trace` of the same trace beside it.
    Both = b'4',
    /// `sentry-trace`.
    Sentry = b'8',
}

/// A context that came from another process. What came along with it is read from [`Contexts`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RemoteContext {
    /// The sender's span.
    pub context: SpanContext,
    /// Who wrote the ids.
    pub source: Source,
    tracestate: Part,
    pub(super) baggage: Part,
}

/// Where in the text of [`Contexts`] something stands.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Part {
    start: usize,
    end: usize,
}

impl Part {
    pub(super) fn is_empty(self) -> bool {
        self.start >= self.end
    }
}

/// Contexts in order, the latest last, and the text that came along with them: one block for all, kept from one
/// message to the next, as most hold a single context.
#[derive(Clone, Default, Debug)]
pub struct Contexts {
    /// The contexts.
    pub list: Vec<RemoteContext>,
    text: Vec<u8>,
    /// Baggage is not wanted now: most messages pass none on.
    pub lean: bool,
    /// Something may travel on that was not read.
    pub unread: bool,
    /// Carriers while they are read, kept to be allocated once.
    pub(crate) buffer: Vec<u8>,
}

impl Contexts {
    /// No contexts.
    pub const fn new() -> Self {
        Self {
            list: Vec::new(),
            text: Vec::new(),
            lean: false,
            unread: false,
            buffer: Vec::new(),
        }
    }

    /// Forgets everything and keeps the memory.
    pub fn clear(&mut self) {
        self.list.clear();
        self.text.clear();
        self.unread = false;
    }

    /// The latest context.
    #[inline(never)]
    pub fn last(&self) -> Option<&RemoteContext> {
        self.list.last()
    }

    /// The normalised `tracestate`; empty when there was none or a broken one.
    pub fn tracestate(&self, of: &RemoteContext) -> &[u8] {
        self.part(of.tracestate)
    }

    /// The `baggage` as received; empty when there was none or more than 8,192 bytes.
    pub fn baggage(&self, of: &RemoteContext) -> &[u8] {
        self.part(of.baggage)
    }

    /// What came along with a context: a bit for what matters to what leaves, and one for a `tracestate`.
    pub(crate) fn state(&self, of: &RemoteContext) -> u8 {
        let tracestate = !of.tracestate.is_empty();
        let travels =
            tracestate || !of.baggage.is_empty() || self.unread || of.source != Source::W3c;
        u8::from(travels) | u8::from(tracestate) << 1
    }

    /// Goes back to `len` contexts, whose last takes over the baggage of the one behind them in the same trace if it
    /// has none.
    pub(crate) fn keep(&mut self, len: usize) {
        if let Some((before, behind)) = self.list.split_at_mut_checked(len)
            && let (Some(kept), Some(later)) = (before.last_mut(), behind.last())
            && kept.baggage.is_empty()
            && kept.context.trace_id == later.context.trace_id
        {
            kept.baggage = later.baggage;
        }
        self.list.truncate(len);
    }

    #[inline(never)]
    fn part(&self, part: Part) -> &[u8] {
        self.text.get(part.start..part.end).unwrap_or_default()
    }
}
