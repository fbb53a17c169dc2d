//! Input that is out to break things: size, depth, odd texts and times.

use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::Link;
use serde_json::json;

use crate::support::{Collector, PROTOBUF, eventually, protobuf, request, span, trace, with};

fn send(collector: &Collector, spans: Vec<Span>) -> u16 {
    collector.post(PROTOBUF, &protobuf(spans)).status
}

#[test]
fn a_large_deep_trace_comes_back_whole() {
    let dir = tempfile::tempdir().unwrap();
    let collector = Collector::start(dir.path());
    let count: u64 = 30_000;
    let chain = |id: u64| Span {
        trace_id: vec![7; 16],
        span_id: id.to_be_bytes().to_vec(),
        parent_span_id: if id == 1 {
            Vec::new()
        } else {
            (id - 1).to_be_bytes().to_vec()
        },
        name: "link".to_owned(),
        start_time_unix_nano: id,
        end_time_unix_nano: 2 * count - id,
        ..Span::default()
    };
    let ids: Vec<u64> = (1..=count).collect();
    for batch in ids.chunks(10_000) {
        assert_eq!(
            send(&collector, batch.iter().map(|id| chain(*id)).collect()),
            200
        );
    }
    let spans = collector.waterfall(&"07".repeat(16));
    assert_eq!(spans.len(), usize::try_from(count).unwrap());
    assert_eq!(spans[spans.len() - 1]["depth"], count - 1);
    let whole = collector.json(&format!("/api/v3/traces/{}", "07".repeat(16)));
    let scope = &whole["result"]["resourceSpans"][0]["scopeSpans"][0];
    assert_eq!(scope["spans"].as_array().unwrap().len(), spans.len());
}

#[test]
fn deep_values_are_read_back_or_refused() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let nested = |depth: usize| {
        let mut value = AnyValue {
            value: Some(Any::BoolValue(true)),
        };
        for _ in 0..depth {
            value = AnyValue {
                value: Some(Any::ArrayValue(ArrayValue {
                    values: vec![value],
                })),
            };
        }
        let attributes = vec![KeyValue {
            key: "deep".to_owned(),
            value: Some(value),
            ..KeyValue::default()
        }];
        vec![Span {
            trace_id: vec![1; 16],
            span_id: vec![1; 8],
            attributes,
            ..Span::default()
        }]
    };
    assert_eq!(send(&collector, nested(45)), 200);
    assert_eq!(send(&collector, nested(200)), 400);
    let id = "01".repeat(16);
    assert!(
        collector
            .get(&format!("/api/v3/traces/{id}"))
            .text()
            .contains("{\"boolValue\":true}")
    );
    assert!(
        collector
            .get(&format!("/api/traces/{id}/waterfall"))
            .text()
            .contains("[[[[true]]]]")
    );
    // An unknown field is passed over, whatever it holds.
    let json = format!("{}{}", "{\"x\":[".repeat(100_000), "]}".repeat(100_000));
    assert_eq!(
        collector.post("application/json", json.as_bytes()).status,
        200
    );
    let open = "{\"arrayValue\":{\"values\":[".repeat(100_000);
    let json = request("DEEP", &[]).to_string().replace("\"DEEP\"", &open);
    assert_eq!(
        collector.post("application/json", json.as_bytes()).status,
        400
    );
}

#[test]
fn odd_texts_are_kept() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let odd = "a\0b'\"; DROP TABLE spans; -- %_\\ \u{1f600} </script>";
    let attributes = json!({ "attributes": [{ "key": odd, "value": { "stringValue": odd } }] });
    collector.store(&request(
        odd,
        &[with(span(1, 1, 0, odd, 0, 1), &attributes)],
    ));
    let row = &collector.waterfall(&trace(1))[0];
    assert_eq!(
        (&row["name"], &row["serviceName"], &row["attributes"][odd]),
        (&json!(odd), &json!(odd), &json!(odd))
    );
    assert_eq!(collector.json("/api/v3/services")["services"], json!([odd]));
    let encoded: String = form_urlencoded::byte_serialize(odd.as_bytes()).collect();
    for filter in ["service", "q"] {
        assert_eq!(
            collector.list(&format!("{filter}={encoded}")),
            [trace(1)],
            "{filter}"
        );
    }
    // The search has no wildcards and does not stop at a NUL.
    let names = ["50%_off\\", "x\0needle"];
    let spans = [span(2, 1, 0, names[0], 5, 6), span(3, 1, 0, names[1], 7, 8)];
    collector.store(&request("plain", &spans));
    for (text, expected) in [
        ("0%25_O", vec![trace(2)]),
        ("5%25f", vec![]),
        ("5_%25", vec![]),
        ("off%5C", vec![trace(2)]),
        ("needle", vec![trace(3)]),
    ] {
        assert_eq!(collector.list(&format!("q={text}")), expected, "{text}");
    }
}

