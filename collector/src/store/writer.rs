//! The one thread that writes: batches that wait together are committed together.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::{Connection, ErrorCode, TransactionBehavior};
use tokio::sync::{mpsc, oneshot, watch};

use super::forward_queue;
use super::insert::Inserter;
use super::retention::{self, Bounds};
use crate::ingest::Batch;

/// Batches that may wait; beyond this senders are told to come back.
const QUEUE: usize = 256;
/// One transaction takes no further batch beyond so many spans.
const GROUP_SPANS: usize = 20_000;
/// Changed traces that are remembered for those who follow; beyond this the oldest news is lost.
const MAX_NEWS: usize = 10_000;

/// Why a batch was not stored. The sender may try again after some seconds.
#[derive(Clone, Debug)]
pub(crate) struct WriteError {
    pub(crate) message: String,
    pub(crate) retry_after: u32,
}

impl WriteError {
    fn new(message: impl Into<String>, retry_after: u32) -> WriteError {
        WriteError {
            message: message.into(),
            retry_after,
        }
    }

    fn of(error: &rusqlite::Error) -> WriteError {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
                WriteError::new("the database is locked by another process", 1)
            }
            Some(ErrorCode::DiskFull) => WriteError::new("the disk is full", 10),
            _ => WriteError::new(format!("the database cannot be written: {error}"), 10),
        }
    }
}

enum Job {
    Store(StoreJob),
    /// Delete some of what is not to be kept; the answer tells whether there is more.
    Expire(Bounds, oneshot::Sender<Result<bool, WriteError>>),
    /// A small change of something else than spans.
    Change(Change, oneshot::Sender<Result<(), WriteError>>),
}

/// A change that the writer makes.
pub(super) type Change = Box<dyn FnOnce(&Connection) -> rusqlite::Result<()> + Send>;

struct StoreJob {
    batch: Batch,
    reply: oneshot::Sender<Result<(), WriteError>>,
}

/// The way to the thread.
pub(super) struct Writer {
    queue: Mutex<Option<mpsc::Sender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread; it owns the connection.
    ///
    /// Each batch is queued for `targets` too.
    pub(super) fn start(
        connection: Connection,
        news: News,
        targets: Vec<String>,
    ) -> Result<Writer, String> {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || work(connection, jobs, &news, &targets))
            .map_err(|error| format!("cannot start the writer: {error}"))?;
        Ok(Writer {
            queue: Mutex::new(Some(queue)),
            thread: Mutex::new(Some(thread)),
        })
    }

    /// Hands a batch over and waits for its commit.
    pub(super) async fn write(&self, batch: Batch) -> Result<(), WriteError> {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Store(StoreJob { batch, reply }))?;
        answer.await.unwrap_or_else(|_| Err(stopping()))
    }

    /// Deletes some of what is not to be kept; tells whether there is more.
    pub(super) async fn expire(&self, bounds: Bounds) -> Result<bool, WriteError> {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Expire(bounds, reply))?;
        answer.await.unwrap_or_else(|_| Err(stopping()))
    }

    /// Makes a change of something else than spans.
    pub(super) async fn change(&self, change: Change) -> Result<(), WriteError> {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Change(change, reply))?;
        answer.await.unwrap_or_else(|_| Err(stopping()))
    }

    fn send(&self, job: Job) -> Result<(), WriteError> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = queue.as_ref().ok_or_else(stopping)?;
        queue
            .try_send(job)
            .map_err(|_| WriteError::new("too many batches are waiting", 1))
    }

    /// Takes nothing more, waits until the queue is written.
    pub(super) fn close(&self) {
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            // A panic of the writer has been reported by the panic hook.
            let _ = thread.join();
        }
    }
}

fn stopping() -> WriteError {
    WriteError::new("the collector is stopping", 5)
}

