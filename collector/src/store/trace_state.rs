//! A trace's summary while its spans are written: counts, edges and the span that names it.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::ingest::batch::{BatchSpan, SpanId, TraceId};

/// What a summary needs to know of a span.
#[derive(Clone, Debug)]
pub(super) struct SpanFacts {
    span_id: SpanId,
    parented: bool,
    start: i64,
    /// Never before the start.
    end: i64,
    error: bool,
    name: String,
}

impl SpanFacts {
    pub(super) fn new(
        span_id: SpanId,
        parented: bool,
        times: (u64, u64),
        error: bool,
        name: String,
    ) -> SpanFacts {
        let (start, end) = (times.0, times.1.max(times.0));
        SpanFacts {
            span_id,
            parented,
            start: nanos(start),
            end: nanos(end),
            error,
            name,
        }
    }

    pub(super) fn of(span: &BatchSpan) -> SpanFacts {
        let times = (span.start, span.end);
        SpanFacts::new(
            span.span_id,
            span.parent_id.is_some(),
            times,
            span.error,
            span.name.clone(),
        )
    }
}

/// Times after 2262 count as 2262 in summaries; the span itself keeps what was sent.
pub(crate) fn nanos(time: u64) -> i64 {
    i64::try_from(time).unwrap_or(i64::MAX)
}

/// Longest name in a summary, in bytes: a list of many traces is made in memory. The span keeps all of its own.
const MAX_NAME: usize = 1_024;

/// The beginning of a name.
fn short(name: &str) -> String {
    name[..name.floor_char_boundary(MAX_NAME)].to_owned()
}

/// The span that names the trace: without parent before with, then the earliest.
#[derive(Clone, Debug)]
struct Root {
    parented: bool,
    start: i64,
    span_id: SpanId,
    name: String,
    service: String,
}

impl Root {
    fn of(facts: &SpanFacts, service: &str) -> Root {
        Root {
            parented: facts.parented,
            start: facts.start,
            span_id: facts.span_id,
            name: short(&facts.name),
            service: short(service),
        }
    }

    fn yields_to(&self, facts: &SpanFacts) -> bool {
        (facts.parented, facts.start, facts.span_id) < (self.parented, self.start, self.span_id)
    }
}

/// A trace's row while its spans are written.
pub(super) struct TraceState {
    pub(super) id: i64,
    pub(super) changed: bool,
    is_new: bool,
    start: i64,
    end: i64,
    span_count: i64,
    error_count: i64,
    root: Root,
    services: HashMap<String, i64>,
    recount: bool,
}

impl TraceState {
    /// A trace of which this is the first span, not yet counted.
    pub(super) fn new(id: i64, facts: &SpanFacts, service: &str) -> TraceState {
        TraceState {
            id,
            changed: false,
            is_new: true,
            start: facts.start,
            end: facts.end,
            span_count: 0,
            error_count: 0,
            root: Root::of(facts, service),
            services: HashMap::new(),
            recount: false,
        }
    }

    pub(super) fn load(
        connection: &Connection,
        trace_id: &TraceId,
    ) -> rusqlite::Result<Option<TraceState>> {
        connection
            .prepare_cached(
                "SELECT id, start_ns, end_ns, span_count, error_count, root_parented, root_start, root_span, root_name, root_service
                 FROM summaries WHERE trace_id = ?1",
            )?
            .query_row([trace_id], |row| {
                Ok(TraceState {
                    id: row.get(0)?,
                    changed: false,
                    is_new: false,
                    start: row.get(1)?,
                    end: row.get(2)?,
                    span_count: row.get(3)?,
                    error_count: row.get(4)?,
                    root: Root {
                        parented: row.get(5)?,
                        start: row.get(6)?,
                        span_id: row.get(7)?,
                        name: row.get(8)?,
                        service: row.get(9)?,
                    },
                    services: HashMap::new(),
                    recount: false,
                })
            })
            .optional()
    }

    /// Counts a span that was not there before.
    pub(super) fn add(&mut self, facts: &SpanFacts, service: &str) {
        self.span_count += 1;
        self.error_count += i64::from(facts.error);
        self.enter(facts, service);
    }

