//! `/api/traces/{id}/waterfall`: the spans of a trace in the order of its tree.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use opentelemetry_proto::tonic::trace::v1::Span;
use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use super::params::PathTrace;
use super::problem::Problem;
use super::{App, stream};
use crate::ingest::batch::SpanId;
use crate::otlp::hex;
use crate::otlp::record::{self, Attributes};
use crate::store::{Linking, SpanHead, TraceView, millis, nanos};

pub(super) async fn waterfall(
    State(app): State<Arc<App>>,
    PathTrace(trace_id): PathTrace,
) -> Result<Response, Problem> {
    stream::respond(&app.store, move |connection, output| {
        let view = TraceView::open(connection, trace_id)?;
        let heads = view.heads()?;
        let linking = view.linking()?;
        let start = heads
            .iter()
            .map(|head| head.start)
            .min()
            .unwrap_or_default();
        let end = heads
            .iter()
            .map(|head| head.end.max(head.start))
            .max()
            .unwrap_or_default();
        let mut resources = Numbering::default();
        let mut scopes = Numbering::default();
        let mut services: Vec<String> = Vec::new();
        output.raw("{\"traceId\":")?;
        output.json(&hex::encode(&trace_id))?;
        output.raw(",\"durationMs\":")?;
        output.json(&between(start, end))?;
        output.raw(",\"spans\":[")?;
        for (index, place) in order(&heads).iter().enumerate() {
            let Some(head) = heads.get(place.head) else {
                continue;
            };
            if index > 0 {
                output.raw(",")?;
            }
            let resource = resources.number(head.resource);
            if resource == services.len() {
                services.push(view.resource(head.resource)?.1);
            }
            let service = services.get(resource).map_or("", String::as_str);
            let linked_from = linking.get(&head.span_id).map_or(&[][..], Vec::as_slice);
            output.json(&Row {
                span: &view.span(head)?,
                service,
                place,
                offset: between(start, head.start),
                linked_from,
                resource,
                scope: scopes.number(head.scope),
            })?;
        }
        output.raw("],\"resources\":[")?;
        for (index, id) in resources.ids.iter().enumerate() {
            output.raw(if index > 0 { "," } else { "" })?;
            let resource = view.resource(*id)?.0.resource.unwrap_or_default();
            output.json(&Origin {
                name: None,
                version: None,
                attributes: Attributes(&resource.attributes),
            })?;
        }
        output.raw("],\"scopes\":[")?;
        for (index, id) in scopes.ids.iter().enumerate() {
            output.raw(if index > 0 { "," } else { "" })?;
            let scope = view.scope(*id)?.scope.unwrap_or_default();
            output.json(&Origin {
                name: Some(&scope.name),
                version: Some(&scope.version),
                attributes: Attributes(&scope.attributes),
            })?;
        }
        output.raw("]}")
    })
    .await
}

/// Milliseconds from one time to a later one, as summaries count them.
fn between(start: u64, end: u64) -> f64 {
    millis(nanos(end).saturating_sub(nanos(start)).max(0))
}

/// What many spans share is told once, after them; they name it by its place there.
#[derive(Default)]
struct Numbering {
    ids: Vec<i64>,
    places: HashMap<i64, usize>,
}

impl Numbering {
    fn number(&mut self, id: i64) -> usize {
        *self.places.entry(id).or_insert_with(|| {
            self.ids.push(id);
            self.ids.len() - 1
        })
    }
}

/// A resource, or a scope with its name and version.
#[derive(Serialize)]
struct Origin<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'a str>,
    attributes: Attributes<'a>,
}

/// One span in the answer.
struct Row<'a> {
    span: &'a Span,
    service: &'a str,
    place: &'a Place,
    offset: f64,
    linked_from: &'a [Linking],
    resource: usize,
    scope: usize,
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        record::write(&mut map, self.span, self.service)?;
        map.serialize_entry("depth", &self.place.depth)?;
        if self.place.orphan {
            map.serialize_entry("orphan", &true)?;
        }
        map.serialize_entry("offsetMs", &self.offset)?;
        map.serialize_entry(
            "durationMs",
            &between(self.span.start_time_unix_nano, self.span.end_time_unix_nano),
        )?;
        map.serialize_entry("linkedFrom", self.linked_from)?;
        map.serialize_entry("resource", &self.resource)?;
        map.serialize_entry("scope", &self.scope)?;
        map.end()
    }
}

/// Where a span stands in the tree.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    /// Index into the heads.
    head: usize,
    depth: u32,
    /// Its parent is not in the trace, or parents run in a circle.
    orphan: bool,
}

/// Parents before children, siblings by start. Takes any parents, circles and a million levels included, in n log n.
fn order(heads: &[SpanHead]) -> Vec<Place> {
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
