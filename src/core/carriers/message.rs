//! One message: the places that may carry its context, in their order of precedence.

use std::borrow::Cow;

use super::json::{Cursor, Raw};
use crate::core::context::propagation::{Carriers, extract};
use crate::core::context::{RemoteContext, sentry};

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
const CARRIERS: usize = 5;
const FIRST_BATCH: usize = 10;
/// The message itself and what in it holds carriers, in order of precedence.
const PLACES: usize = 1 + FIRST_BATCH - CARRIERS;
/// The place that knows `trace` too.
const SENTRY: usize = 1;
/// The place whose names have no case.
const HEADERS: usize = 3;

/// The strings that stand under the names of carriers.
type Place<'a> = [Option<Raw<'a>>; CARRIERS];

/// The carriers of one message; nothing is looked into before the message is complete, as the last of two equal
/// keys counts.
#[derive(Default)]
pub(super) struct Message<'a> {
    places: [Place<'a>; PLACES],
}

impl<'a> Message<'a> {
    /// Reads an object; the cursor stands on its brace. `batch` is called with 0, 1 or 2 before the value of
    /// `updates`, `events` or `messages` and must pass over it.
    pub(super) fn read(
        cursor: &mut Cursor<'a>,
        batch: &mut dyn FnMut(usize, &mut Cursor<'a>) -> Option<()>,
    ) -> Option<Self> {
        let mut message = Self::default();
        let [top, inner @ ..] = &mut message.places;
        let mut first = true;
        cursor.enter();
        while let Some(key) = cursor.key(&mut first)? {
            let Some(name) = find(&key.decode()) else {
                cursor.skip()?;
                continue;
            };
            if let Some(slot) = top.get_mut(name) {
                *slot = read_string(cursor)?;
            } else if let Some(place) = inner.get_mut(name - CARRIERS) {
                *place = read_place(cursor, name == CARRIERS + HEADERS - 1)?;
            } else {
                batch(name - FIRST_BATCH, cursor)?;
            }
        }
        Some(message)
    }

    /// The context to use, and one of another trace that stood beside it. The first place with a valid context
    /// counts; later ones add the baggage of the same trace when it has none.
    pub(super) fn contexts(
        &self,
        ignored: &mut u32,
    ) -> (Option<RemoteContext>, Option<RemoteContext>) {
        let mut found: Option<RemoteContext> = None;
        let mut link = None;
        for (position, place) in self.places.iter().enumerate() {
            if place.iter().all(Option::is_none) {
                continue;
            }
            let Some(context) = &mut found else {
                (found, link) = read_carriers(place, position, ignored);
                continue;
            };
            if !context.baggage.is_empty() {
                break;
            }
            if let (Some(later), _) = read_carriers(place, position, &mut 0)
                && later.context.trace_id == context.context.trace_id
            {
                context.baggage = later.baggage;
            }
        }
        (found, link)
    }
}

fn find(key: &[u8]) -> Option<usize> {
    NAMES.iter().position(|&name| name == key)
}

/// Passes over a value and returns it when it is a string.
fn read_string<'a>(cursor: &mut Cursor<'a>) -> Option<Option<Raw<'a>>> {
    if cursor.peek() == b'"' {
        return cursor.string().map(Some);
    }
    cursor.skip().map(|()| None)
}

/// Passes over a value and returns the carriers that it has when it is an object. Where case does not matter, two
/// spellings of one name contradict each other and neither counts.
fn read_place<'a>(cursor: &mut Cursor<'a>, any_case: bool) -> Option<Place<'a>> {
    let mut place = Place::default();
    if cursor.peek() != b'{' {
        return cursor.skip().map(|()| place);
    }
    let mut spellings = [None; CARRIERS];
    let mut ambiguous = [false; CARRIERS];
    let mut first = true;
    cursor.enter();
    while let Some(key) = cursor.key(&mut first)? {
        let mut name = key.decode();
        let mut spelling = 0;
        if any_case && name.len() <= 16 {
            for byte in name.iter() {
                spelling = spelling << 1 | u32::from(byte.is_ascii_uppercase());
            }
            if spelling > 0 {
                name = Cow::Owned(name.to_ascii_lowercase());
            }
        }
        let found = find(&name);
        let slots = place.iter_mut().zip(&mut spellings).zip(&mut ambiguous);
        if let Some(((slot, seen), ambiguous)) = found.and_then(|name| slots.into_iter().nth(name))
        {
            *ambiguous |= seen.replace(spelling).is_some_and(|seen| seen != spelling);
            *slot = read_string(cursor)?;
        } else {
            cursor.skip()?;
        }
    }
    for (slot, ambiguous) in place.iter_mut().zip(ambiguous) {
        if ambiguous {
            *slot = None;
        }
    }
    Some(place)
}

/// Reads the contexts of one place: the one to use, and one of another trace.
fn read_carriers(
    place: &Place<'_>,
    position: usize,
    ignored: &mut u32,
) -> (Option<RemoteContext>, Option<RemoteContext>) {
    let [traceparent, tracestate, baggage, sentry_trace, trace] =
        place.map(|slot| slot.unwrap_or_default().decode());
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
    extract(&carriers, ignored)
}
