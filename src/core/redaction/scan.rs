//! The redaction scanner: one pass over a URL, a query string or free text, linear in its length.
//!
//! Characters are read decoded (`%3A`, `%253A`, `\u003a` are all a colon), so that a URL inside a parameter of a URL or
//! inside escaped JSON is seen as well; how many bytes one took is its depth of encoding.

use super::characters::{is_one_of, is_slash, is_special, is_word};
use super::{REDACTED, Redaction, ends_in, list};

static DATA: &[u8] = &list(*b"\0data");
/// The schemes in which browsers take `\` for `/` and do not count them.
static SPECIAL: &[u8] = &list(*b"\0http\0https\0ws\0wss\0ftp");
use alloc::vec::Vec;

/// What the bytes are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// One URL, as a browser would read it.
    Url,
    /// A query string.
    Query,
    /// Text in which a URL ends at white space or a quote.
    Text,
}

/// Appends the redacted form and returns true; false, with `out` untouched, when there is nothing to redact.
pub(super) fn rewrite(rules: &Redaction, text: &[u8], form: Form, out: &mut Vec<u8>) -> bool {
    let mut scan = Scan {
        rules,
        text,
        out,
        copied: 0,
        changed: false,
    };
    if form == Form::Text {
        let (mut from, mut special) = (0, scan.special(0, text.len()));
        while special < text.len() {
            let mut start = special;
            while start > from && !scan.ends_run(start - 1) {
                start -= 1;
            }
            let (end, next) = scan.run(special);
            scan.part(start, end, form);
            from = next;
            special = scan.special(next, text.len());
        }
    } else {
        scan.part(0, text.len(), form);
    }
    if scan.changed {
        let rest = text.get(scan.copied..).unwrap_or_default();
        scan.out.extend_from_slice(rest);
    }
    scan.changed
}

pub(super) struct Scan<'a> {
    rules: &'a Redaction,
    text: &'a [u8],
    out: &'a mut Vec<u8>,
    /// How far the text has been copied to `out`.
    pub(super) copied: usize,
    changed: bool,
}

/// Where an authority ends depends on these.
struct Authority {
    /// Its scheme is one of [`SPECIAL`].
    special: bool,
    /// Deeper encoded characters belong to the userinfo.
    depth: usize,
    /// It stands in a query, where `&` ends it.
    in_query: bool,
}

