//! Resource and Navigation Timing as the platform hands it over: rows of numbers, which become events on spans.
//!
//! Source: W3C Resource Timing, and the event names of OpenTelemetry's document-load and fetch instrumentations.

use crate::core::span::Handle;
use crate::otlp::write;
use crate::tracer::Tracer;

/// Numbers of a row: nine times, the protocol, the status.
pub const ROW: usize = 11;

/// The events of the nine times, in the order of a row.
pub const PHASES: &[u8] = b"fetchStart domainLookupStart domainLookupEnd connectStart \
secureConnectionStart connectEnd requestStart responseStart responseEnd";

/// One entry: milliseconds since the time origin, 0 for what did not happen or is hidden.
#[derive(Clone, Copy, Debug, Default)]
pub struct Row {
    numbers: [f64; ROW],
    version: [u8; 3],
}

impl Row {
    /// From the platform's numbers; missing ones are 0.
    pub fn new(numbers: &[f64]) -> Self {
        let mut row = Self::default();
        for (own, number) in row.numbers.iter_mut().zip(numbers) {
            *own = *number;
        }
        // What has ended has begun: at the time origin, to which the page's clock has rounded it.
        if let [start, .., end, _, _] = &mut row.numbers
            && *start == 0.0
            && *end > 0.0
        {
            *start = f64::MIN_POSITIVE;
        }
        let [.., protocol, _] = row.numbers;
        let tenths = protocol as u32;
        row.version = [digit(tenths / 10), b'.', digit(tenths)];
        row
    }

    /// The times that [`PHASES`] names.
    pub fn times(&self) -> &[f64] {
        self.numbers.get(..9).unwrap_or_default()
    }

    /// When the fetch started.
    pub fn start(&self) -> f64 {
        let [start, ..] = self.numbers;
        start
    }

    /// When the last byte came.
    pub fn end(&self) -> f64 {
        let [.., end, _, _] = self.numbers;
        end
    }

    /// The HTTP status, 0 when it is unknown.
    pub fn status(&self) -> f64 {
        let [.., status] = self.numbers;
        status
    }

    /// `network.protocol.version`: `1.0`, `1.1`, `2`, `3`; empty when it is unknown.
    pub fn protocol(&self) -> &[u8] {
        match self.version {
            [b'0', ..] => &[],
            [b'1', ..] => &self.version,
            _ => self.version.get(..1).unwrap_or_default(),
        }
    }
}

fn digit(number: u32) -> u8 {
    b'0' + (number % 10) as u8
}

impl Tracer {
    /// Writes down the protocol of an entry, if the browser tells.
    pub(crate) fn set_protocol(&mut self, handle: Handle, row: &Row) {
        if !row.protocol().is_empty() {
            self.set_own(handle, b"network.protocol.version", row.protocol());
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
                write::event(self.clock.unix(*time), name, &[], 0, &mut self.redacted);
                span.add_event(&self.redacted);
            }
        }
    }
}
