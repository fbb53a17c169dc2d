//! Sentry's headers: `sentry-trace`, and the dynamic sampling context that stands in `baggage`.

use super::grammar::{read_ids, trim, write_ids};
use super::{SpanContext, baggage};
use crate::core::characters::byte;
use crate::otlp::wire::put;
use alloc::vec::Vec;

/// A share or a random number of 1, in the unit that is used here.
const ONE: u32 = 1_000_000;

/// Length of both ids with their dash.
const IDS: usize = 49;

/// Reads a `sentry-trace` value: both ids, and the decision unless the sender left it open.
pub fn parse(value: &[u8]) -> Option<SpanContext> {
    let mut context = SpanContext::BLANK;
    read(value, &mut context).then_some(context)
}

/// Reads a header value into `context`, which is of no use when this returns false.
#[inline(never)]
pub(crate) fn read(value: &[u8], context: &mut SpanContext) -> bool {
    let value = trim(value);
    let digit = byte(value, IDS + 1);
    // The dash may be the last character.
    let digit_allowed = value.len() < IDS + 2 || matches!(digit, b'0' | b'1');
    if value.len() < IDS
        || value.len() > IDS + 2
        || value.len() > IDS && byte(value, IDS) != b'-'
        || !digit_allowed
    {
        return false;
    }
    context.sampled = (digit > 0).then_some(digit == b'1');
    read_ids(value, 0, context)
}

/// Appends a `sentry-trace` value; an open decision has no digit.
#[inline(never)]
pub fn write(context: &SpanContext, out: &mut Vec<u8>) {
    write_ids(context, out);
    if let Some(sampled) = context.sampled {
        put(&[b'-', b'0' + u8::from(sampled)], out);
    }
}

/// Appends a dynamic sampling context of ours, as `baggage` members. `all`: what is said of every trace, `this`:
/// of this one, each member behind a comma; `sample_rate`: `None`: no decision of ours; the random number is below 1,000,000.
#[inline(always)]
pub fn write_dsc(
    context: &SpanContext,
    [all, this]: [&[u8]; 2],
    sample_rate: Option<f64>,
    sample_rand_millionths: u32,
    out: &mut Vec<u8>,
) {
    put(b"sentry-trace_id=", out);
    context.trace_id.write_hex(out);
    put(all, out);
    if let Some(rate) = sample_rate {
        put(b",sentry-sample_rate=", out);
        write_millionths(rate_millionths(rate), out);
    }
    put(b",sentry-sample_rand=", out);
    write_millionths(sample_rand_millionths, out);
    if let Some(sampled) = context.sampled {
        put(b",sentry-sampled=", out);
        put(if sampled { b"true" } else { b"false" }, out);
        // Where nothing is decided nothing is told of spans.
        put(this, out);
    }
}

/// The trace's random number in millionths, below 1,000,000.
#[inline(always)]
pub fn sample_rand(header: &[u8]) -> Option<u32> {
    parse_millionths(baggage::get(header, b"sentry-sample_rand")?).filter(|&rand| rand < ONE)
}

/// The share of traces that the head of the trace records, in millionths.
pub fn sample_rate(header: &[u8]) -> Option<u32> {
    parse_millionths(baggage::get(header, b"sentry-sample_rate")?)
}

/// The organisation that the trace began in; empty: unknown.
pub fn org_id(header: &[u8]) -> &[u8] {
    baggage::get(header, b"sentry-org_id").unwrap_or_default()
}

/// Whether a trace that began in the organisation `incoming` may go on in `own` (empty: unknown). Two different ones
/// never; `strict`: neither when only one is known.
pub fn may_continue(incoming: &[u8], own: &[u8], strict: bool) -> bool {
    if incoming.is_empty() == own.is_empty() {
        incoming == own
    } else {
        !strict
    }
}

/// The least number of millionths, for a rate of at most 1, that keeps `rand < rate` true for the same random numbers.
fn rate_millionths(rate: f64) -> u32 {
    let scaled = rate * f64::from(ONE);
    // Rounded up, but the products of short decimals are off by a trifle: 0.07 must not become 0.070001.
    let up = (scaled + (1.0 - 1e-6)) as u32;
    up.max(u32::from(rate > 0.0))
}

