//! When to try again: from 1 s doubling to 10 s within the first minute of an outage, later to 5 minutes, ±20 %.
//!
//! Source: OTLP/HTTP specification, "Failures" and "Bad Data".

const FIRST_MS: f64 = 1_000.0;
const EARLY_CAP_MS: f64 = 10_000.0;
const LATE_CAP_MS: f64 = 300_000.0;
/// What a server may ask for at most.
const LONGEST_MS: f64 = 3_600_000.0;
const EARLY_MS: f64 = 60_000.0;

/// The state of an outage. Times are milliseconds of one monotonic clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct Backoff {
    failing: bool,
    since: f64,
    delay: f64,
    until: f64,
}

impl Backoff {
    /// No outage.
    pub const fn new() -> Self {
        Self {
            failing: false,
            since: 0.0,
            delay: 0.0,
            until: 0.0,
        }
    }

    /// Ends the outage.
    pub fn succeeded(&mut self) {
        *self = Self::new();
    }

    /// Records a failure at `now`. `jitter` is a random number from 0 to 1; `retry_after` what the server asked for, in ms;
    /// negative: nothing.
    pub fn failed(&mut self, now: f64, jitter: f64, retry_after: f64) {
        if !self.failing {
            self.failing = true;
            self.since = now;
        }
        let cap = if now - self.since < EARLY_MS {
            EARLY_CAP_MS
        } else {
            LATE_CAP_MS
        };
        let doubled = between(FIRST_MS, self.delay * 2.0, cap);
        self.delay = doubled;
        let own = doubled * (0.8 + 0.4 * jitter);
        self.until = now + between(own, retry_after, LONGEST_MS);
    }

    /// Whether an outage goes on.
    pub fn is_failing(&self) -> bool {
        self.failing
    }

    /// Milliseconds until the next attempt; 0 when there is no reason to wait.
    pub fn wait(&self, now: f64) -> f64 {
        if self.until > now {
            self.until - now
        } else {
            0.0
        }
    }

    /// Forgets the waiting time but not the outage: somebody asked for an attempt now.
    pub fn hurry(&mut self) {
        self.until = 0.0;
    }
}

/// `value`, or the bound that it is beyond. Not by `max` and `min`: their care for NaN is dear in wasm.
fn between(least: f64, value: f64, most: f64) -> f64 {
    if value > most {
        most
    } else if value > least {
        value
    } else {
        least
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_to_ten_seconds_then_to_five_minutes() {
        let mut backoff = Backoff::new();
        let mut now = 0.0;
        let mut delays = Vec::new();
        for _ in 0..14 {
            backoff.failed(now, 0.5, -1.0);
            delays.push(backoff.wait(now));
            now += backoff.wait(now);
        }
        let seconds: Vec<f64> = delays
            .iter()
            .map(|delay| (delay / 1_000.0).round())
            .collect();
        assert_eq!(
            seconds,
            [
                1.0, 2.0, 4.0, 8.0, 10.0, 10.0, 10.0, 10.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0
            ]
        );
        backoff.succeeded();
        assert_eq!(backoff.wait(now), 0.0);
        backoff.failed(now, 0.0, -1.0);
        assert_eq!(backoff.wait(now), 800.0);
    }

    #[test]
    fn the_server_may_ask_for_longer_but_not_forever() {
        let mut backoff = Backoff::new();
        backoff.failed(0.0, 0.5, 30_000.0);
        assert_eq!(backoff.wait(0.0), 30_000.0);
        backoff.failed(0.0, 0.5, f64::INFINITY);
        assert_eq!(backoff.wait(0.0), 3_600_000.0);
        backoff.failed(0.0, 1.0, -5.0);
        assert!(
            backoff.wait(0.0) >= 4_000.0,
            "never sooner than our own back-off"
        );
        backoff.hurry();
        assert_eq!(backoff.wait(0.0), 0.0);
    }
}
