//! `tracelink-collector query` on a database that a collector is writing; `/api/service-map` and `/api/health`.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::support::{
    Collector, database, gunzip, refused, request, run, span, span_id, trace, with,
};

fn output(dir: &Path, arguments: &[&str]) -> String {
    let file = database(dir);
    let command = [&["query"], arguments, &["--db", file.to_str().unwrap()]].concat();
    let output = run(&command);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{arguments:?}: {error}");
    String::from_utf8(output.stdout).unwrap()
}

/// Trace 1: web asks api, which fails and sends a message to worker; trace 2 receives another by a link; trace 3 is slow.
fn shop(dir: &Path) -> Collector {
    let collector = Collector::start(dir);
    let kind = |number: u64| json!({ "kind": number });
    let failed = json!({ "kind": 2, "status": { "code": 2, "message": "no stock" } });
    let linked = json!({ "kind": 5, "links": [{ "traceId": trace(1), "spanId": span_id(3) }] });
    collector.store(&request(
        "web",
        &[with(span(1, 1, 0, "POST", 0, 100), &kind(3))],
    ));
    collector.store(&request(
        "api",
        &[
            with(span(1, 2, 1, "POST /orders", 10, 60), &failed),
            with(span(1, 3, 2, "send", 20, 21), &kind(4)),
        ],
    ));
    collector.store(&request(
        "worker",
        &[with(span(1, 4, 3, "process", 30, 50), &kind(5))],
    ));
    collector.store(&request(
        "mailer",
        &[with(span(2, 1, 0, "process", 200, 210), &linked)],
    ));
    collector.store(&request("web", &[span(3, 1, 0, "slow", 500, 2_500)]));
    collector
}

#[test]
fn every_question_is_answered_as_the_api_does() {
    let dir = tempfile::tempdir().unwrap();
    let collector = shop(dir.path());
    let id = trace(1);
    let about = |question: &str| format!("/api/traces/{id}/{question}");
    for (arguments, path) in [
        (&["search"][..], "/api/summaries".to_owned()),
        (
            &["search", "--limit", "1"],
            "/api/summaries?limit=1".to_owned(),
        ),
        (&["errors"], "/api/summaries?status=error".to_owned()),
        (
            &["slow", "--limit", "2"],
            "/api/summaries?order=slowest&limit=2".to_owned(),
        ),
        (
            &["search", "--service", "worker", "--text", "proc"],
            "/api/summaries?service=worker&q=proc".to_owned(),
        ),
        (
            &["search", "--min-duration", "1s", "--status", "ok"],
            "/api/summaries?min_duration_ms=1000&status=ok".to_owned(),
        ),
        (&["trace", &id], about("waterfall")),
        (&["diagnosis", &id], about("diagnosis")),
        (&["root-cause", &id], about("root-cause")),
        (&["critical-path", &id], about("critical-path")),
        (&["service-map"], "/api/service-map".to_owned()),
    ] {
        let answer: Value =
            serde_json::from_str(&output(dir.path(), &[arguments, &["--json"]].concat())).unwrap();
        assert_eq!(answer, collector.json(&path), "{arguments:?}");
    }
    let health: Value = serde_json::from_str(&output(dir.path(), &["health", "--json"])).unwrap();
    assert_eq!(
        (&health["spans"], &health["traces"]),
        (&json!(6), &json!(3))
    );
}

