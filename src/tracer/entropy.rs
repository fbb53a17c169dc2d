//! Random bytes for ids: filled from outside, so that no page code runs while the tracer is at work.

use crate::core::ids::{SpanId, TraceId};
use alloc::vec::Vec;

/// Bytes that [`Entropy::wants`] asks for when few are left.
const BYTES: usize = 4_096;

/// A pool of random bytes.
#[derive(Debug, Default)]
pub struct Entropy {
    pool: Vec<u8>,
    counter: u64,
}

impl Entropy {
    /// An empty pool.
    pub const fn new() -> Self {
        Self {
            pool: Vec::new(),
            counter: 0,
        }
    }

    /// How many bytes to feed: 0 while enough are left.
    pub fn wants(&self) -> usize {
        if self.pool.len() < BYTES / 2 {
            BYTES
        } else {
            0
        }
    }

    /// Adds random bytes.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.pool.extend_from_slice(bytes);
    }

    /// Eight random bytes, not all zero. A pool that ran dry goes on from its last state by SplitMix64.
    fn word(&mut self) -> [u8; 8] {
        let mut word = [0; 8];
        if let Some(start) = self.pool.len().checked_sub(8) {
            word.copy_from_slice(self.pool.get(start..).unwrap_or(&[0; 8]));
            self.pool.truncate(start);
            self.counter ^= u64::from_le_bytes(word);
        }
        if word == [0; 8] {
            self.counter = self.counter.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut mixed = self.counter;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            word = ((mixed ^ (mixed >> 31)) | 1).to_le_bytes();
        }
        word
    }

    /// A new span id.
    pub fn span_id(&mut self) -> SpanId {
        SpanId(self.word())
    }

    /// A new trace id.
    pub fn trace_id(&mut self) -> TraceId {
        let [first, second] = [self.word(), self.word()].map(u64::from_le_bytes);
        TraceId((u128::from(first) << 64 | u128::from(second)).to_le_bytes())
    }

    /// A number from 0 to 1, for jitter.
    pub fn fraction(&mut self) -> f64 {
        (u64::from_le_bytes(self.word()) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_never_zero_and_never_repeat_even_when_the_pool_is_dry() {
        let mut entropy = Entropy::new();
        entropy.feed(&[0; 64]);
        let mut seen = Vec::new();
        for _ in 0..1_000 {
            let id = entropy.span_id();
            assert!(id.is_valid());
            assert!(!seen.contains(&id));
            seen.push(id);
        }
        assert!((0.0..1.0).contains(&entropy.fraction()));
    }
}
