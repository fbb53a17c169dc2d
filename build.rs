//! Link arguments of the shipped wasm.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_LEAN").is_some() {
        // Three times what the deepest chain of calls needs. The stack stands first in memory, so that what overflows it
        // traps instead of writing over data.
        println!("cargo::rustc-cdylib-link-arg=-zstack-size=4096");
    }
}
