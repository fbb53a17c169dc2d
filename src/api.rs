//! Every `#[wasm_bindgen]` export. Numbers, and text through the scratch buffer; nothing here throws.
//!
//! Names under which JavaScript calls: the shell's hot path is `start`, `setString`, `end`; the browser functions
//! of `js/platform/` call back `tick`, `answered` and their like through the hook that `install` was given.

use wasm_bindgen::prelude::*;

use crate::core::context::SpanContext;
use crate::core::ids::{SpanId, TraceId};
use crate::otlp::wire::put;
use crate::tracer::Tracer;
use crate::tracer::spans::{DECIDED, Ids, RANDOM, SAMPLED};
use crate::web::state::{feed_entropy, replace, with};
use crate::web::{platform, transport};

fn context(a: u32, b: u32, c: u32, d: u32, s: u32, t: u32, flags: u32) -> SpanContext {
    SpanContext {
        trace_id: TraceId::from_words(a, b, c, d),
        span_id: SpanId::from_words(s, t),
        sampled: (flags & DECIDED != 0).then_some(flags & SAMPLED != 0),
        random: flags & RANDOM != 0,
    }
}

/// Runs `write` on the output buffer, emptied; returns how much is in it, for JavaScript to read at `output`.
fn output(write: impl FnOnce(&mut Tracer, &mut Vec<u8>)) -> usize {
    let written = with(|tracer| {
        let mut out = std::mem::take(&mut tracer.output);
        out.clear();
        write(tracer, &mut out);
        tracer.output = out;
        tracer.output.len()
    });
    written.unwrap_or_default()
}

/// Address of what the last call with output wrote.
#[wasm_bindgen(js_name = outputAddress)]
pub fn output_address() -> usize {
    with(|tracer| tracer.output.as_ptr() as usize).unwrap_or_default()
}

/// Makes the tracer. `hook(name, ...arguments)` calls the export of that name, guarded as the caller likes.
#[wasm_bindgen]
pub fn install(hook: &JsValue, time_origin: f64) {
    platform::install(hook);
    let mut tracer = Box::new(Tracer::new(time_origin));
    tracer.config.write_number = |value, out| {
        let mut text = [0; 32];
        let len = platform::number_text(value, &mut text);
        out.extend_from_slice(text.get(..len).unwrap_or_default());
    };
    replace(Some(tracer));
}

/// Forgets the tracer and everything in it.
#[wasm_bindgen]
pub fn uninstall() {
    replace(None);
}

/// Sets a numeric option, by the numbers of `tracer::config`.
#[wasm_bindgen(js_name = setNumberOption)]
pub fn set_number_option(setting: u32, value: f64) {
    with(|tracer| tracer.set_number(setting, value));
}

/// Sets a textual option from the scratch buffer, by the numbers of `tracer::config`.
#[wasm_bindgen(js_name = setTextOption)]
pub fn set_text_option(setting: u32, len: usize) {
    with(|tracer| tracer.set_text(setting, len));
}

/// Where requests go; `headers` are `name\0value\0…`.
#[wasm_bindgen(js_name = setEndpoint)]
pub fn set_endpoint(url: &JsValue, headers: &JsValue, json: bool, gzip: bool, keepalive: bool) {
    platform::set_endpoint(url, headers, json, gzip, keepalive);
}

/// Address of the scratch buffer in the wasm memory; it never changes.
#[wasm_bindgen]
pub fn scratch() -> usize {
    with(|tracer| tracer.scratch.bytes_mut().as_mut_ptr() as usize).unwrap_or_default()
}

/// Remembers a name or key; returns its number, or 0 when the table is full.
#[wasm_bindgen]
pub fn intern(len: usize) -> u32 {
    with(|tracer| tracer.intern(len)).unwrap_or_default()
}

/// Starts a span: trace id, own id and parent's id in words, flags, name, kind, time. Returns its handle;
/// 0: not sampled, -1: no decision.
#[wasm_bindgen]
#[expect(clippy::too_many_arguments, reason = "numbers cross the boundary for free, objects do not")]
pub fn start(
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
) -> f64 {
    let ids = Ids {
        trace: TraceId::from_words(a, b, c, d),
        span: SpanId::from_words(s, t),
        parent: SpanId::from_words(p, q),
    };
    with(|tracer| tracer.start(ids, flags, name, kind, time)).unwrap_or_default()
}

