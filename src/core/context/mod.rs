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

/// The header family that a context was read from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    /// `traceparent` and `tracestate`.
    W3c,
    /// `sentry-trace`.
    Sentry,
}

/// A context that came from another process, with what came along.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RemoteContext {
    /// The sender's span.
    pub context: SpanContext,
    /// The normalised `tracestate`; empty when there was none or a broken one.
    pub tracestate: Vec<u8>,
    /// The `baggage` as received; empty when there was none or more than 8,192 bytes.
    pub baggage: Vec<u8>,
    /// Who wrote the ids.
    pub source: Source,
}
