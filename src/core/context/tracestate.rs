//! The W3C `tracestate` header, level 2: checked as a whole, our own member at the left, cut by whole members.

use super::grammar::{Items, STATE_KEY, STATE_VALUE, all, put, split};
use alloc::vec::Vec;

/// Most members a list may have.
const MEMBERS: usize = 32;
/// Every receiver takes this many characters; what is longer is cut.
const CHARACTERS: usize = 512;
/// Members longer than this are the first to be cut.
const LONG_MEMBER: usize = 128;

/// Whether `key` may be the key of a member.
pub fn is_valid_key(key: &[u8]) -> bool {
    key.len() <= 256 && matches!(key, [b'a'..=b'z' | b'0'..=b'9', ..]) && all(key, STATE_KEY)
}

/// Whether `value` may be the value of a member.
pub fn is_valid_value(value: &[u8]) -> bool {
    value.len() <= 256 && matches!(value, [.., last] if *last != b' ') && all(value, STATE_VALUE)
}

/// Reads a header value. The list comes back without empty members, white space and repeated keys (the left one,
/// the newest, stays); `None`: broken or too many members, nothing of it may be passed on.
pub fn normalise(header: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for (count, member) in Items(header).enumerate() {
        let (key, value) = split(member, b'=');
        if count >= MEMBERS || !is_valid_key(key) || !is_valid_value(value?) {
            return None;
        }
        if !Items(&out).any(|seen| split(seen, b'=').0 == key) {
            push(member, 0, &mut out);
        }
    }
    Some(out)
}

/// Appends `incoming` (normalised) behind our own member, which an empty `key` leaves out. Our member replaces an
/// older one of the same key; what exceeds the limits is cut from the right, long members first.
pub fn with_own(key: &[u8], value: &[u8], incoming: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    let mut foreign = [&[][..]; MEMBERS];
    let mut room = MEMBERS;
    if !key.is_empty() {
        put(key, out);
        put(b"=", out);
        put(value, out);
        room -= 1;
    }
    // Every member counts with a comma, one more than there are.
    let mut length = out.len() - start;
    length += usize::from(length > 0);
    let kept = Items(incoming).filter(|member| split(member, b'=').0 != key);
    for (slot, member) in foreign.iter_mut().zip(kept.take(room)) {
        length += member.len() + 1;
        *slot = member;
    }
    for shortest in [LONG_MEMBER, 0] {
        for slot in foreign.iter_mut().rev() {
            if length > CHARACTERS + 1 && slot.len() > shortest {
                length -= slot.len() + 1;
                *slot = &[];
            }
        }
    }
    for member in foreign {
        if !member.is_empty() {
            push(member, start, out);
        }
    }
}

/// Appends a member to the list that begins at `start`.
fn push(member: &[u8], start: usize, list: &mut Vec<u8>) {
    if list.len() > start {
        put(b",", list);
    }
    put(member, list);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(key: &str, value: &str, incoming: &str) -> String {
        let mut out = Vec::new();
        with_own(
            key.as_bytes(),
            value.as_bytes(),
            incoming.as_bytes(),
            &mut out,
        );
        String::from_utf8(out).unwrap()
    }

    fn numbered(count: usize) -> String {
        let members: Vec<String> = (1..=count).map(|n| format!("m{n}={n}")).collect();
        members.join(",")
    }

    #[test]
    fn empty_lists_and_members_are_no_error() {
        assert_eq!(normalise(b""), Some(vec![]));
        assert_eq!(normalise(b" ,\t,"), Some(vec![]));
        assert_eq!(normalise(b",a=1, ,b= 2 ,"), Some(b"a=1,b= 2".to_vec()));
    }

    #[test]
    fn one_bad_member_drops_the_list() {
        for bad in [
            "a", "=1", "a=", "a=1=2", "A=1", "a=1,@b=2", "a=\u{7f}", "a=é",
        ] {
            assert_eq!(normalise(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn the_left_one_of_two_equal_keys_stays() {
        assert_eq!(normalise(b"a=1,b=2,a=3"), Some(b"a=1,b=2".to_vec()));
    }

    #[test]
    fn thirty_three_members_drop_the_list_even_when_keys_repeat() {
        assert_eq!(
            normalise(numbered(32).as_bytes()),
            Some(numbered(32).into_bytes())
        );
        assert_eq!(normalise(numbered(33).as_bytes()), None);
        assert_eq!(normalise(["a=1"; 33].join(",").as_bytes()), None);
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
