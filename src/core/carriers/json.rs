//! A cursor over JSON text that checks everything it passes: any depth, no recursion, no value built.

use super::text::{Raw, is_utf8};

/// Where in the text we stand. Every method gives `None` when the text is not JSON.
pub(super) struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
    /// Whether a string so far holds more than ASCII.
    wide: bool,
    /// The brackets that close what is open while a value is passed over.
    open: Vec<u8>,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self {
            text,
            at: 0,
            wide: false,
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
        self.at >= self.text.len() && (!self.wide || is_utf8(self.text))
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
        self.key_and_colon().map(Some)
    }

    /// Inside brackets: whether something follows, with the cursor before it.
    pub(super) fn more(&mut self, close: u8, first: &mut bool) -> Option<bool> {
        if self.peek() == close {
            self.at += 1;
            return Some(false);
        }
        if !std::mem::replace(first, false) {
            self.expect(b',')?;
        }
        Some(true)
    }

    /// Passes over a value and returns it when it is a string, else an empty one.
    #[inline(never)]
    pub(super) fn string_or_skip(&mut self) -> Option<Raw<'a>> {
        if self.peek() == b'"' {
            return self.string();
        }
        self.skip()?;
        Some(Raw::default())
    }

    /// A string's content; the cursor stands on its opening quote.
    #[inline(never)]
    fn string(&mut self) -> Option<Raw<'a>> {
        self.expect(b'"')?;
        let start = self.at;
        let mut escaped = false;
        loop {
            self.plain();
            match self.byte() {
                b'"' => break,
                b'\\' => {
                    escaped = true;
                    self.at += 1;
                    self.escape()?;
                }
                byte if byte >= b' ' => {
                    self.wide |= !byte.is_ascii();
                    self.at += 1;
                }
                _ => return None,
            }
        }
        let bytes = self.text.get(start..self.at)?;
        self.at += 1;
        Some(Raw::new(bytes, escaped))
    }

    /// Passes over any value.
    #[inline(never)]
    pub(super) fn skip(&mut self) -> Option<()> {
        self.open.clear();
        loop {
            let first = self.peek();
            match first {
                b'"' => {
                    self.string()?;
                }
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

    fn key_and_colon(&mut self) -> Option<Raw<'a>> {
        let key = self.string()?;
        self.expect(b':')?;
        Some(key)
    }

    /// Passes over whole words of a string that hold no quote, backslash or control character.
    fn plain(&mut self) {
        const ONES: u64 = u64::MAX / 0xff;
        while let Some(chunk) = self.text.get(self.at..).and_then(<[u8]>::first_chunk::<8>) {
            let word = u64::from_le_bytes(*chunk);
            self.wide |= word & (ONES << 7) != 0;
            // The lowest marked byte is exact; a borrow can only mark bytes above it.
            let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word;
            let quote = below(word ^ (ONES * 0x22), 1);
            let backslash = below(word ^ (ONES * 0x5c), 1);
            let special = (below(word, 0x20) | quote | backslash) & (ONES << 7);
            self.at += (special.trailing_zeros() / 8) as usize;
            if special != 0 {
                return;
            }
        }
    }

    fn escape(&mut self) -> Option<()> {
        let escape = self.byte();
        self.at += 1;
        match escape {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(()),
            b'u' => {
                let digits = self.text.get(self.at..)?.first_chunk::<4>()?;
                self.at += 4;
                digits.iter().all(u8::is_ascii_hexdigit).then_some(())
            }
            _ => None,
        }
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
                    let mut cursor = Cursor::new(&text);
                    cursor.plain();
                    let stops = matches!(special, b'"' | b'\\' | 0..=0x1f);
                    let expected = if stops && at < 16 { at } else { 16 };
                    assert_eq!(cursor.at, expected, "{special:x} behind {before:x}");
                }
            }
        }
    }
}
