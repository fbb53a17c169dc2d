//! What an acknowledged batch survives, and how the collector behaves when it cannot write.

use std::process::Command;
use std::time::{Duration, Instant};

use prost::Message as _;
use rusqlite::Connection;

use crate::support::{
    BINARY, Collector, RpcStatus, database, eventually, proto_span, protobuf, request, span, trace,
};

#[test]
fn an_acknowledged_batch_survives_a_kill() {
    let dir = tempfile::tempdir().unwrap();
    for round in 1..=5 {
        let collector = Collector::start(dir.path());
        assert_eq!(collector.json("/api/health")["spans"], 200 * (round - 1));
        let spans: Vec<_> = (1..=200)
            .map(|id| span(round, id, 0, "s", id, id + 1))
            .collect();
        collector.store(&request("shop", &spans));
        collector.kill();
    }
    let collector = Collector::start(dir.path());
    for round in 1..=5 {
        assert_eq!(collector.waterfall(&trace(round)).len(), 200);
    }
}

#[test]
fn a_kill_under_load_loses_nothing_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let collector = Collector::start(dir.path());
    let url = format!("{}/v1/traces", collector.url);
    let senders: Vec<_> = (1..=4)
        .map(|sender: u64| {
            let url = url.clone();
            std::thread::spawn(move || {
                let mut acknowledged = 0;
                for id in 1.. {
                    let body = request("shop", &[span(sender, id, 0, "s", id, id + 1)]).to_string();
                    match ureq::post(&url)
                        .header("content-type", "application/json")
                        .send(&body)
                    {
                        Ok(_) => acknowledged = id,
                        Err(_) => break,
                    }
                }
                acknowledged
            })
        })
        .collect();
    std::thread::sleep(Duration::from_millis(700));
    collector.kill();
    let state: String = Connection::open(database(dir.path()))
        .unwrap()
        .query_row("PRAGMA integrity_check", [], |row| row.get(0))
        .unwrap();
    assert_eq!(state, "ok");
    let collector = Collector::start(dir.path());
    for (sender, thread) in (1..).zip(senders) {
        let acknowledged = usize::try_from(thread.join().unwrap()).unwrap();
        let stored = collector.waterfall(&trace(sender)).len();
        assert!(acknowledged > 0);
        // The one that was under way may be there.
        assert!(
            (acknowledged..=acknowledged + 1).contains(&stored),
            "{acknowledged} acknowledged, {stored} stored"
        );
    }
}

#[test]
fn signals_end_it_cleanly() {
    for signal in ["TERM", "INT"] {
        let dir = tempfile::tempdir().unwrap();
        let collector = Collector::start(dir.path());
        collector.store(&request("shop", &[span(1, 1, 0, "s", 0, 1)]));
        assert!(collector.stop(signal).success(), "{signal}");
        // The log is folded into the file: nothing but the database is left.
        let files: Vec<_> = std::fs::read_dir(dir.path())
            .unwrap()
            .map(|file| file.unwrap().file_name())
            .collect();
        assert_eq!(files, ["traces.db"]);
        assert_eq!(Collector::start(dir.path()).waterfall(&trace(1)).len(), 1);
    }
}

#[test]
fn a_follower_does_not_keep_it_from_ending() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let url = format!("{}/api/tail", collector.url);
    let follower = std::thread::spawn(move || {
        let mut answer = ureq::get(&url).call().unwrap();
        let _ = answer.body_mut().read_to_string();
    });
    std::thread::sleep(Duration::from_millis(300));
    let begin = Instant::now();
    assert!(collector.stop("TERM").success());
    assert!(begin.elapsed() < Duration::from_secs(5));
    follower.join().unwrap();
}

#[test]
fn a_locked_database_is_503_until_it_is_free() {
    let dir = tempfile::tempdir().unwrap();
    let collector = Collector::start(dir.path());
    collector.store(&request("shop", &[span(1, 1, 0, "before", 0, 1)]));
    let lock = Connection::open(database(dir.path())).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    let body = request("shop", &[span(1, 2, 0, "locked", 0, 1)]).to_string();
    for content_type in ["application/json", "application/x-protobuf"] {
        let body = match content_type {
            "application/json" => body.clone().into_bytes(),
            _ => protobuf(vec![proto_span(&[1; 16], &[1; 8])]),
        };
        let answer = collector.post_with(
            &[
                ("content-type", content_type),
                ("origin", "http://localhost:1"),
            ],
            &body,
        );
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (503, content_type)
        );
        assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
        assert_eq!(
            answer.header("access-control-expose-headers"),
            "retry-after"
        );
        let message = match content_type {
            "application/json" => answer.json()["message"].as_str().unwrap().to_owned(),
            _ => RpcStatus::decode(&*answer.body).unwrap().message,
        };
        assert_eq!(message, "the database is locked by another process");
    }
    // Reads do not need the lock.
    assert_eq!(collector.waterfall(&trace(1)).len(), 1);
    lock.execute_batch("ROLLBACK").unwrap();
    assert_eq!(
        collector.post("application/json", body.as_bytes()).status,
        200
    );
    assert_eq!(collector.waterfall(&trace(1)).len(), 2);
}

