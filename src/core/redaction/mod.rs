//! Redaction: which names are secret, and which rule an attribute's value goes through.
//!
//! The default lists always hold; configuration only adds to them. When in doubt the scanner takes too much rather
//! than too little: a lost line number can be lived with, a leaked token cannot.

use crate::core::characters::{OUTSIDE, byte, until};
use crate::core::names::{Place, add, fold, list, listed, position};
use crate::otlp::wire::put;
use alloc::vec::Vec;

mod email;
mod scan;

/// What stands where a secret stood.
pub const REDACTED: &[u8] = b"REDACTED";

// `_` and `-` count as one character in every list, and case does not count.
const PARAMETERS: &[u8] = &list(
    *b"\0access_token\0id_token\0refresh_token\0token\0code\0api_key\0apikey\0key\0password\0passwd\0pwd\0secret\
    \0client_secret\0auth\0jwt\0session\0sid\0sig\0signature\0awsaccesskeyid",
);
const PARAMETER_SHAPES: u64 = shapes(PARAMETERS);
static PARAMETER_PREFIXES: &[u8] = &list(*b"\0x-amz-\0x-goog-");
static HEADERS: &[u8] = &list(
    *b"\0authorization\0proxy-authorization\0cookie\0set-cookie\0x-api-key\0x-auth-token\0x-csrf-token",
);
// Keys by their end: `http.request.header.referer` and the older `http.referer` alike. The fragment, the query, URLs.
static KEYS: &[u8] = &list(
    *b"\0url.fragment\0url.query\0url.full\0url.original\0http.url\0http.target\0.referer\0.referrer\0.location\
    \0.content-location",
);

/// How a string is looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Rule {
    /// Free text in which URLs, query strings and, if asked for, e-mail addresses are looked for.
    Text,
    /// One URL, absolute or relative.
    Url,
    /// A query string without its `?`.
    Query,
    /// Nothing of it may be seen.
    Hide,
}

impl Rule {
    /// From its number.
    pub fn from_number(number: u32) -> Self {
        match number {
            0 => Self::Text,
            1 => Self::Url,
            2 => Self::Query,
            _ => Self::Hide,
        }
    }
}

/// The lists in force.
#[derive(Clone, Default, Debug)]
pub struct Redaction {
    parameters: Vec<u8>,
    headers: Vec<u8>,
    attributes: Vec<u8>,
    /// Whether e-mail addresses are redacted too.
    pub emails: bool,
}

impl Redaction {
    /// The default lists alone.
    pub const fn new() -> Self {
        Self {
            parameters: Vec::new(),
            headers: Vec::new(),
            attributes: Vec::new(),
            emails: false,
        }
    }

    /// Adds a query parameter to the default list.
    pub fn add_parameter(&mut self, name: &[u8]) {
        add(&mut self.parameters, name);
    }

    /// Adds a header to the default list.
    pub fn add_header(&mut self, name: &[u8]) {
        add(&mut self.headers, name);
    }

    /// Adds an attribute whose value is never shown.
    pub fn add_attribute(&mut self, key: &[u8]) {
        add(&mut self.attributes, key);
    }

    /// Whether a header's value is secret.
    pub fn header(&self, name: &[u8]) -> bool {
        listed(HEADERS, name) || listed(&self.headers, name)
    }

    /// Whether an attribute's value is secret whatever it says.
    pub fn attribute(&self, key: &[u8]) -> bool {
        let mut header = behind(key, b"http.request.header.");
        if header.is_empty() {
            header = behind(key, b"http.response.header.");
        }
        listed(&self.attributes, key) || self.header(header)
    }

    /// The rule for the values of an attribute. It depends on the key alone, so it can be kept beside an interned key.
    #[inline(never)]
    pub fn rule(&self, key: &[u8]) -> Rule {
        if self.attribute(key) {
            return Rule::Hide;
        }
        match position(KEYS, key, Place::End) {
            0 => Rule::Text,
            1 => Rule::Hide,
            2 => Rule::Query,
            _ => Rule::Url,
        }
    }

