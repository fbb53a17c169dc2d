//! The W3C `traceparent` header, level 2: read in every version, written as version 00.

use super::{SpanContext, trim};
use crate::core::ids::{SpanId, TraceId, decode_hex};

const SAMPLED: u8 = 1;
const RANDOM: u8 = 2;

/// Reads a header value; `None` when the trace has to be restarted.
pub fn parse(value: &[u8]) -> Option<SpanContext> {
    let (head, tail) = trim(value).split_first_chunk::<55>()?;
    let (mut version, mut flags) = ([0], [0]);
    let well_formed = decode_hex(&head[..2], &mut version)
        && decode_hex(&head[53..], &mut flags)
        && [head[2], head[35], head[52]] == *b"---";
    let tail_allowed = match version {
        [0] => tail.is_empty(),
        [0xff] => false,
        _ => matches!(tail, [] | [b'-', ..]),
    };
    if !well_formed || !tail_allowed {
        return None;
    }
    Some(SpanContext {
        trace_id: TraceId::parse(&head[3..35])?,
        span_id: SpanId::parse(&head[36..52])?,
        sampled: Some(flags[0] & SAMPLED != 0),
        random: flags[0] & RANDOM != 0,
    })
}

/// Appends the header value. An open decision becomes "not sampled", the only way to say it here.
pub fn write(context: &SpanContext, out: &mut Vec<u8>) {
    let mut flags = b'0';
    if context.sampled == Some(true) {
        flags += SAMPLED;
    }
    if context.random {
        flags += RANDOM;
    }
    out.extend_from_slice(b"00-");
    context.trace_id.write_hex(out);
    out.push(b'-');
    context.span_id.write_hex(out);
    out.extend_from_slice(&[b'-', b'0', flags]);
}
