//! The headers that carry context, each by itself and all of one place.
#![no_main]

#[allow(dead_code, reason = "each target calls some of the checks")]
#[path = "../../tests/properties/checks.rs"]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    checks::ids(bytes);
    checks::states(bytes);
    checks::baggage(bytes);
    checks::headers(bytes);
});
