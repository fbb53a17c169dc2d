//! The load of the document: its span, that of its own request, and those of its resources, out of the page's timing.
//!
//! Source: the names of OpenTelemetry's document-load instrumentation.

use crate::core::attributes::Value;
use crate::core::ids::SpanId;
use crate::core::slab::Handle;
use crate::core::span::Kind;
use crate::tracer::Tracer;
use crate::tracer::sending::Wake;
use crate::tracer::spans::{Ids, RANDOM, SAMPLED};
use crate::tracer::timing::{PHASES, ROW, Row};

/// The events of the document's own numbers, which stand before the first row.
const DOCUMENT: &[u8] =
    b"unloadEventStart unloadEventEnd domInteractive domContentLoadedEventStart \
domContentLoadedEventEnd domComplete loadEventStart loadEventEnd firstPaint firstContentfulPaint";
const DOCUMENT_NUMBERS: usize = 10;
/// Where it stands in a block.
const LOAD_EVENT_END: usize = 8;

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
    /// the row of the document, the rows of its resources), and the URLs of the rows, separated by NUL. Rows that are
    /// written are crossed out in it.
    pub fn end_page(&mut self, block: &mut [u8], incomplete: bool, now: f64) -> Wake {
        let load = self.load;
        let Some(page) = self.context_of(load) else {
            return Wake::default();
        };
        let rows = (number(block, 0) as usize)
            .min(block.len() / 8)
            .saturating_sub(DOCUMENT_NUMBERS)
            / ROW;
        let mut document = [0.0; DOCUMENT_NUMBERS];
        for (index, value) in document.iter_mut().enumerate() {
            *value = number(block, index + 1);
        }
        let load_end = number(block, LOAD_EVENT_END);
        let own = row(block, 0);
        self.add_phases(load, b"fetchStart", own.times());
        self.add_phases(load, DOCUMENT, &document);
        self.set_status_code(load, &own);
        let ids = Ids {
            trace: page.trace_id,
            span: SpanId::default(),
            parent: page.span_id,
        };
        let flags = if page.random {
            SAMPLED | RANDOM
        } else {
            SAMPLED
        };
        let mut wake = self.write_fetch(ids, flags, b"documentFetch", &own, url(block, 0));

        // The slowest first, of those that started before the load's end.
        let (mut all, mut left) = (0, self.config.resources);
        loop {
            let (mut slowest, mut longest, mut found) = (0, f64::NEG_INFINITY, 0);
            for index in 1..rows {
                let [start, end] = [0, 8].map(|column| number(block, row_at(index) + column));
                if end - start > longest && (start < load_end || load_end <= 0.0) {
                    (slowest, longest) = (index, end - start);
                }
                found += usize::from(end - start >= 0.0 && (start < load_end || load_end <= 0.0));
            }
            all = all.max(found);
            if slowest == 0 || left == 0 {
                break;
            }
            left -= 1;
            let entry = row(block, slowest);
            wake.add(self.write_fetch(ids, flags, b"resourceFetch", &entry, url(block, slowest)));
            if let Some(bytes) = block.get_mut(row_at(slowest) * 8..) {
                bytes.iter_mut().take(8).for_each(|byte| *byte = 0xFF);
            }
        }
        let written = self.config.resources - left;
        if all > written {
            self.set_own_number(load, b"tracelink.resources.count", all as f64);
            self.set_own_number(load, b"tracelink.resources.dropped", (all - written) as f64);
        }
        if incomplete && let Some(span) = self.spans.get(load) {
            span.attributes
                .set(b"tracelink.incomplete", Value::Bool(true));
        }
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
        self.set_status_code(handle, row);
        self.set_protocol(handle, row);
        self.add_phases(handle, PHASES, row.times());
        self.end(handle, row.end())
    }
}

/// The number at `index` of a block; 0 where there is none.
#[inline(never)]
fn number(block: &[u8], index: usize) -> f64 {
    let bytes = block.get(index * 8..).and_then(|rest| rest.first_chunk());
    bytes.map_or(0.0, |bytes| f64::from_le_bytes(*bytes))
}

/// Where a row begins.
fn row_at(index: usize) -> usize {
    1 + DOCUMENT_NUMBERS + index * ROW
}

fn row(block: &[u8], index: usize) -> Row {
    let mut numbers = [0.0; ROW];
    for (column, value) in numbers.iter_mut().enumerate() {
        *value = number(block, row_at(index) + column);
    }
    Row::new(numbers)
}

fn url(block: &[u8], index: usize) -> &[u8] {
    let text = block.get(
        (number(block, 0) as usize)
            .saturating_add(1)
            .saturating_mul(8)..,
    );
    let mut urls = text.unwrap_or_default().split(|byte| *byte == 0);
    urls.nth(index).unwrap_or_default()
}
