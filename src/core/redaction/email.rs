//! Finds the e-mail address around an `@`, plain or encoded.

use super::REDACTED;
use super::scan::Scan;

impl Scan<'_> {
    /// Replaces the e-mail address around the `@` at `at`, if there is one. Returns where to go on.
    pub(super) fn email(&mut self, from: usize, at: usize, next: usize, end: usize) -> usize {
        const LONGEST_LOCAL_PART: usize = 64;
        let first = from
            .max(self.copied)
            .max(at.saturating_sub(LONGEST_LOCAL_PART));
        let mut start = at;
        while start > first
            && matches!(self.byte(start - 1), b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'%' | b'+' | b'-' | 0x80..)
        {
            start -= 1;
        }
        let (mut to, mut dot) = (next, next);
        while to < end
            && matches!(self.byte(to), b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'.' | b'-' | 0x80..)
        {
            // A sentence's full stop is no part of the address, a version number no top-level domain.
            if self.byte(to) == b'.'
                && matches!(self.byte(to + 1), b'A'..=b'Z' | b'a'..=b'z' | 0x80..)
            {
                dot = to;
            }
            to += 1;
        }
        if start == at || dot == next {
            return next;
        }
        while matches!(self.byte(to - 1), b'.' | b'-') {
            to -= 1;
        }
        self.replace(start, to, REDACTED);
        to
    }
}
