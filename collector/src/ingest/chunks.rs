//! A body in pieces, each given back as soon as it has been read: decoding needs no room for the whole of it twice.

use std::collections::VecDeque;

use bytes::{Buf, Bytes};
use memmap2::MmapMut;

/// Bytes of one piece.
pub(crate) const PIECE: usize = 256 << 10;

/// A piece while it is filled. Those of large bodies are mapped, so that they go back to the system when they are read:
/// measured, the allocator keeps a second such body otherwise.
pub(crate) enum Piece {
    Small(Vec<u8>),
    Mapped(MmapMut, usize),
}

impl Default for Piece {
    fn default() -> Self {
        Piece::Small(Vec::new())
    }
}

impl Piece {
    /// Any but the first of a body.
    pub(crate) fn after_first() -> Piece {
        MmapMut::map_anon(PIECE).map_or_else(|_| Piece::default(), |map| Piece::Mapped(map, 0))
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Piece::Small(bytes) => bytes.len(),
            Piece::Mapped(_, length) => *length,
        }
    }

    /// Takes what fits; gives the rest.
    pub(crate) fn take<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let (now, later) = bytes.split_at(bytes.len().min(PIECE - self.len()));
        match self {
            Piece::Small(piece) => piece.extend_from_slice(now),
            Piece::Mapped(piece, length) => {
                piece[*length..*length + now.len()].copy_from_slice(now);
                *length += now.len();
            }
        }
        later
    }

    pub(crate) fn into_bytes(self) -> Bytes {
        match self {
            Piece::Small(bytes) => Bytes::from(bytes),
            Piece::Mapped(map, length) => Bytes::from_owner(map).slice(..length),
        }
    }
}

/// The bytes of a body in their order.
#[derive(Debug, Default)]
pub(crate) struct Chunks {
    pieces: VecDeque<Bytes>,
    length: usize,
}

impl Chunks {
    pub(crate) fn push(&mut self, piece: Bytes) {
        if !piece.is_empty() {
            self.length += piece.len();
            self.pieces.push_back(piece);
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// All bytes in one piece.
    pub(crate) fn into_bytes(mut self) -> Bytes {
        self.copy_to_bytes(self.length)
    }
}

impl From<Vec<u8>> for Chunks {
    fn from(bytes: Vec<u8>) -> Chunks {
        let mut chunks = Chunks::default();
        chunks.push(bytes.into());
        chunks
    }
}

impl Buf for Chunks {
    fn remaining(&self) -> usize {
        self.length
    }

    fn chunk(&self) -> &[u8] {
        self.pieces.front().map_or(&[], |piece| piece)
    }

    fn advance(&mut self, mut count: usize) {
        self.length = self.length.saturating_sub(count);
        while let Some(piece) = self.pieces.front_mut() {
            if piece.len() > count {
                piece.advance(count);
                return;
            }
            count -= piece.len();
            self.pieces.pop_front();
        }
    }

    fn copy_to_bytes(&mut self, count: usize) -> Bytes {
        if let Some(piece) = self.pieces.front_mut().filter(|piece| piece.len() == count) {
            let whole = std::mem::take(piece);
            self.advance(0);
            self.length -= count;
            return whole;
        }
        let mut copy = Vec::with_capacity(count);
        while copy.len() < count && self.has_remaining() {
            let part = self.chunk().len().min(count - copy.len());
            copy.extend_from_slice(&self.chunk()[..part]);
            self.advance(part);
        }
        Bytes::from(copy)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn chunks(pieces: &[&'static str]) -> Chunks {
        let mut chunks = Chunks::default();
        for piece in pieces {
            chunks.push(Bytes::from_static(piece.as_bytes()));
        }
        chunks
    }

    #[test]
    fn pieces_are_one_run_of_bytes() {
        let pieces = ["ab", "", "c", "defg"];
        assert_eq!(chunks(&pieces).into_bytes(), "abcdefg");
        let mut text = String::new();
        assert_eq!(
            chunks(&pieces).reader().read_to_string(&mut text).ok(),
            Some(7)
        );
        assert_eq!(text, "abcdefg");
        for first in 0..=7 {
            let mut rest = chunks(&pieces);
            assert_eq!(rest.copy_to_bytes(first), "abcdefg"[..first]);
            assert_eq!(rest.remaining(), 7 - first);
            assert_eq!(rest.into_bytes(), "abcdefg"[first..]);
        }
    }
}
