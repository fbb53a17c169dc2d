//! What the page may look at: counts and retained spans.

use crate::api::text::output;
use crate::otlp::wire::put;
use crate::web::state::with;

/// The counts behind `stats()`, little-endian doubles in the order of `tracer::inspect`.
#[unsafe(export_name = "stats")]
pub extern "C" fn stats() -> usize {
    output(|tracer, out| {
        tracer
            .stats()
            .iter()
            .for_each(|number| put(&number.to_le_bytes(), out))
    })
}

/// Whether ended spans are to be reported: the platform then calls `report`.
#[unsafe(export_name = "listen")]
pub extern "C" fn listen(listening: bool) {
    with(|tracer| tracer.retained.listen(listening));
}

/// Retained spans as elements of `ScopeSpans.spans`; with `unseen`, those that were not reported yet.
#[unsafe(export_name = "retained")]
pub extern "C" fn retained(unseen: bool) -> usize {
    output(|tracer, out| tracer.write_retained(unseen, out))
}

/// Forgets the retained spans.
#[unsafe(export_name = "clearRetained")]
pub extern "C" fn clear_retained() {
    with(|tracer| tracer.retained.clear());
}

/// The retained spans as OTLP `TracesData`.
#[unsafe(export_name = "exportRetained")]
pub extern "C" fn export_retained() -> usize {
    output(|tracer, out| tracer.export_retained(out))
}
