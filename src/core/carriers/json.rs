//! A cursor over JSON text that checks everything it passes: any depth, no recursion, no value built.

use super::text::{decode, is_utf8, unescaped};
use crate::core::characters::{DIGIT, HEX, byte, run};
use crate::otlp::wire::put;
use alloc::vec::Vec;

/// Where in the text we stand. What returns `Option` gives `None` when the text is not JSON.
pub(super) struct Cursor<'a> {
    pub(super) text: &'a [u8],
    at: usize,
    /// Where the content of the last string begins and ends, and whether something in it is escaped. What returned it
    /// as `Option<usize>` would pass it through memory.
    pub(super) start: usize,
    end: usize,
    escaped: bool,
    /// The bytes of all strings so far, joined.
    bits: u64,
    /// The brackets that close what is open while a value is passed over, or the content of a string without its escapes.
    room: Vec<u8>,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            at: 0,
            start: 0,
            end: 0,
            escaped: false,
            bits: 0,
            room: Vec::new(),
        }
    }

    /// The next byte behind white space, 0 at the end.
    #[inline(never)]
    pub(super) fn peek(&mut self) -> u8 {
        loop {
            let next = byte(self.text, self.at);
            if !matches!(next, b' ' | b'\t' | b'\n' | b'\r') {
                return next;
            }
            self.at += 1;
        }
    }

    /// Steps over the next byte if it is this one.
    #[inline(never)]
    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == byte;
        self.at += usize::from(found);
        found
    }

    /// Steps over the comma behind a member or element, or over the bracket that closes; then it returns false.
    #[inline(never)]
    pub(super) fn more(&mut self, close: u8) -> Option<bool> {
        let next = self.peek();
        let comma = next == b',';
        let found = comma || next == close;
        self.at += usize::from(found);
        found.then_some(comma)
    }

    /// Whether only white space is left, and all that was passed is UTF-8.
    pub(super) fn at_end(&mut self) -> bool {
        self.peek();
        self.at >= self.text.len() && (self.bits & HIGH == 0 || is_utf8(self.text))
    }

    /// Passes over a key and its colon.
    pub(super) fn key(&mut self) -> Option<()> {
        self.string()?;
        self.eat(b':').then_some(())
    }

    /// The content of the last string.
    pub(super) fn content(&mut self) -> &[u8] {
        if self.escaped {
            self.room.clear();
            decode(self.text, self.start, &mut self.room);
            &self.room
        } else {
            self.text.get(self.start..self.end).unwrap_or_default()
        }
    }

    /// Passes over a value; `start` is then where its content begins when it is a string with any, else 0.
    pub(super) fn string_or_skip(&mut self) -> Option<()> {
        if self.peek() == b'"' {
            self.string()?;
            if self.end > self.start {
                return Some(());
            }
        } else {
            self.skip()?;
        }
        self.start = 0;
        Some(())
    }

    /// Passes over a string.
    #[inline(never)]
    fn string(&mut self) -> Option<()> {
        if self.peek() != b'"' {
            return None;
        }
        let start = self.at + 1;
        let (mut at, mut bits) = (start, self.bits);
        self.escaped = false;
        loop {
            at = plain(self.text, at, &mut bits);
            let next = *self.text.get(at)?;
            at += 1;
            bits |= u64::from(next);
            if next < b' ' {
                return None;
            }
            if next == b'"' {
                break;
            }
            if next == b'\\' {
                self.escaped = true;
                let escape = byte(self.text, at);
                at += 1;
                if escape == b'u' {
                    let end = at + 4;
                    if run(self.text, at, HEX) < end {
                        return None;
                    }
                    at = end;
                } else if unescaped(escape) == 0 {
                    return None;
                }
            }
        }
        self.start = start;
        self.end = at - 1;
        self.at = at;
        self.bits = bits;
        Some(())
    }

    /// Passes over any value.
    #[inline(never)]
    pub(super) fn skip(&mut self) -> Option<()> {
        self.room.clear();
        loop {
            let first = self.peek();
            match first {
                b'"' => self.string()?,
                b'{' | b'[' => {
                    self.at += 1;
                    // In ASCII the closing bracket stands two behind the opening one.
                    let close = first + 2;
                    if !self.eat(close) {
                        put(&[close], &mut self.room);
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
                let Some(&close) = self.room.last() else {
                    return Some(());
                };
                if self.more(close)? {
                    self.key_if_object()?;
                    break;
                }
                self.room.pop();
            }
        }
    }

    #[inline(never)]
    fn key_if_object(&mut self) -> Option<()> {
        if self.room.last() == Some(&b'}') {
            self.key()?;
        }
        Some(())
    }

    #[inline(never)]
    fn literal(&mut self, word: &[u8]) -> Option<()> {
        let found = self.text.get(self.at..)?.starts_with(word);
        self.at += word.len();
        found.then_some(())
    }

    fn number(&mut self) -> Option<()> {
        self.step(b"-");
        if !self.step(b"0") {
            self.digits()?;
        }
        if self.step(b".") {
            self.digits()?;
        }
        if self.step(b"eE") {
            self.step(b"+-");
            self.digits()?;
        }
        Some(())
    }

    /// Steps over the very next byte if it is one of these.
    #[inline(never)]
    fn step(&mut self, of: &[u8]) -> bool {
        let next = byte(self.text, self.at);
        let found = of.iter().fold(false, |found, one| found | (*one == next));
        self.at += usize::from(found);
        found
    }

    #[inline(never)]
    fn digits(&mut self) -> Option<()> {
        let start = self.at;
        self.at = run(self.text, start, DIGIT);
        (self.at > start).then_some(())
    }
}

const ONES: u64 = u64::MAX / 0xff;
/// The bits that no ASCII character has.
const HIGH: u64 = ONES << 7;

/// Steps from `at` over eight bytes at a time, up to a quote, backslash or control character or near the end. All
/// bytes that were seen are joined in `bits`.
pub(super) fn plain(text: &[u8], mut at: usize, bits: &mut u64) -> usize {
    let (words, _) = text.get(at..).unwrap_or_default().as_chunks::<8>();
    for chunk in words {
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
