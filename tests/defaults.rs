//! Attributes of all spans to come: what is removed from them is on no later span, whatever the last spans shared.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use tracelink::otlp::read::{SpanView, spans};
use tracelink::tracer::Tracer;
use tracelink::tracer::attributes::{DEFAULTS, NOTHING, STRING};
use tracelink::tracer::messages::{Message, UNTRACED};
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_family = "wasm")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

const RETAIN: u32 = 4;

fn set_default(tracer: &mut Tracer, key: &str, kind: u32) {
    tracer
        .scratch
        .fill([key, "x"].map(str::as_bytes).into_iter());
    tracer.set(DEFAULTS, -(key.len() as i32), kind, 1.0);
}

/// The keys that only some spans of messages have.
fn keys_of_last(tracer: &mut Tracer) -> Vec<String> {
    let message = Message {
        flags: UNTRACED,
        share: 1.0,
        ..Message::default()
    };
    let handle = tracer.begin_message(0, &message);
    tracer.end(handle, 1.0, false);
    tracer.export_retained();
    let last = spans(&tracer.output).last().unwrap().unwrap();
    SpanView::read(last)
        .unwrap()
        .attributes()
        .map(|pair| String::from_utf8(pair.unwrap().0.to_vec()).unwrap())
        .filter(|key| !key.starts_with("messaging."))
        .collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn a_removed_attribute_is_on_no_later_span_of_a_message() {
    let mut tracer = Tracer::new(0.0);
    tracer.set_number(RETAIN, 10.0);
    set_default(&mut tracer, "tenant", STRING);
    set_default(&mut tracer, "user.id", STRING);
    assert_eq!(keys_of_last(&mut tracer), ["tenant", "user.id"]);
    set_default(&mut tracer, "user.id", NOTHING);
    assert_eq!(keys_of_last(&mut tracer), ["tenant"]);
    set_default(&mut tracer, "tenant", NOTHING);
    assert!(keys_of_last(&mut tracer).is_empty());
}
