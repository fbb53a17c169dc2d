//! OTLP protobuf read back, and the JSON made of it.
#![no_main]

#[allow(dead_code, reason = "each target calls some of the checks")]
#[path = "../../tests/properties/checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    checks::otlp(bytes);
});
