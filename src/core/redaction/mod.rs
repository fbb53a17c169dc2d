//! Redaction: which names are secret, and which rule an attribute's value goes through.
//!
//! The default lists always hold; configuration only adds to them. When in doubt the scanner takes too much rather
//! than too little: a lost line number can be lived with, a leaked token cannot.

use alloc::vec::Vec;

mod characters;
mod email;
mod scan;

use scan::Form;

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
// Keys by their end: `http.request.header.referer` and the older `http.referer` alike.
static URL_KEYS: &[u8] = &list(
    *b"\0url.full\0url.original\0http.url\0http.target\0.referer\0.referrer\0.location\0.content-location",
);
static QUERY_KEYS: &[u8] = &list(*b"\0url.query");
static HIDDEN_KEYS: &[u8] = &list(*b"\0url.fragment");

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
        listed(&self.attributes, key) || header.is_some_and(|name| self.header(name))
    }

    /// The rule for the values of an attribute. It depends on the key alone, so it can be kept beside an interned key.
    pub fn rule(&self, key: &[u8]) -> Rule {
        if self.attribute(key) || ends_in(key, HIDDEN_KEYS) {
            Rule::Hide
        } else if ends_in(key, QUERY_KEYS) {
            Rule::Query
        } else if ends_in(key, URL_KEYS) {
            Rule::Url
        } else {
            Rule::Text
        }
    }

    /// Applies a rule. False, with `out` untouched, when the value may be shown as it is.
    pub fn apply(&self, rule: Rule, value: &[u8], out: &mut Vec<u8>) -> bool {
        let form = match rule {
            Rule::Text => return self.text(value, out),
            // Nothing to trim or to drop, as in almost every URL: no copy is needed to see what changes.
            Rule::Url if value.iter().all(|byte| *byte > b' ' && *byte != b'#') => Form::Url,
            Rule::Url => {
                let start = out.len();
                self.url(value, out);
                if out.get(start..) != Some(value) {
                    return true;
                }
                out.truncate(start);
                return false;
            }
            Rule::Query => Form::Query,
            Rule::Hide if value == REDACTED => return false,
            Rule::Hide => {
                out.extend_from_slice(REDACTED);
                return true;
            }
        };
        scan::rewrite(self, value, form, out)
    }

    /// Redacts an attribute's value. False, with `out` untouched, when it may be shown as it is.
    pub fn value(&self, key: &[u8], value: &[u8], out: &mut Vec<u8>) -> bool {
        self.apply(self.rule(key), value, out)
    }

    /// Appends a URL without userinfo, fragment, secret parameters and the content of `data:`.
    pub fn url(&self, url: &[u8], out: &mut Vec<u8>) {
        let mut url = url;
        // Browsers drop these before they parse, so a name may be cut in two by one.
        let dropped = |byte: &u8| characters::is_one_of(*byte, b"\t\n\r");
        let mut joined = Vec::new();
        if url.iter().any(dropped) {
            joined.extend_from_slice(url);
            joined.retain(|byte| !dropped(byte));
            url = &joined;
        }
        // The fragment goes first: it may end in the spaces that are trimmed.
        url = url.split(|byte| *byte == b'#').next().unwrap_or_default();
        while let [0..=b' ', rest @ ..] | [rest @ .., 0..=b' '] = url {
            url = rest;
        }
        if !scan::rewrite(self, url, Form::Url, out) {
            out.extend_from_slice(url);
        }
    }

    /// Redacts the URLs, query strings and addresses in free text: span names, exception messages, stacks.
    /// False, with `out` untouched, when there is nothing to hide, which costs one pass and no copy.
    pub fn text(&self, text: &[u8], out: &mut Vec<u8>) -> bool {
        scan::rewrite(self, text, Form::Text, out)
    }

    /// Whether a decoded query parameter is secret, also as a part of a nested one: `user[password]`, `openid.sig`.
    fn parameter(&self, name: &[u8]) -> bool {
        listed(&self.parameters, name)
            || name
                .split(|byte| matches!(byte, b'[' | b']' | b'.'))
                .any(|part| {
                    listed(PARAMETERS, part)
                        || listed(&self.parameters, part)
                        || names(PARAMETER_PREFIXES).any(|prefix| {
                            part.get(..prefix.len())
                                .is_some_and(|head| same(head, prefix))
                        })
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

/// Adds a name to a list. One of over 255 bytes is no name that anybody uses.
fn add(list: &mut Vec<u8>, name: &[u8]) {
    if let Ok(len) = u8::try_from(name.len()) {
        list.push(len);
        list.extend_from_slice(name);
    }
}

fn names(mut list: &[u8]) -> impl Iterator<Item = &[u8]> {
    core::iter::from_fn(move || {
        let (len, rest) = list.split_first()?;
        let (name, rest) = rest.split_at_checked(usize::from(*len))?;
        list = rest;
        Some(name)
    })
}

fn listed(list: &[u8], name: &[u8]) -> bool {
    !name.is_empty() && names(list).any(|entry| entry.len() == name.len() && same(entry, name))
}

/// Whether the text ends in a name of the list.
#[inline(never)]
fn ends_in(text: &[u8], list: &[u8]) -> bool {
    names(list).any(|entry| {
        let start = text.len().checked_sub(entry.len());
        start
            .and_then(|start| text.get(start..))
            .is_some_and(|end| same(end, entry))
    })
}

#[inline(never)]
fn same(a: &[u8], b: &[u8]) -> bool {
    let fold = |byte: &u8| {
        if *byte == b'_' {
            b'-'
        } else {
            byte.to_ascii_lowercase()
        }
    };
    a.len() == b.len() && a.iter().map(fold).eq(b.iter().map(fold))
}
