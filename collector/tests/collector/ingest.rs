//! `POST /v1/traces`: what is taken.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceResponse;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use serde_json::json;

use crate::support::{
    Collector, JSON, PROTOBUF, gzip, proto_span, protobuf, request, span, trace, with,
};

#[test]
fn protobuf_is_answered_in_protobuf() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let answer = collector.post(PROTOBUF, &protobuf(vec![proto_span(&[7; 16], &[7; 8])]));
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, PROTOBUF)
    );
    let response = ExportTraceServiceResponse::decode(&*answer.body).unwrap();
    assert_eq!(response.partial_success, None);
    assert_eq!(collector.list(""), ["07".repeat(16)]);
}

#[test]
fn empty_requests_are_fine() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let answer = collector.post(PROTOBUF, b"");
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    for body in [
        "{}",
        " { } ",
        "{\"resourceSpans\":[]}",
        "{\"resourceSpans\":null}",
        "{\"resource_spans\":[{}]}",
    ] {
        let answer = collector.post(JSON, body.as_bytes());
        assert_eq!((answer.status, answer.text()), (200, "{}"), "{body}");
    }
}

#[test]
fn content_types_may_have_parameters() {
    let collector = Collector::with(&["--db", ":memory:"]);
    for content_type in [
        "application/json; charset=utf-8",
        "Application/JSON ;x=y",
        "application/x-protobuf; charset=utf-8",
    ] {
        let body: &[u8] = if content_type.contains("proto") {
            b""
        } else {
            b"{}"
        };
        assert_eq!(
            collector.post(content_type, body).status,
            200,
            "{content_type}"
        );
    }
}

#[test]
fn gzip_is_unpacked_in_either_encoding() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let body = request("shop", &[span(1, 1, 0, "zipped", 0, 1)]).to_string();
    // Two members in a row are one stream.
    let (front, back) = body.split_at(10);
    let members = [gzip(front.as_bytes()), gzip(back.as_bytes())].concat();
    let answer = collector.post_with(
        &[("content-type", JSON), ("content-encoding", "gzip")],
        &members,
    );
    assert_eq!(answer.status, 200, "{}", answer.text());
    let zipped = gzip(&protobuf(vec![proto_span(&[7; 16], &[7; 8])]));
    let answer = collector.post_with(
        &[("content-type", PROTOBUF), ("content-encoding", "GZIP")],
        &zipped,
    );
    assert_eq!(answer.status, 200);
    assert_eq!(collector.list(""), [trace(1), "07".repeat(16)]);
}

#[test]
fn chunked_bodies_are_read() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let body = request("shop", &[span(1, 1, 0, "chunked", 0, 1)]).to_string();
    let mut text =
        "POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                    transfer-encoding: chunked\r\nconnection: close\r\n\r\n"
            .to_owned();
    for piece in body.as_bytes().chunks(17) {
        text.push_str(&format!(
            "{:x}\r\n{}\r\n",
            piece.len(),
            std::str::from_utf8(piece).unwrap()
        ));
    }
    text.push_str("0\r\n\r\n");
    let answer = collector.raw(text.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert_eq!(collector.list(""), [trace(1)]);
}

#[test]
fn spans_with_bad_ids_are_refused_alone() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let bad = [
        json!({ "traceId": "" }),
        json!({ "traceId": "00000000000000000000000000000000" }),
        json!({ "traceId": "abcd" }),
        json!({ "traceId": null }),
        json!({ "spanId": "0000000000000000" }),
        json!({ "spanId": "123" }),
        json!({ "spanId": "not hexadecimal!" }),
        json!({ "spanId": "00000000000000000a" }),
        json!({ "parentSpanId": "abcd" }),
        json!({ "parentSpanId": "not hexadecimal!" }),
    ];
    let mut spans: Vec<_> = bad
        .iter()
        .map(|field| with(span(1, 9, 0, "bad", 0, 1), field))
        .collect();
    spans.insert(4, span(1, 1, 0, "good", 0, 1));
    // All zero is how some senders write "no parent".
    spans.push(with(
        span(1, 2, 0, "good too", 0, 1),
        &json!({ "parentSpanId": "0000000000000000" }),
    ));
    let answer = collector.post(JSON, request("shop", &spans).to_string().as_bytes());
    assert_eq!(answer.status, 200);
    let partial = &answer.json()["partialSuccess"];
    assert_eq!(partial["rejectedSpans"], "10");
    assert_eq!(
        partial["errorMessage"],
        "traceId of span \"bad\": want 16 bytes, got 0"
    );
    let names: Vec<_> = collector
        .waterfall(&trace(1))
        .iter()
        .map(|span| span["name"].clone())
        .collect();
    assert_eq!(names, ["good", "good too"]);

    let answer = collector.post(
        PROTOBUF,
        &protobuf(vec![
            proto_span(&[7; 16], &[0; 8]),
            proto_span(&[7; 15], &[7; 8]),
            proto_span(&[7; 16], &[7; 8]),
            Span::default(),
        ]),
    );
    let partial = ExportTraceServiceResponse::decode(&*answer.body)
        .unwrap()
        .partial_success
        .unwrap();
    assert_eq!((answer.status, partial.rejected_spans), (200, 3));
    assert_eq!(collector.waterfall(&"07".repeat(16)).len(), 1);
}

#[test]
fn senders_at_the_same_time_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let collector = Collector::start(dir.path());
    std::thread::scope(|scope| {
        for sender in 0..8 {
            let collector = &collector;
            scope.spawn(move || {
                for batch in 0..40 {
                    let id = 1 + sender * 1_000 + batch;
                    // Every span of a batch belongs to a trace that all senders write into.
                    let spans: Vec<_> = (1..=5)
                        .map(|trace| span(trace, id, 0, "s", id, id + 1))
                        .collect();
                    collector.store(&request(&format!("service-{sender}"), &spans));
                }
            });
        }
    });
    for summary in collector.json("/api/summaries")["traces"]
        .as_array()
        .unwrap()
    {
        assert_eq!(
            (&summary["spanCount"], &summary["serviceCount"]),
            (&json!(320), &json!(8))
        );
    }
    assert_eq!(collector.json("/api/health")["spans"], 1600);
}
