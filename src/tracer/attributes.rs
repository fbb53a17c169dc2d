//! What is set by handle: attributes of a span, of the event or link under construction, of the resource, of all spans to
//! come; and what else a span is given, through one door, since each costs as much wasm as what is behind it.

use crate::core::attributes::{Value, push_item};
use crate::core::redaction::{REDACTED, Rule};
use crate::core::slab::Handle;
use crate::tracer::Tracer;
use crate::tracer::spans::Token;

/// Names the event or link under construction where a handle is expected.
pub const ITEM: Handle = -1.0;
/// Names the resource's attributes.
pub const RESOURCE: Handle = -2.0;
/// Names the attributes that every span starts with.
pub const DEFAULTS: Handle = -3.0;
/// Names the elements of the array that is being put together: under its key, so that they are redacted as it says.
pub const ELEMENTS: Handle = -4.0;

/// A string attribute: so many bytes of the scratch buffer, behind the key if that is there too.
pub const STRING: u32 = 0;
/// A number.
pub const NUMBER: u32 = 1;
/// A boolean, as 0 or 1.
pub const BOOL: u32 = 2;
/// The array that was put together.
pub const ARRAY: u32 = 3;
/// Removes the attribute.
pub const NOTHING: u32 = 4;
/// Counts an attribute whose value has no place in OTLP.
pub const REFUSED: u32 = 5;
/// Renames the span: the token is its name.
pub const NAME: u32 = 6;
/// The token is the status, 1 ok or 2 error with so many bytes of the scratch buffer as its text.
pub const STATUS: u32 = 7;
/// The `tracestate` that the span received: so many bytes of the scratch buffer.
pub const TRACE_STATE: u32 = 8;
/// Begins an event at a time with its trace's offset: the token is its name. Its attributes go to [`ITEM`].
pub const EVENT: u32 = 9;
/// Adds the event or link that was put together.
pub const FINISH: u32 = 10;
/// Begins an array, whose elements are set as attributes of [`ELEMENTS`] under its key.
pub const BEGIN_ARRAY: u32 = 11;
/// Makes an open span the one that root spans link to; with none, they link to none.
pub const PAGE: u32 = 12;

impl Tracer {
    /// Sets something of what `target` names; `kind` says what, and what the token and the value mean.
    #[inline(never)]
    pub fn set(&mut self, target: Handle, token: Token, kind: u32, value: f64) {
        let len = value as usize;
        match kind {
            NAME => self.rename(target, token),
            STATUS => self.set_status(target, token, len),
            TRACE_STATE => self.set_trace_state(target, len),
            EVENT => self.begin_event(token, value),
            FINISH => self.finish_item(target),
            BEGIN_ARRAY => {
                self.item.array.clear();
                self.item.array_count = 0;
            }
            PAGE => self.set_page(target),
            _ => self.set_attribute(target, token, kind, value),
        }
    }

    fn set_attribute(&mut self, target: Handle, key: Token, kind: u32, value: f64) {
        let attributes = if target > 0.0 {
            match self.spans.find(target) {
                Some(span) => &mut span.attributes,
                None => return,
            }
        } else if target == ITEM {
            &mut self.item.attributes
        } else if target == RESOURCE {
            &mut self.resource
        } else if target == DEFAULTS || target == ELEMENTS {
            &mut self.defaults
        } else {
            return;
        };
        let (key, at, rule) = if key > 0 {
            let (key, rule) = self.names.marked(key as u32);
            (key, 0, Rule::from_number(rule))
        } else {
            let at = key.unsigned_abs() as usize;
            let key = self.scratch.text(at);
            (key, at, self.redaction.rule(key))
        };
        let value = match kind {
            STRING => {
                let text = self.scratch.text_at(at, value as usize);
                Value::Str(self.redaction.shown(rule, text, &mut self.redacted))
            }
            NOTHING => return attributes.remove(key),
            REFUSED => return attributes.refuse(),
            _ if rule == Rule::Hide => Value::Str(REDACTED),
            NUMBER => Value::Number(value),
            ARRAY => return attributes.set(key, Value::Array(&self.item.array)),
            _ => Value::Bool(value != 0.0),
        };
        if target == ELEMENTS {
            push_item(&value, &mut self.item.array, &mut self.item.array_count);
        } else {
            attributes.set(key, value);
        }
    }
}
