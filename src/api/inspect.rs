//! What the page may look at: counts and retained spans.

use wasm_bindgen::prelude::*;

use crate::api::text::output;
use crate::otlp::wire::put;
use crate::web::state::with;

/// The counts behind `stats()`, little-endian doubles in the order of `tracer::inspect`.
#[wasm_bindgen]
pub fn stats() -> usize {
    output(|tracer, out| {
        tracer
            .stats()
            .iter()
            .for_each(|number| put(&number.to_le_bytes(), out))
    })
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
