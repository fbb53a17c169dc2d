//! The W3C `traceparent` header, level 2: read in every version, written as version 00.

use super::SpanContext;
use super::grammar::{read_ids, trim, write_ids};
use crate::core::characters::byte;
use crate::core::ids::hex_byte;
use crate::otlp::wire::put;
use alloc::vec::Vec;

const SAMPLED: u8 = 1;
const RANDOM: u8 = 2;

/// Where the flags of a header value begin, and where version 00 ends.
const FLAGS: usize = 53;
const END: usize = 55;

/// Reads a header value; `None` when the trace has to be restarted.
pub fn parse(value: &[u8]) -> Option<SpanContext> {
    let mut context = SpanContext::BLANK;
    read(value, &mut context).then_some(context)
}

/// Reads a header value into `context`, which is of no use when this returns false.
#[inline(always)]
pub(super) fn read(value: &[u8], context: &mut SpanContext) -> bool {
    let value = trim(value);
    let (version, flags) = (hex_byte(value, 0), hex_byte(value, FLAGS));
    let dash = |at| byte(value, at) == b'-';
    let tail_allowed = value.len() == END || version > 0 && dash(END);
    if version >= 0xff || flags > 0xff || !dash(2) || !dash(FLAGS - 1) || !tail_allowed {
        return false;
    }
    context.sampled = Some(flags as u8 & SAMPLED != 0);
    context.random = flags as u8 & RANDOM != 0;
    read_ids(value, 3, context)
}

/// Appends the header value. An open decision becomes "not sampled", the only way to say it here.
#[inline(never)]
pub fn write(context: &SpanContext, out: &mut Vec<u8>) {
    put(b"00-", out);
    write_ids(context, out);
    let sampled = u8::from(context.sampled == Some(true)) * SAMPLED;
    let random = u8::from(context.random) * RANDOM;
    put(&[b'-', b'0', b'0' + sampled + random], out);
}
