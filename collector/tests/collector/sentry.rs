//! `POST /api/{project}/envelope/`: what Sentry's SDKs send.

use serde_json::{Value, json};

use crate::support::{Answer, Collector, attribute, request, span, span_id, trace, with};

pub(crate) const PATH: &str =
    "/api/1/envelope/?sentry_version=7&sentry_key=key&sentry_client=test%2F1";
const SPANS: &str = "application/vnd.sentry.items.span.v2+json";
/// Seconds of the times that `support::span` counts from.
const BEGIN: f64 = 1_700_000_000.0;

pub(crate) fn send(collector: &Collector, body: impl AsRef<[u8]>) -> Answer {
    collector.post_to(
        PATH,
        &[("content-type", "text/plain;charset=UTF-8")],
        body.as_ref(),
    )
}

/// An envelope of these items, without lengths, as the SDKs for JavaScript write it.
pub(crate) fn envelope(items: &[(Value, Value)]) -> String {
    let mut text = json!({
        "event_id": "9ec79c33ec9942ab8353589fcb2e04dc",
        "sent_at": "2026-11-30T14:31:25.540Z",
        "sdk": { "name": "sentry.javascript.node", "version": "11.11.0" },
    })
    .to_string();
    for (header, payload) in items {
        text.push_str(&format!("\n{header}\n{payload}"));
    }
    text
}

pub(crate) fn streamed(spans: &[Value]) -> (Value, Value) {
    let header = json!({ "type": "span", "item_count": spans.len(), "content_type": SPANS });
    (header, json!({ "version": 2, "items": spans }))
}

/// A streamed span, as `@sentry/node` 11 writes it.
pub(crate) fn sentry_span(number: u64, id: u64, parent: u64, name: &str) -> Value {
    let mut span = json!({
        "trace_id": trace(number),
        "span_id": span_id(id),
        "name": name,
        "status": "ok",
        "is_segment": parent == 0,
        "start_timestamp": BEGIN + 0.25,
        "end_timestamp": BEGIN + 0.5,
        "attributes": {
            "sentry.op": { "value": "db.query", "type": "string" },
            "sentry.release": { "value": "shop@1.2.0", "type": "string" },
            "sentry.environment": { "value": "test", "type": "string" },
            "sentry.sdk.name": { "value": "sentry.javascript.node", "type": "string" },
            "rows": { "value": 7, "type": "integer" },
            "ratio": { "value": 2, "type": "double" },
            "flags": { "value": ["a", "b"], "type": "array" },
        },
    });
    if parent != 0 {
        span["parent_span_id"] = json!(span_id(parent));
    }
    span
}

#[test]
fn streamed_spans_stand_in_one_waterfall_with_otlp() {
    let collector = Collector::with(&["--db", ":memory:"]);
    collector.store(&request("page", &[span(1, 1, 0, "click", 0, 900)]));
    let linked = json!({
        "status": "error",
        "attributes": {
            "sentry.kind": { "value": "consumer", "type": "string" },
            "sentry.status.message": { "value": "too late", "type": "string" },
            "service.name": { "value": "worker", "type": "string" },
        },
        "links": [{
            "trace_id": trace(9), "span_id": span_id(9), "sampled": true,
            "attributes": { "sentry.link.type": { "value": "previous_trace", "type": "string" } },
        }],
    });
    let spans = [
        sentry_span(1, 2, 1, "SELECT orders"),
        with(sentry_span(1, 3, 2, "process"), &linked),
    ];
    let answer = send(&collector, envelope(&[streamed(&spans)]));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["id"], "9ec79c33ec9942ab8353589fcb2e04dc");

    let rows = collector.waterfall(&trace(1));
    let told: Vec<_> = rows
        .iter()
        .map(|row| {
            let field = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            (
                row["depth"].clone(),
                field("name"),
                field("kind"),
                field("serviceName"),
            )
        })
        .collect();
    let row = |depth: u64, name: &str, kind: &str, service: &str| {
        (
            json!(depth),
            name.to_owned(),
            kind.to_owned(),
            service.to_owned(),
        )
    };
    assert_eq!(
        told,
        [
            row(0, "click", "internal", "page"),
            row(1, "SELECT orders", "client", "shop"),
            row(2, "process", "consumer", "worker"),
        ]
    );
    let query = &rows[1];
    assert_eq!(query["startTimeUnixNano"], "1700000000250000000");
    assert_eq!(query["durationMs"], 250.0);
    assert_eq!(query["status"], json!({ "code": "ok" }));
    for (key, value) in [
        ("rows", json!(7)),
        ("ratio", json!(2.0)),
        ("flags", json!(["a", "b"])),
    ] {
        assert_eq!(query["attributes"][key], value, "{key}");
    }
    let process = &rows[2];
    assert_eq!(
        process["status"],
        json!({ "code": "error", "message": "too late" })
    );
    assert_eq!(
        process["links"],
        json!([{ "traceId": trace(9), "spanId": span_id(9), "attributes": { "sentry.link.type": "previous_trace" } }])
    );
    let resources = collector.json(&format!("/api/v3/traces/{}", trace(1)));
    let shop = resources["result"]["resourceSpans"]
        .as_array()
        .unwrap()
        .iter()
        .find(|group| group["resource"]["attributes"][0] == attribute("service.name", "shop")[0])
        .unwrap();
    for (key, value) in [
        ("service.version", "1.2.0"),
        ("deployment.environment.name", "test"),
        ("telemetry.sdk.name", "sentry.javascript.node"),
        ("telemetry.sdk.version", "11.11.0"),
    ] {
        let attributes = shop["resource"]["attributes"].as_array().unwrap();
        assert!(
            attributes.contains(&attribute(key, value)[0]),
            "{key} in {shop}"
        );
    }
}

