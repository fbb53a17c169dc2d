//! Lists of names in one text each, in which neither case counts nor whether `_` or `-` is written.

use crate::otlp::wire::put;
use alloc::vec::Vec;

/// Makes a list: the NUL before each name becomes its length, and names are folded as they are looked up.
pub(crate) const fn list<const N: usize>(mut text: [u8; N]) -> [u8; N] {
    let (mut at, mut len) = (N, 0);
    while at > 0 {
        at -= 1;
        if text[at] == 0 {
            text[at] = len;
            len = 0;
        } else {
            text[at] = fold(text[at]);
            len += 1;
        }
    }
    text
}

/// What `_` and `-`, and both cases of a letter, have in common.
pub(crate) const fn fold(byte: u8) -> u8 {
    if byte == b'_' {
        b'-'
    } else {
        byte.to_ascii_lowercase()
    }
}

/// Adds a name to a list. One of over 255 bytes is no name that anybody uses, an empty one no name.
#[inline(never)]
pub(crate) fn add(list: &mut Vec<u8>, name: &[u8]) {
    if name.len() < 256 && !name.is_empty() {
        put(&[name.len() as u8], list);
        for byte in name {
            put(&[fold(*byte)], list);
        }
    }
}

/// Where in a text a name of a list has to stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Start,
    Whole,
    End,
}

pub(crate) fn listed(list: &[u8], name: &[u8]) -> bool {
    position(list, name, Place::Whole) > 0
}

/// The number of the first name of the list that stands in the text, counted from 1; 0 if none does.
#[inline(never)]
pub(crate) fn position(list: &[u8], text: &[u8], place: Place) -> usize {
    let (mut at, mut number) = (0, 0);
    while let Some(&len) = list.get(at) {
        let len = usize::from(len);
        at += 1;
        number += 1;
        // How much of the text stands behind the name, and before it.
        let rest = text.len().wrapping_sub(len);
        let from = if place == Place::Start { 0 } else { rest };
        if rest <= text.len() && (rest == 0 || place != Place::Whole) {
            let text = text.get(from..).unwrap_or_default();
            let name = list.get(at..at + len).unwrap_or_default();
            if text.iter().zip(name).all(|(of, known)| fold(*of) == *known) {
                return number;
            }
        }
        at += len;
    }
    0
}
