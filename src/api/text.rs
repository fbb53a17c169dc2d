//! Text in both directions: the scratch buffer in, the output buffer out, and interned names.

use crate::web::state::with;

/// Address of what the last call with output wrote.
#[unsafe(export_name = "outputAddress")]
pub extern "C" fn output_address() -> usize {
    with(|tracer| tracer.output.as_ptr() as usize)
}

/// Address of the scratch buffer in the wasm memory; it never changes.
#[unsafe(export_name = "scratch")]
pub extern "C" fn scratch() -> usize {
    with(|tracer| tracer.scratch.bytes_mut().as_mut_ptr() as usize)
}

/// Remembers a name or key; returns its number. When the table is full it stands redacted where it was: minus its length.
#[unsafe(export_name = "intern")]
pub extern "C" fn intern(len: usize) -> i32 {
    with(|tracer| tracer.intern(len))
}
