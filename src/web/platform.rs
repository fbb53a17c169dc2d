//! The coarse browser functions that the crate imports: externs only. None of them throws.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/platform/hook.js")]
extern "C" {
    /// Remembers how to call back into the crate: `hook(name, ...arguments)`.
    pub(crate) fn install(hook: &JsValue);
    /// Milliseconds since `performance.timeOrigin`.
    pub(crate) fn now() -> f64;
    /// Calls the export `tick` after `ms` milliseconds; a later call replaces an earlier one.
    pub(crate) fn set_timer(ms: f64);
    /// Calls the export `report` in a microtask.
    pub(crate) fn report_soon();
}

#[wasm_bindgen(module = "/js/platform/transport.js")]
extern "C" {
    /// Where requests go, under which headers (`name\0value\0…`).
    pub(crate) fn set_endpoint(
        url: &JsValue,
        headers: &JsValue,
        encode: &JsValue,
        gzip: bool,
        keepalive: bool,
    );
    /// Sends a body, and calls the export `answered` with its answer.
    pub(crate) fn send(id: u32, body: &[u8], at_exit: bool);
}

#[wasm_bindgen(module = "/js/platform/lifecycle.js")]
extern "C" {
    /// Calls the exports `pageHidden`, `flush` and `blocked` as the page's life goes, or no longer.
    pub(crate) fn watch_life(on: bool);
}

#[wasm_bindgen(module = "/js/platform/message.js")]
extern "C" {
    /// Reads a message as text, or what matters of an object as JSON, into `out`. Returns its length; negative: the
    /// room that is needed.
    pub(crate) fn read_message(message: &JsValue, out: &mut [u8]) -> i32;
    /// Described contexts, one a line, as an array of objects; `latest`: the last of them, or null.
    pub(crate) fn message_contexts(described: &[u8], latest: bool) -> JsValue;
    /// Writes carriers, separated by NUL, into an object.
    pub(crate) fn write_message(message: &JsValue, carriers: &[u8]);
}

#[wasm_bindgen(module = "/js/platform/fetch.js")]
extern "C" {
    /// Builds the request of a call of fetch with these arguments. Returns what the other functions take.
    pub(crate) fn open_request(input: &JsValue, init: &JsValue) -> JsValue;
    /// Writes `baggage`, method and URL of a request, separated by NUL, into `out`. Returns their length; negative:
    /// there is no request to trace.
    pub(crate) fn read_request(call: &JsValue, out: &mut [u8]) -> i32;
    /// What `tracer::fetch` wants to know of a request, as bits.
    pub(crate) fn request_bits(call: &JsValue) -> u32;
    /// Sends a request with headers (separated by NUL) and returns its promise. Its end comes to the export
    /// `fetchEnd`.
    pub(crate) fn send_request(call: &JsValue, headers: &[u8], handle: f64) -> JsValue;
    /// The name of the error that the last request failed with; its length in `out`, 0 for none.
    pub(crate) fn error_name(out: &mut [u8]) -> usize;
}

#[wasm_bindgen(module = "/js/platform/timing.js")]
extern "C" {
    /// Stops listening for Resource Timing entries.
    pub(crate) fn stop_timing();
}

#[wasm_bindgen(module = "/js/platform/url.js")]
extern "C" {
    /// The hash of a request's URL.
    pub(crate) fn request_hash(call: &JsValue) -> u32;
}

#[wasm_bindgen(module = "/js/platform/page.js")]
extern "C" {
    /// Writes the contexts that the server left in the document and its response, separated by NUL: `f` (fresh) or
    /// `s` (stale), `traceparent`, `tracestate`, `baggage`, `sentry-trace`. Returns their length.
    pub(crate) fn read_server_contexts(out: &mut [u8]) -> usize;
    /// Calls the export `pageLoaded` when the document has loaded.
    pub(crate) fn watch_load();
    /// Gathers the page's timing as `Tracer::end_page` takes it; returns its length.
    pub(crate) fn collect_page() -> usize;
    /// Hands it over.
    pub(crate) fn take_page(out: &mut [u8]);
}
