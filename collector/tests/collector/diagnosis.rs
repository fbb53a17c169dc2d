//! `/api/traces/{id}/diagnosis`, `root-cause`, `critical-path`: from what is stored to what is answered.

use serde_json::{Value, json};

use crate::support::{Collector, request, span, span_id, trace, with};

fn memory() -> Collector {
    Collector::with(&["--db", ":memory:"])
}

/// What is asked about trace 1.
fn about(collector: &Collector, question: &str) -> Value {
    collector.json(&format!("/api/traces/{}/{question}", trace(1)))
}

/// Kind, severity and first span of each finding of trace 1.
fn found(collector: &Collector) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings = about(collector, "diagnosis")["findings"].take();
    let findings = findings.as_array().unwrap().iter();
    findings
        .map(|finding| {
            (
                text(&finding["kind"]),
                text(&finding["severity"]),
                text(&finding["spanIds"][0]),
            )
        })
        .collect()
}

fn one(kind: &str, severity: &str, id: u64) -> Vec<(String, String, String)> {
    vec![(kind.to_owned(), severity.to_owned(), span_id(id))]
}

#[test]
fn an_operation_is_held_against_its_stored_history() {
    let collector = memory();
    let others: Vec<Value> = (2..=6).map(|id| span(id, 1, 0, "SELECT", 0, 100)).collect();
    collector.store(&request("api", &[span(1, 1, 0, "SELECT", 0, 301)]));
    collector.store(&request("api", &others[..4]));
    // Another service's operation of that name is another one.
    collector.store(&request("other", &[span(9, 1, 0, "SELECT", 0, 1)]));
    assert!(found(&collector).is_empty());
    assert_eq!(about(&collector, "root-cause"), json!({ "class": null }));
    collector.store(&request("api", &others[4..]));
    let answer = about(&collector, "diagnosis");
    assert_eq!(
        answer,
        json!({ "findings": [{
            "kind": "slow_operation", "severity": "warning", "spanIds": [span_id(1)], "spanCount": 1,
            "message": "SELECT of api took 301 ms, 3.0 times the mean of 100 ms (5 samples)",
            "serviceName": "api", "operation": "SELECT", "durationMs": 301.0, "meanMs": 100.0, "samples": 5
        }] })
    );
    assert_eq!(
        about(&collector, "root-cause"),
        json!({
            "class": "PERFORMANCE_DEGRADATION", "spanIds": [span_id(1)], "message": answer["findings"][0]["message"]
        })
    );
}

#[test]
fn failures_tell_what_the_spans_say() {
    let collector = memory();
    let refused = json!({ "kind": 3, "status": { "code": 2, "message": "connect ECONNREFUSED" } });
    collector.store(&request(
        "api",
        &[
            with(
                span(1, 1, 0, "POST", 0, 100),
                &json!({ "kind": 2, "status": { "code": 2 } }),
            ),
            with(span(1, 2, 1, "GET", 10, 20), &refused),
        ],
    ));
    assert_eq!(
        about(&collector, "root-cause"),
        json!({
            "class": "CONNECTION_FAILURE", "spanIds": [span_id(2)],
            "message": "GET of api could not connect: connect ECONNREFUSED"
        })
    );
    let expected = [
        one("connection_failure", "error", 2),
        one("failed_operation", "warning", 1),
    ];
    assert_eq!(found(&collector), expected.concat());
}

#[test]
fn a_receiver_in_another_trace_counts() {
    let collector = memory();
    let producer = json!({ "kind": 4 });
    collector.store(&request(
        "api",
        &[with(span(1, 1, 0, "send", 0, 1), &producer)],
    ));
    assert_eq!(found(&collector), one("missing_consumer", "warning", 1));
    assert_eq!(about(&collector, "root-cause")["class"], "MISSING_CONSUMER");
    let receiver = json!({ "kind": 5, "links": [{ "traceId": trace(1), "spanId": span_id(1) }] });
    collector.store(&request(
        "worker",
        &[with(span(2, 1, 0, "process", 5, 6), &receiver)],
    ));
    assert!(found(&collector).is_empty());
}

