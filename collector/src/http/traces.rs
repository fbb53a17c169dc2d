//! `POST /v1/traces`: receives a batch and answers when it is committed.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::response::Response;

use super::intake::Stored;
use super::{App, coding, intake};
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
        Some(encoding) => {
            let decode = move |body, room| Ok((ingest::decode(encoding, body, room)?, ()));
            intake::store(&app, coding::OTLP, &head, &mut body, decode).await
        }
        None => Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("want application/x-protobuf or application/json, got {content_type:?}"),
        )),
    };
    let encoding = encoding.unwrap_or(Encoding::Json);
    match result {
        Ok((Stored { rejected, reason }, ())) => accepted(encoding, rejected, reason),
        Err(refusal) => {
            intake::settle(&refusal, &head.headers, body).await;
            let mut response = refusal.respond(encoding);
            intake::advise(&mut response, coding::OTLP);
            response
        }
    }
}