    /// Applies a rule. False, with `out` untouched, when the value may be shown as it is.
    #[inline(always)]
    pub fn apply(&self, rule: Rule, value: &[u8], out: &mut Vec<u8>) -> bool {
        let start = out.len();
        let mut glanced = 0;
        if rule == Rule::Url {
            glanced = scan::glance(self, value);
            if glanced >= value.len() {
                return false;
            }
        }
        match rule {
            // Nothing to trim or to drop, as in almost every URL: no copy is needed to see what changes.
            Rule::Url if until(value, glanced, OUTSIDE) < value.len() => self.url(value, out),
            Rule::Hide => put(REDACTED, out),
            rule => return scan::rewrite(self, value, rule, glanced, out),
        }
        let changed = out.get(start..) != Some(value);
        if !changed {
            out.truncate(start);
        }
        changed
    }

    /// What may be seen of a value by a rule: itself, or its redacted form, which is put together in `room`.
    #[inline(never)]
    pub fn shown<'a>(&self, rule: Rule, value: &'a [u8], room: &'a mut Vec<u8>) -> &'a [u8] {
        room.clear();
        if self.apply(rule, value, room) {
            room
        } else {
            value
        }
    }

    /// Redacts an attribute's value. False, with `out` untouched, when it may be shown as it is.
    pub fn value(&self, key: &[u8], value: &[u8], out: &mut Vec<u8>) -> bool {
        self.apply(self.rule(key), value, out)
    }

    /// Appends a URL without userinfo, fragment, secret parameters and the content of `data:`.
    pub fn url(&self, url: &[u8], out: &mut Vec<u8>) {
        let mut joined = Vec::new();
        for byte in url {
            match byte {
                // Browsers drop these before they parse, so a name may be cut in two by one.
                b'\t' | b'\n' | b'\r' => {}
                // The fragment goes first: it may end in the spaces that are trimmed.
                b'#' => break,
                _ => put(&[*byte], &mut joined),
            }
        }
        let mut url = &*joined;
        while let [0..=b' ', rest @ ..] | [rest @ .., 0..=b' '] = url {
            url = rest;
        }
        if !scan::rewrite(self, url, Rule::Url, 0, out) {
            put(url, out);
        }
    }

    /// Redacts the URLs, query strings and addresses in free text: span names, exception messages, stacks.
    /// False, with `out` untouched, when there is nothing to hide, which costs one pass and no copy.
    pub fn text(&self, text: &[u8], out: &mut Vec<u8>) -> bool {
        scan::rewrite(self, text, Rule::Text, 0, out)
    }

    /// Whether a decoded query parameter is secret, also as a part of a nested one: `user[password]`, `openid.sig`.
    fn parameter(&self, name: &[u8]) -> bool {
        listed(&self.parameters, name)
            || name
                .split(|byte| matches!(byte, b'[' | b']' | b'.'))
                .any(|part| {
                    PARAMETER_SHAPES & shape(part.len(), byte(part, 0)) != 0
                        && listed(PARAMETERS, part)
                        || listed(&self.parameters, part)
                        || position(PARAMETER_PREFIXES, part, Place::Start) > 0
                })
    }
}

/// What stands behind a prefix; empty if something else does, as no header has an empty name.
#[inline(never)]
fn behind<'a>(text: &'a [u8], prefix: &[u8]) -> &'a [u8] {
    text.strip_prefix(prefix).unwrap_or_default()
}

/// One of 64 bits for a name, by its length and first character: most names that are not listed have a bit that no
/// listed one has, which spares a look through the list.
const fn shape(len: usize, first: u8) -> u64 {
    1 << ((fold(first) as usize + len * 8) & 63)
}

/// The bits of all names of a list.
const fn shapes(list: &[u8]) -> u64 {
    let (mut at, mut bits) = (0, 0);
    while at < list.len() {
        let len = list[at] as usize;
        bits |= shape(len, list[at + 1]);
        at += len + 1;
    }
    bits
}
