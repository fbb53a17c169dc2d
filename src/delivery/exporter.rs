//! The sender's state machine: packs batches by bytes, owns what is in flight, decides after each answer.
//!
//! Every ended span has one owner. Today that is memory (waiting in the buffer) or one batch in flight;
//! `armed` and `stored` join them with persistence. Source of the rules: OTLP/HTTP, "OTLP/HTTP Response".

use crate::delivery::backoff::Backoff;
use crate::delivery::buffer::{Buffer, Ended, Rank};
use crate::delivery::counters::{Counters, DropReason};
use crate::otlp::request::Envelope;
use alloc::vec::Vec;

/// Most bytes of spans in a request while the page lives.
const BATCH_BYTES: usize = 262_144;
/// Most bytes of spans in one request at page exit.
const EXIT_REQUEST_BYTES: usize = 16_384;
/// Most bytes in flight at page exit: browsers allow 64 KiB of `keepalive` bodies at a time.
const EXIT_BYTES: usize = 60_000;
/// Most spans in a request.
const BATCH_SPANS: usize = 4_096;
/// Waiting bytes that are sent without waiting for the timer.
const EAGER_BYTES: usize = 131_072;

/// A request that was handed out and not answered.
#[derive(Debug)]
struct Batch {
    id: u32,
    spans: Vec<Ended>,
    keepalive: bool,
}

/// What the answer to a request means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Answer {
    /// Taken, but for so many spans.
    Accepted(u64),
    /// Try again, no sooner than after so many milliseconds if the server says so.
    Retry(Option<f64>),
    /// The request is too large.
    TooLarge,
    /// Never again.
    Refused,
}

impl Answer {
    /// From an HTTP status (0: no answer), `Retry-After` in ms (negative: none) and `rejected_spans`.
    pub fn from_http(status: u32, retry_after: f64, rejected: u64) -> Self {
        match status {
            200..=299 => Self::Accepted(rejected),
            0 | 429 | 502 | 503 | 504 => Self::Retry((retry_after >= 0.0).then_some(retry_after)),
            413 => Self::TooLarge,
            _ => Self::Refused,
        }
    }
}

/// Buffer, batches in flight and back-off.
#[derive(Debug)]
pub struct Exporter {
    buffer: Buffer,
    envelope: Envelope,
    in_flight: Vec<Batch>,
    backoff: Backoff,
    batch_bytes: usize,
    last_id: u32,
    blocked: bool,
}

impl Exporter {
    /// Sends `envelope` around every batch; holds at most `max_bytes` of spans.
    pub const fn new(envelope: Envelope, max_bytes: usize) -> Self {
        Self {
            buffer: Buffer::new(max_bytes),
            envelope,
            in_flight: Vec::new(),
            backoff: Backoff::new(),
            batch_bytes: BATCH_BYTES,
            last_id: 0,
            blocked: false,
        }
    }

    /// Takes over an ended span, an OTLP message.
    pub fn push(&mut self, rank: Rank, span: &[u8], counters: &mut Counters) {
        if self.blocked {
            return counters.drop(DropReason::Blocked, 1);
        }
        counters.drop(DropReason::BufferFull, self.buffer.push(rank, span));
    }

    /// Spans that are neither delivered nor dropped, and their bytes.
    pub fn pending(&self) -> (usize, usize) {
        (self.buffer.len(), self.buffer.bytes())
    }

    /// Whether enough waits to be sent before the timer, and nothing speaks against sending.
    #[inline]
    pub fn is_eager(&self) -> bool {
        self.buffer.bytes() >= EAGER_BYTES
            && self.in_flight.is_empty()
            && !self.backoff.is_failing()
    }

    /// Whether nothing is in flight.
    pub fn is_idle(&self) -> bool {
        self.in_flight.is_empty()
    }

    /// Milliseconds to wait before the next attempt, or None when nothing waits.
    pub fn wait(&self, now: f64) -> Option<f64> {
        (self.buffer.waiting() > 0).then(|| self.backoff.wait(now))
    }

    /// Forgets the waiting time of an outage: `flush()`, `online`, a page that became visible.
    pub fn hurry(&mut self) {
        self.backoff.hurry();
    }

