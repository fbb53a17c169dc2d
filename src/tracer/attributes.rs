//! Attributes by handle: of a span, of the event or link under construction, of the resource, of all spans to come.

use crate::core::attributes::Value;
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

/// A value as it arrives.
enum Given {
    Nothing,
    /// In the scratch buffer, behind the key if that is there too.
    Text(usize),
    Plain(Value<'static>),
    /// The array that was put together.
    Array,
}

impl Tracer {
    /// Sets or removes an attribute of what `target` names.
    #[inline(never)]
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
            let (key, rule) = self.names.marked(key as u32);
            (key, 0, Rule::from_number(rule))
        } else {
            let at = key.unsigned_abs() as usize;
            let key = self.scratch.text(at);
            (key, at, self.redaction.rule(key))
        };
        match value {
            Given::Nothing => attributes.remove(key),
            Given::Text(len) => {
                let text = self.scratch.text_at(at, len);
                let text = self.redaction.shown(rule, text, &mut self.redacted);
                attributes.set(key, Value::Str(text));
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
        let text = self.redaction.shown(Rule::Text, text, &mut self.redacted);
        self.item.push(&Value::Str(text));
    }

    /// Adds a number to the array.
    pub fn push_number(&mut self, value: f64) {
        self.item.push(&Value::Number(value));
    }

    /// Adds a boolean to the array.
    pub fn push_bool(&mut self, value: bool) {
        self.item.push(&Value::Bool(value));
    }

    /// Sets the array that was put together.
    pub fn set_array(&mut self, target: Handle, key: Token) {
        self.set(target, key, Given::Array);
    }
}
