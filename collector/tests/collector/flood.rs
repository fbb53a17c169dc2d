//! Floods, bombs, bodies that grow when they are decoded, clients that stall: memory stays bounded, answers are clear,
//! and who sends honestly is served meanwhile.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};

use flate2::Compression;
use flate2::write::GzEncoder;
use prost::Message as _;
use serde_json::json;

use crate::support::{
    Answer, Collector, JSON, PROTOBUF, RpcStatus, attribute, proto_span, protobuf, request, span,
    span_id, trace, with,
};

/// What the whole process may have held at its peak.
const MOST_BYTES: u64 = 150 << 20;

fn assert_bounded(collector: &Collector) {
    let peak = collector.peak_memory();
    assert!(peak <= MOST_BYTES, "the peak was {} MiB", peak >> 20);
}

/// Runs attackers at the same time, and honest senders for as long as they go on: each of their batches is taken.
fn beside_honest_senders(collector: &Collector, attackers: usize, attack: impl Fn(usize) + Sync) {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for sender in 0..2 {
            let over = &over;
            scope.spawn(move || {
                for id in 1.. {
                    let spans = [span(1_000_000 + sender, id, 0, "honest", id, id + 1)];
                    send_until_taken(collector, &request("honest", &spans).to_string());
                    if over.load(Ordering::Relaxed) {
                        break;
                    }
                }
            });
        }
        let attacks: Vec<_> = (0..attackers)
            .map(|number| {
                scope.spawn({
                    let attack = &attack;
                    move || attack(number)
                })
            })
            .collect();
        let ends: Vec<_> = attacks.into_iter().map(|attack| attack.join()).collect();
        over.store(true, Ordering::Relaxed);
        for end in ends {
            end.unwrap();
        }
    });
}

/// As an exporter does: again after the time it is told.
fn send_until_taken(collector: &Collector, body: &str) {
    for _ in 0..60 {
        let answer = collector.post(JSON, body.as_bytes());
        if answer.status == 200 {
            return;
        }
        assert_eq!(answer.status, 503, "{}", answer.text());
        let wait = answer.header("retry-after").parse().unwrap();
        std::thread::sleep(std::time::Duration::from_secs(wait));
    }
    panic!("an honest sender was turned away for a minute");
}

#[test]
fn bombs_are_refused_and_stay_small() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..200 {
        encoder.write_all(&vec![0; 1 << 20]).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    beside_honest_senders(&collector, 4, |number| {
        let (path, content_type) = match number % 3 {
            0 => ("/v1/traces", PROTOBUF),
            1 => ("/v1/traces", JSON),
            _ => ("/api/1/envelope/", "text/plain"),
        };
        let headers = [("content-type", content_type), ("content-encoding", "gzip")];
        let answer = collector.post_to(path, &headers, &bomb);
        assert_eq!(answer.status, 413, "{number}");
    });
    assert_bounded(&collector);
}

/// A field of length-delimited type, with this content repeated.
fn field(number: u8, content: &[u8], times: usize) -> Vec<u8> {
    let mut one = vec![number << 3 | 2];
    prost::encoding::encode_varint(content.len() as u64, &mut one);
    one.extend_from_slice(content);
    one.repeat(times)
}

#[test]
fn bodies_of_empty_parts_do_not_grow() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let many = 1 << 20;
    let in_scope = |spans: &[u8]| field(1, &field(2, spans, 1), 1);
    let ids = [field(1, &[7; 16], 1), field(2, &[7; 8], 1)].concat();
    let in_span = |part: u8| in_scope(&field(2, &[&ids[..], &field(part, b"", many)].concat(), 1));
    // A value that is a list of empty values.
    let list = field(2, &field(5, &field(1, b"", many), 1), 1);
    let in_value = in_scope(&field(2, &[&ids[..], &field(9, &list, 1)].concat(), 1));
    let of_json = |text: &str, element: &str| {
        text.replace("LIST", &vec![element; many / 2].join(","))
            .into_bytes()
    };
    let span = |field: &str| {
        let span = with(span(1, 1, 0, "s", 0, 1), &json!({ field: "LIST" }));
        request("s", &[span])
            .to_string()
            .replace("\"LIST\"", "[LIST]")
    };
    let bodies = [
        ("resources", PROTOBUF, field(1, b"", many), 200),
        ("scopes", PROTOBUF, field(1, &field(2, b"", many), 1), 200),
        ("spans", PROTOBUF, in_scope(&field(2, b"", many)), 200),
        ("attributes", PROTOBUF, in_span(9), 413),
        ("events", PROTOBUF, in_span(11), 413),
        ("links", PROTOBUF, in_span(13), 413),
        ("values", PROTOBUF, in_value, 413),
        (
            "JSON spans",
            JSON,
            of_json(
                "{\"resourceSpans\":[{\"scopeSpans\":[{\"spans\":[LIST]}]}]}",
                "{}",
            ),
            413,
        ),
        (
            "JSON resources",
            JSON,
            of_json("{\"resourceSpans\":[LIST]}", "{}"),
            413,
        ),
        (
            "JSON attributes",
            JSON,
            of_json(&span("attributes"), "{}"),
            413,
        ),
        ("JSON events", JSON, of_json(&span("events"), "{}"), 413),
    ];
    beside_honest_senders(&collector, bodies.len(), |number| {
        let (what, content_type, body, status) = &bodies[number];
        let answer = until_there_is_room(|| collector.post(content_type, body));
        let reason = match *content_type {
            PROTOBUF if *status != 200 => RpcStatus::decode(&*answer.body).unwrap().message,
            _ => String::from_utf8_lossy(&answer.body).into_owned(),
        };
        assert_eq!(answer.status, *status, "{what}: {reason}");
    });
    assert_bounded(&collector);
}

