//! What the page may look at: retained spans as OTLP, and the counts behind `stats()`.

use crate::delivery::counters::Counters;
use crate::otlp::request;
use crate::otlp::wire::put;
use crate::tracer::Tracer;

/// Asks for the spans that were not reported yet. Through one door, since each costs as much wasm as what is behind it.
pub const UNSEEN: u32 = 1;
/// Asks for what was set of the event under construction, as `Event.attributes` fields: attributes as they are sent.
pub const ATTRIBUTES: u32 = 2;

impl Tracer {
    /// The counts behind `stats()`.
    pub fn stats(&mut self) -> &Counters {
        // Requests that wait for their timing belong where they will go.
        let unwritten = self.held;
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

    /// Writes the retained spans to the output buffer, as elements of `ScopeSpans.spans`; of them [`UNSEEN`], or instead of
    /// them [`ATTRIBUTES`]. Returns how many bytes they take.
    pub fn write_retained(&mut self, what: u32) -> usize {
        self.output.clear();
        if what == ATTRIBUTES {
            put(self.item.attributes.bytes(), &mut self.output);
        } else {
            self.retained.write(what == UNSEEN, &mut self.output);
        }
        self.output.len()
    }

    /// Writes the retained spans to the output buffer, as OTLP `TracesData`. Returns how many bytes they take.
    pub fn export_retained(&mut self) -> usize {
        self.redacted.clear();
        self.retained.write(false, &mut self.redacted);
        self.output.clear();
        request::begin(self.resource.bytes(), self.redacted.len(), &mut self.output);
        put(&self.redacted, &mut self.output);
        request::finish(&mut self.output);
        self.output.len()
    }
}
