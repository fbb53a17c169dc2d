//! Reads OTLP protobuf without copying: fields, attribute values, the spans of a request.
//!
//! Source: the Protocol Buffers encoding guide; opentelemetry-proto, `trace/v1/trace.proto` and
//! `common/v1/common.proto`. Unknown fields are passed over. The bytes may come from storage, so nothing is trusted.

mod span;

use crate::otlp::wire::{FIXED32, FIXED64, LEN, VARINT};

pub use span::{EventView, LinkView, SpanView};

/// The bytes are not the message they should be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Malformed;

/// What a field holds, by its wire type.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Payload<'a> {
    /// Integers, booleans and enums.
    Varint(u64),
    /// `fixed64` and `double`.
    Fixed64(u64),
    /// Strings, bytes and messages.
    Bytes(&'a [u8]),
    /// `fixed32`.
    Fixed32(u32),
}

impl<'a> Payload<'a> {
    /// The bytes of a string, bytes or message field.
    pub fn bytes(self) -> Result<&'a [u8], Malformed> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            _ => Err(Malformed),
        }
    }

    /// The value of a number field, whichever of the three ways it is written.
    pub fn number(self) -> Result<u64, Malformed> {
        match self {
            Self::Varint(value) | Self::Fixed64(value) => Ok(value),
            Self::Fixed32(value) => Ok(u64::from(value)),
            Self::Bytes(_) => Err(Malformed),
        }
    }
}

/// The fields of one message in their order. Ends after the first error.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// Reads a message.
    pub fn new(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    fn varint(&mut self) -> Result<u64, Malformed> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.rest.split_first().ok_or(Malformed)?;
            self.rest = rest;
            value |= u64::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Malformed)
    }

    fn take(&mut self, len: u64) -> Result<&'a [u8], Malformed> {
        let len = usize::try_from(len).map_err(|_| Malformed)?;
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    /// A little-endian number of `len` bytes, at most 8.
    fn fixed(&mut self, len: u64) -> Result<u64, Malformed> {
        let bytes = self.take(len)?;
        Ok(bytes
            .iter()
            .rev()
            .fold(0, |value, byte| value << 8 | u64::from(*byte)))
    }

    fn field(&mut self) -> Result<(u32, Payload<'a>), Malformed> {
        let tag = u32::try_from(self.varint()?).map_err(|_| Malformed)?;
        let payload = match tag & 7 {
            VARINT => Payload::Varint(self.varint()?),
            FIXED64 => Payload::Fixed64(self.fixed(8)?),
            LEN => {
                let len = self.varint()?;
                Payload::Bytes(self.take(len)?)
            }
            FIXED32 => Payload::Fixed32(self.fixed(4)? as u32),
            // Groups; no message of OTLP has any.
            _ => return Err(Malformed),
        };
        if tag < 8 {
            Err(Malformed)
        } else {
            Ok((tag >> 3, payload))
        }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Result<(u32, Payload<'a>), Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let field = self.field();
        if field.is_err() {
            self.rest = &[];
        }
        Some(field)
    }
}

/// The elements of one repeated message field, in their order. Ends after the first error.
#[derive(Clone, Copy, Debug)]
pub struct Repeated<'a, T> {
    fields: Fields<'a>,
    number: u32,
    read: fn(&'a [u8]) -> Result<T, Malformed>,
}

impl<'a, T> Repeated<'a, T> {
    fn new(message: &'a [u8], number: u32, read: fn(&'a [u8]) -> Result<T, Malformed>) -> Self {
        Self {
            fields: Fields::new(message),
            number,
            read,
        }
    }
}

impl<T> Iterator for Repeated<'_, T> {
    type Item = Result<T, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let element = match self.fields.next()? {
                Ok((number, payload)) if number == self.number => {
                    payload.bytes().and_then(self.read)
                }
                Ok(_) => continue,
                Err(error) => Err(error),
            };
            if element.is_err() {
                self.fields.rest = &[];
            }
            return Some(element);
        }
    }
}

/// Key and value pairs: attributes, or the content of [`Value::KvList`].
pub type Attributes<'a> = Repeated<'a, (&'a [u8], Value<'a>)>;

/// An `AnyValue`. Text is meant to be UTF-8 and is not checked. Nested values are read when they are asked for;
/// whoever follows them bounds the depth.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// `string_value`
    Str(&'a [u8]),
    /// `bool_value`
    Bool(bool),
    /// `int_value`
    Int(i64),
    /// `double_value`
    Double(f64),
    /// `array_value`
    Array(Repeated<'a, Value<'a>>),
    /// `kvlist_value`
    KvList(Attributes<'a>),
    /// `bytes_value`
    Bytes(&'a [u8]),
    /// None of them.
    Empty,
}

impl<'a> Value<'a> {
    /// Reads an `AnyValue` message.
    pub fn read(message: &'a [u8]) -> Result<Self, Malformed> {
        let mut value = Self::Empty;
        for field in Fields::new(message) {
            let (number, payload) = field?;
            value = match number {
                1 => Self::Str(payload.bytes()?),
                2 => Self::Bool(payload.number()? != 0),
                3 => Self::Int(payload.number()? as i64),
                4 => Self::Double(f64::from_bits(payload.number()?)),
                5 => Self::Array(Repeated::new(payload.bytes()?, 1, Self::read)),
                6 => Self::KvList(Repeated::new(payload.bytes()?, 1, key_value)),
                7 => Self::Bytes(payload.bytes()?),
                _ => value,
            };
        }
        Ok(value)
    }
}

fn key_value(message: &[u8]) -> Result<(&[u8], Value<'_>), Malformed> {
    let (mut key, mut value) = (&[][..], Value::Empty);
    for field in Fields::new(message) {
        match field? {
            (1, payload) => key = payload.bytes()?,
            (2, payload) => value = Value::read(payload.bytes()?)?,
            _ => {}
        }
    }
    Ok((key, value))
}

/// The encoded `Span` messages of a `TracesData` or `ExportTraceServiceRequest`, in their order.
/// A malformed part gives one error in its place.
pub fn spans(request: &[u8]) -> impl Iterator<Item = Result<&[u8], Malformed>> {
    within(Ok(request), 1)
        .flat_map(|resource| within(resource, 2))
        .flat_map(|scope| within(scope, 2))
}

fn within(
    message: Result<&[u8], Malformed>,
    number: u32,
) -> impl Iterator<Item = Result<&[u8], Malformed>> {
    let bytes = message.unwrap_or_default();
    message
        .err()
        .map(Err)
        .into_iter()
        .chain(Repeated::new(bytes, number, Ok))
}
