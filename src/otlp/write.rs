//! Writes an ended span as OTLP protobuf, once, into the buffer it will be sent from.
//!
//! Source: opentelemetry-proto, `trace/v1/trace.proto`, messages `Span`, `Event`, `Link`, `Status`.

use crate::otlp::wire::{
    LEN, bytes, bytes_if, field_len, fixed32, fixed64, put, tag, uint_if, varint, varint_len,
};
use alloc::vec::Vec;

/// Bit 8 of `Span.flags`: whether the parent is remote is known.
pub const HAS_IS_REMOTE: u32 = 0x100;
/// Bit 9 of `Span.flags`: the parent is remote.
pub const IS_REMOTE: u32 = 0x200;

/// A span's fields in the form in which they are written.
#[derive(Clone, Copy, Debug)]
pub struct SpanFields<'a> {
    /// 16 bytes.
    pub trace_id: &'a [u8],
    /// 8 bytes.
    pub span_id: &'a [u8],
    /// 8 bytes, or empty for a root span.
    pub parent_span_id: &'a [u8],
    /// W3C `tracestate`, may be empty.
    pub trace_state: &'a [u8],
    /// W3C flags in bits 0 to 7, [`HAS_IS_REMOTE`], [`IS_REMOTE`].
    pub flags: u32,
    /// UTF-8.
    pub name: &'a [u8],
    /// `SpanKind` as its protobuf number, 1 (internal) to 5 (consumer).
    pub kind: u8,
    /// Unix time in nanoseconds.
    pub start: u64,
    /// Unix time in nanoseconds.
    pub end: u64,
    /// Encoded `attributes` fields.
    pub attributes: &'a [u8],
    /// How many attributes were dropped.
    pub dropped_attributes: u32,
    /// Encoded `events` fields.
    pub events: &'a [u8],
    /// How many events were dropped.
    pub dropped_events: u32,
    /// Encoded `links` fields.
    pub links: &'a [u8],
    /// How many links were dropped.
    pub dropped_links: u32,
    /// `StatusCode` as its protobuf number: 0 unset, 1 ok, 2 error.
    pub status: u8,
    /// Status message, may be empty.
    pub status_message: &'a [u8],
}

impl SpanFields<'_> {
    fn optional_len(field: &[u8]) -> usize {
        if field.is_empty() {
            0
        } else {
            field_len(field.len())
        }
    }

    fn count_len(count: u32) -> usize {
        if count == 0 {
            0
        } else {
            1 + varint_len(u64::from(count))
        }
    }

    fn status_len(&self) -> usize {
        if self.status == 0 {
            0
        } else {
            2 + Self::optional_len(self.status_message)
        }
    }

    fn body_len(&self) -> usize {
        let status = self.status_len();
        field_len(self.trace_id.len())
            + field_len(self.span_id.len())
            + Self::optional_len(self.trace_state)
            + Self::optional_len(self.parent_span_id)
            + field_len(self.name.len())
            + 2
            + 9
            + 9
            + self.attributes.len()
            + Self::count_len(self.dropped_attributes)
            + self.events.len()
            + Self::count_len(self.dropped_events)
            + self.links.len()
            + Self::count_len(self.dropped_links)
            + if status == 0 { 0 } else { field_len(status) }
            + 6
    }
}

/// Bytes that [`span`] appends.
pub fn span_len(fields: &SpanFields<'_>) -> usize {
    field_len(fields.body_len())
}

/// Appends the span as an element of `ScopeSpans.spans` (field 2), tag and length included.
pub fn span(fields: &SpanFields<'_>, out: &mut Vec<u8>) {
    let body = fields.body_len();
    out.reserve(field_len(body));
    tag(2, LEN, out);
    varint(body as u64, out);
    bytes(1, fields.trace_id, out);
    bytes(2, fields.span_id, out);
    bytes_if(3, fields.trace_state, out);
    bytes_if(4, fields.parent_span_id, out);
    bytes(5, fields.name, out);
    uint_if(6, u64::from(fields.kind), out);
    fixed64(7, fields.start, out);
    fixed64(8, fields.end, out);
    put(fields.attributes, out);
    uint_if(10, u64::from(fields.dropped_attributes), out);
    put(fields.events, out);
    uint_if(12, u64::from(fields.dropped_events), out);
    put(fields.links, out);
    uint_if(14, u64::from(fields.dropped_links), out);
    if fields.status != 0 {
        tag(15, LEN, out);
        varint(fields.status_len() as u64, out);
        bytes_if(2, fields.status_message, out);
        uint_if(3, u64::from(fields.status), out);
    }
    fixed32(16, fields.flags, out);
}

/// Appends an element of `Span.events` (field 11).
pub fn event(time: u64, name: &[u8], attributes: &[u8], dropped: u32, out: &mut Vec<u8>) {
    let len = 9 + field_len(name.len()) + attributes.len() + SpanFields::count_len(dropped);
    tag(11, LEN, out);
    varint(len as u64, out);
    fixed64(1, time, out);
    bytes(2, name, out);
    put(attributes, out);
    uint_if(4, u64::from(dropped), out);
}

/// Appends an element of `Span.links` (field 13). `flags` as in [`SpanFields::flags`].
pub fn link(
    trace_id: &[u8],
    span_id: &[u8],
    trace_state: &[u8],
    attributes: &[u8],
    dropped: u32,
    flags: u32,
    out: &mut Vec<u8>,
) {
    let len = field_len(trace_id.len())
        + field_len(span_id.len())
        + SpanFields::optional_len(trace_state)
        + attributes.len()
        + SpanFields::count_len(dropped)
        + 5;
    tag(13, LEN, out);
    varint(len as u64, out);
    bytes(1, trace_id, out);
    bytes(2, span_id, out);
    bytes_if(3, trace_state, out);
    put(attributes, out);
    uint_if(5, u64::from(dropped), out);
    fixed32(6, flags, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_in_front_is_the_length_of_what_follows() {
        let long = [b'x'; 300];
        let mut events = Vec::new();
        event(5, b"e", &[], 3, &mut events);
        let mut links = Vec::new();
        link(&[1; 16], &[2; 8], b"a=b", &[], 1, 0x300, &mut links);
        for (state, name, status) in [(&b""[..], &b"n"[..], 0), (b"k=v", &long, 2), (b"", b"", 1)] {
            let fields = SpanFields {
                trace_id: &[1; 16],
                span_id: &[2; 8],
                parent_span_id: if status == 1 { &[] } else { &[3; 8] },
                trace_state: state,
                flags: 0x101,
                name,
                kind: 3,
                start: 1,
                end: u64::MAX,
                attributes: &[],
                dropped_attributes: 200,
                events: &events,
                dropped_events: 0,
                links: &links,
                dropped_links: 1,
                status,
                status_message: name,
            };
            let mut out = Vec::new();
            span(&fields, &mut out);
            assert_eq!(out.len(), span_len(&fields));
            assert_eq!(out.first(), Some(&0x12));
        }
        assert_eq!(
            events.get(1).map(|len| usize::from(*len) + 2),
            Some(events.len())
        );
        assert_eq!(
            links.get(1).map(|len| usize::from(*len) + 2),
            Some(links.len())
        );
    }
}
