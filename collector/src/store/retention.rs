//! Deletes old traces a few spans at a time, so that batches never wait long for it.

use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use rusqlite::{Connection, TransactionBehavior, params};

use super::insert::unlink;
use super::operations::{Changes, Share};
use super::term;
use crate::ingest::batch;

/// Traces and spans of one step.
const TRACES: i64 = 200;
const SPANS: i64 = 500;

/// Deletes some of the traces that ended before a time; tells whether there is more to do.
pub(super) fn step(connection: &mut Connection, before: i64) -> rusqlite::Result<bool> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let spans = delete_spans(&transaction)?;
    let mut traces = 0;
    if spans == 0 {
        transaction.execute("DELETE FROM expired", [])?;
        traces = take_out(&transaction, before)?;
    }
    transaction.commit()?;
    Ok(spans > 0 || traces > 0)
}

/// Takes whole traces out of sight; their spans follow in later steps.
fn take_out(connection: &Connection, before: i64) -> rusqlite::Result<usize> {
    let traces = connection
        .prepare_cached(
            "INSERT INTO expired SELECT id FROM summaries WHERE start_ns < ?1 AND end_ns < ?1 ORDER BY start_ns LIMIT ?2",
        )?
        .execute([before, TRACES])?;
    connection.execute(
        "DELETE FROM trace_services WHERE trace IN (SELECT trace FROM expired)",
        [],
    )?;
    connection.execute(
        "DELETE FROM summaries WHERE id IN (SELECT trace FROM expired)",
        [],
    )?;
    Ok(traces)
}

fn delete_spans(connection: &Connection) -> rusqlite::Result<usize> {
    let mut statement = connection.prepare_cached(
        "SELECT s.id, s.trace, s.name, s.kind, s.record, r.id, r.service, s.start_ns, s.end_ns, s.error, s.incomplete FROM expired e
         JOIN spans s ON s.trace = e.trace JOIN resources r ON r.id = s.resource LIMIT ?1",
    )?;
    let mut rows = statement.query([SPANS])?;
    let mut deleted = Vec::new();
    let mut operations = Changes::default();
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
        unlink(connection, id, &span)?;
        deleted.push(id);
    }
    for id in &deleted {
        connection
            .prepare_cached("DELETE FROM spans WHERE id = ?1")?
            .execute([id])?;
    }
    operations.save(connection)?;
    Ok(deleted.len())
}
