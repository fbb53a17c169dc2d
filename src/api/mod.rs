//! Every export. Numbers, and text through the scratch buffer; nothing here throws.
//!
//! They are exported as they are, without `#[wasm_bindgen]`. Measured: its wrapper spills each argument to the stack five
//! times, which cost `start` 1.5 KB of wasm and a third of its time. What takes JavaScript values is in [`whole`].
//!
//! The shell's hot path is `start`, `set`, `end`. The browser functions of `js/platform/` call back `tick`,
//! `answered` and their like through the hook that `install` was given.

#![expect(
    unsafe_code,
    reason = "an exported name is only unsafe if another function has it; each stands once in this crate"
)]

pub mod attributes;
pub mod contexts;
pub mod delivery;
pub mod inspect;
pub mod messages;
pub mod options;
pub mod spans;
#[cfg(feature = "options")]
pub mod start;
pub mod text;
pub mod whole;
