//! Writes batches inside one transaction: spans, what is looked up by, and the summaries of their traces.

use std::collections::{BTreeSet, HashMap};

use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::operations::{Changes, Share};
use super::origins::Origins;
use super::term::{self, Term};
use super::trace_state::{SpanFacts, TraceState};
use crate::ingest::Batch;
use crate::ingest::batch::{BatchResource, BatchSpan, SpanId, TraceId};

/// Most entries of each memory below; a sender that makes up new ones cannot grow it further.
const MAX_KNOWN: usize = 10_000;

/// What the writer remembers from one transaction to the next.
#[derive(Default)]
pub(super) struct Inserter {
    resources: HashMap<Vec<u8>, i64>,
    scopes: HashMap<Vec<u8>, i64>,
    /// The state of the database, as it counts what others commit: they may have deleted what is remembered.
    version: i64,
}

impl Inserter {
    /// Starts writing into the connection's open transaction.
    pub(super) fn begin<'a>(
        &'a mut self,
        connection: &'a Connection,
    ) -> rusqlite::Result<Writing<'a>> {
        let version = connection.query_row("PRAGMA data_version", [], |row| row.get(0))?;
        if self.version != version || self.resources.len().max(self.scopes.len()) > MAX_KNOWN {
            self.forget();
        }
        self.version = version;
        // Spans of expired traces may still be there under the numbers of these.
        let last: Option<i64> = connection.query_row(
            "SELECT max(coalesce((SELECT max(id) FROM summaries), 0), coalesce((SELECT max(trace) FROM expired), 0))",
            [],
            |row| row.get(0),
        )?;
        Ok(Writing {
            memory: self,
            connection,
            next_trace: last.unwrap_or(0) + 1,
            traces: HashMap::new(),
            postings: BTreeSet::new(),
            operations: Changes::default(),
            origins: Origins::default(),
        })
    }

    /// Resources and scopes may have been deleted.
    pub(super) fn forget(&mut self) {
        self.resources.clear();
        self.scopes.clear();
    }
}

/// One transaction's work.
pub(super) struct Writing<'a> {
    memory: &'a mut Inserter,
    connection: &'a Connection,
    next_trace: i64,
    traces: HashMap<TraceId, TraceState>,
    postings: BTreeSet<(Term, i64)>,
    operations: Changes,
    origins: Origins,
}

/// The record that is already there for a span's id.
struct Stored {
    id: i64,
    resource: i64,
    scope: i64,
    facts: SpanFacts,
    service: String,
    name: String,
    kind: i32,
    share: Share,
    record: Vec<u8>,
}

