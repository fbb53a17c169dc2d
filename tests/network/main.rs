//! What the tracer makes of requests: headers beside the caller's own, and spans that wait to be written.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod headers;
mod held;
mod support;

#[cfg(target_family = "wasm")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
