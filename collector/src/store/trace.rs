//! One trace, read whole: first the heads of its spans, then each span in the order the reader wants.

use std::collections::HashMap;

use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message as _;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Serialize;

use super::ReadError;
use crate::ingest::batch::{SpanId, TraceId};
use crate::otlp::hex;

/// Most spans of other traces that are named as linking to one trace.
const MAX_LINKING: i64 = 10_000;

/// Enough of a span to put it in order.
#[derive(Clone, Debug)]
pub(crate) struct SpanHead {
    /// Its number in the database.
    pub(crate) id: i64,
    pub(crate) span_id: SpanId,
    pub(crate) parent_id: Option<SpanId>,
    pub(crate) resource: i64,
    pub(crate) scope: i64,
    pub(crate) start: u64,
    pub(crate) end: u64,
}

/// A span of another trace that links here.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Linking {
    trace_id: String,
    span_id: String,
    service_name: String,
    name: String,
}

/// A trace within one read.
pub(crate) struct TraceView<'c> {
    pub(super) connection: &'c Connection,
    pub(super) trace_id: TraceId,
    pub(super) number: i64,
}

impl<'c> TraceView<'c> {
    /// Looks a trace up.
    pub(crate) fn open(
        connection: &'c Connection,
        trace_id: TraceId,
    ) -> Result<TraceView<'c>, ReadError> {
        connection
            .prepare_cached("SELECT id FROM summaries WHERE trace_id = ?1")?
            .query_row([trace_id], |row| row.get(0))
            .optional()?
            .map(|number| TraceView {
                connection,
                trace_id,
                number,
            })
            .ok_or(ReadError::NotFound)
    }

    /// The heads of all spans.
    pub(crate) fn heads(&self) -> Result<Vec<SpanHead>, ReadError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT id, span_id, parent_id, resource, scope, start_ns, end_ns FROM spans WHERE trace = ?1",
        )?;
        let heads = statement.query_map([self.number], |row| {
            Ok(SpanHead {
                id: row.get(0)?,
                span_id: row.get(1)?,
                parent_id: row.get(2)?,
                resource: row.get(3)?,
                scope: row.get(4)?,
                start: row.get::<_, i64>(5)?.cast_unsigned(),
                end: row.get::<_, i64>(6)?.cast_unsigned(),
            })
        })?;
        Ok(heads.collect::<Result<_, _>>()?)
    }

    /// One span, whole.
    pub(crate) fn span(&self, head: &SpanHead) -> Result<Span, ReadError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT name, kind, record FROM spans WHERE id = ?1")?;
        let mut rows = statement.query([head.id])?;
        let row = rows.next()?.ok_or(ReadError::NotFound)?;
        let record = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
        let mut span =
            Span::decode(record).map_err(|error| ReadError::Unavailable(error.to_string()))?;
        span.trace_id = self.trace_id.to_vec();
        span.span_id = head.span_id.to_vec();
        span.parent_span_id = head.parent_id.map(Vec::from).unwrap_or_default();
        span.name = row.get(0)?;
        span.kind = row.get(1)?;
        span.start_time_unix_nano = head.start;
        span.end_time_unix_nano = head.end;
        Ok(span)
    }

    /// A resource, and the name of its service.
    pub(crate) fn resource(&self, id: i64) -> Result<(ResourceSpans, String), ReadError> {
        let (record, service) = self
            .connection
            .prepare_cached("SELECT record, service FROM resources WHERE id = ?1")?
            .query_row([id], |row| Ok((row.get::<_, Vec<u8>>(0)?, row.get(1)?)))?;
        let resource = ResourceSpans::decode(&*record)
            .map_err(|error| ReadError::Unavailable(error.to_string()))?;
        Ok((resource, service))
    }

    /// The name of a resource's service.
    pub(crate) fn service(&self, resource: i64) -> Result<String, ReadError> {
        Ok(self
            .connection
            .prepare_cached("SELECT service FROM resources WHERE id = ?1")?
            .query_row([resource], |row| row.get(0))?)
    }

    /// A scope.
    pub(crate) fn scope(&self, id: i64) -> Result<ScopeSpans, ReadError> {
        let record = self
            .connection
            .prepare_cached("SELECT record FROM scopes WHERE id = ?1")?
            .query_row([id], |row| row.get::<_, Vec<u8>>(0))?;
        ScopeSpans::decode(&*record).map_err(|error| ReadError::Unavailable(error.to_string()))
    }

    /// Spans of other traces that link to spans of this one.
    pub(crate) fn linking(&self) -> Result<HashMap<SpanId, Vec<Linking>>, ReadError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT l.span_id, t.trace_id, s.span_id, r.service, s.name FROM links l
             JOIN spans s ON s.id = l.source JOIN summaries t ON t.id = s.trace JOIN resources r ON r.id = s.resource
             WHERE l.trace_id = ?1 AND s.trace <> ?2 ORDER BY l.span_id, l.source LIMIT ?3",
        )?;
        let mut rows = statement.query(params![self.trace_id, self.number, MAX_LINKING])?;
        let mut linking: HashMap<SpanId, Vec<Linking>> = HashMap::new();
        while let Some(row) = rows.next()? {
            linking.entry(row.get(0)?).or_default().push(Linking {
                trace_id: hex::encode(&row.get::<_, TraceId>(1)?),
                span_id: hex::encode(&row.get::<_, SpanId>(2)?),
                service_name: row.get(3)?,
                name: row.get(4)?,
            });
        }
        Ok(linking)
    }
}
