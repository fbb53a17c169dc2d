//! Every export. Numbers, and text through the scratch buffer; nothing here throws.
//!
//! What takes only numbers is exported as it is; `#[wasm_bindgen]` is for what takes JavaScript values. Measured: its
//! wrapper spills each argument to the stack five times, which cost `start` 1.5 KB of wasm and a third of its time.
//!
//! The shell's hot path is `start`, `setString`, `end`. The browser functions of `js/platform/` call back `tick`,
//! `answered` and their like through the hook that `install` was given.

#![expect(
    unsafe_code,
    reason = "an exported name is only unsafe if another function has it; each stands once in this crate"
)]

pub mod attributes;
pub mod contexts;
pub mod delivery;
pub mod fetch;
pub mod inspect;
pub mod messages;
pub mod options;
pub mod page;
pub mod spans;
#[cfg(feature = "options")]
pub mod start;
pub mod text;