/// Sets a string attribute.
#[wasm_bindgen(js_name = setString)]
pub fn set_string(target: f64, key: i32, len: usize) {
    with(|tracer| tracer.set_string(target, key, len));
}

/// Sets a number attribute.
#[wasm_bindgen(js_name = setNumber)]
pub fn set_number(target: f64, key: i32, value: f64) {
    with(|tracer| tracer.set_number_attribute(target, key, value));
}

/// Sets a boolean attribute.
#[wasm_bindgen(js_name = setBool)]
pub fn set_bool(target: f64, key: i32, value: bool) {
    with(|tracer| tracer.set_bool(target, key, value));
}

/// Removes an attribute.
#[wasm_bindgen]
pub fn unset(target: f64, key: i32) {
    with(|tracer| tracer.unset(target, key));
}

/// Counts an attribute whose value has no place in OTLP.
#[wasm_bindgen]
pub fn refuse(target: f64) {
    with(|tracer| tracer.refuse(target));
}

/// Starts an array value.
#[wasm_bindgen(js_name = beginArray)]
pub fn begin_array() {
    with(Tracer::begin_array);
}

/// Adds a string to the array value.
#[wasm_bindgen(js_name = pushString)]
pub fn push_string(len: usize) {
    with(|tracer| tracer.push_string(len));
}

/// Adds a number to the array value.
#[wasm_bindgen(js_name = pushNumber)]
pub fn push_number(value: f64) {
    with(|tracer| tracer.push_number(value));
}

/// Adds a boolean to the array value.
#[wasm_bindgen(js_name = pushBool)]
pub fn push_bool(value: bool) {
    with(|tracer| tracer.push_bool(value));
}

/// Sets the array value that was put together.
#[wasm_bindgen(js_name = setArray)]
pub fn set_array(target: f64, key: i32) {
    with(|tracer| tracer.set_array(target, key));
}

/// Starts an event; its attributes go to target -1.
#[wasm_bindgen(js_name = beginEvent)]
pub fn begin_event(name: i32, time: f64) {
    with(|tracer| tracer.begin_event(name, time));
}

/// Starts a link, with `tracestate` in the scratch buffer; its attributes go to target -1.
#[wasm_bindgen(js_name = beginLink)]
#[expect(clippy::too_many_arguments, reason = "numbers cross the boundary for free, objects do not")]
pub fn begin_link(a: u32, b: u32, c: u32, d: u32, s: u32, t: u32, flags: u32, state: usize) {
    with(|tracer| {
        let state = tracer.scratch.text(state).to_vec();
        tracer.begin_link(TraceId::from_words(a, b, c, d), SpanId::from_words(s, t), flags, &state);
    });
}

/// Adds the event or link that was put together.
#[wasm_bindgen(js_name = finishItem)]
pub fn finish_item(handle: f64) {
    with(|tracer| tracer.finish_item(handle));
}

/// Sets the status: 1 ok, 2 error with text from the scratch buffer.
#[wasm_bindgen(js_name = setStatus)]
pub fn set_status(handle: f64, code: u32, len: usize) {
    with(|tracer| tracer.set_status(handle, code, len));
}

/// Writes down the `tracestate` that a span received, from the scratch buffer.
#[wasm_bindgen(js_name = setTraceState)]
pub fn set_trace_state(handle: f64, len: usize) {
    with(|tracer| {
        let state = tracer.scratch.text(len).to_vec();
        tracer.set_trace_state(handle, &state);
    });
}

/// Renames a span.
#[wasm_bindgen]
pub fn rename(handle: f64, name: i32) {
    with(|tracer| tracer.rename(handle, name));
}

/// Ends a span.
#[wasm_bindgen]
pub fn end(handle: f64, time: f64) {
    if let Some(wake) = with(|tracer| tracer.end(handle, time)) {
        transport::wake(wake);
    }
}

/// The carriers to write for a context, `traceparent\0tracestate\0baggage\0sentry-trace`. The scratch buffer holds
/// the `tracestate` and `baggage` that came with the trace.
#[wasm_bindgen]
#[expect(clippy::too_many_arguments, reason = "numbers cross the boundary for free, objects do not")]
pub fn carriers(
    a: u32,
    b: u32,
    c: u32,
    d: u32,
    s: u32,
    t: u32,
    flags: u32,
    state: usize,
    baggage: usize,
    frozen: bool,
) -> usize {
    output(|tracer, out| {
        let (tracestate, rest) = (tracer.scratch.text(state), tracer.scratch.text_at(state, baggage));
        tracer.write_carriers(&context(a, b, c, d, s, t, flags), tracestate, rest, frozen, out);
    })
}

