//! Reads in the shape of Jaeger's API, and that nothing of OTLP is lost on the way through the database.

use serde_json::{Value, json};

use crate::support::{Collector, attribute, request, span, span_id, trace, with};

/// Everything a trace can hold, in the spelling the collector writes.
fn everything() -> Value {
    let value = json!({ "kvlistValue": { "values": [{ "key": "k", "value": { "arrayValue": { "values": [{ "doubleValue": 1.5 }] } } }] } });
    json!({ "resourceSpans": [{
        "resource": {
            "attributes": [{ "key": "service.name", "value": { "stringValue": "whole" } }, { "key": "map", "value": value }],
            "droppedAttributesCount": 1,
            "entityRefs": [{ "schemaUrl": "u", "type": "service", "idKeys": ["service.name"], "descriptionKeys": ["map"] }],
        },
        "scopeSpans": [
            {
                "scope": { "name": "lib", "version": "1.2", "attributes": [{ "key": "s", "value": { "boolValue": true } }], "droppedAttributesCount": 2 },
                "spans": [{
                    "traceId": trace(1), "spanId": span_id(2), "traceState": "a=b,c=d", "parentSpanId": span_id(1), "flags": 769,
                    "name": "n", "kind": 3, "startTimeUnixNano": "1700000000000000001", "endTimeUnixNano": "1700000000000000009",
                    "attributes": [{ "key": "a", "value": { "intValue": "-5" } }, { "key": "none" }], "droppedAttributesCount": 3,
                    "events": [{ "timeUnixNano": "1700000000000000003", "name": "e", "attributes": [{ "key": "b", "value": { "bytesValue": "AP8=" } }], "droppedAttributesCount": 4 }],
                    "droppedEventsCount": 5,
                    "links": [{ "traceId": trace(8), "spanId": span_id(8), "traceState": "x=y", "attributes": [{ "key": "c", "value": { "stringValue": "" } }], "droppedAttributesCount": 6, "flags": 256 }],
                    "droppedLinksCount": 7,
                    "status": { "message": "m", "code": 2 },
                }],
                "schemaUrl": "https://opentelemetry.io/schemas/1.27.0",
            },
        ],
        "schemaUrl": "https://opentelemetry.io/schemas/1.26.0",
    }]})
}

#[test]
fn a_trace_comes_back_as_it_was_sent() {
    let dir = tempfile::tempdir().unwrap();
    let collector = Collector::start(dir.path());
    collector.store(&everything());
    assert_eq!(
        collector.json(&format!("/api/v3/traces/{}", trace(1))),
        json!({ "result": everything() })
    );
    assert_eq!(
        collector.json("/api/v3/traces?query.service_name=whole"),
        json!({ "result": everything() })
    );
    // What came back can be sent again.
    let again = Collector::with(&["--db", ":memory:"]);
    again.store(&collector.json(&format!("/api/v3/traces/{}", trace(1)))["result"]);
    assert_eq!(
        again.json(&format!("/api/v3/traces/{}", trace(1)))["result"],
        everything()
    );
}

#[test]
fn spans_are_grouped_by_resource_and_scope() {
    let collector = Collector::with(&["--db", ":memory:"]);
    for id in 1..=3 {
        collector.store(&request("a", &[span(1, id, 0, "s", id, id + 1)]));
        collector.store(&request("b", &[span(1, id + 10, 0, "s", id, id + 1)]));
    }
    let answer = collector.json(&format!("/api/v3/traces/{}", trace(1)));
    let groups = answer["result"]["resourceSpans"].as_array().unwrap();
    assert_eq!(groups.len(), 2);
    for group in groups {
        assert_eq!(group["scopeSpans"].as_array().unwrap().len(), 1);
        assert_eq!(group["scopeSpans"][0]["spans"].as_array().unwrap().len(), 3);
    }
}

