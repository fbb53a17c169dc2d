//! `/api/v3`: reads in the shape of Jaeger's query API v3.

use std::sync::Arc;

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;
use serde_json::json;

use super::App;
use super::params::{self, Params, PathTrace};
use super::problem::{self, Problem};
use super::stream::{self, Output};
use crate::ingest::batch::TraceId;
use crate::otlp::json::Otlp;
use crate::store::{self, Filter, JsonOutput as _, ReadError, TraceView};

/// Traces in one answer when the query names no number.
const DEFAULT_TRACES: usize = 100;
const MAX_TRACES: usize = 1_000;

pub(super) async fn services(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let services = app.store.read(store::services).await?;
    Ok(problem::json(&json!({ "services": services })))
}

pub(super) async fn operations(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    let params = Params::of(&uri);
    let service = params.get(&["service"]).map(str::to_owned);
    let kind = params.get(&["span_kind"]).map(str::to_ascii_lowercase);
    let operations = app
        .store
        .read(move |connection| store::operations(connection, service.as_deref(), kind.as_deref()))
        .await?;
    Ok(problem::json(&json!({ "operations": operations })))
}

pub(super) async fn trace(
    State(app): State<Arc<App>>,
    PathTrace(trace_id): PathTrace,
) -> Result<Response, Problem> {
    stream::respond(&app.store, move |connection, output| {
        let view = TraceView::open(connection, trace_id)?;
        output.raw("{\"result\":{\"resourceSpans\":[")?;
        write_trace(&view, output, &mut true)?;
        output.raw("]}}")
    })
    .await
}

pub(super) async fn find(State(app): State<Arc<App>>, uri: Uri) -> Result<Response, Problem> {
    let filter = filter(&Params::of(&uri))?;
    stream::respond(&app.store, move |connection, output| {
        let page = store::find(connection, &filter)?;
        output.raw("{\"result\":{\"resourceSpans\":[")?;
        let mut first = true;
        for summary in &page.summaries {
            let trace_id: TraceId = summary.trace_id();
            write_trace(&TraceView::open(connection, trace_id)?, output, &mut first)?;
        }
        output.raw("]}}")
    })
    .await
}

/// Writes the `ResourceSpans` of one trace, separated by commas also from those before it.
fn write_trace(
    view: &TraceView<'_>,
    output: &mut Output,
    first: &mut bool,
) -> Result<(), ReadError> {
    let mut heads = view.heads()?;
    heads.sort_unstable_by_key(|head| (head.resource, head.scope, head.start, head.id));
    for group in heads.chunk_by(|a, b| a.resource == b.resource) {
        let Some(head) = group.first() else { continue };
        output.raw(if std::mem::take(first) { "{" } else { ",{" })?;
        let (resource, _) = view.resource(head.resource)?;
        output.raw("\"resource\":")?;
        output.json(&Otlp(&resource.resource.unwrap_or_default()))?;
        output.raw(",\"scopeSpans\":[")?;
        for (index, group) in group.chunk_by(|a, b| a.scope == b.scope).enumerate() {
            let Some(head) = group.first() else { continue };
            output.raw(if index == 0 { "{" } else { ",{" })?;
            let scope = view.scope(head.scope)?;
            output.raw("\"scope\":")?;
            output.json(&Otlp(&scope.scope.unwrap_or_default()))?;
            output.raw(",\"spans\":[")?;
            for (index, head) in group.iter().enumerate() {
                if index > 0 {
                    output.raw(",")?;
                }
                output.json(&Otlp(&view.span(head)?))?;
            }
            output.raw("]")?;
            write_schema_url(&scope.schema_url, output)?;
        }
        output.raw("]")?;
        write_schema_url(&resource.schema_url, output)?;
    }
    Ok(())
}

/// Ends an object, with its schema URL if it has one.
fn write_schema_url(url: &str, output: &mut Output) -> Result<(), ReadError> {
    if !url.is_empty() {
        output.raw(",\"schemaUrl\":")?;
        output.json(&url)?;
    }
    output.raw("}")
}

/// Jaeger's query parameters, with and without their prefix.
fn filter(params: &Params) -> Result<Filter, Problem> {
    let text = |names: &[&str]| params.get(names).map(str::to_owned);
    let attributes = params.parse(
        &["query.attributes", "attributes"],
        "a JSON object of strings",
        |value| serde_json::from_str::<std::collections::BTreeMap<String, String>>(value).ok(),
    )?;
    let limit = params.parse(
        &[
            "query.num_traces",
            "query.search_depth",
            "num_traces",
            "search_depth",
        ],
        "a number from 1 to 1000",
        |value| {
            value
                .parse::<usize>()
                .ok()
                .filter(|number| (1..=MAX_TRACES).contains(number))
        },
    )?;
    let time = |names: &[&str]| params.parse(names, "a time in RFC 3339", params::time);
    let duration =
        |names: &[&str]| params.parse(names, "a duration such as 1.5s or 100ms", params::duration);
    Ok(Filter {
        service: text(&["query.service_name", "service_name"]),
        operation: text(&["query.operation_name", "operation_name"]),
        attributes: attributes.unwrap_or_default().into_iter().collect(),
        start: time(&["query.start_time_min", "start_time_min"])?,
        end: time(&["query.start_time_max", "start_time_max"])?,
        min_duration: duration(&["query.duration_min", "duration_min"])?,
        max_duration: duration(&["query.duration_max", "duration_max"])?,
        limit: limit.unwrap_or(DEFAULT_TRACES),
        ..Filter::default()
    })
}
