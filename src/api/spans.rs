//! Spans by handle: start, links, end.

use crate::core::ids::{SpanId, TraceId};
use crate::tracer::spans::Ids;
use crate::web::state::with;
use crate::web::transport;

/// Starts a span: trace id, own id and parent's id in words, flags, name, kind, time, the offset of its trace. Returns
/// its handle;
/// 0: not sampled, -1: no decision.
#[unsafe(export_name = "start")]
pub extern "C" fn start(
    a: u32,
    b: u32,
    c: u32,
    d: u32,
    s: u32,
    t: u32,
    p: u32,
    q: u32,
    flags: u32,
    name: i32,
    kind: u32,
    time: f64,
    offset: f64,
) -> f64 {
    let ids = Ids {
        trace: TraceId::from_words(a, b, c, d),
        span: SpanId::from_words(s, t),
        parent: SpanId::from_words(p, q),
    };
    transport::run(|tracer| tracer.start(ids, flags, name, kind, time, offset))
}

/// Compares the clocks: by how many milliseconds the wall's has left the page's behind. Returns the offset of traces that
/// begin now.
#[unsafe(export_name = "compareClocks")]
pub extern "C" fn compare_clocks(ahead: f64) -> f64 {
    with(|tracer| tracer.compare_clocks(ahead))
}

/// Ends a span. `hold`: it is written when it is ended again, with the time given here.
#[unsafe(export_name = "end")]
pub extern "C" fn end(handle: f64, time: f64, hold: bool) {
    transport::run(|tracer| tracer.end(handle, time, hold));
}

/// Ends all open spans as incomplete.
#[unsafe(export_name = "endAll")]
pub extern "C" fn end_all(time: f64) {
    transport::run(|tracer| tracer.end_all_incomplete(time));
}

/// Starts a link, with `tracestate` in the scratch buffer; its attributes go to target -1.
#[unsafe(export_name = "beginLink")]
pub extern "C" fn begin_link(
    a: u32,
    b: u32,
    c: u32,
    d: u32,
    s: u32,
    t: u32,
    flags: u32,
    state: usize,
) {
    with(|tracer| {
        let (trace, span) = (TraceId::from_words(a, b, c, d), SpanId::from_words(s, t));
        tracer.begin_link(&trace, &span, flags, state);
    });
}
