//! Batches that wait to be forwarded: written in the transaction that stores their spans, deleted when the target has them;
//! and how forwarding to each target went last.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message as _;
use rusqlite::{Connection, OptionalExtension as _, params};
use serde::Serialize;

use crate::ingest::Batch;
use crate::ingest::batch::BatchSpan;

/// A larger batch is queued in pieces: some receivers take no more than 4 MiB, and none is held in memory whole.
const PIECE: usize = 2 << 20;

/// Of no migration: who does not forward has no such tables.
const TABLES: &str = "
CREATE TABLE IF NOT EXISTS forward_queue (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  target TEXT NOT NULL,
  body BLOB NOT NULL -- protobuf ExportTraceServiceRequest
);
CREATE INDEX IF NOT EXISTS forward_queue_by_target ON forward_queue (target, id);
CREATE TABLE IF NOT EXISTS forward_targets (
  target TEXT PRIMARY KEY,
  last_success_ns INTEGER,
  last_error_ns INTEGER,
  last_error TEXT
) WITHOUT ROWID;";

/// Batches that are given up together, so that the writer is soon free again.
const STEP: i64 = 100;

/// A batch that waits.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) id: i64,
    pub(crate) body: Vec<u8>,
}

/// How forwarding to a target goes.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Forwarding {
    pub(crate) target: String,
    /// Batches that wait.
    pub(crate) queued: i64,
    /// When the target took a batch, in nanoseconds since 1970.
    pub(crate) last_success: Option<String>,
    pub(crate) last_error: Option<ForwardError>,
}

/// Why a batch was not taken.
#[derive(Debug, Serialize)]
pub(crate) struct ForwardError {
    /// In nanoseconds since 1970.
    pub(crate) time: String,
    pub(crate) message: String,
}

/// Makes the tables and drops what waits for targets that there are no more; tells how many batches that were.
pub(super) fn prepare(connection: &Connection, targets: &[String]) -> rusqlite::Result<usize> {
    connection.execute_batch(TABLES)?;
    for target in targets {
        connection.execute(
            "INSERT OR IGNORE INTO forward_targets (target) VALUES (?1)",
            [target],
        )?;
    }
    let known = serde_json::json!(targets).to_string();
    let mut dropped = 0;
    for table in ["forward_targets", "forward_queue"] {
        let drop =
            format!("DELETE FROM {table} WHERE target NOT IN (SELECT value FROM json_each(?1))");
        dropped = connection.execute(&drop, [&known])?;
    }
    Ok(dropped)
}

/// Adds some spans of a batch for each target.
pub(super) fn add(
    connection: &Connection,
    targets: &[String],
    batch: &Batch,
    spans: &[&BatchSpan],
) -> rusqlite::Result<()> {
    if targets.is_empty() {
        return Ok(());
    }
    let mut rest = spans;
    while let Some((spans, later)) = split(rest) {
        rest = later;
        let body = request(batch, spans).encode_to_vec();
        for target in targets {
            connection
                .prepare_cached("INSERT INTO forward_queue (target, body) VALUES (?1, ?2)")?
                .execute(params![target, body])?;
        }
    }
    Ok(())
}

/// The oldest batch for a target.
pub(crate) fn first(connection: &Connection, target: &str) -> rusqlite::Result<Option<Waiting>> {
    connection
        .prepare_cached("SELECT id, body FROM forward_queue WHERE target = ?1 ORDER BY id LIMIT 1")?
        .query_row([target], |row| {
            Ok(Waiting {
                id: row.get(0)?,
                body: row.get(1)?,
            })
        })
        .optional()
}

/// How many batches wait for a target.
pub(crate) fn waiting(connection: &Connection, target: &str) -> rusqlite::Result<i64> {
    connection
        .prepare_cached("SELECT count(*) FROM forward_queue WHERE target = ?1")?
        .query_row([target], |row| row.get(0))
}

/// The newest batch for which there is no room when `most` bytes may wait: it and those before it have to go.
pub(crate) fn overflow(
    connection: &Connection,
    target: &str,
    most: u64,
) -> rusqlite::Result<Option<i64>> {
    let mut statement = connection.prepare_cached(
        "SELECT id, length(body) FROM forward_queue WHERE target = ?1 ORDER BY id DESC",
    )?;
    let mut rows = statement.query([target])?;
    let mut bytes = 0_u64;
    while let Some(row) = rows.next()? {
        bytes = bytes.saturating_add(u64::try_from(row.get::<_, i64>(1)?).unwrap_or(0));
        if bytes > most {
            return row.get(0).map(Some);
        }
    }
    Ok(None)
}

/// Deletes some of the oldest batches for a target, none behind `last`.
pub(crate) fn give_up(connection: &Connection, target: &str, last: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "DELETE FROM forward_queue WHERE id IN
             (SELECT id FROM forward_queue WHERE target = ?1 AND id <= ?2 ORDER BY id LIMIT ?3)",
        )?
        .execute(params![target, last, STEP])?;
    Ok(())
}

/// Deletes a batch that is done with: its target took it at this time, or refused it for this reason.
pub(crate) fn done(
    connection: &Connection,
    target: &str,
    id: i64,
    now: i64,
    refusal: Option<&str>,
) -> rusqlite::Result<()> {
    let transaction = connection.unchecked_transaction()?;
    connection
        .prepare_cached("DELETE FROM forward_queue WHERE id = ?1")?
        .execute([id])?;
    match refusal {
        Some(reason) => failed(connection, target, now, reason)?,
        None => {
            connection
                .prepare_cached(
                    "UPDATE forward_targets SET last_success_ns = ?2 WHERE target = ?1",
                )?
                .execute(params![target, now])?;
        }
    }
    transaction.commit()
}

