//! `/api/tail`: events for those who follow.

use std::io::{BufRead as _, BufReader};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::{Collector, request, span, trace};

/// The lines that a follower reads.
fn follow(collector: &Collector) -> impl Iterator<Item = String> {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(30)))
        .build();
    let answer = ureq::Agent::from(config)
        .get(format!("{}/api/tail", collector.url))
        .call()
        .unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let lines = BufReader::new(answer.into_body().into_reader()).lines();
    let mut lines = lines.map(|line| line.unwrap());
    // The first comment shows that the subscription stands; what was stored just before may still be told to it.
    lines.find(|line| line == ": alive").unwrap();
    lines
}

#[test]
fn stored_and_grown_traces_are_told() {
    let collector = Collector::with(&["--db", ":memory:"]);
    collector.store(&request("web", &[span(9, 1, 0, "before", 0, 1)]));
    let mut lines = follow(&collector);
    let mut next = || -> Value {
        loop {
            let line = lines.next().unwrap();
            if let Some(data) = line.strip_prefix("data: ") {
                let event: Value = serde_json::from_str(data).unwrap();
                if event["traceId"] != trace(9) {
                    return event;
                }
                continue;
            }
            assert!(
                ["event: trace", "", ": alive"].contains(&line.as_str()),
                "{line}"
            );
        }
    };
    collector.store(&request("web", &[span(1, 1, 0, "root", 0, 10)]));
    let event = next();
    assert_eq!(
        (event["traceId"].as_str(), event["spanCount"].as_u64()),
        (Some(trace(1).as_str()), Some(1))
    );
    collector.store(&request("api", &[span(1, 2, 1, "child", 0, 10)]));
    let event = next();
    assert_eq!(
        (event["traceId"].as_str(), event["spanCount"].as_u64()),
        (Some(trace(1).as_str()), Some(2))
    );
    assert_eq!(
        event,
        collector.json(&format!("/api/summaries?q={}", trace(1)))["traces"][0]
    );

    // A burst on one trace is told in few events; a record sent twice in none.
    let begin = Instant::now();
    for id in 10..60 {
        collector.store(&request("api", &[span(1, id, 1, "burst", 0, 10)]));
    }
    collector.store(&request("api", &[span(1, 10, 1, "burst", 0, 10)]));
    let mut events = 0;
    while next()["spanCount"] != 52 {
        events += 1;
    }
    let steps = begin.elapsed().as_millis() / 250 + 2;
    assert!(events <= steps, "{events} events in {steps} steps");
}

#[test]
fn a_burst_that_is_not_told_whole_says_so() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let mut lines = follow(&collector);
    let spans: Vec<Value> = (1..=300).map(|id| span(id, 1, 0, "burst", 0, 1)).collect();
    collector.store(&request("web", &spans));
    let mut told = 0;
    for line in &mut lines {
        match line.as_str() {
            "event: trace" => told += 1,
            "event: missed" => break,
            _ => {}
        }
    }
    // Without data no browser hands the event on.
    assert_eq!(
        (told, lines.next().as_deref(), lines.next().as_deref()),
        (200, Some("data: {}"), Some(""))
    );
}
