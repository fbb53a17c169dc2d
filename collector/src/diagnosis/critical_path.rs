//! The critical path: which work, from the end of a trace back to its start, something else had to wait for.

use std::collections::BTreeMap;

use serde::Serialize;

use super::finding::millis;
use super::span_kind::Kind;
use super::trace::Trace;
use crate::otlp::hex;

/// Segments in one answer; shares count all of them.
const MAX_SEGMENTS: usize = 10_000;

/// A piece of time that one span used itself, or in which its message was on the way.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Segment {
    pub(crate) span_id: String,
    pub(crate) service_name: String,
    pub(crate) name: String,
    /// From the start of the trace.
    pub(crate) offset_ms: f64,
    pub(crate) duration_ms: f64,
    /// Nobody worked: the span had begun this and was over, the next had not begun.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) waiting: bool,
}

/// What a service has of the path.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServiceShare {
    pub(crate) service_name: String,
    pub(crate) duration_ms: f64,
    /// 0 to 1.
    pub(crate) share: f64,
}

/// The path in the order of time, and the services by their share.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CriticalPath {
    pub(crate) duration_ms: f64,
    pub(crate) segments: Vec<Segment>,
    pub(crate) services: Vec<ServiceShare>,
    /// Time between services.
    pub(crate) waiting_ms: f64,
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) omitted_segments: usize,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// A piece of time of a span, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    span: usize,
    start: i64,
    end: i64,
    waiting: bool,
}

/// The path to the end of the span that ends last.
pub(crate) fn critical_path(trace: &Trace) -> CriticalPath {
    let mut pieces = pieces(trace);
    pieces.reverse();
    let begin = trace.spans.iter().map(|span| span.start).min().unwrap_or(0);
    let length = |piece: &Piece| piece.end.saturating_sub(piece.start);
    let total: i64 = pieces.iter().map(length).fold(0, i64::saturating_add);
    let waiting = pieces.iter().filter(|piece| piece.waiting).map(length);
    let mut by_service: BTreeMap<&str, i64> = BTreeMap::new();
    for piece in pieces.iter().filter(|piece| !piece.waiting) {
        let sum = by_service
            .entry(&trace.spans[piece.span].service)
            .or_default();
        *sum = sum.saturating_add(length(piece));
    }
    let share = |nanos: i64| match total {
        0 => 0.0,
        total => nanos as f64 / total as f64,
    };
    let mut services: Vec<ServiceShare> = by_service
        .iter()
        .map(|(service, nanos)| ServiceShare {
            service_name: (*service).to_owned(),
            duration_ms: millis(*nanos),
            share: share(*nanos),
        })
        .collect();
    services.sort_by(|a, b| b.duration_ms.total_cmp(&a.duration_ms));
    let segment = |piece: &Piece| {
        let span = &trace.spans[piece.span];
        Segment {
            span_id: hex::encode(&span.id),
            service_name: span.service.to_string(),
            name: span.name.to_string(),
            offset_ms: millis(piece.start.saturating_sub(begin)),
            duration_ms: millis(length(piece)),
            waiting: piece.waiting,
        }
    };
    CriticalPath {
        duration_ms: millis(total),
        waiting_ms: millis(waiting.fold(0, i64::saturating_add)),
        services,
        segments: pieces.iter().take(MAX_SEGMENTS).map(segment).collect(),
        omitted_segments: pieces.len().saturating_sub(MAX_SEGMENTS),
    }
}

/// A span on the way back, with those of its children that are still to be looked at.
struct Visit {
    span: usize,
    /// The child from which the way came up; it is done.
    done: Option<usize>,
    /// By their end, the latest last.
    children: Vec<usize>,
}

/// The pieces from the last to the first. From the end of the span that ends last, the way goes back in time: into the
/// child that ended last before, and at the start of a span to what caused it. What still runs then was not waited for.
fn pieces(trace: &Trace) -> Vec<Piece> {
    let Some(last) = (0..trace.spans.len()).max_by_key(|index| trace.spans[*index].end) else {
        return Vec::new();
    };
    let mut pieces = Vec::new();
    let mut time = trace.spans[last].end;
    let mut top = Some((last, None));
    while let Some((index, done)) = top {
        let mut stack = vec![visit(trace, index, done)];
        while let Some(visit) = stack.last_mut() {
            let span = &trace.spans[visit.span];
            let next = visit.children.pop();
            let Some(child) = next else {
                piece(&mut pieces, visit.span, span.start, &mut time);
                stack.pop();
                continue;
            };
            let below = &trace.spans[child];
            let is_answer = span.kind == Kind::Client && below.kind == Kind::Server;
            let waited = below.end <= time || (is_answer && below.start < time);
            if visit.done == Some(child) || !waited || below.end <= span.start {
                continue;
            }
            let end = below.end.min(time);
            piece(&mut pieces, visit.span, end, &mut time);
            stack.push(self::visit(trace, child, None));
        }
        top = trace.parent[index].map(|above| {
            // Between a message's sender and its receiver there may be nobody.
            let over = trace.spans[above].end;
            if over < time {
                let start = over.max(trace.spans[above].start);
                pieces.push(Piece {
                    span: above,
                    start,
                    end: time,
                    waiting: true,
                });
                time = start;
            }
            (above, Some(index))
        });
    }
    pieces
}

