//! `export` and `import`: what goes out comes in again as it was, in both forms, while a collector runs.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message as _;
use serde_json::{Value, json};

use crate::support::{
    BINARY, Collector, attribute, database, refused, request, run, span, span_id, trace, with,
};

/// Everything that a span can hold.
fn full(trace_number: u64, id: u64) -> Value {
    let any = json!([
        { "key": "int", "value": { "intValue": "9007199254740993" } },
        { "key": "double", "value": { "doubleValue": 2.0 } },
        { "key": "nan", "value": { "doubleValue": "NaN" } },
        { "key": "bytes", "value": { "bytesValue": "AP8=" } },
        { "key": "list", "value": { "arrayValue": { "values": [{ "boolValue": true }, { "stringValue": "ä" }] } } },
        { "key": "twice", "value": { "intValue": "1" } }, { "key": "twice", "value": { "intValue": "2" } },
    ]);
    let fields = json!({
        "kind": 5, "flags": 769, "traceState": "a=b", "attributes": any, "droppedAttributesCount": 3,
        "events": [{ "timeUnixNano": "5", "name": "e", "attributes": any }], "droppedEventsCount": 1,
        "links": [{ "traceId": trace(9), "spanId": span_id(9), "attributes": any }], "droppedLinksCount": 2,
        "status": { "code": 2, "message": "broken" },
    });
    with(span(trace_number, id, 0, "full", 0, 1), &fields)
}

/// A database with traces of several services.
fn filled(dir: &Path) -> Collector {
    let collector = Collector::start(dir);
    for number in 1..=20 {
        let spans = [full(number, 1), span(number, 2, 1, "child", 1, 2)];
        collector.store(&request("shop", &spans));
        collector.store(&request(
            "api",
            &[span(number, 3, 2, "server", number, number + 1)],
        ));
    }
    let many = (1..=1_500).map(|id| span(99, id, id / 2, "many", id, id + 1));
    collector.store(&request("large", &many.collect::<Vec<_>>()));
    collector
}

fn export(dir: &Path, arguments: &[&str]) -> Vec<u8> {
    let file = database(dir);
    let mut command = Command::new(BINARY);
    command
        .args(["export", "--db", file.to_str().unwrap()])
        .args(arguments);
    let output = command.output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.success(), "{error}");
    output.stdout
}

/// The lines of an export in one order: traces that start together have none.
fn sorted(export: &[u8]) -> Vec<String> {
    let text = std::str::from_utf8(export).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.sort();
    lines
}

