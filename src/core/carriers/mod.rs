//! Message carriers: finds the contexts in a JSON message in one pass, without building its values.

use alloc::vec::Vec;

mod json;
mod message;
mod text;

use crate::core::context::Contexts;
use crate::core::room::push;
use json::Cursor;
use message::{
    ALL, CARRIERS, HEADERS, INNER, Message, PLACES, Places, TOP, contexts, find, is_empty,
};

/// Most elements of a batch that are looked at.
pub const MAX_BATCH: usize = 10_000;

/// Replaces `out` by every valid context of a message in order, the latest last: the envelope's, then those of its
/// batches. Gives what `JSON.parse` and a look at own properties would give, nothing when the text is not JSON in
/// UTF-8. Returns how many carriers were malformed; text that begins like an object or a list and is broken counts as
/// one.
pub fn scan(json: &[u8], out: &mut Contexts) -> u32 {
    out.clear();
    let mut ignored = 0;
    let mut scan = Scan {
        cursor: Cursor::new(json),
        messages: Vec::new(),
        batches: 0,
        current: [usize::MAX; 4],
    };
    let mut top = [0; CARRIERS * PLACES];
    let read = match scan.cursor.peek() {
        b'[' => scan.batch(WHOLE),
        b'{' => scan.object(&mut top, TOP, true),
        _ => return 0,
    };
    if read.is_none() || !scan.cursor.at_end() {
        return 1;
    }
    contexts(&top, json, out, &mut ignored);
    for batch in &scan.current {
        for message in &scan.messages {
            if message.batch == *batch {
                contexts(&message.places, json, out, &mut ignored);
            }
        }
    }
    ignored
}

/// A pass over the text.
struct Scan<'a> {
    cursor: Cursor<'a>,
    /// The messages of batches that hold carriers, in the order of the text.
    messages: Vec<Message>,
    /// How many batches began.
    batches: usize,
    /// The batches that count, in the order in which they do: the message itself, then `updates`, `events` and
    /// `messages`.
    current: [usize; 4],
}

/// Position of the message itself in `Scan::current`.
const WHOLE: usize = 0;

/// Stand for the spelling of a name that did not come yet, and of one that came in two.
const ABSENT: u32 = u32::MAX;
const AMBIGUOUS: u32 = ABSENT - 1;

impl Scan<'_> {
    /// Reads the messages of an array, which replaces an earlier one of the same name.
    fn batch(&mut self, list: usize) -> Option<()> {
        self.batches += 1;
        let batch = self.batches;
        if let Some(current) = self.current.get_mut(list) {
            *current = batch;
        }
        if !self.cursor.eat(b'[') {
            return self.cursor.skip();
        }
        let mut room = MAX_BATCH;
        let mut more = !self.cursor.eat(b']');
        while more {
            if room > 0 && self.cursor.peek() == b'{' {
                self.message(batch)?;
            } else {
                self.cursor.skip()?;
            }
            room = room.saturating_sub(1);
            more = self.cursor.more(b']')?;
        }
        Some(())
    }

    #[inline(never)]
    fn message(&mut self, batch: usize) -> Option<()> {
        let mut places = [0; CARRIERS * PLACES];
        let read = self.object(&mut places, TOP, false);
        if !is_empty(&places) {
            push(Message { batch, places }, &mut self.messages);
        }
        read
    }

    /// Reads a place; the cursor stands on its brace. It nests no deeper than an envelope's batch of messages with
    /// places in them. Two spellings of one name contradict each other, and neither counts.
    fn object(&mut self, places: &mut Places, place: usize, envelope: bool) -> Option<()> {
        let mut spellings = [ABSENT; CARRIERS];
        let mut more = self.cursor.eat(b'{') && !self.cursor.eat(b'}');
        while more {
            self.cursor.key()?;
            let (mut name, spelling) = find(self.cursor.content());
            if spelling > 0 && place != HEADERS {
                name = ALL;
            }
            let inner = (name + 1).wrapping_sub(CARRIERS);
            if let Some(seen) = spellings.get_mut(name) {
                self.cursor.string_or_skip()?;
                *seen = if *seen == ABSENT || *seen == spelling {
                    spelling
                } else {
                    AMBIGUOUS
                };
                if let Some(slot) = places.get_mut(place * CARRIERS + name) {
                    *slot = if *seen == AMBIGUOUS {
                        0
                    } else {
                        self.cursor.start
                    };
                }
            } else if place == TOP && name < INNER {
                if let Some(slots) = places.as_chunks_mut::<CARRIERS>().0.get_mut(inner) {
                    *slots = [0; CARRIERS];
                }
                if self.cursor.peek() == b'{' {
                    self.object(places, inner, false)?;
                } else {
                    self.cursor.skip()?;
                }
            } else if envelope && name < ALL {
                self.batch(name + 1 - INNER)?;
            } else {
                self.cursor.skip()?;
            }
            more = self.cursor.more(b'}')?;
        }
        Some(())
    }
}
