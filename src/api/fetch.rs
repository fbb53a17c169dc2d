//! Requests of the page: what the shell calls around fetch, and all of it in one call.

use wasm_bindgen::prelude::*;

use crate::api::contexts::context;
use crate::api::text::output;
use crate::tracer::timing::Row;
use crate::web::state::with;
use crate::web::{fetch, transport};

/// fetch with a client span of its own trace and headers for the page's own origin. What fetch would throw or reject
/// with becomes the rejection.
#[wasm_bindgen(js_name = tracedFetch)]
pub fn traced_fetch(input: &JsValue, init: &JsValue) -> JsValue {
    fetch::traced_fetch(input, init)
}

/// A request is about to leave under an open span (or none). The scratch buffer holds `tracestate` and `baggage` that
/// came with the trace, the caller's `baggage`, method and URL. Returns the length of the headers to set, as
/// `carriers` writes them.
#[unsafe(export_name = "fetchStart")]
pub extern "C" fn fetch_start(
    handle: f64,
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
    method: usize,
    url: usize,
    frozen: bool,
    bits: u32,
    hash: u32,
    time: f64,
) -> usize {
    let texts = [tracestate, baggage, existing, method, url];
    let context = context(a, b, c, d, s, t, flags);
    output(|tracer, out| {
        tracer.begin_request(handle, &context, texts, frozen, bits, hash, time, out)
    })
}

/// The headers of an answer came (status 0: hidden from the page), or the error that the platform knows (-1: the page
/// called the request off).
#[unsafe(export_name = "fetchEnd")]
pub extern "C" fn fetch_end(handle: f64, status: i32, time: f64) {
    fetch::end(handle, status, time);
}

/// A Resource Timing entry came, by the hash of its URL: nine times, protocol (in tenths), status.
#[unsafe(export_name = "fetchTiming")]
pub extern "C" fn fetch_timing(
    hash: u32,
    fetch_start: f64,
    lookup_start: f64,
    lookup_end: f64,
    connect_start: f64,
    secure_start: f64,
    connect_end: f64,
    request_start: f64,
    response_start: f64,
    response_end: f64,
    protocol: f64,
) {
    let row = Row::new([
        fetch_start,
        lookup_start,
        lookup_end,
        connect_start,
        secure_start,
        connect_end,
        request_start,
        response_start,
        response_end,
        protocol,
        0.0,
    ]);
    if let Some(wake) = with(|tracer| tracer.time_request(hash, &row)) {
        transport::wake(wake);
    }
    fetch::settle();
}