impl Scan<'_> {
    pub(super) fn byte(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or(0)
    }

    /// The character at `at`, decoded, and how many bytes it takes.
    #[inline]
    fn unit(&self, at: usize) -> (u8, usize) {
        let packed = self.packed_unit(at);
        (packed as u8, packed >> 8)
    }

    /// Both in one number, which wasm returns without a detour through memory.
    #[inline(never)]
    fn packed_unit(&self, at: usize) -> usize {
        let byte = self.byte(at);
        let plain = usize::from(byte) | 1 << 8;
        let mut digits = at + 1;
        if byte == b'%' {
            // Two levels deep and no further, which also bounds how often an authority is looked through.
            while digits < at + 5 && self.text.get(digits..digits + 2) == Some(b"25") {
                digits += 2;
            }
        } else if byte == b'\\' && self.text.get(digits..digits + 3) == Some(b"u00") {
            digits += 3;
        } else {
            return plain;
        }
        let mut value = 0;
        for at in digits..digits + 2 {
            let Some(digit) = char::from(self.byte(at)).to_digit(16) else {
                return plain;
            };
            value = value << 4 | digit as usize;
        }
        value | (digits + 2 - at) << 8
    }

    /// Where the next character stands that could begin anything, `end` if none does.
    fn special(&self, at: usize, end: usize) -> usize {
        let rest = self.text.get(at..end).unwrap_or_default();
        rest.iter()
            .position(|byte| is_special(*byte))
            .map_or(end, |found| at + found)
    }

    /// Whether what may be a URL ends before `at`.
    fn ends_run(&self, at: usize) -> bool {
        let byte = self.byte(at);
        // A quotation mark of the lesser kinds may be part of a URL, but then more of it follows.
        byte <= b' '
            || is_one_of(byte, b"\"<>\x7f")
            || is_one_of(byte, b"'`") && !self.byte(at + 1).is_ascii_alphanumeric()
    }

    /// The run of text from `from`: where what may be a URL ends, and where the next run starts.
    fn run(&self, from: usize) -> (usize, usize) {
        let mut end = from;
        while end < self.text.len() && !self.ends_run(end) {
            end += 1;
        }
        let next = end + 1;
        while end > from && is_one_of(self.byte(end - 1), b")]}.,;:!\\") {
            end -= 1;
        }
        (end, next)
    }

    #[inline(never)]
    pub(super) fn replace(&mut self, from: usize, to: usize, with: &[u8]) {
        if self.text.get(from..to) != Some(with) {
            self.out
                .extend_from_slice(self.text.get(self.copied..from).unwrap_or_default());
            self.out.extend_from_slice(with);
            self.copied = to;
            self.changed = true;
        }
    }

    fn part(&mut self, from: usize, end: usize, form: Form) {
        let mut at = from;
        while form == Form::Text && at < end && is_one_of(self.byte(at), b"([{'`=") {
            at += 1;
        }
        let mut in_query = form == Form::Query;
        // Only what surely is a URL loses its fragment: `issue #5` is none.
        let mut is_url = form != Form::Text || self.byte(at) == b'/';
        let mut scheme_may_come = form == Form::Url;
        if in_query {
            at = self.pair(at, end).0;
        } else if is_slash(self.byte(at)) && is_slash(self.byte(at + 1)) {
            while at < end && is_slash(self.byte(at)) {
                at += 1;
            }
            at = self.authority(
                at,
                end,
                &Authority {
                    special: true,
                    depth: 1,
                    in_query,
                },
            );
        }
        loop {
            at = self.special(at, end);
            if at >= end {
                return;
            }
            let (byte, len) = self.unit(at);
            let next = at + len;
            at = match byte {
                b'#' if is_url && len == 1 => {
                    self.replace(at, end, b"");
                    return;
                }
                b'?' | b'&' | b';' | b'#' => {
                    let (after, is_pair) = self.pair(next, end);
                    if byte == b'?' && len == 1 {
                        in_query = true;
                        is_url |= is_pair;
                    }
                    after
                }
                b':' => {
                    let first = core::mem::take(&mut scheme_may_come);
                    let after = self.scheme(from, at, next, end, first, in_query);
                    is_url |= after != next && len == 1;
                    after
                }
                b'@' if self.rules.emails => self.email(from, at, next, end),
                _ => next,
            };
        }
    }

    /// Reads `name=value` and replaces the value if the name is secret. Returns where to go on, and whether a pair was there.
    fn pair(&mut self, from: usize, end: usize) -> (usize, bool) {
        // The decoded name stands behind what is written until it has been looked up.
        let written = self.out.len();
        let (mut at, mut is_pair) = (from, false);
        while at < end && !is_pair {
            let (byte, len) = self.unit(at);
            at += len;
            match byte {
                b'=' => is_pair = true,
                b'?' | b'&' | b';' | b'#' => break,
                // Servers trim names.
                0..=b' ' | b'+' => {}
                _ => self.out.push(byte),
            }
        }
        let name = self.out.get(written..).unwrap_or_default();
        let secret = is_pair && self.rules.parameter(name);
        self.out.truncate(written);
        if !secret {
            return (from, is_pair);
        }
        let mut to = at;
        // Not at `;`, nor at an encoded `&`: both may be part of the secret.
        while to < end && !is_one_of(self.byte(to), b"&#") {
            to += 1;
        }
        self.replace(at, to, REDACTED);
        (to, true)
    }

    /// What follows the colon at `at`: an authority, which loses its userinfo, or the content of `data:`. Returns where to go on.
    fn scheme(
        &mut self,
        from: usize,
        at: usize,
        next: usize,
        end: usize,
        first: bool,
        in_query: bool,
    ) -> usize {
        let before = self.text.get(from..at).unwrap_or_default();
        if ends_in(before, DATA) && self.data(next, end, first) {
            return end;
        }
        let special = ends_in(before, SPECIAL);
        let (mut slashes, mut host, mut depth) = (0, next, next - at);
        while host < end && (special || slashes < 2) {
            let (byte, len) = match self.unit(host) {
                // JSON may write a slash so.
                (b'\\', 1) if self.byte(host + 1) == b'/' => (b'/', 2),
                unit => unit,
            };
            if byte != b'/' && !(special && byte == b'\\') {
                break;
            }
            if slashes == 0 {
                depth = depth.max(len);
            }
            slashes += 1;
            host += len;
        }
        if slashes >= 2 || special && (slashes == 1 || first) {
            return self.authority(
                host,
                end,
                &Authority {
                    special,
                    depth,
                    in_query,
                },
            );
        }
        next
    }

    /// Takes the userinfo out of the authority at `from`. Returns where its host begins.
    fn authority(&mut self, from: usize, end: usize, kind: &Authority) -> usize {
        let (mut at, mut host) = (from, from);
        while at < end {
            let byte = self.byte(at);
            if !is_special(byte) && byte != b'/' {
                at += 1;
                continue;
            }
            let (byte, len) = self.unit(at);
            at += len;
            if len > kind.depth {
                continue;
            }
            match byte {
                b'/' | b'?' | b'#' => break,
                b'\\' if kind.special => break,
                b'&' if kind.in_query => break,
                b'@' => host = at,
                _ => {}
            }
        }
        self.replace(from, host, b"");
        host
    }

    /// Cuts a `data:` URL behind its media type. False when it is none: `data:` is also a word.
    fn data(&mut self, from: usize, end: usize, surely: bool) -> bool {
        let mut at = from;
        while at < end && is_word(self.byte(at), b"/+.-") {
            at += 1;
        }
        let typed = self
            .text
            .get(from..at)
            .is_some_and(|media| is_one_of(b'/', media));
        let follows = at < end && is_one_of(self.byte(at), b";,");
        if !surely && !(follows && (typed || at == from)) {
            return false;
        }
        self.replace(if typed { at } else { from }, end, b"");
        true
    }
}
