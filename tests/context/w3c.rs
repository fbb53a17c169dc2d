//! W3C trace context against the cases of its own test harness.

use serde_json::Value;
use tracelink::core::context::propagation::{
    Carriers, Given, HeadDecision, PropagationConfig, write_block,
};
use tracelink::core::context::{SpanContext, traceparent, tracestate};
use tracelink::core::ids::{SpanId, TraceId};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{data, extract, list, text, written};

fn w3c() -> Value {
    data(include_str!("../conformance/w3c_trace_context.json"))
}

/// What a server sees of repeated header lines.
fn joined(headers: &Value, name: &str) -> String {
    let lines = list(headers)
        .iter()
        .filter(|line| text(&line[0]).eq_ignore_ascii_case(name));
    let values: Vec<&str> = lines
        .map(|line| text(&line[1]).trim_matches([' ', '\t']))
        .collect();
    values.join(",")
}

/// Continues what came in by spans of our own, and returns the headers of each: traceparent and tracestate.
fn forward(headers: &Value, calls: u64) -> Vec<(String, String)> {
    let [parent, state] = ["traceparent", "tracestate"].map(|name| joined(headers, name));
    let carriers = Carriers {
        traceparent: parent.as_bytes(),
        tracestate: state.as_bytes(),
        ..Carriers::default()
    };
    let (remote, link) = extract(&carriers, &mut 0);
    assert!(link.is_none());
    let config = PropagationConfig {
        w3c: true,
        ..PropagationConfig::default()
    };
    let call = |number: u64| {
        let span = SpanContext {
            trace_id: remote
                .as_ref()
                .map_or(TraceId([7; 16]), |remote| remote.context.trace_id),
            span_id: SpanId((number + 1).to_be_bytes()),
            sampled: remote
                .as_ref()
                .map_or(Some(true), |remote| remote.context.sampled),
            random: remote.as_ref().is_some_and(|remote| remote.context.random),
        };
        let state = remote.as_ref().map_or(&[][..], |remote| &remote.tracestate);
        let given = Given {
            tracestate: state,
            ..Given::default()
        };
        let block =
            written(|out| write_block(&config, &span, &given, HeadDecision::default(), out));
        let fields: Vec<&str> = block.split('\0').collect();
        assert_eq!(fields.len(), 4);
        assert_eq!(fields[2..], ["", ""]);
        (fields[0].to_owned(), fields[1].to_owned())
    };
    (0..calls).map(call).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn w3c_harness_cases() {
    for case in list(&w3c()["cases"]) {
        let name = text(&case["name"]);
        let calls = forward(
            &case["input_headers"],
            case["outgoing_calls"].as_u64().unwrap(),
        );
        let expect = &case["expect"];
        let mut parents = Vec::new();
        for (parent, state) in calls {
            let context = traceparent::parse(parent.as_bytes()).unwrap();
            let trace = written(|out| context.trace_id.write_hex(out));
            let own = written(|out| context.span_id.write_hex(out));
            let incoming = joined(&case["input_headers"], "traceparent");
            assert!(!incoming.contains(&own), "{name}: own span id");
            assert!(!parents.contains(&own), "{name}: a span id per call");
            parents.push(own);
            match text(&expect["trace"]) {
                "continue" => assert_eq!(trace, text(&expect["trace_id"]), "{name}"),
                _ => assert_eq!(trace, "07".repeat(16), "{name}"),
            }
            if let Some(flag) = expect.get("outgoing_flags_mask") {
                assert_eq!(text(flag), "0x02");
                assert!(context.random, "{name}: random flag");
            }
            check_tracestate(name, expect, &state);
        }
    }
}

fn check_tracestate(name: &str, expect: &Value, state: &str) {
    let members: Vec<&str> = state
        .split(',')
        .filter(|member| !member.is_empty())
        .collect();
    for (key, value) in expect["tracestate_contains"]
        .as_object()
        .into_iter()
        .flatten()
    {
        let member = format!("{key}={}", text(value));
        assert!(members.contains(&&*member), "{name}: {member} in {state}");
    }
    for key in expect["tracestate_absent"].as_array().into_iter().flatten() {
        let start = format!("{}=", text(key));
        assert!(
            !members.iter().any(|member| member.starts_with(&start)),
            "{name}: {state}"
        );
    }
    if let Some(order) = expect["tracestate_order"].as_array() {
        assert_eq!(
            members,
            order.iter().map(text).collect::<Vec<_>>(),
            "{name}"
        );
    }
    if let Some(any) = expect["tracestate_any_of"].as_array() {
        assert!(
            any.iter().any(|member| members.contains(&text(member))),
            "{name}: {state}"
        );
    }
    if let Some(count) = expect["tracestate_count"].as_u64() {
        assert_eq!(members.len() as u64, count, "{name}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn traceparent_versions_and_flags() {
    for case in list(&w3c()["traceparent"]) {
        let input = text(&case["input"]);
        let context = traceparent::parse(input.as_bytes());
        let Some(flags) = case["outgoing_flags"].as_str() else {
            assert_eq!(context, None, "{input}");
            continue;
        };
        let out = written(|out| traceparent::write(&context.unwrap(), out));
        assert_eq!(out, format!("00-{}-{flags}", &input[3..52]));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn tracestate_keys_and_values() {
    let cases = w3c();
    for (verdict, valid) in [("valid", true), ("invalid", false)] {
        for key in list(&cases["keys"][verdict]).iter().map(text) {
            assert_eq!(tracestate::is_valid_key(key.as_bytes()), valid, "{key}");
            let member = format!("a0=1,{key}=x");
            if !key.ends_with(' ') {
                assert_eq!(
                    tracestate::normalise(member.as_bytes(), &mut Vec::new()),
                    valid,
                    "{key}"
                );
            }
        }
        for value in list(&cases["values"][verdict]).iter().map(text) {
            assert_eq!(
                tracestate::is_valid_value(value.as_bytes()),
                valid,
                "{value}"
            );
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_broken_tracestate_leaves_traceparent_alone() {
    let mut ignored = 0;
    let carriers = Carriers {
        traceparent: b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        tracestate: b"foo=1,=",
        ..Carriers::default()
    };
    let (remote, _) = extract(&carriers, &mut ignored);
    assert_eq!(remote.unwrap().tracestate, b"");
    assert_eq!(ignored, 0);
}
