//! A trace in the order of its tree, as JSON.

use std::collections::HashMap;
use std::io::Write;

use opentelemetry_proto::tonic::trace::v1::Span;
use rusqlite::Connection;
use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use super::output::JsonOutput as _;
use super::tree::{Place, order};
use super::{Linking, ReadError, TraceView, millis, nanos};
use crate::ingest::batch::TraceId;
use crate::otlp::hex;
use crate::otlp::record::{self, Attributes};

/// Writes the spans of a trace with depth, offset and links in both directions.
pub(crate) fn waterfall<W: Write>(
    connection: &Connection,
    trace_id: TraceId,
    output: &mut W,
) -> Result<(), ReadError> {
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
}

/// Milliseconds from one time to a later one, as summaries count them.
pub(crate) fn between(start: u64, end: u64) -> f64 {
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
