//! The buffer through which text crosses from JavaScript: written there, read here, in the order of the arguments.

use crate::otlp::wire::append;
use alloc::vec::Vec;

/// Bytes of the buffer. The shell cuts what is longer; the limits would cut it here.
const BYTES: usize = 32_768;

/// A buffer at a stable address.
#[derive(Debug)]
pub struct Scratch {
    pub(crate) bytes: Vec<u8>,
}

impl Scratch {
    /// A buffer that has no room yet.
    pub const fn new() -> Self {
        Self { bytes: Vec::new() }
    }

    /// Gives it its usual size.
    #[inline]
    pub fn begin(&mut self) {
        append(BYTES, &mut self.bytes, |pen| pen.zeros(BYTES));
    }

    /// Where JavaScript writes: the address never changes.
    pub fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    /// Puts texts there one after the other, as JavaScript does.
    pub fn fill<'a>(&mut self, texts: impl Iterator<Item = &'a [u8]>) {
        let mut rest = self.bytes.as_mut_slice();
        for text in texts {
            // So the compiler sees that the lengths are the same, and leaves a panic out.
            let Some((place, behind)) = rest.split_at_mut_checked(text.len()) else {
                return;
            };
            place.copy_from_slice(text);
            rest = behind;
        }
    }

    /// The first `len` bytes, as far as there are so many.
    #[inline]
    pub fn text(&self, len: usize) -> &[u8] {
        let len = len.min(self.bytes.len());
        self.bytes.get(..len).unwrap_or_default()
    }

    /// `len` bytes from `at`; empty if that is more than there are.
    #[inline]
    pub fn text_at(&self, at: usize, len: usize) -> &[u8] {
        self.bytes.get(at..at.wrapping_add(len)).unwrap_or_default()
    }
}

impl Default for Scratch {
    fn default() -> Self {
        Self::new()
    }
}