fn import(dir: &Path, input: &[u8]) -> String {
    let mut child = Command::new(BINARY)
        .args(["import", "--db", database(dir).to_str().unwrap()])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_is_exported_is_imported_as_it_was() {
    let from = tempfile::tempdir().unwrap();
    // The collector goes on running.
    let collector = filled(from.path());
    let lines = export(from.path(), &[]);
    let expected = sorted(&lines);
    assert_eq!(expected.len(), 20 + 3);
    let of_two = |line: &&String| {
        let request: Value = serde_json::from_str(line).unwrap();
        request["resourceSpans"].as_array().unwrap().len() == 2
    };
    assert_eq!(expected.iter().filter(of_two).count(), 20);

    // The parts of the large trace follow each other by start.
    let text = std::str::from_utf8(&lines).unwrap();
    let parts = text.lines().filter(|line| line.contains(&trace(99)));
    let ids = parts.flat_map(|line| {
        let request: Value = serde_json::from_str(line).unwrap();
        let spans = request["resourceSpans"][0]["scopeSpans"][0]["spans"].clone();
        let spans = spans.as_array().unwrap().clone().into_iter();
        spans.map(|span| span["spanId"].as_str().unwrap().to_owned())
    });
    assert!(ids.eq((1..=1_500).map(span_id)));

    let framed = export(from.path(), &["--format", "protobuf"]);
    let length = u32::from_be_bytes(framed[..4].try_into().unwrap()) as usize;
    let request = ExportTraceServiceRequest::decode(&framed[4..4 + length]).unwrap();
    assert!(!request.resource_spans.is_empty());

    for input in [&lines, &framed] {
        let to = tempfile::tempdir().unwrap();
        assert_eq!(import(to.path(), input), "1560 spans imported\n");
        assert_eq!(sorted(&export(to.path(), &[])), expected);
        // Twice changes nothing, also beside a running collector.
        let other = Collector::start(to.path());
        import(to.path(), input);
        assert_eq!(sorted(&export(to.path(), &[])), expected);
        assert_eq!(other.json("/api/health")["spans"], 1_560);
        assert_eq!(other.waterfall(&trace(3)), collector.waterfall(&trace(3)));
    }
}

#[test]
fn more_traces_than_are_looked_up_together_go_out_and_come_in() {
    let from = tempfile::tempdir().unwrap();
    let collector = Collector::start(from.path());
    let traces = 1..=1_100;
    let one = |number| span(number, 1, 0, "one", number / 3, number / 3 + 1);
    collector.store(&request(
        "shop",
        &traces.clone().map(one).collect::<Vec<_>>(),
    ));
    let lines = sorted(&export(from.path(), &[]));
    assert_eq!(lines.len(), 1_100);
    for number in traces {
        assert!(lines.iter().any(|line| line.contains(&trace(number))));
    }
    // As many requests: more than may wait to be stored.
    let to = tempfile::tempdir().unwrap();
    let imported = import(to.path(), lines.join("\n").as_bytes());
    assert_eq!(imported, "1100 spans imported\n");
    assert_eq!(sorted(&export(to.path(), &[])), lines);
}

#[test]
fn spans_that_cannot_be_stored_are_counted() {
    let dir = tempfile::tempdir().unwrap();
    let nowhere = |id| with(span(1, id, 0, "b", 0, 1), &json!({ "traceId": "7" }));
    let lines = [
        request("shop", &[span(1, 1, 0, "a", 0, 1), nowhere(2)]),
        request("shop", &[nowhere(3)]),
    ];
    let input = lines.map(|line| line.to_string()).join("\n");
    let told = import(dir.path(), input.as_bytes());
    assert_eq!(told, "1 spans imported, 2 refused for their ids\n");
}

#[test]
fn a_part_can_be_exported_to_a_file() {
    let dir = tempfile::tempdir().unwrap();
    let collector = filled(dir.path());
    collector.store(&request(
        "shop",
        &[with(
            span(50, 1, 0, "one", 0, 900),
            &json!({ "attributes": attribute("order", "7") }),
        )],
    ));
    let file = dir.path().join("part.json");
    let arguments = [
        "--output",
        file.to_str().unwrap(),
        "--service",
        "shop",
        "--attribute",
        "order:7",
    ];
    assert!(export(dir.path(), &arguments).is_empty());
    let part = fs::read_to_string(&file).unwrap();
    assert_eq!(part.lines().count(), 1);
    assert!(part.contains(&trace(50)));
    assert_eq!(
        sorted(&export(
            dir.path(),
            &["--min-duration", "500ms", "--service", "shop"]
        ))
        .len(),
        1
    );
}

#[test]
fn what_is_wrong_is_told_in_one_line_with_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("input");
    let db = database(dir.path());
    let (db, path) = (db.to_str().unwrap(), file.to_str().unwrap());
    let good = request("shop", &[span(1, 1, 0, "a", 0, 1)]).to_string();
    for (input, reason) in [
        (format!("{good}\n\nnull\n").into_bytes(), "input, line 3: "),
        (format!("{good}\n{{\n").into_bytes(), "input, line 2: "),
        (
            b"PK\x03\x04 something else".to_vec(),
            "input, request 1: it is neither JSON nor a request",
        ),
        (b"\0\0\0\x05ab".to_vec(), "input, request 1: "),
    ] {
        fs::write(&file, input).unwrap();
        let line = refused(&["import", "--db", db, path]);
        assert!(line.contains(reason), "{line}");
    }
    // What stood before is stored.
    let command = ["query", "search", "--json", "--db", db];
    assert!(
        String::from_utf8(run(&command).stdout)
            .unwrap()
            .contains(&trace(1))
    );
    for (arguments, reason) in [
        (
            &["import", "--db", db, "/does/not/exist"][..],
            "cannot read /does/not/exist",
        ),
        (&["import", "--wrong"], "import --help"),
        (
            &["export", "--db", "/does/not/exist"],
            "there is no database /does/not/exist",
        ),
        (&["export", "--db", path], "is not a database"),
        (
            &["export", "--format", "xml"],
            "--format: want json or protobuf",
        ),
        (&["export", "--limit", "5"], "--limit"),
        (
            &["export", "--wrong", "x"],
            "--wrong is no option of export",
        ),
        (
            &["export", "--db", db, "--output", "/does/not/exist"],
            "cannot write /does/not/exist",
        ),
    ] {
        let line = refused(arguments);
        assert!(line.contains(reason), "{line}");
    }
}
