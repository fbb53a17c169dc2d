//! Events and links: put together under [`ITEM`](crate::tracer::attributes::ITEM), then added to their span.

use alloc::vec::Vec;

use crate::core::attributes::{Attributes, Owner};
use crate::core::ids::{SpanId, TraceId};
use crate::core::limits;
use crate::core::slab::Handle;
use crate::otlp::write;
use crate::tracer::Tracer;
use crate::tracer::spans::{RANDOM, REMOTE, SAMPLED, Token};

/// An event or link being put together, and the array value being put together.
#[derive(Debug)]
pub struct Item {
    time: u64,
    name: Vec<u8>,
    link: Option<(TraceId, SpanId, u32)>,
    trace_state: Vec<u8>,
    pub(crate) attributes: Attributes,
    pub(crate) array: Vec<u8>,
    pub(crate) array_count: usize,
    encoded: Vec<u8>,
}

impl Item {
    pub(crate) const fn new() -> Self {
        Self {
            time: 0,
            name: Vec::new(),
            link: None,
            trace_state: Vec::new(),
            attributes: Attributes::new(Owner::Event),
            array: Vec::new(),
            array_count: 0,
            encoded: Vec::new(),
        }
    }
}

impl Tracer {
    /// Starts an event, whose attributes go to [`ITEM`] until [`Tracer::finish_item`].
    pub fn begin_event(&mut self, name: Token, time: f64) {
        self.item.time = self.clock.unix(time);
        self.item.link = None;
        self.item.attributes = Attributes::new(Owner::Event);
        self.item.name.clear();
        if name > 0 {
            self.item
                .name
                .extend_from_slice(self.names.get(name as u32));
        } else {
            let text = self.scratch.text(name.unsigned_abs() as usize);
            if !self.redaction.text(text, &mut self.item.name) {
                self.item.name.clear();
                self.item.name.extend_from_slice(text);
            }
        }
        let cut = limits::cut(&self.item.name, limits::NAME_BYTES).len();
        self.item.name.truncate(cut);
    }

    /// Starts a link to a context, whose attributes go to [`ITEM`] until [`Tracer::finish_item`].
    pub fn begin_link(&mut self, trace: TraceId, span: SpanId, flags: u32, trace_state: &[u8]) {
        let remote = if flags & REMOTE != 0 {
            write::IS_REMOTE
        } else {
            0
        };
        let flags = (flags & (SAMPLED | RANDOM)) | write::HAS_IS_REMOTE | remote;
        self.item.link = Some((trace, span, flags));
        self.item.trace_state.clear();
        self.item.trace_state.extend_from_slice(trace_state);
        self.item.attributes = Attributes::new(Owner::Link);
    }

    /// Adds the event or link that was put together to its span.
    pub fn finish_item(&mut self, handle: Handle) {
        let item = &mut self.item;
        let Some(span) = self.spans.get(handle) else {
            return;
        };
        let (attributes, dropped) = (item.attributes.bytes(), item.attributes.dropped());
        item.encoded.clear();
        match item.link {
            Some((trace, id, flags)) => {
                let state = &item.trace_state;
                write::link(
                    &trace.0,
                    &id.0,
                    state,
                    attributes,
                    dropped,
                    flags,
                    &mut item.encoded,
                );
                span.add_link(&item.encoded);
            }
            None => {
                write::event(
                    item.time,
                    &item.name,
                    attributes,
                    dropped,
                    &mut item.encoded,
                );
                span.add_event(&item.encoded);
            }
        }
    }
}
