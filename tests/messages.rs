//! Messages in the tracer: from text to the consumer span, its links and its decision, without a browser.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use tracelink::core::ids::{SpanId, TraceId};
use tracelink::core::slab::Handle;
use tracelink::otlp::read::{SpanView, Value, spans};
use tracelink::tracer::Tracer;
use tracelink::tracer::messages::{
    Message, NO_CONTEXT, OWN_TRACE, PASSED_ON, UNTRACED, VALUE, WHOLE,
};
use tracelink::tracer::spans::{DECIDED, Ids, NOT_SAMPLED, SAMPLED, UNDECIDED};
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_family = "wasm")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

const SAMPLE_RATE: u32 = 0;
const RETAIN: u32 = 4;
const ORG_ID: u32 = 5;

fn tracer() -> Tracer {
    let mut tracer = Tracer::new(0.0);
    tracer.set_number(RETAIN, 1_000.0);
    tracer
}

fn message() -> Message {
    Message {
        ids: Ids {
            trace: TraceId([0xEE; 16]),
            span: SpanId([0x11; 8]),
            parent: SpanId::default(),
        },
        share: 1.0,
        time: 5.0,
        ..Message::default()
    }
}

/// The carrier of a context whose ids have `digit` at their ends.
fn traceparent(digit: u32, flags: &str) -> String {
    format!("00-{:032x}-{:016x}-{flags}", 0xa000 + digit, 0xb000 + digit)
}

