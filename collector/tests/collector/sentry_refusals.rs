//! `POST /api/{project}/envelope/`: codings, limits, who may send, and what is refused.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::{Value, json};

use crate::sentry::{PATH, envelope, send, sentry_span, streamed, transaction};
use crate::support::{Collector, gzip, with};

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