/// A transaction as SDKs before version 11, and those for other languages, send it.
pub(crate) fn transaction() -> Value {
    json!({
        "type": "transaction",
        "event_id": "9ec79c33ec9942ab8353589fcb2e04dc",
        "transaction": "GET /orders",
        "start_timestamp": "2023-11-14T22:13:20.100000Z",
        "timestamp": BEGIN + 1.0,
        "release": "4f2a91c",
        "environment": "test",
        "server_name": "orders",
        "tags": [["tenant", "a"], ["sentry.op", "not this one"]],
        "user": { "id": 42, "email": "a@example.com" },
        "sdk": { "name": "sentry.python", "version": "2.40.0" },
        "contexts": {
            "trace": {
                "trace_id": trace(1), "span_id": span_id(2), "parent_span_id": span_id(1),
                "op": "http.server", "status": "not_found", "origin": "auto.http",
                "data": { "http.request.method": "GET", "list": [1, { "a": null, "b": 1.5 }] },
            },
            "runtime": { "name": "CPython" },
        },
        "spans": [
            {
                "trace_id": trace(1), "span_id": span_id(3), "parent_span_id": span_id(2),
                "op": "queue.publish", "description": "send", "status": "cancelled",
                "start_timestamp": BEGIN + 0.2, "timestamp": BEGIN + 0.3, "data": null, "tags": { "n": 1 },
                "links": [{ "trace_id": trace(9), "span_id": span_id(9), "attributes": { "k": "v" } }],
            },
            { "span_id": span_id(4), "op": "http.client", "start_timestamp": BEGIN + 0.4, "timestamp": BEGIN + 0.5 },
        ],
    })
}

#[test]
fn transactions_become_their_spans() {
    let collector = Collector::with(&["--db", ":memory:"]);
    collector.store(&request("page", &[span(1, 1, 0, "click", 0, 900)]));
    let body = envelope(&[(json!({ "type": "transaction" }), transaction())]);
    let answer = send(&collector, body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let rows = collector.waterfall(&trace(1));
    let told: Vec<_> = rows
        .iter()
        .map(|row| {
            json!([
                row["depth"],
                row["name"],
                row["kind"],
                row["serviceName"],
                row["status"]
            ])
        })
        .collect();
    assert_eq!(
        told,
        [
            json!([0, "click", "internal", "page", { "code": "unset" }]),
            json!([1, "GET /orders", "server", "orders", { "code": "error", "message": "not_found" }]),
            json!([2, "send", "producer", "orders", { "code": "unset", "message": "cancelled" }]),
            json!([2, "http.client", "client", "orders", { "code": "unset" }]),
        ]
    );
    let attributes = &rows[1]["attributes"];
    for (key, value) in [
        ("http.request.method", json!("GET")),
        ("list", json!([1, { "b": 1.5 }])),
        ("sentry.op", json!("http.server")),
        ("sentry.origin", json!("auto.http")),
        ("tenant", json!("a")),
        ("user.id", json!(42)),
        ("user.email", json!("a@example.com")),
    ] {
        assert_eq!(attributes[key], value, "{key}");
    }
    assert_eq!(rows[1]["startTimeUnixNano"], "1700000000100000000");
    assert_eq!(rows[2]["links"][0]["attributes"], json!({ "k": "v" }));
    assert_eq!(rows[2]["attributes"]["n"], 1);
}

#[test]
fn a_span_alone_and_other_items_are_fine() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let alone = json!({
        "trace_id": trace(1), "span_id": span_id(1), "op": "ui.interaction.click", "description": "button",
        "start_timestamp": BEGIN, "timestamp": BEGIN + 0.1, "data": { "service.name": "page" },
    });
    let body = envelope(&[
        (json!({ "type": "sessions" }), json!({ "aggregates": [] })),
        (json!({ "type": "event", "length": 2 }), json!({})),
        (json!({ "type": "made-up", "length": 4 }), json!(1234)),
        (json!({ "type": "span" }), alone),
        (
            json!({ "type": "client_report" }),
            json!({ "discarded_events": [] }),
        ),
    ]);
    assert_eq!(send(&collector, body + "\n").status, 200);
    assert_eq!(collector.waterfall(&trace(1))[0]["name"], "button");
    assert_eq!(collector.json("/api/health")["spans"], 1);
    // An SDK without spans, and the path as some write it.
    let answer = collector.post_to("/api/42/envelope", &[], b"{}");
    assert_eq!((answer.status, answer.text()), (200, "{}"));
}
