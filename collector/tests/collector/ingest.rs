//! `POST /v1/traces`: encodings, bounds, refusals.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message as _;
use serde_json::json;

use crate::support::{Collector, RpcStatus, request, span, trace, with};

const JSON: &str = "application/json";
const PROTOBUF: &str = "application/x-protobuf";

fn protobuf(spans: Vec<Span>) -> Vec<u8> {
    let scope_spans = vec![ScopeSpans {
        spans,
        ..ScopeSpans::default()
    }];
    let resource_spans = vec![ResourceSpans {
        scope_spans,
        ..ResourceSpans::default()
    }];
    ExportTraceServiceRequest { resource_spans }.encode_to_vec()
}

fn proto_span(trace_id: &[u8], span_id: &[u8]) -> Span {
    Span {
        trace_id: trace_id.to_vec(),
        span_id: span_id.to_vec(),
        name: "p".to_owned(),
        ..Span::default()
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

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
fn other_content_types_are_415() {
    let collector = Collector::with(&["--db", ":memory:"]);
    for content_type in [
        "text/plain",
        "application/jsonx",
        "application/protobuf",
        "",
        "multipart/form-data",
    ] {
        let answer = collector.post(content_type, b"{}");
        assert_eq!(answer.status, 415, "{content_type}");
        assert_eq!(answer.header("content-type"), JSON);
        assert!(
            answer.json()["message"]
                .as_str()
                .unwrap()
                .contains("application/x-protobuf")
        );
    }
    let answer = collector.raw(b"POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}");
    assert!(answer.starts_with("HTTP/1.1 415 "), "{answer}");
}

#[test]
fn unknown_codings_are_415() {
    let collector = Collector::with(&["--db", ":memory:"]);
    for coding in ["br", "deflate", "gzip, gzip"] {
        let answer = collector.post_with(
            &[("content-type", JSON), ("content-encoding", coding)],
            b"{}",
        );
        assert_eq!(answer.status, 415, "{coding}");
        assert!(answer.header("accept-encoding").contains("gzip"));
    }
    let answer = collector.post_with(
        &[("content-type", JSON), ("content-encoding", "identity")],
        b"{}",
    );
    assert_eq!(answer.status, 200);
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
fn malformed_bodies_are_400_and_store_nothing() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let good = span(1, 1, 0, "good", 0, 1);
    let spoilt = |field: serde_json::Value| {
        request(
            "shop",
            &[good.clone(), with(span(1, 2, 0, "spoilt", 0, 1), &field)],
        )
        .to_string()
        .into_bytes()
    };
    let mut invalid_utf8 = request("shop", &[span(1, 3, 0, "NAME", 0, 1)])
        .to_string()
        .into_bytes();
    let at = invalid_utf8
        .windows(4)
        .position(|window| window == b"NAME")
        .unwrap();
    invalid_utf8[at] = 0xff;
    for body in [
        b"".to_vec(),
        b"null".to_vec(),
        b" null ".to_vec(),
        b"[]".to_vec(),
        b"1".to_vec(),
        b"\"x\"".to_vec(),
        b"{".to_vec(),
        b"{}{}".to_vec(),
        b"{\"resourceSpans\":[[]]}".to_vec(),
        b"{\"resourceSpans\":{}}".to_vec(),
        spoilt(json!({ "kind": "SPAN_KIND_SERVER" })),
        spoilt(json!({ "status": { "code": "STATUS_CODE_OK" } })),
        spoilt(json!({ "startTimeUnixNano": "soon" })),
        spoilt(json!({ "startTimeUnixNano": -1 })),
        spoilt(json!({ "endTimeUnixNano": "18446744073709551616" })),
        spoilt(json!({ "flags": 4_294_967_296_u64 })),
        spoilt(json!({ "name": 5 })),
        spoilt(json!({ "attributes": [{ "key": "a", "value": "bare" }] })),
        spoilt(json!({ "attributes": [{ "key": "a", "value": { "intValue": 1.5 } }] })),
        spoilt(json!({ "attributes": [{ "key": "a", "value": { "boolValue": "true" } }] })),
        spoilt(json!({ "attributes": [{ "key": "a", "value": { "bytesValue": "***" } }] })),
        invalid_utf8,
    ] {
        let answer = collector.post(JSON, &body);
        assert_eq!(answer.status, 400, "{}", String::from_utf8_lossy(&body));
        assert_eq!(answer.header("content-type"), JSON);
        assert_eq!(answer.json()["code"], 3);
        assert!(!answer.json()["message"].as_str().unwrap().is_empty());
    }
    let whole = protobuf(vec![proto_span(&[7; 16], &[7; 8])]);
    let mut bad_utf8 = proto_span(&[7; 16], &[7; 8]);
    bad_utf8.name = "XX".to_owned();
    let mut bad_utf8 = protobuf(vec![bad_utf8]);
    let at = bad_utf8
        .windows(2)
        .position(|window| window == b"XX")
        .unwrap();
    bad_utf8[at] = 0xff;
    for body in [
        &whole[..whole.len() - 1],
        &bad_utf8,
        b"{}",
        b"null",
        &[0xff; 20],
    ] {
        let answer = collector.post(PROTOBUF, body);
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (400, PROTOBUF),
            "{body:?}"
        );
        let status = RpcStatus::decode(&*answer.body).unwrap();
        assert_eq!(status.code, 3);
        assert!(
            status.message.contains("ExportTraceServiceRequest"),
            "{}",
            status.message
        );
    }
    let broken = gzip(&whole);
    for body in [&broken[..broken.len() - 9], &whole[..]] {
        let answer = collector.post_with(
            &[("content-type", PROTOBUF), ("content-encoding", "gzip")],
            body,
        );
        assert_eq!(answer.status, 400);
        assert!(
            RpcStatus::decode(&*answer.body)
                .unwrap()
                .message
                .contains("gzip")
        );
    }
    assert_eq!(collector.json("/api/health")["spans"], 0);
}

#[test]
fn errors_say_where_in_the_json() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let body = request(
        "shop",
        &[with(
            span(1, 1, 0, "a", 0, 1),
            &json!({ "kind": "SPAN_KIND_SERVER" }),
        )],
    );
    let answer = collector.post(JSON, body.to_string().as_bytes());
    let message = answer.json()["message"].as_str().unwrap().to_owned();
    assert!(
        message.contains("field kind: invalid value: string \"SPAN_KIND_SERVER\""),
        "{message}"
    );
}

