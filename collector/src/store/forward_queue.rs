//! Batches that wait to be forwarded: written in the transaction that stores their spans, deleted when the target has them.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message as _;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::ingest::Batch;
use crate::ingest::batch::BatchSpan;

/// Bytes that may wait for one target; beyond this the oldest batches are given up.
pub(crate) const MOST_BYTES: i64 = 1 << 30;

/// A larger batch is queued in pieces: some receivers take no more than 4 MiB, and none is held in memory whole.
const PIECE: usize = 2 << 20;

/// Of no migration: who does not forward has no such table.
const TABLE: &str = "
CREATE TABLE IF NOT EXISTS forward_queue (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  target TEXT NOT NULL,
  body BLOB NOT NULL -- protobuf ExportTraceServiceRequest
);
CREATE INDEX IF NOT EXISTS forward_queue_by_target ON forward_queue (target, id);";

/// A batch that waits.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) id: i64,
    pub(crate) body: Vec<u8>,
}

/// Makes the table and drops what waits for targets that there are no more; tells how many batches that were.
pub(super) fn prepare(connection: &Connection, targets: &[String]) -> rusqlite::Result<usize> {
    connection.execute_batch(TABLE)?;
    let known = serde_json::json!(targets).to_string();
    connection.execute(
        "DELETE FROM forward_queue WHERE target NOT IN (SELECT value FROM json_each(?1))",
        [known],
    )
}

/// Adds a batch for each target.
pub(super) fn add(
    connection: &Connection,
    targets: &[String],
    batch: &Batch,
) -> rusqlite::Result<()> {
    if targets.is_empty() {
        return Ok(());
    }
    let mut rest = &batch.spans[..];
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

/// How many batches wait for a target, and their bytes.
pub(crate) fn waiting(connection: &Connection, target: &str) -> rusqlite::Result<(i64, i64)> {
    connection
        .prepare_cached(
            "SELECT count(*), coalesce(sum(length(body)), 0) FROM forward_queue WHERE target = ?1",
        )?
        .query_row([target], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Deletes a batch.
pub(crate) fn remove(connection: &Connection, id: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached("DELETE FROM forward_queue WHERE id = ?1")?
        .execute([id])?;
    Ok(())
}

/// The first spans, as many as go into one request, and those after them.
fn split(spans: &[BatchSpan]) -> Option<(&[BatchSpan], &[BatchSpan])> {
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
fn request(batch: &Batch, spans: &[BatchSpan]) -> ExportTraceServiceRequest {
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
