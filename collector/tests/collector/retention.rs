//! Retention by age and by size: what goes goes whole, what stays is found, the file gets smaller, ingest goes on.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::support::{Collector, attribute, database, eventually, request, span, trace, with};

/// A trace of ten spans, each with a text of its own; times in seconds after a fixed time.
fn large(number: u64) -> Vec<Value> {
    let one = |id: u64| {
        let text = format!("{number} {id} {}", "x".repeat(1_000));
        let at = number * 1_000;
        with(
            span(number, id, id - 1, "work", at, at + 5),
            &json!({ "attributes": attribute("text", &text) }),
        )
    };
    (1..=10).map(one).collect()
}

fn store(collector: &Collector, numbers: std::ops::RangeInclusive<u64>) {
    let numbers: Vec<u64> = numbers.collect();
    for chunk in numbers.chunks(50) {
        let spans = chunk.iter().flat_map(|number| large(*number));
        collector.store(&request("shop", &spans.collect::<Vec<_>>()));
    }
}

fn count(connection: &Connection, table: &str) -> i64 {
    let query = format!("SELECT count(*) FROM {table}");
    connection.query_row(&query, [], |row| row.get(0)).unwrap()
}

#[test]
fn the_oldest_go_while_there_is_too_much() {
    let dir = tempfile::tempdir().unwrap();
    let collector = Collector::start(dir.path());
    store(&collector, 1..=1_000);
    drop(collector);
    let full = fs::metadata(database(dir.path())).unwrap().len();
    assert!(full > 20 << 20, "{full}");

    let file = database(dir.path());
    let collector = Collector::with(&["--db", file.to_str().unwrap(), "--retention", "4MiB"]);
    let connection = Connection::open(&file).unwrap();
    eventually("only some traces are left", || {
        (1..400).contains(&count(&connection, "summaries")) && count(&connection, "expired") == 0
    });
    // What is left is the newest, whole, and counted right.
    let left = count(&connection, "summaries");
    let oldest = 1_000 - u64::try_from(left).unwrap() + 1;
    assert_eq!(collector.list("limit=1"), [trace(1_000)]);
    assert_eq!(
        collector.list("limit=1000").len(),
        usize::try_from(left).unwrap()
    );
    assert_eq!(collector.waterfall(&trace(oldest)).len(), 10);
    assert_eq!(
        collector
            .get(&format!("/api/traces/{}/waterfall", trace(oldest - 1)))
            .status,
        404
    );
    let health = collector.json("/api/health");
    assert_eq!(health["spans"], left * 10);
    let counted: i64 = connection
        .query_row("SELECT sum(span_count) FROM operations", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(
        (counted, count(&connection, "spans")),
        (left * 10, left * 10)
    );
    // The file itself is about as small, once the log is folded in.
    eventually("the file is shorter", || {
        connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .unwrap();
        fs::metadata(&file).unwrap().len() < 8 << 20
    });
    // And what comes is taken.
    store(&collector, 1_001..=1_010);
    assert_eq!(collector.list("limit=1"), [trace(1_010)]);
}

#[test]
fn an_operation_goes_with_its_last_span() {
    let dir = tempfile::tempdir().unwrap();
    let file = database(dir.path());
    let collector = Collector::with(&[
        "--db",
        file.to_str().unwrap(),
        "--retention",
        "1d",
        "--retention",
        "1GiB",
    ]);
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_nanos();
    let fresh = json!({ "startTimeUnixNano": now.to_string(), "endTimeUnixNano": (now + 1_000_000).to_string() });
    collector.store(&request(
        "shop",
        &[
            with(span(1, 1, 0, "kept", 0, 1), &fresh),
            span(2, 1, 0, "kept", 0, 1),
            span(2, 2, 1, "old", 0, 1),
        ],
    ));
    let names = || {
        let answer = collector.json("/api/v3/operations?service=shop");
        let operations = answer["operations"].as_array().unwrap().clone();
        operations
            .iter()
            .map(|one| one["name"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    eventually("the old operation is gone", || names() == ["kept"]);
    assert_eq!(collector.list(""), [trace(1)]);
    assert_eq!(collector.json("/api/health")["spans"], 1);
}
