//! OTLP/JSON that strict decoders refuse and that is legal: what is sent, and what is read back.

use serde_json::{Value, json};

use crate::support::{Collector, request, span, trace, with};

/// Sends one span with these fields and reads it back as OTLP/JSON.
fn round_trip(fields: &Value) -> Value {
    let collector = Collector::with(&["--db", ":memory:"]);
    collector.store(&request("shop", &[with(span(1, 1, 0, "a", 0, 1), fields)]));
    let answer = collector.json(&format!("/api/v3/traces/{}", trace(1)));
    answer["result"]["resourceSpans"][0]["scopeSpans"][0]["spans"][0].clone()
}

#[test]
fn any_value_in_every_form() {
    let forms = [
        (json!({}), json!({})),
        (json!(null), json!(null)),
        (json!({ "stringValue": null }), json!({})),
        (json!({ "stringValue": "" }), json!({ "stringValue": "" })),
        (json!({ "intValue": "5" }), json!({ "intValue": "5" })),
        (json!({ "intValue": 5 }), json!({ "intValue": "5" })),
        (json!({ "intValue": 5.0 }), json!({ "intValue": "5" })),
        (
            json!({ "intValue": "-9223372036854775808" }),
            json!({ "intValue": "-9223372036854775808" }),
        ),
        // OpenTelemetry JS writes whole numbers of any size as intValue.
        (
            json!({ "intValue": 1e300 }),
            json!({ "doubleValue": 1e300 }),
        ),
        (
            json!({ "intValue": u64::MAX }),
            json!({ "doubleValue": 18_446_744_073_709_552_000.0 }),
        ),
        (json!({ "doubleValue": 1.5 }), json!({ "doubleValue": 1.5 })),
        (json!({ "doubleValue": 3 }), json!({ "doubleValue": 3.0 })),
        (
            json!({ "doubleValue": "2.5" }),
            json!({ "doubleValue": 2.5 }),
        ),
        (
            json!({ "doubleValue": "NaN" }),
            json!({ "doubleValue": "NaN" }),
        ),
        (
            json!({ "doubleValue": "Infinity" }),
            json!({ "doubleValue": "Infinity" }),
        ),
        (
            json!({ "doubleValue": "-Infinity" }),
            json!({ "doubleValue": "-Infinity" }),
        ),
        (json!({ "boolValue": false }), json!({ "boolValue": false })),
        (
            json!({ "arrayValue": {} }),
            json!({ "arrayValue": { "values": [] } }),
        ),
        (
            json!({ "arrayValue": { "values": null } }),
            json!({ "arrayValue": { "values": [] } }),
        ),
        (json!({ "arrayValue": null }), json!({})),
        (
            json!({ "kvlistValue": {} }),
            json!({ "kvlistValue": { "values": [] } }),
        ),
        (
            json!({ "kvlistValue": { "values": [{ "key": "k", "value": { "arrayValue": { "values": [{}, { "intValue": 1 }] } } }] } }),
            json!({ "kvlistValue": { "values": [{ "key": "k", "value": { "arrayValue": { "values": [{}, { "intValue": "1" }] } } }] } }),
        ),
        (
            json!({ "bytesValue": "AP8=" }),
            json!({ "bytesValue": "AP8=" }),
        ),
        (
            json!({ "bytesValue": "AP8" }),
            json!({ "bytesValue": "AP8=" }),
        ),
        (
            json!({ "bytesValue": "-_8=" }),
            json!({ "bytesValue": "+/8=" }),
        ),
        (json!({ "futureValue": { "x": [1] } }), json!({})),
    ];
    let attributes: Vec<_> = forms
        .iter()
        .enumerate()
        .map(|(key, (sent, _))| json!({ "key": key.to_string(), "value": sent }))
        .collect();
    let read = round_trip(&json!({ "attributes": attributes }));
    for (index, (sent, expected)) in forms.iter().enumerate() {
        assert_eq!(&read["attributes"][index]["value"], expected, "{sent}");
    }
}

#[test]
fn numbers_as_strings_and_strings_as_numbers() {
    let read = round_trip(&json!({
        "kind": "3", "flags": "769", "droppedAttributesCount": "3", "droppedEventsCount": 4.0, "droppedLinksCount": 5,
        "startTimeUnixNano": 1_700_000_000_000_000_001_u64, "endTimeUnixNano": "1700000000000000002",
        "status": { "code": "2" },
    }));
    assert_eq!(read["kind"], 3);
    assert_eq!(read["flags"], 769);
    assert_eq!(read["droppedAttributesCount"], 3);
    assert_eq!(read["droppedEventsCount"], 4);
    assert_eq!(read["droppedLinksCount"], 5);
    assert_eq!(read["startTimeUnixNano"], "1700000000000000001");
    assert_eq!(read["endTimeUnixNano"], "1700000000000000002");
    assert_eq!(read["status"], json!({ "code": 2 }));
}

#[test]
fn null_is_absent_everywhere() {
    let names = [
        "traceState",
        "flags",
        "kind",
        "attributes",
        "droppedAttributesCount",
        "events",
        "droppedEventsCount",
        "links",
        "droppedLinksCount",
        "status",
        "parentSpanId",
    ];
    let nulls: serde_json::Map<_, _> = names
        .iter()
        .map(|name| ((*name).to_owned(), Value::Null))
        .collect();
    let read = round_trip(&Value::Object(nulls));
    let keys: Vec<_> = read
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        keys,
        [
            "endTimeUnixNano",
            "kind",
            "name",
            "spanId",
            "startTimeUnixNano",
            "traceId"
        ]
    );
    let collector = Collector::with(&["--db", ":memory:"]);
    let mut body = request("x", &[span(1, 1, 0, "a", 0, 1)]);
    body["resourceSpans"][0]["resource"] = Value::Null;
    body["resourceSpans"][0]["schemaUrl"] = Value::Null;
    body["resourceSpans"][0]["scopeSpans"][0]["scope"] = Value::Null;
    collector.store(&body);
    assert_eq!(
        collector.json("/api/v3/services")["services"],
        json!(["unknown_service"])
    );
}

#[test]
fn ids_in_upper_case_and_unknown_fields() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let fields = json!({ "traceId": "5B8EFFF798038103D269B633813FC60C", "newField": [{ "deep": {} }], "trace_id": 5 });
    collector.store(&with(
        request("shop", &[with(span(1, 1, 0, "a", 0, 1), &fields)]),
        &json!({ "unknown": null, "resource_spans": 7 }),
    ));
    assert_eq!(collector.list(""), ["5b8efff798038103d269b633813fc60c"]);
    let upper = collector.json("/api/v3/traces/5B8EFFF798038103D269B633813FC60C");
    assert_eq!(
        upper["result"]["resourceSpans"][0]["scopeSpans"][0]["spans"][0]["name"],
        "a"
    );
}

#[test]
fn text_that_javascript_can_send() {
    let collector = Collector::with(&["--db", ":memory:"]);
    // JSON.stringify writes a lone surrogate as an escape.
    let body = request("shop", &[span(1, 1, 0, "NAME", 0, 1)]).to_string();
    let body = body.replace(
        "NAME",
        "a\\ud800b\\u0000c \\ud83d\\ude00 \\udfff\\n\u{2028}",
    );
    let answer = collector.post("application/json", body.as_bytes());
    assert_eq!((answer.status, answer.text()), (200, "{}"));
    assert_eq!(
        collector.waterfall(&trace(1))[0]["name"],
        "a\u{fffd}b\0c \u{1f600} \u{fffd}\n\u{2028}"
    );
}
