//! The bounded buffer of ended spans: who owns each, and which may go when not all can be kept.

use alloc::vec::Vec;

use crate::core::room::push;
use crate::delivery::arena::{Arena, Place};
use crate::otlp::wire::{field_len, put};

/// Spans that are done with and still have an entry, beside as many as are live.
const DONE: usize = 64;

/// What a span is worth when not all can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Rank {
    /// An ordinary span.
    Ordinary = 0,
    /// A root, an error, or a span with links.
    Important = 1,
}

/// Who a span belongs to: [`WAITING`], [`NOBODY`], or else the number of the request that carries it.
pub type Owner = u32;

/// Nobody has taken it yet.
pub const WAITING: Owner = 0;
/// It is done with.
const NOBODY: Owner = Owner::MAX;
/// Never the number of a request.
pub const NO_OWNER: Owner = 1;
/// Never the number of a record.
pub const NO_RECORD: u32 = u32::MAX;
/// Bytes of records for which their numbers grow by one, so that these tell how much there is.
const RECORD_UNIT: u32 = 16;

/// An ended span in the arena.
#[derive(Clone, Copy, Debug)]
struct Ended {
    place: Place,
    owner: Owner,
    rank: Rank,
    /// What its copy in the storage is part of; 0: it has none yet.
    record: u32,
}

/// Ended spans in the order of their end, each with one owner.
#[derive(Debug, Default)]
pub struct Buffer {
    arena: Arena,
    spans: Vec<Ended>,
    /// No span of a rank waits before this index.
    oldest: [usize; 2],
    /// Where the last record ends: a record's number is where it begins, in units of what all records ever had.
    records: u32,
    len: usize,
    bytes: usize,
    /// Most bytes of all spans.
    pub max_bytes: usize,
}

impl Buffer {
    /// Empty, and bounded by `max_bytes`.
    pub const fn new(max_bytes: usize) -> Self {
        Self {
            arena: Arena::new(),
            spans: Vec::new(),
            oldest: [0; 2],
            records: 0,
            len: 0,
            bytes: 0,
            max_bytes,
        }
    }

    /// Bytes of all spans in it, waiting or taken.
    #[inline]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// All spans in it, waiting or taken.
    #[inline]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Whether a span has not been taken.
    pub fn is_waiting(&self) -> bool {
        self.spans.iter().any(|span| span.owner == WAITING)
    }

    /// Adds a span, an OTLP message, as the field of `ScopeSpans` that it will be sent as. Returns how many spans the
    /// bound cost: waiting ones of no higher rank go first, the oldest first; when none is left, the new one.
    #[inline(never)]
    pub fn push(&mut self, rank: Rank, span: &[u8]) -> u32 {
        let len = field_len(span.len());
        let mut lost = 0;
        while self.bytes + len > self.max_bytes {
            lost += 1;
            if !self.evict(rank) {
                return lost;
            }
        }
        let place = self.arena.push(rank == Rank::Important, span, len);
        self.bytes += len;
        self.len += 1;
        let span = Ended {
            place,
            owner: WAITING,
            rank,
            record: 0,
        };
        push(span, &mut self.spans);
        lost
    }

    /// Forgets the oldest waiting span of no higher rank. False when there is none.
    pub fn evict(&mut self, at_most: Rank) -> bool {
        for (rank, oldest) in self.oldest.iter_mut().enumerate() {
            if rank > at_most as usize {
                break;
            }
            while let Some(span) = self.spans.get_mut(*oldest) {
                *oldest += 1;
                if span.owner == WAITING && span.rank as usize == rank {
                    span.owner = NOBODY;
                    let span = *span;
                    self.release(&span);
                    if self.spans.len() > 2 * self.len + DONE {
                        // Only leaves out what is done with.
                        self.give_back(WAITING);
                    }
                    return true;
                }
            }
        }
        false
    }

