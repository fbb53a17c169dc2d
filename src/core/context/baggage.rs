//! The W3C `baggage` header: read with patience, passed on member by member, never cut inside one.

use super::grammar::{
    BAGGAGE_VALUE, Items, PRINTABLE, TOKEN, UNRESERVED, all, is, put, split, trim,
};
use alloc::string::String;
use alloc::vec::Vec;

/// Longest header that is read, in bytes.
pub const MAX_BYTES: usize = 8192;
/// Most members that are passed on.
pub const MAX_MEMBERS: usize = 64;

/// Prefix of the keys that belong to Sentry's dynamic sampling context.
const SENTRY: &[u8] = b"sentry-";

/// One well-formed member. Nothing in it is decoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Member<'a> {
    /// The key; case matters.
    pub key: &'a [u8],
    /// The value, percent-encoded, possibly empty.
    pub value: &'a [u8],
    /// What follows the first `;`, possibly empty.
    pub properties: &'a [u8],
}

impl<'a> Member<'a> {
    #[inline(never)]
    fn parse(text: &'a [u8]) -> Option<Self> {
        let (pair, properties) = split(text, b';');
        let (key, value) = split(pair, b'=');
        let member = Self {
            key: trim(key),
            value: trim(value?),
            properties: trim(properties.unwrap_or_default()),
        };
        let well_formed = !member.key.is_empty()
            && all(member.key, TOKEN)
            && all(member.value, BAGGAGE_VALUE)
            && all(member.properties, PRINTABLE);
        well_formed.then_some(member)
    }

    /// Whether the member belongs to Sentry's dynamic sampling context.
    pub fn is_sentry(&self) -> bool {
        self.key.starts_with(SENTRY)
    }
}

/// The well-formed members in order; broken and empty ones are passed over.
pub fn members(header: &[u8]) -> impl Iterator<Item = Member<'_>> {
    Items(header).filter_map(Member::parse)
}

/// The value of the last member with this key, still encoded.
pub fn get<'a>(header: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let mut value = None;
    for member in members(header) {
        if member.key == key {
            value = Some(member.value);
        }
    }
    value
}

/// Whether the header has a member of Sentry's dynamic sampling context.
pub fn has_sentry(header: &[u8]) -> bool {
    members(header).any(|member| member.is_sentry())
}

/// What is kept of a received header: all of it when each member is well formed, else the well-formed members,
/// nothing when it is over 8,192 bytes.
pub fn receive(header: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    if header.len() > MAX_BYTES {
        return out;
    }
    if Items(header).all(|item| Member::parse(item).is_some()) {
        put(trim(header), &mut out);
    } else {
        pass_on(header, MAX_BYTES, &mut out);
    }
    out
}

/// Appends the members of Sentry's dynamic sampling context.
pub fn sentry_only(header: &[u8], out: &mut Vec<u8>) {
    List::new(out, MAX_BYTES).copy(header, Some(true));
}

/// Appends the members of everybody but Sentry.
pub fn third_party_only(header: &[u8], out: &mut Vec<u8>) {
    List::new(out, MAX_BYTES).copy(header, Some(false));
}

/// Appends the well-formed members as far as they fit the limits.
pub fn pass_on(header: &[u8], max_bytes: usize, out: &mut Vec<u8>) {
    List::new(out, max_bytes).copy(header, None);
}

/// Appends the members of others, then our own Sentry members, for which room is kept.
pub fn compose(others: &[u8], own: &[u8], max_bytes: usize, out: &mut Vec<u8>) {
    let mut list = List::new(out, max_bytes.saturating_sub(own.len() + 1));
    list.copy(others, Some(false));
    list.max_bytes = max_bytes;
    list.copy(own, None);
}

/// Appends the caller's own header and our members behind it, as Sentry merges: our Sentry members replace all of
/// the caller's, the caller's others win over ours. The caller's members are kept as they are and never cut; ours
/// are left out when they do not fit.
pub fn merge(existing: &[u8], ours: &[u8], max_bytes: usize, out: &mut Vec<u8>) {
    let replaces = has_sentry(ours);
    let mut list = List::new(out, usize::MAX);
    for item in Items(existing) {
        if !(replaces && item.starts_with(SENTRY)) {
            list.append(&[item]);
        }
    }
    list.max_bytes = max_bytes;
    for member in members(ours).take(MAX_MEMBERS) {
        if member.is_sentry() || get(existing, member.key).is_none() {
            list.push_member(&member);
        }
    }
}

/// Appends `text` percent-encoded, so that it can be a value.
pub fn encode(text: &[u8], out: &mut Vec<u8>) {
    for &byte in text {
        if is(byte, UNRESERVED) {
            put(&[byte], out);
        } else {
            let digit = |nibble: u8| nibble + if nibble < 10 { b'0' } else { b'A' - 10 };
            put(&[b'%', digit(byte >> 4), digit(byte & 15)], out);
        }
    }
}

/// A value as text: percent-decoded (a `+` is a plus), U+FFFD for what is not UTF-8.
pub fn decode(value: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        let mut decoded = *byte;
        if let (b'%', [high, low, after @ ..]) = (byte, tail)
            && let (Some(high), Some(low)) = (hex(*high), hex(*low))
        {
            decoded = high << 4 | low;
            rest = after;
        }
        bytes.push(decoded);
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// A header under construction that counts what still fits.
struct List<'a> {
    out: &'a mut Vec<u8>,
    start: usize,
    max_bytes: usize,
    count: usize,
}

impl<'a> List<'a> {
    fn new(out: &'a mut Vec<u8>, max_bytes: usize) -> Self {
        let start = out.len();
        Self {
            out,
            start,
            max_bytes,
            count: 0,
        }
    }

    /// Adds the well-formed members that fit: of Sentry, of everybody else, or of both.
    #[inline(never)]
    fn copy(&mut self, header: &[u8], sentry: Option<bool>) {
        for member in members(header) {
            if sentry.is_none_or(|sentry| sentry == member.is_sentry()) {
                self.push_member(&member);
            }
        }
    }

    fn push_member(&mut self, member: &Member<'_>) {
        let separator: &[u8] = if member.properties.is_empty() {
            b""
        } else {
            b";"
        };
        self.push(&[member.key, b"=", member.value, separator, member.properties]);
    }

    /// Adds a member when it fits.
    #[inline(never)]
    fn push(&mut self, parts: &[&[u8]]) {
        let before = self.out.len();
        self.append(parts);
        if self.out.len() - self.start > self.max_bytes || self.count > MAX_MEMBERS {
            self.out.truncate(before);
            self.count -= 1;
        }
    }

    fn append(&mut self, parts: &[&[u8]]) {
        if self.count > 0 {
            put(b",", self.out);
        }
        for part in parts {
            put(part, self.out);
        }
        self.count += 1;
    }
}
