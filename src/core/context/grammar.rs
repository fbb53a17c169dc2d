//! What the header formats share: character classes, white space, lists, and the two ids side by side.

use super::SpanContext;
use crate::core::ids::{SpanId, TraceId};
use alloc::vec::Vec;

/// Characters of a baggage key (RFC 7230 token).
pub(super) const TOKEN: u8 = 1;
/// Characters of a baggage value.
pub(super) const BAGGAGE_VALUE: u8 = 2;
/// Characters of a tracestate key.
pub(super) const STATE_KEY: u8 = 4;
/// Characters of a tracestate value.
pub(super) const STATE_VALUE: u8 = 8;
/// Characters that may stand in a header at all.
pub(super) const PRINTABLE: u8 = 16;
/// Characters that mean themselves in percent-encoding.
pub(super) const UNRESERVED: u8 = 32;

const CLASSES: [u8; 128] = classes();

const fn classes() -> [u8; 128] {
    let mut table = [0; 128];
    let mut byte = 0;
    while byte < 128 {
        let letter = byte as u8;
        let mut class = match letter {
            b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' => STATE_KEY | UNRESERVED | TOKEN,
            b'A'..=b'Z' | b'.' | b'~' => UNRESERVED | TOKEN,
            b'*' => STATE_KEY | TOKEN,
            b'/' | b'@' => STATE_KEY,
            b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'+' | b'^' | b'`' | b'|' => TOKEN,
            _ => 0,
        };
        if letter == b'\t' || matches!(letter, b' '..=b'~') {
            class |= PRINTABLE;
        }
        if matches!(letter, b' '..=b'~') && letter != b',' && letter != b'=' {
            class |= STATE_VALUE;
        }
        if matches!(letter, b'!'..=b'~') && !matches!(letter, b'"' | b',' | b';' | b'\\') {
            class |= BAGGAGE_VALUE;
        }
        table[byte] = class;
        byte += 1;
    }
    table
}

/// Whether the byte is of the class.
pub(super) fn is(byte: u8, class: u8) -> bool {
    CLASSES
        .get(usize::from(byte))
        .is_some_and(|classes| classes & class != 0)
}

/// Whether all bytes are of the class.
#[inline(never)]
pub(super) fn all(text: &[u8], class: u8) -> bool {
    text.iter().all(|&byte| is(byte, class))
}

/// Cuts spaces and tabs (HTTP's optional white space) off both ends.
#[inline(never)]
pub(super) fn trim(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

/// The text before the first separator, and what follows it if there is one.
#[inline(never)]
pub(super) fn split(text: &[u8], separator: u8) -> (&[u8], Option<&[u8]>) {
    let at = text.iter().position(|&byte| byte == separator);
    match at.and_then(|at| text.split_at_checked(at)) {
        Some((before, [_, after @ ..])) => (before, Some(after)),
        _ => (text, None),
    }
}

/// The items of a comma-separated list, trimmed, without empty ones.
pub(super) struct Items<'a>(pub(super) &'a [u8]);

impl<'a> Iterator for Items<'a> {
    type Item = &'a [u8];

    #[inline(never)]
    fn next(&mut self) -> Option<&'a [u8]> {
        while !self.0.is_empty() {
            let (item, rest) = split(self.0, b',');
            self.0 = rest.unwrap_or_default();
            let item = trim(item);
            if !item.is_empty() {
                return Some(item);
            }
        }
        None
    }
}

/// Appends bytes; one copy of the code that grows a buffer serves all formats.
#[inline(never)]
pub(super) fn put(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(bytes);
}

/// Reads `trace-span` as both families write them: 32 and 16 lower-case hex digits.
#[inline(never)]
pub(super) fn parse_ids(text: &[u8; 49]) -> Option<SpanContext> {
    if text[32] != b'-' {
        return None;
    }
    Some(SpanContext {
        trace_id: TraceId::parse(&text[..32])?,
        span_id: SpanId::parse(&text[33..])?,
        sampled: None,
        random: false,
    })
}

/// Appends `trace-span`.
#[inline(never)]
pub(super) fn write_ids(context: &SpanContext, out: &mut Vec<u8>) {
    context.trace_id.write_hex(out);
    put(b"-", out);
    context.span_id.write_hex(out);
}