impl Writing<'_> {
    /// Writes one batch; gives those of its spans that were not there, or there with less.
    pub(super) fn add<'b>(&mut self, batch: &'b Batch) -> rusqlite::Result<Vec<&'b BatchSpan>> {
        let mut written = Vec::with_capacity(batch.spans.len());
        let mut resources = vec![None; batch.resources.len()];
        let mut scopes = vec![None; batch.scopes.len()];
        for span in &batch.spans {
            let (Some(resource), Some(scope)) = (
                batch.resources.get(span.resource),
                batch.scopes.get(span.scope),
            ) else {
                continue;
            };
            let resource_id = match resources.get(span.resource).copied().flatten() {
                Some(id) => id,
                None => *resources[span.resource].insert(self.resource(resource)?),
            };
            let scope_id = match scopes.get(span.scope).copied().flatten() {
                Some(id) => id,
                None => *scopes[span.scope].insert(self.scope(scope)?),
            };
            let is_new = self.span(span, resource, resource_id, scope_id)?;
            // Also none: then they may be there for nothing.
            self.origins.count(resource_id, scope_id, is_new.into());
            if is_new {
                written.push(span);
            }
        }
        Ok(written)
    }

    fn resource(&mut self, resource: &BatchResource) -> rusqlite::Result<i64> {
        if let Some(id) = self.memory.resources.get(&resource.record) {
            return Ok(*id);
        }
        let found = self
            .connection
            .prepare_cached("SELECT id FROM resources WHERE record = ?1")?
            .query_row([&resource.record], |row| row.get(0))
            .optional()?;
        let id = match found {
            Some(id) => id,
            None => {
                self.connection
                    .prepare_cached("INSERT INTO resources (service, record) VALUES (?1, ?2)")?
                    .execute(params![resource.service, resource.record])?;
                let id = self.connection.last_insert_rowid();
                let mut insert = self.connection.prepare_cached(
                    "INSERT OR IGNORE INTO resource_terms (term, resource) VALUES (?1, ?2)",
                )?;
                for term in &resource.terms {
                    insert.execute([*term, id])?;
                }
                id
            }
        };
        self.memory.resources.insert(resource.record.clone(), id);
        Ok(id)
    }

    fn scope(&mut self, record: &[u8]) -> rusqlite::Result<i64> {
        if let Some(id) = self.memory.scopes.get(record) {
            return Ok(*id);
        }
        let found = self
            .connection
            .prepare_cached("SELECT id FROM scopes WHERE record = ?1")?
            .query_row([record], |row| row.get(0))
            .optional()?;
        let id = match found {
            Some(id) => id,
            None => {
                self.connection
                    .prepare_cached("INSERT INTO scopes (record) VALUES (?1)")?
                    .execute([record])?;
                self.connection.last_insert_rowid()
            }
        };
        self.memory.scopes.insert(record.to_vec(), id);
        Ok(id)
    }

    /// Tells whether the span was written: what is stored already may say as much.
    fn span(
        &mut self,
        span: &BatchSpan,
        resource: &BatchResource,
        resource_id: i64,
        scope: i64,
    ) -> rusqlite::Result<bool> {
        let facts = SpanFacts::of(span);
        if !self.traces.contains_key(&span.trace_id) {
            let state = match TraceState::load(self.connection, &span.trace_id)? {
                Some(state) => state,
                None => {
                    self.next_trace += 1;
                    TraceState::new(self.next_trace - 1, &facts, &resource.service)
                }
            };
            // The row of a new trace stands before its spans, which refer to it.
            state.insert(self.connection, &span.trace_id)?;
            self.traces.insert(span.trace_id, state);
        }
        let Some(trace) = self.traces.get_mut(&span.trace_id) else {
            return Ok(false);
        };
        let columns = &span.columns;
        let inserted = self
            .connection
            .prepare_cached(
                "INSERT INTO spans (trace, span_id, parent_id, resource, scope, name, kind, start_ns, end_ns, error, incomplete,
                 record, status, message, attributes, events, links)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17) ON CONFLICT (trace, span_id) DO NOTHING",
            )?
            .execute(params![
                trace.id, span.span_id, span.parent_id, resource_id, scope, span.name, span.kind,
                span.start.cast_signed(), span.end.cast_signed(), span.error, span.incomplete, span.record,
                columns.status, columns.message, columns.attributes, columns.events, columns.links,
            ])?;
        let operation = (&*resource.service, &*span.name, span.kind);
        let share = Share {
            start: span.start,
            end: span.end,
            error: span.error,
            incomplete: span.incomplete,
        };
        let id = if inserted == 1 {
            trace.add(&facts, &resource.service);
            self.connection.last_insert_rowid()
        } else {
            let Some(stored) = stored(self.connection, trace.id, &span.span_id)? else {
                return Ok(false);
            };
            if !replaces(span, &stored) {
                return Ok(false);
            }
            self.connection
                .prepare_cached(
                    "UPDATE spans SET parent_id = ?2, resource = ?3, scope = ?4, name = ?5, kind = ?6, start_ns = ?7,
                     end_ns = ?8, error = ?9, incomplete = ?10, record = ?11, status = ?12, message = ?13, attributes = ?14,
                     events = ?15, links = ?16 WHERE id = ?1",
                )?
                .execute(params![
                    stored.id, span.parent_id, resource_id, scope, span.name, span.kind, span.start.cast_signed(),
                    span.end.cast_signed(), span.error, span.incomplete, span.record, columns.status, columns.message,
                    columns.attributes, columns.events, columns.links,
                ])?;
            let old_operation = (&*stored.service, &*stored.name, stored.kind);
            self.operations.count(old_operation, stored.share, -1);
            self.origins.count(stored.resource, stored.scope, -1);
            trace.replace(&stored.facts, &stored.service, &facts, &resource.service);
            // The record was encoded by us; one that does not decode has no links that were entered.
            let old = Span::decode(&*stored.record).unwrap_or_default();
            unlink(self.connection, stored.id, &old)?;
            stored.id
        };
        let trace = trace.id;
        for (target_trace, target_span) in &span.links {
            self.connection
                .prepare_cached(
                    "INSERT OR IGNORE INTO links (trace_id, span_id, source) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![target_trace, target_span, id])?;
        }
        self.operations.count(operation, share, 1);
        self.postings
            .extend(span.terms.iter().map(|term| (*term, trace)));
        self.postings
            .insert((term::service(&resource.service), trace));
        self.postings.insert((term::resource(resource_id), trace));
        Ok(true)
    }

    /// Writes what was gathered over all batches; gives the traces that changed.
    pub(super) fn finish(self) -> rusqlite::Result<BTreeSet<i64>> {
        let mut changed = BTreeSet::new();
        for state in self.traces.into_values() {
            if state.changed {
                changed.insert(state.id);
                state.save(self.connection)?;
            }
        }
        // In the order of the index, which touches each of its pages once.
        let mut insert = self
            .connection
            .prepare_cached("INSERT OR IGNORE INTO postings (term, trace) VALUES (?1, ?2)")?;
        for (term, trace) in self.postings {
            insert.execute([term, trace])?;
        }
        self.operations.save(self.connection)?;
        if self.origins.save(self.connection)? {
            self.memory.forget();
        }
        Ok(changed)
    }
}

