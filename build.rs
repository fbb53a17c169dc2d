//! Link arguments of the shipped wasm.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_LEAN").is_some() {
        println!("cargo::rustc-cdylib-link-arg=-zstack-size=4096");
    }
}
