//! Attributes kept as the OTLP `KeyValue` fields that will be sent; setting a key again replaces it.
//!
//! Source: opentelemetry-proto, `common/v1/common.proto`.

use crate::core::characters::byte;
use crate::core::limits;
use crate::otlp::wire::{append, put, remove, reset, uint_if, varint_len};
use alloc::vec::Vec;

/// The `attributes` field of a message whose field number is below 16: tag byte by owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Owner {
    /// `Resource.attributes`, field 1.
    Resource = 0x0A,
    /// `Event.attributes`, field 3.
    Event = 0x1A,
    /// `Link.attributes`, field 4.
    Link = 0x22,
    /// `Span.attributes`, field 9.
    Span = 0x4A,
}

/// A value to set. Strings are UTF-8; they are cut to the limit here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value<'a> {
    /// A string.
    Str(&'a [u8]),
    /// A boolean.
    Bool(bool),
    /// A number: a safe integer becomes an OTLP int, any other a double.
    Number(f64),
    /// An array: encoded `ArrayValue` fields, as [`push_item`] writes them.
    Array(&'a [u8]),
}

const STRING: u8 = 0x0A;
const BOOL: u8 = 0x10;
const INT: u8 = 0x18;
const DOUBLE: u8 = 0x21;
const ARRAY: u8 = 0x2A;
const KEY: u8 = 0x0A;
const VALUE: u8 = 0x12;
const ITEM: u8 = 0x0A;
const SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// An ordered set of attributes in their wire form.
#[derive(Clone, Debug)]
pub struct Attributes {
    bytes: Vec<u8>,
    count: u32,
    owner: Owner,
    dropped: u32,
    /// A bit for each key that was ever set, by [`bit`]: most keys are new, which spares a look through the others.
    seen: u64,
}

impl Attributes {
    /// No attributes yet.
    pub const fn new(owner: Owner) -> Self {
        Self {
            bytes: Vec::new(),
            count: 0,
            owner,
            dropped: 0,
            seen: 0,
        }
    }

    /// The encoded fields, each with its tag, ready to be copied into the owner's message.
    #[inline]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How many attributes the limits refused.
    #[inline]
    pub fn dropped(&self) -> u32 {
        self.dropped
    }

    /// Appends the fields, and the count of those that were refused: in every owner it is the next field.
    pub fn write(&self, out: &mut Vec<u8>) {
        put(&self.bytes, out);
        uint_if((self.owner as u32 >> 3) + 1, u64::from(self.dropped), out);
    }

    /// Starts anew with attributes of another owner.
    pub fn begin(&mut self, owner: Owner) {
        self.clear();
        self.owner = owner;
    }

    /// Forgets everything and keeps the memory, unless there is much of it.
    pub fn clear(&mut self) {
        reset(&mut self.bytes);
        self.count = 0;
        self.dropped = 0;
        self.seen = 0;
    }

    /// Starts from a copy of `defaults`, which must have the same owner.
    #[inline]
    pub fn copy_from(&mut self, defaults: &Attributes) {
        if defaults.count > 0 {
            put(&defaults.bytes, &mut self.bytes);
            self.count = defaults.count;
            self.seen = defaults.seen;
        }
    }

    /// Counts an attribute that was refused before it came here.
    pub fn refuse(&mut self) {
        self.dropped = self.dropped.saturating_add(1);
    }

    /// Sets `key`. An empty or overlong key, or one attribute too many, is dropped and counted.
    #[inline(never)]
    pub fn set(&mut self, key: &[u8], value: Value<'_>) {
        let bit = bit(key);
        if self.seen & bit != 0 {
            self.remove(key);
        }
        let full = self.count as usize >= limits::ATTRIBUTES;
        if key.is_empty() || key.len() > limits::KEY_BYTES || full {
            return self.refuse();
        }
        self.seen |= bit;
        self.count += 1;
        field(self.owner as u8, key, &value, &mut self.bytes);
    }

    /// Removes `key` if it is there.
    #[inline(never)]
    pub fn remove(&mut self, key: &[u8]) {
        let mut start = 0;
        while start < self.bytes.len() {
            let mut at = start + 1;
            let len = length(&self.bytes, &mut at);
            let end = at + len;
            at += 1;
            let key_len = length(&self.bytes, &mut at);
            if key_len == key.len() && self.bytes.get(at..at + key_len) == Some(key) {
                remove(start, end, &mut self.bytes);
                self.count -= 1;
                return;
            }
            start = end;
        }
    }
}

/// One of 64 bits for a key.
fn bit(key: &[u8]) -> u64 {
    let last = key.last().copied().unwrap_or(0);
    1 << ((usize::from(last) * 3 + key.len()) & 63)
}

/// The varint of a length at `at`, which is moved behind it.
fn length(bytes: &[u8], at: &mut usize) -> usize {
    let (mut length, mut shift) = (0, 0);
    loop {
        let next = byte(bytes, *at);
        *at += 1;
        length |= usize::from(next & 0x7F) << shift;
        shift += 7;
        if next < 0x80 || shift > 21 {
            return length;
        }
    }
}

/// Appends a field with the one-byte `tag`: a `KeyValue`, or an element of an array, which has no key. The limits of keys
/// and values keep it below 16,384 bytes.
#[inline(never)]
pub fn field(tag: u8, key: &[u8], value: &Value<'_>, out: &mut Vec<u8>) {
    // Every value is a number, and what a length is the length of.
    let (kind, number, tail): (u8, u64, &[u8]) = match *value {
        Value::Str(text) => {
            let text = limits::cut(text, limits::VALUE_BYTES);
            (STRING, text.len() as u64, text)
        }
        Value::Array(items) => (ARRAY, items.len() as u64, items),
        Value::Bool(flag) => (BOOL, u64::from(flag), &[]),
        Value::Number(number) => {
            let whole = number as i64;
            if number.abs() <= SAFE_INTEGER && whole as f64 == number {
                (INT, whole as u64, &[])
            } else {
                (DOUBLE, number.to_bits(), &[])
            }
        }
    };
    let number_len = if kind == DOUBLE {
        8
    } else {
        varint_len(number)
    };
    let value_len = 1 + number_len + tail.len();
    let with_head = |len: usize| len + if len > 127 { 3 } else { 2 };
    let mut len = value_len;
    if !key.is_empty() {
        len = with_head(key.len()) + with_head(value_len);
    }
    append(with_head(len), out, |pen| {
        pen.byte(tag);
        pen.length(len);
        if !key.is_empty() {
            pen.byte(KEY);
            pen.length(key.len());
            pen.bytes(key);
            pen.byte(VALUE);
            pen.length(value_len);
        }
        pen.byte(kind);
        if kind == DOUBLE {
            pen.bytes(&number.to_le_bytes());
        } else {
            pen.varint(number);
        }
        pen.bytes(tail);
    });
}

/// Appends one element of an array value, unless that would be over the limits of an array.
#[inline(never)]
pub fn push_item(value: &Value<'_>, items: &mut Vec<u8>, count: &mut usize) -> bool {
    let before = items.len();
    if *count < limits::ARRAY_ITEMS {
        field(ITEM, &[], value, items);
        // Its tag and its length are not counted.
        let head = if items.len() - before < 130 { 2 } else { 3 };
        if items.len() - head <= limits::VALUE_BYTES {
            *count += 1;
            return true;
        }
    }
    items.truncate(before);
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_value_of_a_key_stays_and_the_order_of_the_others() {
        let mut set = Attributes::new(Owner::Span);
        set.set(b"a", Value::Number(1.0));
        set.set(b"b", Value::Str(b"two"));
        set.set(b"c", Value::Bool(true));
        set.set(b"a", Value::Str(b"one"));
        let mut expected = Vec::new();
        field(0x4A, b"b", &Value::Str(b"two"), &mut expected);
        field(0x4A, b"c", &Value::Bool(true), &mut expected);
        field(0x4A, b"a", &Value::Str(b"one"), &mut expected);
        assert_eq!(set.bytes(), expected);
        set.remove(b"c");
        set.remove(b"not there");
        set.set(b"b", Value::Number(0.5));
        let mut expected = Vec::new();
        field(0x4A, b"a", &Value::Str(b"one"), &mut expected);
        field(0x4A, b"b", &Value::Number(0.5), &mut expected);
        assert_eq!(set.bytes(), expected);
    }

    #[test]
    fn integers_and_doubles_have_their_own_fields() {
        for (number, first) in [
            (1.0, INT),
            (-1.0, INT),
            (SAFE_INTEGER, INT),
            (SAFE_INTEGER + 1.0, DOUBLE),
            (0.1, DOUBLE),
            (f64::NAN, DOUBLE),
            (f64::INFINITY, DOUBLE),
        ] {
            let mut out = Vec::new();
            field(ITEM, &[], &Value::Number(number), &mut out);
            assert_eq!(out.get(2), Some(&first), "{number}");
            assert_eq!(out.len(), 2 + usize::from(out[1]), "{number}");
        }
    }

    #[test]
    fn what_is_over_the_limits_is_dropped_and_counted() {
        let mut set = Attributes::new(Owner::Span);
        for number in 0..200_u32 {
            set.set(&number.to_be_bytes(), Value::Bool(true));
        }
        assert_eq!(set.count as usize, limits::ATTRIBUTES);
        assert_eq!(set.dropped(), 72);
        set.set(b"", Value::Bool(true));
        set.set(&[b'k'; 257], Value::Bool(true));
        assert_eq!(set.dropped(), 74);
        set.set(&0_u32.to_be_bytes(), Value::Bool(false));
        assert_eq!(set.dropped(), 74, "replacing needs no room");
    }

    #[test]
    fn arrays_stop_at_their_limits() {
        let (mut items, mut count) = (Vec::new(), 0);
        while push_item(&Value::Number(1.5), &mut items, &mut count) {}
        assert_eq!(count, limits::ARRAY_ITEMS);
        let (mut items, mut count) = (Vec::new(), 0);
        while push_item(&Value::Str(&[b'x'; 1_000]), &mut items, &mut count) {}
        assert_eq!(count, 4);
    }
}
