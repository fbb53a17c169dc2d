//! The retained buffer: the last ended spans for inspection, and those that listeners have not seen yet.

use alloc::boxed::Box;
use alloc::collections::VecDeque;

/// Most spans that wait for listeners; a page that never gives them a turn loses the oldest reports.
const UNSEEN: usize = 10_000;

/// Ended spans as OTLP messages. Reading and clearing never touches delivery.
#[derive(Debug, Default)]
pub struct Retained {
    limit: usize,
    listening: bool,
    spans: VecDeque<Box<[u8]>>,
    unseen: VecDeque<Box<[u8]>>,
}

impl Retained {
    /// Keeps the last `limit` spans.
    pub fn set_limit(&mut self, limit: usize) {
        self.limit = limit;
    }

    /// Whether spans are to be reported as they end.
    pub fn listen(&mut self, listening: bool) {
        self.listening = listening;
        if !listening {
            self.unseen.clear();
        }
    }

    /// Whether an ended span is wanted here at all.
    #[inline]
    pub fn wants(&self) -> bool {
        self.limit > 0 || self.listening
    }

    /// Adds an ended span. Returns true when it is the first that waits to be reported.
    pub fn push(&mut self, span: &[u8]) -> bool {
        if self.limit > 0 {
            if self.spans.len() >= self.limit {
                self.spans.pop_front();
            }
            self.spans.push_back(span.into());
        }
        if !self.listening {
            return false;
        }
        if self.unseen.len() >= UNSEEN {
            self.unseen.pop_front();
        }
        self.unseen.push_back(span.into());
        self.unseen.len() == 1
    }

    /// The retained spans, oldest first.
    pub fn spans(&self) -> impl Iterator<Item = &[u8]> {
        self.spans.iter().map(AsRef::as_ref)
    }

    /// Takes the spans to report, oldest first.
    pub fn take_unseen(&mut self) -> VecDeque<Box<[u8]>> {
        core::mem::take(&mut self.unseen)
    }

    /// Forgets the retained spans.
    pub fn clear(&mut self) {
        self.spans.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_last_and_reports_each_once() {
        let mut retained = Retained::default();
        assert!(!retained.wants());
        retained.set_limit(2);
        retained.listen(true);
        assert!(retained.push(b"1"));
        assert!(!retained.push(b"2"));
        retained.push(b"3");
        assert_eq!(retained.spans().collect::<Vec<_>>(), [b"2", b"3"]);
        assert_eq!(retained.take_unseen().len(), 3);
        retained.clear();
        assert_eq!(retained.spans().count(), 0);
        assert!(retained.push(b"4"));
        retained.listen(false);
        assert!(retained.take_unseen().is_empty());
    }
}
