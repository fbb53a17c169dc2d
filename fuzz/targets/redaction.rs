//! URLs, query strings and text that hide a secret.
#![no_main]

#[allow(dead_code, reason = "each target calls some of the checks")]
#[path = "../../tests/properties/checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    checks::redaction(bytes);
});
