//! The bounded table of names and keys: each crosses from JavaScript once, then travels as a number.

use alloc::vec::Vec;

/// Most entries; past it strings travel whole.
const ENTRIES: usize = 4_096;
/// Most bytes of all entries.
const BYTES: usize = 262_144;

/// Interned strings, numbered from 1.
#[derive(Debug, Default)]
pub struct Interner {
    bytes: Vec<u8>,
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
    pub fn add(&mut self, text: &[u8]) -> u32 {
        if self.ends.len() >= ENTRIES || self.bytes.len().saturating_add(text.len()) > BYTES {
            return 0;
        }
        self.bytes.extend_from_slice(text);
        self.ends.push(self.bytes.len() as u32);
        self.ends.len() as u32
    }

    /// The string with this number; empty for a number that was never given out.
    #[inline]
    pub fn get(&self, number: u32) -> &[u8] {
        let index = (number as usize).wrapping_sub(1);
        let Some(&end) = self.ends.get(index) else {
            return &[];
        };
        let start = match index.checked_sub(1) {
            Some(before) => self.ends.get(before).copied().unwrap_or_default(),
            None => 0,
        };
        self.bytes
            .get(start as usize..end as usize)
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_was_added_and_is_bounded() {
        let mut table = Interner::new();
        assert_eq!(
            (table.add(b"a"), table.add(b""), table.add(b"bc")),
            (1, 2, 3)
        );
        assert_eq!(
            (table.get(1), table.get(2), table.get(3)),
            (&b"a"[..], &b""[..], &b"bc"[..])
        );
        assert_eq!(
            (table.get(0), table.get(4), table.get(u32::MAX)),
            (&b""[..], &b""[..], &b""[..])
        );
        assert_eq!(table.add(&vec![b'x'; BYTES]), 0);
        for _ in 0..ENTRIES {
            table.add(b"y");
        }
        assert_eq!(table.add(b"z"), 0);
    }
}
