//! Message carriers: finds the contexts in a JSON message in one pass, without building its values.

mod json;
mod message;

use crate::core::context::RemoteContext;
use json::Cursor;
use message::Message;

/// Most elements of a batch that are looked at.
pub const MAX_BATCH: usize = 10_000;

/// Appends every valid context of a message in order, the latest last: the envelope's, then those of its batches.
/// Gives what `JSON.parse` and a look at own properties would give, nothing when the text is not JSON in UTF-8.
/// `ignored` counts malformed carriers, and text that begins like an object or a list and is broken.
pub fn scan(json: &[u8], out: &mut Vec<RemoteContext>, ignored: &mut u32) {
    let mut cursor = Cursor::new(json);
    if !matches!(cursor.peek(), b'{' | b'[') {
        return;
    }
    let complete = read_message(&mut cursor).filter(|_| cursor.at_end());
    match complete.filter(|_| std::str::from_utf8(json).is_ok()) {
        Some(lists) => {
            for mut list in lists {
                out.append(&mut list.contexts);
                *ignored = ignored.saturating_add(list.ignored);
            }
        }
        None => *ignored = ignored.saturating_add(1),
    }
}

/// What one list of messages holds.
#[derive(Default)]
struct Found {
    contexts: Vec<RemoteContext>,
    ignored: u32,
}

impl Found {
    /// Of two traces in one message the one to use comes last, as the latest counts.
    fn add(&mut self, message: &Message<'_>) {
        let (context, link) = message.contexts(&mut self.ignored);
        self.contexts.extend(link);
        self.contexts.extend(context);
    }
}

/// The envelope's own contexts, then those of `updates`, `events` and `messages`.
fn read_message(cursor: &mut Cursor<'_>) -> Option<[Found; 4]> {
    let mut lists = <[Found; 4]>::default();
    let [envelope, batches @ ..] = &mut lists;
    if cursor.peek() == b'[' {
        *envelope = read_batch(cursor)?;
    } else {
        let message = Message::read(cursor, &mut |batch, cursor| {
            let found = read_batch(cursor)?;
            if let Some(list) = batches.get_mut(batch) {
                *list = found;
            }
            Some(())
        })?;
        envelope.add(&message);
    }
    Some(lists)
}

/// Passes over a value and returns what the messages in it carry when it is an array.
fn read_batch(cursor: &mut Cursor<'_>) -> Option<Found> {
    let mut found = Found::default();
    if cursor.peek() != b'[' {
        return cursor.skip().map(|()| found);
    }
    let mut count = 0;
    let mut first = true;
    cursor.enter();
    while cursor.element(&mut first)? {
        if count < MAX_BATCH && cursor.peek() == b'{' {
            let message = Message::read(cursor, &mut |_, cursor| cursor.skip())?;
            found.add(&message);
        } else {
            cursor.skip()?;
        }
        count += 1;
    }
    Some(found)
}
