//! The W3C `tracestate` header, level 2: checked as a whole, our own member at the left, cut by whole members.

use super::grammar::{Items, push};
use crate::core::characters::{STATE_KEY, STATE_VALUE, WORD, byte, is, run};
use crate::otlp::wire::{put, remove};
use alloc::vec::Vec;

/// Most members a list may have.
const MEMBERS: usize = 32;
/// Every receiver takes this many characters; what is longer is cut.
const CHARACTERS: usize = 512;
/// Members longer than this are the first to be cut.
const LONG_MEMBER: usize = 128;
/// Longest key, and longest value.
const LONGEST: usize = 256;

/// Whether `key` may be the key of a member.
pub fn is_valid_key(key: &[u8]) -> bool {
    !key.is_empty() && key_len(key) == key.len()
}

/// Whether `value` may be the value of a member.
pub fn is_valid_value(value: &[u8]) -> bool {
    is_value_from(value, 0)
}

/// The length of the key that the text begins with, 0 if there is none.
fn key_len(text: &[u8]) -> usize {
    let len = run(text, 0, STATE_KEY);
    if is(byte(text, 0), WORD) && len <= LONGEST {
        len
    } else {
        0
    }
}

fn is_value_from(text: &[u8], at: usize) -> bool {
    let len = text.len().wrapping_sub(at);
    len.wrapping_sub(1) < LONGEST
        && run(text, at, STATE_VALUE) == text.len()
        && text.last() != Some(&b' ')
}

/// Reads a header value and appends the list without empty members, white space and repeated keys (the left one,
/// the newest, stays). False: broken or too many members, nothing of it may be passed on.
#[inline(always)]
pub fn normalise(header: &[u8], out: &mut Vec<u8>) -> bool {
    let start = out.len();
    let mut room = MEMBERS;
    let mut members = Items::of(header);
    while members.step() {
        let member = members.item;
        let len = key_len(member);
        if room == 0 || len == 0 || byte(member, len) != b'=' || !is_value_from(member, len + 1) {
            out.truncate(start);
            return false;
        }
        room -= 1;
        let key = member.get(..=len).unwrap_or_default();
        let mut seen = Items::of(out.get(start..).unwrap_or_default());
        while seen.step() && !seen.item.starts_with(key) {}
        if seen.item.is_empty() {
            push(member, start, usize::MAX, out);
        }
    }
    true
}

/// Appends `incoming` (normalised) behind our own member, which may be empty. Our member replaces an older one of the
/// same key; what exceeds the limits is cut from the right, long members first.
#[inline(always)]
pub fn with_own(own: &[u8], incoming: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    put(own, out);
    // What is not empty ends at least one member before the limit.
    let mut room = MEMBERS - usize::from(!own.is_empty());
    let first = out.len();
    let key_len = run(own, 0, STATE_KEY);
    let key = own.get(..=key_len).unwrap_or(b",");
    let mut members = Items::of(incoming);
    while members.step() {
        let member = members.item;
        if room > 0 && !member.starts_with(key) {
            room -= 1;
            push(member, start, usize::MAX, out);
        }
    }
    let (mut shortest, mut end) = (LONG_MEMBER, out.len());
    while out.len() - start > CHARACTERS {
        if end <= first {
            if shortest == 0 {
                break;
            }
            (shortest, end) = (0, out.len());
        }
        let mut at = end.saturating_sub(1);
        while at > first && byte(out, at) != b',' {
            at -= 1;
        }
        // The left-most member has no comma before it but one behind it, if it is not the last.
        if end - at > shortest + usize::from(at > start) {
            remove(at, end + usize::from(at == start && end < out.len()), out);
        }
        end = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(key: &str, value: &str, incoming: &str) -> String {
        let mut own = [key, value].join("=");
        if key.is_empty() {
            own.clear();
        }
        let mut out = b"kept".to_vec();
        with_own(own.as_bytes(), incoming.as_bytes(), &mut out);
        String::from_utf8(out.split_off(4)).unwrap()
    }

    fn normalised(header: &[u8]) -> Option<Vec<u8>> {
        let mut out = b"kept".to_vec();
        let read = normalise(header, &mut out);
        let list = out.split_off(4);
        assert!(read || list.is_empty());
        read.then_some(list)
    }

    fn numbered(count: usize) -> String {
        let members: Vec<String> = (1..=count).map(|n| format!("m{n}={n}")).collect();
        members.join(",")
    }

    #[test]
    fn empty_lists_and_members_are_no_error() {
        assert_eq!(normalised(b""), Some(vec![]));
        assert_eq!(normalised(b" ,\t,"), Some(vec![]));
        assert_eq!(normalised(b",a=1, ,b= 2 ,"), Some(b"a=1,b= 2".to_vec()));
    }

    #[test]
    fn one_bad_member_drops_the_list() {
        for bad in [
            "a", "=1", "a=", "a=1=2", "A=1", "a=1,@b=2", "a=\u{7f}", "a=é",
        ] {
            assert_eq!(normalised(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn the_left_one_of_two_equal_keys_stays() {
        assert_eq!(normalised(b"a=1,b=2,a=3"), Some(b"a=1,b=2".to_vec()));
    }

    #[test]
    fn thirty_three_members_drop_the_list_even_when_keys_repeat() {
        assert_eq!(
            normalised(numbered(32).as_bytes()),
            Some(numbered(32).into_bytes())
        );
        assert_eq!(normalised(numbered(33).as_bytes()), None);
        assert_eq!(normalised(["a=1"; 33].join(",").as_bytes()), None);
    }

    #[test]
    fn own_member_goes_left_and_replaces_its_key() {
        assert_eq!(own("us", "1", ""), "us=1");
        assert_eq!(own("us", "2", "a=1,us=1,b=2"), "us=2,a=1,b=2");
        assert_eq!(own("", "", "a=1,b=2"), "a=1,b=2");
        assert_eq!(own("", "", ""), "");
    }

    #[test]
    fn own_member_pushes_the_right_most_of_32_out() {
        assert_eq!(
            own("us", "1", &numbered(32)),
            format!("us=1,{}", numbered(31))
        );
        assert_eq!(
            own("m32", "x", &numbered(32)),
            format!("m32=x,{}", numbered(31))
        );
        assert_eq!(own("", "", &numbered(32)), numbered(32));
    }

    #[test]
    fn long_members_are_cut_first_then_the_right_most() {
        let long = format!("long={}", "x".repeat(124));
        let short: Vec<String> = (0..4)
            .map(|n| format!("s{n}={}", "y".repeat(117)))
            .collect();
        let list = format!("{},{long},{}", short[..2].join(","), short[2..].join(","));
        assert_eq!(list.len(), 4 * 120 + 129 + 4);
        assert_eq!(own("", "", &list), short.join(","));
        let list = [short.join(","), "z=1234567890123456789012345678".into()].join(",");
        assert_eq!(list.len(), 514);
        assert_eq!(own("", "", &list), short.join(","));
        assert_eq!(own("", "", &list[..512]), list[..512]);
        assert_eq!(
            own("us", "1", &list[..512]),
            format!("us=1,{}", short.join(","))
        );
    }

    #[test]
    fn own_member_is_never_cut() {
        let (key, value) = ("k".repeat(256), "v".repeat(256));
        assert!(is_valid_key(key.as_bytes()) && is_valid_value(value.as_bytes()));
        assert_eq!(own(&key, &value, "a=1"), format!("{key}={value}"));
    }
}
