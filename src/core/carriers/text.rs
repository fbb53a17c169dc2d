//! Strings of JSON text: their escapes, and whether their bytes are UTF-8.

use alloc::borrow::Cow;
use alloc::vec::Vec;

/// A string between its quotes, escapes untouched.
#[derive(Clone, Copy, Default)]
pub(super) struct Raw<'a> {
    bytes: &'a [u8],
    escaped: bool,
}

impl<'a> Raw<'a> {
    /// `escaped`: the content holds a backslash.
    pub(super) fn new(bytes: &'a [u8], escaped: bool) -> Self {
        Self { bytes, escaped }
    }

    pub(super) fn is_empty(self) -> bool {
        self.bytes.is_empty()
    }

    /// The text for readers of ASCII: what was escaped and is not ASCII becomes as many bytes as UTF-8 would take,
    /// of a kind that no format allows.
    #[inline(never)]
    pub(super) fn decode(self) -> Cow<'a, [u8]> {
        if !self.escaped {
            return Cow::Borrowed(self.bytes);
        }
        let mut out = Vec::with_capacity(self.bytes.len());
        let mut rest = self.bytes;
        while let [byte, tail @ ..] = rest {
            rest = tail;
            let (mut byte, mut count) = (*byte, 1);
            if byte == b'\\'
                && let [escape, tail @ ..] = rest
            {
                rest = tail;
                byte = match escape {
                    b'b' => 8,
                    b'f' => 12,
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    other => *other,
                };
                if byte == b'u'
                    && let Some((digits, tail)) = rest.split_first_chunk::<4>()
                {
                    rest = tail;
                    (byte, count) = unit(digits);
                }
            }
            for _ in 0..count {
                out.push(byte);
            }
        }
        Cow::Owned(out)
    }
}

/// The byte that stands for an escaped UTF-16 unit (checked before), and how often.
fn unit(digits: &[u8; 4]) -> (u8, u8) {
    let mut unit = 0_u16;
    for digit in digits {
        // Letters of both cases have 1 to 6 in their low bits, and this bit set.
        unit = unit << 4 | u16::from((digit & 15) + (digit >> 6) * 9);
    }
    match unit {
        0..=0x7f => (unit as u8, 1),
        // Half a surrogate pair is half of four bytes.
        0x80..=0x7ff | 0xd800..=0xdfff => (0xff, 2),
        _ => (0xff, 3),
    }
}

/// The standard library's check is faster, and larger than all that reads strings here.
pub(super) fn is_utf8(text: &[u8]) -> bool {
    let (mut missing, mut low, mut high) = (0, 0x80, 0xbf);
    for &byte in text {
        if missing > 0 {
            if byte < low || byte > high {
                return false;
            }
            missing -= 1;
            (low, high) = (0x80, 0xbf);
            continue;
        }
        missing = match byte {
            0..=0x7f => 0,
            0xc2..=0xdf => 1,
            0xe0..=0xef => 2,
            0xf0..=0xf4 => 3,
            _ => return false,
        };
        // What would be shorter, half a surrogate pair, or beyond the last character.
        match byte {
            0xe0 => low = 0xa0,
            0xed => high = 0x9f,
            0xf0 => low = 0x90,
            0xf4 => high = 0x8f,
            _ => {}
        }
    }
    missing == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_become_the_bytes_they_stand_for() {
        let decoded = |text: &str| Raw::new(text.as_bytes(), true).decode().into_owned();
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
