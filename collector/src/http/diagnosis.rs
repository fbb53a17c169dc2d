//! `/api/traces/{id}/diagnosis`, `root-cause` and `critical-path`: what went wrong in a trace, and where its time went.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::App;
use super::params::PathTrace;
use super::problem::{self, Problem};
use crate::diagnosis::root_cause;
use crate::store;

pub(super) async fn diagnosis(
    State(app): State<Arc<App>>,
    PathTrace(trace_id): PathTrace,
) -> Result<Response, Problem> {
    let thresholds = app.thresholds;
    let read = move |connection: &_| store::diagnosed(connection, trace_id, &thresholds);
    Ok(problem::json(&app.store.read(read).await?))
}

pub(super) async fn cause(
    State(app): State<Arc<App>>,
    PathTrace(trace_id): PathTrace,
) -> Result<Response, Problem> {
    let thresholds = app.thresholds;
    let read = move |connection: &_| store::diagnosed(connection, trace_id, &thresholds);
    let diagnosis = app.store.read(read).await?;
    Ok(problem::json(&root_cause(&diagnosis)))
}

pub(super) async fn path(
    State(app): State<Arc<App>>,
    PathTrace(trace_id): PathTrace,
) -> Result<Response, Problem> {
    let read = move |connection: &_| store::path(connection, trace_id);
    Ok(problem::json(&app.store.read(read).await?))
}
