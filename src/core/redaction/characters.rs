//! The classes of characters that the scanner tells apart.

/// Whether a character may begin anything of interest, or an encoded one that does.
pub(super) fn is_special(byte: u8) -> bool {
    matches!(byte, b'#' | b'%' | b'&' | b':' | b';' | b'?' | b'@' | b'\\')
}

pub(super) fn is_slash(byte: u8) -> bool {
    is_one_of(byte, b"/\\")
}

/// Whether it is in the set.
#[inline(never)]
pub(super) fn is_one_of(byte: u8, set: &[u8]) -> bool {
    // Not `contains`, which brings a search by words for long slices.
    set.iter()
        .fold(false, |found, member| found | (*member == byte))
}

/// Whether it is a letter of any script, a digit or one of the set.
#[inline(never)]
pub(super) fn is_word(byte: u8, set: &[u8]) -> bool {
    byte >= 0x80 || byte.is_ascii_alphanumeric() || is_one_of(byte, set)
}
