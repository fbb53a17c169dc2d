//! `POST /v1/traces`: receives a batch and answers when it is committed.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{
    ACCEPT_ENCODING, ALLOW, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, EXPECT,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::Response;

use super::{App, body};
use crate::ingest::status::{Refusal, accepted};
use crate::ingest::{self, Encoding};

pub(super) async fn receive(State(app): State<Arc<App>>, request: Request) -> Response {
    let (head, mut body) = request.into_parts();
    let content_type = head
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let encoding = Encoding::of(content_type);
    let result = match encoding {
        _ if head.method != Method::POST => {
            Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "want POST"))
        }
        Some(encoding) => store(&app, encoding, &head.headers, &mut body).await,
        None => Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("want application/x-protobuf or application/json, got {content_type:?}"),
        )),
    };
    let encoding = encoding.unwrap_or(Encoding::Json);
    match result {
        Ok(Stored { rejected, reason }) => accepted(encoding, rejected, reason),
        Err(refusal) => {
            // Who stalled would stall again; who asks before sending has sent nothing.
            if refusal.status != StatusCode::REQUEST_TIMEOUT && !head.headers.contains_key(EXPECT) {
                body::drain(body).await;
            }
            let mut response = refusal.respond(encoding);
            let headers = response.headers_mut();
            match refusal.status {
                StatusCode::UNSUPPORTED_MEDIA_TYPE => {
                    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip, identity"));
                }
                StatusCode::METHOD_NOT_ALLOWED => {
                    headers.insert(ALLOW, HeaderValue::from_static("POST"));
                }
                _ => {}
            }
            response
        }
    }
}

/// What the sender is told about a stored batch.
struct Stored {
    rejected: i64,
    reason: Option<String>,
}

async fn store(
    app: &App,
    encoding: Encoding,
    headers: &HeaderMap,
    body: &mut Body,
) -> Result<Stored, Refusal> {
    let gzip = is_gzip(headers)?;
    let length = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > app.max_body as u64) {
        let message = format!("the body is larger than {} bytes", app.max_body);
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, message));
    }
    let held = body::read(body, gzip, app.max_body, &app.budget).await?;
    // A body of empty messages grows thirtyfold when decoded, so few are decoded at a time.
    let slot = app.decoders.acquire().await;
    let decoded =
        tokio::task::spawn_blocking(move || (ingest::decode(encoding, &held.bytes), held)).await;
    drop(slot);
    // The body's share of the memory is held until the batch is written.
    let (batch, _held) = decoded.map_err(|error| Refusal::unavailable(error.to_string(), 1))?;
    let mut batch = batch.map_err(|message| Refusal::new(StatusCode::BAD_REQUEST, message))?;
    let stored = Stored {
        rejected: batch.rejected,
        reason: batch.rejection.take(),
    };
    if !batch.spans.is_empty() {
        let written = app.store.write(batch).await;
        written.map_err(|error| Refusal::unavailable(error.message, error.retry_after))?;
    }
    Ok(stored)
}

fn is_gzip(headers: &HeaderMap) -> Result<bool, Refusal> {
    let mut codings = headers.get_all(CONTENT_ENCODING).iter();
    let coding = codings
        .next()
        .map(|value| value.to_str().unwrap_or("?").trim().to_ascii_lowercase());
    match coding.as_deref() {
        _ if codings.next().is_some() => Err("more than one coding".to_owned()),
        None | Some("" | "identity") => Ok(false),
        Some("gzip" | "x-gzip") => Ok(true),
        Some(other) => Err(format!("{other:?}")),
    }
    .map_err(|got| {
        Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("want Content-Encoding gzip, got {got}"),
        )
    })
}
