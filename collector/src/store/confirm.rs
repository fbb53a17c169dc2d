//! Confirms what a search found against the spans themselves.

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span};
use prost::Message as _;
use rusqlite::Connection;

use super::ReadError;
use super::search::{self, Filter};
use super::summary::Summary;
use super::term;
use crate::otlp::text;

/// Checks against the spans what terms alone cannot promise: hashes collide, and a replaced record leaves its terms.
pub(super) fn confirmed(
    connection: &Connection,
    filter: &Filter,
    summary: &Summary,
) -> Result<bool, ReadError> {
    for (key, value) in &filter.attributes {
        if !has_attribute(connection, summary.id, key, value)? {
            return Ok(false);
        }
    }
    if let Some(service) = &filter.service {
        let found = connection
            .prepare_cached("SELECT 1 FROM trace_services WHERE trace = ?1 AND service = ?2")?
            .exists((summary.id, service))?;
        if !found {
            return Ok(false);
        }
    }
    if let Some(name) = &filter.operation {
        let found = connection
            .prepare_cached(
                "SELECT 1 FROM spans s JOIN resources r ON r.id = s.resource
                 WHERE s.trace = ?1 AND s.name = ?2 AND (?3 IS NULL OR r.service = ?3)",
            )?
            .exists((summary.id, name, &filter.service))?;
        if !found {
            return Ok(false);
        }
    }
    if let Some(text) = &filter.text
        && !search::id_range(text)
            .is_some_and(|(low, high)| (&low[..]..=&high[..]).contains(&&summary.trace_id()[..]))
    {
        let query = format!(
            "SELECT 1 FROM spans s JOIN resources r ON r.id = s.resource WHERE s.trace = ?1 AND {}",
            search::contains_text("s.name", "r.service", 2)
        );
        return Ok(connection
            .prepare_cached(&query)?
            .exists((summary.id, text))?);
    }
    Ok(true)
}

fn has_attribute(
    connection: &Connection,
    trace: i64,
    key: &str,
    value: &str,
) -> Result<bool, ReadError> {
    let mut statement = connection.prepare_cached(
        "SELECT r.record FROM resources r WHERE r.id IN (SELECT resource FROM resource_terms WHERE term = ?2)
         AND EXISTS (SELECT 1 FROM spans WHERE trace = ?1 AND resource = r.id)",
    )?;
    let mut rows = statement.query((trace, term::attribute(key, value)))?;
    while let Some(row) = rows.next()? {
        let record = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
        let resource = ResourceSpans::decode(record)
            .unwrap_or_default()
            .resource
            .unwrap_or_default();
        if matches(&resource.attributes, key, value) {
            return Ok(true);
        }
    }
    let mut statement = connection.prepare_cached("SELECT record FROM spans WHERE trace = ?1")?;
    let mut rows = statement.query([trace])?;
    while let Some(row) = rows.next()? {
        let record = row.get_ref(0)?.as_blob().map_err(rusqlite::Error::from)?;
        let span = Span::decode(record).unwrap_or_default();
        if matches(&span.attributes, key, value) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn matches(attributes: &[KeyValue], key: &str, value: &str) -> bool {
    let mut found = false;
    for pair in attributes.iter().filter(|pair| pair.key == key) {
        if let Some(any) = &pair.value {
            text::for_each(any, &mut |text| found |= text == value);
        }
    }
    found
}
