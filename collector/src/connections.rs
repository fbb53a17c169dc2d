//! The connections that are open, and which of them has to go when there are too many or their bodies fill the memory:
//! the one whose client has let the collector wait the longest.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// A body that has taken so long may go when another needs its memory.
const SLOW_BODY: Duration = Duration::from_secs(3);

/// What a connection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Its client, for the head of a request.
    Head,
    /// Its client, for a body.
    Body,
    /// The collector.
    Work,
}

#[derive(Debug)]
struct Seat {
    phase: Phase,
    since: Instant,
    leave: Arc<Notify>,
}

/// All connections.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connections(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    seats: Mutex<HashMap<u64, Seat>>,
    next: AtomicU64,
}

impl Connections {
    /// Takes a new connection in.
    pub(crate) fn enter(&self) -> Connection {
        let id = self.0.next.fetch_add(1, Ordering::Relaxed);
        let leave = Arc::new(Notify::new());
        let seat = Seat {
            phase: Phase::Head,
            since: Instant::now(),
            leave: Arc::clone(&leave),
        };
        self.with(|seats| seats.insert(id, seat));
        Connection {
            id,
            all: self.clone(),
            leave,
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.with(|seats| seats.len())
    }

    /// Ends the connection whose client has been waited for the longest; tells whether there was one.
    pub(crate) fn end_longest_waiting(&self) -> bool {
        self.end(|seat| seat.phase != Phase::Work)
    }

    /// Ends the one whose body has been waited for the longest, if that is longer than a body needs.
    pub(crate) fn end_slow_body(&self) -> bool {
        self.end(|seat| seat.phase == Phase::Body && seat.since.elapsed() > SLOW_BODY)
    }

    fn end(&self, may_go: impl Fn(&Seat) -> bool) -> bool {
        self.with(|seats| {
            let oldest = seats
                .iter()
                .filter(|(_, seat)| may_go(seat))
                .min_by_key(|(_, seat)| seat.since)
                .map(|(id, _)| *id);
            let seat = oldest.and_then(|id| seats.remove(&id));
            if let Some(seat) = &seat {
                seat.leave.notify_one();
            }
            seat.is_some()
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut HashMap<u64, Seat>) -> T) -> T {
        work(&mut self.0.seats.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// One connection, from its beginning to its end.
#[derive(Debug)]
pub(crate) struct Connection {
    id: u64,
    all: Connections,
    leave: Arc<Notify>,
}

impl Connection {
    /// Returns when the connection has to go.
    pub(crate) async fn has_to_go(&self) {
        self.leave.notified().await;
    }

    pub(crate) fn waits_for_head(&self) {
        self.enter(Phase::Head);
    }

    pub(crate) fn waits_for_body(&self) {
        self.enter(Phase::Body);
    }

    pub(crate) fn works(&self) {
        self.enter(Phase::Work);
    }

    fn enter(&self, phase: Phase) {
        let since = Instant::now();
        self.all.with(|seats| {
            if let Some(seat) = seats.get_mut(&self.id) {
                seat.phase = phase;
                seat.since = since;
            }
        });
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.all.with(|seats| seats.remove(&self.id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_longest_waiting_goes_and_who_works_stays() {
        let all = Connections::default();
        let [first, second, third] = [all.enter(), all.enter(), all.enter()];
        first.works();
        third.waits_for_body();
        second.waits_for_head();
        assert!(all.end_longest_waiting());
        third.has_to_go().await;
        assert!(!all.end_slow_body());
        assert!(all.end_longest_waiting());
        second.has_to_go().await;
        assert!(!all.end_longest_waiting());
        assert_eq!(all.count(), 1);
        drop(first);
        assert_eq!(all.count(), 0);
    }
}
