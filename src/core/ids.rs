//! Trace and span ids: bytes in network order, lower-case hex on the wire, never all zero.

use alloc::vec::Vec;

/// The 16 bytes that name a trace.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct TraceId(pub [u8; 16]);

/// The 8 bytes that name a span within a trace.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct SpanId(pub [u8; 8]);

impl TraceId {
    /// Builds an id from four big-endian words.
    pub fn from_words(a: u32, b: u32, c: u32, d: u32) -> Self {
        let wide = u128::from(a) << 96 | u128::from(b) << 64 | u128::from(c) << 32 | u128::from(d);
        Self(wide.to_be_bytes())
    }

    /// The id as four big-endian words.
    pub fn words(&self) -> (u32, u32, u32, u32) {
        let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = self.0;
        (
            u32::from_be_bytes([a, b, c, d]),
            u32::from_be_bytes([e, f, g, h]),
            u32::from_be_bytes([i, j, k, l]),
            u32::from_be_bytes([m, n, o, p]),
        )
    }

    /// Whether the id may be used: the all-zero id is forbidden.
    pub fn is_valid(&self) -> bool {
        self.0 != [0; 16]
    }

    /// Reads exactly 32 lower-case hex digits that are not all zero.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let mut bytes = [0; 16];
        let id = decode_hex(text, &mut bytes).then_some(Self(bytes))?;
        id.is_valid().then_some(id)
    }

    /// Appends 32 lower-case hex digits.
    pub fn write_hex(&self, out: &mut Vec<u8>) {
        encode_hex(&self.0, out);
    }
}

impl SpanId {
    /// Builds an id from two big-endian words.
    pub fn from_words(a: u32, b: u32) -> Self {
        Self((u64::from(a) << 32 | u64::from(b)).to_be_bytes())
    }

    /// The id as two big-endian words.
    pub fn words(&self) -> (u32, u32) {
        let [a, b, c, d, e, f, g, h] = self.0;
        (
            u32::from_be_bytes([a, b, c, d]),
            u32::from_be_bytes([e, f, g, h]),
        )
    }

    /// Whether the id may be used: the all-zero id is forbidden.
    pub fn is_valid(&self) -> bool {
        self.0 != [0; 8]
    }

    /// Reads exactly 16 lower-case hex digits that are not all zero.
    pub fn parse(text: &[u8]) -> Option<Self> {
        let mut bytes = [0; 8];
        let id = decode_hex(text, &mut bytes).then_some(Self(bytes))?;
        id.is_valid().then_some(id)
    }

    /// Appends 16 lower-case hex digits.
    pub fn write_hex(&self, out: &mut Vec<u8>) {
        encode_hex(&self.0, out);
    }
}

/// Fills `out` from exactly twice as many lower-case hex digits; false when the text is anything else.
#[inline(never)]
pub(crate) fn decode_hex(text: &[u8], out: &mut [u8]) -> bool {
    if text.len() != out.len() * 2 {
        return false;
    }
    for (byte, pair) in out.iter_mut().zip(text.chunks_exact(2)) {
        let mut value = 0;
        for &digit in pair {
            let nibble = match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'f' => digit - b'a' + 10,
                _ => return false,
            };
            value = value << 4 | nibble;
        }
        *byte = value;
    }
    true
}

/// Appends two lower-case hex digits per byte, of 16 bytes at most.
#[inline(never)]
pub(crate) fn encode_hex(bytes: &[u8], out: &mut Vec<u8>) {
    let mut text = [0; 32];
    for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
        for (digit, nibble) in pair.iter_mut().zip([byte >> 4, byte & 15]) {
            *digit = nibble + if nibble < 10 { b'0' } else { b'a' - 10 };
        }
    }
    out.extend_from_slice(text.get(..bytes.len() * 2).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &[u8] = b"0af7651916cd43dd8448eb211c80319c";
    const SPAN: &[u8] = b"b7ad6b7169203331";

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
