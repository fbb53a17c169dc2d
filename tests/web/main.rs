//! The crate without its shell, in browsers: options as an object, and the exports that are whole by themselves.
#![cfg(all(target_family = "wasm", feature = "options"))]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a test that fails"
)]

use gloo_timers::future::TimeoutFuture;
use tracelink::api::{delivery, inspect, spans, start, whole};
use tracelink::otlp::read::{SpanView, spans as spans_of};
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// The browser's part of a page without the shell: hands events to the exports, and looks at wasm memory.
#[wasm_bindgen(module = "/tests/web/page.js")]
extern "C" {
    fn object(json: &str) -> JsValue;
    fn get(of: &JsValue, key: &str) -> JsValue;
    fn read(memory: &JsValue, address: usize, len: usize) -> Vec<u8>;
}

/// Starts with options given as JSON.
fn begin(json: &str) -> Result<(), JsValue> {
    start::start_with(object(json))
}

fn retained() -> Vec<u8> {
    let len = inspect::export_retained();
    read(
        &wasm_bindgen::memory(),
        tracelink::api::text::output_address(),
        len,
    )
}

fn names(request: &[u8]) -> Vec<String> {
    spans_of(request)
        .map(|span| SpanView::read(span.expect("whole")).expect("a span"))
        .map(|span| String::from_utf8_lossy(span.name).into_owned())
        .collect()
}

#[wasm_bindgen_test]
fn a_wrong_option_is_named() {
    for (json, part) in [
        ("{}", "serviceName"),
        (
            r#"{"serviceName":"s","sampleRate":"often"}"#,
            "invalid type",
        ),
        (r#"{"serviceName":"s","sampleRate":2}"#, "sampleRate"),
        (r#"{"serviceName":"s","propagate":["b3"]}"#, "b3"),
        (
            r#"{"serviceName":"s","buffer":{"retain":"all"}}"#,
            "invalid type",
        ),
    ] {
        let error = begin(json).expect_err("refused");
        let message = get(&error, "message").as_string().expect("a message");
        assert!(message.contains(part), "{json}: {message}");
    }
}

#[wasm_bindgen_test]
fn spans_are_kept_and_described() {
    begin(r#"{"serviceName":"alone","buffer":{"retain":2}}"#).expect("starts");
    for _ in 0..3 {
        let handle = spans::start(1, 2, 3, 4, 5, 6, 0, 0, 5, 0, 1, 1.0, 0.0);
        assert!(handle > 0.0);
        spans::end(handle, 2.0, false);
    }
    let request = retained();
    assert_eq!(names(&request).len(), 2);
    let needle = b"alone";
    assert!(request.windows(needle.len()).any(|window| window == needle));
}

#[wasm_bindgen_test]
fn message_contexts_come_as_objects() {
    begin(r#"{"serviceName":"alone"}"#).expect("starts");
    let message = object(
        r#"{"updates":[{"_sentry":{"trace":"0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"}},
            {"traceparent":"00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}]}"#,
    );
    let latest = whole::extract_message_context(&message);
    let trace = get(&latest, "traceId").as_string();
    assert_eq!(trace.as_deref(), Some("1af7651916cd43dd8448eb211c80319c"));
    let all = whole::extract_message_contexts(&message);
    assert_eq!(get(&all, "length").as_f64(), Some(2.0));
    assert!(get(&get(&all, "0"), "sampled").is_undefined());
    assert!(whole::extract_message_context(&object("{}")).is_null());
}

#[wasm_bindgen_test]
fn a_message_gets_the_carriers_of_a_span() {
    begin(r#"{"serviceName":"alone","propagate":["w3c"]}"#).expect("starts");
    let span = whole::start_span(&JsValue::from_str("send"));
    let message = whole::inject_message_context(object("{}"), &span);
    let carrier = get(&message, "traceparent").as_string();
    let carrier = carrier.expect("a traceparent");
    assert!(
        carrier.starts_with("00-") && carrier.ends_with("-01"),
        "{carrier}"
    );
    assert!(get(&message, "sentry-trace").is_undefined());
}

#[wasm_bindgen_test]
async fn a_request_is_a_span() {
    begin(r#"{"serviceName":"alone"}"#).expect("starts");
    let promise = whole::traced_fetch(
        &JsValue::from_str("data:text/plain,hi"),
        &JsValue::UNDEFINED,
    );
    assert!(!get(&promise, "then").is_undefined());
    TimeoutFuture::new(100).await;
    delivery::flush();
    assert_eq!(names(&retained()), ["GET"]);
}
