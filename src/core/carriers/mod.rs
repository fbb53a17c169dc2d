//! Message carriers: finds the contexts in a JSON message in one pass, without building its values.

use alloc::vec::Vec;

mod json;
mod message;
mod text;

use crate::core::context::RemoteContext;
use json::Cursor;
use message::{ALL, CARRIERS, HEADERS, INNER, Message, TOP, find};

/// Most elements of a batch that are looked at.
pub const MAX_BATCH: usize = 10_000;

/// Appends every valid context of a message in order, the latest last: the envelope's, then those of its batches.
/// Gives what `JSON.parse` and a look at own properties would give, nothing when the text is not JSON in UTF-8.
/// `ignored` counts malformed carriers, and text that begins like an object or a list and is broken.
pub fn scan(json: &[u8], out: &mut Vec<RemoteContext>, ignored: &mut u32) {
    let mut scan = Scan {
        cursor: Cursor::new(json),
        messages: Vec::new(),
        batches: 0,
        current: [0, usize::MAX, usize::MAX, usize::MAX],
        key: Vec::new(),
    };
    let read = match scan.cursor.peek() {
        b'[' => scan.batch(WHOLE),
        b'{' => scan.message(0, true),
        _ => return,
    };
    if read.is_none() || !scan.cursor.at_end() {
        *ignored += 1;
        return;
    }
    for batch in &scan.current {
        for message in &scan.messages {
            if message.batch == *batch {
                message.contexts(json, out, ignored);
            }
        }
    }
}

/// A pass over the text.
struct Scan<'a> {
    cursor: Cursor<'a>,
    /// The messages that hold carriers, in the order of the text.
    messages: Vec<Message>,
    /// How many batches began.
    batches: usize,
    /// The batches that count, in the order in which they do: of the message itself, then `updates`, `events` and
    /// `messages`.
    current: [usize; 4],
    /// The key that was read last, kept to be allocated once.
    key: Vec<u8>,
}

/// Position of the message itself in `Scan::current`.
const WHOLE: usize = 0;

/// Stands for the spelling of a name that came in two.
const AMBIGUOUS: u32 = 0;

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
                self.message(batch, false)?;
            } else {
                self.cursor.skip()?;
            }
            room = room.saturating_sub(1);
            more = self.cursor.more(b']')?;
        }
        Some(())
    }

    #[inline(never)]
    fn message(&mut self, batch: usize, envelope: bool) -> Option<()> {
        let index = self.messages.len();
        self.messages.push(Message {
            batch,
            ..Message::default()
        });
        self.object(index, TOP, envelope)?;
        let places = self.messages.get(index).map(|message| &message.places);
        let empty = places.is_some_and(|places| places.iter().flatten().all(|at| *at == 0));
        if empty && !envelope {
            self.messages.truncate(index);
        }
        Some(())
    }

    /// Reads a place; the cursor stands on its brace. It nests no deeper than an envelope's batch of messages with
    /// places in them. Two spellings of one name contradict each other, and neither counts.
    fn object(&mut self, index: usize, place: usize, envelope: bool) -> Option<()> {
        let mut spellings = [u32::MAX; CARRIERS];
        let mut more = self.cursor.eat(b'{') && !self.cursor.eat(b'}');
        while more {
            let key = self.cursor.key()?;
            let (mut name, spelling) = find(self.cursor.text, key, &mut self.key);
            if spelling.count_ones() > 1 && place != HEADERS {
                name = ALL;
            }
            let inner = (name + 1).wrapping_sub(CARRIERS);
            if let Some(seen) = spellings.get_mut(name) {
                if *seen != spelling && *seen != u32::MAX {
                    *seen = AMBIGUOUS;
                } else {
                    *seen = spelling;
                }
                let ambiguous = *seen == AMBIGUOUS;
                let at = self.cursor.string_or_skip()?;
                if let Some(slot) = self.slots(index, place).get_mut(name) {
                    *slot = if ambiguous { 0 } else { at };
                }
            } else if place == TOP && name < INNER {
                self.slots(index, inner).fill(0);
                if self.cursor.peek() == b'{' {
                    self.object(index, inner, false)?;
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

    fn slots(&mut self, index: usize, place: usize) -> &mut [usize] {
        let message = self.messages.get_mut(index);
        let place = message.and_then(|message| message.places.get_mut(place));
        place.map_or(&mut [], |slots| slots)
    }
}
