//! What can be done with a span, by handle: start, set, add, end. A stale handle is a no-op everywhere.

use crate::core::attributes::{Attributes, Owner, Value, push_item};
use crate::core::context::SpanContext;
use crate::core::ids::{SpanId, TraceId};
use crate::core::limits;
use crate::core::redaction::{REDACTED, Rule};
use crate::core::sampler::Decision;
use crate::core::span::{Handle, Kind, Status};
use crate::delivery::buffer::Rank;
use crate::otlp::write;
use crate::tracer::Tracer;
use crate::tracer::sending::Wake;
use alloc::vec::Vec;

/// W3C sampled bit, as JavaScript passes it.
pub const SAMPLED: u32 = 1;
/// W3C random bit.
pub const RANDOM: u32 = 2;
/// The sampling decision of the trace was made.
pub const DECIDED: u32 = 4;
/// The parent is another process's span.
pub const REMOTE: u32 = 8;

/// Names the event or link under construction where a handle is expected.
pub const ITEM: Handle = -1.0;
/// Names the resource's attributes.
pub const RESOURCE: Handle = -2.0;
/// Names the attributes that every span starts with.
pub const DEFAULTS: Handle = -3.0;

/// A start that sampling left out.
pub const NOT_SAMPLED: Handle = 0.0;
/// A start without a decision (`sampleRate: null`): not recorded, and none is invented.
pub const UNDECIDED: Handle = -1.0;

/// Names and keys: positive for an interned one, else minus the length of text in the scratch buffer.
pub type Token = i32;

/// The identity of a span to start.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ids {
    /// Its trace.
    pub trace: TraceId,
    /// Its own id.
    pub span: SpanId,
    /// Its parent's id; all zero for a root.
    pub parent: SpanId,
}

/// An event or link being put together, and the array value being put together.
#[derive(Debug)]
pub struct Item {
    time: u64,
    name: Vec<u8>,
    link: Option<(TraceId, SpanId, u32)>,
    trace_state: Vec<u8>,
    attributes: Attributes,
    array: Vec<u8>,
    array_count: usize,
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
    /// Remembers the first `len` bytes of the scratch buffer, redacted; 0 when the table is full.
    pub fn intern(&mut self, len: usize) -> u32 {
        let text = self.scratch.text(len);
        self.redacted.clear();
        let changed = self.redaction.text(text, &mut self.redacted);
        let text = if changed { &self.redacted } else { text };
        let number = self.names.add(text);
        if number > 0 {
            self.rules.push(self.redaction.rule(text));
        }
        number
    }

    /// Starts a span. `flags`: [`SAMPLED`], [`RANDOM`], [`DECIDED`], [`REMOTE`]. Returns its handle,
    /// [`NOT_SAMPLED`] or [`UNDECIDED`].
    pub fn start(&mut self, ids: Ids, flags: u32, name: Token, kind: u32, time: f64) -> Handle {
        if self.sampler.rate.is_none() {
            return UNDECIDED;
        }
        if flags & DECIDED == 0 {
            match self.sampler.decide(None, &ids.trace, None, None) {
                Decision::Record => {}
                Decision::Drop => {
                    self.counters.not_sampled += 1;
                    return NOT_SAMPLED;
                }
                Decision::Undecided => return UNDECIDED,
            }
        } else if flags & SAMPLED == 0 {
            self.counters.not_sampled += 1;
            return NOT_SAMPLED;
        }
        let handle = self.open(ids, flags, kind, time);
        self.rename(handle, name);
        handle
    }

    /// Opens a slot for a sampled span whose name comes next.
    fn open(&mut self, ids: Ids, flags: u32, kind: u32, time: f64) -> Handle {
        if self.spans.len() >= self.config.max_open_spans {
            self.end_oldest(time);
        }
        let start = self.clock.unix(time);
        let Some((handle, span)) = self.spans.open() else {
            return NOT_SAMPLED;
        };
        self.counters.started += 1;
        span.trace_id = ids.trace;
        span.span_id = ids.span;
        span.parent = ids.parent;
        span.flags = SAMPLED | (flags & RANDOM) | write::HAS_IS_REMOTE;
        if flags & REMOTE != 0 {
            span.flags |= write::IS_REMOTE;
        }
        span.kind = Kind::from_number(kind);
        span.start = start;
        span.attributes.copy_from(&self.defaults);
        if !ids.parent.is_valid() {
            self.link_to_page(handle);
        }
        handle
    }

