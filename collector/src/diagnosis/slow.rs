//! Operations that took a multiple of what the same operation took in other traces.

use std::collections::HashMap;
use std::sync::Arc;

use super::alike::alike;
use super::busy::Busy;
use super::finding::{Finding, FindingKind, Severity, millis};
use super::root_cause::Class;
use super::thresholds::{Thresholds, nanos};
use super::trace::Trace;
use super::words;

/// What is stored of one operation, this trace included; spans without an end are not.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Samples {
    pub(crate) count: u64,
    /// Durations together, each cut to whole microseconds.
    pub(crate) micros: f64,
}

/// What is stored of the operations of a trace, by service and name.
pub(crate) type History = HashMap<(Arc<str>, Arc<str>), Samples>;

/// The mean in nanoseconds and the number of its samples.
#[derive(Clone, Copy)]
struct Mean {
    nanos: f64,
    samples: u64,
}

/// Why a span is slow, as far as the trace tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Because {
    /// It took the time itself.
    Itself,
    /// Most of the time is lost in what is below it.
    Below,
    /// Most of the time something slow ran elsewhere in the trace: it may have waited in a queue behind that.
    Elsewhere,
}

/// Service, name and reason.
type Key<'a> = (&'a Arc<str>, &'a Arc<str>, Because);

/// Slow spans of one operation are one finding.
pub(super) fn find(trace: &Trace, history: &History, thresholds: &Thresholds) -> Vec<Finding> {
    let means = means(trace, history, thresholds.slow_samples);
    let excess = excess(trace, &means, thresholds);
    let explained = explained(trace, &excess);
    let has_nothing_below = |index: usize| trace.children[index].is_empty();
    let slow = || (0..trace.spans.len()).filter_map(|index| Some((index, excess[index]?)));
    let leaves = slow().filter(|(index, _)| has_nothing_below(*index));
    let busy = Busy::of(leaves.map(|(index, _)| &trace.spans[index]));
    let groups = alike(slow().map(|(index, lost)| {
        let span = &trace.spans[index];
        let because = if explained[index] > lost / 2 {
            Because::Below
        } else if !has_nothing_below(index) && busy.shared(span) > lost / 2 {
            Because::Elsewhere
        } else {
            Because::Itself
        };
        ((&span.service, &span.name, because), index)
    }));
    let finding = |((service, name, because), mut spans): (Key<'_>, Vec<usize>)| {
        spans.sort_by_key(|index| std::cmp::Reverse(trace.spans[*index].duration()));
        let duration = spans.first().map(|index| trace.spans[*index].duration())?;
        let mean = means.get(&(service, name))?;
        let message = format!(
            "{} of {} took {}{}, {} the mean of {} ({} samples){}",
            words::short(name),
            words::short(service),
            if spans.len() > 1 { "up to " } else { "" },
            words::duration(duration),
            multiple(duration as f64 / mean.nanos),
            words::duration(mean.nanos as i64),
            mean.samples,
            match because {
                Because::Itself => "",
                Because::Below => ", because of what is below it",
                Because::Elsewhere => ", while other slow operations of the trace ran",
            },
        );
        let itself = because == Because::Itself;
        let severity = if itself {
            Severity::Warning
        } else {
            Severity::Info
        };
        let mut finding =
            Finding::new(trace, FindingKind::SlowOperation, severity, &spans, message);
        finding.duration_ms = Some(millis(duration));
        finding.mean_ms = Some(mean.nanos / 1e6);
        finding.samples = Some(mean.samples);
        finding.class = itself.then_some(Class::PerformanceDegradation);
        finding.follows = !itself;
        let lost = spans.iter().filter_map(|index| excess[*index]);
        finding.lost = lost.fold(0, i64::saturating_add);
        Some(finding)
    };
    groups.into_iter().filter_map(finding).collect()
}

/// `3.2 times`, `40 times`; after a mean of nothing, `far more than`.
fn multiple(factor: f64) -> String {
    match factor {
        factor if !factor.is_finite() => "far more than".to_owned(),
        factor if factor < 10.0 => format!("{factor:.1} times"),
        factor => format!("{factor:.0} times"),
    }
}

/// The means of the trace's operations in all other traces, where there are samples enough.
fn means<'a>(
    trace: &'a Trace,
    history: &History,
    least: u64,
) -> HashMap<(&'a Arc<str>, &'a Arc<str>), Mean> {
    let mut own: HashMap<(&Arc<str>, &Arc<str>), Samples> = HashMap::new();
    for span in trace.spans.iter().filter(|span| !span.incomplete) {
        let samples = own.entry((&span.service, &span.name)).or_default();
        samples.count += 1;
        samples.micros += (span.duration() / 1_000) as f64;
    }
    let mean = |(operation, own): ((&'a Arc<str>, &'a Arc<str>), Samples)| {
        let stored = history.get(&(Arc::clone(operation.0), Arc::clone(operation.1)))?;
        let samples = stored.count.checked_sub(own.count)?;
        let micros = (stored.micros - own.micros).max(0.0);
        (samples >= least.max(1)).then(|| {
            let nanos = micros * 1e3 / samples as f64;
            (operation, Mean { nanos, samples })
        })
    };
    own.into_iter().filter_map(mean).collect()
}

