//! Sentry's headers against cases of its SDKs.

use serde_json::Value;
use tracelink::core::context::propagation::{
    FROZEN, Given, HeadDecision, PropagationConfig, write_block,
};
use tracelink::core::context::{SpanContext, baggage, sentry, traceparent};
use tracelink::core::ids::{SpanId, TraceId};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::baggage::members;
use crate::{data, list, text, written};

fn sentry_cases() -> Value {
    data(include_str!("../conformance/sentry.json"))
}

fn context(case: &Value) -> Option<SpanContext> {
    let [trace, span, sampled] = case.as_array()?.as_array::<3>()?;
    Some(SpanContext {
        trace_id: TraceId::parse(text(trace).as_bytes())?,
        span_id: SpanId::parse(text(span).as_bytes())?,
        sampled: sampled.as_bool(),
        random: false,
    })
}

#[wasm_bindgen_test(unsupported = test)]
fn sentry_trace_is_parsed() {
    for case in list(&sentry_cases()["sentry_trace"]) {
        let input = text(&case["input"]);
        assert_eq!(
            sentry::parse(input.as_bytes()),
            context(&case["context"]),
            "{input:?}"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn both_families_are_written() {
    for case in list(&sentry_cases()["generate"]) {
        let context = context(&case["context"]).unwrap();
        let [ours, w3c] = [
            written(|out| sentry::write(&context, out)),
            written(|out| traceparent::write(&context, out)),
        ];
        assert_eq!(ours, text(&case["sentry_trace"]));
        assert_eq!(w3c, text(&case["traceparent"]));
    }
}

/// As Sentry does, but that the caller's own members of Sentry's stay, too.
#[wasm_bindgen_test(unsupported = test)]
fn baggage_is_merged_behind_the_callers_own() {
    let config = PropagationConfig {
        sentry: true,
        max_baggage_bytes: 8192,
        ..PropagationConfig::default()
    };
    let context = SpanContext {
        trace_id: TraceId([1; 16]),
        span_id: SpanId([2; 8]),
        sampled: Some(true),
        random: false,
    };
    for case in list(&sentry_cases()["merge_baggage"]) {
        let [existing, ours, expect] = ["existing", "ours", "expect"].map(|key| text(&case[key]));
        let given = Given {
            existing: existing.as_bytes(),
            baggage: ours.as_bytes(),
            bits: FROZEN,
            ..Given::default()
        };
        let block =
            written(|out| write_block(&config, &context, &given, HeadDecision::default(), out));
        // Where nothing is added nothing is written.
        let expect = if expect == existing { "" } else { expect };
        assert_eq!(block.split('\0').nth(2), Some(expect), "{case}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn sentry_members_are_told_apart() {
    for case in list(&sentry_cases()["sentry_only"]) {
        let [input, expect] = ["input", "expect"].map(|key| text(&case[key]));
        let ours = written(|out| baggage::sentry_only(input.as_bytes(), out));
        assert_eq!(ours, expect);
        assert_eq!(baggage::has_sentry(input.as_bytes()), !expect.is_empty());
        let theirs = written(|out| baggage::third_party_only(input.as_bytes(), out));
        assert_eq!(
            members(&theirs).len() + members(&ours).len(),
            members(input).len()
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn strict_trace_continuation() {
    for case in list(&sentry_cases()["strict_trace_continuation"]) {
        let org = |key: &str| {
            case[key]
                .as_u64()
                .map(|id| id.to_string())
                .unwrap_or_default()
        };
        let header = match org("baggage") {
            id if id.is_empty() => "sentry-release=1".to_owned(),
            id => format!("sentry-release=1,sentry-org_id={id}"),
        };
        let strict = case["strict"].as_bool().unwrap();
        let incoming = sentry::org_id(header.as_bytes());
        let goes_on = sentry::may_continue(incoming, org("sdk").as_bytes(), strict);
        assert_eq!(goes_on, text(&case["result"]) == "continue", "{case}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn sampling_members_are_read() {
    let header = b"sentry-sample_rand=0.42,sentry-sample_rate=0.5,sentry-sample_rand=0.463";
    assert_eq!(sentry::sample_rand(header), Some(463_000));
    assert_eq!(sentry::sample_rate(header), Some(500_000));
    assert_eq!(sentry::sample_rand(b"sentry-sample_rand=1"), None);
    assert_eq!(
        sentry::sample_rate(b"sentry-sample_rate=1.0"),
        Some(1_000_000)
    );
    assert_eq!(sentry::sample_rate(b"sentry-sample_rand=0.1"), None);
}
