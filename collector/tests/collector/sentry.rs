//! `POST /api/{project}/envelope/`: what Sentry's SDKs send, and what is refused of it.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::{Value, json};

use crate::support::{Answer, Collector, attribute, gzip, request, span, span_id, trace, with};

const PATH: &str = "/api/1/envelope/?sentry_version=7&sentry_key=key&sentry_client=test%2F1";
const SPANS: &str = "application/vnd.sentry.items.span.v2+json";
/// Seconds of the times that `support::span` counts from.
const BEGIN: f64 = 1_700_000_000.0;

fn send(collector: &Collector, body: impl AsRef<[u8]>) -> Answer {
    collector.post_to(
        PATH,
        &[("content-type", "text/plain;charset=UTF-8")],
        body.as_ref(),
    )
}

/// An envelope of these items, without lengths, as the SDKs for JavaScript write it.
fn envelope(items: &[(Value, Value)]) -> String {
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

fn streamed(spans: &[Value]) -> (Value, Value) {
    let header = json!({ "type": "span", "item_count": spans.len(), "content_type": SPANS });
    (header, json!({ "version": 2, "items": spans }))
}

/// A streamed span, as `@sentry/node` 11 writes it.
fn sentry_span(number: u64, id: u64, parent: u64, name: &str) -> Value {
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
fn transaction() -> Value {
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

#[test]
fn codings_that_sdks_use_are_unpacked() {
    let collector = Collector::with(&["--db", ":memory:", "--max-body", "64KiB"]);
    let mut zlib = ZlibEncoder::new(Vec::new(), Compression::fast());
    zlib.write_all(envelope(&[streamed(&[sentry_span(2, 1, 0, "zlib")])]).as_bytes())
        .unwrap();
    let zlib = zlib.finish().unwrap();
    let zipped = gzip(envelope(&[streamed(&[sentry_span(1, 1, 0, "gzip")])]).as_bytes());
    let brotli = include_bytes!("fixtures/envelope.br");
    for (coding, body) in [("gzip", &zipped[..]), ("deflate", &zlib), ("br", brotli)] {
        let headers = [("content-encoding", coding)];
        let answer = collector.post_to(PATH, &headers, body);
        assert_eq!(answer.status, 200, "{coding}: {}", answer.text());
        let cut = collector.post_to(PATH, &headers, &body[..body.len() / 2]);
        assert_eq!(cut.status, 400, "{coding}: {}", cut.text());
        let other = collector.post_to(PATH, &headers, b"not packed at all");
        assert_eq!(other.status, 400, "{coding}: {}", other.text());
    }
    assert_eq!(collector.json("/api/health")["spans"], 3);
    let bombs = [
        ("gzip", gzip(&vec![b' '; 100 << 20])),
        // 100 MiB of spaces.
        ("br", include_bytes!("fixtures/bomb.br").to_vec()),
    ];
    for (coding, bomb) in bombs {
        let answer = collector.post_to(PATH, &[("content-encoding", coding)], &bomb);
        assert_eq!(answer.status, 413, "{coding}: {}", answer.text());
    }
    let answer = collector.post_to(PATH, &[("content-encoding", "zstd")], b"");
    assert_eq!(answer.status, 415);
    assert_eq!(
        answer.header("accept-encoding"),
        "gzip, deflate, br, identity"
    );
}

#[test]
fn what_is_malformed_is_told_and_stores_nothing_of_its_envelope() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let good = sentry_span(1, 1, 0, "good");
    let spoilt = |field: Value| {
        let bad = with(sentry_span(1, 2, 1, "spoilt"), &field);
        envelope(&[streamed(std::slice::from_ref(&good)), streamed(&[bad])])
    };
    let without_trace = with(transaction(), &json!({ "contexts": {} }));
    let whole = envelope(&[streamed(std::slice::from_ref(&good))]);
    for (body, reason) in [
        (String::new(), "the header of the envelope"),
        ("[1]".to_owned(), "the header of the envelope"),
        (
            whole[..whole.len() - 3].to_owned(),
            "item 1 of the envelope (span)",
        ),
        (format!("{whole}\nnonsense"), "item 2 of the envelope"),
        (
            format!("{whole}\n{{\"type\":\"event\",\"length\":9}}\n{{}}"),
            "want 9 bytes, got 2",
        ),
        (
            format!("{whole}\n{{\"type\":\"event\"}}"),
            "its payload is missing",
        ),
        (
            spoilt(json!({ "trace_id": "0".repeat(32) })),
            "want an id of 32 hexadecimal digits",
        ),
        (
            spoilt(json!({ "span_id": "abc" })),
            "want an id of 16 hexadecimal digits",
        ),
        (
            spoilt(json!({ "parent_span_id": "0".repeat(16) })),
            "16 hexadecimal digits",
        ),
        (
            spoilt(json!({ "start_timestamp": "soon" })),
            "a time from 1970 to 2262",
        ),
        (
            spoilt(json!({ "end_timestamp": null })),
            "a time from 1970 to 2262",
        ),
        (
            spoilt(json!({ "attributes": { "a": { "value": 1, "type": 7 } } })),
            "\"a\": ",
        ),
        (spoilt(json!({ "links": [{}] })), "missing field `trace_id`"),
        (
            envelope(&[(json!({ "type": "transaction" }), without_trace)]),
            "missing field `trace`",
        ),
        (
            envelope(&[(json!({ "type": "span" }), json!([]))]),
            "want a JSON object",
        ),
    ] {
        let answer = send(&collector, &body);
        assert_eq!(answer.status, 400, "{body}");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(reason), "{detail}");
    }
    assert_eq!(collector.json("/api/health")["spans"], 0);
    let get = collector.get(PATH);
    assert_eq!((get.status, get.header("allow")), (405, "POST"));
}

#[test]
fn pages_of_this_machine_may_send_and_others_may_not() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let body = envelope(&[streamed(&[sentry_span(1, 1, 0, "pageload")])]);
    for (origin, status) in [
        ("http://localhost:5173", 200),
        ("https://evil.example", 403),
    ] {
        let answer = collector.post_to(PATH, &[("origin", origin)], body.as_bytes());
        assert_eq!(answer.status, status, "{origin}");
        let allowed = if status == 200 { origin } else { "" };
        assert_eq!(answer.header("access-control-allow-origin"), allowed);
    }
    assert_eq!(collector.json("/api/health")["spans"], 1);
}