    /// Gives waiting spans to `owner`, the important ones first, of together at most `max_bytes` and `max_spans`;
    /// a single span over `max_bytes` is given alone, one over `largest` not at all. Returns their bytes.
    pub fn take(
        &mut self,
        owner: Owner,
        max_bytes: usize,
        max_spans: usize,
        largest: usize,
    ) -> usize {
        let (mut bytes, mut left) = (0, max_spans);
        for rank in 0..=1 {
            for span in &mut self.spans {
                let len = span.place.len as usize;
                if span.owner != WAITING || span.rank as usize == rank || len > largest {
                    continue;
                }
                let sum = bytes + len;
                if left == 0 || (sum > max_bytes && bytes > 0) {
                    return bytes;
                }
                left -= 1;
                bytes = sum;
                span.owner = owner;
            }
        }
        bytes
    }

    /// Puts spans without a copy in the storage, waiting or taken, into a new record, until it has `max_bytes` or more
    /// beside `overhead`. Returns its number and the bytes of its spans.
    pub fn keep(&mut self, max_bytes: usize, overhead: usize) -> (u32, usize) {
        let record = self.records + 1;
        let mut bytes = 0;
        for span in &mut self.spans {
            if span.record == 0 && span.owner != NOBODY && bytes < max_bytes {
                span.record = record;
                bytes += span.place.len as usize;
            }
        }
        if bytes > 0 {
            self.records = record + (bytes + overhead) as u32 / RECORD_UNIT;
        }
        (record, bytes)
    }

    /// The first record that is still needed: all before it hold nothing but spans that are done with.
    pub fn first_record(&self) -> u32 {
        let mut first = self.records + 1;
        for span in &self.spans {
            if span.owner != NOBODY && span.record > 0 && span.record < first {
                first = span.record;
            }
        }
        first
    }

    /// How many spans an owner has, and their bytes.
    pub fn sum(&self, owner: Owner) -> (usize, usize) {
        let (mut spans, mut bytes) = (0, 0);
        for span in &self.spans {
            if span.owner == owner {
                spans += 1;
                bytes += span.place.len as usize;
            }
        }
        (spans, bytes)
    }

    /// Appends the bytes of the spans of an owner or a record but for the first `skip`, in the order of their end.
    pub fn copy(&self, owner: Owner, record: u32, mut skip: usize, out: &mut Vec<u8>) {
        for span in &self.spans {
            if span.owner != owner && span.record != record {
                continue;
            }
            if skip > 0 {
                skip -= 1;
                continue;
            }
            put(self.arena.get(&span.place), out);
        }
    }

    /// An owner's spans wait again, each in its old place.
    pub fn give_back(&mut self, owner: Owner) {
        self.settle(owner, WAITING);
    }

    /// All spans wait again.
    pub fn give_back_all(&mut self) {
        for span in &mut self.spans {
            if span.owner != NOBODY {
                span.owner = WAITING;
            }
        }
        self.oldest = [0; 2];
    }

    /// Forgets an owner's spans.
    pub fn forget(&mut self, owner: Owner) {
        self.settle(owner, NOBODY);
    }

    /// Forgets all spans.
    pub fn clear(&mut self) {
        let (max_bytes, records) = (self.max_bytes, self.records);
        *self = Self::new(max_bytes);
        self.records = records;
    }

    #[inline(never)]
    fn settle(&mut self, from: Owner, to: Owner) {
        let mut kept = 0;
        for at in 0..self.spans.len() {
            let Some(&(mut span)) = self.spans.get(at) else {
                break;
            };
            if span.owner == from {
                span.owner = to;
                if to == NOBODY {
                    self.release(&span);
                }
            }
            if span.owner != NOBODY
                && let Some(place) = self.spans.get_mut(kept)
            {
                *place = span;
                kept += 1;
            }
        }
        self.spans.truncate(kept);
        self.oldest = [0; 2];
    }

    #[inline(never)]
    fn release(&mut self, span: &Ended) {
        self.bytes -= span.place.len as usize;
        self.len -= 1;
        self.arena.release(&span.place);
    }
}

#[cfg(test)]
mod tests;
