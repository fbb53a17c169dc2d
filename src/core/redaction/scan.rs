//! The redaction scanner: one pass over a URL, a query string or free text, linear in its length.
//!
//! Characters are read decoded (`%3A`, `%253A`, `\u003a` are all a colon), so that a URL inside a parameter of a URL or
//! inside escaped JSON is seen as well; how many bytes one took is its depth of encoding.

use super::{REDACTED, Redaction, Rule};
use crate::core::characters::{
    CLOSING, HEX, OPENING, OUTSIDE, SLASH, SPECIAL, UNRESERVED, WORD, byte, is, run, until,
};
use crate::core::names::{Place, list, position};
use crate::otlp::wire::put;
use alloc::vec::Vec;

/// The scheme that holds its content, then those in which browsers take `\` for `/` and do not count them.
static SCHEMES: &[u8] = &list(*b"\0data\0http\0https\0ws\0wss\0ftp");
const DATA: usize = 1;

/// Appends the redacted form and returns true; false, with `out` untouched, when there is nothing to redact.
/// Of a URL the first `glanced` bytes are harmless, as [`glance`] says.
pub(super) fn rewrite(
    rules: &Redaction,
    text: &[u8],
    rule: Rule,
    glanced: usize,
    out: &mut Vec<u8>,
) -> bool {
    if rule == Rule::Text && until(text, 0, SPECIAL) == text.len() {
        return false;
    }
    let mut scan = Scan {
        rules,
        text,
        out,
        glanced,
        copied: 0,
        changed: false,
        paired: false,
    };
    let mut from = 0;
    while rule == Rule::Text && from < text.len() {
        let mut end = from;
        while end < text.len() && !is_outside(text, end) {
            end += 1;
        }
        let next = end + 1;
        while end > from && is(byte(text, end - 1), CLOSING) {
            end -= 1;
        }
        scan.text = text.get(..end).unwrap_or_default();
        scan.part(from, rule);
        from = next;
    }
    if rule != Rule::Text {
        scan.part(0, rule);
    }
    if scan.changed {
        put(text.get(scan.copied..).unwrap_or_default(), scan.out);
    }
    scan.changed
}

/// How far a URL is harmless at a glance, which is all of it for most: `https`, a host without a port, nothing encoded,
/// parameters of plain names.
#[inline(never)]
pub(super) fn glance(rules: &Redaction, url: &[u8]) -> usize {
    let mut at = run(url, 8, WORD | UNRESERVED);
    if !url.starts_with(b"https://") || at == 8 || byte(url, at) != b'/' {
        return 0;
    }
    loop {
        at = until(url, at, SPECIAL | OUTSIDE);
        let end = run(url, at + 1, WORD | UNRESERVED);
        let name = url.get(at + 1..end).unwrap_or_default();
        let is_pair = matches!(byte(url, at), b'?' | b'&') && byte(url, end) == b'=';
        if !is_pair || is(byte(url, end + 1), SLASH | SPECIAL) || rules.parameter(name) {
            return at;
        }
        at = end;
    }
}

/// Whether what may be a URL in free text ends before `at`.
fn is_outside(text: &[u8], at: usize) -> bool {
    let here = byte(text, at);
    // A quotation mark of the lesser kinds may be part of a URL, but then more of it follows.
    is(here, OUTSIDE) || matches!(here, b'\'' | b'`') && !is(byte(text, at + 1), WORD)
}

pub(super) struct Scan<'a> {
    rules: &'a Redaction,
    /// Up to where the part ends that is looked at.
    pub(super) text: &'a [u8],
    out: &'a mut Vec<u8>,
    glanced: usize,
    /// How far the text has been copied to `out`.
    pub(super) copied: usize,
    changed: bool,
    /// Whether a name and a value were seen since this was reset.
    paired: bool,
}