fn until_there_is_room(send: impl Fn() -> Answer) -> Answer {
    loop {
        let answer = send();
        if answer.status != 503 {
            return answer;
        }
        std::thread::sleep(std::time::Duration::from_millis(200));
    }
}

#[test]
fn distinct_names_everywhere_cost_disk_and_not_memory() {
    let dir = tempfile::tempdir().unwrap();
    let collector = Collector::start(dir.path());
    let batches: u64 = std::env::var("FLOOD_BATCHES").map_or(16, |text| text.parse().unwrap());
    beside_honest_senders(&collector, 4, |sender| {
        for batch in 0..batches / 4 {
            let base = (sender as u64 * batches + batch) * 500;
            let spans: Vec<_> = (1..=500)
                .map(|number| {
                    let name = format!("name-{}", base + number);
                    let more = json!({ "attributes": attribute(&format!("key.{name}"), &name) });
                    let times = json!({ "spanId": span_id(base + number) });
                    with(with(span(base + number, 1, 0, &name, 0, 1), &more), &times)
                })
                .collect();
            send_until_taken(
                &collector,
                &request(&format!("service-{base}"), &spans).to_string(),
            );
        }
    });
    assert_bounded(&collector);
    let spans = collector.json("/api/health")["spans"].as_u64().unwrap();
    assert!(spans >= batches / 4 * 4 * 500);
    let list = collector.list("q=name-17&limit=1");
    assert_eq!(list.len(), 1);
}

#[test]
fn large_batches_at_the_same_time_share_the_memory() {
    let dir = tempfile::tempdir().unwrap();
    let collector = Collector::start(dir.path());
    let blob = "x".repeat(1_000);
    let large = |sender: usize| {
        let spans = (0..20_000_u64).map(|id| {
            let mut span = proto_span(&[sender as u8 + 1; 16], &(id + 1).to_be_bytes());
            span.name.clone_from(&blob);
            span
        });
        protobuf(spans.collect())
    };
    let bodies: Vec<_> = (0..4).map(large).collect();
    beside_honest_senders(&collector, bodies.len(), |sender| {
        let answer = until_there_is_room(|| collector.post(PROTOBUF, &bodies[sender]));
        assert_eq!(answer.status, 200);
    });
    assert_bounded(&collector);
    for sender in 0..bodies.len() {
        let id = format!("{:02x}", sender + 1).repeat(16);
        let summary = collector.json(&format!("/api/summaries?q={id}"));
        assert_eq!(summary["traces"][0]["spanCount"], 20_000);
    }
}

#[test]
fn more_stalled_clients_than_connections_keep_nobody_out() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let halves: [&[u8]; 3] = [
        b"",
        b"POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-ty",
        b"POST /v1/traces HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{",
    ];
    let connect = |number: usize| {
        let mut stream = TcpStream::connect(collector.address()).unwrap();
        stream.write_all(halves[number % halves.len()]).unwrap();
        stream
    };
    let mut stalled: Vec<_> = (0..700).map(connect).collect();
    for id in 1..=50 {
        collector.store(&request("shop", &[span(1, id, 0, "s", id, id + 1)]));
    }
    assert_eq!(collector.waterfall(&trace(1)).len(), 50);
    // One of them made room for the others: no timeout, which is told to who has begun a body.
    let made_room = stalled.iter_mut().skip(2).step_by(3).any(|stream| {
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        answer.is_empty()
    });
    assert!(made_room);
    assert_bounded(&collector);
}

#[test]
fn a_head_without_end_is_refused() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let mut stream = TcpStream::connect(collector.address()).unwrap();
    stream
        .write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nx: ")
        .unwrap();
    for _ in 0..1_024 {
        if stream.write_all(&[b'x'; 1_024]).is_err() {
            break;
        }
    }
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    assert!(
        answer.is_empty() || answer.starts_with("HTTP/1.1 431 "),
        "{answer}"
    );
    assert_eq!(collector.get("/healthz").status, 200);
}
