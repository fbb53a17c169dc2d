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

/// Counts of sampled spans. `started = open + ended`;
/// `ended + recovered = delivered + pending + persisted + kept + sum(dropped)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Spans that began.
    pub started: u64,
    /// Spans that ended.
    pub ended: u64,
    /// Spans that sampling left out; in no other sum.
    pub not_sampled: u64,
    /// Acknowledged by the collector.
    pub delivered: u64,
    /// Ended with no endpoint to go to.
    pub kept: u64,
    /// Malformed headers and messages that were passed over.
    pub ignored: u64,
    /// By [`DropReason`].
    pub dropped: [u64; REASONS],
}

impl Counters {
    /// Counts dropped spans.
    pub fn drop(&mut self, reason: DropReason, spans: u64) {
        if let Some(count) = self.dropped.get_mut(reason as usize) {
            *count += spans;
        }
    }

    /// All dropped spans.
    pub fn dropped_total(&self) -> u64 {
        self.dropped.iter().sum()
    }
}
