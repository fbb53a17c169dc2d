//! Runs the exporter: timers and answers in, requests out.

use crate::tracer::Tracer;
use crate::tracer::sending::{Due, Way};
use crate::web::platform;
use crate::web::state::with;

/// Runs `work` on the tracer, then does what it asked for, where page code may run.
#[inline]
pub(crate) fn run<T>(work: impl FnOnce(&mut Tracer) -> T) -> T {
    let result = with(work);
    if with(|tracer| tracer.wake.report || tracer.wake.send.is_some()) {
        wake();
    }
    result
}

/// Does what the tracer asked for when it was left.
#[inline(never)]
pub(crate) fn wake() {
    let (wake, interval) = with(|tracer| {
        let interval = tracer.config.flush_interval;
        (core::mem::take(&mut tracer.wake), interval)
    });
    if wake.report {
        platform::report_soon();
    }
    match wake.send {
        None => {}
        Some(Due::Now) => platform::set_timer(0.0),
        Some(Due::Later) => platform::set_timer(interval),
    }
}

/// Sends what may be sent now, or, as the page may be gone after this, all that the browser lets go out; and starts
/// the timer for the rest. Or stores what has no copy in the storage.
#[inline(never)]
pub(crate) fn pump(mut way: Way) {
    let now = platform::now();
    loop {
        let number = with(|tracer| tracer.next_request(way, now));
        if number > 0 {
            // It is copied there before anything else runs.
            let body = |tracer: &mut Tracer| (tracer.output.as_ptr() as usize, tracer.output.len());
            let (at, len) = with(body);
            platform::send(number, at, len, way as u32);
        } else if way == Way::Exit {
            way = Way::Wire;
        } else {
            break;
        }
    }
    if way == Way::Keep {
        return;
    }
    let wait = with(|tracer| tracer.next_timer(now));
    if wait >= 0.0 {
        platform::set_timer(wait);
    }
}