    fn link_to_page(&mut self, handle: Handle) {
        let (Some(page), Some(span)) = (self.page, self.spans.get(handle)) else {
            return;
        };
        if page.trace_id == span.trace_id {
            return;
        }
        let mut attributes = Attributes::new(Owner::Link);
        attributes.set(b"tracelink.link", Value::Str(b"page"));
        let mut encoded = Vec::new();
        let (trace, parent) = (&page.trace_id.0, &page.span_id.0);
        let flags = w3c_flags(&page) | write::HAS_IS_REMOTE;
        write::link(
            trace,
            parent,
            &[],
            attributes.bytes(),
            0,
            flags,
            &mut encoded,
        );
        span.add_link(&encoded);
    }

    /// Starts a span that the crate itself makes, under a name it knows.
    pub fn start_own(
        &mut self,
        ids: Ids,
        flags: u32,
        name: &[u8],
        kind: Kind,
        time: f64,
    ) -> Handle {
        let handle = self.open(ids, flags, kind as u32, time);
        if let Some(span) = self.spans.get(handle) {
            span.name.clear();
            span.name
                .extend_from_slice(limits::cut(name, limits::NAME_BYTES));
        }
        handle
    }

    /// Renames a span.
    #[inline]
    pub fn rename(&mut self, handle: Handle, name: Token) {
        let Some(span) = self.spans.get(handle) else {
            return;
        };
        span.name.clear();
        if name > 0 {
            span.name
                .extend_from_slice(limits::cut(self.names.get(name as u32), limits::NAME_BYTES));
            return;
        }
        let text = self.scratch.text(name.unsigned_abs() as usize);
        self.redacted.clear();
        let changed = self.redaction.text(text, &mut self.redacted);
        let text = if changed { &self.redacted } else { text };
        span.name
            .extend_from_slice(limits::cut(text, limits::NAME_BYTES));
    }

    /// Sets or removes an attribute of what `target` names.
    #[inline]
    fn set(&mut self, target: Handle, key: Token, value: Given) {
        let attributes = if target > 0.0 {
            match self.spans.get(target) {
                Some(span) => &mut span.attributes,
                None => return,
            }
        } else if target == ITEM {
            &mut self.item.attributes
        } else if target == RESOURCE {
            &mut self.resource
        } else if target == DEFAULTS {
            &mut self.defaults
        } else {
            return;
        };
        let (key, at, rule) = if key > 0 {
            let rule = self.rules.get(key as usize - 1).copied();
            (self.names.get(key as u32), 0, rule.unwrap_or(Rule::Hide))
        } else {
            let at = key.unsigned_abs() as usize;
            let key = self.scratch.text(at);
            (key, at, self.redaction.rule(key))
        };
        match value {
            Given::Nothing => attributes.remove(key),
            Given::Text(len) => {
                let text = self.scratch.text_at(at, len);
                self.redacted.clear();
                let changed = self.redaction.apply(rule, text, &mut self.redacted);
                attributes.set(key, Value::Str(if changed { &self.redacted } else { text }));
            }
            _ if rule == Rule::Hide => attributes.set(key, Value::Str(REDACTED)),
            Given::Plain(value) => attributes.set(key, value),
            Given::Array => attributes.set(key, Value::Array(&self.item.array)),
        }
    }

    /// Sets a string: the scratch buffer holds the key, unless it is interned, then `len` bytes of value.
    #[inline]
    pub fn set_string(&mut self, target: Handle, key: Token, len: usize) {
        self.set(target, key, Given::Text(len));
    }

    /// Sets a number.
    #[inline]
    pub fn set_number_attribute(&mut self, target: Handle, key: Token, value: f64) {
        self.set(target, key, Given::Plain(Value::Number(value)));
    }

    /// Sets a boolean.
    #[inline]
    pub fn set_bool(&mut self, target: Handle, key: Token, value: bool) {
        self.set(target, key, Given::Plain(Value::Bool(value)));
    }

    /// Removes an attribute.
    pub fn unset(&mut self, target: Handle, key: Token) {
        self.set(target, key, Given::Nothing);
    }

    /// Counts an attribute whose value has no place in OTLP.
    pub fn refuse(&mut self, target: Handle) {
        if let Some(span) = self.spans.get(target) {
            span.attributes.refuse();
        } else if target == ITEM {
            self.item.attributes.refuse();
        }
    }

    /// Starts an array value; elements follow by the `push_` calls, then [`Tracer::set_array`].
    pub fn begin_array(&mut self) {
        self.item.array.clear();
        self.item.array_count = 0;
    }

