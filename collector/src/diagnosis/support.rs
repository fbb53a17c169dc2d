//! Short spans for the tests of diagnosis; times are milliseconds.

use std::sync::Arc;

use super::failure::{Failure, FailureKind};
use super::finding::Finding;
use super::{Diagnosis, History, Kind, Samples, Span, Thresholds, Trace, diagnose};

/// A span of the service "api"; `parent` 0 is none.
pub(super) fn span(id: u64, parent: u64, name: &str, start: i64, end: i64) -> Span {
    Span {
        id: id.to_be_bytes(),
        parent_id: (parent != 0).then(|| parent.to_be_bytes()),
        service: Arc::from("api"),
        resource: 1,
        name: Arc::from(name),
        kind: Kind::Internal,
        start: start * 1_000_000,
        end: end * 1_000_000,
        incomplete: false,
        failure: None,
        linked: false,
    }
}

impl Span {
    pub(super) fn of(mut self, service: &str, kind: Kind) -> Span {
        self.resource = service.bytes().map(i64::from).sum();
        self.service = Arc::from(service);
        self.kind = kind;
        self
    }

    pub(super) fn failed(mut self, kind: FailureKind, reason: &str) -> Span {
        self.failure = Some(Failure {
            kind,
            reason: reason.to_owned(),
        });
        self
    }

    pub(super) fn linked(mut self) -> Span {
        self.linked = true;
        self
    }
}

pub(super) fn trace(spans: Vec<Span>) -> Trace {
    Trace::new(spans, true)
}

/// A history in which an operation of "api" took `mean` milliseconds, beside the spans of the trace itself.
pub(super) fn history(trace: &Trace, operations: &[(&str, u64, u64)]) -> History {
    let mut history = History::default();
    for (name, count, mean) in operations {
        let own: Vec<&Span> = trace
            .spans
            .iter()
            .filter(|span| *span.name == **name)
            .collect();
        let micros: i64 = own.iter().map(|span| span.duration() / 1_000).sum();
        history.insert(
            (Arc::from("api"), Arc::from(*name)),
            Samples {
                count: count + own.len() as u64,
                micros: (count * mean * 1_000) as f64 + micros as f64,
            },
        );
    }
    history
}

pub(super) fn diagnosed(spans: Vec<Span>) -> Diagnosis {
    diagnose(&trace(spans), &History::default(), &Thresholds::default())
}

/// Kind, severity and the last digits of the spans' ids of each finding.
pub(super) fn outline(findings: &[Finding]) -> Vec<String> {
    let line = |finding: &Finding| {
        let ids: Vec<&str> = finding
            .span_ids
            .iter()
            .map(|id| id.trim_start_matches('0'))
            .collect();
        format!(
            "{:?} {:?} {}",
            finding.kind,
            finding.severity,
            ids.join(",")
        )
    };
    findings.iter().map(line).collect()
}