#[test]
fn tables_are_for_people() {
    let dir = tempfile::tempdir().unwrap();
    let _collector = shop(dir.path());
    let say = |arguments: &[&str]| output(dir.path(), arguments);
    let id = trace(1);
    let slow = say(&["slow", "--limit", "1"]);
    let (table, more) = slow.trim_end().rsplit_once('\n').unwrap();
    assert_eq!(
        table,
        format!(
            "TRACE                             START                     DURATION  SPANS  ERRORS  SERVICES  ROOT\n\
             {}  2023-11-14T22:13:20.500Z   2000 ms      1       0  web       slow",
            trace(3)
        )
    );
    let cursor = more.strip_prefix("More: --cursor ").unwrap();
    let next = say(&["slow", "--cursor", cursor]);
    assert!(next.contains(&id) && !next.contains(&trace(3)), "{next}");
    assert_eq!(say(&["search", "--service", "nobody"]), "No traces.\n");
    assert_eq!(
        say(&["trace", &id]),
        format!(
            "      OFFSET     DURATION  SPAN\n\
             \x20    0.00 ms       100 ms  POST [client web] {}\n\
             \x20      10 ms        50 ms    POST /orders [server api] {}, failed: no stock\n\
             \x20      20 ms      1.00 ms      send [producer api] {}\n\
             \x20      30 ms        20 ms        process [consumer worker] {}\n",
            span_id(1),
            span_id(2),
            span_id(3),
            span_id(4)
        )
    );
    assert_eq!(
        say(&["diagnosis", &id]),
        format!(
            "SEVERITY  KIND              SPANS  FIRST SPAN        FINDING\n\
             error     failed_operation      1  {}  POST /orders of api failed: no stock\n",
            span_id(2)
        )
    );
    assert_eq!(
        say(&["diagnosis", &trace(3)]),
        "Nothing is wrong with this trace.\n"
    );
    assert_eq!(
        say(&["root-cause", &id]),
        format!(
            "EXECUTION_FAILURE: POST /orders of api failed: no stock\nSpans: {}\n",
            span_id(2)
        )
    );
    assert_eq!(say(&["root-cause", &trace(3)]), "No cause was found.\n");
    assert!(
        say(&["critical-path", &id])
            .starts_with("SERVICE   TIME  SHARE\napi      50 ms   50 %\nweb      50 ms   50 %\n"),
        "{}",
        say(&["critical-path", &id])
    );
    assert!(
        say(&["service-map"]).contains("\nweb   api     request      1       1  50 ms\n"),
        "{}",
        say(&["service-map"])
    );
    assert!(say(&["health"]).starts_with("spans      6\ntraces     3, 1 with errors\n"));
    let slow = say(&["root-cause", &trace(3), "--degraded", "1s"]);
    assert!(
        slow.starts_with("PERFORMANCE_DEGRADATION: slow of web took 2 s\n"),
        "{slow}"
    );
}

#[test]
fn the_service_map_knows_requests_and_messages() {
    let dir = tempfile::tempdir().unwrap();
    let collector = shop(dir.path());
    let edge = |from: &str, to: &str, kind: &str, errors: u64, mean: f64| json!({ "from": from, "to": to, "kind": kind, "callCount": 1, "errorCount": errors, "meanMs": mean });
    let node = |name: &str, spans: u64, errors: u64| json!({ "serviceName": name, "spanCount": spans, "errorCount": errors });
    assert_eq!(
        collector.json("/api/service-map"),
        json!({
            "services": [node("api", 2, 1), node("mailer", 1, 0), node("web", 2, 0), node("worker", 1, 0)],
            "edges": [
                edge("api", "mailer", "message", 0, 10.0), edge("api", "worker", "message", 0, 20.0),
                edge("web", "api", "request", 1, 50.0),
            ],
            "traceCount": 3,
        })
    );
    let part = collector.json("/api/service-map?start=2023-11-14T22:13:20.400Z");
    assert_eq!(
        (&part["services"], &part["edges"]),
        (&json!([node("web", 1, 0)]), &json!([]))
    );
    assert_eq!(collector.get("/api/service-map?start=soon").status, 400);
}

#[test]
fn a_link_to_what_sends_no_message_is_no_call() {
    let dir = tempfile::tempdir().unwrap();
    let collector = shop(dir.path());
    let before = collector.json("/api/service-map")["edges"].take();
    // To a client's span, to a span that is not there, and to a producer from a span that receives nothing.
    for (number, kind, target) in [(7, 5, 1), (8, 5, 77), (9, 1, 3)] {
        let links = json!([{ "traceId": trace(1), "spanId": span_id(target) }]);
        let linking = json!({ "kind": kind, "links": links });
        let spans = [with(span(number, 1, 0, "linking", 300, 310), &linking)];
        collector.store(&request("audit", &spans));
    }
    // Of traces of one service less is read.
    collector.store(&request("other", &[span(9, 2, 0, "root", 300, 310)]));
    let map = collector.json("/api/service-map");
    assert_eq!(map["edges"], before);
    assert_eq!(map["traceCount"], 6);
}

