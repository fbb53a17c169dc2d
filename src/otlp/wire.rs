//! Protobuf primitives: varints, tags and fixed-width fields, appended to a byte vector.
//!
//! Source: the Protocol Buffers encoding guide.

use crate::core::room::reserve;
use alloc::vec::Vec;
use core::mem::MaybeUninit;

/// Wire type of a varint field.
pub const VARINT: u32 = 0;
/// Wire type of a little-endian 64-bit field.
pub const FIXED64: u32 = 1;
/// Wire type of a length-delimited field.
pub const LEN: u32 = 2;
/// Wire type of a little-endian 32-bit field.
pub const FIXED32: u32 = 5;

/// Bytes that `value` takes as a varint: 1 to 10.
#[inline]
pub fn varint_len(value: u64) -> usize {
    let bits = 64 - (value | 1).leading_zeros() as usize;
    // Rounded up sevenths, as far as there are bits.
    (bits * 9 + 64) >> 6
}

/// Appends bytes. Out of line: inlined, growing a vector costs a hundred bytes of wasm at each of fifty places.
#[inline(never)]
pub fn put(value: &[u8], out: &mut Vec<u8>) {
    append(value.len(), out, |pen| pen.bytes(value));
}

/// Bytes of a vector above which its memory is given back when it is emptied.
const LARGE: usize = 8_192;

/// Empties a vector; it keeps its memory for the next use, unless it had grown large.
#[inline(never)]
pub fn reset(out: &mut Vec<u8>) {
    out.clear();
    if out.capacity() > LARGE {
        *out = Vec::new();
    }
}

/// Writes into room that was made before: one check for many pieces.
#[derive(Debug)]
pub struct Pen<'a> {
    room: &'a mut [MaybeUninit<u8>],
    at: usize,
}

/// Appends at most `len` bytes, which `write` writes.
#[inline(always)]
pub fn append(len: usize, out: &mut Vec<u8>, write: impl FnOnce(&mut Pen<'_>)) {
    reserve(len, out);
    let before = out.len();
    let mut pen = Pen {
        room: out.spare_capacity_mut(),
        at: 0,
    };
    write(&mut pen);
    let end = before + pen.at;
    #[expect(
        unsafe_code,
        reason = "measured: filling the room with zeros first is a tenth of what an attribute costs"
    )]
    // SAFETY: the pen moves only over bytes that it has written, all of them within the spare capacity.
    unsafe {
        out.set_len(end);
    }
}

impl Pen<'_> {
    /// Writes a byte.
    #[inline]
    pub fn byte(&mut self, byte: u8) {
        if let Some(place) = self.room.get_mut(self.at) {
            place.write(byte);
            self.at += 1;
        }
    }

    /// Writes a varint.
    #[inline]
    pub fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.byte((value as u8) | 0x80);
            value >>= 7;
        }
        self.byte(value as u8);
    }

    /// Writes the length of what the limits keep below 16,384 bytes.
    #[inline]
    pub fn length(&mut self, mut len: usize) {
        if len > 127 {
            self.byte(len as u8 | 0x80);
            len >>= 7;
        }
        self.byte(len as u8);
    }

    /// Writes so many zeros.
    #[inline]
    pub fn zeros(&mut self, count: usize) {
        let end = self.at + count;
        if let Some(place) = self.room.get_mut(self.at..end) {
            for byte in place {
                byte.write(0);
            }
            self.at = end;
        }
    }

    /// Writes bytes.
    #[inline]
    pub fn bytes(&mut self, bytes: &[u8]) {
        let end = self.at + bytes.len();
        if let Some(place) = self.room.get_mut(self.at..end) {
            place.write_copy_of_slice(bytes);
            self.at = end;
        }
    }
}

/// Takes a part out of the middle. By hand: `copy_within` is 300 bytes of wasm, and this is rare.
#[inline(never)]
pub fn remove(from: usize, to: usize, text: &mut Vec<u8>) {
    let len = text.len();
    if from > to || to > len {
        return;
    }
    for at in to..len {
        let moved = text.get(at).copied().unwrap_or(0);
        if let Some(place) = text.get_mut(from + at - to) {
            *place = moved;
        }
    }
    text.truncate(len - (to - from));
}

/// Appends a varint.
#[inline(never)]
pub fn varint(mut value: u64, out: &mut Vec<u8>) {
    // Not `push`, which brings its own copy of how a vector grows: 200 bytes of wasm.
    while value >= 0x80 {
        put(&[(value as u8) | 0x80], out);
        value >>= 7;
    }
    put(&[value as u8], out);
}
/// Appends the tag of `field` with `wire` type.
pub fn tag(field: u32, wire: u32, out: &mut Vec<u8>) {
    varint(u64::from((field << 3) | wire), out);
}

/// Appends a length-delimited field.
#[inline(never)]
pub fn bytes(field: u32, value: &[u8], out: &mut Vec<u8>) {
    tag(field, LEN, out);
    varint(value.len() as u64, out);
    put(value, out);
}

/// Appends a length-delimited field unless it is empty.
#[inline(never)]
pub fn bytes_if(field: u32, value: &[u8], out: &mut Vec<u8>) {
    if !value.is_empty() {
        bytes(field, value, out);
    }
}

/// Appends a varint field unless it is zero.
#[inline(never)]
pub fn uint_if(field: u32, value: u64, out: &mut Vec<u8>) {
    if value != 0 {
        tag(field, VARINT, out);
        varint(value, out);
    }
}

/// Appends a 64-bit little-endian field.
#[inline(never)]
pub fn fixed64(field: u32, value: u64, out: &mut Vec<u8>) {
    tag(field, FIXED64, out);
    put(&value.to_le_bytes(), out);
}

/// Appends a 32-bit little-endian field.
pub fn fixed32(field: u32, value: u32, out: &mut Vec<u8>) {
    tag(field, FIXED32, out);
    put(&value.to_le_bytes(), out);
}

/// Size of a length-delimited field with a one-byte tag and `len` bytes of content.
#[inline]
pub fn field_len(len: usize) -> usize {
    1 + varint_len(len as u64) + len
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn varint_length_is_what_is_written() {
        for shift in 0..64 {
            for value in [
                1_u64 << shift,
                (1_u64 << shift).wrapping_sub(1),
                u64::MAX >> shift,
            ] {
                let mut out = Vec::new();
                varint(value, &mut out);
                assert_eq!(out.len(), varint_len(value), "{value}");
            }
        }
    }

    #[test]
    fn tags_and_fixed_fields_have_the_documented_bytes() {
        let mut out = Vec::new();
        fixed32(16, 0x101, &mut out);
        fixed64(7, 1, &mut out);
        bytes(5, b"n", &mut out);
        assert_eq!(
            out,
            [
                0x85, 1, 1, 1, 0, 0, 0x39, 1, 0, 0, 0, 0, 0, 0, 0, 0x2a, 1, b'n'
            ]
        );
    }
}
