//! One message: the places that may carry its context, in their order of precedence.

use super::text::decode;
use crate::core::context::propagation::{Carriers, extract_into};
use crate::core::context::{RemoteContext, sentry};
use alloc::vec::Vec;

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
const INITIALS: &[u8; 8] = b"tbs_hmue";

/// The message itself as a place.
pub(super) const TOP: usize = 0;
/// `_sentry`, which alone may say `trace`.
const SENTRY: usize = 1;
/// `headers`, whose names have no case.
pub(super) const HEADERS: usize = 3;
const PLACES: usize = 1 + INNER - CARRIERS;

/// The position of the property whose key begins at `at`, `ALL` when it is none of those that are looked at; and how
/// it is spelled: behind a leading one, a one for each capital letter. `buffer` is for its text.
pub(super) fn find(text: &[u8], at: usize, buffer: &mut Vec<u8>) -> (usize, u32) {
    let mut spelling = 1;
    let first = text.get(at).map_or(0, u8::to_ascii_lowercase);
    // Most keys are told by their first letter.
    if first == b'\\' || INITIALS.contains(&first) {
        buffer.clear();
        decode(text, at, buffer);
        for byte in buffer.iter_mut() {
            spelling = spelling << 1 | u32::from(byte.is_ascii_uppercase());
            byte.make_ascii_lowercase();
        }
        for (name, known) in NAMES.iter().enumerate() {
            if known == buffer {
                return (name, spelling);
            }
        }
    }
    (ALL, spelling)
}

/// Where the strings under the names of carriers begin in the text, by place; 0: absent. Nothing is looked into before
/// the whole text is read, as it may be broken, and the last of two equal keys counts.
#[derive(Default)]
pub(super) struct Message {
    /// The batch that it belongs to.
    pub(super) batch: usize,
    pub(super) places: [[usize; CARRIERS]; PLACES],
}

impl Message {
    /// Appends the context to use, behind one of another trace that stood beside it. The first place with a valid
    /// context counts; later ones add the baggage of the same trace when it has none.
    pub(super) fn contexts(&self, text: &[u8], out: &mut Vec<RemoteContext>, ignored: &mut u32) {
        let start = out.len();
        for (position, place) in self.places.iter().enumerate() {
            if place.iter().fold(0, |any, at| any | at) == 0 {
                continue;
            }
            let before = out.len();
            if before == start {
                read(text, place, position, out, ignored);
                continue;
            }
            read(text, place, position, out, &mut 0);
            if let Some((kept, later)) = out.split_at_mut_checked(before)
                && let (Some(context), Some(later)) = (kept.last_mut(), later.last_mut())
                && context.baggage.is_empty()
                && context.context.trace_id == later.context.trace_id
            {
                core::mem::swap(&mut context.baggage, &mut later.baggage);
            }
            out.truncate(before);
        }
    }
}

/// Room for the carriers of most messages.
const USUAL: usize = 512;

/// Reads the contexts of one place.
#[inline(never)]
fn read(
    text: &[u8],
    place: &[usize; CARRIERS],
    position: usize,
    out: &mut Vec<RemoteContext>,
    ignored: &mut u32,
) {
    let mut buffer = Vec::with_capacity(USUAL);
    let mut ends = [0; CARRIERS];
    for (&at, end) in place.iter().zip(&mut ends) {
        if at > 0 {
            decode(text, at, &mut buffer);
        }
        *end = buffer.len();
    }
    let mut start = 0;
    let [traceparent, tracestate, baggage, mut sentry_trace, trace] = ends.map(|end| {
        let part = buffer.get(start..end).unwrap_or_default();
        start = end;
        part
    });
    if position == SENTRY && !trace.is_empty() && sentry::parse(sentry_trace).is_none() {
        *ignored += u32::from(!sentry_trace.is_empty());
        sentry_trace = trace;
    }
    let carriers = Carriers {
        traceparent,
        tracestate,
        baggage,
        sentry_trace,
    };
    extract_into(&carriers, out, ignored);
}