#[test]
fn gaps_missing_parents_and_clocks() {
    let collector = memory();
    let client = |id| with(span(1, id, 0, "GET", 0, 100), &json!({ "kind": 3 }));
    let server = |parent, start| {
        with(
            span(1, 9, parent, "GET /", start, start + 50),
            &json!({ "kind": 2 }),
        )
    };
    collector.store(&request("web", &[client(1)]));
    collector.store(&request("api", &[server(7, 10)]));
    let answer = about(&collector, "diagnosis");
    assert_eq!(answer["findings"][0]["parentSpanId"], span_id(7));
    assert_eq!(found(&collector), one("missing_parent", "warning", 9));

    let collector = memory();
    collector.store(&request("web", &[client(1)]));
    collector.store(&request("api", &[server(1, 61_000)]));
    let expected = [
        one("service_gap", "error", 1),
        one("clock_skew", "warning", 9),
    ];
    assert_eq!(found(&collector), expected.concat());
    let answer = about(&collector, "diagnosis");
    assert_eq!(answer["findings"][0]["durationMs"], 61_000.0);
    assert_eq!(answer["findings"][1]["offsetMs"], -60_975.0);
    assert_eq!(about(&collector, "root-cause")["class"], "NETWORK_TIMEOUT");
}

#[test]
fn thresholds_are_options() {
    let collector = Collector::with(&[
        "--db",
        ":memory:",
        "--gap",
        "1s",
        "--network-timeout",
        "2s",
        "--degraded",
        "3s",
        "--slow-factor",
        "2",
        "--slow-samples",
        "1",
        "--slow-min",
        "0ms",
        "--clock-skew",
        "0ms",
    ]);
    collector.store(&request(
        "api",
        &[span(1, 1, 0, "a", 0, 4_000), span(2, 1, 0, "b", 0, 1)],
    ));
    collector.store(&request("worker", &[span(1, 2, 1, "late", 6_500, 6_501)]));
    collector.store(&request("api", &[span(1, 3, 1, "b", 0, 3)]));
    let expected = [
        one("service_gap", "error", 1),
        one("long_operation", "warning", 1),
        one("slow_operation", "warning", 3),
    ];
    assert_eq!(found(&collector), expected.concat());
}

#[test]
fn the_critical_path_tells_each_services_share() {
    let collector = memory();
    collector.store(&request(
        "web",
        &[with(span(1, 1, 0, "GET", 0, 100), &json!({ "kind": 3 }))],
    ));
    collector.store(&request(
        "api",
        &[with(span(1, 2, 1, "GET /", 10, 85), &json!({ "kind": 2 }))],
    ));
    let segment = |id, service: &str, name: &str, offset: f64, duration: f64| {
        json!({
            "spanId": span_id(id), "serviceName": service, "name": name, "offsetMs": offset, "durationMs": duration
        })
    };
    assert_eq!(
        about(&collector, "critical-path"),
        json!({
            "durationMs": 100.0,
            "segments": [
                segment(1, "web", "GET", 0.0, 10.0), segment(2, "api", "GET /", 10.0, 75.0), segment(1, "web", "GET", 85.0, 15.0)
            ],
            "services": [
                { "serviceName": "api", "durationMs": 75.0, "share": 0.75 },
                { "serviceName": "web", "durationMs": 25.0, "share": 0.25 },
            ],
            "waitingMs": 0.0,
        })
    );
}

#[test]
fn unknown_traces_and_malformed_ids_are_told_apart() {
    let collector = memory();
    for question in ["diagnosis", "root-cause", "critical-path"] {
        let status = |id: &str| {
            collector
                .get(&format!("/api/traces/{id}/{question}"))
                .status
        };
        assert_eq!(
            (status(&trace(7)), status("7"), status(&trace(0))),
            (404, 400, 400)
        );
    }
}

#[test]
fn a_trace_of_a_hundred_thousand_spans_is_answered() {
    let collector = memory();
    for first in (0..100_000).step_by(10_000) {
        let spans = (first + 1..=first + 10_000).map(|id| {
            let id = id as u64;
            with(
                span(1, id, id - 1, "deep", id, id + 1),
                &json!({ "status": { "code": 2 } }),
            )
        });
        collector.store(&request("api", &spans.collect::<Vec<_>>()));
    }
    assert_eq!(found(&collector).len(), 2);
    assert_eq!(
        about(&collector, "root-cause")["class"],
        "EXECUTION_FAILURE"
    );
    assert!(about(&collector, "critical-path")["omittedSegments"].as_u64() > Some(0));
}
