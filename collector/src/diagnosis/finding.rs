//! A finding: what it is, how serious, which spans prove it, a sentence for a person.

use serde::{Serialize, Serializer};

use super::root_cause::Class;
use super::trace::{Span, Trace};
use crate::otlp::hex;

/// Spans that one finding names; `spanCount` tells how many there are.
const MAX_SPANS: usize = 100;
/// Findings in one answer; `omitted` tells how many more there are.
const MAX_FINDINGS: usize = 500;

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FindingKind {
    FailedOperation,
    TimedOutOperation,
    ConnectionFailure,
    ServiceGap,
    MissingConsumer,
    LostMessage,
    MissingParent,
    SlowOperation,
    LongOperation,
    ClockSkew,
}

impl FindingKind {
    /// As answers call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            FindingKind::FailedOperation => "failed_operation",
            FindingKind::TimedOutOperation => "timed_out_operation",
            FindingKind::ConnectionFailure => "connection_failure",
            FindingKind::ServiceGap => "service_gap",
            FindingKind::MissingConsumer => "missing_consumer",
            FindingKind::LostMessage => "lost_message",
            FindingKind::MissingParent => "missing_parent",
            FindingKind::SlowOperation => "slow_operation",
            FindingKind::LongOperation => "long_operation",
            FindingKind::ClockSkew => "clock_skew",
        }
    }
}

impl Serialize for FindingKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// How serious it is; what only follows from another finding is less so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Severity {
    Error,
    Warning,
    Info,
}

impl Severity {
    /// As answers call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        }
    }
}

impl Serialize for Severity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// One finding. Durations are milliseconds.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Finding {
    pub(crate) kind: FindingKind,
    pub(crate) severity: Severity,
    pub(crate) span_ids: Vec<String>,
    pub(crate) span_count: usize,
    pub(crate) message: String,
    pub(crate) service_name: String,
    pub(crate) operation: String,
    /// Of the longest of the spans, or of the gap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) duration_ms: Option<f64>,
    /// Of the same operation in other traces.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) mean_ms: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) samples: Option<u64>,
    /// What to add to the times of the service that the finding names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) offset_ms: Option<f64>,
    /// The span that never arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parent_span_id: Option<String>,
    /// The root cause that it would be.
    #[serde(skip)]
    pub(super) class: Option<Class>,
    /// Whether it only follows from what is below.
    #[serde(skip)]
    pub(super) follows: bool,
    /// Nanoseconds lost; more comes first.
    #[serde(skip)]
    pub(super) lost: i64,
    #[serde(skip)]
    pub(super) start: i64,
}

impl Finding {
    /// A finding about some spans of one operation, given by their places; `spans` is not empty.
    pub(super) fn new(
        trace: &Trace,
        kind: FindingKind,
        severity: Severity,
        spans: &[usize],
        message: String,
    ) -> Finding {
        let known = |index: &usize| trace.spans.get(*index);
        let first: Option<&Span> = spans.first().and_then(known);
        Finding {
            kind,
            severity,
            span_ids: spans
                .iter()
                .take(MAX_SPANS)
                .filter_map(known)
                .map(|span| hex::encode(&span.id))
                .collect(),
            span_count: spans.len(),
            message,
            service_name: first.map_or_else(String::new, |span| span.service.to_string()),
            operation: first.map_or_else(String::new, |span| span.name.to_string()),
            duration_ms: None,
            mean_ms: None,
            samples: None,
            offset_ms: None,
            parent_span_id: None,
            class: None,
            follows: false,
            lost: 0,
            start: first.map_or(0, |span| span.start),
        }
    }
}

/// All findings of a trace.
#[derive(Debug, Serialize)]
pub(crate) struct Diagnosis {
    pub(crate) findings: Vec<Finding>,
    /// Findings that are left out.
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) omitted: usize,
    /// The trace is larger than what was looked at.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) partial: bool,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl Diagnosis {
    pub(super) fn of(mut findings: Vec<Finding>, partial: bool) -> Diagnosis {
        findings.sort_by(|a, b| {
            let key = |finding: &Finding| (finding.severity, finding.follows);
            key(a)
                .cmp(&key(b))
                .then(b.lost.cmp(&a.lost))
                .then(a.start.cmp(&b.start))
        });
        let omitted = findings.len().saturating_sub(MAX_FINDINGS);
        findings.truncate(MAX_FINDINGS);
        Diagnosis {
            findings,
            omitted,
            partial,
        }
    }
}

/// Nanoseconds as milliseconds.
pub(super) fn millis(nanos: i64) -> f64 {
    nanos as f64 / 1e6
}
