//! Finds the e-mail address around an `@`, plain or encoded.

use super::REDACTED;
use super::characters::{is_one_of, is_word};
use super::scan::Scan;

impl Scan<'_> {
    /// Replaces the e-mail address around the `@` at `at`, if there is one. Returns where to go on.
    pub(super) fn email(&mut self, from: usize, at: usize, next: usize, end: usize) -> usize {
        const LONGEST_LOCAL_PART: usize = 64;
        let first = from
            .max(self.copied)
            .max(at.saturating_sub(LONGEST_LOCAL_PART));
        let mut start = at;
        while start > first && is_word(self.byte(start - 1), b"._%+-") {
            start -= 1;
        }
        let (mut to, mut dot) = (next, next);
        while to < end && is_word(self.byte(to), b".-") {
            // A sentence's full stop is no part of the address, a version number no top-level domain.
            let after = self.byte(to + 1);
            if self.byte(to) == b'.' && is_word(after, b"") && !after.is_ascii_digit() {
                dot = to;
            }
            to += 1;
        }
        if start == at || dot == next {
            return next;
        }
        while is_one_of(self.byte(to - 1), b".-") {
            to -= 1;
        }
        self.replace(start, to, REDACTED);
        to
    }
}