#[test]
fn services_and_operations() {
    let collector = Collector::with(&["--db", ":memory:"]);
    assert_eq!(
        collector.json("/api/v3/services"),
        json!({ "services": [] })
    );
    collector.store(&request(
        "web",
        &[
            with(span(1, 1, 0, "GET /", 0, 1), &json!({ "kind": 2 })),
            with(span(1, 2, 0, "GET /", 0, 1), &json!({ "kind": 3 })),
            with(span(1, 3, 0, "GET /", 0, 1), &json!({ "kind": 2 })),
        ],
    ));
    collector.store(&request("api", &[span(1, 4, 0, "work", 0, 1)]));
    assert_eq!(
        collector.json("/api/v3/services"),
        json!({ "services": ["api", "web"] })
    );
    let get = |kind: &str| json!({ "name": "GET /", "spanKind": kind });
    assert_eq!(
        collector.json("/api/v3/operations?service=web"),
        json!({ "operations": [get("server"), get("client")] })
    );
    assert_eq!(
        collector.json("/api/v3/operations?service=web&span_kind=client"),
        json!({ "operations": [get("client")] })
    );
    assert_eq!(
        collector.json("/api/v3/operations?service=nobody"),
        json!({ "operations": [] })
    );
}

#[test]
fn jaeger_queries_filter() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let tagged = json!({ "attributes": attribute("tenant", "acme") });
    collector.store(&request(
        "web",
        &[
            span(1, 1, 0, "short", 0, 10),
            span(2, 1, 0, "long", 1_000, 3_000),
        ],
    ));
    collector.store(&request(
        "api",
        &[with(span(3, 1, 0, "short", 2_000, 2_100), &tagged)],
    ));
    let found = |query: &str| -> Vec<String> {
        let answer = collector.json(&format!("/api/v3/traces?{query}"));
        let groups = answer["result"]["resourceSpans"].as_array().unwrap();
        groups
            .iter()
            .map(|group| {
                group["scopeSpans"][0]["spans"][0]["traceId"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    };
    for (query, expected) in [
        ("query.service_name=web", vec![2, 1]),
        ("query.service_name=web&query.operation_name=long", vec![2]),
        ("query.service_name=api&query.operation_name=long", vec![]),
        ("query.operation_name=short", vec![3, 1]),
        ("query.service_name=web&query.duration_min=1.5s", vec![2]),
        ("query.service_name=web&query.duration_max=100ms", vec![1]),
        ("query.start_time_min=2023-11-14T22:13:21Z", vec![3, 2]),
        ("query.start_time_max=2023-11-14T22:13:20.5Z", vec![1]),
        ("query.num_traces=1", vec![3]),
        ("query.attributes=%7B%22tenant%22:%22acme%22%7D", vec![3]),
        ("", vec![3, 2, 1]),
    ] {
        assert_eq!(
            found(query),
            expected.into_iter().map(trace).collect::<Vec<_>>(),
            "{query}"
        );
    }
    for bad in [
        "query.num_traces=0",
        "query.start_time_min=soon",
        "query.duration_min=5",
        "query.attributes=x",
    ] {
        assert_eq!(
            collector.get(&format!("/api/v3/traces?{bad}")).status,
            400,
            "{bad}"
        );
    }
}

#[test]
fn health_counts() {
    let dir = tempfile::tempdir().unwrap();
    let collector = Collector::start(dir.path());
    let empty = collector.json("/api/health");
    assert_eq!(
        (&empty["spans"], &empty["traces"], &empty["oldest"]),
        (&json!(0), &json!(0), &Value::Null)
    );
    collector.store(&request(
        "web",
        &[
            span(1, 1, 0, "a", 5, 6),
            span(2, 1, 0, "b", 0, 1),
            span(2, 2, 1, "c", 0, 1),
        ],
    ));
    let health = collector.json("/api/health");
    assert_eq!(
        (&health["spans"], &health["traces"]),
        (&json!(3), &json!(2))
    );
    assert_eq!(health["oldest"], "1700000000000000000");
    assert_eq!(health["newest"], "1700000000005000000");
    assert!(health["databaseBytes"].as_u64().unwrap() > 4096);
}
