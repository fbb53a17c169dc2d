//! Finds traces: filters over summaries, search terms and, for what terms find, the spans themselves.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, Span};
use prost::Message as _;

use super::ReadError;
use super::summary::Summary;
use super::term::{self, Term};
use crate::otlp::text;

/// A filter that finds no more traces than this is where the search starts; a wider one is checked along the way.
const NARROW: i64 = 2_000;

/// Traces with or without errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatusFilter {
    Ok,
    Error,
}

/// Where the next page starts: behind this trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(crate) start: i64,
    pub(crate) id: i64,
}

/// What traces to find; every part that is given must hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    pub(crate) service: Option<String>,
    /// A span's exact name.
    pub(crate) operation: Option<String>,
    pub(crate) status: Option<StatusFilter>,
    pub(crate) min_duration: Option<i64>,
    pub(crate) max_duration: Option<i64>,
    /// Part of a span's or a service's name, or the start of a trace id.
    pub(crate) text: Option<String>,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) start: Option<i64>,
    pub(crate) end: Option<i64>,
    pub(crate) limit: usize,
    pub(crate) cursor: Option<Cursor>,
}

/// One page of a list, newest first.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) summaries: Vec<Summary>,
    pub(crate) next: Option<Cursor>,
}

/// Conditions of the query with their parameters in order.
#[derive(Default)]
struct Conditions {
    sql: Vec<String>,
    values: Vec<Value>,
    /// Whether one of them finds few traces by itself.
    narrow: bool,
}

impl Conditions {
    fn add(&mut self, sql: impl Into<String>, values: impl IntoIterator<Item = Value>) {
        self.sql.push(sql.into());
        self.values.extend(values);
    }

    /// The trace contains one of these terms, or meets `or`.
    fn contains(
        &mut self,
        connection: &Connection,
        terms: &[Term],
        or: Option<(&str, Vec<Value>)>,
    ) -> Result<(), ReadError> {
        // Numbers of our own making, so they may stand in the text of the query.
        let list = terms
            .iter()
            .map(i64::to_string)
            .collect::<Vec<_>>()
            .join(",");
        let count = format!(
            "SELECT count(*) FROM (SELECT 1 FROM postings WHERE term IN ({list}) LIMIT {NARROW} + 1)"
        );
        let found: i64 = connection.query_row(&count, [], |row| row.get(0))?;
        let (or, values) = or.map_or((String::new(), Vec::new()), |(sql, values)| {
            (format!(" OR {sql}"), values)
        });
        if found <= NARROW {
            self.narrow |= or.is_empty();
            self.add(
                format!("(t.id IN (SELECT trace FROM postings WHERE term IN ({list})){or})"),
                values,
            );
        } else if terms.len() <= 8 {
            self.add(
                format!(
                    "(EXISTS (SELECT 1 FROM postings WHERE term IN ({list}) AND trace = t.id){or})"
                ),
                values,
            );
        } else {
            self.add(
                format!("(t.id IN (SELECT trace FROM postings WHERE term IN ({list})){or})"),
                values,
            );
        }
        Ok(())
    }
}

/// Finds one page.
pub(crate) fn find(connection: &Connection, filter: &Filter) -> Result<Page, ReadError> {
    let mut conditions = Conditions::default();
    if let Some(cursor) = filter.cursor {
        conditions.add(
            "(t.start_ns, t.id) < (?, ?)",
            [cursor.start.into(), cursor.id.into()],
        );
    }
    if let Some(start) = filter.start {
        conditions.add("t.start_ns >= ?", [start.into()]);
    }
    if let Some(end) = filter.end {
        conditions.add("t.start_ns <= ?", [end.into()]);
    }
    if let Some(duration) = filter.min_duration {
        conditions.add("t.end_ns - t.start_ns >= ?", [duration.into()]);
    }
    if let Some(duration) = filter.max_duration {
        conditions.add("t.end_ns - t.start_ns <= ?", [duration.into()]);
    }
    match filter.status {
        Some(StatusFilter::Error) => conditions.add("t.error_count > 0", []),
        Some(StatusFilter::Ok) => conditions.add("t.error_count = 0", []),
        None => {}
    }
    if let Some(service) = &filter.service {
        conditions.contains(connection, &[term::service(service)], None)?;
    }
    if let Some(name) = &filter.operation {
        let terms = operations(
            connection,
            "name = ?1 AND (?2 IS NULL OR service = ?2)",
            (name, &filter.service),
        )?;
        conditions.contains(connection, &terms, None)?;
    }
    for (key, value) in &filter.attributes {
        let terms = attribute_terms(connection, key, value)?;
        conditions.contains(connection, &terms, None)?;
    }
    if let Some(text) = &filter.text {
        let like = pattern(text);
        let terms = operations(
            connection,
            "name LIKE ?1 ESCAPE '\\' OR service LIKE ?1 ESCAPE '\\'",
            (&like,),
        )?;
        let ids = id_range(text).map(|(low, high)| {
            (
                "t.trace_id BETWEEN ? AND ?",
                vec![Value::Blob(low), Value::Blob(high)],
            )
        });
        conditions.contains(connection, &terms, ids)?;
    }
    run(connection, filter, &conditions)
}

