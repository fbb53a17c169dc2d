//! Deletes what is too old or too much, a few spans at a time, so that batches never wait long for it.

use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use rusqlite::{Connection, TransactionBehavior, params};

use super::insert::unlink;
use super::operations::{Changes, Share};
use super::origins::Origins;
use super::term;
use crate::ingest::batch;

/// Traces and spans of one step.
const TRACES: usize = 200;
const SPANS: i64 = 500;
/// Pages that one step gives back to the file system.
const PAGES: i64 = 256;

/// Some spans of traces that are out of sight. The word CROSS keeps SQLite from going through all spans instead, also when
/// there is nothing to delete.
const EXPIRED_SPANS: &str = "
SELECT s.id, s.trace, s.name, s.kind, s.record, r.id, r.service, s.start_ns, s.end_ns, s.error, s.incomplete, s.scope
FROM expired e CROSS JOIN spans s ON s.trace = e.trace JOIN resources r ON r.id = s.resource LIMIT ?1";

/// What to keep.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bounds {
    /// Traces that ended before this go; nanoseconds since 1970.
    pub(super) before: Option<i64>,
    /// While more bytes than this are in use, the oldest traces go.
    pub(super) bytes: Option<u64>,
}

/// What one step did.
pub(super) struct Step {
    /// There is more to do.
    pub(super) more: bool,
    /// Resources or scopes went.
    pub(super) origins_went: bool,
}

/// Deletes some of what is too old or too much.
pub(super) fn step(connection: &mut Connection, bounds: Bounds) -> rusqlite::Result<Step> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let (mut done, origins_went) = delete_spans(&transaction)?;
    if done == 0 {
        transaction.execute("DELETE FROM expired", [])?;
        done = take_out(&transaction, bounds)?;
    }
    let more = done > 0 || give_back(&transaction)?;
    transaction.commit()?;
    Ok(Step { more, origins_went })
}

/// Takes whole traces out of sight; their spans follow in later steps.
fn take_out(connection: &Connection, bounds: Bounds) -> rusqlite::Result<usize> {
    let mut traces = Vec::new();
    if let Some(before) = bounds.before {
        traces = oldest(connection, "start_ns < ?1 AND end_ns < ?1", before)?;
    }
    if let Some(bytes) = bounds.bytes
        && traces.is_empty()
        && in_use(connection)? > bytes
    {
        traces = oldest(connection, "?1", 1)?;
    }
    for trace in &traces {
        for statement in [
            "INSERT INTO expired (trace) VALUES (?1)",
            "DELETE FROM trace_services WHERE trace = ?1",
            "DELETE FROM summaries WHERE id = ?1",
        ] {
            connection.prepare_cached(statement)?.execute([trace])?;
        }
    }
    Ok(traces.len())
}

/// The oldest traces that meet a condition, at least one, but no more than hold about the spans of one step.
fn oldest(connection: &Connection, condition: &str, value: i64) -> rusqlite::Result<Vec<i64>> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT id, span_count FROM summaries WHERE {condition} ORDER BY start_ns, id"
    ))?;
    let mut rows = statement.query([value])?;
    let (mut traces, mut spans) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        traces.push(row.get(0)?);
        spans += row.get::<_, i64>(1)?;
        if spans >= SPANS || traces.len() >= TRACES {
            break;
        }
    }
    Ok(traces)
}

/// Bytes of the database that hold something.
fn in_use(connection: &Connection) -> rusqlite::Result<u64> {
    let pages = pragma(connection, "page_count")? - pragma(connection, "freelist_count")?;
    let bytes = pages.saturating_mul(pragma(connection, "page_size")?);
    Ok(u64::try_from(bytes).unwrap_or(0))
}

/// Shortens the file by some of its free pages when they are many; some are kept for what comes. Tells whether it did.
fn give_back(connection: &Connection) -> rusqlite::Result<bool> {
    let free = pragma(connection, "freelist_count")?;
    if free <= PAGES + pragma(connection, "page_count")? / 10 {
        return Ok(false);
    }
    let mut statement = connection.prepare(&format!("PRAGMA incremental_vacuum({PAGES})"))?;
    let mut rows = statement.query([])?;
    while rows.next()?.is_some() {}
    // A file that was made without it keeps its length.
    Ok(pragma(connection, "freelist_count")? < free)
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0))
}

/// Deletes spans of traces that are out of sight; gives their number, and whether resources or scopes went with them.
fn delete_spans(connection: &Connection) -> rusqlite::Result<(usize, bool)> {
    let mut statement = connection.prepare_cached(EXPIRED_SPANS)?;
    let mut rows = statement.query([SPANS])?;
    let mut deleted = Vec::new();
    let mut operations = Changes::default();
    let mut origins = Origins::default();
    while let Some(row) = rows.next()? {
        let (id, trace): (i64, i64) = (row.get(0)?, row.get(1)?);
        let (name, kind): (String, i32) = (row.get(2)?, row.get(3)?);
        let (resource, service): (i64, String) = (row.get(5)?, row.get(6)?);
        let span = Span::decode(row.get_ref(4)?.as_blob()?).unwrap_or_default();
        let mut terms = batch::attribute_terms(&span.attributes);
        terms.push(term::operation(&service, &name, kind));
        terms.push(term::service(&service));
        terms.push(term::resource(resource));
        for term in terms {
            connection
                .prepare_cached("DELETE FROM postings WHERE term = ?1 AND trace = ?2")?
                .execute(params![term, trace])?;
        }
        let share = Share {
            start: row.get::<_, i64>(7)?.cast_unsigned(),
            end: row.get::<_, i64>(8)?.cast_unsigned(),
            error: row.get(9)?,
            incomplete: row.get(10)?,
        };
        operations.count((&service, &name, kind), share, -1);
        origins.count(resource, row.get(11)?, -1);
        unlink(connection, id, &span)?;
        deleted.push(id);
    }
    for id in &deleted {
        connection
            .prepare_cached("DELETE FROM spans WHERE id = ?1")?
            .execute([id])?;
    }
    operations.save(connection)?;
    Ok((deleted.len(), origins.save(connection)?))
}

#[cfg(test)]
mod tests {
    use super::super::schema;
    use super::*;
    use crate::cli::{Database, Durability};

    /// Each second this is asked, and nothing is stored meanwhile.
    #[test]
    fn spans_to_delete_are_found_by_their_traces() {
        let dir = tempfile::tempdir().unwrap();
        let location = schema::Location::new(&Database::File(dir.path().join("traces.db")));
        let connection = schema::open_writer(&location, Durability::Kill).unwrap();
        let mut statement = connection
            .prepare(&format!("EXPLAIN QUERY PLAN {EXPIRED_SPANS}"))
            .unwrap();
        let steps = statement.query_map([SPANS], |row| row.get::<_, String>(3));
        let steps: Vec<String> = steps.unwrap().map(Result::unwrap).collect();
        assert_eq!(
            steps,
            [
                "SCAN e",
                "SEARCH s USING INDEX spans_by_id (trace=?)",
                "SEARCH r USING INTEGER PRIMARY KEY (rowid=?)",
            ]
        );
    }
}
