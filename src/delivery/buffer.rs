//! The byte-bounded buffer of ended spans: fixed headers over their OTLP bytes in one arena of segments.

use alloc::collections::VecDeque;
use alloc::vec::Vec;

use crate::otlp::wire::{bytes, field_len};
use crate::otlp::write::SPANS;

const SEGMENT_BYTES: usize = 65_536;

/// What a span is worth when not all can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Rank {
    /// An ordinary span.
    Ordinary = 0,
    /// A root, an error, or a span with links.
    Important = 1,
}

/// An ended span in the arena.
#[derive(Clone, Copy, Debug)]
pub struct Ended {
    segment: usize,
    start: usize,
    len: usize,
    rank: Rank,
}

impl Ended {
    /// Its bytes in a request.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Never: an ended span has bytes.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

#[derive(Debug, Default)]
struct Segment {
    bytes: Vec<u8>,
    live: u32,
}

/// Spans that wait, by rank, oldest first, and the bytes of all that are not done with.
#[derive(Debug, Default)]
pub struct Buffer {
    segments: VecDeque<Segment>,
    first: usize,
    waiting: [VecDeque<Ended>; 2],
    bytes: usize,
    spans: usize,
    max_bytes: usize,
}

impl Buffer {
    /// Empty, and bounded by `max_bytes`.
    pub const fn new(max_bytes: usize) -> Self {
        Self {
            segments: VecDeque::new(),
            first: 0,
            waiting: [VecDeque::new(), VecDeque::new()],
            bytes: 0,
            spans: 0,
            max_bytes,
        }
    }

    /// Bytes of all spans in it, waiting or taken.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// All spans in it, waiting or taken.
    pub fn len(&self) -> usize {
        self.spans
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.spans == 0
    }

    /// Spans that nobody has taken.
    pub fn waiting(&self) -> usize {
        self.waiting.iter().map(VecDeque::len).sum()
    }

    /// Adds a span, an OTLP message, as the field of `ScopeSpans` that it will be sent as. Returns how many spans the
    /// bound cost: waiting ones of no higher rank go first, the oldest first; when none is left, the new one.
    pub fn push(&mut self, rank: Rank, span: &[u8]) -> u64 {
        let len = field_len(span.len());
        let mut lost = 0;
        while self.bytes + len > self.max_bytes {
            lost += 1;
            if !self.evict(rank) {
                return lost;
            }
        }
        let room = self
            .segments
            .back()
            .map_or(0, |last| SEGMENT_BYTES.saturating_sub(last.bytes.len()));
        if len > room {
            let bytes = Vec::with_capacity(SEGMENT_BYTES.max(len));
            self.segments.push_back(Segment { bytes, live: 0 });
        }
        let segment = self.first + self.segments.len() - 1;
        if let Some(last) = self.segments.back_mut() {
            let start = last.bytes.len();
            bytes(SPANS, span, &mut last.bytes);
            last.live += 1;
            self.bytes += len;
            self.spans += 1;
            let ended = Ended {
                segment,
                start,
                len,
                rank,
            };
            self.queue(rank).push_back(ended);
        }
        lost
    }

    /// Forgets all spans.
    pub fn clear(&mut self) {
        self.waiting = Default::default();
        self.first += self.segments.len();
        self.segments.clear();
        self.bytes = 0;
        self.spans = 0;
    }

    fn queue(&mut self, rank: Rank) -> &mut VecDeque<Ended> {
        let [ordinary, important] = &mut self.waiting;
        match rank {
            Rank::Ordinary => ordinary,
            Rank::Important => important,
        }
    }

    fn evict(&mut self, at_most: Rank) -> bool {
        for rank in [Rank::Ordinary, Rank::Important] {
            if rank <= at_most
                && let Some(ended) = self.queue(rank).pop_front()
            {
                self.release(&ended);
                return true;
            }
        }
        false
    }

    /// Takes waiting spans, the important ones first, of together at most `max_bytes` and `max_spans`;
    /// a single span over `max_bytes` is taken alone.
    pub fn take(&mut self, max_bytes: usize, max_spans: usize) -> Vec<Ended> {
        let mut taken = Vec::new();
        let mut bytes = 0;
        for rank in [Rank::Important, Rank::Ordinary] {
            while let Some(next) = self.queue(rank).front().copied() {
                let over = bytes + next.len() > max_bytes;
                if taken.len() >= max_spans || (over && !taken.is_empty()) {
                    return taken;
                }
                bytes += next.len();
                self.queue(rank).pop_front();
                taken.push(next);
            }
        }
        taken
    }

