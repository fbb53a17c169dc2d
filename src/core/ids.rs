//! Trace and span ids: bytes in network order, lower-case hex on the wire, never all zero.

use crate::otlp::wire::put;
use alloc::vec::Vec;

/// The 16 bytes that name a trace.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct TraceId(pub [u8; 16]);

/// The 8 bytes that name a span within a trace.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct SpanId(pub [u8; 8]);

impl TraceId {
    /// Builds an id from four big-endian words.
    #[inline(never)]
    pub fn from_words(a: u32, b: u32, c: u32, d: u32) -> Self {
        let mut id = Self::default();
        id.0[..4].copy_from_slice(&bytes(a));
        id.0[4..8].copy_from_slice(&bytes(b));
        id.0[8..12].copy_from_slice(&bytes(c));
        id.0[12..].copy_from_slice(&bytes(d));
        id
    }

    /// The id as four big-endian words.
    pub fn words(&self) -> (u32, u32, u32, u32) {
        let bytes = &self.0;
        (
            word(bytes, 0),
            word(bytes, 4),
            word(bytes, 8),
            word(bytes, 12),
        )
    }

    /// The eight bytes from `at` on as a big-endian number.
    #[inline(never)]
    pub(crate) fn half(&self, at: usize) -> u64 {
        u64::from(word(&self.0, at)) << 32 | u64::from(word(&self.0, at + 4))
    }

    /// Whether the id may be used: the all-zero id is forbidden.
    pub fn is_valid(&self) -> bool {
        self.0 != [0; 16]
    }

    /// Reads exactly 32 lower-case hex digits that are not all zero.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let mut id = Self::default();
        let read = text.len() == 32 && decode_hex(text, 0, &mut id.0);
        (read && id.is_valid()).then_some(id)
    }

    /// Appends 32 lower-case hex digits.
    pub fn write_hex(&self, out: &mut Vec<u8>) {
        encode_hex(&self.0, out);
    }
}

impl SpanId {
    /// Builds an id from two big-endian words.
    #[inline(never)]
    pub fn from_words(a: u32, b: u32) -> Self {
        let mut id = Self::default();
        id.0[..4].copy_from_slice(&bytes(a));
        id.0[4..].copy_from_slice(&bytes(b));
        id
    }

    /// The id as two big-endian words.
    pub fn words(&self) -> (u32, u32) {
        (word(&self.0, 0), word(&self.0, 4))
    }

    /// Whether the id may be used: the all-zero id is forbidden.
    pub fn is_valid(&self) -> bool {
        self.0 != [0; 8]
    }

    /// Reads exactly 16 lower-case hex digits that are not all zero.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let mut id = Self::default();
        let read = text.len() == 16 && decode_hex(text, 0, &mut id.0);
        (read && id.is_valid()).then_some(id)
    }

    /// Appends 16 lower-case hex digits.
    pub fn write_hex(&self, out: &mut Vec<u8>) {
        encode_hex(&self.0, out);
    }
}

/// The bytes of a word in network order.
fn bytes(word: u32) -> [u8; 4] {
    turned(word).to_ne_bytes()
}

/// WebAssembly has no instruction for this.
#[inline(never)]
fn turned(word: u32) -> u32 {
    word.to_be()
}

/// The big-endian word at `at`.
#[inline(never)]
fn word(bytes: &[u8], at: usize) -> u32 {
    let word = bytes.get(at..).and_then(<[u8]>::first_chunk::<4>);
    word.map_or(0, |word| turned(u32::from_ne_bytes(*word)))
}

