//! Views of spans, events and links over their protobuf bytes.
//!
//! Source: opentelemetry-proto, `trace/v1/trace.proto`.

use super::{Attributes, Fields, Malformed, Repeated, key_value};

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