    /// Adds a string of the scratch buffer to the array.
    pub fn push_string(&mut self, len: usize) {
        let text = self.scratch.text(len);
        self.redacted.clear();
        let changed = self.redaction.text(text, &mut self.redacted);
        let text = if changed { &self.redacted } else { text };
        push_item(
            Value::Str(text),
            &mut self.item.array,
            &mut self.item.array_count,
        );
    }

    /// Adds a number to the array.
    pub fn push_number(&mut self, value: f64) {
        push_item(
            Value::Number(value),
            &mut self.item.array,
            &mut self.item.array_count,
        );
    }

    /// Adds a boolean to the array.
    pub fn push_bool(&mut self, value: bool) {
        push_item(
            Value::Bool(value),
            &mut self.item.array,
            &mut self.item.array_count,
        );
    }

    /// Sets the array that was put together.
    pub fn set_array(&mut self, target: Handle, key: Token) {
        self.set(target, key, Given::Array);
    }

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

    /// Sets the status: 1 ok, 2 error with the first `len` bytes of the scratch buffer as its text.
    pub fn set_status(&mut self, handle: Handle, code: u32, len: usize) {
        let status = match code {
            1 => Status::Ok,
            2 => Status::Error,
            _ => return,
        };
        let Some(span) = self.spans.get(handle) else {
            return;
        };
        let text = self.scratch.text(len);
        self.redacted.clear();
        let changed = self.redaction.text(text, &mut self.redacted);
        span.set_status(status, if changed { &self.redacted } else { text });
    }

    /// Writes down the `tracestate` that a span received.
    pub fn set_trace_state(&mut self, handle: Handle, trace_state: &[u8]) {
        if let Some(span) = self.spans.get(handle) {
            span.trace_state.clear();
            span.trace_state.extend_from_slice(trace_state);
        }
    }

    /// Ends a span.
    #[inline]
    pub fn end(&mut self, handle: Handle, time: f64) -> Wake {
        let end = self.clock.unix(time);
        let Some(span) = self.spans.get(handle) else {
            return Wake::default();
        };
        if span.ended == 0 {
            span.ended = end.max(1);
            self.counters.ended += 1;
        }
        self.write(handle)
    }

    /// Writes a span that has ended, and frees its slot.
    #[inline]
    pub(crate) fn write(&mut self, handle: Handle) -> Wake {
        let Some(span) = self.spans.get(handle) else {
            return Wake::default();
        };
        let message = &mut self.redacted;
        message.clear();
        write::span(&span.fields(span.ended), message);
        let mut wake = Wake::default();
        if self.retained.wants() {
            wake.report = self.retained.push(message);
        }
        match &mut self.exporter {
            Some(exporter) => {
                let important =
                    !span.parent.is_valid() || span.status() == Status::Error || span.is_linked();
                let rank = if important {
                    Rank::Important
                } else {
                    Rank::Ordinary
                };
                exporter.push(rank, message, &mut self.counters);
                wake.send = self.schedule.ended(exporter.is_eager());
            }
            None => self.counters.kept += 1,
        }
        self.spans.close(handle);
        wake
    }

    /// Ends a span that could not end by itself.
    pub fn end_incomplete(&mut self, handle: Handle, time: f64) -> Wake {
        // A request that has ended and waits for its timing is complete.
        if let Some(span) = self.spans.get(handle).filter(|span| span.ended == 0) {
            span.attributes
                .set(b"tracelink.incomplete", Value::Bool(true));
        }
        self.end(handle, time)
    }

    /// Ends all open spans as incomplete: the page does not come back.
    pub fn end_all_incomplete(&mut self, time: f64) {
        for handle in self.spans.handles() {
            self.end_incomplete(handle, time);
        }
    }

    fn end_oldest(&mut self, time: f64) {
        if let Some(oldest) = self.spans.oldest() {
            self.end_incomplete(oldest, time);
        }
    }

    /// The context of an open span.
    pub fn context_of(&mut self, handle: Handle) -> Option<SpanContext> {
        let span = self.spans.get(handle)?;
        Some(SpanContext {
            trace_id: span.trace_id,
            span_id: span.span_id,
            sampled: Some(span.flags & SAMPLED != 0),
            random: span.flags & RANDOM != 0,
        })
    }
}

/// A value as it arrives.
enum Given {
    Nothing,
    /// In the scratch buffer, behind the key if that is there too.
    Text(usize),
    Plain(Value<'static>),
    /// The array that was put together.
    Array,
}

/// The W3C flags of a context as one byte.
pub fn w3c_flags(context: &SpanContext) -> u32 {
    let sampled = if context.sampled == Some(true) {
        SAMPLED
    } else {
        0
    };
    sampled | if context.random { RANDOM } else { 0 }
}