fn visit(trace: &Trace, span: usize, done: Option<usize>) -> Visit {
    let mut children = trace.children[span].clone();
    children.sort_by_key(|child| trace.spans[*child].end);
    Visit {
        span,
        done,
        children,
    }
}

/// The span's own time from `start` to `time`, which becomes `start`.
fn piece(pieces: &mut Vec<Piece>, span: usize, start: i64, time: &mut i64) {
    if start < *time {
        pieces.push(Piece {
            span,
            start,
            end: *time,
            waiting: false,
        });
        *time = start;
    }
}

#[cfg(test)]
mod tests {
    use super::super::Span;
    use super::super::support::{span, trace};
    use super::*;

    /// Each segment as `name start-end`, with `…` where nobody worked.
    fn path(spans: Vec<Span>) -> Vec<String> {
        let line = |segment: &Segment| {
            let end = segment.offset_ms + segment.duration_ms;
            let mark = if segment.waiting { "…" } else { "" };
            format!("{}{mark} {}-{end}", segment.name, segment.offset_ms)
        };
        critical_path(&trace(spans))
            .segments
            .iter()
            .map(line)
            .collect()
    }

    #[test]
    fn it_leads_through_what_was_waited_for() {
        let spans = vec![
            span(1, 0, "POST", 0, 100),
            span(2, 1, "read", 10, 40),
            span(3, 1, "beside", 15, 35),
            span(4, 1, "write", 50, 90),
            span(5, 4, "INSERT", 55, 80),
        ];
        assert_eq!(
            path(spans),
            [
                "POST 0-10",
                "read 10-40",
                "POST 40-50",
                "write 50-55",
                "INSERT 55-80",
                "write 80-90",
                "POST 90-100"
            ]
        );
    }

    #[test]
    fn it_follows_messages_to_the_end_of_the_trace() {
        let spans = vec![
            span(1, 0, "click", 0, 20).of("web", Kind::Internal),
            span(2, 1, "send", 5, 10).of("web", Kind::Producer),
            span(3, 2, "process", 30, 60).of("worker", Kind::Consumer),
            span(4, 3, "later", 65, 70).of("worker", Kind::Internal),
        ];
        assert_eq!(
            path(spans.clone()),
            [
                "click 0-5",
                "send 5-10",
                "send… 10-30",
                "process 30-60",
                "process… 60-65",
                "later 65-70"
            ]
        );
        let path = critical_path(&trace(spans));
        let shares: Vec<_> = path
            .services
            .iter()
            .map(|one| (&*one.service_name, one.duration_ms))
            .collect();
        assert_eq!(shares, [("worker", 35.0), ("web", 10.0)]);
        assert_eq!((path.duration_ms, path.waiting_ms), (70.0, 25.0));
        assert_eq!(path.services[0].share, 0.5);
    }

    #[test]
    fn an_answer_that_goes_on_counts_as_long_as_it_was_waited_for() {
        let spans = vec![
            span(1, 0, "page", 0, 100).of("web", Kind::Internal),
            span(2, 1, "GET", 10, 90).of("web", Kind::Client),
            span(3, 2, "GET /", 20, 95).of("api", Kind::Server),
        ];
        assert_eq!(
            path(spans),
            ["page 0-10", "GET 10-20", "GET / 20-90", "page 90-100"]
        );
    }

    #[test]
    fn any_times_end_in_a_path() {
        assert!(path(Vec::new()).is_empty());
        assert!(path(vec![span(1, 0, "tick", 5, 5)]).is_empty());
        let spans = vec![
            span(1, 2, "a", 10, 5),
            span(2, 1, "b", 0, 50),
            span(3, 1, "before its parent", -20, 3),
            span(4, 9, "orphan", 70, 60),
        ];
        let total: f64 = critical_path(&trace(spans))
            .segments
            .iter()
            .map(|segment| segment.duration_ms)
            .sum();
        assert!(total <= 90.0, "{total}");
    }
}
