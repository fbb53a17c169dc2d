//! What the page may look at: retained spans as OTLP, and the counts behind `stats()`.

use crate::delivery::counters::REASONS;
use crate::otlp::wire::{bytes, put};
use crate::otlp::write;
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
        // Requests that wait for their timing belong where they will go.
        let unwritten = self.unwritten();
        let (pending, kept) = match self.exporter {
            Some(_) => (pending as u64 + unwritten, counters.kept),
            None => (0, counters.kept + unwritten),
        };
        let counts = [
            counters.started,
            self.open_spans(),
            counters.ended,
            counters.not_sampled,
            0,
            counters.delivered,
            pending,
            bytes as u64,
            kept,
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

    /// Appends the retained spans, each as an element of `ScopeSpans.spans`; with `unseen`, those that listeners
    /// have not seen.
    pub fn write_retained(&mut self, unseen: bool, out: &mut Vec<u8>) {
        if unseen {
            self.retained
                .take_unseen()
                .iter()
                .for_each(|span| bytes(write::SPANS, span, out));
        } else {
            self.retained
                .spans()
                .for_each(|span| bytes(write::SPANS, span, out));
        }
    }

    /// Appends the retained spans as OTLP `TracesData`.
    pub fn export_retained(&mut self, out: &mut Vec<u8>) {
        let mut spans = Vec::new();
        self.write_retained(false, &mut spans);
        let envelope = self.envelope();
        envelope.begin(spans.len(), out);
        put(&spans, out);
        envelope.finish(out);
    }
}