/// Reads the carriers in the scratch buffer: lengths of `traceparent`, `tracestate`, `baggage`, `sentry-trace`.
/// Returns how many contexts there are, to be asked for by `contextAt`.
#[wasm_bindgen(js_name = readCarriers)]
pub fn read_carriers(traceparent: usize, tracestate: usize, baggage: usize, sentry: usize) -> usize {
    with(|tracer| tracer.read_carriers([traceparent, tracestate, baggage, sentry])).unwrap_or_default()
}

/// The context at `index` of the last extraction: `traceparent\0tracestate\0baggage\0flags source`, where the
/// baggage is what travels on unless `all` is asked for, and flags and source are one character each.
#[wasm_bindgen(js_name = contextAt)]
pub fn context_at(index: usize, all: bool) -> usize {
    output(|tracer, out| tracer.describe_context(index, all, out))
}

/// The decision of the default sampler on a trace, or that of `rate` (0 to 1) if it is a number.
#[wasm_bindgen]
pub fn sample(a: u32, b: u32, c: u32, d: u32, rate: f64) -> bool {
    with(|tracer| tracer.sample(TraceId::from_words(a, b, c, d), rate)).unwrap_or_default()
}

/// The send timer ran out.
#[wasm_bindgen]
pub fn tick() {
    transport::pump();
}

/// A request was answered: HTTP status (0: none), `Retry-After` in ms (negative: none), body.
#[wasm_bindgen]
pub fn answered(id: u32, status: u32, retry_after: f64, body: &[u8]) {
    transport::answered(id, status, retry_after, body);
}

/// The content policy forbids the endpoint.
#[wasm_bindgen]
pub fn blocked() {
    with(Tracer::block);
}

/// Sends now, whatever the back-off says.
#[wasm_bindgen]
pub fn flush() {
    with(Tracer::hurry);
    transport::pump();
}

/// Whether a flush has come to its end.
#[wasm_bindgen(js_name = isSettled)]
pub fn is_settled() -> bool {
    let now = platform::now();
    with(|tracer| tracer.is_settled(now)).unwrap_or(true)
}

/// The page may be gone after this. `gone`: it does not come back from the cache, so open spans are written too.
#[wasm_bindgen(js_name = pageHidden)]
pub fn page_hidden(gone: bool) {
    feed_entropy();
    let now = platform::now();
    if gone {
        with(|tracer| tracer.end_all_incomplete(now));
    }
    transport::flush_at_exit();
}

/// Ends all open spans as incomplete.
#[wasm_bindgen(js_name = endAll)]
pub fn end_all(time: f64) {
    with(|tracer| tracer.end_all_incomplete(time));
}

/// Drops everything that was not delivered.
#[wasm_bindgen]
pub fn discard() {
    with(Tracer::discard);
}

/// The counts behind `stats()`, little-endian doubles in the order of `tracer::inspect`.
#[wasm_bindgen]
pub fn stats() -> usize {
    output(|tracer, out| tracer.stats().iter().for_each(|number| put(&number.to_le_bytes(), out)))
}

/// Whether ended spans are to be reported: the platform then calls `report`.
#[wasm_bindgen]
pub fn listen(listening: bool) {
    with(|tracer| tracer.retained.listen(listening));
}

/// Retained spans as a JSON array of OTLP spans; with `unseen`, those that were not reported yet.
#[wasm_bindgen(js_name = spansJson)]
pub fn spans_json(unseen: bool) -> usize {
    output(|tracer, out| tracer.spans_json(unseen, out))
}

/// Forgets the retained spans.
#[wasm_bindgen(js_name = clearRetained)]
pub fn clear_retained() {
    with(|tracer| tracer.retained.clear());
}

/// The retained spans as OTLP `TracesData`.
#[wasm_bindgen(js_name = exportRetained)]
pub fn export_retained(json: bool) -> usize {
    output(|tracer, out| tracer.export_retained(json, out))
}
