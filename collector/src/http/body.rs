//! Reads a request's body within bounds of size, memory and time, and unpacks it on the way.

use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use http_body_util::BodyExt as _;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout, timeout_at};

use super::coding::{Coding, Unpacker};
use crate::ingest::status::Refusal;

/// A sender that is silent this long has stalled.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);
/// A body must be here after this long.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(120);
/// Of a refused body this much is still taken in, so that the sender reads the answer and not a reset connection.
const DRAIN_BYTES: usize = 256 << 20;
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// A body, and the share of the memory budget it holds.
pub(super) struct Held {
    pub(super) bytes: Vec<u8>,
    _share: Share,
}

/// Reads a body of at most `limit` bytes after unpacking.
pub(super) async fn read(
    body: &mut Body,
    coding: Coding,
    limit: usize,
    budget: &Arc<Semaphore>,
) -> Result<Held, Refusal> {
    let share = Share {
        budget: Arc::clone(budget),
        permit: None,
        kib: 0,
    };
    let sink = Sink {
        bytes: Vec::new(),
        limit,
        share,
        refusal: None,
    };
    let deadline = Instant::now() + TOTAL_TIMEOUT;
    let mut unpacker = Unpacker::new(coding, sink);
    while let Some(chunk) = next(body, deadline).await? {
        unpacker.write(&chunk)?;
    }
    let sink = unpacker.finish()?;
    Ok(Held {
        bytes: sink.bytes,
        _share: sink.share,
    })
}

async fn next(body: &mut Body, deadline: Instant) -> Result<Option<bytes::Bytes>, Refusal> {
    let soon = deadline.min(Instant::now() + IDLE_TIMEOUT);
    loop {
        match timeout_at(soon, body.frame()).await {
            Err(_) => {
                return Err(Refusal::new(
                    StatusCode::REQUEST_TIMEOUT,
                    "the body did not arrive in time",
                ));
            }
            Ok(None) => return Ok(None),
            Ok(Some(Err(error))) => {
                return Err(Refusal::new(
                    StatusCode::BAD_REQUEST,
                    format!("the body broke off: {error}"),
                ));
            }
            // Trailers carry nothing for us.
            Ok(Some(Ok(frame))) => {
                if let Ok(data) = frame.into_data() {
                    return Ok(Some(data));
                }
            }
        }
    }
}

/// Takes the rest of a refused body in and throws it away.
pub(super) async fn drain(mut body: Body) {
    let mut left = DRAIN_BYTES;
    let rest = async {
        while let Some(Ok(frame)) = body.frame().await {
            let length = frame.data_ref().map_or(0, bytes::Bytes::len);
            match left.checked_sub(length) {
                Some(less) => left = less,
                None => break,
            }
        }
    };
    // Late or not, the refusal goes out next.
    let _ = timeout(DRAIN_TIMEOUT, rest).await;
}

/// Collects a body up to its limit.
pub(super) struct Sink {
    bytes: Vec<u8>,
    limit: usize,
    share: Share,
    /// Why it takes no more; `io::Error` cannot carry it through the decoder.
    pub(super) refusal: Option<Refusal>,
}

impl Sink {
    pub(super) fn take(&mut self, chunk: &[u8]) -> Result<(), Refusal> {
        let length = self.bytes.len() + chunk.len();
        if length > self.limit {
            let message = format!("the body is larger than {} bytes", self.limit);
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, message));
        }
        self.share.grow(length)?;
        self.bytes.extend_from_slice(chunk);
        Ok(())
    }
}

impl Write for Sink {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        match self.take(chunk) {
            Ok(()) => Ok(chunk.len()),
            Err(refusal) => {
                self.refusal = Some(refusal);
                Err(io::Error::other("refused"))
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A part of the memory for bodies, given back when dropped.
struct Share {
    budget: Arc<Semaphore>,
    permit: Option<OwnedSemaphorePermit>,
    kib: usize,
}

impl Share {
    fn grow(&mut self, bytes: usize) -> Result<(), Refusal> {
        let kib = bytes.div_ceil(1024);
        let Some(more) = kib.checked_sub(self.kib).filter(|more| *more > 0) else {
            return Ok(());
        };
        let count = u32::try_from(more).unwrap_or(u32::MAX);
        let permit = Arc::clone(&self.budget)
            .try_acquire_many_owned(count)
            .map_err(|_| Refusal::unavailable("too many requests are under way", 1))?;
        match &mut self.permit {
            Some(held) => held.merge(permit),
            None => self.permit = Some(permit),
        }
        self.kib = kib;
        Ok(())
    }
}
