//! Summaries of traces, read for lists.

use rusqlite::{Connection, OptionalExtension as _, Row};
use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use crate::ingest::batch::TraceId;
use crate::otlp::hex;

/// Services named in a summary; their count is always whole.
const MAX_SERVICES: usize = 100;

/// A trace in a list.
#[derive(Debug)]
pub(crate) struct Summary {
    pub(crate) id: i64,
    pub(crate) start: i64,
    trace_id: TraceId,
    root_name: String,
    root_service: String,
    end: i64,
    span_count: i64,
    error_count: i64,
    service_count: i64,
    services: Vec<String>,
}

impl Summary {
    /// The columns that `read` wants, of a table `t`.
    pub(super) const COLUMNS: &'static str = "t.id, t.trace_id, t.start_ns, t.end_ns, t.span_count, t.error_count, t.root_name, t.root_service";

    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Summary> {
        Ok(Summary {
            id: row.get(0)?,
            trace_id: row.get(1)?,
            start: row.get(2)?,
            end: row.get(3)?,
            span_count: row.get(4)?,
            error_count: row.get(5)?,
            root_name: row.get(6)?,
            root_service: row.get(7)?,
            service_count: 0,
            services: Vec::new(),
        })
    }

    /// Its id.
    pub(crate) fn trace_id(&self) -> TraceId {
        self.trace_id
    }

    pub(crate) fn span_count(&self) -> i64 {
        self.span_count
    }

    pub(crate) fn error_count(&self) -> i64 {
        self.error_count
    }

    /// Some of its services, by name.
    pub(crate) fn services(&self) -> &[String] {
        &self.services
    }

    /// The name of the span that names it.
    pub(crate) fn root(&self) -> &str {
        &self.root_name
    }

    /// Last end minus first start, in nanoseconds.
    pub(crate) fn duration(&self) -> i64 {
        self.end.saturating_sub(self.start)
    }

    /// Fills in the services, of a name that is very long its beginning.
    pub(super) fn complete(mut self, connection: &Connection) -> rusqlite::Result<Summary> {
        let mut statement = connection.prepare_cached(
            "SELECT substr(service, 1, 256) FROM trace_services WHERE trace = ?1 ORDER BY service",
        )?;
        let mut rows = statement.query([self.id])?;
        while let Some(row) = rows.next()? {
            self.service_count += 1;
            if self.services.len() < MAX_SERVICES {
                self.services.push(row.get(0)?);
            }
        }
        Ok(self)
    }
}

impl Serialize for Summary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(10))?;
        map.serialize_entry("traceId", &hex::encode(&self.trace_id))?;
        map.serialize_entry("rootName", &self.root_name)?;
        map.serialize_entry("rootService", &self.root_service)?;
        map.serialize_entry("startTimeUnixNano", &self.start.to_string())?;
        map.serialize_entry("durationMs", &millis(self.duration()))?;
        map.serialize_entry("spanCount", &self.span_count)?;
        map.serialize_entry("serviceCount", &self.service_count)?;
        map.serialize_entry("services", &self.services)?;
        map.serialize_entry("errorCount", &self.error_count)?;
        map.serialize_entry("status", if self.error_count > 0 { "error" } else { "ok" })?;
        map.end()
    }
}

/// Nanoseconds as milliseconds.
pub(crate) fn millis(nanos: i64) -> f64 {
    nanos as f64 / 1e6
}

/// The summaries of traces by their numbers, in the order given; those that are gone are left out.
pub(crate) fn by_number(connection: &Connection, traces: &[i64]) -> rusqlite::Result<Vec<Summary>> {
    let query = format!(
        "SELECT {} FROM summaries t WHERE t.id = ?1",
        Summary::COLUMNS
    );
    let mut statement = connection.prepare_cached(&query)?;
    let mut summaries = Vec::with_capacity(traces.len());
    for trace in traces {
        if let Some(summary) = statement.query_row([trace], Summary::read).optional()? {
            summaries.push(summary.complete(connection)?);
        }
    }
    Ok(summaries)
}
