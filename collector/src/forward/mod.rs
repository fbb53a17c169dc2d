//! Sends everything that is stored on to other OTLP endpoints, at least once and in its order, through a queue in the
//! database: it outlives restarts, kills and outages of the target.

mod send;
pub(crate) mod target;

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

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

/// Tells the forwarders that something was stored.
#[derive(Clone, Debug, Default)]
pub(crate) struct News(Arc<Vec<Notify>>);

impl News {
    pub(crate) fn tell(&self) {
        self.0.iter().for_each(Notify::notify_one);
    }
}

/// Starts a forwarder for each target. Needs a runtime.
pub(crate) fn start(targets: &[Target], store: &Store) -> News {
    let news = News(Arc::new(targets.iter().map(|_| Notify::new()).collect()));
    for (number, target) in targets.iter().enumerate() {
        let (target, store, news) = (Arc::new(target.clone()), store.clone(), news.clone());
        tokio::spawn(async move {
            let mut forwarder = Forwarder {
                target,
                store,
                agent: send::agent(),
                pause: FIRST_PAUSE,
                failing: false,
            };
            loop {
                let wait = forwarder.step().await;
                if let Some(wait) = wait {
                    // News do not shorten the pause of a target that failed.
                    if forwarder.failing {
                        tokio::time::sleep(wait).await;
                    } else if let Some(news) = news.0.get(number) {
                        let _ = tokio::time::timeout(wait, news.notified()).await;
                    }
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
                self.remove(id).await
            }
            Outcome::Refused(reason) => {
                say(&format!(
                    "{} refused a batch, which is given up: {reason}",
                    self.target.url
                ));
                self.remove(id).await
            }
            Outcome::Later(reason, wish) => {
                self.fail(&reason).await;
                let wait = wish.map_or(self.pause, |wish| wish.min(LONGEST_WISH));
                self.pause = (self.pause * 2).min(LAST_PAUSE);
                Some(wait)
            }
        }
    }

    /// Deletes a batch that is done with.
    async fn remove(&self, id: i64) -> Option<Duration> {
        let removed = self
            .store
            .change(move |connection| forward_queue::remove(connection, id))
            .await;
        // Sent again it is stored once by a collector such as this; better than never.
        removed.err().map(|_| FIRST_PAUSE)
    }

    /// Says the first time that nothing goes on, and gives up what there is no room for.
    async fn fail(&mut self, reason: &str) {
        let url = self.target.url.clone();
        let counted = self
            .store
            .read(move |connection| Ok(forward_queue::waiting(connection, &url)?))
            .await;
        let (count, bytes) = counted.unwrap_or_default();
        if !self.failing {
            say(&format!(
                "forwarding to {} waits, {count} batches are kept: {reason}",
                self.target.url
            ));
        }
        self.failing = true;
        if bytes > forward_queue::MOST_BYTES {
            let url = self.target.url.clone();
            let read = self
                .store
                .read(move |connection| Ok(forward_queue::first(connection, &url)?))
                .await;
            if let Ok(Some(oldest)) = read {
                say(&format!(
                    "the queue for {} is full: its oldest batch is given up",
                    self.target.url
                ));
                self.remove(oldest.id).await;
            }
        }
    }
}

/// One line for the person who runs the collector.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "tracelink-collector: {line}");
}
