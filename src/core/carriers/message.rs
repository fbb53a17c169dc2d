//! One message: the places that may carry its context, in their order of precedence.

use super::text::Raw;
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

/// The message itself as a place.
pub(super) const TOP: usize = 0;
/// `_sentry`, which alone may say `trace`.
const SENTRY: usize = 1;
/// `headers`, whose names have no case.
pub(super) const HEADERS: usize = 3;
const PLACES: usize = 1 + INNER - CARRIERS;

/// The position of a property among those that are looked at, `ALL` when it is none of them.
pub(super) fn find(key: Raw<'_>, any_case: bool) -> usize {
    let key = key.decode();
    let same = |name: &&[u8]| *key == **name || any_case && key.eq_ignore_ascii_case(name);
    NAMES.iter().position(same).unwrap_or(ALL)
}

/// The strings that stand under the names of carriers, by place; an empty one is absent. Nothing is looked into
/// before the message is complete, as the last of two equal keys counts.
#[derive(Default)]
pub(super) struct Message<'a> {
    pub(super) places: [[Raw<'a>; CARRIERS]; PLACES],
}

impl Message<'_> {
    /// Appends the context to use, behind one of another trace that stood beside it. The first place with a valid
    /// context counts; later ones add the baggage of the same trace when it has none.
    pub(super) fn contexts(&self, out: &mut Vec<RemoteContext>, ignored: &mut u32) {
        let start = out.len();
        for (position, place) in self.places.iter().enumerate() {
            if place.iter().all(|text| text.is_empty()) {
                continue;
            }
            if out.len() == start {
                read(place, position, out, ignored);
                continue;
            }
            let mut later = Vec::new();
            read(place, position, &mut later, &mut 0);
            if let (Some(context), Some(later)) = (out.last_mut(), later.pop())
                && context.baggage.is_empty()
                && context.context.trace_id == later.context.trace_id
            {
                context.baggage = later.baggage;
            }
        }
    }
}

/// Reads the contexts of one place.
#[inline(never)]
fn read(
    place: &[Raw<'_>; CARRIERS],
    position: usize,
    out: &mut Vec<RemoteContext>,
    ignored: &mut u32,
) {
    let [traceparent, tracestate, baggage, sentry_trace, trace] = place.map(Raw::decode);
    let mut carriers = Carriers {
        traceparent: &traceparent,
        tracestate: &tracestate,
        baggage: &baggage,
        sentry_trace: &sentry_trace,
    };
    if position == SENTRY && !trace.is_empty() && sentry::parse(&sentry_trace).is_none() {
        *ignored = ignored.saturating_add(u32::from(!sentry_trace.is_empty()));
        carriers.sentry_trace = &trace;
    }
    extract_into(&carriers, out, ignored);
}
