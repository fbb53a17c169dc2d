//! OTLP/JSON from OTLP protobuf: one walk along a table of the messages.
//!
//! Source: OTLP specification, "JSON Protobuf Encoding": ids in hex, enums as integers, 64-bit integers as strings.
//! Default values are left out as the JSON mapping does, except those that readers insist on.

use alloc::vec::Vec;

mod schema;

use crate::core::ids::encode_hex;
use crate::otlp::read::{Fields, Malformed, Payload};
use schema::{Kind, Message};

/// Appends the shortest decimal form of a finite number that is not an integer below 2^53. The caller brings it,
/// because a browser has one already and Rust's takes 9 KB of wasm.
pub type WriteNumber = fn(f64, &mut Vec<u8>);

/// Appends a `TracesData` or `ExportTraceServiceRequest` as JSON. False, with `out` as it was, when the bytes are malformed.
pub fn traces(request: &[u8], number: WriteNumber, out: &mut Vec<u8>) -> bool {
    whole(Message::Traces, request, number, out)
}

/// Appends a `Span` message as JSON. False, with `out` as it was, when the bytes are malformed.
pub fn span(span: &[u8], number: WriteNumber, out: &mut Vec<u8>) -> bool {
    whole(Message::Span, span, number, out)
}

/// Appends a JSON string. Bytes that are no UTF-8 become U+FFFD.
pub fn string(text: &[u8], out: &mut Vec<u8>) {
    put(b'"', out);
    for chunk in text.utf8_chunks() {
        for &byte in chunk.valid().as_bytes() {
            let short = match byte {
                b'"' | b'\\' => byte,
                b'\n' => b'n',
                b'\r' => b'r',
                b'\t' => b't',
                0..b' ' => {
                    out.extend_from_slice(b"\\u00");
                    encode_hex(&[byte], out);
                    continue;
                }
                _ => {
                    put(byte, out);
                    continue;
                }
            };
            out.extend_from_slice(&[b'\\', short]);
        }
        if !chunk.invalid().is_empty() {
            out.extend_from_slice("\u{FFFD}".as_bytes());
        }
    }
    put(b'"', out);
}

/// Appends a decimal number.
pub fn decimal(mut value: u64, out: &mut Vec<u8>) {
    let mut digits = [b'0'; 20];
    let mut start = digits.len();
    for (at, digit) in digits.iter_mut().enumerate().rev() {
        *digit += (value % 10) as u8;
        value /= 10;
        start = at;
        if value == 0 {
            break;
        }
    }
    out.extend_from_slice(digits.get(start..).unwrap_or_default());
}

/// The next field of that number. The message has been read through before, so there is no error left in it.
#[inline(never)]
fn next_of<'a>(number: u32, fields: &mut Fields<'a>) -> Option<Payload<'a>> {
    fields
        .flatten()
        .find(|(found, _)| *found == number)
        .map(|(_, payload)| payload)
}

/// One byte more. Not inlined: the vector's growth would be, in every place.
#[inline(never)]
fn put(byte: u8, out: &mut Vec<u8>) {
    out.push(byte);
}

/// Messages within messages; what Protocol Buffers' own readers allow.
const DEEPEST: u32 = 100;

fn whole(message: Message, bytes: &[u8], number: WriteNumber, out: &mut Vec<u8>) -> bool {
    let start = out.len();
    let done = Writer { number, out }
        .message(message, bytes, DEEPEST)
        .is_ok();
    if !done {
        out.truncate(start);
    }
    done
}

struct Writer<'a> {
    number: WriteNumber,
    out: &'a mut Vec<u8>,
}