#[test]
fn the_limit_counts_what_is_unpacked() {
    let collector = Collector::with(&["--db", ":memory:", "--max-body", "64KiB"]);
    let spaces = vec![b' '; 100 << 10];
    let fitting = [&spaces[..(64 << 10) - 2], b"{}"].concat();
    assert_eq!(collector.post(JSON, &fitting).status, 200);
    let answer = collector.post(JSON, &[&fitting[..], b" "].concat());
    assert_eq!(answer.status, 413);
    assert_eq!(answer.json()["code"], 8);
    let headers = [("content-type", PROTOBUF), ("content-encoding", "gzip")];
    let answer = collector.post_with(&headers, &gzip(&vec![0; 500 << 20]));
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (413, PROTOBUF)
    );
    assert!(
        RpcStatus::decode(&*answer.body)
            .unwrap()
            .message
            .contains("65536 bytes")
    );
    // Without a length ahead the limit is found on the way.
    let mut chunked =
        b"POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
        transfer-encoding: chunked\r\nconnection: close\r\n\r\n"
            .to_vec();
    chunked.extend(format!("{:x}\r\n", spaces.len()).bytes());
    chunked.extend_from_slice(&spaces);
    chunked.extend_from_slice(b"\r\n0\r\n\r\n");
    assert!(collector.raw(&chunked).starts_with("HTTP/1.1 413 "));
}

#[test]
fn a_large_refused_body_still_reads_its_answer() {
    let collector = Collector::with(&["--db", ":memory:", "--max-body", "1MiB"]);
    // A connection reset here would look like an outage and be retried.
    let answer = collector.post(JSON, &vec![b' '; 80 << 20]);
    assert_eq!(answer.status, 413);
    let answer = collector.post("text/plain", &vec![b' '; 20 << 20]);
    assert_eq!(answer.status, 415);
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
fn only_post_is_taken() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let answer = collector.get("/v1/traces");
    assert_eq!((answer.status, answer.header("allow")), (405, "POST"));
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
