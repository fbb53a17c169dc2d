//! Messages that got lost: nobody received them, or their receiver passed nothing on.

use std::sync::Arc;

use super::alike::alike;
use super::finding::{Finding, FindingKind, Severity};
use super::root_cause::Class;
use super::span_kind::Kind;
use super::trace::{Span, Trace};
use super::words;

/// A service and an operation of it.
type Operation<'a> = (&'a Arc<str>, &'a Arc<str>);

pub(super) fn find(trace: &Trace) -> Vec<Finding> {
    // What was not read could hold the receiver.
    if !trace.whole {
        return Vec::new();
    }
    let mut findings = unreceived(trace);
    findings.extend(stopped(trace));
    findings
}

/// Producers that no span of a receiver continues, as a child or by a link.
fn unreceived(trace: &Trace) -> Vec<Finding> {
    let is_producer = |index: usize| trace.spans[index].kind == Kind::Producer;
    let mut received: Vec<bool> = trace.spans.iter().map(|span| span.linked).collect();
    // A message may have one span for its making and one below for its sending; a receiver continues either.
    for index in trace.order.iter().rev() {
        let Some(parent) = trace.parent[*index] else {
            continue;
        };
        let (span, above) = (&trace.spans[*index], &trace.spans[parent]);
        let receives =
            matches!(span.kind, Kind::Consumer | Kind::Server) || span.service != above.service;
        received[parent] |= receives || (span.kind.leaves() && received[*index]);
    }
    for index in &trace.order {
        if let Some(parent) = trace.parent[*index] {
            received[*index] |= is_producer(*index) && is_producer(parent) && received[parent];
        }
    }
    let lost = (0..trace.spans.len()).filter(|index| is_producer(*index) && !received[*index]);
    let groups = by_operation(trace, lost);
    let finding = |((service, name), spans): (Operation<'_>, Vec<usize>)| {
        let (name, service) = (words::short(name), words::short(service));
        let message = match spans.len() {
            1 => format!("Nobody received the message of {name} of {service}"),
            count => format!("Nobody received {count} messages of {name} of {service}"),
        };
        let mut finding = Finding::new(
            trace,
            FindingKind::MissingConsumer,
            Severity::Warning,
            &spans,
            message,
        );
        finding.class = Some(Class::MissingConsumer);
        finding
    };
    groups.into_iter().map(finding).collect()
}

/// Receivers that passed nothing on although most of their like in this trace did.
fn stopped(trace: &Trace) -> Vec<Finding> {
    let passes_on = |index: usize| {
        let own = &trace.spans[index];
        let goes = |child: &usize| {
            let span: &Span = &trace.spans[*child];
            span.kind.leaves() || span.service != own.service
        };
        own.linked || trace.children[index].iter().any(goes)
    };
    let receivers =
        (0..trace.spans.len()).filter(|index| trace.spans[*index].kind == Kind::Consumer);
    let mut findings = Vec::new();
    for ((service, name), spans) in by_operation(trace, receivers) {
        let ended = |index: &usize| {
            let span = &trace.spans[*index];
            trace.children[*index].is_empty()
                && !span.linked
                && span.failure.is_none()
                && !span.incomplete
        };
        let others = spans.iter().filter(|index| passes_on(**index)).count();
        let lost: Vec<usize> = spans.iter().copied().filter(ended).collect();
        if lost.is_empty() || lost.len() >= others {
            continue;
        }
        let message = format!(
            "{} of {} received {} and passed nothing on, as it did for {others} others",
            words::short(name),
            words::short(service),
            match lost.len() {
                1 => "a message".to_owned(),
                count => format!("{count} messages"),
            }
        );
        let mut finding = Finding::new(
            trace,
            FindingKind::LostMessage,
            Severity::Warning,
            &lost,
            message,
        );
        finding.class = Some(Class::MissingConsumer);
        findings.push(finding);
    }
    findings
}

/// Spans of each operation.
fn by_operation(
    trace: &Trace,
    spans: impl Iterator<Item = usize>,
) -> Vec<(Operation<'_>, Vec<usize>)> {
    alike(spans.map(|index| {
        let span = &trace.spans[index];
        ((&span.service, &span.name), index)
    }))
}

#[cfg(test)]
mod tests {
    use super::super::support::{diagnosed, outline, span};
    use super::*;

    fn found(spans: Vec<Span>) -> Vec<String> {
        outline(&diagnosed(spans).findings)
    }

    fn producer(id: u64, parent: u64) -> Span {
        span(id, parent, "send", 0, 10).of("api", Kind::Producer)
    }

    #[test]
    fn a_producer_without_receiver_is_found() {
        assert_eq!(found(vec![producer(1, 0)]), ["MissingConsumer Warning 1"]);
        let own = span(2, 1, "POST", 1, 2).of("api", Kind::Client);
        assert_eq!(
            found(vec![producer(1, 0), own]),
            ["MissingConsumer Warning 1"]
        );
        assert!(found(vec![producer(1, 0).linked()]).is_empty());
        let receiver = span(2, 1, "process", 11, 12).of("worker", Kind::Consumer);
        assert!(found(vec![producer(1, 0), receiver]).is_empty());
        let other = span(2, 1, "work", 11, 12).of("worker", Kind::Internal);
        assert!(found(vec![producer(1, 0), other]).is_empty());
    }

    #[test]
    fn making_and_sending_are_one_message() {
        let receiver = |parent| span(3, parent, "process", 11, 12).of("worker", Kind::Consumer);
        assert!(found(vec![producer(1, 0), producer(2, 1), receiver(1)]).is_empty());
        assert!(found(vec![producer(1, 0), producer(2, 1), receiver(2)]).is_empty());
        assert_eq!(
            found(vec![producer(1, 0), producer(2, 1)]),
            ["MissingConsumer Warning 1,2"]
        );
    }

    #[test]
    fn a_receiver_that_stops_where_its_like_go_on_is_found() {
        let receiver = |id| span(id, 0, "forward", 0, 10).of("broker", Kind::Consumer);
        let call = |id, parent| span(id, parent, "POST", 1, 2).of("broker", Kind::Client);
        let mut spans = vec![
            receiver(1),
            receiver(2),
            receiver(3),
            call(4, 1),
            call(5, 3),
        ];
        assert_eq!(found(spans.clone()), ["LostMessage Warning 2"]);
        // Own work is not passing on, and one other is no rule.
        spans.pop();
        assert!(found(spans.clone()).is_empty());
        spans.push(span(5, 3, "ui.update", 1, 2).of("broker", Kind::Internal));
        assert!(found(spans).is_empty());
    }
}
