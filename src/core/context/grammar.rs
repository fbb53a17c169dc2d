//! What the header formats share: white space, lists, and the two ids side by side.

use super::SpanContext;
use crate::core::characters::{COMMA, SPACE, byte, run, until};
use crate::core::ids::decode_hex;
use crate::otlp::wire::put;
use alloc::vec::Vec;

/// Cuts spaces and tabs (HTTP's optional white space) off both ends.
#[inline(never)]
pub(super) fn trim(text: &[u8]) -> &[u8] {
    let mut text = text.get(run(text, 0, SPACE)..).unwrap_or_default();
    while let [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

/// The items of a comma-separated list, trimmed, without empty ones. Not an iterator: an item that is handed over goes
/// through memory anyway, at each place where one is asked for.
pub(super) struct Items<'a> {
    list: &'a [u8],
    at: usize,
    /// The one that was stepped to.
    pub(super) item: &'a [u8],
}

impl<'a> Items<'a> {
    #[inline(never)]
    pub(super) fn of(list: &'a [u8]) -> Self {
        Self {
            list,
            at: 0,
            item: &[],
        }
    }

    /// Steps to the next item; false behind the last.
    #[inline(never)]
    pub(super) fn step(&mut self) -> bool {
        let start = run(self.list, self.at, SPACE | COMMA);
        self.at = until(self.list, start, COMMA);
        self.item = trim(self.list.get(start..self.at).unwrap_or_default());
        !self.item.is_empty()
    }
}

/// Appends an item to the list that begins at `start`. False when the list would get longer than `max` by it.
#[inline(never)]
pub(super) fn push(item: &[u8], start: usize, max: usize, list: &mut Vec<u8>) -> bool {
    let len = list.len() - start;
    let comma = usize::from(len > 0);
    let fits = len + comma + item.len() <= max;
    if fits {
        put(b",".get(..comma).unwrap_or_default(), list);
        put(item, list);
    }
    fits
}

/// Reads `trace-span` from `at`, as both families write them: 32 and 16 lower-case hex digits. False when something
/// else stands there. Into what the caller has: as an `Option` it would be copied twice.
#[inline(never)]
pub(super) fn read_ids(text: &[u8], at: usize, context: &mut SpanContext) -> bool {
    decode_hex(text, at, &mut context.trace_id.0)
        && byte(text, at + 32) == b'-'
        && decode_hex(text, at + 33, &mut context.span_id.0)
        && context.trace_id.is_valid()
        && context.span_id.is_valid()
}

/// Appends `trace-span`.
#[inline(never)]
pub(super) fn write_ids(context: &SpanContext, out: &mut Vec<u8>) {
    context.trace_id.write_hex(out);
    put(b"-", out);
    context.span_id.write_hex(out);
}
