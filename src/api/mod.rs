//! Every `#[wasm_bindgen]` export. Numbers, and text through the scratch buffer; nothing here throws.
//!
//! The shell's hot path is `start`, `setString`, `end`. The browser functions of `js/platform/` call back `tick`,
//! `answered` and their like through the hook that `install` was given.

pub mod attributes;
pub mod contexts;
pub mod delivery;
pub mod inspect;
pub mod options;
pub mod spans;
pub mod text;
