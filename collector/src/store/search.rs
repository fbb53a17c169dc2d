//! Finds traces: filters over summaries and search terms.

use std::rc::Rc;

use rusqlite::types::{ToSqlOutput, Value};
use rusqlite::vtab::array::Array;
use rusqlite::{Connection, ToSql, params_from_iter};
use serde::Serialize;
use serde::ser::{SerializeMap as _, Serializer};

use super::ReadError;
use super::confirm::confirmed;
use super::cursor::{Cursor, Order};
use super::summary::Summary;
use super::term::{self, Term};

/// A filter that finds no more traces than this is where the search starts; a wider one is checked along the way.
const NARROW: i64 = 2_000;

/// So many terms are looked up for each trace; of more, all traces are gathered first,
const FEW_TERMS: usize = 8;
/// unless a tenth of all traces has one of them: then a page is found among few traces, and gathering takes longest.
const MANY_TERMS: usize = 256;
const DENSE: i64 = 10;

/// Traces with or without errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatusFilter {
    Ok,
    Error,
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
    pub(crate) order: Order,
    pub(crate) cursor: Option<Cursor>,
}

/// One page of a list.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) summaries: Vec<Summary>,
    pub(crate) next: Option<Cursor>,
}

impl Serialize for Page {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("traces", &self.summaries)?;
        if let Some(next) = self.next {
            map.serialize_entry("nextCursor", &next.to_string())?;
        }
        map.end()
    }
}

/// Conditions of the query with their parameters in order.
#[derive(Default)]
struct Conditions {
    sql: Vec<String>,
    parameters: Vec<Parameter>,
    /// Whether one of them finds few traces by itself.
    narrow: bool,
}

impl Conditions {
    fn add(&mut self, sql: impl Into<String>, values: impl IntoIterator<Item = Value>) {
        self.sql.push(sql.into());
        self.parameters
            .extend(values.into_iter().map(Parameter::Value));
    }

    /// The trace takes so many nanoseconds. Few such traces are found by the index of durations; of many, a page is found
    /// soon in the order of the list, and the plus keeps SQLite from gathering and sorting all of them.
    fn lasts(
        &mut self,
        connection: &Connection,
        order: Order,
        compare: &str,
        nanos: i64,
    ) -> Result<(), ReadError> {
        let duration = Order::Slowest.column();
        let count = format!(
            "SELECT count(*) FROM (SELECT 1 FROM summaries t WHERE {duration} {compare} ?1 LIMIT ?2)"
        );
        let found: i64 = connection
            .prepare_cached(&count)?
            .query_row([nanos, NARROW + 1], |row| row.get(0))?;
        let narrow = found <= NARROW;
        self.narrow |= narrow;
        let plus = if narrow || order == Order::Slowest {
            ""
        } else {
            "+"
        };
        self.add(format!("{plus}{duration} {compare} ?"), [nanos.into()]);
        Ok(())
    }

    /// The trace contains one of these terms, or meets `or`.
    fn contains(
        &mut self,
        connection: &Connection,
        terms: &[Term],
        or: Option<(&str, Vec<Value>)>,
    ) -> Result<(), ReadError> {
        let list: Array = Rc::new(terms.iter().copied().map(Value::Integer).collect());
        let dense = match terms.len() {
            0..=FEW_TERMS => NARROW,
            _ => NARROW.max(traces(connection)? / DENSE),
        };
        let count =
            "SELECT count(*) FROM (SELECT 1 FROM postings WHERE term IN rarray(?1) LIMIT ?2)";
        let found: i64 = connection.query_row(count, (&list, dense + 1), |row| row.get(0))?;
        let found_few = found <= NARROW;
        let few_terms = terms.len() <= FEW_TERMS;
        let one_by_one = few_terms || (found > dense && terms.len() <= MANY_TERMS);
        let lookup = match found_few || !one_by_one {
            true => "t.id IN (SELECT trace FROM postings WHERE term IN rarray(?))",
            // As EXISTS, SQLite would make a join of it and gather all of the term's traces before it sorts them.
            false => {
                "(SELECT 1 FROM postings WHERE term IN rarray(?) AND trace = t.id LIMIT 1) IS NOT NULL"
            }
        };
        self.narrow |= found_few && or.is_none();
        self.parameters.push(Parameter::Terms(list));
        match or {
            Some((sql, values)) => self.add(format!("({lookup} OR {sql})"), values),
            None => self.sql.push(lookup.to_owned()),
        }
        Ok(())
    }
}

