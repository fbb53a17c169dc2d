//! What the tracer makes of requests and page loads: spans, headers and timing, without a browser.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod fetch;
mod page;
mod support;

#[cfg(target_family = "wasm")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
