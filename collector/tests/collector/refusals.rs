//! `POST /v1/traces`: what is refused, and how.

use prost::Message as _;
use serde_json::json;

use crate::support::{
    Collector, JSON, PROTOBUF, RpcStatus, gzip, proto_span, protobuf, request, span, with,
};

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
fn only_post_is_taken() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let answer = collector.get("/v1/traces");
    assert_eq!((answer.status, answer.header("allow")), (405, "POST"));
    assert_eq!(answer.json()["code"], 12);
}
