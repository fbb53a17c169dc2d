//! `/api/traces/{id}/waterfall`: order, depth, orphans, circles, links from elsewhere.

use serde_json::{Value, json};

use crate::support::{Collector, request, span, span_id, trace, with};

/// Name, depth and orphan of each row.
fn shape(spans: &[Value]) -> Vec<(String, u64, bool)> {
    let row = |span: &Value| {
        (
            span["name"].as_str().unwrap().to_owned(),
            span["depth"].as_u64().unwrap(),
            span["orphan"] == true,
        )
    };
    spans.iter().map(row).collect()
}

fn rows(expected: &[(&str, u64, bool)]) -> Vec<(String, u64, bool)> {
    expected
        .iter()
        .map(|(name, depth, orphan)| ((*name).to_owned(), *depth, *orphan))
        .collect()
}

#[test]
fn rows_come_in_tree_order_whatever_the_order_of_arrival() {
    let collector = Collector::with(&["--db", ":memory:"]);
    collector.store(&request(
        "api",
        &[span(1, 4, 3, "db", 30, 40), span(1, 3, 1, "server", 20, 60)],
    ));
    collector.store(&request(
        "web",
        &[
            span(1, 5, 1, "later", 70, 80),
            span(1, 2, 1, "earlier", 5, 15),
        ],
    ));
    collector.store(&request("web", &[span(1, 1, 0, "click", 0, 100)]));
    let answer = collector.json(&format!("/api/traces/{}/waterfall", trace(1)));
    assert_eq!(
        (&answer["traceId"], &answer["durationMs"]),
        (&json!(trace(1)), &json!(100.0))
    );
    let spans = answer["spans"].as_array().unwrap();
    let expected = [
        ("click", 0, false),
        ("earlier", 1, false),
        ("server", 1, false),
        ("db", 2, false),
        ("later", 1, false),
    ];
    assert_eq!(shape(spans), rows(&expected));
    let db = &spans[3];
    assert_eq!(
        (&db["offsetMs"], &db["durationMs"], &db["serviceName"]),
        (&json!(30.0), &json!(10.0), &json!("api"))
    );
    assert_eq!(db["parentSpanId"], span_id(3));
    assert_eq!(spans[0].get("parentSpanId"), None);
    assert_eq!(spans[0].get("orphan"), None);
}

#[test]
fn orphans_and_circles_are_shown_once() {
    let collector = Collector::with(&["--db", ":memory:"]);
    collector.store(&request(
        "web",
        &[
            span(1, 1, 0, "root", 10, 20),
            span(1, 2, 99, "orphan", 0, 5),
            span(1, 3, 2, "its child", 1, 2),
            span(1, 4, 4, "own parent", 50, 60),
            span(1, 5, 6, "circle a", 31, 40),
            span(1, 6, 5, "circle b", 30, 40),
            span(1, 7, 5, "on the circle", 32, 33),
        ],
    ));
    let expected = [
        ("orphan", 0, true),
        ("its child", 1, false),
        ("root", 0, false),
        ("circle b", 0, true),
        ("circle a", 1, false),
        ("on the circle", 2, false),
        ("own parent", 0, true),
    ];
    assert_eq!(shape(&collector.waterfall(&trace(1))), rows(&expected));
}

#[test]
fn a_row_is_a_span_record() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let fields = json!({
        "kind": 5, "flags": 769,
        "attributes": [
            { "key": "text", "value": { "stringValue": "a" } },
            { "key": "int", "value": { "intValue": "9007199254740991" } },
            { "key": "huge", "value": { "intValue": "9007199254740993" } },
            { "key": "double", "value": { "doubleValue": 0.5 } },
            { "key": "nan", "value": { "doubleValue": "NaN" } },
            { "key": "flag", "value": { "boolValue": true } },
            { "key": "list", "value": { "arrayValue": { "values": [{ "intValue": "1" }, { "stringValue": "b" }] } } },
            { "key": "map", "value": { "kvlistValue": { "values": [{ "key": "k", "value": { "intValue": 2 } }] } } },
            { "key": "bytes", "value": { "bytesValue": "AP8=" } },
            { "key": "empty", "value": {} },
            { "key": "twice", "value": { "intValue": 1 } },
            { "key": "twice", "value": { "intValue": 2 } },
        ],
        "events": [{ "timeUnixNano": "1700000000000000005", "name": "e", "attributes": [{ "key": "x", "value": { "intValue": 1 } }] }],
        "links": [{ "traceId": trace(2), "spanId": span_id(9), "attributes": [{ "key": "y", "value": { "boolValue": false } }] }],
        "status": { "code": 2, "message": "broken" },
    });
    collector.store(&request("web", &[with(span(1, 1, 0, "a", 0, 1), &fields)]));
    assert_eq!(
        collector.waterfall(&trace(1))[0],
        json!({
            "traceId": trace(1), "spanId": span_id(1), "name": "a", "kind": "consumer", "serviceName": "web",
            "startTimeUnixNano": "1700000000000000000", "endTimeUnixNano": "1700000000001000000",
            "attributes": {
                "text": "a", "int": 9_007_199_254_740_991_i64, "huge": "9007199254740993", "double": 0.5, "nan": "NaN",
                "flag": true, "list": [1, "b"], "map": { "k": 2 }, "bytes": "AP8=", "twice": 2,
            },
            "events": [{ "name": "e", "timeUnixNano": "1700000000000000005", "attributes": { "x": 1 } }],
            "links": [{ "traceId": trace(2), "spanId": span_id(9), "attributes": { "y": false } }],
            "status": { "code": "error", "message": "broken" },
            "depth": 0, "offsetMs": 0.0, "durationMs": 1.0, "linkedFrom": [],
            "resource": 0, "scope": 0,
        })
    );
}

