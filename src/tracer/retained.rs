//! The retained buffer: the last ended spans for inspection, and those that listeners have not seen yet.

use crate::delivery::buffer::{Buffer, NO_RECORD, Rank, WAITING};
use alloc::vec::Vec;

/// Most spans that wait for listeners; a page that never gives them a turn loses the oldest reports.
const UNSEEN: usize = 10_000;

/// Ended spans as elements of `ScopeSpans.spans`. Reading and clearing never touches delivery.
#[derive(Debug)]
pub struct Retained {
    /// How many of the last spans are kept.
    pub limit: usize,
    listening: bool,
    spans: Buffer,
    /// So many at the end of `spans` are retained.
    kept: usize,
    /// So many at the end of `spans` wait for listeners.
    unseen: usize,
}

impl Retained {
    /// Keeps nothing yet.
    pub const fn new() -> Self {
        Self {
            limit: 0,
            listening: false,
            spans: Buffer::new(usize::MAX),
            kept: 0,
            unseen: 0,
        }
    }

    /// Whether spans are to be reported as they end.
    pub fn listen(&mut self, listening: bool) {
        self.listening = listening;
        if !listening {
            self.unseen = 0;
            self.trim();
        }
    }

    /// Whether an ended span is wanted here at all.
    #[inline]
    pub fn wants(&self) -> bool {
        self.limit > 0 || self.listening
    }

    /// Adds an ended span. Returns true when it is the first that waits to be reported.
    pub fn push(&mut self, span: &[u8]) -> bool {
        let first = self.listening && self.unseen == 0;
        self.kept = self.limit.min(self.kept + 1);
        if self.listening {
            self.unseen = UNSEEN.min(self.unseen + 1);
        }
        self.spans.push(Rank::Ordinary, span);
        self.trim();
        first
    }

    /// Appends the retained spans, oldest first; with `unseen`, those to report, which are then seen.
    pub fn write(&mut self, unseen: bool, out: &mut Vec<u8>) {
        let count = if unseen { self.unseen } else { self.kept };
        self.spans
            .copy(WAITING, NO_RECORD, self.spans.len() - count, out);
        if unseen {
            self.unseen = 0;
            self.trim();
        }
    }

    /// Forgets the retained spans.
    pub fn clear(&mut self) {
        self.kept = 0;
        self.trim();
    }

    #[inline(never)]
    fn trim(&mut self) {
        while self.spans.len() > self.kept.max(self.unseen) {
            self.spans.evict(Rank::Ordinary);
        }
    }
}

impl Default for Retained {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(retained: &mut Retained, unseen: bool) -> Vec<u8> {
        let mut out = Vec::new();
        retained.write(unseen, &mut out);
        // Each is a tag, a length and one character.
        out.chunks(3).map(|span| span[2]).collect()
    }

    #[test]
    fn keeps_the_last_and_reports_each_once() {
        let mut retained = Retained::new();
        assert!(!retained.wants());
        retained.limit = 2;
        retained.listen(true);
        assert!(retained.push(b"1"));
        assert!(!retained.push(b"2"));
        retained.push(b"3");
        assert_eq!(texts(&mut retained, false), b"23");
        assert_eq!(texts(&mut retained, true), b"123");
        assert_eq!(texts(&mut retained, true), b"");
        assert_eq!(texts(&mut retained, false), b"23");
        retained.clear();
        assert_eq!(texts(&mut retained, false), b"");
        assert!(retained.push(b"4"));
        retained.listen(false);
        assert_eq!(texts(&mut retained, true), b"");
        assert_eq!(texts(&mut retained, false), b"4");
    }

    #[test]
    fn listeners_need_no_retained_spans_and_lose_the_oldest_reports() {
        let mut retained = Retained::new();
        retained.listen(true);
        for at in 0..UNSEEN + 3 {
            retained.push(&[(at % 100) as u8]);
        }
        assert_eq!(texts(&mut retained, false), b"");
        let seen = texts(&mut retained, true);
        assert_eq!((seen.len(), seen.first()), (UNSEEN, Some(&3)));
        assert_eq!(retained.spans.len(), 0);
    }
}