fn work(
    mut connection: Connection,
    mut jobs: mpsc::Receiver<Job>,
    news: &News,
    targets: &[String],
) {
    let mut inserter = Inserter::default();
    let mut held = None;
    while let Some(job) = held.take().or_else(|| jobs.blocking_recv()) {
        let first = match job {
            Job::Store(first) => first,
            Job::Expire(bounds, reply) => {
                let result = retention::step(&mut connection, bounds);
                if result.as_ref().is_ok_and(|step| step.origins_went) {
                    inserter.forget();
                }
                let more = result.map(|step| step.more);
                // Who asked may have stopped waiting.
                let _ = reply.send(more.map_err(|error| WriteError::of(&error)));
                continue;
            }
            Job::Change(change, reply) => {
                let result = change(&connection);
                let _ = reply.send(result.map_err(|error| WriteError::of(&error)));
                continue;
            }
        };
        let mut spans = first.batch.spans.len();
        let mut group = vec![first];
        while spans < GROUP_SPANS {
            match jobs.try_recv() {
                Ok(Job::Store(job)) => {
                    spans += job.batch.spans.len();
                    group.push(job);
                }
                Ok(other) => {
                    held = Some(other);
                    break;
                }
                Err(_) => break,
            }
        }
        let result = commit(&mut connection, &mut inserter, &group, targets);
        let answer = match result {
            Ok(changed) => {
                news.publish(changed);
                Ok(())
            }
            Err(error) => {
                // What the failed transaction had learned about the database is void.
                inserter = Inserter::default();
                Err(WriteError::of(&error))
            }
        };
        for job in group {
            // A sender that hung up needs no answer.
            let _ = job.reply.send(answer.clone());
        }
    }
}

fn commit(
    connection: &mut Connection,
    inserter: &mut Inserter,
    group: &[StoreJob],
    targets: &[String],
) -> rusqlite::Result<BTreeSet<i64>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut writing = inserter.begin(&transaction)?;
    for job in group {
        let written = writing.add(&job.batch)?;
        // What was there was forwarded: two collectors that forward to each other come to an end.
        forward_queue::add(&transaction, targets, &job.batch, &written)?;
    }
    let changed = writing.finish()?;
    transaction.commit()?;
    Ok(changed)
}

/// What changed, for those who follow.
#[derive(Clone)]
pub(super) struct News(Arc<(Mutex<BTreeSet<i64>>, watch::Sender<u64>)>);

impl Default for News {
    fn default() -> Self {
        News(Arc::new((
            Mutex::new(BTreeSet::new()),
            watch::Sender::new(0),
        )))
    }
}

impl News {
    fn publish(&self, traces: BTreeSet<i64>) {
        let (changed, counter) = &*self.0;
        // Without a follower nobody would ever take the news away.
        if traces.is_empty() || counter.receiver_count() == 0 {
            return;
        }
        let mut changed = changed.lock().unwrap_or_else(PoisonError::into_inner);
        changed.extend(traces);
        while changed.len() > MAX_NEWS {
            changed.pop_first();
        }
        drop(changed);
        counter.send_modify(|count| *count += 1);
    }

    pub(super) fn subscribe(&self) -> watch::Receiver<u64> {
        self.0.1.subscribe()
    }

    pub(super) fn take(&self) -> Vec<i64> {
        let mut changed = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *changed).into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn a_full_queue_refuses_at_once() {
        let (queue, _jobs) = mpsc::channel(1);
        let writer = Writer {
            queue: Mutex::new(Some(queue)),
            thread: Mutex::new(None),
        };
        let mut waiting = std::pin::pin!(writer.write(Batch::default()));
        let soon = Duration::from_millis(1);
        assert!(tokio::time::timeout(soon, &mut waiting).await.is_err());
        let refused = writer.write(Batch::default()).await;
        let (message, retry_after) = refused
            .err()
            .map_or_else(Default::default, |error| (error.message, error.retry_after));
        assert_eq!(
            (message.as_str(), retry_after),
            ("too many batches are waiting", 1)
        );
    }
}
