//! The embedded database: one writer thread, a few reading connections, news of what was stored.

pub(crate) mod columns;
mod confirm;
mod cursor;
mod diagnosis;
mod fill;
pub(crate) mod forward_queue;
mod insert;
mod operations;
mod origins;
mod output;
mod read;
mod requests;
mod retention;
mod schema;
mod search;
mod service_map;
mod summary;
pub(crate) mod term;
mod trace;
mod trace_state;
mod tree;
mod waterfall;
mod writer;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rusqlite::Connection;
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

use crate::cli::{Database, Durability, Retention};
use crate::forward;
use crate::ingest::Batch;
use retention::Bounds;

pub(crate) use cursor::{Cursor, Order};
pub(crate) use diagnosis::{diagnosed, path};
pub(crate) use forward_queue::Forwarding;
pub(crate) use output::JsonOutput;
pub(crate) use read::{Health, health, operations, services};
pub(crate) use schema::open_existing;
pub(crate) use search::{Filter, Page, StatusFilter, find};
pub(crate) use service_map::{ServiceMap, service_map};
pub(crate) use summary::{by_number, millis};
pub(crate) use trace::{Linking, TraceView};
pub(crate) use trace_state::nanos;
pub(crate) use tree::order;
pub(crate) use waterfall::{between, waterfall};
pub(crate) use writer::WriteError;

/// Reads at the same time; more wait.
const READERS: usize = 8;

/// A read that cannot begin for this long is given up.
const READ_WAIT: Duration = Duration::from_secs(10);

/// How long a lock of another process is waited for: by a collector, whose senders come back, and by an import.
const BUSY_TIMEOUT: Duration = Duration::from_secs(1);
const PATIENCE: Duration = Duration::from_secs(60);

/// Between two steps of deletion batches have the writer for themselves.
const PAUSE: Duration = Duration::from_millis(5);

/// How often is looked for what to delete, at most.
const PACE: Duration = Duration::from_secs(1);

/// Why a read has no answer.
#[derive(Debug)]
pub(crate) enum ReadError {
    /// There is no such trace.
    NotFound,
    /// The reader went away.
    Gone,
    /// The database cannot be read now.
    Unavailable(String),
}

impl From<rusqlite::Error> for ReadError {
    fn from(error: rusqlite::Error) -> Self {
        ReadError::Unavailable(error.to_string())
    }
}

/// The handle that the whole process shares.
#[derive(Clone)]
pub(crate) struct Store(Arc<Inner>);

struct Inner {
    location: schema::Location,
    writer: writer::Writer,
    idle: Mutex<Vec<Connection>>,
    slots: Arc<Semaphore>,
    news: writer::News,
}

impl Store {
    /// Opens the database; the error is one line for the user.
    ///
    /// Each batch that is stored is queued for `targets` too.
    pub(crate) fn open(
        database: &Database,
        durability: Durability,
        targets: Vec<String>,
    ) -> Result<Store, String> {
        Store::with(database, durability, targets, BUSY_TIMEOUT)
    }

    /// Opens it for who rather waits than hears that another process is writing.
    pub(crate) fn open_patiently(database: &Database) -> Result<Store, String> {
        Store::with(database, Durability::Kill, Vec::new(), PATIENCE)
    }

    fn with(
        database: &Database,
        durability: Durability,
        targets: Vec<String>,
        busy_timeout: Duration,
    ) -> Result<Store, String> {
        let location = schema::Location::new(database);
        let connection = schema::open_writer(&location, durability)?;
        if !targets.is_empty() {
            let dropped = forward_queue::prepare(&connection, &targets)
                .map_err(|error| format!("cannot prepare forwarding: {error}"))?;
            if dropped > 0 {
                forward::say(&format!(
                    "{dropped} batches waited for a target that is not named any more and are given up"
                ));
            }
        }
        connection
            .busy_timeout(busy_timeout)
            .map_err(|error| error.to_string())?;
        let reader = schema::open_reader(&location).map_err(|error| error.to_string())?;
        let news = writer::News::default();
        let writer = writer::Writer::start(connection, news.clone(), targets)?;
        Ok(Store(Arc::new(Inner {
            location,
            writer,
            idle: Mutex::new(vec![reader]),
            slots: Arc::new(Semaphore::new(READERS)),
            news,
        })))
    }

    /// Stores a batch; when this returns without an error the batch is committed.
    pub(crate) async fn write(&self, batch: Batch) -> Result<(), WriteError> {
        self.0.writer.write(batch).await
    }

    /// Runs a read on a thread that may block.
    pub(crate) async fn read<T, F>(&self, read: F) -> Result<T, ReadError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, ReadError> + Send + 'static,
    {
        let slot = timeout(READ_WAIT, Arc::clone(&self.0.slots).acquire_owned()).await;
        let Ok(Ok(slot)) = slot else {
            return Err(ReadError::Unavailable(
                "too many reads are under way".to_owned(),
            ));
        };
        let store = self.clone();
        // The slot goes along: the read goes on when the one who asked is gone.
        let result = tokio::task::spawn_blocking(move || {
            let result = store.read_here(read);
            drop(slot);
            result
        })
        .await;
        result.unwrap_or_else(|error| Err(ReadError::Unavailable(error.to_string())))
    }

    fn read_here<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, ReadError>,
    ) -> Result<T, ReadError> {
        let idle = || self.0.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let reused = idle().pop();
        let connection = match reused {
            Some(connection) => connection,
            None => schema::open_reader(&self.0.location)?,
        };
        // One transaction, so that a read of several queries sees one state.
        let transaction = connection.unchecked_transaction()?;
        let result = read(&transaction);
        let ended = transaction.finish();
        if ended.is_ok() && !self.0.slots.is_closed() {
            idle().push(connection);
        }
        result
    }

    /// A number that grows when something was stored.
    pub(crate) fn news(&self) -> watch::Receiver<u64> {
        self.0.news.subscribe()
    }

    /// The traces that changed since the last call, by their number in the database.
    pub(crate) fn take_changed(&self) -> Vec<i64> {
        self.0.news.take()
    }

    /// Deletes what is not to be kept, again and again, in small steps between batches.
    pub(crate) async fn keep(self, retention: Retention) {
        let pace = match (retention.age, retention.bytes) {
            (Some(age), None) => (age / 10).clamp(PACE, 60 * PACE),
            _ => PACE,
        };
        loop {
            let now = SystemTime::now().duration_since(UNIX_EPOCH);
            let before = retention.age.map(|age| {
                let before = now.unwrap_or_default().saturating_sub(age);
                i64::try_from(before.as_nanos()).unwrap_or(i64::MAX)
            });
            let bounds = Bounds {
                before,
                bytes: retention.bytes,
            };
            // A locked database or a full queue: the next round deletes it.
            while self.0.writer.expire(bounds).await.unwrap_or(false) {
                tokio::time::sleep(PAUSE).await;
            }
            tokio::time::sleep(pace).await;
        }
    }

    /// Makes a small change of something else than spans.
    pub(crate) async fn change(
        &self,
        change: impl FnOnce(&Connection) -> rusqlite::Result<()> + Send + 'static,
    ) -> Result<(), WriteError> {
        self.0.writer.change(Box::new(change)).await
    }

    /// Waits until everything accepted is written, then closes the database.
    pub(crate) fn close(&self) {
        // The writer's connection closes last: SQLite then folds the log into the database file.
        self.0.slots.close();
        self.0
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
        self.0.writer.close();
    }
}