/// Fills `out`, a number of words, from twice as many lower-case hex digits at `at`; false when something else stands
/// there. Eight digits at a time: ids are most of what is read of a message.
#[inline(never)]
pub(crate) fn decode_hex(text: &[u8], at: usize, out: &mut [u8]) -> bool {
    let (groups, _) = text.get(at..).unwrap_or_default().as_chunks::<8>();
    let (words, _) = out.as_chunks_mut::<4>();
    let mut wrong = u64::from(groups.len() < words.len());
    for (word, group) in words.iter_mut().zip(groups) {
        let digits = u64::from_le_bytes(*group);
        // Letters have this bit; what is over 15, or not spelled as its value would be, is no digit.
        let values = (digits & (ONES * 0x0f)) + ((digits >> 6) & ONES) * 9;
        let letters = ((values + ONES * 6) >> 4) & ONES;
        wrong |= (values & (ONES * 0xf0)) | (digits ^ (values + ONES * 0x30 + letters * 0x27));
        let mut bytes = (values << 4 | values >> 8) & 0x00ff_00ff_00ff_00ff;
        bytes = (bytes | bytes >> 8) & 0x0000_ffff_0000_ffff;
        *word = ((bytes | bytes >> 16) as u32).to_le_bytes();
    }
    wrong == 0
}

/// One in each byte.
const ONES: u64 = u64::MAX / 0xff;

/// Appends two lower-case hex digits per byte.
#[inline(never)]
pub(crate) fn encode_hex(bytes: &[u8], out: &mut Vec<u8>) {
    for byte in bytes {
        put_hex(*byte, b'a', out);
    }
}

/// Appends the two hex digits of a byte; `ten` is the digit of ten: a or A.
#[inline(never)]
pub(crate) fn put_hex(byte: u8, ten: u8, out: &mut Vec<u8>) {
    let digit = |nibble: u8| nibble + if nibble < 10 { b'0' } else { ten - 10 };
    put(&[digit(byte >> 4), digit(byte & 15)], out);
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &[u8] = b"0af7651916cd43dd8448eb211c80319c";
    const SPAN: &[u8] = b"b7ad6b7169203331";

    #[test]
    fn only_lower_case_hex_digits_are_read_at_every_place() {
        for at in 0..16 {
            for letter in 0..=255_u8 {
                let mut text = *b"0123456789abcdef";
                text[at] = letter;
                let mut out = [0; 8];
                let read = decode_hex(&text, 0, &mut out);
                let digit = char::from(letter).to_digit(16);
                let expected = digit.filter(|_| !letter.is_ascii_uppercase());
                assert_eq!(read, expected.is_some(), "{letter:#x} at {at}");
                if let Some(digit) = expected {
                    let nibble = out[at / 2] >> (4 * (1 - at % 2)) & 15;
                    assert_eq!(u32::from(nibble), digit);
                }
            }
        }
        assert!(!decode_hex(b"0123456789abcde", 0, &mut [0; 8]));
    }

    #[test]
    fn hex_and_words_round_trip() {
        let trace = TraceId::parse(TRACE).unwrap();
        assert_eq!(
            trace.words(),
            (0x0af7_6519, 0x16cd_43dd, 0x8448_eb21, 0x1c80_319c)
        );
        let (a, b, c, d) = trace.words();
        assert_eq!(TraceId::from_words(a, b, c, d), trace);
        let span = SpanId::parse(SPAN).unwrap();
        assert_eq!(span.words(), (0xb7ad_6b71, 0x6920_3331));
        assert_eq!(SpanId::from_words(0xb7ad_6b71, 0x6920_3331), span);
        let mut out = Vec::new();
        trace.write_hex(&mut out);
        span.write_hex(&mut out);
        assert_eq!(out, [TRACE, SPAN].concat());
    }

    #[test]
    fn refuses_other_lengths_cases_and_zero() {
        assert_eq!(SpanId::parse(b"0000000000000000"), None);
        assert_eq!(TraceId::parse(&[b'0'; 32]), None);
        assert_eq!(SpanId::parse(b"B7AD6B7169203331"), None);
        assert_eq!(SpanId::parse(b"b7ad6b716920333"), None);
        assert_eq!(SpanId::parse(b"b7ad6b71692033311"), None);
        assert_eq!(SpanId::parse(b"b7ad6b716920333g"), None);
        assert_eq!(SpanId::parse(b""), None);
        assert_eq!(TraceId::parse(SPAN), None);
        assert!(!TraceId::default().is_valid());
        assert!(!SpanId::default().is_valid());
    }
}
