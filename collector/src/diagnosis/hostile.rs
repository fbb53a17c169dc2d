//! Traces that nobody means well by are diagnosed in bounded time and without recursion.

use super::failure::FailureKind;
use super::support::{diagnosed, span, trace};
use super::{Diagnosis, History, Kind, Span, Thresholds, critical_path, diagnose, root_cause};

const MANY: u64 = 100_000;

fn everything(spans: Vec<Span>) -> Diagnosis {
    let trace = trace(spans);
    critical_path(&trace);
    let diagnosis = diagnose(&trace, &History::default(), &Thresholds::default());
    root_cause(&diagnosis);
    diagnosis
}

#[test]
fn a_chain_of_a_hundred_thousand() {
    let spans = (1..=MANY).map(|id| {
        let at = i64::try_from(id).unwrap_or(0);
        span(id, id - 1, "deep", at, 1_000_000 - at).failed(FailureKind::Execution, "")
    });
    let diagnosis = everything(spans.collect());
    // The deepest failure and those above it, the deepest long operation and those above it.
    assert_eq!(diagnosis.findings.len(), 4);
}

#[test]
fn a_circle_of_a_hundred_thousand() {
    let spans = (1..=MANY).map(|id| span(id, id % MANY + 1, "circle", 0, 0));
    assert!(everything(spans.collect()).findings.is_empty());
}

#[test]
fn a_hundred_thousand_children_that_all_fail_in_their_own_way() {
    let top = span(MANY + 1, 0, "top", 0, 10);
    let children = (1..=MANY).map(|id| {
        span(id, MANY + 1, &format!("child {id}"), 0, 5)
            .of(&format!("service {id}"), Kind::Client)
            .failed(FailureKind::Execution, &"why ".repeat(50))
    });
    let diagnosis = everything(children.chain([top]).collect());
    assert_eq!((diagnosis.findings.len(), diagnosis.omitted), (500, 99_500));
}

#[test]
fn edges_of_time() {
    let mut spans = vec![
        span(1, 0, "a", 0, 0).of("a", Kind::Client),
        span(2, 1, "b", 0, 0).of("b", Kind::Server),
        span(3, 2, "c", 0, 0).of("c", Kind::Producer),
        span(4, 3, "d", 0, 0).of("d", Kind::Consumer),
    ];
    let times = [
        (i64::MIN, i64::MAX),
        (i64::MAX, i64::MIN),
        (0, i64::MAX),
        (i64::MIN, 0),
    ];
    for turn in 0..times.len() {
        for (index, span) in spans.iter_mut().enumerate() {
            (span.start, span.end) = times[(index + turn) % times.len()];
        }
        everything(spans.clone());
    }
}

#[test]
fn an_empty_trace_has_no_findings() {
    assert!(diagnosed(Vec::new()).findings.is_empty());
}
