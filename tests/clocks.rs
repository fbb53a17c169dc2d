//! Clocks in the tracer: what a sleep of the machine does to spans and traces, with made-up clocks.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use tracelink::core::ids::{SpanId, TraceId};
use tracelink::core::slab::Handle;
use tracelink::otlp::read::{SpanView, Value, spans};
use tracelink::tracer::Tracer;
use tracelink::tracer::messages::{Message, UNTRACED};
use tracelink::tracer::spans::{DECIDED, Ids, SAMPLED};
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_family = "wasm")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

const ORIGIN: u64 = 1_700_000_000_000;
const HOUR: u64 = 3_600_000;
const RETAIN: u32 = 4;

/// A page whose clock stands still while its machine sleeps.
struct Page {
    tracer: Tracer,
    asleep: f64,
}

impl Page {
    fn new() -> Self {
        let mut tracer = Tracer::new(ORIGIN as f64);
        tracer.set_number(RETAIN, 100.0);
        Self {
            tracer,
            asleep: 0.0,
        }
    }

    fn wake_after(&mut self, ms: u64) {
        self.asleep += ms as f64;
    }

    /// The offset of a trace that begins now.
    fn offset(&mut self) -> f64 {
        self.tracer.compare_clocks(self.asleep)
    }

    fn start(&mut self, trace: u8, now: f64, offset: f64) -> Handle {
        let ids = Ids {
            trace: TraceId([trace; 16]),
            span: SpanId([1; 8]),
            parent: SpanId::default(),
        };
        self.tracer.start(ids, DECIDED | SAMPLED, 0, 1, now, offset)
    }

    /// Ended spans: their starts and ends in milliseconds, and for how long they say that they slept.
    fn written(&mut self) -> Vec<(u64, u64, Option<i64>)> {
        self.tracer.export_retained();
        let request = self.tracer.output.clone();
        spans(&request)
            .map(|span| {
                let span = SpanView::read(span.unwrap()).unwrap();
                let slept = span.attributes().find_map(|pair| match pair.unwrap() {
                    (b"tracelink.suspended_ms", Value::Int(slept)) => Some(slept),
                    (b"tracelink.suspended_ms", _) => Some(-1),
                    _ => None,
                });
                let ms = |nanoseconds: u64| nanoseconds / 1_000_000;
                (ms(span.start), ms(span.end), slept)
            })
            .collect()
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_trace_keeps_its_offset_over_a_sleep_and_the_next_begins_at_the_walls_time() {
    let mut page = Page::new();
    let before = page.offset();
    let root = page.start(1, 10.0, before);
    let early = page.start(1, 20.0, before);
    page.tracer.end(early, 30.0, false);
    page.wake_after(HOUR);
    let after = page.offset();
    let other = page.start(2, 40.0, after);
    let late = page.start(1, 50.0, before);
    page.tracer.end(late, 60.0, false);
    page.tracer.end(other, 70.0, false);
    page.tracer.end(root, 80.0, false);
    let at = |ms: u64| ORIGIN + ms;
    assert_eq!(
        page.written(),
        [
            (at(20), at(30), None),
            // Below the root, and therefore by its clock; but it began after the sleep.
            (at(50), at(60), None),
            (at(HOUR + 40), at(HOUR + 70), None),
            (at(10), at(80), Some(HOUR as i64)),
        ]
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn whoever_sees_the_end_of_a_sleep_first_tells_it_of_every_open_span() {
    let mut page = Page::new();
    let offset = page.offset();
    let [held, cut, twice] = [1, 2, 3].map(|trace| page.start(trace, 5.0, offset));
    page.wake_after(2 * HOUR);
    page.offset();
    page.tracer.end(held, 7.0, true);
    page.wake_after(HOUR);
    page.offset();
    page.tracer.end(held, 99.0, false);
    page.tracer.end(twice, 9.0, false);
    page.tracer.end_incomplete(cut, 10.0);
    let slept = page.written().into_iter().map(|(.., slept)| slept);
    let hours: Vec<_> = slept.map(|slept| slept.unwrap() / HOUR as i64).collect();
    assert_eq!(hours, [2, 3, 3]);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_message_begins_at_the_walls_time() {
    let mut page = Page::new();
    page.wake_after(HOUR);
    let message = Message {
        flags: UNTRACED,
        share: 1.0,
        time: 5.0,
        offset: page.offset(),
        ..Message::default()
    };
    let handle = page.tracer.begin_message(0, &message);
    page.tracer.end(handle, 6.0, false);
    let at = ORIGIN + HOUR;
    assert_eq!(page.written(), [(at + 5, at + 6, None)]);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_wall_clock_set_back_is_no_sleep() {
    let mut page = Page::new();
    let offset = page.offset();
    let open = page.start(1, 1.0, offset);
    page.asleep -= HOUR as f64;
    let after = page.offset();
    let next = page.start(2, 2.0, after);
    page.tracer.end(open, 3.0, false);
    page.tracer.end(next, 4.0, false);
    let back = ORIGIN - HOUR;
    assert_eq!(
        page.written(),
        [(ORIGIN + 1, ORIGIN + 3, None), (back + 2, back + 4, None)]
    );
}
