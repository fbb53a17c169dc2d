//! `/api/traces/{id}/diagnosis`, `root-cause`, `critical-path`: from what is stored to what is answered.

use serde_json::{Value, json};

use crate::support::{Collector, database, request, run, span, span_id, trace, with};

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
fn a_link_to_another_traces_span_of_that_id_does_not_count() {
    let collector = memory();
    let producer = json!({ "kind": 4 });
    let receiver = json!({ "kind": 5, "links": [{ "traceId": trace(3), "spanId": span_id(1) }] });
    collector.store(&request(
        "api",
        &[with(span(1, 1, 0, "send", 0, 1), &producer)],
    ));
    collector.store(&request(
        "worker",
        &[with(span(2, 1, 0, "process", 5, 6), &receiver)],
    ));
    assert_eq!(found(&collector), one("missing_consumer", "warning", 1));
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

/// A trace that is well by the defaults, and of which each threshold can make a finding.
fn borderline(collector: &Collector) {
    let times = |id: u64, start: u64, end: u64| {
        let nanos = |micros: u64| (1_700_000_000_000_000_000 + micros * 1_000).to_string();
        json!({ "spanId": span_id(id), "startTimeUnixNano": nanos(start), "endTimeUnixNano": nanos(end) })
    };
    let client = json!({ "kind": 3 });
    let server = json!({ "kind": 2 });
    let of = |number, id, parent, name: &str| span(number, id, parent, name, 0, 0);
    // Five samples of 100 us and one of 1 ms; in trace 1 they take 2.5 times as long, and 4 times, but below 1 ms.
    let history = |number: u64| {
        [
            with(of(number, 1, 0, "factor"), &times(1, 0, 1_000)),
            with(of(number, 2, 0, "min"), &times(2, 0, 100)),
        ]
    };
    for number in 2..=6 {
        collector.store(&request("api", &history(number)));
    }
    let rare = with(of(7, 1, 0, "samples"), &times(1, 0, 1_000));
    collector.store(&request("api", &[rare]));
    collector.store(&request(
        "api",
        &[
            with(of(1, 1, 0, "root"), &times(1, 0, 4_000_000)),
            with(of(1, 2, 1, "factor"), &times(2, 0, 2_500)),
            with(of(1, 3, 1, "min"), &times(3, 0, 400)),
            with(of(1, 4, 1, "samples"), &times(4, 0, 10_000)),
            with(with(of(1, 5, 1, "call"), &client), &times(5, 0, 10_000)),
        ],
    ));
    // Its server begins 2 ms before it.
    let early = with(with(of(1, 6, 5, "served"), &server), &times(6, 0, 8_000));
    let early = with(
        early,
        &json!({ "startTimeUnixNano": "1699999999998000000" }),
    );
    let late = with(of(1, 7, 1, "late"), &times(7, 7_500_000, 7_501_000));
    collector.store(&request("worker", &[early, late]));
}

#[test]
fn each_threshold_is_an_option_of_the_server_and_of_queries() {
    let dir = tempfile::tempdir().unwrap();
    let file = database(dir.path());
    let db = file.to_str().unwrap();
    let collector = Collector::start(dir.path());
    borderline(&collector);
    assert_eq!(found(&collector), []);
    drop(collector);
    for (options, kind, severity, id) in [
        (&["--slow-factor", "2"][..], "slow_operation", "warning", 2),
        (&["--slow-min", "0ms"], "slow_operation", "warning", 3),
        (&["--slow-samples", "1"], "slow_operation", "warning", 4),
        (&["--clock-skew", "1ms"], "clock_skew", "warning", 6),
        (&["--gap", "3s"], "service_gap", "warning", 1),
        (
            &["--gap", "3s", "--network-timeout", "3s"],
            "service_gap",
            "error",
            1,
        ),
        (&["--degraded", "3s"], "long_operation", "warning", 1),
    ] {
        let collector = Collector::with(&[&["--db", db], options].concat());
        assert_eq!(found(&collector), one(kind, severity, id), "{options:?}");
        let answers = ["diagnosis", "root-cause"].map(|question| {
            let command = ["query", question, &trace(1), "--json", "--db", db];
            let output = run(&[&command, options].concat());
            serde_json::from_slice::<Value>(&output.stdout).unwrap()
        });
        let asked = ["diagnosis", "root-cause"].map(|question| about(&collector, question));
        assert_eq!(answers, asked, "{options:?}");
    }
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
