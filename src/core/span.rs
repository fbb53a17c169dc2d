//! An open span: its identity, and its contents in their OTLP form.

use crate::core::attributes::{Attributes, Owner};
use crate::core::ids::{SpanId, TraceId};
use crate::core::limits;
use crate::otlp::wire::bytes;
use crate::otlp::write;
use alloc::vec::Vec;

/// Bytes of contents after which a slot gives its memory back.
const LARGE: usize = 8_192;

/// What a span is, as its OTLP number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Inside the page.
    #[default]
    Internal = 1,
    /// A request that the page makes.
    Client = 3,
    /// A message that the page sends.
    Producer = 4,
    /// A message that the page received.
    Consumer = 5,
}

impl Kind {
    /// From its OTLP number; anything else is internal.
    pub fn from_number(number: u32) -> Self {
        match number {
            3 => Self::Client,
            4 => Self::Producer,
            5 => Self::Consumer,
            _ => Self::Internal,
        }
    }
}

/// The result of the work a span stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(u8)]
pub enum Status {
    /// Nothing was said.
    #[default]
    Unset = 0,
    /// Somebody said it is fine; an error said later does not change that.
    Ok = 1,
    /// It failed.
    Error = 2,
}

/// A span that has not ended.
#[derive(Debug)]
pub struct OpenSpan {
    /// The trace it belongs to.
    pub trace_id: TraceId,
    /// Its own id.
    pub span_id: SpanId,
    /// Its parent's id; all zero for a root.
    pub parent: SpanId,
    /// W3C flags and the two bits that say whether the parent is remote.
    pub flags: u32,
    /// What it is.
    pub kind: Kind,
    /// Redacted and cut to its limit.
    pub name: Vec<u8>,
    /// Unix time in nanoseconds.
    pub start: u64,
    /// Unix time in nanoseconds of the end of a span that is still to be written; 0 before its end.
    pub ended: u64,
    /// The remote context's `tracestate`.
    pub trace_state: Vec<u8>,
    /// Its attributes.
    pub attributes: Attributes,
    events: Vec<u8>,
    event_count: u32,
    links: Vec<u8>,
    link_count: u32,
    refused_links: u32,
    status: Status,
    status_message: Vec<u8>,
    pub(super) generation: u32,
    // When it began, among the others: many begin within one tick of the clock.
    pub(super) serial: u64,
    pub(super) open: bool,
}

impl OpenSpan {
    pub(super) fn new() -> Self {
        Self {
            trace_id: TraceId::default(),
            span_id: SpanId::default(),
            parent: SpanId::default(),
            flags: 0,
            kind: Kind::Internal,
            name: Vec::new(),
            start: 0,
            ended: 0,
            trace_state: Vec::new(),
            attributes: Attributes::new(Owner::Span),
            events: Vec::new(),
            event_count: 0,
            links: Vec::new(),
            link_count: 0,
            refused_links: 0,
            status: Status::Unset,
            status_message: Vec::new(),
            generation: 0,
            serial: 0,
            open: false,
        }
    }

    /// Adds an event: the message that [`write::event`] wrote.
    pub fn add_event(&mut self, encoded: &[u8]) {
        self.event_count = self.event_count.saturating_add(1);
        if self.event_count as usize <= limits::EVENTS {
            bytes(write::EVENTS, encoded, &mut self.events);
        }
    }

    /// Adds a link: the message that [`write::link`] wrote.
    pub fn add_link(&mut self, encoded: &[u8]) {
        self.link_count = self.link_count.saturating_add(1);
        if self.link_count as usize <= limits::LINKS {
            bytes(write::LINKS, encoded, &mut self.links);
        }
    }

    /// Counts links that were left out before they came here.
    pub fn refuse_links(&mut self, count: u32) {
        self.refused_links = self.refused_links.saturating_add(count);
    }

    /// Whether it has a link.
    pub fn is_linked(&self) -> bool {
        self.link_count > 0
    }

    /// Sets the status. `Ok` is final, and `Unset` never replaces anything (OpenTelemetry, "Set Status").
    pub fn set_status(&mut self, status: Status, message: &[u8]) {
        if self.status == Status::Ok || status == Status::Unset {
            return;
        }
        self.status = status;
        self.status_message.clear();
        if status == Status::Error {
            self.status_message
                .extend_from_slice(limits::cut(message, limits::VALUE_BYTES));
        }
    }

    /// The status set so far.
    pub fn status(&self) -> Status {
        self.status
    }

    /// The fields to write when the span ends at `end`, which is moved up to the start if it lies before it.
    #[inline]
    pub fn fields(&self, end: u64) -> write::SpanFields<'_> {
        write::SpanFields {
            trace_id: &self.trace_id.0,
            span_id: &self.span_id.0,
            parent_span_id: if self.parent.is_valid() {
                &self.parent.0
            } else {
                &[]
            },
            trace_state: &self.trace_state,
            flags: self.flags,
            name: &self.name,
            kind: self.kind as u8,
            start: self.start,
            end: end.max(self.start),
            attributes: self.attributes.bytes(),
            dropped_attributes: self.attributes.dropped(),
            events: &self.events,
            dropped_events: self.event_count.saturating_sub(limits::EVENTS as u32),
            links: &self.links,
            dropped_links: self
                .link_count
                .saturating_sub(limits::LINKS as u32)
                .saturating_add(self.refused_links),
            status: self.status as u8,
            status_message: &self.status_message,
        }
    }

    /// Empties the slot for its next span and keeps its memory, unless it had grown large.
    pub(super) fn clear(&mut self) {
        let used = self.attributes.bytes().len() + self.events.len() + self.links.len();
        if used > LARGE {
            let generation = self.generation;
            *self = Self::new();
            self.generation = generation;
            return;
        }
        self.attributes.clear();
        self.trace_state.clear();
        self.name.clear();
        self.events.clear();
        self.links.clear();
        self.status_message.clear();
        self.event_count = 0;
        self.link_count = 0;
        self.refused_links = 0;
        self.status = Status::Unset;
        self.ended = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ok_is_final_and_an_error_may_change_its_text() {
        let mut span = OpenSpan::new();
        span.set_status(Status::Error, b"first");
        span.set_status(Status::Error, b"second");
        assert_eq!(span.fields(0).status_message, b"second");
        span.set_status(Status::Ok, b"ignored");
        span.set_status(Status::Error, b"late");
        assert_eq!(
            (span.fields(0).status, span.fields(0).status_message),
            (1, &b""[..])
        );
    }

    #[test]
    fn events_over_the_limit_are_counted() {
        let mut span = OpenSpan::new();
        for _ in 0..130 {
            span.add_event(b"e");
            span.add_link(b"l");
        }
        span.refuse_links(5);
        let fields = span.fields(0);
        assert_eq!(
            (fields.events.len() / 3, fields.dropped_events),
            (limits::EVENTS, 2)
        );
        assert_eq!(
            (fields.links.len() / 3, fields.dropped_links),
            (limits::LINKS, 7)
        );
    }
}