impl Writer<'_> {
    fn message(&mut self, message: Message, bytes: &[u8], depth: u32) -> Result<(), Malformed> {
        let depth = depth.checked_sub(1).ok_or(Malformed)?;
        let fields = message.fields();
        let mut chosen = None;
        for given in Fields::new(bytes) {
            let (number, _) = given?;
            if fields.iter().any(|field| u32::from(field.number) == number) {
                chosen = Some(number);
            }
        }
        put(b'{', self.out);
        let mut separator: &[u8] = b"\"";
        for field in fields {
            if message.is_one_of() && chosen != Some(u32::from(field.number)) {
                continue;
            }
            let before = self.out.len();
            self.out.extend_from_slice(separator);
            self.out.extend_from_slice(field.name);
            self.out.extend_from_slice(b"\":");
            let mut given = Fields::new(bytes);
            let number = u32::from(field.number);
            let shown = if let Kind::Many(element) = field.kind {
                let mut opening = b'[';
                while let Some(payload) = next_of(number, &mut given) {
                    put(opening, self.out);
                    self.message(element, payload.bytes()?, depth)?;
                    opening = b',';
                }
                let any = opening == b',';
                self.out.extend_from_slice(if any { b"]" } else { b"[]" });
                any
            } else {
                let mut last = None;
                while let Some(payload) = next_of(number, &mut given) {
                    last = Some(payload);
                }
                self.one(field.kind, last, depth)? || message.is_one_of()
            };
            if shown || field.always {
                separator = b",\"";
            } else {
                self.out.truncate(before);
            }
        }
        put(b'}', self.out);
        Ok(())
    }

    /// Writes one value, the default if none is given, and says whether it is another than the default.
    fn one(
        &mut self,
        kind: Kind,
        given: Option<Payload<'_>>,
        depth: u32,
    ) -> Result<bool, Malformed> {
        let (bytes, number) = match (kind, given) {
            (_, None) => (&[][..], 0),
            (Kind::Text | Kind::Hex | Kind::Base64 | Kind::One(_), Some(given)) => {
                (given.bytes()?, 0)
            }
            (_, Some(given)) => (&[][..], given.number()?),
        };
        match kind {
            Kind::Text => string(bytes, self.out),
            Kind::Hex => self.quoted(|out| encode_hex(bytes, out)),
            Kind::Base64 => self.quoted(|out| base64(bytes, out)),
            Kind::Small => decimal(u64::from(number as u32), self.out),
            Kind::Fixed => self.quoted(|out| decimal(number, out)),
            Kind::Int => self.quoted(|out| {
                let value = number as i64;
                if value < 0 {
                    put(b'-', out);
                }
                decimal(value.unsigned_abs(), out);
            }),
            Kind::Bool => self
                .out
                .extend_from_slice(if number == 0 { b"false" } else { b"true" }),
            Kind::Double => self.double(f64::from_bits(number)),
            Kind::One(message) => {
                if given.is_some() {
                    self.message(message, bytes, depth)?;
                }
                return Ok(given.is_some());
            }
            Kind::Many(_) => return Err(Malformed),
        }
        Ok(!bytes.is_empty() || number != 0)
    }

    fn quoted(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        put(b'"', self.out);
        write(self.out);
        put(b'"', self.out);
    }

    fn double(&mut self, value: f64) {
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let size = value.abs();
        if size.is_finite() {
            if size < EXACT && size as u64 as f64 == size {
                if value.is_sign_negative() {
                    put(b'-', self.out);
                }
                decimal(size as u64, self.out);
            } else {
                (self.number)(value, self.out);
            }
        } else {
            let name: &[u8] = match value {
                f64::INFINITY => b"\"Infinity\"",
                f64::NEG_INFINITY => b"\"-Infinity\"",
                _ => b"\"NaN\"",
            };
            self.out.extend_from_slice(name);
        }
    }
}

/// RFC 4648, with padding.
fn base64(bytes: &[u8], out: &mut Vec<u8>) {
    for chunk in bytes.chunks(3) {
        let bits = chunk
            .iter()
            .fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - chunk.len()));
        for place in 0..4 {
            let digit = (bits >> (18 - 6 * place)) as u8 & 63;
            let letter = match digit {
                _ if place > chunk.len() => b'=',
                0..=25 => digit + b'A',
                26..=51 => digit - 26 + b'a',
                52..=61 => digit - 52 + b'0',
                62 => b'+',
                _ => b'/',
            };
            put(letter, out);
        }
    }
}
