//! A cursor over JSON text that checks everything it passes: any depth, no recursion, no value built.

use std::borrow::Cow;

/// Where in the text we stand. Every method gives `None` when the text is not JSON.
pub(super) struct Cursor<'a> {
    text: &'a [u8],
    at: usize,
}

/// A string between its quotes, escapes untouched.
#[derive(Clone, Copy, Default)]
pub(super) struct Raw<'a> {
    bytes: &'a [u8],
    escaped: bool,
}

impl<'a> Raw<'a> {
    /// The text for readers of ASCII: what was escaped and is not ASCII becomes as many bytes as UTF-8 would take,
    /// of a kind that no format allows.
    pub(super) fn decode(self) -> Cow<'a, [u8]> {
        if !self.escaped {
            return Cow::Borrowed(self.bytes);
        }
        let mut out = Vec::with_capacity(self.bytes.len());
        let mut rest = self.bytes;
        while let [byte, tail @ ..] = rest {
            rest = tail;
            if *byte != b'\\' {
                out.push(*byte);
                continue;
            }
            if let [escape, tail @ ..] = rest {
                rest = tail;
                match escape {
                    b'b' => out.push(8),
                    b'f' => out.push(12),
                    b'n' => out.push(b'\n'),
                    b'r' => out.push(b'\r'),
                    b't' => out.push(b'\t'),
                    b'u' => rest = decode_unit(tail, &mut out),
                    other => out.push(*other),
                }
            }
        }
        Cow::Owned(out)
    }
}

/// Decodes the four digits behind `\u` (checked before) and returns what follows them.
fn decode_unit<'a>(text: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let Some((digits, rest)) = text.split_first_chunk::<4>() else {
        return &[];
    };
    let unit = digits.iter().fold(0, |unit, digit| {
        let nibble = if digit.is_ascii_digit() {
            digit - b'0'
        } else {
            (digit | 0x20).wrapping_sub(b'a').wrapping_add(10)
        };
        unit << 4 | u32::from(nibble & 15)
    });
    match unit {
        0..=0x7f => out.push(unit as u8),
        // Half a surrogate pair is half of four bytes.
        0x80..=0x7ff | 0xd800..=0xdfff => out.extend_from_slice(&[0xff; 2]),
        _ => out.extend_from_slice(&[0xff; 3]),
    }
    rest
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0 }
    }

    /// The next byte behind white space, 0 at the end.
    pub(super) fn peek(&mut self) -> u8 {
        loop {
            let byte = self.byte();
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return byte;
            }
            self.at += 1;
        }
    }

    /// Whether only white space is left.
    pub(super) fn at_end(&mut self) -> bool {
        self.peek();
        self.at >= self.text.len()
    }

    /// Steps over the opening bracket.
    pub(super) fn enter(&mut self) {
        self.at += 1;
    }

    /// Inside an object: the next key, with the cursor before its value; the inner `None` behind the last one.
    pub(super) fn key(&mut self, first: &mut bool) -> Option<Option<Raw<'a>>> {
        if !self.more(b'}', first)? {
            return Some(None);
        }
        self.key_and_colon().map(Some)
    }

    /// Inside an array: whether another element follows, with the cursor before it.
    pub(super) fn element(&mut self, first: &mut bool) -> Option<bool> {
        self.more(b']', first)
    }

    fn more(&mut self, close: u8, first: &mut bool) -> Option<bool> {
        let byte = self.peek();
        if byte == close {
            self.at += 1;
            return Some(false);
        }
        if !std::mem::replace(first, false) {
            self.expect(b',')?;
        }
        Some(true)
    }

    /// A string's content; the cursor stands on its opening quote.
    pub(super) fn string(&mut self) -> Option<Raw<'a>> {
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
                byte if byte >= b' ' => self.at += 1,
                _ => return None,
            }
        }
        let bytes = self.text.get(start..self.at)?;
        self.at += 1;
        Some(Raw { bytes, escaped })
    }

    /// Passes over any value.
    pub(super) fn skip(&mut self) -> Option<()> {
        let mut open = Brackets::default();
        loop {
            match self.peek() {
                b'"' => {
                    self.string()?;
                }
                b'{' => {
                    self.at += 1;
                    open.push(true);
                    if self.peek() != b'}' {
                        self.key_and_colon()?;
                        continue;
                    }
                }
                b'[' => {
                    self.at += 1;
                    open.push(false);
                    if self.peek() != b']' {
                        continue;
                    }
                }
                b't' => self.literal(b"true")?,
                b'f' => self.literal(b"false")?,
                b'n' => self.literal(b"null")?,
                _ => self.number()?,
            }
            loop {
                let Some(in_object) = open.last() else {
                    return Some(());
                };
                let byte = self.peek();
                self.at += 1;
                if byte == b',' {
                    if in_object {
                        self.key_and_colon()?;
                    }
                    break;
                }
                if byte != if in_object { b'}' } else { b']' } {
                    return None;
                }
                open.pop();
            }
        }
    }

    fn byte(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn expect(&mut self, byte: u8) -> Option<()> {
        (self.peek() == byte).then(|| self.at += 1)
    }

    fn key_and_colon(&mut self) -> Option<Raw<'a>> {
        self.peek();
        let key = self.string()?;
        self.expect(b':')?;
        Some(key)
    }

    /// Passes over whole words of a string that hold no quote, backslash or control character.
    fn plain(&mut self) {
        const ONES: u64 = u64::MAX / 0xff;
        while let Some(chunk) = self.text.get(self.at..).and_then(<[u8]>::first_chunk::<8>) {
            let word = u64::from_le_bytes(*chunk);
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

/// The open brackets, one bit each: set for an object.
#[derive(Default)]
struct Brackets {
    depth: usize,
    word: u64,
    full: Vec<u64>,
}

impl Brackets {
    fn push(&mut self, object: bool) {
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.full.push(self.word);
        }
        self.word = self.word << 1 | u64::from(object);
        self.depth += 1;
    }

    fn last(&self) -> Option<bool> {
        (self.depth > 0).then_some(self.word & 1 == 1)
    }

    fn pop(&mut self) {
        self.word >>= 1;
        self.depth = self.depth.saturating_sub(1);
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.word = self.full.pop().unwrap_or_default();
        }
    }
}
