//! Statistics of operations, kept up to date with the spans that are stored: how many, how many failed, how long they took.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use super::term::{self, Term};

/// What a span adds to its operation.
#[derive(Clone, Copy, Debug)]
pub(super) struct Share {
    pub(super) start: u64,
    pub(super) end: u64,
    pub(super) error: bool,
    /// Written before it ended: it has no duration yet.
    pub(super) incomplete: bool,
}

/// The change of one operation.
struct Change {
    service: String,
    name: String,
    kind: i32,
    spans: i64,
    errors: i64,
    timed: i64,
    micros: i64,
}

/// The changes of one transaction.
#[derive(Default)]
pub(super) struct Changes(HashMap<Term, Change>);

impl Changes {
    /// Counts a span in (`sign` 1) or out (-1).
    pub(super) fn count(
        &mut self,
        (service, name, kind): (&str, &str, i32),
        share: Share,
        sign: i64,
    ) {
        let change = self
            .0
            .entry(term::operation(service, name, kind))
            .or_insert_with(|| Change {
                service: service.to_owned(),
                name: name.to_owned(),
                kind,
                spans: 0,
                errors: 0,
                timed: 0,
                micros: 0,
            });
        change.spans += sign;
        change.errors += sign * i64::from(share.error);
        if !share.incomplete {
            change.timed += sign;
            let micros = i64::try_from(share.end.saturating_sub(share.start) / 1_000);
            change.micros = change
                .micros
                .saturating_add(sign.saturating_mul(micros.unwrap_or(i64::MAX)));
        }
    }

    /// Writes them; an operation that has no spans left goes.
    pub(super) fn save(self, connection: &Connection) -> rusqlite::Result<()> {
        let mut save = connection.prepare_cached(
            "INSERT INTO operations (term, service, name, kind, span_count, error_count, timed_count, duration_us)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (term) DO UPDATE SET span_count = span_count + ?5,
             error_count = error_count + ?6, timed_count = timed_count + ?7, duration_us = duration_us + ?8",
        )?;
        let mut delete = connection
            .prepare_cached("DELETE FROM operations WHERE term = ?1 AND span_count <= 0")?;
        for (term, change) in self.0 {
            save.execute(params![
                term,
                change.service,
                change.name,
                change.kind,
                change.spans,
                change.errors,
                change.timed,
                change.micros
            ])?;
            if change.spans < 0 {
                delete.execute([term])?;
            }
        }
        Ok(())
    }
}
