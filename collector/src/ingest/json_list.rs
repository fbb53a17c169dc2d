//! Lists of OTLP/JSON, whose elements are bounded: `null` is the empty one.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{self, Deserialize, Deserializer, SeqAccess, Visitor};

use super::json_scalar::Reader;

thread_local! {
    /// What the elements of all lists in the body that this thread reads may still take.
    static ROOM: Cell<Option<usize>> = const { Cell::new(None) };
}

/// Bounds the elements of a body's lists: `{}` is two bytes of text and some hundred of memory.
pub(super) struct Elements;

impl Elements {
    /// Bounds them from here on, on this thread, until it is dropped.
    pub(super) fn within(bytes: usize) -> Elements {
        ROOM.set(Some(bytes));
        Elements
    }

    /// Whether the bound was met.
    pub(super) fn are_too_many(&self) -> bool {
        ROOM.get().is_none()
    }

    fn take(bytes: usize) -> bool {
        let rest = ROOM.get().and_then(|room| room.checked_sub(bytes));
        ROOM.set(rest);
        rest.is_some()
    }
}

impl Drop for Elements {
    fn drop(&mut self) {
        ROOM.set(None);
    }
}

/// A repeated field.
pub(super) struct List<R>(Vec<R>);

impl<R: Reader> Reader for List<R> {
    type Value = Vec<R::Value>;
    fn value(self) -> Self::Value {
        self.0.into_iter().map(R::value).collect()
    }
}

impl<'de, R: Reader> Deserialize<'de> for List<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer
            .deserialize_any(ListVisitor(PhantomData))
            .map(List)
    }
}

struct ListVisitor<R>(PhantomData<R>);

impl<'de, R: Reader> Visitor<'de> for ListVisitor<R> {
    type Value = Vec<R>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
    fn visit_unit<E: de::Error>(self) -> Result<Vec<R>, E> {
        Ok(Vec::new())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<R>, A::Error> {
        let mut values = Vec::new();
        while let Some(value) = list.next_element()? {
            // A vector that grows holds half of its room in vain.
            if !Elements::take(2 * size_of::<R>()) {
                return Err(de::Error::custom("too many elements"));
            }
            values.push(value);
        }
        Ok(values)
    }
}
