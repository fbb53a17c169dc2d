//! `/api/service-map`: which services there are and which call which.

use std::sync::Arc;

use axum::extract::State;
use axum::http::Uri;
use axum::response::Response;

use super::App;
use super::params::{self, Params};
use super::problem::{self, Problem};
use crate::store;

pub(super) async fn service_map(
    State(app): State<Arc<App>>,
    uri: Uri,
) -> Result<Response, Problem> {
    let params = Params::of(&uri);
    let time = |name: &str| params.parse(&[name], params::TIME, params::time);
    let (start, end) = (time("start")?, time("end")?);
    let read = move |connection: &_| store::service_map(connection, start, end);
    Ok(problem::json(&app.store.read(read).await?))
}
