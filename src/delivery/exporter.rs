//! The sender's state machine: packs batches by bytes, owns what is in flight, decides after each answer.
//!
//! Every ended span has one owner: memory (waiting in the buffer) or one batch in flight. Whose it is does not change
//! with the records that hold a copy of it. Source of the rules: OTLP/HTTP, "OTLP/HTTP Response".

use crate::delivery::backoff::Backoff;
use crate::delivery::buffer::{Buffer, NO_OWNER, NO_RECORD, Owner, Rank, WAITING};
use crate::delivery::counters::{Counters, DropReason};
use crate::otlp::request;
use alloc::vec::Vec;

/// Most bytes of spans that are not delivered, unless the page says otherwise.
const MAX_BYTES: usize = 4_194_304;
/// Most bytes of spans in a request while the page lives.
const BATCH_BYTES: usize = 262_144;
/// Most bytes of spans in one request at page exit.
const EXIT_REQUEST_BYTES: usize = 16_384;
/// Most bytes in flight at page exit: browsers allow 64 KiB of `keepalive` bodies at a time.
const EXIT_BYTES: usize = 60_000;
/// Bytes of spans in a record of the storage, above which another is begun.
const RECORD_BYTES: usize = 16_384;
/// Most spans in a request.
const BATCH_SPANS: usize = 4_096;
/// Waiting bytes that are sent without waiting for the timer.
const EAGER_BYTES: usize = 131_072;

/// What came of a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Answer {
    /// HTTP status; 0: none.
    pub status: u32,
    /// `Retry-After` in ms; negative: none.
    pub retry_after: f64,
    /// Spans that the collector refused.
    pub rejected: f64,
}

/// Buffer, batches in flight and back-off.
#[derive(Debug)]
pub struct Exporter {
    /// Whether there is an endpoint to send to.
    pub is_on: bool,
    buffer: Buffer,
    in_flight: u32,
    /// Bytes of the requests of this page exit.
    exit_bytes: usize,
    backoff: Backoff,
    batch_bytes: usize,
    last: Owner,
    /// Why a span is dropped for which there is no room.
    refusal: DropReason,
}

impl Exporter {
    /// Sends nothing yet.
    pub const fn new() -> Self {
        Self {
            is_on: false,
            buffer: Buffer::new(MAX_BYTES),
            in_flight: 0,
            exit_bytes: 0,
            backoff: Backoff::new(),
            batch_bytes: BATCH_BYTES,
            last: 0,
            refusal: DropReason::BufferFull,
        }
    }

    /// Holds at most `max_bytes` of spans.
    pub fn limit(&mut self, max_bytes: usize) {
        self.buffer.max_bytes = max_bytes;
    }

    /// Takes over an ended span, an OTLP message.
    #[inline]
    pub fn push(&mut self, rank: Rank, span: &[u8], counters: &mut Counters) {
        let lost = self.buffer.push(rank, span);
        if lost > 0 {
            counters.drop(self.refusal, lost);
        }
    }

    /// Spans that are neither delivered nor dropped, and their bytes.
    pub fn pending(&self) -> (usize, usize) {
        (self.buffer.len(), self.buffer.bytes())
    }

    /// Whether enough waits to be sent before the timer, and nothing speaks against sending.
    #[inline]
    pub fn is_eager(&self) -> bool {
        self.buffer.bytes() >= EAGER_BYTES && self.in_flight == 0 && !self.backoff.is_failing()
    }

    /// Milliseconds until the next attempt; negative while a request is in flight, or when nothing waits.
    #[inline(never)]
    pub fn wait(&self, now: f64) -> f64 {
        if self.in_flight == 0 && self.buffer.is_waiting() {
            self.backoff.wait(now)
        } else {
            -1.0
        }
    }

    /// Whether nothing is in flight, and what still waits waits for back-off.
    pub fn is_settled(&self, now: f64) -> bool {
        self.in_flight == 0 && self.wait(now) != 0.0
    }

    /// Forgets the waiting time of an outage: `flush()`, `online`, a page that became visible.
    pub fn hurry(&mut self) {
        self.backoff.hurry();
    }

