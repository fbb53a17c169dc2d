//! Start and stop, and the validated options.

use crate::web::platform;
use crate::web::state::with;

/// Starts the tracer, once in each instance of the wasm: whoever starts again takes a new instance and lets the old one
/// go. `time_origin`: `performance.timeOrigin`.
#[unsafe(export_name = "create")]
pub extern "C" fn create(time_origin: f64) {
    let now = platform::now();
    with(|tracer| {
        tracer.begin(time_origin);
        // A slot is hardly reused more than a thousand times in a millisecond.
        tracer.spans.count_from((now as u32).wrapping_mul(1_000));
    });
}

/// Sets a numeric option, by the numbers of `tracer::config`.
#[unsafe(export_name = "setNumberOption")]
pub extern "C" fn set_number_option(setting: u32, value: f64) {
    with(|tracer| tracer.set_number(setting, value));
}

/// Sets a textual option from the scratch buffer, by the numbers of `tracer::config`.
#[unsafe(export_name = "setTextOption")]
pub extern "C" fn set_text_option(setting: u32, len: usize) {
    with(|tracer| tracer.set_text(setting, len));
}
