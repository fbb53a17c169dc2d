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

/// Retained spans as elements of `ScopeSpans.spans`, or what else the page may look at, by `tracer::inspect`.
#[unsafe(export_name = "retained")]
pub extern "C" fn retained(what: u32) -> usize {
    with(|tracer| tracer.write_retained(what))
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
