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
    /// Appends a number as JavaScript writes it; returns its length in `out`.
    pub(crate) fn number_text(value: f64, out: &mut [u8]) -> usize;
}

#[wasm_bindgen(module = "/js/platform/transport.js")]
extern "C" {
    /// Where requests go, under which headers (`name\0value\0…`).
    pub(crate) fn set_endpoint(
        url: &JsValue,
        headers: &JsValue,
        json: bool,
        gzip: bool,
        keepalive: bool,
    );
    /// Sends a body, and calls the export `answered` with its answer.
    pub(crate) fn send(id: u32, body: &[u8], at_exit: bool);
}
