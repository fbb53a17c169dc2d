//! Forwarding: everything reaches the target, through its outages, a kill of the collector and answers of every kind.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc;

use flate2::read::GzDecoder;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message as _;
use serde_json::{Value, json};

use crate::support::{
    Collector, PROTOBUF, attribute, database, eventually, proto_span, protobuf, request, span,
    trace, with,
};

/// An address where nobody listens yet.
pub(crate) fn free_address() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().to_string()
}

pub(crate) fn forwarding(dir: &Path, more: &[&str]) -> Collector {
    let file = database(dir);
    Collector::with(&[&["--db", file.to_str().unwrap()], more].concat())
}

pub(crate) fn at(address: &str, arguments: &[&str]) -> Collector {
    let mut command = std::process::Command::new(crate::support::BINARY);
    Collector::spawn(command.args(["--listen", address]).args(arguments))
}

#[test]
fn what_was_taken_in_an_outage_arrives_after_a_kill_of_the_collector() {
    let (dir, target_dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let address = free_address();
    let token = target_dir.path().join("token");
    std::fs::write(&token, "0123456789abcdef\n").unwrap();
    let headers = target_dir.path().join("headers");
    std::fs::write(
        &headers,
        "Authorization: Bearer 0123456789abcdef\n\nX-Tenant: a\n",
    )
    .unwrap();
    let url = format!("http://{address}/");
    let arguments = [
        "--forward",
        &url,
        "--forward-header-file",
        headers.to_str().unwrap(),
    ];

    let collector = forwarding(dir.path(), &arguments);
    let whole = with(
        span(1, 1, 9, "whole", 10, 20),
        &json!({
            "kind": 3, "flags": 1, "traceState": "a=b", "status": { "code": 2, "message": "no" },
            "attributes": attribute("k", "v"),
            "events": [{ "name": "e", "timeUnixNano": "1700000000015000000", "attributes": attribute("x", "y") }],
            "links": [{ "traceId": trace(7), "spanId": "0000000000000007", "attributes": attribute("l", "m") }],
        }),
    );
    collector.store(&request("shop", &[whole, span(1, 2, 1, "b", 11, 12)]));
    for number in 2..=40 {
        collector.store(&request("shop", &[span(number, 1, 0, "s", 0, 1)]));
    }
    let sentry = format!(
        "{{}}\n{{\"type\":\"span\"}}\n{{\"items\":[{{\"trace_id\":\"{}\",\"span_id\":\"{:016x}\",\"name\":\"sentry\",\
         \"start_timestamp\":1700000000,\"end_timestamp\":1700000001}}]}}",
        trace(41),
        1
    );
    let answer = collector.post_to("/api/1/envelope/", &[], sentry.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
    collector.kill();

    let file = database(target_dir.path());
    let target = at(
        &address,
        &[
            "--db",
            file.to_str().unwrap(),
            "--token-file",
            token.to_str().unwrap(),
        ],
    );
    let collector = forwarding(dir.path(), &arguments);
    let of_target = |path: &str| -> Value {
        target
            .get_with(path, &[("authorization", "Bearer 0123456789abcdef")])
            .json()
    };
    eventually("everything arrives", || {
        of_target("/api/health")["spans"] == 42
    });
    for number in [1, 17, 41] {
        let path = format!("/api/v3/traces/{}", trace(number));
        assert_eq!(of_target(&path), collector.json(&path));
    }
    eventually("the queue is empty", || {
        let database = rusqlite::Connection::open(database(dir.path())).unwrap();
        let count = "SELECT count(*) FROM forward_queue";
        database
            .query_row(count, [], |row| row.get::<_, i64>(0))
            .unwrap()
            == 0
    });
}

#[test]
fn a_large_batch_is_forwarded_in_pieces_within_the_memory() {
    let target = Collector::with(&["--db", ":memory:", "--max-body", "4MiB"]);
    let dir = tempfile::tempdir().unwrap();
    let collector = forwarding(dir.path(), &["--forward", &target.url]);
    let spans = (1..=10_000_u64).map(|id| {
        let mut span = proto_span(&[7; 16], &id.to_be_bytes());
        span.name = "x".repeat(1_000);
        span
    });
    let answer = collector.post(PROTOBUF, &protobuf(spans.collect()));
    assert_eq!(answer.status, 200);
    eventually("all pieces arrive", || {
        target.json("/api/health")["spans"] == 10_000
    });
    let peak = collector.peak_memory();
    assert!(peak < 150 << 20, "the peak was {} MiB", peak >> 20);
}

#[test]
fn kills_under_load_lose_nothing_acknowledged() {
    let (dir, target_dir) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let address = free_address();
    let target_file = database(target_dir.path());
    let start_target = || at(&address, &["--db", target_file.to_str().unwrap()]);
    let url = format!("http://{address}");
    let mut target = start_target();
    let mut acknowledged = Vec::new();
    for round in 1..=3_u64 {
        let collector = forwarding(dir.path(), &["--forward", &url]);
        let address = collector.url.clone();
        let sender = std::thread::spawn(move || {
            let mut last = 0;
            for id in 1.. {
                let body = request("shop", &[span(round, id, 0, "s", id, id + 1)]).to_string();
                let sent = ureq::post(format!("{address}/v1/traces"))
                    .header("content-type", "application/json")
                    .send(&body);
                match sent {
                    Ok(_) => last = id,
                    Err(_) => return last,
                }
            }
            last
        });
        eventually("some batches are forwarded", || {
            target.list(&format!("q={}", trace(round))).len() == 1
        });
        if round == 2 {
            // The target, too, ends in the middle of it.
            target.kill();
            target = start_target();
        }
        collector.kill();
        acknowledged.push((round, usize::try_from(sender.join().unwrap()).unwrap()));
    }
    let _collector = forwarding(dir.path(), &["--forward", &url]);
    for (round, count) in acknowledged {
        assert!(count > 0);
        eventually("all that was acknowledged arrives", || {
            target.waterfall(&trace(round)).len() >= count
        });
        // The one that was under way may have been stored.
        assert!(target.waterfall(&trace(round)).len() <= count + 1);
    }
}

/// A target that answers each request with the next of some texts, and tells what it got: head and span names.
pub(crate) fn scripted(
    answers: &'static [&'static str],
) -> (String, mpsc::Receiver<(String, Vec<String>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        for answer in answers {
            let (stream, _) = listener.accept().unwrap();
            let got = read_request(&stream);
            let close = "connection: close\r\ncontent-length: 4\r\n";
            write!(&stream, "HTTP/1.1 {answer}\r\n{close}\r\nwhy\n").unwrap();
            if tell.send(got).is_err() {
                return;
            }
        }
    });
    (address, told)
}

