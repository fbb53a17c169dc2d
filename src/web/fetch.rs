//! Requests of the page, where the browser has a part in them.

use alloc::vec;
use alloc::vec::Vec;

use wasm_bindgen::prelude::*;

use crate::core::context::SpanContext;
use crate::tracer::Tracer;
use crate::tracer::spans::{Ids, UNDECIDED};
use crate::web::platform;
use crate::web::state::{feed_entropy, with};
use crate::web::transport;

/// Longest URL, method and baggage together that are looked at.
const TEXT: usize = 16_384;

/// The whole of a traced request, for those who use the crate without the shell.
pub(crate) fn traced_fetch(input: &JsValue, init: &JsValue) -> JsValue {
    feed_entropy();
    let time = platform::now();
    let call = platform::open_request(input, init);
    let mut text = vec![0; TEXT];
    let len = platform::read_request(&call, &mut text);
    let (bits, hash) = (platform::request_bits(&call), platform::request_hash(&call));
    let mut headers = Vec::new();
    let started = usize::try_from(len).ok().and_then(|len| {
        text.truncate(len);
        with(|tracer| start(tracer, &text, bits, hash, time, &mut headers))
    });
    platform::send_request(&call, &headers, started.unwrap_or_default())
}

fn start(
    tracer: &mut Tracer,
    text: &[u8],
    bits: u32,
    hash: u32,
    time: f64,
    headers: &mut Vec<u8>,
) -> f64 {
    let ids = Ids {
        trace: tracer.entropy.trace_id(),
        span: tracer.entropy.span_id(),
        ..Ids::default()
    };
    let handle = tracer.start(ids, 0, 0, 3, time);
    let context = SpanContext {
        trace_id: ids.trace,
        span_id: ids.span,
        sampled: (handle != UNDECIDED).then_some(handle > 0.0),
        random: false,
    };
    let mut texts = [0; 5];
    for (len, part) in texts.iter_mut().skip(2).zip(text.split(|byte| *byte == 0)) {
        *len = part.len();
    }
    tracer.scratch.fill(text.split(|byte| *byte == 0));
    tracer.begin_request(handle, &context, texts, false, bits, hash, time, headers);
    handle
}

/// The answer to a request came, or its error.
pub(crate) fn end(handle: f64, status: i32, time: f64) {
    let mut name = [0; 64];
    let len = platform::error_name(&mut name);
    let name = name.get(..len).unwrap_or_default();
    if let Some(wake) = with(|tracer| tracer.end_request(handle, status, name, time)) {
        transport::wake(wake);
    }
    settle();
}

/// Writes the requests that have ended, whether their timing came or not.
pub(crate) fn write_awaited() {
    if let Some(wake) = with(Tracer::write_awaited) {
        transport::wake(wake);
    }
    settle();
}

/// Stops listening when nothing waits.
pub(crate) fn settle() {
    if with(|tracer| tracer.awaits_timing()) == Some(false) {
        platform::stop_timing();
    }
}