/// A parameter of the query.
enum Parameter {
    Value(Value),
    Terms(Array),
}

impl ToSql for Parameter {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Parameter::Value(value) => value.to_sql(),
            Parameter::Terms(terms) => terms.to_sql(),
        }
    }
}

/// Finds one page.
pub(crate) fn find(connection: &Connection, filter: &Filter) -> Result<Page, ReadError> {
    let mut conditions = Conditions::default();
    if let Some(cursor) = filter.cursor {
        // The first part leads to the place in the index.
        let column = filter.order.column();
        conditions.add(
            format!("{column} <= ? AND ({column} < ? OR t.id < ?)"),
            [cursor.value, cursor.value, cursor.id].map(Value::Integer),
        );
    }
    if filter.order == Order::Slowest && (filter.start.is_some() || filter.end.is_some()) {
        let count = "SELECT count(*) FROM (SELECT 1 FROM summaries WHERE start_ns BETWEEN ?1 AND ?2 LIMIT ?3)";
        let range = (
            filter.start.unwrap_or(i64::MIN),
            filter.end.unwrap_or(i64::MAX),
        );
        let found: i64 = connection
            .prepare_cached(count)?
            .query_row((range.0, range.1, NARROW + 1), |row| row.get(0))?;
        conditions.narrow |= found <= NARROW;
    }
    if let Some(start) = filter.start {
        conditions.add("t.start_ns >= ?", [start.into()]);
    }
    if let Some(end) = filter.end {
        conditions.add("t.start_ns <= ?", [end.into()]);
    }
    if let Some(duration) = filter.min_duration {
        conditions.lasts(connection, filter.order, ">=", duration)?;
    }
    if let Some(duration) = filter.max_duration {
        conditions.lasts(connection, filter.order, "<=", duration)?;
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
        let terms = operations(connection, &contains_text("name", "service", 1), (text,))?;
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
    let query = format!(
        "SELECT {} FROM summaries t WHERE {condition} ORDER BY {}{} DESC, t.id DESC",
        Summary::COLUMNS,
        if conditions.narrow { "+" } else { "" },
        filter.order.column(),
    );
    let mut statement = connection.prepare(&query)?;
    let mut rows = statement.query(params_from_iter(&conditions.parameters))?;
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
            page.next = page
                .summaries
                .last()
                .map(|last| Cursor::behind(last, filter.order));
            break;
        }
        page.summaries.push(summary.complete(connection)?);
    }
    Ok(page)
}

/// About how many traces there are.
fn traces(connection: &Connection) -> rusqlite::Result<i64> {
    let range =
        "SELECT coalesce((SELECT max(id) FROM summaries) - (SELECT min(id) FROM summaries), 0)";
    connection.query_row(range, [], |row| row.get(0))
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

/// A condition: one of two columns contains a parameter, whatever the case of ASCII letters. Unlike LIKE, `instr` has no
/// wildcards and does not stop at a NUL.
pub(super) fn contains_text(column: &str, other: &str, parameter: usize) -> String {
    format!(
        "(instr(lower({column}), lower(?{parameter})) OR instr(lower({other}), lower(?{parameter})))"
    )
}

/// The first and the last trace id that start with these hexadecimal digits.
pub(super) fn id_range(text: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    if text.len() < 4 || text.len() > 32 {
        return None;
    }
    let low = crate::otlp::hex::decode(&format!("{text:0<32}"))?;
    let high = crate::otlp::hex::decode(&format!("{text:f<32}"))?;
    Some((low, high))
}
