//! The database file across versions, and the views that a person queries.

use std::fs;
use std::path::Path;

use rusqlite::Connection;
use serde_json::json;

use crate::support::{Collector, attribute, database, gunzip, request, span, span_id, trace, with};

/// A file that the first version of the schema wrote: traces 1 (shop and api), 2 and 3 (worker).
const SCHEMA_1: &[u8] = include_bytes!("../data/schema-1.db.gz");

fn connect(dir: &Path) -> Connection {
    Connection::open(database(dir)).unwrap()
}

/// All rows of a query, each as its columns separated by `|`.
fn rows(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| {
        let texts = (0..columns).map(|index| {
            let value: rusqlite::types::Value = row.get(index)?;
            Ok(match value {
                rusqlite::types::Value::Null => "NULL".to_owned(),
                rusqlite::types::Value::Integer(number) => number.to_string(),
                rusqlite::types::Value::Real(number) => number.to_string(),
                rusqlite::types::Value::Text(text) => text,
                rusqlite::types::Value::Blob(_) => "BLOB".to_owned(),
            })
        });
        Ok(texts.collect::<rusqlite::Result<Vec<_>>>()?.join("|"))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_database_of_the_first_version_is_migrated() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(database(dir.path()), gunzip(SCHEMA_1)).unwrap();
    let collector = Collector::start(dir.path());
    assert_eq!(collector.list(""), [trace(3), trace(2), trace(1)]);
    assert_eq!(collector.list("attribute=url.path:/cart"), [trace(1)]);
    assert_eq!(collector.waterfall(&trace(1)).len(), 3);
    let connection = connect(dir.path());
    assert_eq!(
        rows(&connection, "SELECT name, status, status_message, attributes, events, links FROM traces ORDER BY start_time"),
        [
            r#"click|unset|NULL|{"url.path":"/cart","n":3}|[]|[]"#.to_owned(),
            r#"POST /orders|error|no stock|{}|[{"name":"exception","timeUnixNano":"1700000000050000000","attributes":{"exception.type":"NoStock"}}]|[]"#.to_owned(),
            "INSERT|ok|NULL|{}|[]|[]".to_owned(),
            format!(r#"process orders|unset|NULL|{{"tracelink.incomplete":true}}|[]|[{{"traceId":"{}","spanId":"{}","attributes":{{}}}}]"#, trace(1), span_id(2)),
            "INSERT|unset|NULL|{}|[]|[]".to_owned(),
            "INSERT|unset|NULL|{}|[]|[]".to_owned(),
        ]
    );
    let statistics = "SELECT service, name, span_count, error_count, timed_count, duration_us FROM operations ORDER BY service, name";
    assert_eq!(
        rows(&connection, statistics),
        [
            "api|INSERT|1|0|1|10000",
            "api|POST /orders|1|1|1|50000",
            "shop|click|1|0|1|100000",
            "worker|INSERT|2|0|2|20000",
            "worker|process orders|1|0|0|0",
        ]
    );
    let origins =
        "SELECT service, sum(span_count) FROM resources GROUP BY service ORDER BY service";
    assert_eq!(rows(&connection, origins), ["api|2", "shop|1", "worker|3"]);
    let scopes = "SELECT sum(span_count) FROM scopes";
    assert_eq!(rows(&connection, scopes), ["6"]);
    // What comes now is written into the same tables.
    collector.store(&request(
        "worker",
        &[with(
            span(4, 1, 0, "INSERT", 400, 410),
            &json!({ "kind": 3 }),
        )],
    ));
    assert!(rows(&connection, statistics).contains(&"worker|INSERT|3|0|3|30000".to_owned()));
}

#[test]
fn statistics_follow_replaced_records() {
    let dir = tempfile::tempdir().unwrap();
    let collector = Collector::start(dir.path());
    let incomplete = json!({ "attributes": [{ "key": "tracelink.incomplete", "value": { "boolValue": true } }] });
    collector.store(&request(
        "web",
        &[with(span(1, 1, 0, "early", 0, 5), &incomplete)],
    ));
    let statistics =
        "SELECT service, name, span_count, error_count, timed_count, duration_us FROM operations";
    let connection = connect(dir.path());
    assert_eq!(rows(&connection, statistics), ["web|early|1|0|0|0"]);
    let origins = "SELECT service, span_count FROM resources";
    assert_eq!(rows(&connection, origins), ["web|1"]);
    // What says less leaves nothing.
    collector.store(&request(
        "other",
        &[with(span(1, 1, 0, "early", 0, 4), &incomplete)],
    ));
    assert_eq!(rows(&connection, origins), ["web|1"]);
    collector.store(&request(
        "late",
        &[with(
            span(1, 1, 0, "late", 0, 9),
            &json!({ "status": { "code": 2 } }),
        )],
    ));
    assert_eq!(rows(&connection, statistics), ["late|late|1|1|1|9000"]);
    assert_eq!(rows(&connection, origins), ["late|1"]);
}

#[test]
fn views_answer_a_person() {
    let dir = tempfile::tempdir().unwrap();
    let collector = Collector::start(dir.path());
    let server = json!({ "kind": 2, "status": { "code": 2, "message": "no stock" }, "attributes": attribute("http.route", "/orders") });
    collector.store(&request(
        "web",
        &[
            span(1, 1, 0, "click", 0, 100),
            span(1, 3, 1, "later", 60, 70),
        ],
    ));
    collector.store(&request(
        "api",
        &[
            with(span(1, 2, 1, "POST", 10, 60), &server),
            span(1, 4, 99, "orphan", 5, 6),
        ],
    ));
    collector.store(&request("web", &[span(2, 1, 0, "tick", 500, 501)]));
    let connection = connect(dir.path());
    let ask = |sql: &str| rows(&connection, sql);
    assert_eq!(
        ask("SELECT trace_id, span_id, parent_span_id, service_name, name, kind, start_time, end_time, duration_ms, status, status_message,
             json_extract(attributes, '$.\"http.route\"'), start_unix_nano, end_unix_nano FROM traces WHERE status = 'error'"),
        [format!(
            "{}|{}|{}|api|POST|server|2023-11-14T22:13:20.010000Z|2023-11-14T22:13:20.060000Z|50|error|no stock|/orders|1700000000010000000|1700000000060000000",
            trace(1), span_id(2), span_id(1)
        )]
    );
    assert_eq!(
        ask("SELECT trace_id, root_name, root_service, start_time, duration_ms, span_count, error_count, service_count, services, status
             FROM trace_summaries ORDER BY start_time"),
        [
            format!("{}|click|web|2023-11-14T22:13:20.000000Z|100|4|1|2|[\"api\",\"web\"]|error", trace(1)),
            format!("{}|tick|web|2023-11-14T22:13:20.500000Z|1|1|0|1|[\"web\"]|ok", trace(2)),
        ]
    );
    assert_eq!(
        ask(&format!(
            "SELECT depth, tree, service_name, offset_ms, duration_ms FROM trace_waterfall WHERE trace_id = '{}'",
            trace(1)
        )),
        [
            "0|click|web|0|100",
            "1|  POST|api|10|50",
            "1|  later|web|60|10",
            "0|orphan|api|5|1"
        ]
    );
    assert_eq!(
        ask("SELECT service_name, span_count, trace_count, error_count, error_percent, incomplete_count, orphan_count, mean_duration_ms,
             max_duration_ms, last_start_time FROM trace_spans_health ORDER BY service_name"),
        [
            "api|2|1|1|50|0|1|25.5|50|2023-11-14T22:13:20Z",
            "web|3|2|0|0|0|0|37|100|2023-11-14T22:13:20Z",
        ]
    );
}

#[test]
fn the_documentation_names_the_columns_of_the_views() {
    let dir = tempfile::tempdir().unwrap();
    let _collector = Collector::start(dir.path());
    let connection = connect(dir.path());
    let documentation = include_str!("../../../docs/collector.md");
    for view in [
        "traces",
        "trace_summaries",
        "trace_waterfall",
        "trace_spans_health",
    ] {
        let start = format!("| `{view}` | ");
        let line = documentation
            .lines()
            .find(|line| line.starts_with(&start))
            .unwrap();
        let told: Vec<&str> = line
            .rsplit(" | ")
            .next()
            .unwrap()
            .split('`')
            .skip(1)
            .step_by(2)
            .collect();
        let query = format!("SELECT name FROM pragma_table_info('{view}')");
        assert_eq!(told, rows(&connection, &query), "{view}");
    }
}

#[test]
fn the_waterfall_view_takes_circles_and_depth() {
    let dir = tempfile::tempdir().unwrap();
    let collector = Collector::start(dir.path());
    let chain = (1..=300).map(|id| span(1, id, id - 1, "deep", id, id + 1));
    let circle = [span(2, 1, 2, "a", 0, 1), span(2, 2, 1, "b", 1, 2)];
    collector.store(&request("web", &chain.chain(circle).collect::<Vec<_>>()));
    let connection = connect(dir.path());
    let count = "SELECT count(*), max(depth) FROM trace_waterfall";
    assert_eq!(rows(&connection, count), ["302|100"]);
}
