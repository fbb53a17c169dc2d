//! A cursor over JSON text that checks everything it passes: any depth, no recursion, no value built.

use super::text::{Raw, is_utf8};
use alloc::vec::Vec;

/// Where in the text we stand. Every method gives `None` when the text is not JSON.
pub(super) struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
    /// Where the content of the last string begins and ends, and whether it has escapes.
    string: (usize, usize, bool),
    /// The bytes of all strings so far, joined.
    bits: u64,
    /// The brackets that close what is open while a value is passed over.
    open: Vec<u8>,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            at: 0,
            string: (0, 0, false),
            bits: 0,
            open: Vec::new(),
        }
    }

    /// The next byte behind white space, 0 at the end.
    pub(super) fn peek(&mut self) -> u8 {
        let byte = self.byte();
        if byte > b' ' { byte } else { self.skip_space() }
    }

    #[inline(never)]
    fn skip_space(&mut self) -> u8 {
        loop {
            let byte = self.byte();
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return byte;
            }
            self.at += 1;
        }
    }

    /// Whether only white space is left, and all that was passed is UTF-8.
    pub(super) fn at_end(&mut self) -> bool {
        self.peek();
        self.at >= self.text.len() && (self.bits & HIGH == 0 || is_utf8(self.text))
    }

    /// Steps over the opening bracket.
    pub(super) fn enter(&mut self) {
        self.at += 1;
    }

    /// Inside an object: the next key, with the cursor before its value; the inner `None` behind the last one.
    #[inline(never)]
    pub(super) fn key(&mut self, first: &mut bool) -> Option<Option<Raw<'a>>> {
        if !self.more(b'}', first)? {
            return Some(None);
        }
        self.key_and_colon()?;
        Some(Some(self.last_string()))
    }

    /// Inside brackets: whether something follows, with the cursor before it.
    pub(super) fn more(&mut self, close: u8, first: &mut bool) -> Option<bool> {
        if self.peek() == close {
            self.at += 1;
            return Some(false);
        }
        if !core::mem::replace(first, false) {
            self.expect(b',')?;
        }
        Some(true)
    }

    /// Passes over a value and returns it when it is a string, else an empty one.
    #[inline(never)]
    pub(super) fn string_or_skip(&mut self) -> Option<Raw<'a>> {
        if self.peek() == b'"' {
            self.string()?;
            return Some(self.last_string());
        }
        self.skip()?;
        Some(Raw::default())
    }

    fn last_string(&self) -> Raw<'a> {
        let (start, end, escaped) = self.string;
        Raw::new(self.text.get(start..end).unwrap_or_default(), escaped)
    }

    /// Passes over a string.
    #[inline(never)]
    fn string(&mut self) -> Option<()> {
        self.expect(b'"')?;
        let start = self.at;
        let (mut at, mut escaped, mut bits) = (start, false, self.bits);
        loop {
            at = plain(self.text, at, &mut bits);
            match *self.text.get(at)? {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    at += escape_len(self.text.get(at..)?)?;
                }
                byte if byte < b' ' => return None,
                byte => {
                    bits |= u64::from(byte);
                    at += 1;
                }
            }
        }
        self.at = at + 1;
        self.bits = bits;
        self.string = (start, at, escaped);
        Some(())
    }

    /// Passes over any value.
    #[inline(never)]
    pub(super) fn skip(&mut self) -> Option<()> {
        self.open.clear();
        loop {
            let first = self.peek();
            match first {
                b'"' => self.string()?,
                b'{' | b'[' => {
                    self.at += 1;
                    // In ASCII the closing bracket stands two behind the opening one.
                    let close = first + 2;
                    self.open.push(close);
                    if self.peek() != close {
                        self.key_if_object()?;
                        continue;
                    }
                }
                b't' => self.literal(b"true")?,
                b'f' => self.literal(b"false")?,
                b'n' => self.literal(b"null")?,
                _ => self.number()?,
            }
            loop {
                let Some(&close) = self.open.last() else {
                    return Some(());
                };
                let byte = self.peek();
                self.at += 1;
                if byte == b',' {
                    self.key_if_object()?;
                    break;
                }
                if byte != close {
                    return None;
                }
                self.open.pop();
            }
        }
    }

    fn key_if_object(&mut self) -> Option<()> {
        if self.open.last() == Some(&b'}') {
            self.key_and_colon()?;
        }
        Some(())
    }

    fn byte(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek() == byte).then(|| self.at += 1)
    }

    fn key_and_colon(&mut self) -> Option<()> {
        self.string()?;
        self.expect(b':')
    }

    #[inline(never)]
    fn literal(&mut self, word: &[u8]) -> Option<()> {
        let found = self.text.get(self.at..)?.starts_with(word);
        self.at += word.len();
        found.then_some(())
    }

    fn number(&mut self) -> Option<()> {
        if self.byte() == b'-' {
            self.at += 1;
        }
        if self.byte() == b'0' {
            self.at += 1;
        } else {
            self.digits()?;
        }
        if self.byte() == b'.' {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.byte(), b'e' | b'E') {
            self.at += 1;
            if matches!(self.byte(), b'+' | b'-') {
                self.at += 1;
            }
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        while self.byte().is_ascii_digit() {
            self.at += 1;
        }
        (self.at > start).then_some(())
    }
}

const ONES: u64 = u64::MAX / 0xff;
/// The bits that no ASCII character has.
const HIGH: u64 = ONES << 7;

/// Steps from `at` over eight bytes at a time, up to a quote, backslash or control character or near the end. All
/// bytes that were seen are joined in `bits`.
fn plain(text: &[u8], mut at: usize, bits: &mut u64) -> usize {
    while let Some(chunk) = text.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let word = u64::from_le_bytes(*chunk);
        *bits |= word;
        // The lowest marked byte is exact; a borrow can only mark bytes above it.
        let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word;
        let quote = below(word ^ (ONES * 0x22), 1);
        let backslash = below(word ^ (ONES * 0x5c), 1);
        let special = (below(word, 0x20) | quote | backslash) & HIGH;
        at += (special.trailing_zeros() / 8) as usize;
        if special != 0 {
            break;
        }
    }
    at
}

/// The length of the escape that the text begins with.
fn escape_len(text: &[u8]) -> Option<usize> {
    match text.get(1)? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => {
            let digits = text.get(2..6)?;
            digits.iter().all(u8::is_ascii_hexdigit).then_some(6)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_at_a_time_stops_where_a_byte_at_a_time_does() {
        for special in [b'"', b'\\', 0, 0x1f, b' ', 0x7f, 0x80, 0xa2, 0xdc, 0xff] {
            for at in 0..17 {
                for before in [b'a', 0x80, 0xff, b'!', b'#', b'[', b']'] {
                    let mut text = [before; 17];
                    text[at] = special;
                    let stops = matches!(special, b'"' | b'\\' | 0..=0x1f);
                    let expected = if stops && at < 16 { at } else { 16 };
                    assert_eq!(
                        plain(&text, 0, &mut 0),
                        expected,
                        "{special:x} behind {before:x}"
                    );
                }
            }
        }
    }
}
