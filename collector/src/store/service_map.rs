//! Which services there are and which call which, from the newest traces backwards.

use std::collections::{BTreeMap, HashMap};

use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use rusqlite::{Connection, OptionalExtension as _};
use serde::{Serialize, Serializer};

use super::ReadError;
use crate::diagnosis::Kind;
use crate::ingest::batch::{SpanId, TraceId};

/// Spans and traces that are looked at, so that an answer takes bounded time.
const MAX_SPANS: usize = 100_000;
const MAX_TRACES: usize = 50_000;
/// Links that are followed.
const MAX_LINKS: usize = 100_000;

/// How one service reached another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum CallKind {
    Request,
    Message,
    Other,
}

impl CallKind {
    /// As answers call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            CallKind::Request => "request",
            CallKind::Message => "message",
            CallKind::Other => "other",
        }
    }
}

impl Serialize for CallKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServiceNode {
    pub(crate) service_name: String,
    pub(crate) span_count: i64,
    pub(crate) error_count: i64,
}

/// Spans of `to` whose parent, or for a message whose link, is a span of `from`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServiceEdge {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) kind: CallKind,
    pub(crate) call_count: i64,
    pub(crate) error_count: i64,
    pub(crate) mean_ms: f64,
}

/// The map, with what it was made from.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServiceMap {
    pub(crate) services: Vec<ServiceNode>,
    pub(crate) edges: Vec<ServiceEdge>,
    pub(crate) trace_count: usize,
    /// Older traces were not looked at; the start of the oldest one that was, in nanoseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) partial_since: Option<String>,
}

/// Calls so far: their number, how many failed, milliseconds.
#[derive(Default)]
struct Calls {
    count: i64,
    errors: i64,
    millis: f64,
}

/// What a span says to the map.
struct MapSpan {
    id: SpanId,
    parent: Option<SpanId>,
    resource: i64,
    kind: Kind,
    error: bool,
    millis: f64,
    /// Of a receiver.
    links: Vec<(TraceId, SpanId)>,
}

#[derive(Default)]
struct Gathering {
    /// Spans and errors by service.
    services: BTreeMap<String, (i64, i64)>,
    edges: BTreeMap<(String, String, CallKind), Calls>,
    names: HashMap<i64, String>,
    spans: usize,
    links: usize,
}

/// The map of the traces that started between two times (nanoseconds since 1970).
pub(crate) fn service_map(
    connection: &Connection,
    start: Option<i64>,
    end: Option<i64>,
) -> Result<ServiceMap, ReadError> {
    let mut statement = connection.prepare_cached(
        "SELECT id, span_count, error_count, start_ns FROM summaries
         WHERE start_ns BETWEEN ?1 AND ?2 ORDER BY start_ns DESC, id DESC",
    )?;
    let range = (start.unwrap_or(i64::MIN), end.unwrap_or(i64::MAX));
    let mut rows = statement.query(range)?;
    let mut gathering = Gathering::default();
    let (mut traces, mut oldest, mut partial) = (0, 0_i64, false);
    while let Some(row) = rows.next()? {
        if traces >= MAX_TRACES || gathering.is_full() {
            partial = true;
            break;
        }
        traces += 1;
        oldest = row.get(3)?;
        gathering.trace(connection, row.get(0)?, (row.get(1)?, row.get(2)?))?;
    }
    Ok(ServiceMap {
        trace_count: traces,
        partial_since: partial.then(|| oldest.to_string()),
        ..gathering.map()
    })
}

impl Gathering {
    fn trace(
        &mut self,
        connection: &Connection,
        trace: i64,
        (spans, errors): (i64, i64),
    ) -> Result<(), ReadError> {
        let mut statement = connection
            .prepare_cached("SELECT service FROM trace_services WHERE trace = ?1 LIMIT 2")?;
        let services = statement.query_map([trace], |row| row.get(0))?;
        let services: Vec<String> = services.collect::<Result<_, _>>()?;
        // Where there is one service nobody calls another, and the summary says the rest; but it may receive messages.
        if let [service] = &services[..]
            && !has_links(connection, trace)?
        {
            let node = self.services.entry(service.clone()).or_default();
            node.0 += spans;
            node.1 += errors;
            return Ok(());
        }
        let spans = self.read(connection, trace)?;
        let by_id: HashMap<SpanId, i64> =
            spans.iter().map(|span| (span.id, span.resource)).collect();
        for span in &spans {
            let service = self.name(connection, span.resource)?;
            let node = self.services.entry(service.clone()).or_default();
            node.0 += 1;
            node.1 += i64::from(span.error);
            let parent = span.parent.and_then(|id| by_id.get(&id).copied());
            if let Some(parent) = parent {
                let from = self.name(connection, parent)?;
                self.call(from, service.clone(), span);
            }
            for link in &span.links {
                if let Some(sender) = sender(connection, link)? {
                    let from = self.name(connection, sender)?;
                    self.call(from, service.clone(), span);
                }
            }
        }
        Ok(())
    }