fn read_request(stream: &TcpStream) -> (String, Vec<String>) {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        reader.read_line(&mut head).unwrap();
    }
    let head = head.to_lowercase();
    let length = head.split("content-length: ").nth(1).unwrap();
    let mut body = vec![0; length.lines().next().unwrap().trim().parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    let mut bytes = Vec::new();
    GzDecoder::new(&body[..]).read_to_end(&mut bytes).unwrap();
    let request = ExportTraceServiceRequest::decode(&*bytes).unwrap();
    let groups = request.resource_spans.into_iter();
    let spans = groups
        .flat_map(|group| group.scope_spans)
        .flat_map(|scope| scope.spans);
    (head, spans.map(|span| span.name).collect())
}

#[test]
fn what_was_stored_before_is_not_forwarded_again() {
    let (address, told) = scripted(&["200 OK", "200 OK", "200 OK"]);
    let url = format!("http://{address}");
    let collector = Collector::with(&["--db", ":memory:", "--forward", &url]);
    let incomplete = json!({ "attributes": [{ "key": "tracelink.incomplete", "value": { "boolValue": true } }] });
    let early = with(span(1, 1, 0, "early", 0, 5), &incomplete);
    let other = span(1, 2, 0, "other", 0, 1);
    // As from another collector that forwards here.
    for spans in [
        &[early.clone(), other.clone()][..],
        &[other.clone(), early.clone()],
        &[span(1, 1, 0, "ended", 0, 9), other],
        &[early],
        &[span(1, 3, 0, "last", 0, 1)],
    ] {
        collector.store(&request("shop", spans));
    }
    let expected = [&["early", "other"][..], &["ended"], &["last"]];
    for names in expected {
        let (_, spans) = told
            .recv_timeout(std::time::Duration::from_secs(30))
            .unwrap();
        assert_eq!(spans, names);
    }
}

#[test]
fn answers_are_heeded() {
    let (address, told) = scripted(&[
        "503 Busy\r\nretry-after: 0",
        "429 Slow down\r\nretry-after: 0",
        "401 Who\r\nretry-after: 0",
        "307 There\r\nlocation: /x\r\nretry-after: 0",
        "200 OK",
        "400 No",
        "202 Accepted",
    ]);
    let url = format!("http://{address}/otlp");
    let arguments = [
        "--forward",
        &url,
        "--forward-header",
        "Authorization: Bearer x",
    ];
    let collector = Collector::with(&[&["--db", ":memory:"][..], &arguments].concat());
    for name in ["first", "refused", "last"] {
        collector.store(&request(
            "shop",
            &[span(1, name.len() as u64, 0, name, 0, 1)],
        ));
    }
    let mut names = Vec::new();
    for _ in 0..7 {
        let (head, spans) = told
            .recv_timeout(std::time::Duration::from_secs(30))
            .unwrap();
        assert!(
            head.starts_with("post /otlp/v1/traces http/1.1\r\n"),
            "{head}"
        );
        for header in [
            "authorization: bearer x",
            "content-type: application/x-protobuf",
        ] {
            assert!(head.contains(header), "{head}");
        }
        names.extend(spans);
    }
    assert_eq!(
        names,
        [
            "first", "first", "first", "first", "first", "refused", "last"
        ]
    );
}