/// For each slow span, how much longer than the mean it took.
fn excess(
    trace: &Trace,
    means: &HashMap<(&Arc<str>, &Arc<str>), Mean>,
    thresholds: &Thresholds,
) -> Vec<Option<i64>> {
    let of = |span: &super::Span| {
        let mean = means.get(&(&span.service, &span.name))?;
        let duration = span.duration();
        let slow = !span.incomplete
            && duration >= nanos(thresholds.slow_min)
            && duration as f64 > thresholds.slow_factor * mean.nanos;
        slow.then(|| duration.saturating_sub(mean.nanos as i64))
    };
    trace.spans.iter().map(of).collect()
}

/// For each span, how much of its time is lost in slow spans below it.
fn explained(trace: &Trace, excess: &[Option<i64>]) -> Vec<i64> {
    let mut explained = vec![0_i64; trace.spans.len()];
    for index in trace.order.iter().rev() {
        let Some(parent) = trace.parent[*index] else {
            continue;
        };
        let (span, above) = (&trace.spans[*index], &trace.spans[parent]);
        let shared = span
            .end
            .min(above.end)
            .saturating_sub(span.start.max(above.start));
        let lost = excess[*index]
            .unwrap_or(explained[*index])
            .min(shared)
            .max(0);
        explained[parent] = explained[parent].saturating_add(lost);
    }
    explained
}

#[cfg(test)]
mod tests {
    use super::super::support::{history, outline, span, trace};
    use super::super::{Kind, Thresholds, diagnose};
    use super::*;

    fn found(spans: Vec<super::super::Span>, operations: &[(&str, u64, u64)]) -> Vec<Finding> {
        let trace = trace(spans);
        let history = history(&trace, operations);
        diagnose(&trace, &history, &Thresholds::default()).findings
    }

    #[test]
    fn slow_is_more_than_three_times_the_mean_of_at_least_five_others() {
        let one = |end| vec![span(1, 0, "SELECT", 0, end)];
        assert!(found(one(300), &[("SELECT", 5, 100)]).is_empty());
        assert!(found(one(900), &[("SELECT", 4, 100)]).is_empty());
        let findings = found(one(301), &[("SELECT", 5, 100)]);
        assert_eq!(outline(&findings), ["SlowOperation Warning 1"]);
        assert_eq!(
            findings[0].message,
            "SELECT of api took 301 ms, 3.0 times the mean of 100 ms (5 samples)"
        );
        assert_eq!(
            (findings[0].mean_ms, findings[0].samples),
            (Some(100.0), Some(5))
        );
    }

    #[test]
    fn this_trace_is_not_counted() {
        // Ten spans of this trace, all slow, and four others: no mean.
        let many: Vec<_> = (1..=10).map(|id| span(id, 0, "SELECT", 0, 1_000)).collect();
        assert!(found(many.clone(), &[("SELECT", 4, 10)]).is_empty());
        assert_eq!(found(many, &[("SELECT", 5, 10)])[0].span_count, 10);
    }

    #[test]
    fn what_is_slow_because_of_its_child_follows_from_it() {
        let spans = vec![
            span(1, 0, "POST", 0, 1_000),
            span(2, 1, "step", 10, 990),
            span(3, 2, "SELECT", 20, 900),
        ];
        let findings = found(spans, &[("POST", 9, 50), ("SELECT", 9, 5)]);
        assert_eq!(
            outline(&findings),
            ["SlowOperation Warning 3", "SlowOperation Info 1"]
        );
        // A message that is handled slowly does not make its sender slow.
        let spans = vec![
            span(1, 0, "send", 0, 500)
                .of("api", Kind::Producer)
                .linked(),
            span(2, 1, "process", 600, 9_000),
        ];
        let findings = found(spans, &[("send", 9, 5), ("process", 9, 5)]);
        assert_eq!(
            outline(&findings),
            ["SlowOperation Warning 2", "SlowOperation Warning 1"]
        );
    }

    #[test]
    fn what_waits_behind_something_slow_is_not_the_cause() {
        let spans = || {
            vec![
                span(1, 0, "send", 0, 1).of("api", Kind::Producer),
                span(2, 1, "forward", 0, 1_000).of("api", Kind::Consumer),
                span(3, 2, "INSERT", 50, 950),
                span(4, 1, "forward", 5, 1_400).of("api", Kind::Consumer),
                span(5, 4, "INSERT", 1_100, 1_390),
            ]
        };
        let operations = [("forward", 9, 50), ("INSERT", 9, 10)];
        let slow = |mut findings: Vec<Finding>| {
            findings.retain(|finding| finding.kind == FindingKind::SlowOperation);
            outline(&findings)
        };
        assert_eq!(
            slow(found(spans(), &operations)),
            [
                "SlowOperation Warning 3,5",
                "SlowOperation Info 4",
                "SlowOperation Info 2"
            ]
        );
        // The same wait while nothing else is slow is its own.
        assert_eq!(
            slow(found(spans(), &[("forward", 9, 50)])),
            ["SlowOperation Warning 4,2"]
        );
    }

    #[test]
    fn a_mean_of_nothing_and_what_is_short_are_no_matter() {
        assert!(found(vec![span(1, 0, "tick", 0, 0)], &[("tick", 9, 0)]).is_empty());
        let findings = found(vec![span(1, 0, "tick", 0, 5)], &[("tick", 9, 0)]);
        assert!(
            findings[0]
                .message
                .contains("far more than the mean of 0 ms")
        );
    }
}
