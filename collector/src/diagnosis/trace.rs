//! A trace as diagnosis sees it: spans in a forest without circles.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::failure::Failure;
use super::span_kind::Kind;
use crate::ingest::batch::SpanId;

/// What diagnosis knows of a span. Times are nanoseconds since 1970.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) id: SpanId,
    pub(crate) parent_id: Option<SpanId>,
    pub(crate) service: Arc<str>,
    /// Tells processes apart that bear the same service name.
    pub(crate) resource: i64,
    pub(crate) name: Arc<str>,
    pub(crate) kind: Kind,
    pub(crate) start: i64,
    /// Never before the start.
    pub(crate) end: i64,
    /// Written before it ended.
    pub(crate) incomplete: bool,
    pub(crate) failure: Option<Failure>,
    /// Another span links to it.
    pub(crate) linked: bool,
}

impl Span {
    pub(super) fn duration(&self) -> i64 {
        self.end.saturating_sub(self.start)
    }
}

/// Spans with their places in the tree. An index is a place in `spans`.
#[derive(Debug)]
pub(crate) struct Trace {
    pub(super) spans: Vec<Span>,
    pub(super) parent: Vec<Option<usize>>,
    /// By start.
    pub(super) children: Vec<Vec<usize>>,
    /// Parents before their children.
    pub(super) order: Vec<usize>,
    /// Spans whose parent is not in the trace.
    pub(super) orphans: Vec<usize>,
    /// False when there are more spans than were read: then nothing can be said to be missing.
    pub(super) whole: bool,
}

impl Trace {
    /// Puts spans in order. Where parents run in a circle, it is cut above the earliest span.
    pub(crate) fn new(mut spans: Vec<Span>, whole: bool) -> Trace {
        for span in &mut spans {
            span.end = span.end.max(span.start);
        }
        spans.sort_by(|a, b| (a.start, b.end, a.id).cmp(&(b.start, a.end, b.id)));
        let by_id: HashMap<SpanId, usize> = spans
            .iter()
            .enumerate()
            .map(|(index, span)| (span.id, index))
            .collect();
        let mut parent = vec![None; spans.len()];
        let mut children = vec![Vec::new(); spans.len()];
        let mut orphans = Vec::new();
        for (index, span) in spans.iter().enumerate() {
            match span.parent_id.map(|id| by_id.get(&id).copied()) {
                Some(Some(above)) => {
                    parent[index] = Some(above);
                    children[above].push(index);
                }
                Some(None) => orphans.push(index),
                None => {}
            }
        }
        let mut trace = Trace {
            order: Vec::with_capacity(spans.len()),
            spans,
            parent,
            children,
            orphans,
            whole,
        };
        trace.walk();
        trace
    }

    /// Services and names of all spans, each once.
    pub(crate) fn operations(&self) -> impl Iterator<Item = (Arc<str>, Arc<str>)> {
        let pairs = self.spans.iter().map(|span| (&span.service, &span.name));
        let distinct: HashSet<_> = pairs.collect();
        distinct
            .into_iter()
            .map(|(service, name)| (Arc::clone(service), Arc::clone(name)))
    }

    fn walk(&mut self) {
        let mut seen = vec![false; self.spans.len()];
        let tops = (0..self.spans.len()).filter(|index| self.parent[*index].is_none());
        // What no top leads to hangs on a circle.
        let starts: Vec<usize> = tops.chain(0..self.spans.len()).collect();
        for start in starts {
            if seen[start] {
                continue;
            }
            if let Some(above) = self.parent[start].take() {
                self.children[above].retain(|child| *child != start);
            }
            let mut stack = vec![start];
            while let Some(index) = stack.pop() {
                if std::mem::replace(&mut seen[index], true) {
                    continue;
                }
                self.order.push(index);
                stack.extend(self.children[index].iter().rev());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::support::{span, trace};

    #[test]
    fn circles_are_cut_above_their_earliest_span() {
        let trace = trace(vec![
            span(1, 3, "a", 20, 21),
            span(2, 1, "b", 10, 11),
            span(3, 2, "c", 30, 31),
            span(4, 4, "own parent", 40, 41),
        ]);
        let ids: Vec<u8> = trace
            .order
            .iter()
            .map(|index| trace.spans[*index].id[7])
            .collect();
        assert_eq!(ids, [2, 3, 1, 4]);
        assert_eq!(
            trace.parent.iter().filter(|above| above.is_none()).count(),
            2
        );
        assert!(trace.orphans.is_empty());
    }

    #[test]
    fn an_end_before_the_start_counts_as_the_start() {
        let trace = trace(vec![span(1, 0, "a", 20, 10)]);
        assert_eq!(trace.spans[0].duration(), 0);
    }
}
