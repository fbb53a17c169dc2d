//! The W3C `traceparent` header, level 2: read in every version, written as version 00.

use super::SpanContext;
use super::grammar::{read_ids, trim, write_ids};
use crate::core::characters::byte;
use crate::core::ids::decode_hex;
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
    // As many digits as are read at once.
    let at = |at| byte(value, at);
    let digits = [
        at(0),
        at(1),
        at(FLAGS),
        at(FLAGS + 1),
        b'0',
        b'0',
        b'0',
        b'0',
    ];
    let mut read = [0; 4];
    let is_hex = decode_hex(&digits, 0, &mut read);
    let [version, flags, ..] = read;
    let dash = |at| byte(value, at) == b'-';
    let tail_allowed = value.len() == END || version > 0 && dash(END);
    if !is_hex || version == 0xff || !dash(2) || !dash(FLAGS - 1) || !tail_allowed {
        return false;
    }
    context.sampled = Some(flags & SAMPLED != 0);
    context.random = flags & RANDOM != 0;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_lower_case_hex_digits_are_read_of_version_and_flags() {
        let valid = *b"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        for at in [0, 1, FLAGS, FLAGS + 1] {
            for letter in 0..=255_u8 {
                let mut text = valid;
                text[at] = letter;
                let digit = matches!(letter, b'0'..=b'9' | b'a'..=b'f');
                assert_eq!(parse(&text).is_some(), digit, "{letter:#x} at {at}");
            }
        }
        let mut flags = valid;
        flags[FLAGS] = b'f';
        flags[FLAGS + 1] = b'e';
        let context = parse(&flags).unwrap();
        assert_eq!((context.sampled, context.random), (Some(false), true));
    }
}
