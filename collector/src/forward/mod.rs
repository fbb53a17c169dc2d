//! Sends everything that is stored on to other OTLP endpoints, at least once and in its order, through a queue in the
//! database: it outlives restarts, kills and outages of the target.

mod send;
pub(crate) mod target;

use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::store::Store;
use crate::store::forward_queue;
use send::Outcome;
use target::Target;

/// Between two attempts; the time doubles from the first to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LAST_PAUSE: Duration = Duration::from_secs(30);
/// A target asks for no more patience than this.
const LONGEST_WISH: Duration = Duration::from_secs(600);
/// Without news the queue is looked at so often; another process may have added to it.
const LOOK: Duration = Duration::from_secs(5);
/// Also while a target is waited for, the queue is held within its bounds.
const WATCH: Duration = Duration::from_secs(5);

/// Tells the forwarders that something was stored.
#[derive(Clone, Debug, Default)]
pub(crate) struct News(Arc<Vec<Notify>>);

impl News {
    pub(crate) fn tell(&self) {
        self.0.iter().for_each(Notify::notify_one);
    }
}

/// Starts a forwarder for each target, of whose batches so many bytes may wait. Needs a runtime.
pub(crate) fn start(targets: &[Target], queue_bytes: u64, store: &Store) -> News {
    let news = News(Arc::new(targets.iter().map(|_| Notify::new()).collect()));
    for (number, target) in targets.iter().enumerate() {
        let (target, store, news) = (Arc::new(target.clone()), store.clone(), news.clone());
        tokio::spawn(async move {
            let mut forwarder = Forwarder {
                target,
                store,
                agent: send::agent(),
                queue_bytes,
                watched: Instant::now(),
                pause: FIRST_PAUSE,
                failing: false,
            };
            loop {
                let wait = forwarder.step().await;
                forwarder.watch().await;
                match (wait, news.0.get(number)) {
                    (None, _) => {}
                    (Some(wait), Some(news)) if !forwarder.failing => {
                        let _ = tokio::time::timeout(wait, news.notified()).await;
                    }
                    // News do not shorten the pause of a target that failed.
                    (Some(wait), _) => forwarder.rest(wait).await,
                }
            }
        });
    }
    news
}

struct Forwarder {
    target: Arc<Target>,
    store: Store,
    agent: ureq::Agent,
    queue_bytes: u64,
    /// When the queue's size was last looked at.
    watched: Instant,
    pause: Duration,
    failing: bool,
}

impl Forwarder {
    /// Sends the oldest batch; tells how long to wait before the next step.
    async fn step(&mut self) -> Option<Duration> {
        let url = self.target.url.clone();
        let read = self
            .store
            .read(move |connection| Ok(forward_queue::first(connection, &url)?))
            .await;
        let waiting = match read {
            Ok(Some(waiting)) => waiting,
            Ok(None) => return Some(LOOK),
            // The database is busy or closing.
            Err(_) => return Some(FIRST_PAUSE),
        };
        let id = waiting.id;
        let (agent, target) = (self.agent.clone(), Arc::clone(&self.target));
        let send = move || send::send(&agent, &target, &waiting.body);
        let sent = tokio::task::spawn_blocking(send).await;
        match sent.unwrap_or_else(|error| Outcome::Later(error.to_string(), None)) {
            Outcome::Taken => {
                if self.failing {
                    say(&format!("forwarding to {} goes on", self.target.url));
                }
                self.failing = false;
                self.pause = FIRST_PAUSE;
                self.done(id, None).await
            }
            Outcome::Refused(reason) => {
                say(&format!(
                    "{} refused a batch, which is given up: {reason}",
                    self.target.url
                ));
                self.done(id, Some(format!("a batch was given up: {reason}")))
                    .await
            }
            Outcome::Later(reason, wish) => {
                self.fail(reason).await;
                let wait = wish.map_or(self.pause, |wish| wish.min(LONGEST_WISH));
                self.pause = (self.pause * 2).min(LAST_PAUSE);
                Some(wait)
            }
        }
    }

    /// Deletes a batch that was taken, or refused.
    async fn done(&self, id: i64, refusal: Option<String>) -> Option<Duration> {
        let (url, now) = (self.target.url.clone(), now());
        let done = self
            .store
            .change(move |connection| {
                forward_queue::done(connection, &url, id, now, refusal.as_deref())
            })
            .await;
        // Sent again it is stored once by a collector such as this; better than never.
        done.err().map(|_| FIRST_PAUSE)
    }

    /// Notes that nothing goes on, and says so the first time.
    async fn fail(&mut self, reason: String) {
        if !self.failing {
            let url = self.target.url.clone();
            let counted = self
                .store
                .read(move |connection| Ok(forward_queue::waiting(connection, &url)?))
                .await;
            let kept = counted.map_or_else(|_| "all".to_owned(), |count| count.to_string());
            say(&format!(
                "forwarding to {} waits, {kept} batches are kept: {reason}",
                self.target.url
            ));
        }
        self.failing = true;
        let (url, now) = (self.target.url.clone(), now());
        // A database that cannot be written is told to who sends; the next failure is noted again.
        let _ = self
            .store
            .change(move |connection| forward_queue::failed(connection, &url, now, &reason))
            .await;
    }

    /// Waits, and watches the queue meanwhile.
    async fn rest(&mut self, wait: Duration) {
        let end = Instant::now() + wait;
        while Instant::now() < end {
            tokio::time::sleep_until(end.min(Instant::now() + WATCH)).await;
            self.watch().await;
        }
    }

    /// Gives up the oldest batches for which there is no room.
    async fn watch(&mut self) {
        if self.watched.elapsed() < WATCH {
            return;
        }
        self.watched = Instant::now();
        let (url, most) = (self.target.url.clone(), self.queue_bytes);
        let read = self
            .store
            .read(move |connection| Ok(forward_queue::overflow(connection, &url, most)?))
            .await;
        let Ok(Some(last)) = read else {
            return;
        };
        say(&format!(
            "the queue for {} is full: its oldest batches are given up (--forward-queue sets its size)",
            self.target.url
        ));
        loop {
            let url = self.target.url.clone();
            let read = self
                .store
                .read(move |connection| Ok(forward_queue::first(connection, &url)?))
                .await;
            if !matches!(read, Ok(Some(first)) if first.id <= last) {
                return;
            }
            let url = self.target.url.clone();
            let change = move |connection: &_| forward_queue::give_up(connection, &url, last);
            if self.store.change(change).await.is_err() {
                return;
            }
        }
    }
}

/// Nanoseconds since 1970.
fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    i64::try_from(now.unwrap_or_default().as_nanos()).unwrap_or(i64::MAX)
}

/// One line for the person who runs the collector.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "tracelink-collector: {line}");
}
