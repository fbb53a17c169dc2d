//! The W3C `baggage` header: read with patience, passed on member by member, never cut inside one.

use super::grammar::{Items, push, trim};
use crate::core::characters::{BAGGAGE_VALUE, PRINTABLE, SPACE, TOKEN, UNRESERVED, byte, is, run};
use crate::core::ids::put_hex;
use crate::otlp::wire::put;
use alloc::string::String;
use alloc::vec::Vec;

/// Longest header that is read, in bytes.
pub const MAX_BYTES: usize = 8192;
/// Most members that are passed on.
pub const MAX_MEMBERS: usize = 64;

/// Prefix of the keys that belong to Sentry's dynamic sampling context.
const SENTRY: &[u8] = b"sentry-";

/// Whose members are meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Members {
    /// Everybody's.
    All,
    /// Those of Sentry's dynamic sampling context.
    Sentry,
    /// Those of everybody but Sentry.
    Others,
}

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

/// The well-formed members in order; broken and empty ones are passed over.
pub fn members(header: &[u8]) -> impl Iterator<Item = Member<'_>> {
    let mut items = Items::of(header);
    let list = core::iter::from_fn(move || items.step().then_some(items.item));
    list.filter_map(|item| {
        let key = item.get(..key_len(item)).filter(|key| !key.is_empty())?;
        let value = value_of(item);
        let semicolon = item.iter().position(|&byte| byte == b';');
        let properties = item.get(semicolon.unwrap_or(item.len())..)?;
        Some(Member {
            key,
            value,
            properties: trim(properties.get(1..).unwrap_or_default()),
        })
    })
}

/// The length of a member's key, 0 when the member is broken.
#[inline(never)]
fn key_len(item: &[u8]) -> usize {
    let key = run(item, 0, TOKEN);
    let equals = run(item, key, SPACE);
    let value = run(item, equals + 1, SPACE);
    let mut end = run(item, run(item, value, BAGGAGE_VALUE), SPACE);
    if byte(item, end) == b';' {
        end = run(item, end, PRINTABLE);
    }
    if byte(item, equals) == b'=' && end == item.len() {
        key
    } else {
        0
    }
}

/// Whether a member or key is one of Sentry's.
#[inline(never)]
fn is_sentry(item: &[u8]) -> bool {
    item.starts_with(SENTRY)
}

/// The value of a well-formed member.
#[inline(always)]
fn value_of(item: &[u8]) -> &[u8] {
    let equals = run(item, run(item, 0, TOKEN), SPACE);
    let start = run(item, equals + 1, SPACE);
    item.get(start..run(item, start, BAGGAGE_VALUE))
        .unwrap_or_default()
}

/// The value of the last member with this key, still encoded.
#[inline(never)]
pub fn get<'a>(header: &'a [u8], key: &[u8]) -> Option<&'a [u8]> {
    let mut value = None;
    let mut items = Items::of(header);
    while items.step() {
        let item = items.item;
        if key_len(item) == key.len() && item.starts_with(key) {
            value = Some(value_of(item));
        }
    }
    value
}

/// Whether the header has a member of Sentry's dynamic sampling context.
pub fn has_sentry(header: &[u8]) -> bool {
    let mut items = Items::of(header);
    while items.step() && !(is_sentry(items.item) && key_len(items.item) > 0) {}
    !items.item.is_empty()
}

/// Appends what is kept of a received header: all of it when each member is well formed, else the well-formed
/// members, nothing when it is over 8,192 bytes.
#[inline(always)]
pub fn receive(header: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    let clean = header.len() <= MAX_BYTES
        && (is_plain(header) || copy(header, Members::All, &[], start, MAX_BYTES, out));
    if clean {
        out.truncate(start);
        put(trim(header), out);
    }
}

/// Whether a header is a list of `key=value` and nothing else, as most are: then one pass tells that it is well formed.
fn is_plain(header: &[u8]) -> bool {
    let mut at = 0;
    loop {
        let end = run(header, at, TOKEN);
        if end == at || byte(header, end) != b'=' {
            return false;
        }
        at = run(header, end + 1, BAGGAGE_VALUE);
        if byte(header, at) != b',' {
            return at >= header.len();
        }
        at += 1;
    }
}

/// Appends the members of Sentry's dynamic sampling context.
pub fn sentry_only(header: &[u8], out: &mut Vec<u8>) {
    copy(header, Members::Sentry, &[], out.len(), MAX_BYTES, out);
}

/// Appends the members of everybody but Sentry.
pub fn third_party_only(header: &[u8], out: &mut Vec<u8>) {
    copy(header, Members::Others, &[], out.len(), MAX_BYTES, out);
}

/// Appends the well-formed members as far as they fit the limits.
pub fn pass_on(header: &[u8], max_bytes: usize, out: &mut Vec<u8>) {
    copy(header, Members::All, &[], out.len(), max_bytes, out);
}

/// Appends what is there already, to the byte; of what came, the members that are meant and whose keys are not there;
/// and our own dynamic sampling context, for which room is kept, whole or not at all. Nothing when nothing is added. False
/// when our own, or else a member of the one that came, found no room in `max_bytes`.
#[inline(always)]
pub fn compose(
    existing: &[u8],
    (came, whose): (&[u8], Members),
    own: &[u8],
    max_bytes: usize,
    out: &mut Vec<u8>,
) -> bool {
    let start = out.len();
    put(existing, out);
    let reserved = own.len() + usize::from(!own.is_empty());
    let room = max_bytes.saturating_sub(reserved);
    let mut whole = copy(came, whose, existing, start, room, out);
    if !own.is_empty() {
        whole = push(own, start, max_bytes, out);
    }
    if out.len() - start == existing.len() {
        out.truncate(start);
    }
    whole
}

/// Appends the well-formed members that are meant and whose keys are not in another header, as far as they fit into the
/// list that begins at `start`. False when broken ones or one of Sentry's are left out.
#[inline(never)]
fn copy(
    header: &[u8],
    whose: Members,
    other: &[u8],
    start: usize,
    max_bytes: usize,
    out: &mut Vec<u8>,
) -> bool {
    let mut room = MAX_MEMBERS;
    let mut complete = true;
    let mut items = Items::of(header);
    while items.step() {
        let item = items.item;
        let key = item.get(..key_len(item)).unwrap_or_default();
        let meant = whose == Members::All || is_sentry(item) == (whose == Members::Sentry);
        if key.is_empty() {
            complete = false;
        } else if meant && get(other, key).is_none() {
            let fits = room > 0 && push(item, start, max_bytes, out);
            complete &= fits || !is_sentry(item);
            room = room.saturating_sub(1);
        }
    }
    complete
}

/// Appends `text` percent-encoded, so that it can be a value.
pub fn encode(text: &[u8], out: &mut Vec<u8>) {
    for &byte in text {
        if is(byte, UNRESERVED) {
            put(&[byte], out);
        } else {
            put(b"%", out);
            put_hex(byte, b'A', out);
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
