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

/// How many events or links there are, and how many the limit refused.
#[derive(Debug)]
struct Items {
    count: u32,
    dropped: u32,
}

impl Items {
    const NONE: Self = Self {
        count: 0,
        dropped: 0,
    };

    #[inline(never)]
    fn add(&mut self, field: u32, encoded: &[u8], out: &mut Vec<u8>) {
        if self.count < limits::ITEMS {
            self.count += 1;
            bytes(field, encoded, out);
        } else {
            self.dropped += 1;
        }
    }
}

/// A span that has not ended.
#[derive(Debug)]
pub struct OpenSpan {
    /// Its ids, kind, times and flags. It has an end while it is still to be written.
    pub fixed: write::Fixed,
    /// Milliseconds that its trace adds to times of the page's clock.
    pub offset: f64,
    /// The offset of traces that began when it did.
    pub offset_at_start: f64,
    /// Redacted and cut to its limit.
    pub name: Vec<u8>,
    /// The remote context's `tracestate`.
    pub trace_state: Vec<u8>,
    /// Its attributes.
    pub attributes: Attributes,
    /// Events and links as they came.
    items: Vec<u8>,
    events: Items,
    links: Items,
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
    /// An empty slot. A constant is copied in one piece.
    pub(super) const BLANK: Self = Self {
        fixed: write::Fixed::new(),
        offset: 0.0,
        offset_at_start: 0.0,
        name: Vec::new(),
        trace_state: Vec::new(),
        attributes: Attributes::new(Owner::Span),
        items: Vec::new(),
        events: Items::NONE,
        links: Items::NONE,
        status: Status::Unset,
        encoded_status: Vec::new(),
        generation: 0,
        serial: 0,
        open: false,
        next_free: 0,
    };

    /// Adds an event: the message that [`write::event`] wrote.
    pub fn add_event(&mut self, encoded: &[u8]) {
        self.events.add(write::EVENTS, encoded, &mut self.items);
    }

    /// Adds a link: the message that [`write::link`] wrote.
    pub fn add_link(&mut self, encoded: &[u8]) {
        self.links.add(write::LINKS, encoded, &mut self.items);
    }

    /// Counts links that were left out before they came here.
    pub fn refuse_links(&mut self, count: u32) {
        self.links.dropped += count;
    }

    /// Whether it has a link.
    pub fn is_linked(&self) -> bool {
        self.links.count > 0
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

    /// Sets the name, which is redacted and cut to its limit already.
    pub fn set_name(&mut self, name: &[u8]) {
        self.name.clear();
        put(name, &mut self.name);
    }

    /// The status set so far.
    pub fn status(&self) -> Status {
        self.status
    }

    /// The fields to write when the span has ended.
    #[inline]
    pub fn fields(&mut self) -> write::SpanFields<'_> {
        self.fixed.set_name_len(self.name.len());
        write::SpanFields {
            fixed: &self.fixed,
            trace_state: &self.trace_state,
            name: &self.name,
            attributes: &self.attributes,
            items: &self.items,
            dropped_events: self.events.dropped,
            dropped_links: self.links.dropped,
            status: &self.encoded_status,
        }
    }

    /// Empties the slot for its next span and keeps its memory, unless it had grown large.
    pub(super) fn clear(&mut self) {
        self.attributes.clear();
        reset(&mut self.name);
        reset(&mut self.trace_state);
        reset(&mut self.items);
        reset(&mut self.encoded_status);
        self.events = Items::NONE;
        self.links = Items::NONE;
        self.status = Status::Unset;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otlp::wire::LEN;

    #[test]
    fn ok_is_final_and_an_error_may_change_its_text() {
        let mut span = OpenSpan::BLANK;
        span.set_status(Status::Error, b"first");
        span.set_status(Status::Error, b"second");
        assert_eq!(span.fields().status, b"\x12\x06second\x18\x02");
        span.set_status(Status::Ok, b"ignored");
        span.set_status(Status::Error, b"late");
        assert_eq!(span.fields().status, b"\x18\x01");
    }

    #[test]
    fn events_over_the_limit_are_counted() {
        let mut span = OpenSpan::BLANK;
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
            (limits::ITEMS as usize, 2)
        );
        assert_eq!(
            (kept(write::LINKS), fields.dropped_links),
            (limits::ITEMS as usize, 7)
        );
    }
}
