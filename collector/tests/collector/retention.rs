//! Retention by age and by size: what goes goes whole, what stays is found, the file gets smaller, ingest goes on.

use std::fs;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use rusqlite::Connection;
use serde_json::{Value, json};

use crate::support::{
    BINARY, Collector, attribute, database, eventually, request, span, trace, with,
};

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

/// A trace whose resource and scope nobody else has, with a kilobyte in each.
fn with_own_origin(number: u64, spans: &[Value]) -> Value {
    let text = format!("{number} {}", "x".repeat(1_000));
    let mut body = request("shop", spans);
    let group = &mut body["resourceSpans"][0];
    let attributes = group["resource"]["attributes"].as_array_mut().unwrap();
    attributes.push(attribute("service.instance.id", &text)[0].take());
    group["scopeSpans"][0]["scope"] = json!({ "name": text });
    body
}

#[test]
fn resources_and_scopes_go_with_their_last_span() {
    let dir = tempfile::tempdir().unwrap();
    let file = database(dir.path());
    let arguments = ["--db", file.to_str().unwrap(), "--retention", "2MiB"];
    let collector = Collector::with(&arguments);
    // They alone are more than the file may hold.
    for number in 1..=1_500 {
        let at = number * 1_000;
        let spans = [span(number, 1, 0, "work", at, at + 5)];
        collector.store(&with_own_origin(number, &spans));
    }
    let connection = Connection::open(&file).unwrap();
    eventually("what is too much is gone", || {
        count(&connection, "summaries") < 1_000 && count(&connection, "expired") == 0
    });
    let left = count(&connection, "summaries");
    assert!(left > 100, "{left}");
    for table in ["resources", "scopes"] {
        assert_eq!(count(&connection, table), left, "{table}");
    }
    // Of each its two attributes and its service.
    assert_eq!(count(&connection, "resource_terms"), left * 3);
    // Who sends from one of them again is understood.
    for number in [1, 1_500] {
        let at = 2_000_000 + number;
        let spans = [span(5_000 + number, 1, 0, "again", at, at + 1)];
        collector.store(&with_own_origin(number, &spans));
        let again = &collector.waterfall(&trace(5_000 + number))[0];
        assert_eq!(again["serviceName"], "shop");
    }
}

#[test]
fn an_import_stores_anew_what_a_collector_deleted_meanwhile() {
    let dir = tempfile::tempdir().unwrap();
    let file = database(dir.path());
    let db = file.to_str().unwrap();
    let collector = Collector::with(&["--db", db, "--retention", "1d", "--retention", "1GiB"]);
    let mut import = Command::new(BINARY)
        .args(["import", "--db", db])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = import.stdin.take().unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let now = now.as_nanos().to_string();
    let fresh = json!({ "startTimeUnixNano": now, "endTimeUnixNano": now });
    let mut send = |number: u64, origin: u64, times: &Value| {
        let spans = [with(span(number, 1, 0, "work", 0, 1), times)];
        writeln!(input, "{}", with_own_origin(origin, &spans)).unwrap();
    };
    // The first is too old and goes, with its resource. Requests are stored when there are some.
    send(1, 1, &json!({}));
    for _ in 0..64 {
        send(2, 2, &fresh);
    }
    eventually("they came", || collector.list("").contains(&trace(2)));
    let connection = Connection::open(&file).unwrap();
    eventually("the first is gone", || count(&connection, "resources") == 1);
    // From where the first came.
    send(3, 1, &fresh);
    drop(input);
    assert!(import.wait().unwrap().success());
    assert_eq!(collector.waterfall(&trace(3))[0]["serviceName"], "shop");
}
