//! What the page may look at: retained spans as OTLP, and the counts behind `stats()`.

use crate::delivery::counters::Counters;
use crate::otlp::request;
use crate::otlp::wire::put;
use crate::tracer::Tracer;
use alloc::vec::Vec;

impl Tracer {
    /// The counts behind `stats()`.
    pub fn stats(&mut self) -> &Counters {
        // Requests that wait for their timing belong where they will go.
        let unwritten = self.unwritten() as u32;
        let counters = &mut self.counters;
        if self.exporter.is_on {
            let (spans, bytes) = self.exporter.pending();
            counters.pending = spans as u32 + unwritten;
            counters.pending_bytes = bytes as u32;
        } else {
            counters.in_page = counters.kept + unwritten;
        }
        counters
    }

    /// Appends the retained spans as OTLP `TracesData`.
    pub fn export_retained(&mut self, out: &mut Vec<u8>) {
        self.redacted.clear();
        self.retained.write(false, &mut self.redacted);
        request::begin(self.resource.bytes(), self.redacted.len(), out);
        put(&self.redacted, out);
        request::finish(out);
    }
}
