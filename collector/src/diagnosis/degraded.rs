//! Operations that take longer than anybody waits, whatever their history.

use std::sync::Arc;

use super::alike::alike;
use super::finding::{Finding, FindingKind, Severity, millis};
use super::root_cause::Class;
use super::thresholds::{Thresholds, nanos};
use super::trace::Trace;
use super::words;

/// Service, name, and whether a longer operation is below.
type Key<'a> = (&'a Arc<str>, &'a Arc<str>, bool);

/// The deepest of the operations that are too long; those above are long because of them.
pub(super) fn find(trace: &Trace, thresholds: &Thresholds) -> Vec<Finding> {
    let is_long = |index: usize| {
        let span = &trace.spans[index];
        !span.incomplete && span.duration() > nanos(thresholds.degraded)
    };
    let mut below = vec![false; trace.spans.len()];
    for index in trace.order.iter().rev() {
        if let Some(parent) = trace.parent[*index] {
            below[parent] |= below[*index] || is_long(*index);
        }
    }
    let long = (0..trace.spans.len()).filter(|index| is_long(*index));
    let groups = alike(long.map(|index| {
        let span = &trace.spans[index];
        ((&span.service, &span.name, below[index]), index)
    }));
    let finding = |((service, name, follows), spans): &(Key<'_>, Vec<usize>)| {
        let durations = spans.iter().map(|index| trace.spans[*index].duration());
        let longest = durations.max().unwrap_or(0);
        let message = format!(
            "{} of {} took {}{}{}",
            words::short(name),
            words::short(service),
            if spans.len() > 1 { "up to " } else { "" },
            words::duration(longest),
            if *follows {
                ", with a long operation below it"
            } else {
                ""
            },
        );
        let severity = if *follows {
            Severity::Info
        } else {
            Severity::Warning
        };
        let mut finding = Finding::new(trace, FindingKind::LongOperation, severity, spans, message);
        finding.duration_ms = Some(millis(longest));
        finding.class = Some(Class::PerformanceDegradation);
        finding.follows = *follows;
        finding.lost = longest;
        finding
    };
    groups.iter().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::super::support::{diagnosed, outline, span};

    #[test]
    fn the_deepest_operation_over_two_minutes_comes_first() {
        let spans = vec![
            span(1, 0, "job", 0, 200_000),
            span(2, 1, "step", 10, 120_010),
            span(3, 1, "wait", 10, 120_011),
        ];
        assert_eq!(
            outline(&diagnosed(spans).findings),
            ["LongOperation Warning 3", "LongOperation Info 1"]
        );
    }
}