    /// Counts a span in place of its earlier record.
    pub(super) fn replace(
        &mut self,
        old: &SpanFacts,
        old_service: &str,
        new: &SpanFacts,
        service: &str,
    ) {
        self.error_count += i64::from(new.error) - i64::from(old.error);
        *self.services.entry(old_service.to_owned()).or_default() -= 1;
        // Where the earlier record held an edge or the name, only all spans together tell the new one.
        self.recount |= (old.start == self.start && new.start > old.start)
            || (old.end == self.end && new.end < old.end)
            || old.span_id == self.root.span_id;
        self.enter(new, service);
    }

    fn enter(&mut self, facts: &SpanFacts, service: &str) {
        self.changed = true;
        self.start = self.start.min(facts.start);
        self.end = self.end.max(facts.end);
        if self.root.yields_to(facts) {
            self.root = Root::of(facts, service);
        }
        *self.services.entry(service.to_owned()).or_default() += 1;
    }

    /// Makes the row of a new trace.
    pub(super) fn insert(
        &self,
        connection: &Connection,
        trace_id: &TraceId,
    ) -> rusqlite::Result<()> {
        if self.is_new {
            connection
                .prepare_cached(
                    "INSERT INTO summaries (id, trace_id, start_ns, end_ns, span_count, error_count, root_span, root_parented,
                     root_start, root_name, root_service) VALUES (?1, ?2, ?3, ?4, 0, 0, ?5, ?6, ?7, ?8, ?9)",
                )?
                .execute(params![
                    self.id, trace_id, self.start, self.end, self.root.span_id, self.root.parented, self.root.start,
                    self.root.name, self.root.service,
                ])?;
        }
        Ok(())
    }

    /// Writes the row.
    pub(super) fn save(mut self, connection: &Connection) -> rusqlite::Result<()> {
        if self.recount {
            self.recount(connection)?;
        }
        connection
            .prepare_cached(
                "UPDATE summaries SET start_ns = ?2, end_ns = ?3, span_count = ?4, error_count = ?5, root_span = ?6,
                 root_parented = ?7, root_start = ?8, root_name = ?9, root_service = ?10 WHERE id = ?1",
            )?
            .execute(params![
                self.id, self.start, self.end, self.span_count, self.error_count, self.root.span_id, self.root.parented,
                self.root.start, self.root.name, self.root.service,
            ])?;
        for (service, change) in self.services.iter().filter(|(_, change)| **change != 0) {
            connection
                .prepare_cached(
                    "INSERT INTO trace_services (trace, service, span_count) VALUES (?1, ?2, ?3)
                     ON CONFLICT (trace, service) DO UPDATE SET span_count = span_count + ?3",
                )?
                .execute(params![self.id, service, change])?;
            if *change < 0 {
                connection
                    .prepare_cached("DELETE FROM trace_services WHERE trace = ?1 AND service = ?2 AND span_count <= 0")?
                    .execute(params![self.id, service])?;
            }
        }
        Ok(())
    }

    fn recount(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        let mut statement = connection.prepare_cached(
            "SELECT id, span_id, parent_id IS NOT NULL, start_ns, end_ns FROM spans WHERE trace = ?1",
        )?;
        let mut rows = statement.query([self.id])?;
        let mut first: Option<(bool, i64, SpanId, i64)> = None;
        (self.start, self.end) = (i64::MAX, i64::MIN);
        while let Some(row) = rows.next()? {
            let times = (
                row.get::<_, i64>(3)?.cast_unsigned(),
                row.get::<_, i64>(4)?.cast_unsigned(),
            );
            let facts = SpanFacts::new(row.get(1)?, row.get(2)?, times, false, String::new());
            self.start = self.start.min(facts.start);
            self.end = self.end.max(facts.end);
            let candidate = (facts.parented, facts.start, facts.span_id, row.get(0)?);
            if first.is_none_or(|first| candidate < first) {
                first = Some(candidate);
            }
        }
        if let Some((parented, start, span_id, id)) = first {
            let (name, service) = connection
                .prepare_cached(
                    "SELECT s.name, r.service FROM spans s JOIN resources r ON r.id = s.resource WHERE s.id = ?1",
                )?
                .query_row([id], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
            self.root = Root {
                parented,
                start,
                span_id,
                name: short(&name),
                service: short(&service),
            };
        }
        Ok(())
    }
}
