//! What the page may look at: counts and retained spans.

use crate::tracer::Tracer;
use crate::web::state::with;

/// Address of the counts behind `stats()`: 32-bit numbers in the order of `delivery::counters`.
#[unsafe(export_name = "stats")]
pub extern "C" fn stats() -> usize {
    with(|tracer| core::ptr::from_ref(tracer.stats()) as usize)
}

/// Whether ended spans are to be reported: the platform then calls `report`.
#[unsafe(export_name = "listen")]
pub extern "C" fn listen(listening: bool) {
    with(|tracer| tracer.retained.listen(listening));
}

/// Retained spans as elements of `ScopeSpans.spans`; with `unseen`, those that were not reported yet.
#[unsafe(export_name = "retained")]
pub extern "C" fn retained(unseen: bool) -> usize {
    with(|tracer| tracer.write_retained(unseen))
}

/// Forgets the retained spans.
#[unsafe(export_name = "clearRetained")]
pub extern "C" fn clear_retained() {
    with(|tracer| tracer.retained.clear());
}

/// The retained spans as OTLP `TracesData`.
#[unsafe(export_name = "exportRetained")]
pub extern "C" fn export_retained() -> usize {
    with(Tracer::export_retained)
}
