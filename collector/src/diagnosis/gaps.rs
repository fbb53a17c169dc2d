//! Gaps between services: time in which one service was done or waiting and the next had not begun.

use super::finding::{Finding, FindingKind, Severity, millis};
use super::root_cause::Class;
use super::span_kind::Kind;
use super::thresholds::{Thresholds, nanos};
use super::trace::Trace;
use super::words;

/// What stands before a gap: a span, and since when it has done nothing for the next.
#[derive(Clone, Copy)]
struct Before {
    span: usize,
    time: i64,
}

/// For each span, the time since its parent called or since the span before it ended, where that was another service's.
pub(super) fn find(trace: &Trace, thresholds: &Thresholds) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (parent, children) in trace.children.iter().enumerate() {
        let above = &trace.spans[parent];
        // The latest end among the children so far.
        let mut sibling: Option<Before> = None;
        for child in children {
            let span = &trace.spans[*child];
            let mut before = Before {
                span: parent,
                time: if above.end <= span.start && above.kind != Kind::Client {
                    above.end
                } else {
                    above.start
                },
            };
            // What a request or a message leads to does not wait for other things that it led to.
            if !above.kind.leaves()
                && let Some(sibling) = sibling.filter(|sibling| sibling.time > before.time)
            {
                before = sibling;
            }
            let gap = span.start.saturating_sub(before.time);
            if gap > nanos(thresholds.gap) && trace.spans[before.span].service != span.service {
                findings.push(finding(trace, before.span, *child, gap, thresholds));
            }
            if sibling.is_none_or(|sibling| sibling.time < span.end) {
                sibling = Some(Before {
                    span: *child,
                    time: span.end,
                });
            }
        }
    }
    findings
}

fn finding(
    trace: &Trace,
    before: usize,
    after: usize,
    gap: i64,
    thresholds: &Thresholds,
) -> Finding {
    let (from, to) = (&trace.spans[before], &trace.spans[after]);
    let message = format!(
        "{} passed between {} of {} and {} of {}",
        words::duration(gap),
        words::short(&from.name),
        words::short(&from.service),
        words::short(&to.name),
        words::short(&to.service)
    );
    let timeout = gap > nanos(thresholds.network_timeout);
    let severity = if timeout {
        Severity::Error
    } else {
        Severity::Warning
    };
    let mut finding = Finding::new(
        trace,
        FindingKind::ServiceGap,
        severity,
        &[before, after],
        message,
    );
    finding.duration_ms = Some(millis(gap));
    finding.class = timeout.then_some(Class::NetworkTimeout);
    finding.lost = gap;
    finding
}

#[cfg(test)]
mod tests {
    use super::super::support::{diagnosed, outline, span};
    use super::super::trace::Span;
    use super::*;

    fn gaps(spans: Vec<Span>) -> Vec<String> {
        let mut findings = diagnosed(spans).findings;
        findings.retain(|finding| finding.kind == FindingKind::ServiceGap);
        outline(&findings)
    }

    #[test]
    fn a_message_that_lies_somewhere_is_a_gap() {
        let producer = || span(1, 0, "send", 0, 10).of("api", Kind::Producer).linked();
        let received =
            |start| span(2, 1, "process", start, start + 10).of("worker", Kind::Consumer);
        assert!(gaps(vec![producer(), received(5_010)]).is_empty());
        assert_eq!(
            gaps(vec![producer(), received(5_011)]),
            ["ServiceGap Warning 1,2"]
        );
        assert_eq!(
            gaps(vec![producer(), received(60_011)]),
            ["ServiceGap Error 1,2"]
        );
        // Another receiver that is slow hides nothing.
        let slow = span(3, 1, "process", 20, 9_000).of("other", Kind::Consumer);
        assert_eq!(
            gaps(vec![producer(), slow, received(9_100)]),
            ["ServiceGap Warning 1,2"]
        );
    }

    #[test]
    fn a_request_counts_from_its_start() {
        let spans = vec![
            span(1, 0, "GET", 0, 9_000).of("web", Kind::Client),
            span(2, 1, "GET /", 8_000, 8_900).of("api", Kind::Server),
        ];
        assert_eq!(gaps(spans), ["ServiceGap Warning 1,2"]);
    }

    #[test]
    fn work_in_between_is_no_gap() {
        let busy = |end| {
            vec![
                span(1, 0, "job", 0, 20_000).of("api", Kind::Server),
                span(2, 1, "calculate", 100, end),
                span(3, 1, "work", 12_000, 13_000).of("worker", Kind::Server),
            ]
        };
        assert!(gaps(busy(12_500)).is_empty());
        assert!(gaps(busy(8_000)).is_empty());
        assert_eq!(gaps(busy(6_000)), ["ServiceGap Warning 2,3"]);
        // Within one service it is that service's own time.
        let own = vec![
            span(1, 0, "job", 0, 20_000),
            span(2, 1, "step", 19_000, 20_000),
        ];
        assert!(gaps(own).is_empty());
    }
}