    /// Whether as much was looked at as is to be.
    fn is_full(&self) -> bool {
        self.spans >= MAX_SPANS || self.links >= MAX_LINKS
    }

    /// Spans of a trace, until that is reached.
    fn read(&mut self, connection: &Connection, trace: i64) -> Result<Vec<MapSpan>, ReadError> {
        let mut statement = connection.prepare_cached(
            "SELECT span_id, parent_id, resource, kind, error, max(end_ns - start_ns, 0) / 1e6,
             CASE WHEN kind = 5 AND links IS NOT NULL THEN record END FROM spans WHERE trace = ?1",
        )?;
        let mut rows = statement.query([trace])?;
        let mut spans = Vec::new();
        while let Some(row) = rows.next()? {
            if self.is_full() {
                break;
            }
            let record = row.get_ref(6)?.as_blob_or_null();
            let record = record.map_err(rusqlite::Error::from)?;
            // The record was encoded by us.
            let record = record.map(|bytes| Span::decode(bytes).unwrap_or_default());
            let links: Vec<(TraceId, SpanId)> = record
                .iter()
                .flat_map(|span| &span.links)
                .take(MAX_LINKS - self.links)
                .filter_map(|link| {
                    let trace_id = link.trace_id.as_slice().try_into().ok()?;
                    Some((trace_id, link.span_id.as_slice().try_into().ok()?))
                })
                .collect();
            self.spans += 1;
            self.links += links.len();
            spans.push(MapSpan {
                id: row.get(0)?,
                parent: row.get(1)?,
                resource: row.get(2)?,
                kind: Kind::of(row.get(3)?),
                error: row.get(4)?,
                millis: row.get(5)?,
                links,
            });
        }
        Ok(spans)
    }

    fn name(&mut self, connection: &Connection, resource: i64) -> Result<String, ReadError> {
        if let Some(name) = self.names.get(&resource) {
            return Ok(name.clone());
        }
        let name: String = connection
            .prepare_cached("SELECT service FROM resources WHERE id = ?1")?
            .query_row([resource], |row| row.get(0))?;
        self.names.insert(resource, name.clone());
        Ok(name)
    }

    fn call(&mut self, from: String, to: String, span: &MapSpan) {
        if from == to {
            return;
        }
        let kind = match span.kind {
            Kind::Server => CallKind::Request,
            Kind::Consumer => CallKind::Message,
            _ => CallKind::Other,
        };
        let calls = self.edges.entry((from, to, kind)).or_default();
        calls.count += 1;
        calls.errors += i64::from(span.error);
        calls.millis += span.millis;
    }

    fn map(self) -> ServiceMap {
        let node = |(service_name, (span_count, error_count))| ServiceNode {
            service_name,
            span_count,
            error_count,
        };
        let edge = |((from, to, kind), calls): (_, Calls)| ServiceEdge {
            from,
            to,
            kind,
            call_count: calls.count,
            error_count: calls.errors,
            mean_ms: calls.millis / calls.count as f64,
        };
        ServiceMap {
            services: self.services.into_iter().map(node).collect(),
            edges: self.edges.into_iter().map(edge).collect(),
            trace_count: 0,
            partial_since: None,
        }
    }
}

fn has_links(connection: &Connection, trace: i64) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT 1 FROM spans WHERE trace = ?1 AND links IS NOT NULL AND kind = 5")?
        .exists([trace])
}

/// The resource of the span that a receiver links to, if that sent a message.
fn sender(
    connection: &Connection,
    (trace_id, span_id): &(TraceId, SpanId),
) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached(
            "SELECT s.resource FROM summaries t JOIN spans s ON s.trace = t.id
             WHERE t.trace_id = ?1 AND s.span_id = ?2 AND s.kind = 4",
        )?
        .query_row((trace_id, span_id), |row| row.get(0))
        .optional()
}
