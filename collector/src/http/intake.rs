//! What every path that takes spans does: read the body, decode it, store it, and let the sender read its answer.

use std::sync::Arc;

use axum::body::Body;
use axum::http::header::{ACCEPT_ENCODING, ALLOW, CONTENT_LENGTH, EXPECT};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;

use super::body::Held;
use super::coding::Coding;
use super::{App, body};
use crate::connections::Connection;
use crate::ingest::Batch;
use crate::ingest::chunks::Chunks;
use crate::ingest::room::{DecodeError, Room};
use crate::ingest::status::Refusal;

/// What the sender is told about a stored batch.
pub(super) struct Stored {
    pub(super) rejected: i64,
    pub(super) reason: Option<String>,
}

/// Reads a body and stores its spans. `decode` gives them and what else the answer needs; its error is a 400.
pub(super) async fn store<T: Send + 'static>(
    app: &App,
    codings: &[Coding],
    head: &Parts,
    body: &mut Body,
    decode: impl FnOnce(Chunks, Room) -> Result<(Batch, T), DecodeError> + Send + 'static,
) -> Result<(Stored, T), Refusal> {
    let coding = Coding::of(&head.headers, codings)?;
    let length = head
        .headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > app.max_body as u64) {
        let message = format!("the body is larger than {} bytes", app.max_body);
        return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, message));
    }
    let connection = head.extensions.get::<Arc<Connection>>();
    let known = length.filter(|_| coding == Coding::Identity);
    let read = async {
        let share = app.memory.share(known).await?;
        connection.inspect(|connection| connection.waits_for_body());
        body::read(body, coding, app.max_body, share).await
    };
    let read = read.await;
    connection.inspect(|connection| connection.works());
    let Held { bytes, mut share } = read.inspect_err(|refusal| {
        // Who comes back finds the room of a body that never comes.
        if refusal.status == StatusCode::SERVICE_UNAVAILABLE {
            app.connections.end_slow_body();
        }
    })?;
    let room = app.memory.decode(&mut share, bytes.len()).await?;
    let slot = app.decoders.acquire().await;
    let decoded = tokio::task::spawn_blocking(move || decode(bytes, room)).await;
    drop(slot);
    let decoded = decoded.map_err(|error| Refusal::unavailable(error.to_string(), 1))?;
    let (mut batch, more) = decoded.map_err(|error| match error {
        DecodeError::Malformed(reason) => Refusal::new(StatusCode::BAD_REQUEST, reason),
        DecodeError::TooLarge(reason) => Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, reason),
    })?;
    let stored = Stored {
        rejected: batch.rejected,
        reason: batch.rejection.take(),
    };
    if !batch.spans.is_empty() {
        let written = app.store.write(batch).await;
        written.map_err(|error| Refusal::unavailable(error.message, error.retry_after))?;
        app.forward.tell();
    }
    // The memory is held until the batch is written.
    drop(share);
    Ok((stored, more))
}

/// Takes the rest of a refused body in, so that its sender reads the answer and not a reset connection.
pub(super) async fn settle(refusal: &Refusal, headers: &HeaderMap, body: Body) {
    // Who stalled would stall again; who asks before sending has sent nothing.
    if refusal.status != StatusCode::REQUEST_TIMEOUT && !headers.contains_key(EXPECT) {
        body::drain(body).await;
    }
}

/// Adds what a sender needs to do better.
pub(super) fn advise(response: &mut Response, codings: &[Coding]) {
    let advice = match response.status() {
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            HeaderValue::try_from(Coding::accepted(codings)).map(|value| (ACCEPT_ENCODING, value))
        }
        StatusCode::METHOD_NOT_ALLOWED => Ok((ALLOW, HeaderValue::from_static("POST"))),
        _ => return,
    };
    if let Ok((name, value)) = advice {
        response.headers_mut().insert(name, value);
    }
}
