//! When the exporter runs: by timer after a span ended, at once when much waits, after each answer, at exit.

use crate::delivery::counters::DropReason;
use crate::delivery::exporter::Answer;
use crate::tracer::Tracer;

/// What to do after the tracer has been left, where page code may run.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Wake {
    /// Listeners have something new to see.
    pub report: bool,
    /// Start the send timer.
    pub send: Option<Due>,
}

impl Wake {
    pub(crate) const fn new() -> Self {
        Self {
            report: false,
            send: None,
        }
    }
}

/// Where a request goes. The numbers are those that JavaScript sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Way {
    /// To the collector; the page waits for the answer.
    Wire,
    /// To the collector; the page may be gone before the answer.
    Exit,
    /// Into the storage, until it is acknowledged.
    Keep,
}

/// When the send timer is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// After the flush interval.
    Later,
    /// As soon as the page's code has returned.
    Now,
}

/// Which timer runs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Schedule {
    due: Option<Due>,
}

impl Schedule {
    pub(crate) const fn new() -> Self {
        Self { due: None }
    }

    /// A span ended. Asks for the timer to start, if another than the running one.
    #[inline]
    pub(crate) fn ended(&mut self, eager: bool, wake: &mut Wake) {
        let due = if eager { Due::Now } else { Due::Later };
        match self.due {
            None => {}
            Some(Due::Later) if eager => {}
            Some(_) => return,
        }
        self.due = Some(due);
        wake.send = self.due;
    }
}

impl Tracer {
    /// Writes the next request to the output buffer: at page exit, or for the storage (call until there is none), or when
    /// the timer ran out or an answer came. Returns its number; 0: there is none.
    #[inline]
    pub fn next_request(&mut self, way: Way, now: f64) -> u32 {
        let resource = self.resource.bytes();
        if way == Way::Keep {
            self.exporter.keep(resource, &mut self.output)
        } else {
            self.exporter
                .next(now, way == Way::Exit, resource, &mut self.output)
        }
    }

    /// Takes the answer to a request. `jitter` is a random number from 0 to 1.
    #[inline]
    pub fn answered(&mut self, number: u32, answer: &Answer, now: f64, jitter: f64) {
        self.exporter
            .answered(number, answer, now, jitter, &mut self.counters);
    }

    /// Milliseconds until the timer should run out; negative when nothing waits for one. The running timer is
    /// forgotten.
    pub fn next_timer(&mut self, now: f64) -> f64 {
        self.schedule.due = None;
        let wait = self.exporter.wait(now);
        if wait >= 0.0 {
            self.schedule.due = Some(Due::Later);
        }
        if wait == 0.0 {
            self.config.flush_interval
        } else {
            wait
        }
    }

    /// Whether a flush has come to its end: nothing is in flight, and what still waits waits for back-off.
    pub fn is_settled(&self, now: f64) -> bool {
        self.exporter.is_settled(now)
    }

    /// Forgets the waiting time of an outage.
    pub fn hurry(&mut self) {
        self.exporter.hurry();
    }

    /// The page's policy forbids the endpoint.
    pub fn block(&mut self) {
        self.exporter.block(&mut self.counters);
    }

    /// Drops everything that was not delivered: consent was withdrawn.
    pub fn discard(&mut self) {
        self.schedule.due = None;
        self.exporter
            .drop_all(DropReason::Discarded, &mut self.counters);
        self.retained.clear();
    }
}
