//! Requests of the page: the headers they carry, and spans that have ended and still wait for their network timing.

use crate::core::context::{SpanContext, baggage};
use crate::core::slab::Handle;
use crate::otlp::wire::put;
use crate::tracer::Tracer;
use crate::tracer::sending::Wake;
use alloc::vec::Vec;

/// The caller set `traceparent`.
pub const HAS_TRACEPARENT: u32 = 1;
/// The caller set `sentry-trace`.
pub const HAS_SENTRY: u32 = 2;

impl Tracer {
    /// Appends the carriers to write beside those that the caller set, separated by NUL: `traceparent`, `tracestate`,
    /// `baggage`, `sentry-trace`. What the caller set of one family keeps ours of that family out; the caller's baggage
    /// is added to. The scratch buffer holds `tracestate` and `baggage` that came with the trace and the caller's own
    /// `baggage`, of these lengths. `frozen`: the trace came from another process.
    pub fn write_request_carriers(
        &mut self,
        span: &SpanContext,
        [tracestate, baggage, existing]: [usize; 3],
        frozen: bool,
        bits: u32,
        out: &mut Vec<u8>,
    ) {
        let text = |at: usize, len: usize| self.scratch.text_at(at, len);
        let (state, baggage, existing) = (
            text(0, tracestate),
            text(tracestate, baggage),
            text(tracestate + baggage, existing),
        );
        if existing.is_empty() && bits == 0 {
            return self.write_carriers(span, state, baggage, frozen, out);
        }
        let mut block = Vec::new();
        self.write_carriers(span, state, baggage, frozen, &mut block);
        let max_bytes = self.config.propagation.max_baggage_bytes;
        keep_callers(&block, existing, bits, max_bytes, out);
    }

    /// Ends a span that is written later, when it is ended again: until then it counts as ended and shows nowhere.
    pub fn hold(&mut self, handle: Handle, time: f64) -> Wake {
        let end = self.clock.unix(time);
        let Some(span) = self.spans.get(handle).filter(|span| span.ended == 0) else {
            return Wake::default();
        };
        span.ended = end.max(1);
        self.counters.ended += 1;
        self.held += 1;
        Wake {
            report: false,
            send: self.schedule.ended(false),
        }
    }
}

fn keep_callers(block: &[u8], existing: &[u8], bits: u32, max_bytes: usize, out: &mut Vec<u8>) {
    let own_sentry = bits & HAS_SENTRY != 0 || baggage::has_sentry(existing);
    let own_w3c = bits & HAS_TRACEPARENT != 0;
    for (index, value) in block.split(|byte| *byte == 0).enumerate() {
        if index > 0 {
            put(b"\0", out);
        }
        match index {
            2 if own_sentry => {
                let mut others = Vec::new();
                baggage::third_party_only(value, &mut others);
                baggage::merge(existing, &others, max_bytes, out);
            }
            2 => baggage::merge(existing, value, max_bytes, out),
            3 if own_sentry => {}
            0 | 1 if own_w3c => {}
            _ => put(value, out),
        }
    }
}