    /// The next request, written to `out`, for a resource of these encoded attributes. While the page lives it is one
    /// at a time, and none during back-off; at its exit, sent with `keepalive`, as many as the budget allows. Returns
    /// its number, or 0 when there is none.
    #[inline]
    pub fn next(&mut self, now: f64, exit: bool, resource: &[u8], out: &mut Vec<u8>) -> Owner {
        let overhead = request::overhead(resource);
        let left = EXIT_BYTES.saturating_sub(self.exit_bytes + overhead);
        let most = if exit {
            left.min(EXIT_REQUEST_BYTES)
        } else if self.in_flight > 0 || self.backoff.wait(now) > 0.0 {
            return 0;
        } else {
            self.batch_bytes
        };
        let number = self.last.max(NO_OWNER) + 1;
        // What is larger than may leave at exit is passed over there.
        let largest = if exit { left } else { usize::MAX };
        let bytes = self.buffer.take(number, most, BATCH_SPANS, largest);
        if bytes == 0 {
            return 0;
        }
        self.last = number;
        self.in_flight += 1;
        if exit {
            self.exit_bytes += bytes + overhead;
        }
        self.write(number, NO_RECORD, bytes, resource, out);
        number
    }

    /// The next record for the storage, a request as [`Exporter::next`] writes it: spans that have no copy there. Returns
    /// its number, or 0 when there is none.
    #[inline]
    pub fn keep(&mut self, resource: &[u8], out: &mut Vec<u8>) -> u32 {
        let overhead = request::overhead(resource);
        let (record, bytes) = self.buffer.keep(RECORD_BYTES, overhead);
        if bytes == 0 {
            return 0;
        }
        self.write(NO_OWNER, record, bytes, resource, out);
        record
    }

    #[inline(never)]
    fn write(&self, owner: Owner, record: u32, bytes: usize, resource: &[u8], out: &mut Vec<u8>) {
        out.clear();
        request::begin(resource, bytes, out);
        self.buffer.copy(owner, record, 0, out);
        request::finish(out);
    }

    /// The first record that is still needed: all before it hold nothing but spans that are done with.
    pub fn first_record(&self) -> u32 {
        self.buffer.first_record()
    }

    /// Takes the answer to a request. One that comes twice, or to no request, changes nothing. `jitter` is a random
    /// number from 0 to 1.
    #[inline]
    pub fn answered(
        &mut self,
        number: Owner,
        answer: &Answer,
        now: f64,
        jitter: f64,
        counters: &mut Counters,
    ) {
        let (spans, bytes) = self.buffer.sum(number);
        if spans == 0 || number == WAITING {
            return;
        }
        self.in_flight -= 1;
        let spans = spans as u32;
        match answer.status {
            200..=299 => {
                let rejected = spans.min(answer.rejected as u32);
                counters.delivered += spans - rejected;
                counters.drop(DropReason::Rejected, rejected);
                self.backoff.succeeded();
                self.batch_bytes = (self.batch_bytes * 2).min(BATCH_BYTES);
            }
            0 | 429 | 502 | 503 | 504 => {
                self.backoff.failed(now, jitter, answer.retry_after);
                return self.buffer.give_back(number);
            }
            413 if spans > 1 => {
                self.batch_bytes = bytes / 2;
                return self.buffer.give_back(number);
            }
            413 => counters.drop(DropReason::TooLarge, spans),
            _ => counters.drop(DropReason::NotRetryable, spans),
        }
        self.buffer.forget(number);
    }

    /// The page may be gone after this: it has the browser's budget again, as far as earlier requests were answered.
    pub fn begin_exit(&mut self) {
        self.exit_bytes = 0;
    }

    /// Takes back what is in flight: those requests end with their page, and their answers change nothing.
    pub fn recall(&mut self) {
        self.buffer.give_back_all();
        self.in_flight = 0;
    }

    /// The page's policy forbids the endpoint: everything is dropped, now and from now on.
    pub fn block(&mut self, counters: &mut Counters) {
        self.refusal = DropReason::Blocked;
        self.buffer.max_bytes = 0;
        self.drop_all(DropReason::Blocked, counters);
    }

    /// Drops everything that is not delivered, what is in flight too: its answers will change nothing.
    #[inline(never)]
    pub fn drop_all(&mut self, reason: DropReason, counters: &mut Counters) {
        counters.drop(reason, self.buffer.len() as u32);
        self.buffer.clear();
        self.in_flight = 0;
    }
}

impl Default for Exporter {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests;
