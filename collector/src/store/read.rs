//! Small reads: services, operations, the state of the database.

use rusqlite::Connection;
use serde::Serialize;

use super::ReadError;
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
    version: &'static str,
    spans: i64,
    traces: i64,
    database_bytes: i64,
    /// Start of the earliest trace in nanoseconds since 1970.
    oldest: Option<String>,
    newest: Option<String>,
}

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
    let health = connection
        .prepare_cached("SELECT count(*), coalesce(sum(span_count), 0), min(start_ns), max(start_ns) FROM summaries")?
        .query_row([], |row| {
            let time = |value: Option<i64>| value.map(|nanos| nanos.to_string());
            Ok(Health {
                version: env!("CARGO_PKG_VERSION"),
                traces: row.get(0)?,
                spans: row.get(1)?,
                database_bytes,
                oldest: time(row.get(2)?),
                newest: time(row.get(3)?),
            })
        })?;
    Ok(health)
}
