//! An open span: its identity, and its contents in their OTLP form.

use crate::core::attributes::{Attributes, Owner};
use crate::core::limits;
use crate::otlp::wire::{bytes, bytes_if, put, reset, uint_if};
use crate::otlp::write;
use alloc::vec::Vec;

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
    /// Its ids.
    pub fixed: write::Fixed,
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
    /// Events and links as they came.
    items: Vec<u8>,
    event_count: u32,
    link_count: u32,
    refused_links: u32,
    status: Status,
    /// The message in which the status is sent.
    encoded_status: Vec<u8>,
    pub(super) generation: u32,
    // When it began, among the others: many begin within one tick of the clock.
    pub(super) serial: u64,
    pub(super) open: bool,
    // While it is free: the next free slot, counted from 1.
    pub(super) next_free: u32,
}

impl OpenSpan {
    pub(super) fn new() -> Self {
        Self {
            fixed: write::Fixed::new(),
            flags: 0,
            kind: Kind::Internal,
            name: Vec::new(),
            start: 0,
            ended: 0,
            trace_state: Vec::new(),
            attributes: Attributes::new(Owner::Span),
            items: Vec::new(),
            event_count: 0,
            link_count: 0,
            refused_links: 0,
            status: Status::Unset,
            encoded_status: Vec::new(),
            generation: 0,
            serial: 0,
            open: false,
            next_free: 0,
        }
    }

    /// Adds an event: the message that [`write::event`] wrote.
    pub fn add_event(&mut self, encoded: &[u8]) {
        self.event_count = self.event_count.saturating_add(1);
        if self.event_count as usize <= limits::EVENTS {
            bytes(write::EVENTS, encoded, &mut self.items);
        }
    }

    /// Adds a link: the message that [`write::link`] wrote.
    pub fn add_link(&mut self, encoded: &[u8]) {
        self.link_count = self.link_count.saturating_add(1);
        if self.link_count as usize <= limits::LINKS {
            bytes(write::LINKS, encoded, &mut self.items);
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
        let out = &mut self.encoded_status;
        out.clear();
        if status == Status::Error {
            bytes_if(2, limits::cut(message, limits::VALUE_BYTES), out);
        }
        uint_if(3, status as u64, out);
    }

    /// Sets the name, which is redacted already.
    pub fn set_name(&mut self, name: &[u8]) {
        self.name.clear();
        put(limits::cut(name, limits::NAME_BYTES), &mut self.name);
    }

    /// The status set so far.
    pub fn status(&self) -> Status {
        self.status
    }

    /// The fields to write when the span has ended, which is moved up to its start if it lies before it.
    #[inline]
    pub fn fields(&mut self) -> write::SpanFields<'_> {
        let end = self.ended.max(self.start);
        self.fixed
            .set_values(self.kind as u8, self.start, end, self.flags);
        self.fixed.set_name_len(self.name.len());
        write::SpanFields {
            fixed: &self.fixed,
            trace_state: &self.trace_state,
            name: &self.name,
            attributes: &self.attributes,
            items: &self.items,
            dropped_events: self.event_count.saturating_sub(limits::EVENTS as u32),
            dropped_links: self
                .link_count
                .saturating_sub(limits::LINKS as u32)
                .saturating_add(self.refused_links),
            status: &self.encoded_status,
        }
    }

    /// Empties the slot for its next span and keeps its memory, unless it had grown large.
    pub(super) fn clear(&mut self) {
        self.attributes.clear();
        for text in [
            &mut self.name,
            &mut self.trace_state,
            &mut self.items,
            &mut self.encoded_status,
        ] {
            reset(text);
        }
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
    use crate::otlp::wire::LEN;

    #[test]
    fn ok_is_final_and_an_error_may_change_its_text() {
        let mut span = OpenSpan::new();
        span.set_status(Status::Error, b"first");
        span.set_status(Status::Error, b"second");
        assert_eq!(span.fields().status, b"\x12\x06second\x18\x02");
        span.set_status(Status::Ok, b"ignored");
        span.set_status(Status::Error, b"late");
        assert_eq!(span.fields().status, b"\x18\x01");
    }

    #[test]
    fn events_over_the_limit_are_counted() {
        let mut span = OpenSpan::new();
        for _ in 0..130 {
            span.add_event(b"e");
            span.add_link(b"l");
        }
        span.refuse_links(5);
        let fields = span.fields();
        let kept = |field: u32| {
            let tag = (field << 3 | LEN) as u8;
            fields.items.chunks(3).filter(|item| item[0] == tag).count()
        };
        assert_eq!(
            (kept(write::EVENTS), fields.dropped_events),
            (limits::EVENTS, 2)
        );
        assert_eq!(
            (kept(write::LINKS), fields.dropped_links),
            (limits::LINKS, 7)
        );
    }
}
