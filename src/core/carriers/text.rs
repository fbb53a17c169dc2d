//! Strings of JSON text: their escapes, and whether their bytes are UTF-8.

use super::json::plain;
use crate::core::characters::byte;
use crate::otlp::wire::put;
use alloc::vec::Vec;

/// Appends the string whose content begins at `at`, for readers of ASCII: what was escaped and is not ASCII becomes as
/// many bytes as UTF-8 would take, of a kind that no format allows. The string was checked before.
#[inline(never)]
pub(super) fn decode(text: &[u8], mut at: usize, out: &mut Vec<u8>) {
    loop {
        let start = at;
        at = plain(text, at, &mut 0);
        while !matches!(byte(text, at), b'"' | b'\\') && at < text.len() {
            at += 1;
        }
        put(text.get(start..at).unwrap_or_default(), out);
        if byte(text, at) != b'\\' {
            return;
        }
        let plain = unescaped(byte(text, at + 1));
        at += 2;
        if plain > 0 {
            put(&[plain], out);
            continue;
        }
        let mut unit = 0_u32;
        for _ in 0..4 {
            let digit = byte(text, at);
            // Letters of both cases have 1 to 6 in their low bits, and this bit set.
            unit = unit << 4 | u32::from((digit & 15) + (digit >> 6) * 9);
            at += 1;
        }
        let count = match unit {
            0..=0x7f => 1,
            // Half a surrogate pair is half of four bytes.
            0x80..=0x7ff | 0xd800..=0xdfff => 2,
            _ => 3,
        };
        let byte = if count > 1 { 0xff } else { unit as u8 };
        put([byte; 3].get(..count).unwrap_or_default(), out);
    }
}

/// What stands for the character behind a backslash; 0: nothing does.
#[inline(never)]
pub(super) fn unescaped(escape: u8) -> u8 {
    let pairs = b"\"\"\\\\//b\x08f\x0cn\nr\rt\t";
    let mut found = 0;
    for pair in pairs.as_chunks::<2>().0 {
        if pair[0] == escape {
            found = pair[1];
        }
    }
    found
}

/// The standard library's check is faster, and larger than all that reads strings here.
pub(super) fn is_utf8(text: &[u8]) -> bool {
    let mut rest = text;
    while let [lead, tail @ ..] = rest {
        rest = tail;
        let len = lead.leading_ones();
        if len == 0 {
            continue;
        }
        if *lead < 0xc2 || len > 4 {
            return false;
        }
        let mut code = u32::from(lead & (0x7f >> len));
        for _ in 1..len {
            let [next @ 0x80..=0xbf, tail @ ..] = rest else {
                return false;
            };
            rest = tail;
            code = code << 6 | u32::from(next & 0x3f);
        }
        // What would be shorter, half a surrogate pair, or beyond the last character.
        if code >> (5 * len - 4) == 0 || char::from_u32(code).is_none() {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_become_the_bytes_they_stand_for() {
        let decoded = |text: &str| {
            let mut out = Vec::new();
            decode(format!("\"{text}\"tail").as_bytes(), 1, &mut out);
            out
        };
        assert_eq!(decoded(r#"a\b\f\n\r\t\"\\\/z"#), b"a\x08\x0c\n\r\t\"\\/z");
        assert_eq!(decoded(r"\u0000\u0041\u007f\u004a\u004A"), b"\0A\x7fJJ");
        for (text, plain) in [(r"\u00e9", "é"), (r"\u20AC", "€"), (r"\uD83D\ude00", "😀")] {
            let bytes = decoded(text);
            assert_eq!(bytes.len(), plain.len(), "{plain}");
            assert!(bytes.iter().all(|&byte| byte == 0xff), "{plain}");
        }
    }

    #[test]
    fn utf8_is_checked_like_the_standard_library_does() {
        let edges = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];
        for lead in 0..=0xff {
            for second in edges {
                for third in edges {
                    for fourth in edges {
                        let text = [lead, second, third, fourth];
                        for end in 1..=4 {
                            let text = &text[..end];
                            assert_eq!(
                                is_utf8(text),
                                std::str::from_utf8(text).is_ok(),
                                "{text:x?}"
                            );
                        }
                    }
                }
            }
        }
    }
}
