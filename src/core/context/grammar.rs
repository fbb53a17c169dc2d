//! What the header formats share: white space, lists, and the two ids side by side.

use super::SpanContext;
use crate::core::characters::{COMMA, SPACE, byte, run, until};
use crate::core::ids::{SpanId, TraceId, decode_hex};
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

/// The items of a comma-separated list, trimmed, without empty ones.
pub(super) struct Items<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Items<'a> {
    type Item = &'a [u8];

    #[inline(never)]
    fn next(&mut self) -> Option<&'a [u8]> {
        let list = self.0.get(run(self.0, 0, SPACE | COMMA)..)?;
        let (item, rest) = list.split_at_checked(until(list, 0, COMMA))?;
        self.0 = rest;
        Some(trim(item)).filter(|item| !item.is_empty())
    }
}

/// Appends an item to the list that begins at `start`, unless it gets longer than `max` by it.
#[inline(never)]
pub(super) fn push(item: &[u8], start: usize, max: usize, list: &mut Vec<u8>) {
    let len = list.len() - start;
    let comma = usize::from(len > 0);
    if len + comma + item.len() <= max {
        put(b",".get(..comma).unwrap_or_default(), list);
        put(item, list);
    }
}

/// Reads `trace-span` from `at`, as both families write them: 32 and 16 lower-case hex digits.
#[inline(never)]
pub(super) fn parse_ids(text: &[u8], at: usize) -> Option<SpanContext> {
    let mut context = SpanContext {
        trace_id: TraceId::default(),
        span_id: SpanId::default(),
        sampled: None,
        random: false,
    };
    let well_formed = decode_hex(text, at, &mut context.trace_id.0)
        && byte(text, at + 32) == b'-'
        && decode_hex(text, at + 33, &mut context.span_id.0)
        && context.trace_id.is_valid()
        && context.span_id.is_valid();
    well_formed.then_some(context)
}

/// Appends `trace-span`.
#[inline(never)]
pub(super) fn write_ids(context: &SpanContext, out: &mut Vec<u8>) {
    context.trace_id.write_hex(out);
    put(b"-", out);
    context.span_id.write_hex(out);
}
