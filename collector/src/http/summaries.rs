//! `/api/summaries`: the list of traces, filtered and in pages.

use std::sync::Arc;

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;

use super::App;
use super::params::{self, Params};
use super::problem::{self, Problem};
use crate::store::{self, Cursor, Filter, Order, StatusFilter};

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
    Ok(problem::json(&page))
}

fn filter(params: &Params) -> Result<Filter, Problem> {
    let time = |name: &str| params.parse(&[name], params::TIME, params::time);
    let duration =
        |name: &str| params.parse(&[name], "a number of milliseconds", params::milliseconds);
    let status = params.parse(&["status"], "error or ok", |value| match value {
        "error" => Some(StatusFilter::Error),
        "ok" => Some(StatusFilter::Ok),
        _ => None,
    })?;
    let order = params.parse(&["order"], "newest or slowest", |value| match value {
        "newest" => Some(Order::Newest),
        "slowest" => Some(Order::Slowest),
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
        order: order.unwrap_or_default(),
        cursor: params.parse(&["cursor"], "a nextCursor", Cursor::parse)?,
    })
}
