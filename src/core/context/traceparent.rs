//! The W3C `traceparent` header, level 2: read in every version, written as version 00.

use super::SpanContext;
use super::grammar::{parse_ids, put, trim, write_ids};
use crate::core::ids::decode_hex;
use alloc::vec::Vec;

const SAMPLED: u8 = 1;
const RANDOM: u8 = 2;

/// Reads a header value; `None` when the trace has to be restarted.
pub fn parse(value: &[u8]) -> Option<SpanContext> {
    let (version, rest) = trim(value).split_first_chunk::<3>()?;
    let (ids, rest) = rest.split_first_chunk::<49>()?;
    let (flags, tail) = rest.split_first_chunk::<3>()?;
    let mut numbers = [0; 2];
    let digits = [version[0], version[1], flags[1], flags[2]];
    if !decode_hex(&digits, &mut numbers) || version[2] != b'-' || flags[0] != b'-' {
        return None;
    }
    let [version, flags] = numbers;
    let tail_allowed = match version {
        0 => tail.is_empty(),
        0xff => false,
        _ => matches!(tail, [] | [b'-', ..]),
    };
    let mut context = parse_ids(ids).filter(|_| tail_allowed)?;
    context.sampled = Some(flags & SAMPLED != 0);
    context.random = flags & RANDOM != 0;
    Some(context)
}

/// Appends the header value. An open decision becomes "not sampled", the only way to say it here.
pub fn write(context: &SpanContext, out: &mut Vec<u8>) {
    put(b"00-", out);
    write_ids(context, out);
    let mut flags = b'0';
    if context.sampled == Some(true) {
        flags += SAMPLED;
    }
    if context.random {
        flags += RANDOM;
    }
    put(&[b'-', b'0', flags], out);
}
