//! Resource and Navigation Timing as the platform hands it over: rows of numbers, which become events on spans.
//!
//! Source: W3C Resource Timing, and the event names of OpenTelemetry's document-load and fetch instrumentations.

use crate::core::slab::Handle;
use crate::otlp::write;
use crate::tracer::Tracer;

/// Numbers of a row: nine times, the protocol, the status.
pub const ROW: usize = 11;

/// The events of the nine times, in the order of a row.
pub const PHASES: &[u8] = b"fetchStart domainLookupStart domainLookupEnd connectStart \
secureConnectionStart connectEnd requestStart responseStart responseEnd";

/// One entry: milliseconds since the time origin, 0 for what did not happen or is hidden.
#[derive(Clone, Copy, Debug)]
pub struct Row([f64; ROW]);

impl Row {
    /// From the platform's numbers.
    pub fn new(mut numbers: [f64; ROW]) -> Self {
        let [start, .., end, _, _] = &mut numbers;
        // What has ended has begun: at the time origin, to which the page's clock has rounded it.
        if *start == 0.0 && *end > 0.0 {
            *start = f64::MIN_POSITIVE;
        }
        Self(numbers)
    }

    /// The times that [`PHASES`] names.
    pub fn times(&self) -> &[f64] {
        &self.0
    }

    /// When the fetch started.
    pub fn start(&self) -> f64 {
        let [start, ..] = self.0;
        start
    }

    /// When the last byte came.
    pub fn end(&self) -> f64 {
        let [.., end, _, _] = self.0;
        end
    }
}

impl Tracer {
    /// Writes down the protocol of an entry, if the browser tells: `1.0`, `1.1`, `2`, `3`.
    pub(crate) fn set_protocol(&mut self, handle: Handle, row: &Row) {
        let [.., protocol, _] = row.0;
        let tenths = protocol as u8;
        let version = [b'0' + tenths / 10 % 10, b'.', b'0' + tenths % 10];
        let len = if tenths < 20 { 3 } else { 1 };
        if tenths > 0 {
            self.set_own(
                handle,
                b"network.protocol.version",
                version.get(..len).unwrap_or_default(),
            );
        }
    }

    /// Writes down the status of an entry, if the browser tells.
    pub(crate) fn set_status_code(&mut self, handle: Handle, row: &Row) {
        let [.., status] = row.0;
        if status > 0.0 {
            self.set_own_number(handle, b"http.response.status_code", status);
        }
    }

    /// Adds an event for each of the names (separated by a space) whose time is known.
    pub(crate) fn add_phases(&mut self, handle: Handle, names: &[u8], times: &[f64]) {
        let Some(span) = self.spans.get(handle) else {
            return;
        };
        for (name, time) in names.split(|byte| *byte == b' ').zip(times) {
            if *time > 0.0 {
                self.redacted.clear();
                write::event(self.clock.unix(*time), name, &mut self.redacted);
                span.add_event(&self.redacted);
            }
        }
    }
}
