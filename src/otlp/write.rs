//! Writes an ended span as OTLP protobuf, once, into the buffer it will be sent from.
//!
//! Source: opentelemetry-proto, `trace/v1/trace.proto`, messages `Span`, `Event`, `Link`, `Status`.

use crate::core::attributes::Attributes;
use crate::otlp::wire::{bytes, bytes_if, fixed32, fixed64, put, uint_if};
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

/// The fields of a span that always have the same size, and what stands before its name: written in one piece.
#[derive(Clone, Copy, Debug)]
pub struct Fixed([u8; 67]);

/// Where the fields of a root span begin: it has no parent.
const ROOT: usize = 10;

impl Fixed {
    /// Tags and lengths; every value is zero.
    pub const fn new() -> Self {
        let mut bytes = [0; 67];
        (bytes[0], bytes[1]) = (0x22, 8);
        (bytes[10], bytes[11]) = (0x0A, 16);
        (bytes[28], bytes[29]) = (0x12, 8);
        bytes[38] = 0x30;
        bytes[40] = 0x39;
        bytes[49] = 0x41;
        (bytes[58], bytes[59]) = (0x85, 1);
        bytes[64] = 0x2A;
        Self(bytes)
    }

    /// Sets the ids; a parent of zeros is none.
    pub fn set_ids(&mut self, trace: &[u8; 16], span: &[u8; 8], parent: &[u8; 8]) {
        self.0[2..10].copy_from_slice(parent);
        self.0[12..28].copy_from_slice(trace);
        self.0[30..38].copy_from_slice(span);
    }

    /// Sets `SpanKind` as its protobuf number, 1 (internal) to 5 (consumer), the start in Unix nanoseconds, and the
    /// W3C flags in bits 0 to 7 with [`HAS_IS_REMOTE`] and [`IS_REMOTE`]. It has no end then.
    pub fn begin(&mut self, kind: u8, start: u64, flags: u32) {
        self.0[39] = kind;
        self.0[41..49].copy_from_slice(&start.to_le_bytes());
        self.0[50..58].fill(0);
        self.0[60..64].copy_from_slice(&flags.to_le_bytes());
    }

    /// Sets the end in Unix nanoseconds, which is moved up to the start if it lies before it.
    pub fn end(&mut self, time: u64) {
        let start = u64::from_le_bytes(core::array::from_fn(|at| self.0[41 + at]));
        self.0[50..58].copy_from_slice(&time.max(start).max(1).to_le_bytes());
    }

    /// Whether it has an end.
    pub fn has_ended(&self) -> bool {
        self.0[50..58] != [0; 8]
    }

    /// W3C's flags.
    pub fn flags(&self) -> u8 {
        self.0[60]
    }

    /// The trace id.
    pub fn trace_id(&self) -> [u8; 16] {
        core::array::from_fn(|at| self.0[12 + at])
    }

    /// The span id.
    pub fn span_id(&self) -> [u8; 8] {
        core::array::from_fn(|at| self.0[30 + at])
    }

    /// Whether there is a parent.
    pub fn has_parent(&self) -> bool {
        self.0[2..ROOT] != [0; 8]
    }

    /// Sets the length of the name that follows, of which the limits keep less than two bytes of a varint can say.
    pub fn set_name_len(&mut self, len: usize) {
        self.0[65] = len as u8;
        self.0[66] = 0;
        if len > 127 {
            self.0[65] |= 0x80;
            self.0[66] = (len >> 7) as u8;
        }
    }

    fn bytes(&self) -> &[u8] {
        let start = if self.has_parent() { 0 } else { ROOT };
        let end = if self.0[66] > 0 { 67 } else { 66 };
        &self.0[start..end]
    }
}

impl Default for Fixed {
    fn default() -> Self {
        Self::new()
    }
}

/// A span's fields in the form in which they are written.
#[derive(Clone, Copy, Debug)]
pub struct SpanFields<'a> {
    /// Ids, kind, times, flags.
    pub fixed: &'a Fixed,
    /// UTF-8, of less than 16,384 bytes.
    pub name: &'a [u8],
    /// Its attributes.
    pub attributes: &'a Attributes,
    /// Encoded `events` and `links` fields.
    pub items: &'a [u8],
    /// W3C `tracestate`, may be empty.
    pub trace_state: &'a [u8],
    /// How many events were dropped.
    pub dropped_events: u32,
    /// How many links were dropped.
    pub dropped_links: u32,
    /// Encoded `Status`; empty: unset.
    pub status: &'a [u8],
}

