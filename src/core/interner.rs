//! The bounded table of names and keys: each crosses from JavaScript once, then travels as a number.

use crate::core::room::push;
use crate::otlp::wire::put;
use alloc::vec::Vec;

/// Most entries; past it strings travel whole.
const ENTRIES: usize = 4_096;
/// Most bytes of all entries.
const BYTES: usize = 262_144;

/// Bits of a mark.
const MARK_BITS: u32 = 2;

/// Interned strings, numbered from 1, each with a mark from 0 to 3.
#[derive(Debug, Default)]
pub struct Interner {
    bytes: Vec<u8>,
    /// Where each ends, and behind that its mark.
    ends: Vec<u32>,
}

impl Interner {
    /// An empty table.
    pub const fn new() -> Self {
        Self {
            bytes: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// Adds `text` and returns its number, or 0 when the table is full. The caller remembers what it added.
    pub fn add(&mut self, text: &[u8], mark: u32) -> u32 {
        if self.ends.len() >= ENTRIES || self.bytes.len().saturating_add(text.len()) > BYTES {
            return 0;
        }
        put(text, &mut self.bytes);
        let end = self.bytes.len() as u32;
        push(end << MARK_BITS | mark, &mut self.ends);
        self.ends.len() as u32
    }

    /// The string with this number; empty for a number that was never given out.
    pub fn get(&self, number: u32) -> &[u8] {
        self.marked(number).0
    }

    /// The string with this number and its mark; empty for a number that was never given out.
    #[inline(never)]
    pub fn marked(&self, number: u32) -> (&[u8], u32) {
        let index = (number as usize).wrapping_sub(1);
        let end = self.ends.get(index).copied().unwrap_or(0);
        let before = self.ends.get(index.wrapping_sub(1)).copied().unwrap_or(0);
        let range = (before >> MARK_BITS) as usize..(end >> MARK_BITS) as usize;
        let mark = end & ((1 << MARK_BITS) - 1);
        (self.bytes.get(range).unwrap_or_default(), mark)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_was_added_and_is_bounded() {
        let mut table = Interner::new();
        assert_eq!(
            (table.add(b"a", 0), table.add(b"", 3), table.add(b"bc", 1)),
            (1, 2, 3)
        );
        assert_eq!(
            (table.marked(1), table.marked(2), table.marked(3)),
            ((&b"a"[..], 0), (&b""[..], 3), (&b"bc"[..], 1))
        );
        assert_eq!(
            (table.get(0), table.get(4), table.get(u32::MAX)),
            (&b""[..], &b""[..], &b""[..])
        );
        assert_eq!(table.add(&vec![b'x'; BYTES], 0), 0);
        for _ in 0..ENTRIES {
            table.add(b"y", 0);
        }
        assert_eq!(table.add(b"z", 0), 0);
    }
}