/// Notes why a target took nothing.
pub(crate) fn failed(
    connection: &Connection,
    target: &str,
    now: i64,
    reason: &str,
) -> rusqlite::Result<()> {
    connection
        .prepare_cached(
            "UPDATE forward_targets SET last_error_ns = ?2, last_error = ?3 WHERE target = ?1",
        )?
        .execute(params![target, now, reason])?;
    Ok(())
}

/// How forwarding goes, by target; nothing in a database from which nobody ever forwarded.
pub(super) fn states(connection: &Connection) -> rusqlite::Result<Vec<Forwarding>> {
    let exists = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'forward_targets'";
    if !connection.prepare_cached(exists)?.exists([])? {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare_cached(
        "SELECT target, last_success_ns, last_error_ns, last_error FROM forward_targets ORDER BY target",
    )?;
    let time = |nanos: i64| nanos.to_string();
    let states = statement.query_map([], |row| {
        let target: String = row.get(0)?;
        let message = row.get::<_, Option<String>>(3)?;
        Ok(Forwarding {
            queued: waiting(connection, &target)?,
            target,
            last_success: row.get::<_, Option<i64>>(1)?.map(time),
            last_error: message
                .map(|message| {
                    let time = time(row.get(2)?);
                    Ok::<_, rusqlite::Error>(ForwardError { time, message })
                })
                .transpose()?,
        })
    })?;
    states.collect()
}

/// The first spans, as many as go into one request, and those after them.
fn split<'a, 'b>(spans: &'a [&'b BatchSpan]) -> Option<(&'a [&'b BatchSpan], &'a [&'b BatchSpan])> {
    let mut bytes = 0;
    let fits = spans.iter().take_while(|span| {
        let before = bytes;
        bytes += span.record.len() + span.name.len();
        before < PIECE
    });
    let count = fits.count();
    (count > 0).then(|| spans.split_at(count))
}

/// Some spans of a batch as they came.
fn request(batch: &Batch, spans: &[&BatchSpan]) -> ExportTraceServiceRequest {
    let mut request = ExportTraceServiceRequest::default();
    let mut at = (None, None);
    for span in spans {
        if at.0 != Some(span.resource) {
            let record = batch.resources.get(span.resource);
            let record = record.map_or(&[][..], |resource| &resource.record);
            // Both records were encoded by us.
            let group = ResourceSpans::decode(record).unwrap_or_default();
            request.resource_spans.push(group);
            at = (Some(span.resource), None);
        }
        let Some(resource) = request.resource_spans.last_mut() else {
            continue;
        };
        if at.1 != Some(span.scope) {
            let record = batch.scopes.get(span.scope).map_or(&[][..], Vec::as_slice);
            resource
                .scope_spans
                .push(ScopeSpans::decode(record).unwrap_or_default());
            at.1 = Some(span.scope);
        }
        if let Some(scope) = resource.scope_spans.last_mut() {
            scope.spans.push(Span {
                trace_id: span.trace_id.to_vec(),
                span_id: span.span_id.to_vec(),
                parent_span_id: span.parent_id.map_or_else(Vec::new, |id| id.to_vec()),
                name: span.name.clone(),
                kind: span.kind,
                start_time_unix_nano: span.start,
                end_time_unix_nano: span.end,
                ..Span::decode(&*span.record).unwrap_or_default()
            });
        }
    }
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    fn queue(bodies: &[(&str, i64)]) -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        let targets = ["a", "b"].map(str::to_owned);
        prepare(&connection, &targets).unwrap();
        for (target, length) in bodies {
            connection
                .execute(
                    "INSERT INTO forward_queue (target, body) VALUES (?1, zeroblob(?2))",
                    params![target, length],
                )
                .unwrap();
        }
        connection
    }

    #[test]
    fn the_oldest_of_a_target_go_until_the_rest_fits() {
        let connection = queue(&[("a", 50), ("b", 900), ("a", 40), ("a", 30), ("a", 30)]);
        let overflow = |most| overflow(&connection, "a", most).unwrap();
        assert_eq!(overflow(150), None);
        assert_eq!(overflow(149), Some(1));
        assert_eq!(overflow(100), Some(1));
        assert_eq!(overflow(99), Some(3));
        assert_eq!(overflow(0), Some(5));
        give_up(&connection, "a", 3).unwrap();
        assert_eq!(first(&connection, "a").unwrap().map(|one| one.id), Some(4));
        assert_eq!(waiting(&connection, "b").unwrap(), 1);
    }

    #[test]
    fn giving_up_goes_in_steps() {
        let connection = queue(&[("a", 1); 250]);
        for left in [150, 50, 0] {
            give_up(&connection, "a", 250).unwrap();
            assert_eq!(waiting(&connection, "a").unwrap(), left);
        }
    }

    #[test]
    fn a_target_that_is_no_more_is_forgotten() {
        let connection = queue(&[("a", 1), ("a", 1), ("b", 1)]);
        failed(&connection, "a", 1, "no").unwrap();
        assert_eq!(prepare(&connection, &["b".to_owned()]).unwrap(), 2);
        let targets: Vec<_> = states(&connection).unwrap();
        let targets: Vec<_> = targets
            .iter()
            .map(|state| (&*state.target, state.queued))
            .collect();
        assert_eq!(targets, [("b", 1)]);
    }
}