fn run(
    connection: &Connection,
    filter: &Filter,
    conditions: &Conditions,
) -> Result<Page, ReadError> {
    let condition = match conditions.sql.is_empty() {
        true => "1".to_owned(),
        false => conditions.sql.join(" AND "),
    };
    // The plus takes the order from the index, so that a narrow filter drives the query and few rows are sorted.
    let order = if conditions.narrow {
        "+t.start_ns DESC, t.id DESC"
    } else {
        "t.start_ns DESC, t.id DESC"
    };
    let query = format!(
        "SELECT {} FROM traces t WHERE {condition} ORDER BY {order}",
        Summary::COLUMNS
    );
    let mut statement = connection.prepare(&query)?;
    let mut rows = statement.query(params_from_iter(&conditions.values))?;
    let mut page = Page {
        summaries: Vec::new(),
        next: None,
    };
    while let Some(row) = rows.next()? {
        let summary = Summary::read(row)?;
        if !confirmed(connection, filter, &summary)? {
            continue;
        }
        if page.summaries.len() == filter.limit {
            page.next = page.summaries.last().map(|last| Cursor {
                start: last.start,
                id: last.id,
            });
            break;
        }
        page.summaries.push(summary.complete(connection)?);
    }
    Ok(page)
}

fn operations(
    connection: &Connection,
    condition: &str,
    values: impl rusqlite::Params,
) -> Result<Vec<Term>, ReadError> {
    let mut statement =
        connection.prepare(&format!("SELECT term FROM operations WHERE {condition}"))?;
    let terms = statement.query_map(values, |row| row.get(0))?;
    Ok(terms.collect::<Result<_, _>>()?)
}

/// The attribute on a span, or any resource that has it.
fn attribute_terms(
    connection: &Connection,
    key: &str,
    value: &str,
) -> Result<Vec<Term>, ReadError> {
    let term = term::attribute(key, value);
    let mut statement =
        connection.prepare_cached("SELECT resource FROM resource_terms WHERE term = ?1")?;
    let resources = statement.query_map([term], |row| row.get(0))?;
    let mut terms = vec![term];
    for resource in resources {
        terms.push(term::resource(resource?));
    }
    Ok(terms)
}

/// Checks against the spans what terms alone cannot promise: hashes collide, and a replaced record leaves its terms.
fn confirmed(
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
        && !id_range(text)
            .is_some_and(|(low, high)| (&low[..]..=&high[..]).contains(&&summary.trace_id()[..]))
    {
        return Ok(connection
            .prepare_cached(
                "SELECT 1 FROM spans s JOIN resources r ON r.id = s.resource WHERE s.trace = ?1
                 AND (s.name LIKE ?2 ESCAPE '\\' OR r.service LIKE ?2 ESCAPE '\\')",
            )?
            .exists((summary.id, pattern(text)))?);
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

fn matches(
    attributes: &[opentelemetry_proto::tonic::common::v1::KeyValue],
    key: &str,
    value: &str,
) -> bool {
    let mut found = false;
    for pair in attributes.iter().filter(|pair| pair.key == key) {
        if let Some(any) = &pair.value {
            text::for_each(any, &mut |text| found |= text == value);
        }
    }
    found
}

/// A LIKE pattern for "contains".
fn pattern(text: &str) -> String {
    let escaped = text
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_");
    format!("%{escaped}%")
}

/// The first and the last trace id that start with these hexadecimal digits.
fn id_range(text: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    if text.len() < 4 || text.len() > 32 {
        return None;
    }
    let low = crate::otlp::hex::decode(&format!("{text:0<32}"))?;
    let high = crate::otlp::hex::decode(&format!("{text:f<32}"))?;
    Some((low, high))
}
