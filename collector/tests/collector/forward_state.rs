//! How forwarding goes, in `/api/health`: what waits, when the target took something, why it did not; and what may wait.

use serde_json::{Value, json};

use crate::forward::{at, forwarding, free_address, scripted};
use crate::support::{Collector, database, eventually, request, run, span};

#[test]
fn health_tells_how_forwarding_goes() {
    let dir = tempfile::tempdir().unwrap();
    let address = free_address();
    let url = format!("http://{address}");
    let collector = forwarding(dir.path(), &["--forward", &url]);
    let state = |collector: &Collector| {
        let state = collector.json("/api/health")["forwarding"].take();
        assert_eq!(state.as_array().unwrap().len(), 1);
        state[0].clone()
    };
    let fresh = json!({ "target": format!("{url}/v1/traces"), "queued": 0, "lastSuccess": null, "lastError": null });
    assert_eq!(state(&collector), fresh);
    for number in 1..=3 {
        collector.store(&request("shop", &[span(number, 1, 0, "s", 0, 1)]));
    }
    eventually("the failure is told", || {
        !state(&collector)["lastError"].is_null()
    });
    let failed = state(&collector);
    assert_eq!(
        (&failed["queued"], &failed["lastSuccess"]),
        (&json!(3), &Value::Null)
    );
    let nanos = |value: &Value| value.as_str().unwrap().parse::<i64>().unwrap();
    assert!(nanos(&failed["lastError"]["time"]) > 1_700_000_000_000_000_000);
    let message = failed["lastError"]["message"].as_str().unwrap();
    assert!(message.to_lowercase().contains("refused"), "{message}");

    let target = at(&address, &["--db", ":memory:"]);
    eventually("the queue is empty", || state(&collector)["queued"] == 0);
    eventually("the success is told", || {
        let state = state(&collector);
        !state["lastSuccess"].is_null()
            && nanos(&state["lastSuccess"]) > nanos(&state["lastError"]["time"])
    });
    drop(target);

    // It outlives the process, and is told on the command line.
    let before = state(&collector);
    collector.kill();
    let file = database(dir.path());
    let table = run(&["query", "health", "--db", file.to_str().unwrap()]);
    let table = String::from_utf8(table.stdout).unwrap();
    let (_, table) = table.split_once("\nFORWARD TO ").unwrap();
    assert!(table.contains(&format!("\n{url}/v1/traces")), "{table}");
    assert!(table.to_lowercase().contains("refused"), "{table}");
    let collector = forwarding(dir.path(), &["--forward", &url]);
    assert_eq!(state(&collector), before);
    drop(collector);
    let other = forwarding(dir.path(), &["--forward", "http://127.0.0.1:9"]);
    assert_eq!(state(&other)["target"], "http://127.0.0.1:9/v1/traces");
}

#[test]
fn a_refused_batch_is_told() {
    let (address, _told) = scripted(&["400 No"]);
    let url = format!("http://{address}");
    let collector = Collector::with(&["--db", ":memory:", "--forward", &url]);
    collector.store(&request("shop", &[span(1, 1, 0, "s", 0, 1)]));
    eventually("it is given up", || {
        let state = &collector.json("/api/health")["forwarding"][0];
        state["lastError"]["message"] == "a batch was given up: it answered 400 why"
            && state["queued"] == 0
    });
}

#[test]
fn what_waits_is_bounded() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("http://{}", free_address());
    let arguments = ["--forward", &url, "--forward-queue", "1MiB"];
    let collector = forwarding(dir.path(), &arguments);
    for number in 1..=30 {
        let name = "x".repeat(100_000);
        collector.store(&request("shop", &[span(number, 1, 0, &name, 0, 1)]));
    }
    let queued = || collector.json("/api/health")["forwarding"][0]["queued"].as_i64();
    assert!(queued() > Some(10));
    eventually("the oldest are given up", || queued() == Some(10));
    // The newest stay.
    let connection = rusqlite::Connection::open(database(dir.path())).unwrap();
    let first = "SELECT min(id) FROM forward_queue";
    let first: i64 = connection.query_row(first, [], |row| row.get(0)).unwrap();
    assert_eq!(first, 21);
}