#[test]
fn resources_and_scopes_are_told_once() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let scoped = |service: &str, scope: Value, spans: &[Value]| {
        let mut body = request(service, spans);
        body["resourceSpans"][0]["scopeSpans"][0]["scope"] = scope;
        collector.store(&body);
    };
    let fetch = json!({ "name": "fetch", "version": "1.2", "attributes": [{ "key": "a", "value": { "intValue": 1 } }] });
    scoped(
        "web",
        fetch,
        &[span(1, 1, 0, "root", 0, 9), span(1, 2, 1, "child", 1, 2)],
    );
    scoped(
        "web",
        json!({ "name": "clicks" }),
        &[span(1, 3, 1, "click", 3, 4)],
    );
    collector.store(&request("api", &[span(1, 4, 1, "server", 5, 6)]));
    let answer = collector.json(&format!("/api/traces/{}/waterfall", trace(1)));
    let named = |row: &Value| {
        let place = |key: &str| usize::try_from(row[key].as_u64().unwrap()).unwrap();
        (
            row["name"].clone(),
            answer["resources"][place("resource")]["attributes"]["service.name"].clone(),
            answer["scopes"][place("scope")].clone(),
        )
    };
    let rows: Vec<_> = answer["spans"]
        .as_array()
        .unwrap()
        .iter()
        .map(named)
        .collect();
    let fetch = json!({ "name": "fetch", "version": "1.2", "attributes": { "a": 1 } });
    let clicks = json!({ "name": "clicks", "version": "", "attributes": {} });
    let other = json!({ "name": "test", "version": "", "attributes": {} });
    assert_eq!(
        rows,
        [
            (json!("root"), json!("web"), fetch.clone()),
            (json!("child"), json!("web"), fetch),
            (json!("click"), json!("web"), clicks),
            (json!("server"), json!("api"), other),
        ]
    );
    assert_eq!(answer["resources"].as_array().unwrap().len(), 2);
    assert_eq!(answer["scopes"].as_array().unwrap().len(), 3);
}

#[test]
fn kinds_and_states_have_names() {
    let collector = Collector::with(&["--db", ":memory:"]);
    for (number, (kind, name)) in (1..).zip([
        (0, "internal"),
        (1, "internal"),
        (2, "server"),
        (3, "client"),
        (4, "producer"),
        (5, "consumer"),
        (77, "internal"),
    ]) {
        collector.store(&request(
            "web",
            &[with(
                span(number, 1, 0, "a", 0, 1),
                &json!({ "kind": kind }),
            )],
        ));
        assert_eq!(collector.waterfall(&trace(number))[0]["kind"], name);
    }
    for (number, (code, name)) in (11..).zip([(0, "unset"), (1, "ok"), (2, "error"), (9, "unset")])
    {
        let status = json!({ "status": { "code": code } });
        collector.store(&request(
            "web",
            &[with(span(number, 1, 0, "a", 0, 1), &status)],
        ));
        assert_eq!(
            collector.waterfall(&trace(number))[0]["status"],
            json!({ "code": name })
        );
    }
}

#[test]
fn links_of_other_traces_are_shown_on_their_target() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let link = |target: u64, id: u64| json!({ "links": [{ "traceId": trace(target), "spanId": span_id(id) }] });
    // The link arrives before what it points to; links within the trace do not count.
    collector.store(&request(
        "batch",
        &[with(span(2, 7, 0, "consume", 0, 1), &link(1, 2))],
    ));
    collector.store(&request(
        "web",
        &[
            span(1, 1, 0, "root", 0, 9),
            with(span(1, 2, 1, "publish", 1, 2), &link(1, 1)),
        ],
    ));
    let spans = collector.waterfall(&trace(1));
    assert_eq!(spans[0]["linkedFrom"], json!([]));
    assert_eq!(
        spans[1]["linkedFrom"],
        json!([{ "traceId": trace(2), "spanId": span_id(7), "serviceName": "batch", "name": "consume" }])
    );
}

#[test]
fn unknown_traces_are_404_and_malformed_ids_400() {
    let collector = Collector::with(&["--db", ":memory:"]);
    for base in ["/api/v3/traces/ID", "/api/traces/ID/waterfall"] {
        for (id, expected) in [
            (trace(5).as_str(), 404),
            ("x", 400),
            ("0", 400),
            (&trace(0), 400),
            (&format!("{}0", trace(5)), 400),
            ("%ff", 400),
            ("zz000000000000000000000000000001", 400),
        ] {
            let answer = collector.get(&base.replace("ID", id));
            assert_eq!(answer.status, expected, "{base} {id}");
            assert_eq!(answer.json()["error"]["httpCode"], expected);
        }
    }
    for later in ["diagnosis", "root-cause", "critical-path"] {
        let answer = collector.get(&format!("/api/traces/{}/{later}", trace(1)));
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (404, "application/json")
        );
    }
    assert_eq!(collector.get("/api/nothing").status, 404);
}
