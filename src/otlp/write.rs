//! Writes an ended span as OTLP protobuf, once, into the buffer it will be sent from.
//!
//! Source: opentelemetry-proto, `trace/v1/trace.proto`, messages `Span`, `Event`, `Link`, `Status`.

use crate::otlp::wire::{
    LEN, bytes, bytes_if, field_len, fixed32, fixed64, put, tag, uint_if, varint,
};
use alloc::vec::Vec;

/// Field number of `Span.events`.
pub const EVENTS: u32 = 11;
/// Field number of `Span.links`.
pub const LINKS: u32 = 13;
/// Field number of `ScopeSpans.spans`.
pub const SPANS: u32 = 2;
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

/// Appends the span as a message of its own, without tag and length.
pub fn span(fields: &SpanFields<'_>, out: &mut Vec<u8>) {
    bytes(1, fields.trace_id, out);
    bytes(2, fields.span_id, out);
    bytes_if(3, fields.trace_state, out);
    bytes_if(4, fields.parent_span_id, out);
    bytes(5, fields.name, out);
    // In one piece: what a span costs is how many pieces it is written in.
    let mut fixed = [0; 20];
    let [kind_tag, kind, start_tag, times @ ..] = &mut fixed;
    (*kind_tag, *kind, *start_tag) = (0x30, fields.kind, 0x39);
    times[..8].copy_from_slice(&fields.start.to_le_bytes());
    times[8] = 0x41;
    times[9..].copy_from_slice(&fields.end.to_le_bytes());
    put(&fixed, out);
    put(fields.attributes, out);
    uint_if(10, u64::from(fields.dropped_attributes), out);
    put(fields.events, out);
    uint_if(12, u64::from(fields.dropped_events), out);
    put(fields.links, out);
    uint_if(14, u64::from(fields.dropped_links), out);
    if fields.status != 0 {
        let message = fields.status_message.len();
        let len = 2 + if message == 0 { 0 } else { field_len(message) };
        tag(15, LEN, out);
        varint(len as u64, out);
        bytes_if(2, fields.status_message, out);
        uint_if(3, u64::from(fields.status), out);
    }
    fixed32(16, fields.flags, out);
}

/// Appends the message of an event, an element of `Span.events` ([`EVENTS`]).
pub fn event(time: u64, name: &[u8], attributes: &[u8], dropped: u32, out: &mut Vec<u8>) {
    fixed64(1, time, out);
    bytes(2, name, out);
    put(attributes, out);
    uint_if(4, u64::from(dropped), out);
}

/// Appends the message of a link, an element of `Span.links` ([`LINKS`]). `flags` as in [`SpanFields::flags`].
pub fn link(
    trace_id: &[u8],
    span_id: &[u8],
    trace_state: &[u8],
    attributes: &[u8],
    dropped: u32,
    flags: u32,
    out: &mut Vec<u8>,
) {
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
    use crate::otlp::read::SpanView;

    #[test]
    fn reads_back_as_written() {
        let (mut event_bytes, mut link_bytes) = (Vec::new(), Vec::new());
        event(5, b"e", &[], 3, &mut event_bytes);
        link(&[1; 16], &[2; 8], b"a=b", &[], 1, 0x300, &mut link_bytes);
        let (mut events, mut links) = (Vec::new(), Vec::new());
        bytes(EVENTS, &event_bytes, &mut events);
        bytes(LINKS, &link_bytes, &mut links);
        let long = [b'x'; 300];
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
            let view = SpanView::read(&out).unwrap();
            assert_eq!(
                (view.trace_id, view.span_id),
                (fields.trace_id, fields.span_id)
            );
            assert_eq!((view.name, view.start, view.end), (name, 1, u64::MAX));
            assert_eq!(view.parent_span_id, fields.parent_span_id);
            assert_eq!((view.events().count(), view.links().count()), (1, 1));
        }
    }
}