    /// The next request while the page lives: one at a time, and none during back-off. Returns its number.
    pub fn next(&mut self, now: f64, out: &mut Vec<u8>) -> Option<u32> {
        if !self.in_flight.is_empty() || self.backoff.wait(now) > 0.0 {
            return None;
        }
        self.pack(self.batch_bytes, false, out)
    }

    /// The next request at page exit, sent with `keepalive`; None when the budget is used up.
    pub fn next_at_exit(&mut self, out: &mut Vec<u8>) -> Option<u32> {
        let used: usize = self
            .in_flight
            .iter()
            .filter(|batch| batch.keepalive)
            .map(|batch| self.request_bytes(&batch.spans))
            .sum();
        let left = EXIT_BYTES.checked_sub(used + self.envelope.overhead())?;
        let taken = self.buffer.take(left.min(EXIT_REQUEST_BYTES), BATCH_SPANS);
        if self.request_bytes(&taken) > EXIT_BYTES - used {
            self.buffer.put_back(&taken);
            return None;
        }
        self.hand_out(taken, true, out)
    }

    fn request_bytes(&self, spans: &[Ended]) -> usize {
        spans.iter().map(Ended::len).sum::<usize>() + self.envelope.overhead()
    }

    fn pack(&mut self, max_bytes: usize, keepalive: bool, out: &mut Vec<u8>) -> Option<u32> {
        let taken = self.buffer.take(max_bytes, BATCH_SPANS);
        self.hand_out(taken, keepalive, out)
    }

    fn hand_out(&mut self, spans: Vec<Ended>, keepalive: bool, out: &mut Vec<u8>) -> Option<u32> {
        if spans.is_empty() {
            return None;
        }
        out.clear();
        self.envelope.begin(spans.iter().map(Ended::len).sum(), out);
        for span in &spans {
            self.buffer.copy(span, out);
        }
        self.envelope.finish(out);
        self.last_id = self.last_id.wrapping_add(1).max(1);
        self.in_flight.push(Batch {
            id: self.last_id,
            spans,
            keepalive,
        });
        Some(self.last_id)
    }

    /// Takes the answer to request `id`. An answer that comes twice, or to no request, changes nothing.
    pub fn answered(
        &mut self,
        id: u32,
        answer: Answer,
        now: f64,
        jitter: f64,
        counters: &mut Counters,
    ) {
        let Some(at) = self.in_flight.iter().position(|batch| batch.id == id) else {
            return;
        };
        let batch = self.in_flight.swap_remove(at);
        let spans = batch.spans.len() as u64;
        match answer {
            Answer::Accepted(rejected) => {
                let rejected = rejected.min(spans);
                counters.delivered += spans - rejected;
                counters.drop(DropReason::Rejected, rejected);
                self.backoff.succeeded();
                self.batch_bytes = (self.batch_bytes * 2).min(BATCH_BYTES);
                self.release(&batch.spans);
            }
            Answer::Retry(after) => {
                self.buffer.put_back(&batch.spans);
                self.backoff.failed(now, jitter, after);
            }
            Answer::TooLarge if spans > 1 => {
                let bytes: usize = batch.spans.iter().map(Ended::len).sum();
                self.batch_bytes = (bytes / 2).max(1);
                self.buffer.put_back(&batch.spans);
            }
            Answer::TooLarge => self.discard(&batch.spans, DropReason::TooLarge, counters),
            Answer::Refused => self.discard(&batch.spans, DropReason::NotRetryable, counters),
        }
    }

    /// The page's policy forbids the endpoint: everything is dropped, now and from now on.
    pub fn block(&mut self, counters: &mut Counters) {
        self.blocked = true;
        self.drop_all(DropReason::Blocked, counters);
    }

    /// Drops everything that is not delivered, what is in flight too: its answers will change nothing.
    pub fn drop_all(&mut self, reason: DropReason, counters: &mut Counters) {
        counters.drop(reason, self.buffer.len() as u64);
        self.buffer.clear();
        self.in_flight.clear();
    }

    fn discard(&mut self, spans: &[Ended], reason: DropReason, counters: &mut Counters) {
        counters.drop(reason, spans.len() as u64);
        self.release(spans);
    }

