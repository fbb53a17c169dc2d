//! `POST /api/{project}/envelope/`: what a Sentry SDK sends when its DSN points here. No other path is below `/api/` that
//! is not named elsewhere.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use super::problem::{self, Problem};
use super::{App, coding, intake};
use crate::ingest::chunks::Chunks;
use crate::ingest::sentry::{self, Received};
use crate::ingest::status::Refusal;

pub(super) async fn receive(
    State(app): State<Arc<App>>,
    Path(path): Path<String>,
    request: Request,
) -> Response {
    let Some(project) = project(&path).map(str::to_owned) else {
        return Problem::not_found("no such endpoint").into_response();
    };
    let (head, mut body) = request.into_parts();
    // The content type is not looked at: browsers send text/plain, which needs no preflight.
    let result = if head.method == Method::POST {
        let decode = move |body: Chunks, room| {
            let Received { batch, event_id } = sentry::decode(&body.into_bytes(), &project, room)?;
            Ok((batch, event_id))
        };
        intake::store(&app, coding::SENTRY, &head, &mut body, decode).await
    } else {
        Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "want POST"))
    };
    match result {
        Ok((_, Some(event_id))) => problem::json(&json!({ "id": event_id })),
        Ok((_, None)) => problem::json(&json!({})),
        Err(refusal) => {
            intake::settle(&refusal, &head.headers, body).await;
            let mut response = problem::json(&json!({ "detail": refusal.message }));
            *response.status_mut() = refusal.status;
            if let Some(seconds) = refusal.retry_after {
                let value = HeaderValue::from(seconds);
                response.headers_mut().insert(RETRY_AFTER, value);
            }
            intake::advise(&mut response, coding::SENTRY);
            response
        }
    }
}

/// The project in `{project}/envelope/`, with or without the slash at the end.
pub(super) fn project(path: &str) -> Option<&str> {
    let (project, end) = path.split_once('/')?;
    (!project.is_empty() && matches!(end, "envelope" | "envelope/")).then_some(project)
}
