//! The load of the document: its span, that of its own request, and those of its resources, out of the page's timing.
//!
//! Source: the names of OpenTelemetry's document-load instrumentation.

use crate::core::attributes::Value;
use crate::core::ids::SpanId;
use crate::core::span::{Handle, Kind};
use crate::tracer::Tracer;
use crate::tracer::sending::Wake;
use crate::tracer::spans::{Ids, RANDOM, SAMPLED};
use crate::tracer::timing::{PHASES, ROW, Row};
use alloc::vec::Vec;

/// The events of the document's own numbers, which stand before the first row.
const DOCUMENT: &[u8] =
    b"unloadEventStart unloadEventEnd domInteractive domContentLoadedEventStart \
domContentLoadedEventEnd domComplete loadEventStart loadEventEnd firstPaint firstContentfulPaint";
const DOCUMENT_NUMBERS: usize = 10;
const LOAD_EVENT_END: usize = 7;

impl Tracer {
    /// Makes a span the one that root spans link to; with `is_load`, it ends by [`Tracer::end_page`].
    pub fn set_page(&mut self, handle: Handle, is_load: bool) {
        if let Some(context) = self.context_of(handle) {
            self.page = Some(context);
            if is_load {
                self.load = handle;
            }
        }
    }

    /// Whether the document's load is under way.
    pub fn is_loading(&mut self) -> bool {
        self.spans.get(self.load).is_some()
    }

    /// Ends the load's span and writes its children. `block` holds a count, so many doubles (those of [`DOCUMENT`],
    /// the row of the document, the rows of its resources), and the URLs of the rows, separated by NUL.
    pub fn end_page(&mut self, block: &[u8], incomplete: bool, now: f64) -> Wake {
        let load = self.load;
        let Some(page) = self.context_of(load) else {
            return Wake::default();
        };
        let mut values = block.chunks_exact(8).map(|bytes| {
            let mut value = [0; 8];
            value.copy_from_slice(bytes);
            f64::from_le_bytes(value)
        });
        let count = values.next().unwrap_or_default() as usize;
        let mut numbers: Vec<f64> = values.take(count).collect();
        let text = block.get(8 + numbers.len() * 8..).unwrap_or_default();
        let urls: Vec<&[u8]> = text.split(|byte| *byte == 0).collect();
        let url = |index: usize| urls.get(index).copied().unwrap_or_default();

        let split = DOCUMENT_NUMBERS.min(numbers.len());
        let (document, rows) = numbers.split_at_mut(split);
        let load_end = document.get(LOAD_EVENT_END).copied().unwrap_or_default();
        let own = Row::new(rows.get(..ROW).unwrap_or_default());
        self.add_phases(load, b"fetchStart", own.times());
        self.add_phases(load, DOCUMENT, document);
        if own.status() > 0.0 {
            self.set_own_number(load, b"http.response.status_code", own.status());
        }
        let ids = Ids {
            trace: page.trace_id,
            span: SpanId::default(),
            parent: page.span_id,
        };
        let flags = SAMPLED | if page.random { RANDOM } else { 0 };
        let mut wake = self.write_fetch(ids, flags, b"documentFetch", &own, url(0));

        // What started before the load's end, and a place for the slowest first.
        let resources = rows.get_mut(ROW..).unwrap_or_default();
        let mut all = 0;
        for row in resources.chunks_exact_mut(ROW) {
            if load_end > 0.0 && row.first().is_some_and(|start| *start >= load_end) {
                row.fill(f64::NAN);
            } else {
                all += 1;
            }
        }
        let most = self.config.resources.min(all);
        for _ in 0..most {
            let (mut slowest, mut longest) = (0, f64::NEG_INFINITY);
            for (index, row) in resources.chunks_exact(ROW).enumerate() {
                if let [start, .., end, _, _] = row
                    && end - start > longest
                {
                    (slowest, longest) = (index, end - start);
                }
            }
            let Some(row) = resources.chunks_exact_mut(ROW).nth(slowest) else {
                break;
            };
            let entry = Row::new(row);
            row.fill(f64::NAN);
            wake.add(self.write_fetch(ids, flags, b"resourceFetch", &entry, url(slowest + 1)));
        }
        if all > most {
            self.set_own_number(load, b"tracelink.resources.count", all as f64);
            self.set_own_number(load, b"tracelink.resources.dropped", (all - most) as f64);
        }
        if incomplete && let Some(span) = self.spans.get(load) {
            span.attributes
                .set(b"tracelink.incomplete", Value::Bool(true));
        }
        self.load = 0.0;
        wake.add(self.end(load, if load_end > 0.0 { load_end } else { now }));
        wake
    }

    /// Writes the span of an entry whose end is known.
    fn write_fetch(&mut self, ids: Ids, flags: u32, name: &[u8], row: &Row, url: &[u8]) -> Wake {
        let has_ended = row.end() > 0.0;
        if !has_ended {
            return Wake::default();
        }
        let ids = Ids {
            span: self.entropy.span_id(),
            ..ids
        };
        let start = if row.start() > 0.0 { row.start() } else { 0.0 };
        let handle = self.start_own(ids, flags, name, Kind::Internal, start);
        self.set_own(handle, b"url.full", url);
        if row.status() > 0.0 {
            self.set_own_number(handle, b"http.response.status_code", row.status());
        }
        self.set_protocol(handle, row);
        self.add_phases(handle, PHASES, row.times());
        self.end(handle, row.end())
    }
}