    fn release(&mut self, spans: &[Ended]) {
        for span in spans {
            self.buffer.release(span);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETRY: Answer = Answer::Retry(None);

    fn exporter(spans: usize, bytes: usize) -> (Exporter, Counters) {
        let mut exporter = Exporter::new(Envelope::default(), 10_000_000);
        let mut counters = Counters::default();
        for _ in 0..spans {
            exporter.push(Rank::Ordinary, &vec![0; bytes], &mut counters);
        }
        (exporter, counters)
    }

    fn settled(exporter: &Exporter, counters: &Counters) -> u64 {
        exporter.pending().0 as u64 + counters.delivered + counters.dropped_total()
    }

    #[test]
    fn one_request_at_a_time_and_none_during_back_off() {
        let (mut exporter, mut counters) = exporter(10, 100);
        let mut body = Vec::new();
        let id = exporter.next(0.0, &mut body).unwrap();
        assert_eq!(exporter.next(0.0, &mut Vec::new()), None);
        exporter.answered(id, RETRY, 0.0, 0.5, &mut counters);
        assert_eq!(
            (exporter.next(999.0, &mut body), exporter.wait(400.0)),
            (None, Some(600.0))
        );
        let again = exporter.next(1_000.0, &mut body).unwrap();
        exporter.answered(id, Answer::Accepted(0), 1_000.0, 0.5, &mut counters);
        assert_eq!(counters.delivered, 0, "a late answer to the first request");
        exporter.answered(again, Answer::Accepted(3), 1_000.0, 0.5, &mut counters);
        assert_eq!(
            (
                counters.delivered,
                counters.dropped[DropReason::Rejected as usize]
            ),
            (7, 3)
        );
        assert_eq!(exporter.pending(), (0, 0));
    }

    #[test]
    fn too_large_halves_at_once_until_a_single_span_is_refused() {
        let (mut exporter, mut counters) = exporter(8, 100);
        let mut body = Vec::new();
        let mut sizes = Vec::new();
        while let Some(id) = exporter.next(0.0, &mut body) {
            sizes.push(body.len());
            let answer = if body.len() > 250 {
                Answer::TooLarge
            } else {
                Answer::Accepted(0)
            };
            exporter.answered(id, answer, 0.0, 0.5, &mut counters);
            assert_eq!(settled(&exporter, &counters), 8);
            assert!(sizes.len() < 40);
        }
        assert_eq!(counters.delivered, 8, "{sizes:?}");
        let (mut exporter, mut counters) = self::exporter(3, 100);
        while let Some(id) = exporter.next(0.0, &mut body) {
            exporter.answered(id, Answer::TooLarge, 0.0, 0.5, &mut counters);
        }
        assert_eq!(counters.dropped[DropReason::TooLarge as usize], 3);
    }

    #[test]
    fn at_exit_requests_are_small_and_together_within_the_keepalive_budget() {
        let (mut exporter, mut counters) = exporter(200, 1_000);
        let mut body = Vec::new();
        let mut ids = Vec::new();
        let mut total = 0;
        while let Some(id) = exporter.next_at_exit(&mut body) {
            ids.push(id);
            total += body.len();
            assert!(body.len() <= 17_000);
        }
        assert!((45_000..=60_000).contains(&total), "{total}");
        for id in ids {
            exporter.answered(id, Answer::Accepted(0), 0.0, 0.5, &mut counters);
        }
        assert_eq!(settled(&exporter, &counters), 200);
    }

    #[test]
    fn only_what_otlp_calls_retryable_is_tried_again() {
        for status in [0, 429, 502, 503, 504] {
            assert_eq!(
                Answer::from_http(status, 5.0, 0),
                Answer::Retry(Some(5.0)),
                "{status}"
            );
        }
        for status in [301, 400, 401, 403, 404, 408, 500, 501, 505] {
            assert_eq!(
                Answer::from_http(status, 5.0, 0),
                Answer::Refused,
                "{status}"
            );
        }
        assert_eq!(Answer::from_http(204, -1.0, 2), Answer::Accepted(2));
    }

    #[test]
    fn a_blocked_endpoint_drops_what_is_there_and_what_comes() {
        let (mut exporter, mut counters) = exporter(5, 10);
        let id = exporter.next(0.0, &mut Vec::new()).unwrap();
        exporter.block(&mut counters);
        exporter.push(Rank::Important, &[0], &mut counters);
        exporter.answered(id, Answer::Accepted(0), 0.0, 0.5, &mut counters);
        assert_eq!(counters.dropped[DropReason::Blocked as usize], 6);
        assert_eq!(exporter.pending(), (0, 0));
    }
}