    /// Appends the bytes of a span that is in the buffer.
    pub fn copy(&self, ended: &Ended, out: &mut Vec<u8>) {
        let segment = self.segments.get(ended.segment.wrapping_sub(self.first));
        let range = ended.start..ended.start + ended.len;
        if let Some(bytes) = segment.and_then(|segment| segment.bytes.get(range)) {
            out.extend_from_slice(bytes);
        }
    }

    /// Puts taken spans back in front, in their order.
    pub fn put_back(&mut self, taken: &[Ended]) {
        for ended in taken.iter().rev() {
            self.queue(ended.rank).push_front(*ended);
        }
    }

    /// Forgets a taken span; a segment without live spans gives its memory back.
    pub fn release(&mut self, ended: &Ended) {
        self.bytes -= ended.len();
        self.spans -= 1;
        let index = ended.segment.wrapping_sub(self.first);
        let is_last = index + 1 == self.segments.len();
        if let Some(segment) = self.segments.get_mut(index) {
            segment.live -= 1;
            if segment.live == 0 && is_last {
                segment.bytes.clear();
            } else if segment.live == 0 {
                segment.bytes = Vec::new();
            }
        }
        while self.segments.len() > 1 && self.segments.front().is_some_and(|front| front.live == 0)
        {
            self.segments.pop_front();
            self.first += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(buffer: &mut Buffer, rank: Rank, text: &[u8]) -> u64 {
        buffer.push(rank, text)
    }

    fn texts(buffer: &Buffer, spans: &[Ended]) -> Vec<String> {
        let copy = |span| {
            let mut out = Vec::new();
            buffer.copy(span, &mut out);
            String::from_utf8(out.split_off(2)).unwrap()
        };
        spans.iter().map(copy).collect()
    }

    #[test]
    fn important_spans_leave_first_and_stay_longest() {
        let mut buffer = Buffer::new(20);
        assert_eq!(push(&mut buffer, Rank::Ordinary, b"o1"), 0);
        assert_eq!(push(&mut buffer, Rank::Important, b"i1"), 0);
        assert_eq!(push(&mut buffer, Rank::Ordinary, b"o2"), 0);
        assert_eq!(push(&mut buffer, Rank::Important, b"i2"), 0);
        assert_eq!(push(&mut buffer, Rank::Ordinary, b"o3"), 0);
        assert_eq!(
            push(&mut buffer, Rank::Important, b"i3+"),
            2,
            "the two oldest ordinary ones"
        );
        assert_eq!(push(&mut buffer, Rank::Ordinary, b"o4"), 1);
        let taken = buffer.take(100, 100);
        assert_eq!(texts(&buffer, &taken), ["i1", "i2", "i3+", "o4"]);
        assert_eq!(
            push(&mut buffer, Rank::Important, b"i4"),
            1,
            "all are taken, the new one goes"
        );
        buffer.put_back(&taken);
        let again = buffer.take(9, 100);
        assert_eq!(texts(&buffer, &again), ["i1", "i2"]);
    }

    #[test]
    fn the_bound_holds_and_memory_comes_back() {
        let mut buffer = Buffer::new(1_000_000);
        // With its tag and length 1,000 bytes.
        let text = vec![b'x'; 997];
        let mut lost = 0;
        for _ in 0..5_000 {
            lost += push(&mut buffer, Rank::Ordinary, &text);
            assert!(buffer.bytes() <= 1_000_000);
        }
        assert_eq!((buffer.len(), lost), (1_000, 4_000));
        let held: usize = buffer
            .segments
            .iter()
            .map(|segment| segment.bytes.capacity())
            .sum();
        assert!(held < 1_300_000, "{held}");
        for ended in buffer.take(usize::MAX, usize::MAX) {
            buffer.release(&ended);
        }
        assert!(buffer.is_empty() && buffer.segments.len() == 1 && buffer.bytes() == 0);
    }

    #[test]
    fn a_span_larger_than_a_segment_or_a_batch_travels_alone() {
        let mut buffer = Buffer::new(1_000_000);
        push(&mut buffer, Rank::Ordinary, b"small");
        push(&mut buffer, Rank::Ordinary, &vec![b'x'; 100_000]);
        push(&mut buffer, Rank::Ordinary, b"small");
        let lengths: Vec<usize> = (0..4)
            .map(|_| buffer.take(10, 9).iter().map(Ended::len).sum())
            .collect();
        assert_eq!(lengths, [7, 100_004, 7, 0]);
    }
}
