//! Spans that have ended and are written later.

use crate::web::transport;

/// Ends a span that `end` writes later, with the time given here.
#[unsafe(export_name = "hold")]
pub extern "C" fn hold(handle: f64, time: f64) {
    transport::run(|tracer| tracer.hold(handle, time));
}
