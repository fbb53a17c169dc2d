//! How many spans each resource and scope has: those that no span has any longer go, so that what is not kept frees its
//! space whole.

use std::collections::HashMap;

use opentelemetry_proto::tonic::trace::v1::ResourceSpans;
use prost::Message as _;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::ingest::batch;

/// The changes of one transaction, by the numbers of resources and scopes.
#[derive(Default)]
pub(super) struct Origins {
    resources: HashMap<i64, i64>,
    scopes: HashMap<i64, i64>,
}

impl Origins {
    /// Counts spans in (`count` above 0) or out.
    pub(super) fn count(&mut self, resource: i64, scope: i64, count: i64) {
        *self.resources.entry(resource).or_default() += count;
        *self.scopes.entry(scope).or_default() += count;
    }

    /// Writes them and deletes what has no spans left; tells whether anything went.
    pub(super) fn save(self, connection: &Connection) -> rusqlite::Result<bool> {
        let mut gone = false;
        for (resource, change) in self.resources {
            add(connection, "resources", resource, change)?;
            if change <= 0
                && let Some(record) = unused(connection, "resources", resource)?
            {
                forget_terms(connection, resource, &record)?;
                delete(connection, "resources", resource)?;
                gone = true;
            }
        }
        for (scope, change) in self.scopes {
            add(connection, "scopes", scope, change)?;
            if change <= 0 && unused(connection, "scopes", scope)?.is_some() {
                delete(connection, "scopes", scope)?;
                gone = true;
            }
        }
        Ok(gone)
    }
}

fn add(connection: &Connection, table: &str, id: i64, change: i64) -> rusqlite::Result<()> {
    if change != 0 {
        let add = format!("UPDATE {table} SET span_count = span_count + ?2 WHERE id = ?1");
        connection
            .prepare_cached(&add)?
            .execute(params![id, change])?;
    }
    Ok(())
}

/// The record, if no span has it.
fn unused(connection: &Connection, table: &str, id: i64) -> rusqlite::Result<Option<Vec<u8>>> {
    let find = format!("SELECT record FROM {table} WHERE id = ?1 AND span_count <= 0");
    connection
        .prepare_cached(&find)?
        .query_row([id], |row| row.get(0))
        .optional()
}

fn delete(connection: &Connection, table: &str, id: i64) -> rusqlite::Result<()> {
    connection
        .prepare_cached(&format!("DELETE FROM {table} WHERE id = ?1"))?
        .execute([id])?;
    Ok(())
}

fn forget_terms(connection: &Connection, id: i64, record: &[u8]) -> rusqlite::Result<()> {
    // The record was encoded by us.
    let resource = ResourceSpans::decode(record).unwrap_or_default().resource;
    for term in batch::resource_terms(&resource.unwrap_or_default().attributes) {
        connection
            .prepare_cached("DELETE FROM resource_terms WHERE term = ?1 AND resource = ?2")?
            .execute([term, id])?;
    }
    Ok(())
}
