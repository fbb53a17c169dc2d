//! Attributes, and what else a span is given.

use crate::web::state::with;

/// Sets something of the span or other thing that `target` names; `kind`, by `src/tracer/attributes.rs`, says what.
#[unsafe(export_name = "set")]
pub extern "C" fn set(target: f64, token: i32, kind: u32, value: f64) {
    with(|tracer| tracer.set(target, token, kind, value));
}
