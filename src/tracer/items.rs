//! Events and links: put together under [`ITEM`](crate::tracer::attributes::ITEM), then added to their span.

use alloc::vec::Vec;

use crate::core::attributes::{Attributes, Owner};
use crate::core::ids::{SpanId, TraceId};
use crate::core::slab::Handle;
use crate::core::span::OpenSpan;
use crate::otlp::write;
use crate::tracer::Tracer;
use crate::tracer::spans::{Token, named, otlp_flags};

/// An event or link being put together, and the array value being put together.
#[derive(Debug)]
pub struct Item {
    encoded: Vec<u8>,
    is_link: bool,
    pub(crate) attributes: Attributes,
    pub(crate) array: Vec<u8>,
    pub(crate) array_count: usize,
}

impl Item {
    pub(crate) const fn new() -> Self {
        Self {
            encoded: Vec::new(),
            is_link: false,
            attributes: Attributes::new(Owner::Event),
            array: Vec::new(),
            array_count: 0,
        }
    }

    fn begin(&mut self, owner: Owner) {
        self.encoded.clear();
        self.is_link = owner == Owner::Link;
        self.attributes.begin(owner);
    }

    /// Starts a link to a context.
    #[inline(never)]
    pub(crate) fn begin_link(
        &mut self,
        trace: &TraceId,
        span: &SpanId,
        flags: u32,
        trace_state: &[u8],
    ) {
        let flags = otlp_flags(flags);
        self.begin(Owner::Link);
        write::link(&trace.0, &span.0, trace_state, flags, &mut self.encoded);
    }

    /// Adds the event or link that was put together to its span.
    #[inline(never)]
    pub(crate) fn finish(&mut self, span: &mut OpenSpan) {
        self.attributes.write(&mut self.encoded);
        if self.is_link {
            span.add_link(&self.encoded);
        } else {
            span.add_event(&self.encoded);
        }
    }
}

impl Tracer {
    /// Starts an event, whose attributes go to [`ITEM`] until [`Tracer::finish_item`]. Its trace's offset is in `time`
    /// already.
    pub fn begin_event(&mut self, name: Token, time: f64) {
        self.item.begin(Owner::Event);
        let texts = (&self.names, &self.scratch, &self.redaction);
        let name = named(name, texts, &mut self.redacted);
        write::event(self.clock.unix(time), name, &mut self.item.encoded);
    }

    /// Starts a link to a context, whose attributes go to [`ITEM`] until [`Tracer::finish_item`]. Its `tracestate` is the
    /// first `len` bytes of the scratch buffer.
    pub fn begin_link(&mut self, trace: &TraceId, span: &SpanId, flags: u32, len: usize) {
        let state = self.scratch.text(len);
        self.item.begin_link(trace, span, flags, state);
    }

    /// Adds the event or link that was put together to its span.
    pub fn finish_item(&mut self, handle: Handle) {
        if let Some(span) = self.spans.get(handle) {
            self.item.finish(span);
        }
    }
}
