//! The order of a trace's tree.

use std::collections::HashMap;

use super::trace::SpanHead;
use crate::ingest::batch::SpanId;

/// Where a span stands in the tree.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// Index into the heads.
    pub(crate) head: usize,
    pub(crate) depth: u32,
    /// Its parent is not in the trace, or parents run in a circle.
    pub(crate) orphan: bool,
}

/// Parents before children, siblings by start. Takes any parents, circles and a million levels included, in n log n.
pub(crate) fn order(heads: &[SpanHead]) -> Vec<Place> {
    let by_id: HashMap<SpanId, usize> = heads
        .iter()
        .enumerate()
        .map(|(index, head)| (head.span_id, index))
        .collect();
    let mut by_start: Vec<usize> = (0..heads.len()).collect();
    // Of two that start together the one that ends later is likelier to contain the other.
    by_start.sort_by_key(|index| {
        heads
            .get(*index)
            .map(|head| (head.start, std::cmp::Reverse(head.end), head.span_id))
    });
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); heads.len()];
    let mut tops = Vec::new();
    for index in &by_start {
        let parent_id = heads.get(*index).and_then(|head| head.parent_id);
        match parent_id.map(|id| by_id.get(&id)) {
            Some(Some(parent)) => children[*parent].push(*index),
            Some(None) => tops.push((*index, true)),
            None => tops.push((*index, false)),
        }
    }
    let mut placed = vec![false; heads.len()];
    let mut places = Vec::with_capacity(heads.len());
    let mut walk = |top: usize, orphan: bool, placed: &mut Vec<bool>| {
        let mut stack = vec![(top, 0, orphan)];
        while let Some((head, depth, orphan)) = stack.pop() {
            if std::mem::replace(&mut placed[head], true) {
                continue;
            }
            places.push(Place {
                head,
                depth,
                orphan,
            });
            stack.extend(
                children[head]
                    .iter()
                    .rev()
                    .map(|child| (*child, depth + 1, false)),
            );
        }
    };
    for (top, orphan) in tops {
        walk(top, orphan, &mut placed);
    }
    // What no top leads to hangs on a circle; its earliest span becomes the top.
    for index in by_start {
        if !placed[index] {
            walk(index, true, &mut placed);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(id: u64, parent: Option<u64>, start: u64) -> SpanHead {
        SpanHead {
            id: 0,
            span_id: id.to_be_bytes(),
            parent_id: parent.map(u64::to_be_bytes),
            resource: 0,
            scope: 0,
            start,
            end: start + 10,
        }
    }

    fn shape(heads: &[SpanHead]) -> Vec<(u64, u32, bool)> {
        let id = |place: &Place| u64::from_be_bytes(heads[place.head].span_id);
        order(heads)
            .iter()
            .map(|place| (id(place), place.depth, place.orphan))
            .collect()
    }

    #[test]
    fn parents_come_first_and_siblings_by_start() {
        let heads = [
            head(4, Some(2), 30),
            head(3, Some(1), 20),
            head(2, Some(1), 10),
            head(1, None, 0),
            head(9, Some(8), 5),
        ];
        assert_eq!(
            shape(&heads),
            [
                (1, 0, false),
                (2, 1, false),
                (4, 2, false),
                (3, 1, false),
                (9, 0, true)
            ]
        );
    }

    #[test]
    fn circles_start_at_their_earliest_span() {
        let heads = [
            head(1, Some(3), 20),
            head(2, Some(1), 10),
            head(3, Some(2), 30),
            head(4, Some(4), 40),
            head(5, Some(3), 1),
        ];
        // 5 hangs on the circle and starts before it; the walk from it finds only itself.
        assert_eq!(
            shape(&heads),
            [
                (5, 0, true),
                (2, 0, true),
                (3, 1, false),
                (1, 2, false),
                (4, 0, true)
            ]
        );
    }

    #[test]
    fn a_chain_of_a_million_is_walked_without_recursion() {
        let heads: Vec<_> = (1..=1_000_000)
            .map(|id| head(id, (id > 1).then(|| id - 1), id))
            .collect();
        let places = order(&heads);
        assert_eq!(places.len(), heads.len());
        assert_eq!(places.last().map(|place| place.depth), Some(999_999));
    }
}
