//! One message: the places that may carry its context, in their order of precedence.

use super::text::decode;
use crate::core::context::propagation::{Carriers, extract, set_part};
use crate::core::context::{Contexts, sentry};
use crate::core::names::{Place, list, position};

/// The properties that are looked at: carriers, then what holds carriers, then the batches of an envelope.
static NAMES: &[u8] = &list(
    *b"\0traceparent\0tracestate\0baggage\0sentry-trace\0trace\0_sentry\0_trace\0headers\0metadata\0meta\0updates\0events\0messages",
);
/// Number of the properties that are carriers.
pub(super) const CARRIERS: usize = 5;
/// Number of the properties that are carriers or hold some.
pub(super) const INNER: usize = 10;
/// Number of all properties that are looked at.
pub(super) const ALL: usize = 13;
/// The names with a `_`, counted from 1.
const UNDERSCORED: core::ops::Range<usize> = 6..8;
/// Every name begins with one of these.
const INITIALS: u32 = initials(b"tbs_hmue");
/// Position of `baggage` in `NAMES`.
const BAGGAGE: usize = 2;

const fn initials(letters: &[u8]) -> u32 {
    let (mut set, mut at) = (0, 0);
    while at < letters.len() {
        set |= 1 << (letters[at] & 31);
        at += 1;
    }
    set
}

/// The message itself as a place.
pub(super) const TOP: usize = 0;
/// `_sentry`, which alone may say `trace`.
const SENTRY: usize = 1;
/// `headers`, whose names have no case.
pub(super) const HEADERS: usize = 3;
pub(super) const PLACES: usize = 1 + INNER - CARRIERS;

/// The position of a property, `ALL` when it is none of those that are looked at; and how it is spelled: the number of
/// capital letters and where they are.
pub(super) fn find(key: &[u8]) -> (usize, u32) {
    // Most keys are told by the low bits of their first letter, which capitals share.
    let first = key.first().map_or(0, |first| INITIALS >> (first & 31));
    let mut number = 0;
    if first & 1 != 0 {
        number = position(NAMES, key, Place::Whole);
    }
    let (mut spelling, mut underscored) = (0, false);
    if number > 0 {
        for byte in key {
            spelling = spelling << 1 | u32::from(byte.is_ascii_uppercase());
            underscored |= *byte == b'_';
        }
    }
    // The list does not tell `_` from `-`.
    if number == 0 || underscored != UNDERSCORED.contains(&number) {
        return (ALL, 0);
    }
    (number - 1, spelling)
}

/// Where the strings under the names of carriers begin in the text, by place; 0: absent. Nothing is looked into before
/// the whole text is read, as it may be broken, and the last of two equal keys counts.
pub(super) type Places = [usize; CARRIERS * PLACES];

/// One message of the text.
pub(super) struct Message {
    /// The batch that it belongs to.
    pub(super) batch: usize,
    pub(super) places: Places,
}

/// Appends the context to use, behind one of another trace that stood beside it. The first place with a valid context
/// counts; later ones add the baggage of the same trace when it has none.
#[inline(never)]
pub(super) fn contexts(places: &Places, text: &[u8], out: &mut Contexts, ignored: &mut u32) {
    let start = out.list.len();
    for (position, place) in places.as_chunks().0.iter().enumerate() {
        if is_empty(place) {
            continue;
        }
        let before = out.list.len();
        if before == start {
            read(text, place, position, out, ignored);
        } else if out.lean {
            out.unread = true;
        } else {
            read(text, place, position, out, &mut 0);
            out.keep(before);
        }
    }
}

/// Whether no carrier stands in a place, or in several.
pub(super) fn is_empty(places: &[usize]) -> bool {
    places.iter().fold(0, |any, at| any | at) == 0
}

/// Reads the contexts of one place.
#[inline(never)]
fn read(
    text: &[u8],
    place: &[usize; CARRIERS],
    position: usize,
    out: &mut Contexts,
    ignored: &mut u32,
) {
    let mut buffer = core::mem::take(&mut out.buffer);
    buffer.clear();
    let mut ends = [0; CARRIERS];
    for (name, (&at, end)) in place.iter().zip(&mut ends).enumerate() {
        if at > 0 && name == BAGGAGE && out.lean {
            out.unread = true;
        } else if at > 0 {
            decode(text, at, &mut buffer);
        }
        *end = buffer.len();
    }
    let [traceparent, tracestate, baggage, sentry_trace, trace] = ends;
    let mut carriers = Carriers::default();
    set_part(&mut carriers.traceparent, &buffer, 0, traceparent);
    set_part(&mut carriers.tracestate, &buffer, traceparent, tracestate);
    set_part(&mut carriers.baggage, &buffer, tracestate, baggage);
    set_part(&mut carriers.sentry_trace, &buffer, baggage, sentry_trace);
    if position == SENTRY && sentry_trace < trace && sentry::parse(carriers.sentry_trace).is_none()
    {
        *ignored += u32::from(!carriers.sentry_trace.is_empty());
        set_part(&mut carriers.sentry_trace, &buffer, sentry_trace, trace);
    }
    extract(&carriers, out, ignored);
    // Nothing is in its place, so there is nothing to drop.
    core::mem::forget(core::mem::replace(&mut out.buffer, buffer));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_in_any_case_and_a_dash_is_no_underscore() {
        for (name, key) in [
            (0, "traceparent"),
            (3, "Sentry-Trace"),
            (4, "trace"),
            (5, "_sentry"),
            (6, "_Trace"),
            (12, "messages"),
            (ALL, "sentry_trace"),
            (ALL, "-sentry"),
            (ALL, "-trace"),
            (ALL, "message"),
            (ALL, ""),
        ] {
            let (found, spelling) = find(key.as_bytes());
            assert_eq!(found, name, "{key}");
            let capitals = key.bytes().filter(u8::is_ascii_uppercase).count();
            let expected = if name < ALL { capitals as u32 } else { 0 };
            assert_eq!(spelling.count_ones(), expected, "{key}");
        }
    }
}
