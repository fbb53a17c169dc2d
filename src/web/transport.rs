//! Runs the exporter: timers and answers in, requests out.

use crate::tracer::sending::{Due, Wake};
use crate::web::platform;
use crate::web::state::{feed_entropy, with};

/// Does what the tracer asked for when it was left.
#[inline]
pub(crate) fn wake(wake: Wake) {
    if wake.report {
        platform::report_soon();
    }
    match wake.send {
        None => {}
        Some(Due::Now) => platform::set_timer(0.0),
        Some(Due::Later) => {
            platform::set_timer(with(|tracer| tracer.config.flush_interval).unwrap_or_default());
        }
    }
}

/// Sends what may be sent now, and starts the timer for the rest.
pub(crate) fn pump() {
    feed_entropy();
    let now = platform::now();
    if let Some(Some(request)) = with(|tracer| tracer.next_request(now)) {
        platform::send(request.id, &request.body, false);
    }
    if let Some(Some(wait)) = with(|tracer| tracer.next_timer(now)) {
        platform::set_timer(wait);
    }
}

/// The page may be gone after this: sends all that the browser lets go out.
pub(crate) fn flush_at_exit() {
    while let Some(Some(request)) = with(|tracer| tracer.next_request_at_exit()) {
        platform::send(request.id, &request.body, true);
    }
    pump();
}

/// Takes an answer and goes on.
pub(crate) fn answered(id: u32, status: u32, retry_after: f64, rejected: f64) {
    feed_entropy();
    let now = platform::now();
    with(|tracer| tracer.answered(id, status, retry_after, rejected, now));
    pump();
}
