//! What the page may look at: retained spans as OTLP, and the counts behind `stats()`.

use crate::delivery::counters::REASONS;
use crate::otlp::json;
use crate::tracer::Tracer;
use alloc::vec::Vec;

/// Numbers of [`Tracer::stats`]: ten counts, then the dropped ones by reason.
pub const STATS: usize = 10 + REASONS;

impl Tracer {
    /// started, open, ended, notSampled, recovered, delivered, pending, pendingBytes, kept, ignored, dropped….
    pub fn stats(&self) -> [f64; STATS] {
        let (pending, bytes) = self
            .exporter
            .as_ref()
            .map_or((0, 0), |exporter| exporter.pending());
        let counters = &self.counters;
        let counts = [
            counters.started,
            self.open_spans(),
            counters.ended,
            counters.not_sampled,
            0,
            counters.delivered,
            pending as u64,
            bytes as u64,
            counters.kept,
            counters.ignored,
        ];
        let mut numbers = [0.0; STATS];
        for (number, count) in numbers
            .iter_mut()
            .zip(counts.iter().chain(&counters.dropped))
        {
            *number = *count as f64;
        }
        numbers
    }

    /// The retained spans as a JSON array of OTLP spans; with `unseen`, those that listeners have not seen.
    pub fn spans_json(&mut self, unseen: bool, out: &mut Vec<u8>) {
        let fresh = if unseen {
            self.retained.take_unseen()
        } else {
            Default::default()
        };
        out.push(b'[');
        let write = self.config.write_number;
        let mut append = |span: &[u8]| {
            if out.len() > 1 {
                out.push(b',');
            }
            json::span(body(span), write, out);
        };
        if unseen {
            fresh.iter().for_each(|span| append(span));
        } else {
            self.retained.spans().for_each(append);
        }
        out.push(b']');
    }

    /// The retained spans as OTLP `TracesData`, protobuf or JSON.
    pub fn export_retained(&self, as_json: bool, out: &mut Vec<u8>) {
        let envelope = self.envelope();
        let mut request = Vec::new();
        envelope.begin(self.retained.spans().map(<[u8]>::len).sum(), &mut request);
        for span in self.retained.spans() {
            request.extend_from_slice(span);
        }
        envelope.finish(&mut request);
        if as_json {
            json::traces(&request, self.config.write_number, out);
        } else {
            *out = request;
        }
    }
}

/// The message within a `ScopeSpans.spans` field: without its tag and length.
fn body(field: &[u8]) -> &[u8] {
    let len = field
        .iter()
        .skip(1)
        .position(|byte| byte & 0x80 == 0)
        .map_or(0, |at| at + 2);
    field.get(len..).unwrap_or_default()
}