fn batch(contexts: impl IntoIterator<Item = String>) -> String {
    let elements: Vec<_> = contexts
        .into_iter()
        .map(|context| format!(r#"{{"traceparent":"{context}"}}"#))
        .collect();
    format!(r#"{{"updates":[{}]}}"#, elements.join(","))
}

fn begin(tracer: &mut Tracer, text: &str, message: &Message) -> Handle {
    tracer.scratch.bytes_mut()[..text.len()].copy_from_slice(text.as_bytes());
    tracer.begin_message(text.len(), message)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn shown(value: Value<'_>) -> String {
    match value {
        Value::Str(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Value::Int(value) => value.to_string(),
        Value::Bool(value) => value.to_string(),
        _ => "?".to_owned(),
    }
}

/// What a span says, as far as messages decide it.
#[derive(Debug, Default)]
struct Written {
    trace: String,
    parent: String,
    state: String,
    kind: u64,
    links: Vec<String>,
    refused_links: u64,
    attributes: Vec<String>,
}

fn written(tracer: &mut Tracer) -> Vec<Written> {
    tracer.export_retained();
    let request = tracer.output.clone();
    spans(&request)
        .map(|span| {
            let span = SpanView::read(span.unwrap()).unwrap();
            Written {
                trace: hex(span.trace_id),
                parent: hex(span.parent_span_id),
                state: String::from_utf8_lossy(span.trace_state).into_owned(),
                kind: u64::from(span.kind),
                links: span
                    .links()
                    .map(|link| hex(link.unwrap().span_id))
                    .collect(),
                refused_links: u64::from(span.dropped_links),
                attributes: span
                    .attributes()
                    .map(|pair| {
                        let (key, value) = pair.unwrap();
                        format!("{}={}", String::from_utf8_lossy(key), shown(value))
                    })
                    .collect(),
            }
        })
        .collect()
}

/// The span of one message, begun and ended.
fn one(text: &str, message: &Message) -> Written {
    let mut tracer = tracer();
    let handle = begin(&mut tracer, text, message);
    assert!(handle > 0.0, "{handle} for {text}");
    tracer.end(handle, 6.0, false);
    written(&mut tracer).pop().unwrap()
}

fn id(digit: u32) -> String {
    format!("{:016x}", 0xb000 + digit)
}

#[wasm_bindgen_test(unsupported = test)]
fn a_message_is_a_child_of_its_latest_context_and_links_to_the_others_once() {
    let contexts = [1, 2, 1, 2, 3].map(|digit| traceparent(digit, "01"));
    let span = one(&batch(contexts), &message());
    assert_eq!(span.trace, format!("{:032x}", 0xa003));
    assert_eq!(span.parent, id(3));
    assert_eq!(span.links, [id(1), id(2)]);
    assert_eq!(span.kind, 5);
    assert_eq!(
        span.attributes,
        [
            "messaging.operation.type=process",
            "messaging.operation.name=process",
            "messaging.batch.message_count=5",
        ]
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn the_latest_context_twice_is_no_link_to_the_parent() {
    let contexts = [1, 1].map(|digit| traceparent(digit, "01"));
    assert!(one(&batch(contexts), &message()).links.is_empty());
}

#[wasm_bindgen_test(unsupported = test)]
fn a_trace_of_its_own_links_to_every_context_and_keeps_the_senders_decision() {
    let own = Message {
        flags: OWN_TRACE,
        ..message()
    };
    let span = one(&batch([1, 2].map(|digit| traceparent(digit, "01"))), &own);
    assert_eq!((span.trace, span.parent), ("ee".repeat(16), String::new()));
    assert_eq!(span.links, [id(1), id(2)]);
    let mut tracer = tracer();
    let text = batch([traceparent(1, "01"), traceparent(2, "00")]);
    assert_eq!(begin(&mut tracer, &text, &own), NOT_SAMPLED);
    // The page's own rate says nothing where the sender has decided.
    tracer.set_number(SAMPLE_RATE, 0.0);
    assert!(begin(&mut tracer, &batch([traceparent(1, "01")]), &own) > 0.0);
}

#[wasm_bindgen_test(unsupported = test)]
fn links_past_the_most_are_counted() {
    let span = one(
        &batch((0..40).map(|digit| traceparent(digit, "01"))),
        &message(),
    );
    assert_eq!((span.links.len(), span.refused_links), (32, 7));
}

#[wasm_bindgen_test(unsupported = test)]
fn without_context_there_is_a_span_only_when_asked_for() {
    let mut tracer = tracer();
    for text in [
        "",
        "{}",
        "not JSON traceparent",
        r#"{"traceparent":"00-1-2-03"}"#,
    ] {
        assert_eq!(begin(&mut tracer, text, &message()), NO_CONTEXT, "{text}");
    }
    let asked = Message {
        flags: UNTRACED,
        ..message()
    };
    let span = one("{}", &asked);
    assert_eq!((span.trace, span.parent), ("ee".repeat(16), String::new()));
    assert!(span.links.is_empty());
}

#[wasm_bindgen_test(unsupported = test)]
fn the_decision_is_the_latest_contexts() {
    let mut tracer = tracer();
    let text = batch([traceparent(1, "01"), traceparent(2, "00")]);
    assert_eq!(begin(&mut tracer, &text, &message()), NOT_SAMPLED);
    assert_eq!(tracer.counters.not_sampled, 1);
    tracer.set_number(SAMPLE_RATE, f64::NAN);
    let text = batch([traceparent(1, "01")]);
    assert_eq!(begin(&mut tracer, &text, &message()), UNDECIDED);
    // Sentry's open decision is ours to make.
    let open = format!(r#"{{"sentry-trace":"{}"}}"#, &traceparent(1, "01")[3..52]);
    tracer.set_number(SAMPLE_RATE, 0.0);
    assert_eq!(begin(&mut tracer, &open, &message()), NOT_SAMPLED);
    tracer.set_number(SAMPLE_RATE, 1.0);
    assert!(begin(&mut tracer, &open, &message()) > 0.0);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_share_of_tabs_records_a_trace_and_the_others_pass_it_on() {
    let mut tracer = tracer();
    let text = batch([traceparent(1, "01")]);
    let recorded = (0..400)
        .filter(|&seed| {
            let some = Message {
                seed,
                share: 0.25,
                ..message()
            };
            let handle = begin(&mut tracer, &text, &some);
            assert!(handle > 0.0 || handle == PASSED_ON, "{handle}");
            // The context's own ids and decision are there to be passed on.
            let words: Vec<u8> = tracer.scratch.text(28).to_vec();
            let word = |at: usize| u32::from_be_bytes(words[at * 4..][..4].try_into().unwrap());
            assert_eq!((word(3), word(5)), (0xa001, 0xb001));
            let flags = u32::from(words[24]);
            assert_eq!(flags & (DECIDED | SAMPLED), DECIDED | SAMPLED);
            handle > 0.0
        })
        .count();
    assert!((60..140).contains(&recorded), "{recorded} of 400");
}

#[wasm_bindgen_test(unsupported = test)]
fn where_it_came_from_is_on_every_span_and_changes_with_it() {
    let mut tracer = tracer();
    let mut intern = |text: &str| {
        let bytes = tracer.scratch.bytes_mut();
        bytes[..text.len()].copy_from_slice(text.as_bytes());
        tracer.intern(text.len())
    };
    let [system, first, second] = ["websocket", "host/a", "host/b"].map(&mut intern);
    let text = batch([traceparent(1, "01")]);
    for (system, destination) in [(system, first), (system, first), (system, second), (0, 0)] {
        let message = Message {
            system,
            destination,
            ..message()
        };
        let handle = begin(&mut tracer, &text, &message);
        tracer.end(handle, 6.0, false);
    }
    let process = "messaging.operation.type=process messaging.operation.name=process";
    let all: Vec<_> = written(&mut tracer)
        .iter()
        .map(|span| span.attributes.join(" "))
        .collect();
    let from = |place: &str| {
        format!("messaging.system=websocket messaging.destination.name={place} {process}")
    };
    assert_eq!(
        all,
        [
            from("host/a"),
            from("host/a"),
            from("host/b"),
            process.to_owned()
        ]
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn the_tracestate_of_the_parent_is_the_spans() {
    let text = format!(
        r#"{{"traceparent":"{}","tracestate":"a=1, b=2"}}"#,
        traceparent(1, "01")
    );
    assert_eq!(one(&text, &message()).state, "a=1,b=2");
    let own = Message {
        flags: OWN_TRACE,
        ..message()
    };
    assert_eq!(one(&text, &own).state, "");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_traceparent_by_itself_stands_for_its_message() {
    let value = Message {
        flags: VALUE,
        ..message()
    };
    let span = one(&traceparent(1, "01"), &value);
    assert_eq!(
        (span.trace, span.parent),
        (format!("{:032x}", 0xa001), id(1))
    );
    let mut tracer = tracer();
    let mut wrong = traceparent(1, "01");
    wrong.replace_range(5..6, "x");
    assert_eq!(begin(&mut tracer, &wrong, &value), WHOLE);
    tracer.scratch.bytes_mut()[0] = b'1';
    tracer.set_text(ORG_ID, 1);
    assert_eq!(begin(&mut tracer, &traceparent(1, "01"), &value), WHOLE);
    assert_eq!((tracer.counters.started, tracer.counters.ignored), (0, 0));
    let ids = &traceparent(1, "01")[3..52];
    let other = format!(r#"{{"sentry-trace":"{ids}-1","baggage":"sentry-org_id=2"}}"#);
    assert_eq!(begin(&mut tracer, &other, &message()), NO_CONTEXT);
}

#[wasm_bindgen_test(unsupported = test)]
fn an_open_decision_goes_by_the_random_number_that_came_along() {
    let mut tracer = tracer();
    tracer.set_number(SAMPLE_RATE, 0.5);
    for (rand, records) in [("0.4", true), ("0.6", false)] {
        let ids = &traceparent(1, "01")[3..52];
        let baggage = format!("sentry-sample_rand={rand}");
        let text = format!(r#"{{"_sentry":{{"trace":"{ids}","baggage":"{baggage}"}}}}"#);
        assert_eq!(
            begin(&mut tracer, &text, &message()) > 0.0,
            records,
            "{rand}"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn text_is_scanned_again_without_counting_what_was_malformed_twice() {
    let mut tracer = tracer();
    let text = format!(
        r#"[{{"traceparent":"nonsense"}},{{"traceparent":"{}"}}]"#,
        traceparent(1, "01")
    );
    begin(&mut tracer, &text, &message());
    assert_eq!(tracer.counters.ignored, 1);
    tracer.inbox(text.len()).copy_from_slice(text.as_bytes());
    assert_eq!(tracer.scan_text(text.len(), true), 1);
    assert_eq!(tracer.counters.ignored, 1);
}
