//! Attributes kept as the OTLP `KeyValue` fields that will be sent; setting a key again replaces it.
//!
//! Source: opentelemetry-proto, `common/v1/common.proto`.

use crate::core::limits;
use crate::otlp::wire::{bytes, field_len, put, varint, varint_len};
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
const SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// Where an attribute stands, and its key within it.
#[derive(Clone, Copy, Debug)]
struct Entry {
    start: u32,
    key: u32,
    key_len: u32,
}

/// An ordered set of attributes in their wire form.
#[derive(Clone, Debug)]
pub struct Attributes {
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    owner: Owner,
    dropped: u32,
}

impl Attributes {
    /// No attributes yet.
    pub const fn new(owner: Owner) -> Self {
        Self {
            bytes: Vec::new(),
            entries: Vec::new(),
            owner,
            dropped: 0,
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

    /// Forgets everything and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.entries.clear();
        self.dropped = 0;
    }

    /// Starts from a copy of `defaults`, which must have the same owner.
    #[inline]
    pub fn copy_from(&mut self, defaults: &Attributes) {
        if !defaults.entries.is_empty() {
            put(&defaults.bytes, &mut self.bytes);
            self.entries.extend_from_slice(&defaults.entries);
        }
    }

    /// Counts an attribute that was refused before it came here.
    pub fn refuse(&mut self) {
        self.dropped = self.dropped.saturating_add(1);
    }

    /// Sets `key`. An empty or overlong key, or one attribute too many, is dropped and counted.
    pub fn set(&mut self, key: &[u8], value: Value<'_>) {
        if !self.entries.is_empty() {
            self.remove(key);
        }
        let full = self.entries.len() >= limits::ATTRIBUTES;
        if key.is_empty() || key.len() > limits::KEY_BYTES || full {
            return self.refuse();
        }
        let start = self.bytes.len();
        let key_at = key_value(self.owner as u8, key, value, &mut self.bytes);
        let (start, key_at) = (start as u32, key_at as u32);
        self.entries.push(Entry {
            start,
            key: key_at,
            key_len: key.len() as u32,
        });
    }

    /// Removes `key` if it is there.
    pub fn remove(&mut self, key: &[u8]) {
        for index in 0..self.entries.len() {
            let Some(entry) = self.entries.get(index) else {
                return;
            };
            if entry.key_len as usize != key.len() {
                continue;
            }
            let from = entry.key as usize;
            if self.bytes.get(from..from + key.len()) == Some(key) {
                return self.cut_out(index);
            }
        }
    }

    /// Moves what follows the attribute to its place.
    #[cold]
    fn cut_out(&mut self, index: usize) {
        let whole = self.bytes.len() as u32;
        let mut cut = 0;
        let mut at = 0;
        for from in 0..self.entries.len() {
            let next = self.entries.get(from + 1).map_or(whole, |next| next.start);
            let Some(&(mut entry)) = self.entries.get(from) else {
                return;
            };
            if from == index {
                cut = next - entry.start;
                continue;
            }
            self.bytes.copy_within(
                entry.start as usize..next as usize,
                (entry.start - cut) as usize,
            );
            entry.start -= cut;
            entry.key -= cut;
            if let Some(slot) = self.entries.get_mut(at) {
                *slot = entry;
            }
            at += 1;
        }
        self.entries.truncate(at);
        self.bytes.truncate((whole - cut) as usize);
    }
}

/// Appends one `KeyValue` as a length-delimited field with the one-byte `tag`. Returns where the key stands in `out`.
pub fn key_value(tag: u8, key: &[u8], value: Value<'_>, out: &mut Vec<u8>) -> usize {
    let value_len = value_len(value);
    let len = field_len(key.len()) + field_len(value_len);
    out.reserve(len + 8);
    out.push(tag);
    varint(len as u64, out);
    bytes(1, key, out);
    let key_at = out.len() - key.len();
    out.push(0x12);
    varint(value_len as u64, out);
    any_value(value, out);
    key_at
}

fn integer(number: f64) -> Option<i64> {
    let whole = number as i64;
    (number.abs() <= SAFE_INTEGER && whole as f64 == number).then_some(whole)
}

fn value_len(value: Value<'_>) -> usize {
    match value {
        Value::Str(text) => field_len(limits::cut(text, limits::VALUE_BYTES).len()),
        Value::Bool(_) => 2,
        Value::Number(number) => match integer(number) {
            Some(whole) => 1 + varint_len(whole as u64),
            None => 9,
        },
        Value::Array(items) => field_len(items.len()),
    }
}

fn any_value(value: Value<'_>, out: &mut Vec<u8>) {
    match value {
        Value::Str(text) => {
            bytes(1, limits::cut(text, limits::VALUE_BYTES), out);
        }
        Value::Bool(flag) => put(&[BOOL, u8::from(flag)], out),
        Value::Number(number) => match integer(number) {
            Some(whole) => {
                out.push(INT);
                varint(whole as u64, out);
            }
            None => {
                out.push(DOUBLE);
                put(&number.to_le_bytes(), out);
            }
        },
        Value::Array(items) => bytes(5, items, out),
    }
}

/// Appends one element of an array value. Returns false once the limits of an array are reached.
pub fn push_item(value: Value<'_>, items: &mut Vec<u8>, count: &mut usize) -> bool {
    let len = value_len(value);
    if *count >= limits::ARRAY_ITEMS || items.len() + len > limits::VALUE_BYTES {
        return false;
    }
    *count += 1;
    items.push(STRING);
    varint(len as u64, items);
    any_value(value, items);
    true
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
        key_value(0x4A, b"b", Value::Str(b"two"), &mut expected);
        key_value(0x4A, b"c", Value::Bool(true), &mut expected);
        key_value(0x4A, b"a", Value::Str(b"one"), &mut expected);
        assert_eq!(set.bytes(), expected);
        set.remove(b"c");
        set.remove(b"not there");
        set.set(b"b", Value::Number(0.5));
        let mut expected = Vec::new();
        key_value(0x4A, b"a", Value::Str(b"one"), &mut expected);
        key_value(0x4A, b"b", Value::Number(0.5), &mut expected);
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
            any_value(Value::Number(number), &mut out);
            assert_eq!(out.first(), Some(&first), "{number}");
            assert_eq!(out.len(), value_len(Value::Number(number)), "{number}");
        }
    }

    #[test]
    fn what_is_over_the_limits_is_dropped_and_counted() {
        let mut set = Attributes::new(Owner::Span);
        for number in 0..200_u32 {
            set.set(&number.to_be_bytes(), Value::Bool(true));
        }
        assert_eq!(set.entries.len(), limits::ATTRIBUTES);
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
        while push_item(Value::Number(1.5), &mut items, &mut count) {}
        assert_eq!(count, limits::ARRAY_ITEMS);
        let (mut items, mut count) = (Vec::new(), 0);
        while push_item(Value::Str(&[b'x'; 1_000]), &mut items, &mut count) {}
        assert_eq!(count, 4);
    }
}
