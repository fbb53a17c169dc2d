//! Sending: timer, answers, flush, the end of the page.

use crate::delivery::exporter::Answer;
use crate::tracer::Tracer;
use crate::tracer::sending::Way;
use crate::web::state::with;
use crate::web::{platform, transport};

/// The send timer ran out.
#[unsafe(export_name = "tick")]
pub extern "C" fn tick() {
    transport::pump(Way::Wire);
}

/// A request was answered: HTTP status (0: none), `Retry-After` in ms (negative: none), rejected spans, and a random
/// number from 0 to 1.
#[unsafe(export_name = "answered")]
pub extern "C" fn answered(id: u32, status: u32, retry_after: f64, rejected: f64, jitter: f64) {
    let answer = Answer {
        status,
        retry_after,
        rejected,
    };
    let now = platform::now();
    with(|tracer| tracer.answered(id, &answer, now, jitter));
    transport::pump(Way::Wire);
}

/// Stores what ended since the last time and is not acknowledged. Returns the first record that is still needed.
#[unsafe(export_name = "keep")]
pub extern "C" fn keep() -> u32 {
    transport::pump(Way::Keep);
    with(|tracer| tracer.exporter.first_record())
}

/// The content policy forbids the endpoint.
#[unsafe(export_name = "blocked")]
pub extern "C" fn blocked() {
    with(Tracer::block);
}

/// Sends now, whatever the back-off says.
#[unsafe(export_name = "flush")]
pub extern "C" fn flush() {
    with(Tracer::hurry);
    transport::pump(Way::Wire);
}

/// Whether a flush has come to its end.
#[unsafe(export_name = "isSettled")]
pub extern "C" fn is_settled() -> bool {
    let now = platform::now();
    with(|tracer| tracer.is_settled(now))
}

/// The page may be gone after this. `gone`: 1: it does not come back from the cache, so open spans are written too; 2: it
/// surely ends, and with it the requests under way, whose spans are sent again.
#[unsafe(export_name = "pageHidden")]
pub extern "C" fn page_hidden(gone: u32) {
    let now = platform::now();
    if gone > 0 {
        transport::run(|tracer| tracer.end_all_incomplete(now));
    }
    with(|tracer| {
        tracer.exporter.begin_exit();
        if gone > 1 {
            tracer.exporter.recall();
        }
    });
    transport::pump(Way::Exit);
}

/// Drops everything that was not delivered.
#[unsafe(export_name = "discard")]
pub extern "C" fn discard() {
    with(Tracer::discard);
}
