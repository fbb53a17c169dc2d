//! Operations that failed, timed out or reached nobody.

use std::sync::Arc;

use super::alike::alike;
use super::failure::FailureKind;
use super::finding::{Finding, FindingKind, Severity};
use super::root_cause::Class;
use super::trace::Trace;
use super::words;

/// What makes failures one finding: service, name, kind, whether it follows from a failure below, reason.
type Key<'a> = (&'a Arc<str>, &'a Arc<str>, FailureKind, bool, &'a str);

/// Failures of the same operation in the same way are one finding. A failure above another one follows from it.
pub(super) fn find(trace: &Trace) -> Vec<Finding> {
    let mut below = vec![false; trace.spans.len()];
    for index in trace.order.iter().rev() {
        if let Some(parent) = trace.parent[*index] {
            below[parent] |= below[*index] || trace.spans[*index].failure.is_some();
        }
    }
    let failed = trace.spans.iter().enumerate().filter_map(|(index, span)| {
        let failure = span.failure.as_ref()?;
        let key = (
            &span.service,
            &span.name,
            failure.kind,
            below[index],
            &*failure.reason,
        );
        Some((key, index))
    });
    let groups = alike(failed);
    let findings = groups
        .iter()
        .map(|(key, spans)| finding(trace, *key, spans));
    findings.collect()
}

fn finding(trace: &Trace, key: Key<'_>, spans: &[usize]) -> Finding {
    let (service, name, failure, follows, reason) = key;
    let (kind, class, verb) = match failure {
        FailureKind::Connection => (
            FindingKind::ConnectionFailure,
            Class::ConnectionFailure,
            "could not connect",
        ),
        FailureKind::Timeout => (
            FindingKind::TimedOutOperation,
            Class::ServiceTimeout,
            "timed out",
        ),
        FailureKind::Execution => (
            FindingKind::FailedOperation,
            Class::ExecutionFailure,
            "failed",
        ),
    };
    let mut message = format!("{} of {} {verb}", words::short(name), words::short(service));
    if spans.len() > 1 {
        message += &format!(" {}", words::times(spans.len()));
    }
    if !reason.is_empty() {
        message += &format!(": {}", words::short(reason));
    }
    if follows {
        message += ", after an operation below it";
    }
    let severity = if follows {
        Severity::Warning
    } else {
        Severity::Error
    };
    let mut finding = Finding::new(trace, kind, severity, spans, message);
    finding.class = Some(class);
    finding.follows = follows;
    finding
}

#[cfg(test)]
mod tests {
    use super::super::support::{diagnosed, outline, span};
    use super::*;

    #[test]
    fn the_deepest_failure_comes_first_and_equal_ones_are_one() {
        let findings = diagnosed(vec![
            span(1, 0, "POST", 0, 100).failed(FailureKind::Execution, "500"),
            span(2, 1, "work", 10, 90),
            span(3, 2, "INSERT", 20, 30).failed(FailureKind::Execution, "locked"),
            span(4, 2, "INSERT", 40, 50).failed(FailureKind::Execution, "locked"),
            span(5, 2, "GET", 60, 70).failed(FailureKind::Connection, "refused"),
            span(6, 2, "GET", 75, 80).failed(FailureKind::Timeout, ""),
        ])
        .findings;
        assert_eq!(
            outline(&findings),
            [
                "FailedOperation Error 3,4",
                "ConnectionFailure Error 5",
                "TimedOutOperation Error 6",
                "FailedOperation Warning 1",
            ]
        );
        let messages: Vec<&str> = findings.iter().map(|finding| &*finding.message).collect();
        assert_eq!(
            messages,
            [
                "INSERT of api failed twice: locked",
                "GET of api could not connect: refused",
                "GET of api timed out",
                "POST of api failed: 500, after an operation below it",
            ]
        );
    }
}
