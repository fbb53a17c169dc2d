//! Reads a request's body within bounds of size, memory and time, and unpacks it on the way.

use std::io::{self, Write};
use std::time::Duration;

use axum::body::Body;
use axum::http::StatusCode;
use http_body_util::BodyExt as _;
use tokio::time::{Instant, timeout, timeout_at};

use super::coding::{Coding, Unpacker};
use super::memory::Share;
use crate::ingest::chunks::{Chunks, PIECE, Piece};
use crate::ingest::status::Refusal;

/// A sender that is silent this long has stalled.
const IDLE_TIMEOUT: Duration = Duration::from_secs(15);
/// A body must be here after this long.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(120);
/// Of a refused body this much is still taken in, so that the sender reads the answer and not a reset connection.
const DRAIN_BYTES: usize = 256 << 20;
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// A body, and the share of the memory that it holds.
pub(super) struct Held {
    pub(super) bytes: Chunks,
    pub(super) share: Share,
}

/// Reads a body of at most `limit` bytes after unpacking; `share` grows with it.
pub(super) async fn read(
    body: &mut Body,
    coding: Coding,
    limit: usize,
    share: Share,
) -> Result<Held, Refusal> {
    let sink = Sink {
        bytes: Chunks::default(),
        piece: Piece::default(),
        length: 0,
        limit,
        share,
        busy: None,
        refusal: None,
    };
    let deadline = Instant::now() + TOTAL_TIMEOUT;
    let mut unpacker = Unpacker::new(coding, sink);
    while let Some(chunk) = next(body, deadline).await? {
        unpacker.write(&chunk)?;
    }
    let mut sink = unpacker.finish()?;
    if let Some(busy) = sink.busy {
        return Err(busy);
    }
    sink.bytes.push(sink.piece.into_bytes());
    Ok(Held {
        bytes: sink.bytes,
        share: sink.share,
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
    bytes: Chunks,
    piece: Piece,
    /// Bytes so far, kept or not.
    length: usize,
    limit: usize,
    share: Share,
    /// Why nothing is kept any more; the rest is only counted, since what is too large is so however busy we are.
    busy: Option<Refusal>,
    /// Why it takes no more; `io::Error` cannot carry it through the decoder.
    pub(super) refusal: Option<Refusal>,
}

impl Sink {
    pub(super) fn take(&mut self, mut chunk: &[u8]) -> Result<(), Refusal> {
        self.length += chunk.len();
        if self.length > self.limit {
            let message = format!("the body is larger than {} bytes", self.limit);
            return Err(Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, message));
        }
        if self.busy.is_none()
            && let Err(busy) = self.share.grow(self.length)
        {
            self.busy = Some(busy);
            self.bytes = Chunks::default();
            self.piece = Piece::default();
            self.share.give_back();
        }
        if self.busy.is_some() {
            return Ok(());
        }
        while !chunk.is_empty() {
            chunk = self.piece.take(chunk);
            if self.piece.len() == PIECE {
                self.end_piece();
            }
        }
        Ok(())
    }

    fn end_piece(&mut self) {
        let next = Piece::after_first();
        self.bytes
            .push(std::mem::replace(&mut self.piece, next).into_bytes());
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