/// Appends the span as a message of its own, without tag and length.
#[inline(always)]
pub fn span(fields: &SpanFields<'_>, out: &mut Vec<u8>) {
    put(fields.fixed.bytes(), out);
    put(fields.name, out);
    fields.attributes.write(out);
    put(fields.items, out);
    bytes_if(3, fields.trace_state, out);
    uint_if(12, u64::from(fields.dropped_events), out);
    uint_if(14, u64::from(fields.dropped_links), out);
    bytes_if(15, fields.status, out);
}

/// Appends the message of an event, an element of `Span.events` ([`EVENTS`]), but for its attributes.
#[inline(always)]
pub fn event(time: u64, name: &[u8], out: &mut Vec<u8>) {
    fixed64(1, time, out);
    bytes(2, name, out);
}

/// Appends the message of a link, an element of `Span.links` ([`LINKS`]), but for its attributes. `flags` as in
/// [`Fixed::begin`].
pub fn link(trace_id: &[u8], span_id: &[u8], trace_state: &[u8], flags: u32, out: &mut Vec<u8>) {
    bytes(1, trace_id, out);
    bytes(2, span_id, out);
    bytes_if(3, trace_state, out);
    fixed32(6, flags, out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::attributes::Owner;
    use crate::otlp::read::SpanView;

    #[test]
    fn reads_back_as_written() {
        let (mut event_bytes, mut link_bytes) = (Vec::new(), Vec::new());
        event(5, b"e", &mut event_bytes);
        link(&[1; 16], &[2; 8], b"a=b", 0x300, &mut link_bytes);
        let mut items = Vec::new();
        bytes(EVENTS, &event_bytes, &mut items);
        bytes(LINKS, &link_bytes, &mut items);
        let mut attributes = Attributes::new(Owner::Span);
        attributes.refuse();
        let long = [b'x'; 300];
        for (state, name, status) in [
            (&b""[..], &b"n"[..], &b""[..]),
            (b"k=v", &long, b"\x12\x01m\x18\x02"),
            (b"", b"", b"\x18\x01"),
        ] {
            let is_root = name.is_empty();
            let parent = if is_root { [0; 8] } else { [3; 8] };
            let mut fixed = Fixed::new();
            fixed.set_ids(&[1; 16], &[2; 8], &parent);
            fixed.begin(3, 1, 0x101);
            assert!(!fixed.has_ended());
            fixed.end(0);
            assert_eq!(
                fixed.bytes()[fixed.bytes().len() - 16..][..8],
                [1, 0, 0, 0, 0, 0, 0, 0]
            );
            fixed.end(u64::MAX);
            fixed.set_name_len(name.len());
            let fields = SpanFields {
                fixed: &fixed,
                trace_state: state,
                name,
                attributes: &attributes,
                items: &items,
                dropped_events: 0,
                dropped_links: 200,
                status,
            };
            let mut out = Vec::new();
            span(&fields, &mut out);
            let view = SpanView::read(&out).unwrap();
            assert_eq!((view.trace_id, view.span_id), (&[1; 16][..], &[2; 8][..]));
            assert_eq!((view.name, view.start, view.end), (name, 1, u64::MAX));
            let read: &[u8] = if is_root { &[] } else { &parent };
            let message = if state.is_empty() { "" } else { "m" };
            assert_eq!(view.status_message, message.as_bytes());
            assert_eq!(view.status, u32::from(status.last().copied().unwrap_or(0)));
            assert_eq!(view.parent_span_id, read);
            assert_eq!((view.kind, view.flags, view.trace_state), (3, 0x101, state));
            assert_eq!((view.dropped_attributes, view.dropped_links), (1, 200));
            assert_eq!((view.events().count(), view.links().count()), (1, 1));
            assert_eq!(
                (fixed.trace_id(), fixed.span_id(), fixed.has_parent()),
                ([1; 16], [2; 8], !is_root)
            );
        }
    }
}