impl Scan<'_> {
    /// The character at `at`, decoded; above its eight bits how many bytes it takes.
    #[inline(never)]
    fn unit(&self, at: usize) -> usize {
        let first = byte(self.text, at);
        let mut digits = at + 1;
        if first == b'%' {
            // Two levels deep and no further, which also bounds how often an authority is looked through.
            while digits < at + 5
                && byte(self.text, digits) == b'2'
                && byte(self.text, digits + 1) == b'5'
            {
                digits += 2;
            }
        } else if first == b'\\' && self.text.get(digits..digits + 3) == Some(b"u00") {
            digits += 3;
        } else {
            return usize::from(first) | 1 << 8;
        }
        let end = digits + 2;
        if run(self.text, digits, HEX) < end {
            return usize::from(first) | 1 << 8;
        }
        // Letters of both cases have 1 to 6 in their low bits, and this bit set.
        let digit = |at| {
            let digit = byte(self.text, at);
            (digit & 15) + (digit >> 6) * 9
        };
        usize::from(digit(digits) << 4 | digit(digits + 1)) | (end - at) << 8
    }

    #[inline(never)]
    pub(super) fn replace(&mut self, from: usize, to: usize, with: &[u8]) {
        if self.text.get(from..to) != Some(with) {
            put(
                self.text.get(self.copied..from).unwrap_or_default(),
                self.out,
            );
            put(with, self.out);
            self.copied = to;
            self.changed = true;
        }
    }

    /// Looks through the text from `from` on, which is one URL, one query string, or may be either.
    #[inline(never)]
    fn part(&mut self, from: usize, rule: Rule) {
        let glanced = self.text.get(..self.glanced).unwrap_or_default();
        let mut at = from.max(glanced.len());
        if rule == Rule::Text {
            at = run(self.text, at, OPENING);
        }
        #[expect(
            clippy::manual_contains,
            reason = "`contains` is 280 bytes of wasm, for a few characters"
        )]
        let mut in_query = rule == Rule::Query || glanced.iter().any(|byte| *byte == b'?');
        // Only what surely is a URL loses its fragment: `issue #5` is none.
        let mut is_url = rule != Rule::Text || byte(self.text, at) == b'/';
        let mut scheme_may_come = rule == Rule::Url && glanced.is_empty();
        let host = run(self.text, at, SLASH);
        if rule == Rule::Query {
            at = self.pair(at);
        } else if host > at + 1 && glanced.is_empty() {
            at = self.authority(host, true, 1, in_query);
        }
        loop {
            at = until(self.text, at, SPECIAL);
            if at >= self.text.len() {
                return;
            }
            let unit = self.unit(at);
            let plain = unit >> 8 == 1;
            let next = at + (unit >> 8);
            match unit as u8 {
                b'#' if is_url && plain => {
                    self.replace(at, self.text.len(), b"");
                    return;
                }
                mark @ (b'?' | b'&' | b';' | b'#') => {
                    self.paired = false;
                    at = self.pair(next);
                    if mark == b'?' && plain {
                        in_query = true;
                        is_url |= self.paired;
                    }
                }
                b':' => {
                    let first = core::mem::take(&mut scheme_may_come);
                    at = self.scheme(from, at, next, first, in_query);
                    is_url |= at != next && plain;
                }
                b'@' if self.rules.emails => at = self.email(from, at, next),
                _ => at = next,
            }
        }
    }

    /// Reads `name=value` and replaces the value if the name is secret. Returns where to go on.
    #[inline(never)]
    fn pair(&mut self, from: usize) -> usize {
        // The decoded name stands behind what is written until it has been looked up.
        let written = self.out.len();
        let (mut at, mut is_pair) = (from, false);
        while at < self.text.len() && !is_pair {
            let unit = self.unit(at);
            at += unit >> 8;
            match unit as u8 {
                b'=' => is_pair = true,
                b'?' | b'&' | b';' | b'#' => break,
                // Servers trim names.
                0..=b' ' | b'+' => {}
                name => put(&[name], self.out),
            }
        }
        let name = self.out.get(written..).unwrap_or_default();
        let secret = is_pair && self.rules.parameter(name);
        let plain = is_pair && until(name, 0, SPECIAL) == name.len();
        self.out.truncate(written);
        self.paired |= is_pair;
        if secret {
            return self.hide(at);
        }
        // `//` at the beginning of a value stands before an authority as behind a scheme.
        if plain {
            return self.scheme(at - 1, at - 1, at, false, true);
        }
        from
    }

    /// Replaces the value at `at`. Returns where to go on.
    fn hide(&mut self, at: usize) -> usize {
        let mut to = at;
        // Not at `;`, nor at an encoded `&`: both may be part of the secret.
        while to < self.text.len() && !matches!(byte(self.text, to), b'&' | b'#') {
            to += 1;
        }
        self.replace(at, to, REDACTED);
        to
    }

    /// What follows the colon at `at`: an authority, which loses its userinfo, or the content of `data:`. Returns where to go on.
    fn scheme(
        &mut self,
        from: usize,
        at: usize,
        next: usize,
        first: bool,
        in_query: bool,
    ) -> usize {
        let before = self.text.get(from..at).unwrap_or_default();
        let scheme = position(SCHEMES, before, Place::End);
        if scheme == DATA && self.data(next, first) {
            return self.text.len();
        }
        let special = scheme > DATA;
        let (mut slashes, mut host, mut depth) = (0, next, next - at);
        while special || slashes < 2 {
            let unit = self.unit(host);
            let (mut slash, mut len) = (unit as u8, unit >> 8);
            // JSON may write a slash so.
            if slash == b'\\' && len == 1 && byte(self.text, host + 1) == b'/' {
                (slash, len) = (b'/', 2);
            }
            if slash != b'/' && !(special && slash == b'\\') {
                break;
            }
            if slashes == 0 {
                depth = depth.max(len);
            }
            slashes += 1;
            host += len;
        }
        if slashes >= 2 || special && (slashes == 1 || first) {
            return self.authority(host, special, depth, in_query);
        }
        next
    }

    /// Takes the userinfo out of the authority at `from`; characters encoded deeper than `depth` belong to it.
    /// `special`: its scheme is one in which `\` is a slash; `in_query`: `&` ends it. Returns where its host begins.
    #[inline(never)]
    fn authority(&mut self, from: usize, special: bool, depth: usize, in_query: bool) -> usize {
        let (mut at, mut host) = (from, from);
        loop {
            at = until(self.text, at, SPECIAL | SLASH);
            if at >= self.text.len() {
                break;
            }
            let unit = self.unit(at);
            at += unit >> 8;
            if unit >> 8 > depth {
                continue;
            }
            match unit as u8 {
                b'/' | b'?' | b'#' => break,
                b'\\' if special => break,
                b'&' if in_query => break,
                b'@' => host = at,
                _ => {}
            }
        }
        self.replace(from, host, b"");
        host
    }

    /// Cuts a `data:` URL behind its media type. False when it is none: `data:` is also a word.
    fn data(&mut self, from: usize, surely: bool) -> bool {
        let mut at = run(self.text, from, WORD | UNRESERVED | SLASH);
        while byte(self.text, at) == b'+' {
            at = run(self.text, at + 1, WORD | UNRESERVED | SLASH);
        }
        let media = self.text.get(..at).unwrap_or_default();
        let typed = until(media, from, SLASH) < at;
        let follows = matches!(byte(self.text, at), b';' | b',');
        if !surely && !(follows && (typed || at == from)) {
            return false;
        }
        self.replace(if typed { at } else { from }, self.text.len(), b"");
        true
    }
}
