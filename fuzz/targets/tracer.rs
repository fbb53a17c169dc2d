//! The tracer, driven by any program.
#![no_main]

#[allow(dead_code, reason = "each target calls some of the checks")]
#[path = "../../tests/properties/tracer.rs"]
mod tracer;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    tracer::run(bytes);
});
