//! Small reads: services, operations, the state of the database.

use rusqlite::Connection;
use serde::Serialize;

use super::ReadError;
use super::forward_queue::{self, Forwarding};
use crate::otlp::record;

/// What a service does, by span name and kind.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Operation {
    name: String,
    span_kind: &'static str,
}

/// The state of the database.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Health {
    pub(crate) version: &'static str,
    pub(crate) spans: i64,
    pub(crate) traces: i64,
    pub(crate) error_traces: i64,
    pub(crate) database_bytes: i64,
    /// Start of the earliest trace in nanoseconds since 1970.
    pub(crate) oldest: Option<String>,
    pub(crate) newest: Option<String>,
    /// Those with most spans first.
    pub(crate) services: Vec<ServiceHealth>,
    /// By target; empty where nothing is forwarded.
    pub(crate) forwarding: Vec<Forwarding>,
}

/// What is stored of a service.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServiceHealth {
    pub(crate) service_name: String,
    pub(crate) span_count: i64,
    pub(crate) error_count: i64,
    /// Of the spans that ended.
    pub(crate) mean_ms: f64,
}

/// Services that health tells of.
const MAX_SERVICES: i64 = 100;

/// The names of all services.
pub(crate) fn services(connection: &Connection) -> Result<Vec<String>, ReadError> {
    let mut statement =
        connection.prepare_cached("SELECT DISTINCT service FROM operations ORDER BY service")?;
    let services = statement.query_map([], |row| row.get(0))?;
    Ok(services.collect::<Result<_, _>>()?)
}

/// The operations of one service or of all, of one kind or of all.
pub(crate) fn operations(
    connection: &Connection,
    service: Option<&str>,
    kind: Option<&str>,
) -> Result<Vec<Operation>, ReadError> {
    let mut statement = connection.prepare_cached(
        "SELECT DISTINCT name, kind FROM operations WHERE ?1 IS NULL OR service = ?1 ORDER BY name, kind",
    )?;
    let operations = statement.query_map([service], |row| {
        Ok(Operation {
            name: row.get(0)?,
            span_kind: record::kind(row.get(1)?),
        })
    })?;
    let mut operations: Vec<Operation> = operations.collect::<Result<_, _>>()?;
    operations.retain(|operation| kind.is_none_or(|kind| operation.span_kind == kind));
    // Kinds without a name of their own count as internal.
    operations.dedup_by(|a, b| (&a.name, a.span_kind) == (&b.name, b.span_kind));
    Ok(operations)
}

/// Counts and sizes.
pub(crate) fn health(connection: &Connection) -> Result<Health, ReadError> {
    let pragma = |name: &str| connection.query_row(name, [], |row| row.get::<_, i64>(0));
    let database_bytes = pragma("PRAGMA page_count")?.saturating_mul(pragma("PRAGMA page_size")?);
    let mut statement = connection.prepare_cached(
        "SELECT service, sum(span_count), sum(error_count), total(duration_us) / max(total(timed_count), 1) / 1e3
         FROM operations GROUP BY service ORDER BY sum(span_count) DESC, service LIMIT ?1",
    )?;
    let services = statement.query_map([MAX_SERVICES], |row| {
        Ok(ServiceHealth {
            service_name: row.get(0)?,
            span_count: row.get(1)?,
            error_count: row.get(2)?,
            mean_ms: row.get(3)?,
        })
    })?;
    let services = services.collect::<Result<_, _>>()?;
    // Each from an index: the table of summaries is not read.
    let number = |query: &str| -> rusqlite::Result<Option<i64>> {
        connection
            .prepare_cached(query)?
            .query_row([], |row| row.get(0))
    };
    let count = |query: &str| Ok::<_, rusqlite::Error>(number(query)?.unwrap_or(0));
    let time = |query: &str| {
        let nanos = number(query)?;
        Ok::<_, rusqlite::Error>(nanos.map(|nanos| nanos.to_string()))
    };
    Ok(Health {
        version: env!("CARGO_PKG_VERSION"),
        traces: count("SELECT count(*) FROM summaries")?,
        spans: count("SELECT sum(span_count) FROM operations")?,
        error_traces: count("SELECT count(*) FROM summaries WHERE error_count > 0")?,
        database_bytes,
        oldest: time("SELECT min(start_ns) FROM summaries")?,
        newest: time("SELECT max(start_ns) FROM summaries")?,
        services,
        forwarding: forward_queue::states(connection)?,
    })
}
