//! Contexts that came, and the carriers to write.

use crate::core::context::SpanContext;
use crate::core::ids::{SpanId, TraceId};
use crate::tracer::spans::{DECIDED, RANDOM, SAMPLED};
use crate::web::state::with;

fn context(a: u32, b: u32, c: u32, d: u32, s: u32, t: u32, flags: u32) -> SpanContext {
    SpanContext {
        trace_id: TraceId::from_words(a, b, c, d),
        span_id: SpanId::from_words(s, t),
        sampled: (flags & DECIDED != 0).then_some(flags & SAMPLED != 0),
        random: flags & RANDOM != 0,
    }
}

/// The carriers to write for a context, `traceparent\0tracestate\0baggage\0sentry-trace`. The scratch buffer holds
/// `tracestate` and `baggage` that came with the trace, the `baggage` that is there already, and members for its dynamic
/// sampling context. `bits`: what else is known, by `core::context::propagation`; `rate`: see `tracer::contexts`.
#[unsafe(export_name = "carriers")]
pub extern "C" fn carriers(
    a: u32,
    b: u32,
    c: u32,
    d: u32,
    s: u32,
    t: u32,
    flags: u32,
    tracestate: usize,
    baggage: usize,
    existing: usize,
    texts: usize,
    bits: u32,
    rate: f64,
) -> usize {
    let texts = [tracestate, baggage, existing, texts];
    let span = context(a, b, c, d, s, t, flags);
    with(|tracer| tracer.write_carriers(&span, texts, bits, rate))
}

/// Reads the carriers in the scratch buffer: lengths of `traceparent`, `tracestate`, `baggage`, `sentry-trace`.
/// Returns how many contexts there are, to be asked for by `contextAt`.
#[unsafe(export_name = "readCarriers")]
pub extern "C" fn read_carriers(
    traceparent: usize,
    tracestate: usize,
    baggage: usize,
    sentry: usize,
) -> usize {
    with(|tracer| tracer.read_carriers([traceparent, tracestate, baggage, sentry]))
}

/// The context at `index` of the last extraction: `traceparent\0tracestate\0baggage\0flags source`, where the
/// baggage is what travels on unless `all` is asked for, and flags and source are one character each.
#[unsafe(export_name = "contextAt")]
pub extern "C" fn context_at(index: usize, all: bool) -> usize {
    with(|tracer| tracer.describe_context(index, all))
}