#[test]
fn odd_times_are_kept_and_break_no_list() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let times = |start: u64, end: u64| json!({ "startTimeUnixNano": start.to_string(), "endTimeUnixNano": end.to_string() });
    for (number, (start, end)) in (1..).zip([
        (0, 0),
        (u64::MAX, u64::MAX),
        (0, u64::MAX),
        (u64::MAX, 0),
        (500, 100),
        (1 << 63, (1 << 63) + 5),
    ]) {
        collector.store(&request(
            "shop",
            &[with(span(number, 1, 0, "odd", 0, 1), &times(start, end))],
        ));
        let row = &collector.waterfall(&trace(number))[0];
        assert_eq!(row["startTimeUnixNano"], start.to_string());
        assert_eq!(row["endTimeUnixNano"], end.to_string());
        assert!(row["durationMs"].as_f64().unwrap() >= 0.0);
        let whole = collector.json(&format!("/api/traces/{}/waterfall", trace(number)));
        let summary = collector.json(&format!("/api/summaries?q={}", trace(number)));
        assert_eq!(whole["durationMs"], summary["traces"][0]["durationMs"]);
    }
    let list = collector.json("/api/summaries");
    assert_eq!(list["traces"].as_array().unwrap().len(), 6);
    assert!(
        list["traces"]
            .as_array()
            .unwrap()
            .iter()
            .all(|trace| trace["durationMs"].as_f64().unwrap() >= 0.0)
    );
    let mut pages = Vec::new();
    let mut cursor = String::new();
    loop {
        let page = collector.json(&format!("/api/summaries?limit=1&cursor={cursor}"));
        pages.push(page["traces"][0]["traceId"].clone());
        match page["nextCursor"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(pages.len(), 6);
}

#[test]
fn large_attributes_are_kept() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let text = "\u{1}x".repeat(3 << 20);
    let attributes = json!({ "attributes": [{ "key": "big", "value": { "stringValue": text } }] });
    collector.store(&request(
        "shop",
        &[with(span(1, 1, 0, "big", 0, 1), &attributes)],
    ));
    assert_eq!(collector.waterfall(&trace(1))[0]["attributes"]["big"], text);
}

#[test]
fn long_names_do_not_make_lists_and_diagnoses_long() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let long = |id: u64| format!("{id}{}", "ä".repeat(600_000));
    // 40 MB of names.
    for half in [1..=17_u64, 18..=34] {
        let spans: Vec<_> = half
            .map(|id| span(1, id, 77, &long(id), id, id + 1))
            .collect();
        collector.store(&request(&long(0), &spans));
    }
    let list = collector.json("/api/summaries");
    let summary = &list["traces"][0];
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let name = text(&summary["rootName"]);
    assert!((1_000..=1_024).contains(&name.len()), "{}", name.len());
    assert!(long(1).starts_with(&name));
    assert!(long(0).starts_with(&text(&summary["rootService"])));
    assert!(list.to_string().len() < 5_000);
    assert_eq!(collector.waterfall(&trace(1))[0]["name"], long(1));
    let id = trace(1);
    let diagnosis = collector.json(&format!("/api/traces/{id}/diagnosis"));
    assert_eq!(diagnosis, json!({ "findings": [], "partial": true }));
    // A trace whose parents are missing just so is diagnosed whole.
    collector.store(&request("shop", &[span(2, 1, 77, "short", 0, 1)]));
    let id = trace(2);
    let diagnosis = collector.json(&format!("/api/traces/{id}/diagnosis"));
    assert_eq!(diagnosis["findings"][0]["kind"], "missing_parent");
}

#[test]
fn links_without_end_make_a_map_partial() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let receiver = |number: u64| {
        let links = (1..=60_000_u64).map(|id| Link {
            trace_id: vec![9; 16],
            span_id: id.to_be_bytes().to_vec(),
            ..Link::default()
        });
        Span {
            trace_id: vec![u8::try_from(number).unwrap(); 16],
            span_id: vec![1; 8],
            kind: 5,
            start_time_unix_nano: number,
            end_time_unix_nano: number + 1,
            links: links.collect(),
            ..Span::default()
        }
    };
    for number in 1..=3 {
        assert_eq!(send(&collector, vec![receiver(number)]), 200);
    }
    let map = collector.json("/api/service-map");
    assert_eq!(
        (&map["traceCount"], &map["partialSince"]),
        (&json!(2), &json!("2"))
    );
}

#[test]
fn a_stalled_sender_holds_nobody_up() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let stalled: Vec<_> = (0..50)
        .map(|_| {
            use std::io::Write as _;
            let mut stream = std::net::TcpStream::connect(collector.address()).unwrap();
            stream.write_all(b"POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{").unwrap();
            stream
        })
        .collect();
    collector.store(&request("shop", &[span(1, 1, 0, "s", 0, 1)]));
    // In the end it is told so.
    eventually("the stalled sender is answered", || {
        use std::io::Read as _;
        let mut answer = [0; 12];
        let mut stream = &stalled[0];
        stream.read_exact(&mut answer).is_ok() && &answer == b"HTTP/1.1 408"
    });
}
