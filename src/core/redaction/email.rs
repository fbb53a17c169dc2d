//! Finds the e-mail address around an `@`, plain or encoded.

use super::REDACTED;
use super::scan::Scan;
use crate::core::characters::{DIGIT, UNRESERVED, WORD, byte, is};

const LONGEST_LOCAL_PART: usize = 64;

impl Scan<'_> {
    /// Replaces the e-mail address around the `@` at `at`, if there is one. Returns where to go on.
    pub(super) fn email(&mut self, from: usize, at: usize, next: usize) -> usize {
        let text = self.text;
        let first = from
            .max(self.copied)
            .max(at.saturating_sub(LONGEST_LOCAL_PART));
        let mut start = at;
        while start > first {
            let before = byte(text, start - 1);
            if !is(before, WORD | UNRESERVED) && before != b'%' && before != b'+' {
                break;
            }
            start -= 1;
        }
        // A sentence's full stop is no part of the address, a version number no top-level domain.
        let (mut end, mut to, mut dot) = (next, next, false);
        while end < text.len() && is(byte(text, end), WORD | UNRESERVED) {
            let after = byte(text, end + 1);
            dot |= byte(text, end) == b'.' && end > next && is(after, WORD) && !is(after, DIGIT);
            end += 1;
            if is(byte(text, end - 1), WORD) {
                to = end;
            }
        }
        if start == at || !dot {
            return next;
        }
        self.replace(start, to, REDACTED);
        to
    }
}
