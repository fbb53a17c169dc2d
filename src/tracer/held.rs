//! Spans that have ended and are written later, as those of requests that wait for their network timing.

use crate::core::slab::Handle;
use crate::tracer::Tracer;

impl Tracer {
    /// Ends a span that is written later, when it is ended again: until then it counts as ended and shows nowhere.
    pub fn hold(&mut self, handle: Handle, time: f64) {
        let Some(span) = self.spans.get(handle) else {
            return;
        };
        if span.fixed.has_ended() {
            return;
        }
        span.fixed.end(self.clock.unix(time));
        self.counters.ended += 1;
        self.held += 1;
        self.schedule.ended(false, &mut self.wake);
    }
}
