//! One message: the places that may carry its context, in their order of precedence.

use super::text::decode;
use crate::core::context::propagation::{Carriers, extract, set_part};
use crate::core::context::{Contexts, sentry};

/// The properties that are looked at: carriers, then what holds carriers, then the batches of an envelope.
const NAMES: [&[u8]; 13] = [
    b"traceparent",
    b"tracestate",
    b"baggage",
    b"sentry-trace",
    b"trace",
    b"_sentry",
    b"_trace",
    b"headers",
    b"metadata",
    b"meta",
    b"updates",
    b"events",
    b"messages",
];
/// Number of the properties that are carriers.
pub(super) const CARRIERS: usize = 5;
/// Number of the properties that are carriers or hold some.
pub(super) const INNER: usize = 10;
/// Number of all properties that are looked at.
pub(super) const ALL: usize = NAMES.len();
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
    let mut name = if first & 1 == 0 { ALL } else { 0 };
    while let Some(known) = NAMES.get(name) {
        if known.eq_ignore_ascii_case(key) {
            break;
        }
        name += 1;
    }
    let mut spelling = 0;
    if name < ALL {
        for byte in key {
            spelling = spelling << 1 | u32::from(byte.is_ascii_uppercase());
        }
    }
    (name, spelling)
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
