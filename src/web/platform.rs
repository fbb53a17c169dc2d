//! What `js/platform/` does for the crate, and what it offers to those who use the crate without the shell.
//!
//! The crate itself imports only the first block. The others are exported again by `pkg/tracelink.js` as they are: they
//! take JavaScript values, and a value that crosses into wasm and back costs a table, a shim and their glue. Measured: 7 KB
//! less, with what pages and requests say of themselves. None of them throws.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/platform/hook.js")]
extern "C" {
    #[wasm_bindgen(js_name = now)]
    fn read_clock() -> f64;
    /// Calls the export `tick` after `ms` milliseconds; a later call replaces an earlier one.
    pub(crate) fn set_timer(ms: f64);
    /// Calls the export `report` in a microtask.
    pub(crate) fn report_soon();
}

/// Milliseconds since `performance.timeOrigin`. What calls the import brings a stack frame of its own at each place.
#[inline(never)]
pub(crate) fn now() -> f64 {
    read_clock()
}

#[wasm_bindgen(module = "/js/platform/transport.js")]
extern "C" {
    /// Sends the body of `len` bytes at an address of the wasm memory, and calls the export `answered` with its answer; or
    /// stores it, by `tracer::sending::Way`. The body is copied before anything else runs.
    pub(crate) fn send(id: u32, body: usize, len: usize, way: u32);
    /// `setEndpoint(url, { headers, gzip, keepalive, encode, rejectedIn })`: where requests go, and how, other than usually.
    #[wasm_bindgen(reexport, js_name = setEndpoint)]
    pub fn set_endpoint(url: &JsValue, manner: &JsValue);
}

#[wasm_bindgen(module = "/js/platform/whole.js")]
extern "C" {
    /// `install(exports, hook)`: lets the browser's events call the exports, through `hook(name, ...arguments)` if it is
    /// given, and starts a tracer with default options.
    #[wasm_bindgen(reexport)]
    pub fn install(exports: &JsValue, hook: &JsValue);
    /// `tracePageLoad()`: the span of the document's load, below the context that its server left. Returns its handle.
    #[wasm_bindgen(reexport, js_name = tracePageLoad)]
    pub fn trace_page_load() -> f64;
    /// `tracedFetch(input, init)`: fetch with a client span of its own trace, and headers for the page's own origin.
    #[wasm_bindgen(reexport, js_name = tracedFetch)]
    pub fn traced_fetch(input: &JsValue, init: &JsValue) -> JsValue;
    /// `extractMessageContext(message)`: the latest valid context in a message, or null.
    #[wasm_bindgen(reexport, js_name = extractMessageContext)]
    pub fn extract_message_context(message: &JsValue) -> JsValue;
    /// `extractMessageContexts(message)`: the valid contexts of a message in order.
    #[wasm_bindgen(reexport, js_name = extractMessageContexts)]
    pub fn extract_message_contexts(message: &JsValue) -> JsValue;
    /// `startSpan(name)`: a span of its own trace, with `setAttribute(key, value)` and `end()`.
    #[wasm_bindgen(reexport, js_name = startSpan)]
    pub fn start_span(name: &JsValue) -> JsValue;
    /// `injectMessageContext(message, span)`: adds the carriers of such a span to a message object that has no context
    /// yet, and returns it.
    #[wasm_bindgen(reexport, js_name = injectMessageContext)]
    pub fn inject_message_context(message: JsValue, span: &JsValue) -> JsValue;
}

// What `whole.js` imports has to be named here too, or wasm-bindgen leaves it out of `pkg/`.

#[wasm_bindgen(module = "/js/platform/lifecycle.js")]
extern "C" {
    /// `watchLife(on)`: listens to the page's life, so that it is heard when the page goes; or no longer.
    #[wasm_bindgen(reexport, js_name = watchLife)]
    pub fn watch_life(on: bool);
}

#[wasm_bindgen(module = "/js/platform/storage.js")]
extern "C" {
    /// `openStorage(url, found)`: what the collector at `url` has not acknowledged is kept when the page is hidden or goes; calls
    /// back with the database if there are records already.
    #[wasm_bindgen(reexport, js_name = openStorage)]
    pub fn open_storage(url: &JsValue, found: &JsValue);
}

#[wasm_bindgen(module = "/js/platform/fetch.js")]
extern "C" {
    /// `configureTargets(targets, ignored)`: who gets headers, and which requests get neither span nor headers.
    #[wasm_bindgen(reexport, js_name = configureTargets)]
    pub fn configure_targets(targets: &JsValue, ignored: &JsValue);
}

#[wasm_bindgen(module = "/js/platform/url.js")]
extern "C" {
    /// `configureUrls(redact, own)`: the page's own redaction of URLs, and how URLs begin that are tracelink's.
    #[wasm_bindgen(reexport, js_name = configureUrls)]
    pub fn configure_urls(redact: &JsValue, own: &JsValue);
}

#[wasm_bindgen(module = "/js/platform/message.js")]
extern "C" {
    /// `writeCarriers(message, carriers)`: writes carriers at the top of a message object.
    #[wasm_bindgen(reexport, js_name = writeCarriers)]
    pub fn write_carriers(message: &JsValue, carriers: &JsValue);
}

#[wasm_bindgen(module = "/js/platform/page.js")]
extern "C" {
    /// `serverContexts()`: the contexts that the server left in the document and its response.
    #[wasm_bindgen(reexport, js_name = serverContexts)]
    pub fn server_contexts() -> JsValue;
}

#[wasm_bindgen(module = "/js/platform/timing.js")]
extern "C" {
    /// `giveTiming(entry)`: hands a Resource Timing entry to the request that waits for it.
    #[wasm_bindgen(reexport, js_name = giveTiming)]
    pub fn give_timing(entry: &JsValue);
}

#[wasm_bindgen(module = "/js/platform/update.js")]
extern "C" {
    /// `afterPaint(callback)`: calls back with a time and whether a frame was painted.
    #[wasm_bindgen(reexport, js_name = afterPaint)]
    pub fn after_paint(callback: &JsValue);
}