/// Appends a number from 0 to 1 as a decimal without trailing zeros.
#[inline(never)]
fn write_millionths(value: u32, out: &mut Vec<u8>) {
    let mut rest = value % ONE;
    put(&[b'0' + (value / ONE) as u8, b'.'], out);
    if rest == 0 {
        out.truncate(out.len() - 1);
    }
    while rest > 0 {
        rest *= 10;
        put(&[b'0' + (rest / ONE) as u8], out);
        rest %= ONE;
    }
}

/// Reads a number from 0 to 1 as JavaScript or Python write it; digits behind the sixth are cut.
#[inline(always)]
fn parse_millionths(text: &[u8]) -> Option<u32> {
    // What the next digit counts; before the point there is at most one.
    let (mut unit, mut value, mut digits, mut point) = (ONE, 0, 0, false);
    let (mut last, mut power) = (0, 0);
    for byte in text {
        let digit = u32::from(byte.wrapping_sub(b'0'));
        if last == b'e' {
            if *byte != b'-' {
                return None;
            }
            last = b'-';
        } else if digit > 9 {
            // Nothing but digits follows the exponent's sign.
            if last == b'-' || *byte != b'e' && (point || *byte != b'.') {
                return None;
            }
            point = true;
            if *byte == b'e' {
                last = b'e';
            }
        } else if last == b'-' {
            // Of ten digits none is left after seven cuts.
            power = (power * 10 + digit).min(7);
        } else {
            if point {
                unit /= 10;
            } else if digits > 0 {
                return None;
            }
            digits += 1;
            value += digit * unit;
        }
    }
    for _ in 0..power {
        value /= 10;
    }
    (digits > 0 && last != b'e' && value <= ONE).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: u32) -> String {
        let mut out = Vec::new();
        write_millionths(value, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn decimals_are_short_and_read_back() {
        for (value, text) in [
            (0, "0"),
            (1, "0.000001"),
            (100_000, "0.1"),
            (123_456, "0.123456"),
            (500_010, "0.50001"),
            (999_999, "0.999999"),
            (1_000_000, "1"),
        ] {
            assert_eq!(written(value), text);
            assert_eq!(parse_millionths(text.as_bytes()), Some(value));
        }
    }

    #[test]
    fn decimals_of_others_are_read() {
        for (text, value) in [
            ("0.8732163514", Some(873_216)),
            ("0.50", Some(500_000)),
            ("1.0", Some(1_000_000)),
            (".5", Some(500_000)),
            ("1.", Some(1_000_000)),
            ("9.5e-7", Some(0)),
            ("5e-10", Some(0)),
            ("1e-07", Some(0)),
            ("1e-6", Some(1)),
            ("5e-05", Some(50)),
            ("1.25e-3", Some(1_250)),
            ("9e-99999999999", Some(0)),
            ("1e-1", Some(100_000)),
            ("e-7", None),
            ("1e-x", None),
            ("1e7", None),
            ("1.5", None),
            ("2", None),
            ("00.5", None),
            ("-0.5", None),
            ("0.5.5", None),
            ("", None),
            (".", None),
            ("nan", None),
            ("0.1234567890123456789012345678901234567890", Some(123_456)),
        ] {
            assert_eq!(parse_millionths(text.as_bytes()), value, "{text}");
        }
    }

    #[test]
    fn a_written_rate_keeps_the_decision() {
        for (rate, millionths) in [
            (0.0, 0),
            (0.07, 70_000),
            (0.1, 100_000),
            (0.29, 290_000),
            (0.1234563, 123_457),
            (1.0 / 3.0, 333_334),
            (1e-9, 1),
            (1.0, 1_000_000),
        ] {
            assert_eq!(rate_millionths(rate), millionths, "{rate}");
        }
        for percent in 0..=100 {
            assert_eq!(
                rate_millionths(f64::from(percent) / 100.0),
                percent * 10_000
            );
        }
    }
}
