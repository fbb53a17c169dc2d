//! Redaction: hostile URLs, query strings and texts, each with what may be seen of it.

#![allow(
    clippy::expect_used,
    reason = "a helper that fails is a test that fails"
)]

mod hostile;
mod names;
mod texts;
mod urls;

use tracelink::core::redaction::Redaction;

#[cfg(target_family = "wasm")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn url(rules: &Redaction, input: &str) -> String {
    let mut out = b"kept:".to_vec();
    rules.url(input.as_bytes(), &mut out);
    shown(out.strip_prefix(b"kept:").expect("what was there stays"))
}

/// The redacted text, after checking that the return value and `out` say the same.
fn text(rules: &Redaction, input: &str) -> String {
    let mut out = b"kept:".to_vec();
    let changed = rules.text(input.as_bytes(), &mut out);
    let output = shown(out.strip_prefix(b"kept:").expect("what was there stays"));
    if changed {
        assert_ne!(output, input, "reported as changed");
        output
    } else {
        assert_eq!(output, "", "untouched");
        input.to_owned()
    }
}
