//! Spans that have ended and are written later: they count as ended, and keep their end.

use crate::support::{start, tracer, written};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test(unsupported = test)]
fn a_held_span_counts_as_ended_and_is_written_once_with_its_end() {
    let mut tracer = tracer();
    let handle = start(&mut tracer, 10.0);
    tracer.end(handle, 20.0, true);
    assert!(
        core::mem::take(&mut tracer.wake).send.is_some(),
        "the next flush writes it at the latest"
    );
    assert!(written(&mut tracer).is_empty());
    assert_eq!((tracer.open_spans(), tracer.counters.ended), (0, 1));
    assert_eq!(tracer.stats().in_page, 1, "ended = kept");
    tracer.end(handle, 25.0, true);
    assert_eq!(tracer.wake.send, None, "held once");
    tracer.end(handle, 99.0, false);
    tracer.end(handle, 99.0, false);
    let lines = written(&mut tracer);
    assert_eq!(lines.len(), 1);
    assert!(lines[0].contains(" 10-20 "), "{lines:?}");
    assert_eq!((tracer.counters.ended, tracer.stats().in_page), (1, 1));
}

#[wasm_bindgen_test(unsupported = test)]
fn at_the_end_of_the_page_an_open_span_is_incomplete_and_a_held_one_is_not() {
    let mut tracer = tracer();
    let (held, open) = (start(&mut tracer, 10.0), start(&mut tracer, 11.0));
    tracer.end(held, 20.0, true);
    tracer.end_all_incomplete(99.0);
    let lines = written(&mut tracer);
    let (cut, complete): (Vec<_>, Vec<_>) =
        lines.iter().partition(|line| line.contains("incomplete"));
    assert!(complete[0].contains(" 10-20 "), "{lines:?}");
    assert!(
        cut[0].contains(" 11-99 ") && cut[0].contains("tracelink.incomplete=true"),
        "{lines:?}"
    );
    assert_eq!((tracer.counters.ended, tracer.stats().in_page), (2, 2));
    tracer.end(open, 120.0, false);
    assert_eq!(written(&mut tracer).len(), 2);
}