#[test]
fn a_lock_does_not_keep_it_from_starting() {
    let dir = tempfile::tempdir().unwrap();
    let first = Collector::start(dir.path());
    first.store(&request("shop", &[span(1, 1, 0, "s", 0, 1)]));
    first.kill();
    let lock = Connection::open(database(dir.path())).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(Collector::start(dir.path()).waterfall(&trace(1)).len(), 1);
}

#[test]
fn a_short_lock_is_waited_for() {
    let dir = tempfile::tempdir().unwrap();
    let collector = Collector::start(dir.path());
    let lock = Connection::open(database(dir.path())).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    let free = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        lock.execute_batch("ROLLBACK").unwrap();
    });
    collector.store(&request("shop", &[span(1, 1, 0, "s", 0, 1)]));
    free.join().unwrap();
}

#[test]
fn a_full_disk_is_503_and_what_is_stored_stays() {
    let dir = tempfile::tempdir().unwrap();
    let file = database(dir.path());
    assert!(Collector::start(dir.path()).stop("TERM").success());
    // A limit on the size of files stands in for the disk; the shell counts in KiB.
    let script = "trap '' XFSZ; ulimit -f 1500; exec \"$0\" --listen 127.0.0.1:0 --db \"$1\"";
    let mut command = Command::new("bash");
    command.args(["-c", script, BINARY, file.to_str().unwrap()]);
    let collector = Collector::spawn(&mut command);
    let blob = "x".repeat(100_000);
    let mut stored = 0;
    let refused = loop {
        let body = request("shop", &[span(1, stored + 1, 0, &blob, 0, 1)]).to_string();
        let answer = collector.post("application/json", body.as_bytes());
        if answer.status != 200 {
            break answer;
        }
        stored += 1;
        assert!(stored < 100, "the limit has no effect");
    };
    assert_eq!(refused.status, 503, "{}", refused.text());
    assert!(refused.header("retry-after").parse::<u32>().unwrap() > 0);
    assert!(stored > 0);
    assert_eq!(collector.json("/api/health")["spans"], stored);
    collector.kill();
    let collector = Collector::start(dir.path());
    assert_eq!(collector.json("/api/health")["spans"], stored);
    collector.store(&request("shop", &[span(2, 1, 0, "again", 0, 1)]));
}

#[test]
fn old_traces_are_deleted_and_young_ones_stay() {
    let dir = tempfile::tempdir().unwrap();
    let file = database(dir.path());
    let collector = Collector::start(dir.path());
    // Spans of these tests are from 2023; more of them than one step deletes.
    for number in 1..=3 {
        let spans: Vec<_> = (1..=400)
            .map(|id| span(number, id, 0, &format!("old-{id}"), id, id + 1))
            .collect();
        collector.store(&request("shop", &spans));
    }
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_nanos()
        .to_string();
    let times = serde_json::json!({ "startTimeUnixNano": now, "endTimeUnixNano": now });
    let young = crate::support::with(span(9, 1, 0, "young", 0, 1), &times);
    collector.store(&request("shop", &[young]));
    assert!(collector.stop("TERM").success());
    let collector = Collector::with(&["--db", file.to_str().unwrap(), "--retention", "1d"]);
    eventually("old traces are deleted", || {
        let database = Connection::open(&file).unwrap();
        let rows = |table: &str| -> i64 {
            database
                .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| {
                    row.get(0)
                })
                .unwrap()
        };
        // The young trace: its service, its operation, its resource.
        (
            rows("spans"),
            rows("postings"),
            rows("expired"),
            rows("operations"),
        ) == (1, 3, 0, 1)
    });
    assert_eq!(collector.list(""), [trace(9)]);
    assert_eq!(
        collector
            .get(&format!("/api/v3/traces/{}", trace(1)))
            .status,
        404
    );
    assert_eq!(
        collector.json("/api/v3/operations?service=shop")["operations"][0]["name"],
        "young"
    );
}
