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

#[wasm_bindgen(module = "/js/platform/message.js")]
extern "C" {
    /// Reads a message as text, or what matters of an object as JSON, into `out`. Returns its length; negative: the
    /// room that is needed.
    pub(crate) fn read_message(message: &JsValue, out: &mut [u8]) -> i32;
    /// Described contexts, one a line, as an array of objects.
    pub(crate) fn message_contexts(described: &[u8]) -> JsValue;
    /// Writes carriers, separated by NUL, into an object.
    pub(crate) fn write_message(message: &JsValue, carriers: &[u8]);
}
