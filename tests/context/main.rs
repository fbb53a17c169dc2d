//! The header formats and the message carriers, natively and in browsers.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod baggage;
mod carriers;
mod hostile;
mod propagation;
mod reference;
mod sentry;
mod w3c;

use serde_json::Value;

#[cfg(target_family = "wasm")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

pub(crate) fn data(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

pub(crate) fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

pub(crate) fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&mut out);
    String::from_utf8(out).unwrap()
}
