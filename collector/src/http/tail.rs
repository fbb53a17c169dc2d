//! `/api/tail`: a server-sent event for each trace that was stored or grew, at most a few hundred in each step, and one that
//! says when traces were left out.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc, watch};
use tokio::time::{interval, sleep};

use super::App;
use super::problem::Problem;
use crate::store::{self, Store};

/// Followers see changes at this pace.
const STEP: Duration = Duration::from_millis(250);
/// Events of one step; of more traces the newest are told.
const MAX_EVENTS: usize = 200;
const MAX_FOLLOWERS: usize = 64;
/// A comment this often shows that the connection lives.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Traces changed that are not told. Without data browsers hand no event on.
const MISSED: &[u8] = b"event: missed\ndata: {}\n\n";

/// Hands events to all followers.
pub(super) struct Tail {
    events: broadcast::Sender<Bytes>,
    stopping: watch::Receiver<bool>,
}

impl Tail {
    pub(super) fn start(store: Store, stopping: watch::Receiver<bool>) -> Tail {
        let events = broadcast::Sender::new(16);
        tokio::spawn(publish(store, events.clone()));
        Tail { events, stopping }
    }
}

async fn publish(store: Store, events: broadcast::Sender<Bytes>) {
    let mut news = store.news();
    while news.changed().await.is_ok() {
        let mut changed = store.take_changed();
        if events.receiver_count() == 0 {
            sleep(STEP).await;
            continue;
        }
        let left_out = changed.len().saturating_sub(MAX_EVENTS);
        changed.drain(..left_out);
        let summaries = store
            .read(move |connection| Ok(store::by_number(connection, &changed)?))
            .await;
        let mut text = Vec::new();
        for summary in summaries.iter().flatten() {
            if let Ok(data) = serde_json::to_vec(summary) {
                text.extend_from_slice(b"event: trace\ndata: ");
                text.extend_from_slice(&data);
                text.extend_from_slice(b"\n\n");
            }
        }
        if left_out > 0 || summaries.is_err() {
            text.extend_from_slice(MISSED);
        }
        if !text.is_empty() {
            // Followers that left are no loss.
            let _ = events.send(Bytes::from(text));
        }
        sleep(STEP).await;
    }
}

pub(super) async fn tail(State(app): State<Arc<App>>) -> Response {
    if app.tail.events.receiver_count() >= MAX_FOLLOWERS {
        return Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too many followers").into_response();
    }
    let mut events = app.tail.events.subscribe();
    let mut stopping = app.tail.stopping.clone();
    let (sender, pieces) = mpsc::channel(4);
    tokio::spawn(async move {
        let mut keep_alive = interval(KEEP_ALIVE);
        loop {
            let piece = tokio::select! {
                _ = stopping.wait_for(|stop| *stop) => break,
                () = sender.closed() => break,
                _ = keep_alive.tick() => Bytes::from_static(b": alive\n\n"),
                event = events.recv() => match told(event) {
                    Some(event) => event,
                    None => break,
                },
            };
            if sender.send(piece).await.is_err() {
                break;
            }
        }
    });
    let mut response = Response::new(Body::new(Events(pieces)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// What a follower reads; `None` when nothing will come any more.
fn told(event: Result<Bytes, RecvError>) -> Option<Bytes> {
    match event {
        Ok(event) => Some(event),
        Err(RecvError::Lagged(_)) => Some(Bytes::from_static(MISSED)),
        Err(RecvError::Closed) => None,
    }
}

struct Events(mpsc::Receiver<Bytes>);

impl HttpBody for Events {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.0
            .poll_recv(context)
            .map(|piece| piece.map(|piece| Ok(Frame::data(piece))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_slow_follower_hears_that_it_missed_something() {
        let events = broadcast::Sender::new(1);
        let mut follower = events.subscribe();
        for event in ["first", "second"] {
            let _ = events.send(Bytes::from_static(event.as_bytes()));
        }
        assert_eq!(told(follower.recv().await).as_deref(), Some(MISSED));
        assert_eq!(told(follower.recv().await).as_deref(), Some(&b"second"[..]));
        drop(events);
        assert_eq!(told(follower.recv().await), None);
    }
}
