//! The W3C `baggage` header: read with patience, passed on member by member, never cut inside one.

use super::trim;

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
    fn parse(text: &'a [u8]) -> Option<Self> {
        let (pair, properties) = split_once(text, b';').unwrap_or((text, b""));
        let (key, value) = split_once(pair, b'=')?;
        let (key, value, properties) = (trim(key), trim(value), trim(properties));
        let printable = |byte: &u8| matches!(byte, b'\t' | b' '..=b'~');
        let well_formed = !key.is_empty()
            && key.iter().all(is_token)
            && value.iter().all(is_value)
            && properties.iter().all(printable);
        well_formed.then_some(Self {
            key,
            value,
            properties,
        })
    }

    /// Whether the member belongs to Sentry's dynamic sampling context.
    pub fn is_sentry(&self) -> bool {
        self.key.starts_with(SENTRY)
    }
}

/// The well-formed members in order; broken and empty ones are passed over.
pub fn members(header: &[u8]) -> impl Iterator<Item = Member<'_>> {
    segments(header).filter_map(Member::parse)
}

/// The value of the last member with this key, still encoded.
pub fn get<'a>(header: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let found = members(header).filter(|member| member.key == key).last();
    found.map(|member| member.value)
}

/// Whether the header has a member of Sentry's dynamic sampling context.
pub fn has_sentry(header: &[u8]) -> bool {
    members(header).any(|member| member.is_sentry())
}

/// What is kept of a received header: all of it when each member is well formed, else the well-formed members,
/// nothing when it is over 8,192 bytes.
pub fn receive(header: &[u8]) -> Vec<u8> {
    let header = trim(header);
    let mut out = Vec::new();
    if header.len() > MAX_BYTES {
        return out;
    }
    if segments(header).count() == members(header).count() {
        out.extend_from_slice(header);
    } else {
        let mut list = List::new(&mut out, MAX_BYTES);
        members(header).for_each(|member| list.push(&member));
    }
    out
}

/// Appends the members of Sentry's dynamic sampling context.
pub fn sentry_only(header: &[u8], out: &mut Vec<u8>) {
    filter(header, true, out);
}

/// Appends the members of everybody but Sentry.
pub fn third_party_only(header: &[u8], out: &mut Vec<u8>) {
    filter(header, false, out);
}

fn filter(header: &[u8], sentry: bool, out: &mut Vec<u8>) {
    let mut list = List::new(out, MAX_BYTES);
    members(header)
        .filter(|member| member.is_sentry() == sentry)
        .for_each(|member| list.push(&member));
}

/// Appends the well-formed members as far as they fit the limits.
pub fn pass_on(header: &[u8], max_bytes: usize, out: &mut Vec<u8>) {
    merge(b"", header, max_bytes, out);
}

/// Appends the caller's own header and our members behind it, as Sentry merges: our Sentry members replace all of
/// the caller's, the caller's others win over ours. The caller's members are kept as they are and never cut; ours
/// are left out when they do not fit.
pub fn merge(existing: &[u8], ours: &[u8], max_bytes: usize, out: &mut Vec<u8>) {
    let replaces = has_sentry(ours);
    let mut list = List::new(out, max_bytes);
    for segment in segments(existing) {
        if !(replaces && segment.starts_with(SENTRY)) {
            list.push_verbatim(segment);
        }
    }
    for member in members(ours).take(MAX_MEMBERS) {
        if member.is_sentry() && replaces || get(existing, member.key).is_none() {
            list.push(&member);
        }
    }
}

/// Appends `text` percent-encoded, so that it can be a value.
pub fn encode(text: &[u8], out: &mut Vec<u8>) {
    for &byte in text {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(byte);
        } else {
            let digit = |nibble: u8| nibble + if nibble < 10 { b'0' } else { b'A' - 10 };
            out.extend_from_slice(&[b'%', digit(byte >> 4), digit(byte & 15)]);
        }
    }
}

/// A value as text: percent-decoded (a `+` is a plus), U+FFFD for what is not UTF-8.
pub fn decode(value: &[u8]) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value;
    while let [byte, tail @ ..] = rest {
        rest = tail;
        let escaped = match (byte, tail) {
            (b'%', [high, low, after @ ..]) => hex(*high)
                .zip(hex(*low))
                .map(|(high, low)| (high << 4 | low, after)),
            _ => None,
        };
        if let Some((byte, after)) = escaped {
            bytes.push(byte);
            rest = after;
        } else {
            bytes.push(*byte);
        }
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

    fn push_verbatim(&mut self, segment: &[u8]) {
        if self.count > 0 {
            self.out.push(b',');
        }
        self.out.extend_from_slice(segment);
        self.count += 1;
    }

    fn push(&mut self, member: &Member<'_>) {
        let before = self.out.len();
        let count = self.count;
        self.push_verbatim(member.key);
        self.out.push(b'=');
        self.out.extend_from_slice(member.value);
        if !member.properties.is_empty() {
            self.out.push(b';');
            self.out.extend_from_slice(member.properties);
        }
        if self.out.len() - self.start > self.max_bytes || count >= MAX_MEMBERS {
            self.out.truncate(before);
            self.count = count;
        }
    }
}

fn segments(header: &[u8]) -> impl Iterator<Item = &[u8]> {
    header
        .split(|&byte| byte == b',')
        .map(trim)
        .filter(|segment| !segment.is_empty())
}

fn split_once(text: &[u8], separator: u8) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|&byte| byte == separator)?;
    let (before, after) = text.split_at_checked(at)?;
    Some((before, after.get(1..).unwrap_or_default()))
}

fn is_token(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte)
}

fn is_value(byte: &u8) -> bool {
    matches!(byte, b'!'..=b'~') && !matches!(byte, b'"' | b',' | b';' | b'\\')
}
