//! The slab of open spans: reusable slots, named by handles that go stale when their span ends.

use alloc::vec::Vec;

use crate::core::room::push;
use crate::core::span::OpenSpan;

/// A slot and a generation in one number that JavaScript holds exactly. 0 names no span.
pub type Handle = f64;

const SLOT_BITS: u32 = 21;
/// Most slots that a handle can name.
pub const MAX_SLOTS: usize = 1 << SLOT_BITS;

/// All open spans.
#[derive(Debug, Default)]
pub struct Slab {
    slots: Vec<OpenSpan>,
    /// The slot that was freed last, counted from 1; 0 when none is free.
    free: u32,
    open: usize,
    first: u32,
    opened: u64,
}

impl Slab {
    /// No spans.
    pub const fn new() -> Self {
        Self {
            slots: Vec::new(),
            free: 0,
            open: 0,
            first: 0,
            opened: 0,
        }
    }

    /// Counts generations from here, so that handles of an earlier slab are stale in this one.
    pub fn count_from(&mut self, generation: u32) {
        self.first = generation;
    }

    /// How many spans are open.
    pub fn len(&self) -> usize {
        self.open
    }

    /// Whether no span is open.
    pub fn is_empty(&self) -> bool {
        self.open == 0
    }

    /// Opens a slot. None when every slot that a handle can name is taken.
    #[inline]
    pub fn open(&mut self) -> Option<(Handle, &mut OpenSpan)> {
        if self.free == 0 {
            if self.slots.len() >= MAX_SLOTS {
                return None;
            }
            let mut span = OpenSpan::BLANK;
            span.generation = self.first;
            push(span, &mut self.slots);
            self.free = self.slots.len() as u32;
        }
        let slot = self.free as usize - 1;
        let span = self.slots.get_mut(slot)?;
        span.generation = span.generation.wrapping_add(1).max(1);
        span.open = true;
        self.free = core::mem::take(&mut span.next_free);
        self.open += 1;
        self.opened += 1;
        span.serial = self.opened;
        Some((handle(slot, span.generation), span))
    }

    /// The open span that `handle` names; None when it has ended or never was.
    #[inline(never)]
    pub fn get(&mut self, handle: Handle) -> Option<&mut OpenSpan> {
        self.find(handle)
    }

    /// As [`Slab::get`], for what happens several times in each span: measured, 4 % of its time for 30 bytes a place.
    #[inline(always)]
    pub(crate) fn find(&mut self, handle: Handle) -> Option<&mut OpenSpan> {
        let number = handle as u64;
        let span = self.slots.get_mut(number as usize & (MAX_SLOTS - 1))?;
        (span.open && u64::from(span.generation) == number >> SLOT_BITS).then_some(span)
    }

    /// Frees the slot; its handle is stale from now on.
    #[inline]
    pub fn close(&mut self, handle: Handle) {
        let free = self.free;
        if let Some(span) = self.get(handle) {
            span.open = false;
            span.next_free = free;
            span.clear();
            self.open -= 1;
            self.free = (handle as u64 as u32 & (MAX_SLOTS as u32 - 1)) + 1;
        }
    }

    /// How many slots there are, open or not.
    pub fn slots(&self) -> usize {
        self.slots.len()
    }

    /// The handle of the span in a slot; 0 when it is not open.
    pub fn at(&self, slot: usize) -> Handle {
        match self.slots.get(slot) {
            Some(span) if span.open => handle(slot, span.generation),
            _ => 0.0,
        }
    }

    /// The open span that started first; 0 when none is open.
    pub fn oldest(&self) -> Handle {
        let (mut oldest, mut first) = (0.0, u64::MAX);
        for (slot, span) in self.slots.iter().enumerate() {
            if span.open && span.serial < first {
                first = span.serial;
                oldest = handle(slot, span.generation);
            }
        }
        oldest
    }
}

fn handle(slot: usize, generation: u32) -> Handle {
    (u64::from(generation) << SLOT_BITS | slot as u64) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::span::Status;

    #[test]
    fn a_handle_is_stale_once_its_span_ended() {
        let mut slab = Slab::new();
        let (first, _) = slab.open().unwrap();
        slab.close(first);
        slab.close(first);
        assert_eq!(slab.len(), 0);
        let (second, span) = slab.open().unwrap();
        span.name.extend_from_slice(b"second");
        assert_ne!(first, second);
        assert!(slab.get(first).is_none());
        assert_eq!(
            slab.get(second).map(|span| span.name.clone()),
            Some(b"second".to_vec())
        );
        for hostile in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e300, 0.5] {
            assert!(slab.get(hostile).is_none(), "{hostile}");
        }
    }

    #[test]
    fn a_reused_slot_starts_empty() {
        let mut slab = Slab::new();
        let (handle, span) = slab.open().unwrap();
        span.add_event(b"e");
        span.add_link(b"l");
        span.set_status(Status::Error, b"why");
        span.trace_state.push(1);
        slab.close(handle);
        let (_, span) = slab.open().unwrap();
        let fields = span.fields();
        assert!(fields.items.is_empty() && fields.trace_state.is_empty());
        assert_eq!(fields.status, b"");
        assert!(!span.is_linked());
    }
}