#[test]
fn health_tells_each_service() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let empty = collector.json("/api/health");
    assert_eq!(
        (&empty["spans"], &empty["services"], &empty["oldest"]),
        (&json!(0), &json!([]), &Value::Null)
    );
    let failed = json!({ "status": { "code": 2 } });
    collector.store(&request(
        "web",
        &[
            span(1, 1, 0, "a", 0, 10),
            with(span(1, 2, 1, "b", 0, 20), &failed),
        ],
    ));
    let health = collector.json("/api/health");
    assert_eq!(
        health["services"],
        json!([{ "serviceName": "web", "spanCount": 2, "errorCount": 1, "meanMs": 15.0 }])
    );
    assert_eq!(
        (&health["traces"], &health["errorTraces"]),
        (&json!(1), &json!(1))
    );
    collector.store(&request("web", &[span(2, 1, 0, "a", 50, 60)]));
    let health = collector.json("/api/health");
    assert_eq!(
        (&health["oldest"], &health["newest"]),
        (&json!("1700000000000000000"), &json!("1700000000050000000"))
    );
}

#[test]
fn what_spans_say_does_not_steer_the_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let collector = Collector::start(dir.path());
    let attack = "\u{1b}]0;owned\u{7}\u{202e}\r\nTRACE";
    let failed = json!({ "status": { "code": 2, "message": attack } });
    collector.store(&request(
        attack,
        &[with(span(1, 1, 7, attack, 0, 1), &failed)],
    ));
    let id = trace(1);
    for arguments in [
        &["search"][..],
        &["trace", &id],
        &["diagnosis", &id],
        &["root-cause", &id],
        &["critical-path", &id],
        &["service-map"],
        &["health"],
    ] {
        let text = output(dir.path(), arguments);
        assert!(
            text.chars()
                .all(|c| c == '\n' || !(c.is_control() || c == '\u{202e}')),
            "{arguments:?}: {text:?}"
        );
    }
}

#[test]
fn what_cannot_be_asked_is_told_in_one_line() {
    let dir = tempfile::tempdir().unwrap();
    let file = database(dir.path());
    let db = file.to_str().unwrap();
    drop(shop(dir.path()));
    for (arguments, reason) in [
        (&[][..], "query: what?"),
        (&["everything"], "query everything: no such question"),
        (&["trace"], "query trace: which trace?"),
        (&["trace", "7"], "want a trace id of 32 hexadecimal digits"),
        (&["trace", &trace(77)], "there is no such trace"),
        (&["search", "--wrong", "x"], "--wrong"),
        (
            &["search", "--min-duration", "5"],
            "--min-duration: want a duration",
        ),
        (
            &["search", "--attribute", "x"],
            "--attribute: want KEY:VALUE",
        ),
        (&["search", "--start", "soon"], "--start: want a time"),
        (
            &["diagnosis", &trace(1), "--gap", "long"],
            "--gap: want a duration",
        ),
    ] {
        let line = refused(&[&["query", "--db", db], arguments].concat());
        assert!(line.contains(reason), "{line}");
    }
    let missing = refused(&["query", "search", "--db", "/does/not/exist.db"]);
    assert!(
        missing.contains("there is no database /does/not/exist.db"),
        "{missing}"
    );
    let connection = rusqlite::Connection::open(&file).unwrap();
    connection
        .execute_batch("PRAGMA user_version = 999")
        .unwrap();
    drop(connection);
    let newer = refused(&["query", "search", "--db", db]);
    assert!(
        newer.contains("is from a newer version of tracelink-collector (schema 999"),
        "{newer}"
    );
    fs::write(&file, gunzip(include_bytes!("../data/schema-1.db.gz"))).unwrap();
    let older = refused(&["query", "search", "--db", db]);
    assert!(
        older.contains("is from an older version; start tracelink-collector"),
        "{older}"
    );
}

#[test]
fn a_database_at_rest_is_asked_without_being_changed() {
    let dir = tempfile::tempdir().unwrap();
    assert!(shop(dir.path()).stop("TERM").success());
    let before = fs::read(database(dir.path())).unwrap();
    assert!(output(dir.path(), &["search"]).contains(&trace(1)));
    assert_eq!(fs::read(database(dir.path())).unwrap(), before);
}
