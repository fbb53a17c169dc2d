//! `/api/summaries`: the list of traces, filtered and in pages.

use std::sync::Arc;

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use serde::Serialize;

use super::App;
use super::params::{self, Params};
use super::problem::{self, Problem};
use crate::store::{self, Cursor, Filter, StatusFilter, Summary};

const DEFAULT_LIMIT: usize = 50;
const MAX_LIMIT: usize = 1_000;
/// Longest text to search for.
const MAX_TEXT: usize = 200;
/// Most attributes in one filter.
const MAX_ATTRIBUTES: usize = 16;

pub(super) async fn list(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    let filter = filter(&Params::of(&uri))?;
    let page = app
        .store
        .read(move |connection| store::find(connection, &filter))
        .await?;
    let next_cursor = page.next.map(|next| format!("{}-{}", next.start, next.id));
    Ok(problem::json(&Answer {
        traces: page.summaries,
        next_cursor,
    }))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    traces: Vec<Summary>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

fn filter(params: &Params) -> Result<Filter, Problem> {
    let time = |name: &str| {
        params.parse(
            &[name],
            "a time in RFC 3339 or a number since 1970 (ns, us, ms or s)",
            params::time,
        )
    };
    let duration =
        |name: &str| params.parse(&[name], "a number of milliseconds", params::milliseconds);
    let status = params.parse(&["status"], "error or ok", |value| match value {
        "error" => Some(StatusFilter::Error),
        "ok" => Some(StatusFilter::Ok),
        _ => None,
    })?;
    let limit = params.parse(&["limit"], "a number from 1 to 1000", |value| {
        value
            .parse::<usize>()
            .ok()
            .filter(|limit| (1..=MAX_LIMIT).contains(limit))
    })?;
    let mut attributes = Vec::new();
    for attribute in params.all("attribute") {
        let (key, value) = attribute
            .split_once(':')
            .filter(|(key, _)| !key.is_empty())
            .ok_or_else(|| Problem::bad(format!("attribute: want key:value, got {attribute:?}")))?;
        attributes.push((key.to_owned(), value.to_owned()));
    }
    if attributes.len() > MAX_ATTRIBUTES {
        return Err(Problem::bad(format!("attribute: at most {MAX_ATTRIBUTES}")));
    }
    let text = params.parse(&["q"], "a text of at most 200 characters", |value| {
        (value.chars().count() <= MAX_TEXT).then(|| value.to_owned())
    })?;
    Ok(Filter {
        service: params.get(&["service"]).map(str::to_owned),
        operation: None,
        status,
        min_duration: duration("min_duration_ms")?,
        max_duration: duration("max_duration_ms")?,
        text,
        attributes,
        start: time("start")?,
        end: time("end")?,
        limit: limit.unwrap_or(DEFAULT_LIMIT),
        cursor: params.parse(&["cursor"], "a nextCursor", cursor)?,
    })
}

fn cursor(text: &str) -> Option<Cursor> {
    let (start, id) = text.rsplit_once('-')?;
    Some(Cursor {
        start: start.parse().ok()?,
        id: id.parse().ok().filter(|id| *id >= 0)?,
    })
}
