//! Long answers: written on a blocking thread, sent while they are written, so that their size does not matter.

use std::io::{self, Write};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use hyper::body::{Body as HttpBody, Frame};
use rusqlite::Connection;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use super::problem::{Problem, json_body};
use crate::store::{ReadError, Store};

/// Size of a piece.
const CHUNK: usize = 64 << 10;
/// Pieces that wait for a slow reader.
const WAITING: usize = 4;
/// A reader that takes nothing for this long is given up.
const STALLED: Duration = Duration::from_secs(30);

/// Takes the text of an answer.
pub(super) struct Output {
    buffer: Vec<u8>,
    chunks: mpsc::Sender<io::Result<Bytes>>,
    handle: Handle,
}

impl Output {
    fn send(&mut self) -> io::Result<()> {
        let chunk = Bytes::from(std::mem::replace(
            &mut self.buffer,
            Vec::with_capacity(CHUNK + 1024),
        ));
        let sent = self
            .handle
            .block_on(self.chunks.send_timeout(Ok(chunk), STALLED));
        sent.map_err(|_| io::Error::from(io::ErrorKind::BrokenPipe))
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= CHUNK {
            self.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Answers with what `write` writes. An error before the first piece becomes the answer; a later one breaks the answer off.
pub(super) async fn respond<F>(store: &Store, write: F) -> Result<Response, Problem>
where
    F: FnOnce(&Connection, &mut Output) -> Result<(), ReadError> + Send + 'static,
{
    let (chunks, mut pieces) = mpsc::channel(WAITING);
    let store = store.clone();
    let work = tokio::spawn(async move {
        let failed = chunks.clone();
        let handle = Handle::current();
        let result = store
            .read(move |connection| {
                let mut output = Output {
                    buffer: Vec::with_capacity(CHUNK + 1024),
                    chunks,
                    handle,
                };
                write(connection, &mut output)?;
                output.send().map_err(|_| ReadError::Gone)
            })
            .await;
        if let Err(error) = &result {
            // Without it a broken answer would look like a whole one.
            let _ = failed
                .send(Err(io::Error::other(format!("{error:?}"))))
                .await;
        }
        result
    });
    match pieces.recv().await {
        Some(Ok(first)) => Ok(json_body(Body::new(Pieces {
            first: Some(first),
            pieces,
        }))),
        _ => match work.await {
            Ok(Err(error)) => Err(error.into()),
            _ => Err(ReadError::Gone.into()),
        },
    }
}

struct Pieces {
    first: Option<Bytes>,
    pieces: mpsc::Receiver<io::Result<Bytes>>,
}

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(Frame::data(first))));
        }
        self.pieces
            .poll_recv(context)
            .map(|piece| piece.map(|piece| piece.map(Frame::data)))
    }
}
