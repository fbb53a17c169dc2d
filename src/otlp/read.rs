//! Reads OTLP protobuf without copying: fields, and the view of a span that JSON and span records come from.
//!
//! Source: the Protocol Buffers encoding guide; opentelemetry-proto, `trace/v1/trace.proto` and
//! `common/v1/common.proto`. Unknown fields are passed over. The bytes may come from storage, so nothing is trusted.

use crate::otlp::wire::{FIXED32, FIXED64, LEN, VARINT};

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

/// One event of a span.
#[derive(Clone, Copy, Debug)]
pub struct EventView<'a> {
    /// Unix time in nanoseconds.
    pub time: u64,
    /// Its name.
    pub name: &'a [u8],
    /// Its attributes.
    pub attributes: Attributes<'a>,
    /// How many attributes were dropped.
    pub dropped_attributes: u32,
}

/// One link of a span.
#[derive(Clone, Copy, Debug)]
pub struct LinkView<'a> {
    /// 16 bytes.
    pub trace_id: &'a [u8],
    /// 8 bytes.
    pub span_id: &'a [u8],
    /// W3C `tracestate`, may be empty.
    pub trace_state: &'a [u8],
    /// Its attributes.
    pub attributes: Attributes<'a>,
    /// How many attributes were dropped.
    pub dropped_attributes: u32,
    /// As in `Span.flags`.
    pub flags: u32,
}

/// One span. Its own fields are read at once, repeated ones as they are asked for.
#[derive(Clone, Copy, Debug)]
pub struct SpanView<'a> {
    message: &'a [u8],
    /// 16 bytes.
    pub trace_id: &'a [u8],
    /// 8 bytes.
    pub span_id: &'a [u8],
    /// W3C `tracestate`, may be empty.
    pub trace_state: &'a [u8],
    /// 8 bytes, or empty for a root span.
    pub parent_span_id: &'a [u8],
    /// Its name.
    pub name: &'a [u8],
    /// `SpanKind` as its number.
    pub kind: u32,
    /// Unix time in nanoseconds.
    pub start: u64,
    /// Unix time in nanoseconds.
    pub end: u64,
    /// How many attributes were dropped.
    pub dropped_attributes: u32,
    /// How many events were dropped.
    pub dropped_events: u32,
    /// How many links were dropped.
    pub dropped_links: u32,
    /// `StatusCode` as its number.
    pub status: u32,
    /// May be empty.
    pub status_message: &'a [u8],
    /// W3C flags, and whether the parent is remote.
    pub flags: u32,
}

impl<'a> SpanView<'a> {
    /// Reads a `Span` message.
    pub fn read(message: &'a [u8]) -> Result<Self, Malformed> {
        let mut span = Self {
            message,
            trace_id: &[],
            span_id: &[],
            trace_state: &[],
            parent_span_id: &[],
            name: &[],
            kind: 0,
            start: 0,
            end: 0,
            dropped_attributes: 0,
            dropped_events: 0,
            dropped_links: 0,
            status: 0,
            status_message: &[],
            flags: 0,
        };
        for field in Fields::new(message) {
            let (number, payload) = field?;
            match number {
                1 => span.trace_id = payload.bytes()?,
                2 => span.span_id = payload.bytes()?,
                3 => span.trace_state = payload.bytes()?,
                4 => span.parent_span_id = payload.bytes()?,
                5 => span.name = payload.bytes()?,
                6 => span.kind = payload.number()? as u32,
                7 => span.start = payload.number()?,
                8 => span.end = payload.number()?,
                10 => span.dropped_attributes = payload.number()? as u32,
                12 => span.dropped_events = payload.number()? as u32,
                14 => span.dropped_links = payload.number()? as u32,
                15 => span.read_status(payload.bytes()?)?,
                16 => span.flags = payload.number()? as u32,
                _ => {}
            }
        }
        Ok(span)
    }

    fn read_status(&mut self, message: &'a [u8]) -> Result<(), Malformed> {
        for field in Fields::new(message) {
            match field? {
                (2, payload) => self.status_message = payload.bytes()?,
                (3, payload) => self.status = payload.number()? as u32,
                _ => {}
            }
        }
        Ok(())
    }

    /// Its attributes.
    pub fn attributes(&self) -> Attributes<'a> {
        Repeated::new(self.message, 9, key_value)
    }

    /// Its events.
    pub fn events(&self) -> Repeated<'a, EventView<'a>> {
        Repeated::new(self.message, 11, event)
    }

    /// Its links.
    pub fn links(&self) -> Repeated<'a, LinkView<'a>> {
        Repeated::new(self.message, 13, link)
    }
}

fn event(message: &[u8]) -> Result<EventView<'_>, Malformed> {
    let attributes = Repeated::new(message, 3, key_value);
    let mut event = EventView {
        time: 0,
        name: &[],
        attributes,
        dropped_attributes: 0,
    };
    for field in Fields::new(message) {
        match field? {
            (1, payload) => event.time = payload.number()?,
            (2, payload) => event.name = payload.bytes()?,
            (4, payload) => event.dropped_attributes = payload.number()? as u32,
            _ => {}
        }
    }
    Ok(event)
}

fn link(message: &[u8]) -> Result<LinkView<'_>, Malformed> {
    let mut link = LinkView {
        trace_id: &[],
        span_id: &[],
        trace_state: &[],
        attributes: Repeated::new(message, 4, key_value),
        dropped_attributes: 0,
        flags: 0,
    };
    for field in Fields::new(message) {
        match field? {
            (1, payload) => link.trace_id = payload.bytes()?,
            (2, payload) => link.span_id = payload.bytes()?,
            (3, payload) => link.trace_state = payload.bytes()?,
            (5, payload) => link.dropped_attributes = payload.number()? as u32,
            (6, payload) => link.flags = payload.number()? as u32,
            _ => {}
        }
    }
    Ok(link)
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
