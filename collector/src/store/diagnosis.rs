//! What diagnosis reads: the spans of a trace, and what is stored of their operations.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use opentelemetry_proto::tonic::trace::v1::Span as Record;
use prost::Message as _;
use rusqlite::Connection;

use super::ReadError;
use super::trace::TraceView;
use super::trace_state::nanos;
use crate::diagnosis::{
    CriticalPath, Diagnosis, History, Kind, Samples, Span, Thresholds, Trace, critical_path,
    diagnose, failure,
};
use crate::ingest::batch::{SpanId, TraceId};

/// Spans of one trace that are looked at, so that memory is bounded; of a larger one, those that came first.
const MAX_SPANS: usize = 100_000;
/// Bytes of names and reasons that are looked at; a trace that says more than this is cut where it is reached.
const MAX_TEXT: usize = 32 << 20;

impl TraceView<'_> {
    /// The trace as diagnosis wants it.
    fn diagnosable(&self) -> Result<Trace, ReadError> {
        let linked = self.linked()?;
        let mut names = Names::default();
        let mut services: HashMap<i64, Arc<str>> = HashMap::new();
        let mut statement = self.connection.prepare_cached(
            "SELECT id, span_id, parent_id, resource, name, kind, start_ns, end_ns, incomplete, record
             FROM spans WHERE trace = ?1 ORDER BY id LIMIT ?2",
        )?;
        let limit = i64::try_from(MAX_SPANS)
            .unwrap_or(i64::MAX)
            .saturating_add(1);
        let mut rows = statement.query([self.number, limit])?;
        let mut spans = Vec::new();
        let mut reasons = 0;
        while let Some(row) = rows.next()? {
            if spans.len() >= MAX_SPANS || names.bytes + reasons >= MAX_TEXT {
                return Ok(Trace::new(spans, false));
            }
            let record = row.get_ref(9)?.as_blob().map_err(rusqlite::Error::from)?;
            let mut record = Record::decode(record)
                .map_err(|error| ReadError::Unavailable(error.to_string()))?;
            record.kind = row.get(5)?;
            let resource: i64 = row.get(3)?;
            let service = match services.get(&resource) {
                Some(service) => Arc::clone(service),
                None => {
                    let service = names.shared(&self.service(resource)?);
                    services.insert(resource, Arc::clone(&service));
                    service
                }
            };
            let id: SpanId = row.get(1)?;
            let name = row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?;
            let failure = failure(&record);
            reasons += failure.as_ref().map_or(0, |failure| failure.reason.len());
            spans.push(Span {
                id,
                parent_id: row.get(2)?,
                service,
                resource,
                name: names.shared(name),
                kind: Kind::of(record.kind),
                start: nanos(row.get::<_, i64>(6)?.cast_unsigned()),
                end: nanos(row.get::<_, i64>(7)?.cast_unsigned()),
                incomplete: row.get(8)?,
                failure,
                linked: linked.contains(&id),
            });
        }
        Ok(Trace::new(spans, true))
    }

    /// Spans of this trace that any span links to.
    fn linked(&self) -> Result<HashSet<SpanId>, ReadError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT DISTINCT span_id FROM links WHERE trace_id = ?1")?;
        let linked = statement.query_map([self.trace_id], |row| row.get(0))?;
        Ok(linked.collect::<Result<_, _>>()?)
    }
}

/// Names that many spans share, kept once.
#[derive(Default)]
struct Names {
    known: HashSet<Arc<str>>,
    bytes: usize,
}

impl Names {
    fn shared(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.known.get(name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = Arc::from(name);
        self.bytes += name.len();
        self.known.insert(Arc::clone(&name));
        name
    }
}

/// What is stored of the operations of a trace, its own spans included.
fn history(connection: &Connection, trace: &Trace) -> Result<History, ReadError> {
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(sum(timed_count), 0), total(duration_us) FROM operations WHERE service = ?1 AND name = ?2",
    )?;
    let mut history = History::new();
    for (service, name) in trace.operations() {
        let samples = statement.query_row([&*service, &*name], |row| {
            Ok(Samples {
                count: u64::try_from(row.get::<_, i64>(0)?).unwrap_or(0),
                micros: row.get(1)?,
            })
        })?;
        history.insert((service, name), samples);
    }
    Ok(history)
}

/// Diagnoses a trace.
pub(crate) fn diagnosed(
    connection: &Connection,
    trace_id: TraceId,
    thresholds: &Thresholds,
) -> Result<Diagnosis, ReadError> {
    let trace = TraceView::open(connection, trace_id)?.diagnosable()?;
    let history = history(connection, &trace)?;
    Ok(diagnose(&trace, &history, thresholds))
}

/// The critical path of a trace.
pub(crate) fn path(connection: &Connection, trace_id: TraceId) -> Result<CriticalPath, ReadError> {
    let trace = TraceView::open(connection, trace_id)?.diagnosable()?;
    Ok(critical_path(&trace))
}
