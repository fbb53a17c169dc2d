//! `/api/traces/{id}/waterfall`: the spans of a trace in the order of its tree.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::params::PathTrace;
use super::problem::Problem;
use super::{App, stream};
use crate::store;

pub(super) async fn waterfall(
    State(app): State<Arc<App>>,
    PathTrace(trace_id): PathTrace,
) -> Result<Response, Problem> {
    stream::respond(&app.store, move |connection, output| {
        store::waterfall(connection, trace_id, output)
    })
    .await
}
