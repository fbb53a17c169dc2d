//! The bytes of ended spans, in segments that give their memory back when no span in them is left.

use alloc::vec::Vec;

use crate::core::room::{push, reserve};
use crate::otlp::wire::bytes;
use crate::otlp::write::SPANS;

const SEGMENT_BYTES: usize = 65_536;

/// Where the bytes of a span stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    segment: u32,
    start: u32,
    pub(super) len: u32,
}

#[derive(Debug)]
struct Segment {
    bytes: Vec<u8>,
    live: u32,
}

/// All segments, each of spans that go one after the other. An empty one is used again before another is made.
#[derive(Debug, Default)]
pub(super) struct Arena {
    segments: Vec<Segment>,
    /// The ones that are written to: one for what stays, among which nothing has gone then.
    current: [usize; 2],
}

impl Arena {
    pub(super) const fn new() -> Self {
        Self {
            segments: Vec::new(),
            current: [0; 2],
        }
    }

    /// Adds a span as an element of `ScopeSpans.spans`, which takes `len` bytes. `stays`: longer than others.
    #[inline]
    pub(super) fn push(&mut self, stays: bool, span: &[u8], len: usize) -> Place {
        let mut current = self.current[usize::from(stays)];
        let room = self
            .segments
            .get(current)
            .map_or(0, |segment| segment.bytes.capacity() - segment.bytes.len());
        if room < len {
            current = self.begin_segment(len);
            self.current[usize::from(stays)] = current;
        }
        let mut start = 0;
        if let Some(segment) = self.segments.get_mut(current) {
            start = segment.bytes.len() as u32;
            bytes(SPANS, span, &mut segment.bytes);
            segment.live += 1;
        }
        Place {
            segment: current as u32,
            start,
            len: len as u32,
        }
    }

    #[cold]
    fn begin_segment(&mut self, len: usize) -> usize {
        let free = self.segments.iter().position(|segment| segment.live == 0);
        let begun = free.unwrap_or(self.segments.len());
        if begun == self.segments.len() {
            let bytes = Vec::new();
            push(Segment { bytes, live: 0 }, &mut self.segments);
        }
        if let Some(segment) = self.segments.get_mut(begun) {
            reserve(SEGMENT_BYTES.max(len), &mut segment.bytes);
        }
        begun
    }

    pub(super) fn get(&self, place: &Place) -> &[u8] {
        let (from, to) = (place.start as usize, (place.start + place.len) as usize);
        let segment = self.segments.get(place.segment as usize);
        segment
            .and_then(|segment| segment.bytes.get(from..to))
            .unwrap_or_default()
    }

    pub(super) fn release(&mut self, place: &Place) {
        if let Some(segment) = self.segments.get_mut(place.segment as usize) {
            segment.live -= 1;
            if segment.live == 0 {
                segment.bytes = Vec::new();
            }
        }
    }

    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        let capacities = self.segments.iter().map(|segment| segment.bytes.capacity());
        capacities.sum()
    }
}
