//! Message carriers: finds the contexts in a JSON message in one pass, without building its values.

use alloc::vec::Vec;

mod json;
mod message;
mod text;

use crate::core::context::RemoteContext;
use json::Cursor;
use message::{ALL, CARRIERS, HEADERS, INNER, Message, TOP, find};
use text::Raw;

/// Most elements of a batch that are looked at.
pub const MAX_BATCH: usize = 10_000;

/// Appends every valid context of a message in order, the latest last: the envelope's, then those of its batches.
/// Gives what `JSON.parse` and a look at own properties would give, nothing when the text is not JSON in UTF-8.
/// `ignored` counts malformed carriers, and text that begins like an object or a list and is broken.
pub fn scan(json: &[u8], out: &mut Vec<RemoteContext>, ignored: &mut u32) {
    let mut scan = Scan {
        cursor: Cursor::new(json),
        found: Default::default(),
    };
    let first = scan.cursor.peek();
    if first != b'{' && first != b'[' {
        return;
    }
    if scan.value(first).is_none() || !scan.cursor.at_end() {
        *ignored = ignored.saturating_add(1);
        return;
    }
    for mut list in scan.found {
        out.append(&mut list.contexts);
        *ignored = ignored.saturating_add(list.ignored);
    }
}

/// What one list of messages holds.
#[derive(Default)]
struct Found {
    contexts: Vec<RemoteContext>,
    ignored: u32,
}

/// A pass over the text. What is found stands in the order that counts: of the message itself, then of `updates`,
/// `events` and `messages`.
struct Scan<'a> {
    cursor: Cursor<'a>,
    found: [Found; 4],
}

/// Position of the message itself in `Scan::found`.
const WHOLE: usize = 0;

impl<'a> Scan<'a> {
    fn value(&mut self, first: u8) -> Option<()> {
        if first == b'[' {
            self.batch(WHOLE)
        } else {
            self.message(WHOLE, true)
        }
    }

    /// Reads the messages of an array, which replaces an earlier one of the same name.
    fn batch(&mut self, list: usize) -> Option<()> {
        if let Some(found) = self.found.get_mut(list) {
            *found = Found::default();
        }
        if self.cursor.peek() != b'[' {
            return self.cursor.skip();
        }
        let mut count = 0;
        let mut first = true;
        self.cursor.enter();
        while self.cursor.more(b']', &mut first)? {
            if count < MAX_BATCH && self.cursor.peek() == b'{' {
                self.message(list, false)?;
            } else {
                self.cursor.skip()?;
            }
            count += 1;
        }
        Some(())
    }

    fn message(&mut self, list: usize, envelope: bool) -> Option<()> {
        let mut message = Message::default();
        self.object(&mut message, TOP, envelope)?;
        if let Some(found) = self.found.get_mut(list) {
            message.contexts(&mut found.contexts, &mut found.ignored);
        }
        Some(())
    }

    /// Reads a place; the cursor stands on its brace. It nests no deeper than an envelope's batch of messages with
    /// places in them. Two spellings of one name contradict each other, and neither counts.
    fn object(&mut self, message: &mut Message<'a>, place: usize, envelope: bool) -> Option<()> {
        let mut slots = [Raw::default(); CARRIERS];
        let mut keys = slots;
        let mut ambiguous = 0;
        let mut first = true;
        self.cursor.enter();
        while let Some(key) = self.cursor.key(&mut first)? {
            let name = find(key, place == HEADERS);
            if let (Some(slot), Some(seen)) = (slots.get_mut(name), keys.get_mut(name)) {
                if !seen.is_empty() && seen.decode() != key.decode() {
                    ambiguous |= 1 << name;
                }
                *seen = key;
                *slot = self.cursor.string_or_skip()?;
            } else if place == TOP && name < INNER {
                let inner = name + 1 - CARRIERS;
                if let Some(slots) = message.places.get_mut(inner) {
                    *slots = Default::default();
                }
                if self.cursor.peek() == b'{' {
                    self.object(message, inner, false)?;
                } else {
                    self.cursor.skip()?;
                }
            } else if envelope && name < ALL {
                self.batch(name + 1 - INNER)?;
            } else {
                self.cursor.skip()?;
            }
        }
        for (name, slot) in slots.iter_mut().enumerate() {
            if ambiguous >> name & 1 == 1 {
                *slot = Raw::default();
            }
        }
        if let Some(place) = message.places.get_mut(place) {
            *place = slots;
        }
        Some(())
    }
}
