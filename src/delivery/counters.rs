//! What became of every sampled span, so that `stats()` adds up.

/// Why a span was not delivered. The order is that of the numbers JavaScript sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum DropReason {
    /// The memory bound was reached.
    BufferFull,
    /// A single span that the collector finds too large.
    TooLarge,
    /// The collector took the request and refused the span (`partialSuccess`).
    Rejected,
    /// The collector answered with a status that OTLP does not call retryable.
    NotRetryable,
    /// Older than the storage keeps.
    Expired,
    /// The storage bound was reached.
    StorageFull,
    /// The page's policy forbids the endpoint.
    Blocked,
    /// The page asked to forget it.
    Discarded,
}

/// Number of [`DropReason`]s.
pub const REASONS: usize = 8;

/// Counts of sampled spans. `started = open + ended`; `ended + recovered = delivered + pending + persisted + in_page +
/// sum(dropped)`. JavaScript reads them as they stand in memory, up to `recovered`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Counters {
    /// Spans that began.
    pub started: u32,
    /// Spans that ended.
    pub ended: u32,
    /// Spans that sampling left out; in no other sum.
    pub not_sampled: u32,
    /// Acknowledged by the collector.
    pub delivered: u32,
    /// Malformed headers and messages that were passed over.
    pub ignored: u32,
    /// By [`DropReason`].
    pub dropped: [u32; REASONS],
    /// Ended, and to be delivered yet, when `stats()` last looked.
    pub pending: u32,
    /// Their bytes.
    pub pending_bytes: u32,
    /// Ended with no endpoint to go to, when `stats()` last looked.
    pub in_page: u32,
    /// Taken over from earlier pages, and in the storage alone. JavaScript counts these and what becomes of them.
    pub persisted: u32,
    /// Taken over from earlier pages.
    pub recovered: u32,
    /// Of these, the written ones.
    pub kept: u32,
}

impl Counters {
    /// Nothing has happened yet.
    pub const fn new() -> Self {
        Self {
            started: 0,
            ended: 0,
            not_sampled: 0,
            delivered: 0,
            ignored: 0,
            dropped: [0; REASONS],
            pending: 0,
            pending_bytes: 0,
            in_page: 0,
            persisted: 0,
            recovered: 0,
            kept: 0,
        }
    }

    /// Counts dropped spans.
    pub fn drop(&mut self, reason: DropReason, spans: u32) {
        if let Some(count) = self.dropped.get_mut(reason as usize) {
            *count += spans;
        }
    }

    /// All dropped spans.
    pub fn dropped_total(&self) -> u32 {
        self.dropped.iter().sum()
    }
}
