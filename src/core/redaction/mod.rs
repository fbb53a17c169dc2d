//! Redaction: which names are secret, and which rule an attribute's value goes through.
//!
//! The default lists always hold; configuration only adds to them. When in doubt the scanner takes too much rather
//! than too little: a lost line number can be lived with, a leaked token cannot.

use crate::otlp::wire::put;
use alloc::vec::Vec;

mod email;
mod scan;

/// What stands where a secret stood.
pub const REDACTED: &[u8] = b"REDACTED";

// `_` and `-` count as one character in every list, and case does not count.
static PARAMETERS: &[u8] = &list(
    *b"\0access_token\0id_token\0refresh_token\0token\0code\0api_key\0apikey\0key\0password\0passwd\0pwd\0secret\
    \0client_secret\0auth\0jwt\0session\0sid\0sig\0signature\0awsaccesskeyid",
);
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
        let header = key
            .strip_prefix(b"http.request.header.")
            .or_else(|| key.strip_prefix(b"http.response.header."));
        listed(&self.attributes, key) || self.header(header.unwrap_or_default())
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
    #[inline(never)]
    pub fn apply(&self, rule: Rule, value: &[u8], out: &mut Vec<u8>) -> bool {
        let start = out.len();
        match rule {
            // Nothing to trim or to drop, as in almost every URL: no copy is needed to see what changes.
            Rule::Url if value.iter().any(|byte| *byte <= b' ' || *byte == b'#') => {
                self.url(value, out);
            }
            Rule::Hide => put(REDACTED, out),
            rule => return scan::rewrite(self, value, rule, out),
        }
        let changed = out.get(start..) != Some(value);
        if !changed {
            out.truncate(start);
        }
        changed
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
        if !scan::rewrite(self, url, Rule::Url, out) {
            put(url, out);
        }
    }

    /// Redacts the URLs, query strings and addresses in free text: span names, exception messages, stacks.
    /// False, with `out` untouched, when there is nothing to hide, which costs one pass and no copy.
    pub fn text(&self, text: &[u8], out: &mut Vec<u8>) -> bool {
        scan::rewrite(self, text, Rule::Text, out)
    }

    /// Whether a decoded query parameter is secret, also as a part of a nested one: `user[password]`, `openid.sig`.
    fn parameter(&self, name: &[u8]) -> bool {
        listed(&self.parameters, name)
            || name
                .split(|byte| matches!(byte, b'[' | b']' | b'.'))
                .any(|part| {
                    listed(PARAMETERS, part)
                        || listed(&self.parameters, part)
                        || position(PARAMETER_PREFIXES, part, Place::Start) > 0
                })
    }
}

/// Makes a list: the NUL before each name becomes its length.
const fn list<const N: usize>(mut text: [u8; N]) -> [u8; N] {
    let (mut at, mut len) = (N, 0);
    while at > 0 {
        at -= 1;
        if text[at] == 0 {
            text[at] = len;
            len = 0;
        } else {
            len += 1;
        }
    }
    text
}

/// Adds a name to a list. One of over 255 bytes is no name that anybody uses, an empty one no name.
#[inline(never)]
fn add(list: &mut Vec<u8>, name: &[u8]) {
    if name.len() < 256 && !name.is_empty() {
        put(&[name.len() as u8], list);
        put(name, list);
    }
}

/// Where in a text a name of a list has to stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    Whole,
    End,
}

fn listed(list: &[u8], name: &[u8]) -> bool {
    position(list, name, Place::Whole) > 0
}

/// The number of the first name of the list that stands in the text, counted from 1; 0 if none does.
#[inline(never)]
fn position(mut list: &[u8], text: &[u8], place: Place) -> usize {
    let mut number = 1;
    while let [len, rest @ ..] = list {
        let len = usize::from(*len);
        let (start, end) = match place {
            Place::Start => (0, len),
            Place::Whole => (0, text.len()),
            Place::End => (text.len().wrapping_sub(len), text.len()),
        };
        let (name, after) = rest.split_at_checked(len).unwrap_or_default();
        let part = text.get(start..end).unwrap_or_default();
        if part.len() == len && same(part, name) {
            return number;
        }
        list = after;
        number += 1;
    }
    0
}

/// Whether two names of one length are the same.
#[inline(never)]
fn same(a: &[u8], b: &[u8]) -> bool {
    let fold = |byte: &u8| {
        if *byte == b'_' {
            b'-'
        } else {
            byte.to_ascii_lowercase()
        }
    };
    let mut same = true;
    for (a, b) in a.iter().zip(b) {
        same &= fold(a) == fold(b);
    }
    same
}
