//! The root cause of a trace: the first class that holds, the spans that prove it, a sentence.

use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use super::finding::{Diagnosis, Finding};

/// What can be the cause, the first that holds counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    ConnectionFailure,
    ServiceTimeout,
    NetworkTimeout,
    MissingConsumer,
    ExecutionFailure,
    PerformanceDegradation,
}

impl Class {
    /// As answers call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Class::ConnectionFailure => "CONNECTION_FAILURE",
            Class::ServiceTimeout => "SERVICE_TIMEOUT",
            Class::NetworkTimeout => "NETWORK_TIMEOUT",
            Class::MissingConsumer => "MISSING_CONSUMER",
            Class::ExecutionFailure => "EXECUTION_FAILURE",
            Class::PerformanceDegradation => "PERFORMANCE_DEGRADATION",
        }
    }
}

impl Serialize for Class {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

/// The answer; without a cause its class is null.
#[derive(Debug)]
pub(crate) struct RootCause(Option<(Class, Finding)>);

impl RootCause {
    /// The class and what proves it.
    pub(crate) fn proof(&self) -> Option<(Class, &Finding)> {
        self.0.as_ref().map(|(class, finding)| (*class, finding))
    }
}

impl Serialize for RootCause {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match &self.0 {
            Some((class, finding)) => {
                map.serialize_entry("class", class)?;
                map.serialize_entry("spanIds", &finding.span_ids)?;
                map.serialize_entry("message", &finding.message)?;
            }
            None => map.serialize_entry("class", &None::<Class>)?,
        }
        map.end()
    }
}

/// Of the findings of the first class that holds, one that does not follow from another; of those the most serious.
pub(crate) fn root_cause(diagnosis: &Diagnosis) -> RootCause {
    let causes = diagnosis.findings.iter().filter_map(|finding| {
        let class = finding.class?;
        Some((class, finding))
    });
    let first = causes.min_by_key(|(class, finding)| (*class, finding.follows));
    RootCause(first.map(|(class, finding)| (class, finding.clone())))
}

#[cfg(test)]
mod tests {
    use super::super::failure::FailureKind;
    use super::super::span_kind::Kind;
    use super::super::support::{diagnosed, history, span, trace};
    use super::super::{Span, Thresholds, diagnose};
    use super::*;

    fn json(spans: Vec<Span>) -> serde_json::Value {
        serde_json::to_value(root_cause(&diagnosed(spans))).unwrap_or_default()
    }

    fn class(spans: Vec<Span>) -> String {
        json(spans)["class"].as_str().unwrap_or("null").to_owned()
    }

    #[test]
    fn the_first_class_that_holds_is_the_cause() {
        let mut spans = vec![
            span(1, 0, "degraded", 0, 130_000),
            span(2, 1, "failed", 0, 10).failed(FailureKind::Execution, ""),
            span(3, 1, "send", 0, 10).of("api", Kind::Producer),
            span(4, 1, "late", 61_000, 61_010).of("worker", Kind::Server),
            span(5, 1, "timed out", 70_000, 70_010).failed(FailureKind::Timeout, ""),
            span(6, 1, "refused", 70_000, 70_010).failed(FailureKind::Connection, ""),
        ];
        // Against the sibling before it and against its parent "late" begins late enough.
        spans.swap(3, 0);
        for expected in [
            ("CONNECTION_FAILURE", 6),
            ("SERVICE_TIMEOUT", 5),
            ("NETWORK_TIMEOUT", 4),
            ("MISSING_CONSUMER", 3),
            ("EXECUTION_FAILURE", 2),
            ("PERFORMANCE_DEGRADATION", 1),
        ] {
            assert_eq!(class(spans.clone()), expected.0);
            spans.retain(|span| span.id != u64::to_be_bytes(expected.1));
        }
        assert_eq!(json(spans), serde_json::json!({ "class": null }));
    }

    #[test]
    fn the_proof_is_the_deepest_span() {
        let cause = json(vec![
            span(1, 0, "POST", 0, 100).failed(FailureKind::Timeout, ""),
            span(2, 1, "SELECT", 10, 90).failed(FailureKind::Timeout, "statement timeout"),
        ]);
        assert_eq!(
            cause,
            serde_json::json!({
                "class": "SERVICE_TIMEOUT", "spanIds": ["0000000000000002"], "message": "SELECT of api timed out: statement timeout"
            })
        );
    }

    #[test]
    fn an_operation_far_over_its_mean_is_degraded_too() {
        let trace = trace(vec![span(1, 0, "SELECT", 0, 900)]);
        let history = history(&trace, &[("SELECT", 9, 10)]);
        let diagnosis = diagnose(&trace, &history, &Thresholds::default());
        let class = root_cause(&diagnosis).0.map(|(class, _)| class);
        assert_eq!(class, Some(Class::PerformanceDegradation));
    }
}