/// Of two records for one span the one that is complete stays, else the one with the later end.
fn replaces(new: &BatchSpan, old: &Stored) -> bool {
    match (old.share.incomplete, new.incomplete) {
        (true, false) => true,
        (false, true) => false,
        _ => new.end > old.share.end,
    }
}

fn stored(
    connection: &Connection,
    trace: i64,
    span_id: &SpanId,
) -> rusqlite::Result<Option<Stored>> {
    connection
        .prepare_cached(
            "SELECT s.id, s.parent_id IS NOT NULL, s.start_ns, s.end_ns, s.error, s.incomplete, s.record, r.service, s.name, s.kind,
             s.resource, s.scope FROM spans s JOIN resources r ON r.id = s.resource WHERE s.trace = ?1 AND s.span_id = ?2",
        )?
        .query_row(params![trace, span_id], |row| {
            let share = Share {
                start: row.get::<_, i64>(2)?.cast_unsigned(),
                end: row.get::<_, i64>(3)?.cast_unsigned(),
                error: row.get(4)?,
                incomplete: row.get(5)?,
            };
            let name: String = row.get(8)?;
            let times = (share.start, share.end);
            Ok(Stored {
                id: row.get(0)?,
                resource: row.get(10)?,
                scope: row.get(11)?,
                facts: SpanFacts::new(*span_id, row.get(1)?, times, share.error, name.clone()),
                record: row.get(6)?,
                service: row.get(7)?,
                name,
                kind: row.get(9)?,
                share,
            })
        })
        .optional()
}

/// Takes the links of a record out again.
pub(super) fn unlink(connection: &Connection, source: i64, span: &Span) -> rusqlite::Result<()> {
    for link in &span.links {
        connection
            .prepare_cached(
                "DELETE FROM links WHERE trace_id = ?1 AND span_id = ?2 AND source = ?3",
            )?
            .execute(params![link.trace_id, link.span_id, source])?;
    }
    Ok(())
}
