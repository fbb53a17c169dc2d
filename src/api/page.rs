//! The load of the document.

use wasm_bindgen::prelude::*;

use crate::web::page;
use crate::web::state::with;

/// Starts the span of the document's load below the context that its server left; it ends by itself. Returns its
/// handle.
#[wasm_bindgen(js_name = tracePageLoad)]
pub fn trace_page_load() -> f64 {
    page::trace_page_load()
}

/// Makes an open span the one that root spans link to. `is_load`: it ends when the document has loaded.
#[unsafe(export_name = "setPage")]
pub extern "C" fn set_page(handle: f64, is_load: bool) {
    with(|tracer| tracer.set_page(handle, is_load));
}

/// The document has loaded.
#[unsafe(export_name = "pageLoaded")]
pub extern "C" fn page_loaded() {
    page::end(false);
}
