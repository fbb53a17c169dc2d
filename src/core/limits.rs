//! Limits of a span's contents; what is over them is cut or dropped, and counted.
//!
//! Source: OpenTelemetry specification, "Common concepts", attribute limits, and "Span limits".

/// Most bytes of a span name.
pub const NAME_BYTES: usize = 1_024;
/// Most bytes of an attribute key; a longer one drops the attribute.
pub const KEY_BYTES: usize = 256;
/// Most bytes of a string value, and of all strings of an array value.
pub const VALUE_BYTES: usize = 4_096;
/// Most attributes of a span, a resource, an event or a link.
pub const ATTRIBUTES: usize = 128;
/// Most events of a span, and most links.
pub const ITEMS: u32 = 128;
/// Most elements of an array value.
pub const ARRAY_ITEMS: usize = 128;

/// The longest prefix of `text` that has at most `max` bytes and does not split a UTF-8 character.
#[inline(never)]
pub fn cut(text: &[u8], max: usize) -> &[u8] {
    if text.len() <= max {
        return text;
    }
    let mut end = max;
    while end > 0 && text.get(end).is_some_and(|byte| byte & 0xC0 == 0x80) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn never_splits_a_character() {
        let text = "aé€😀".as_bytes();
        let lengths: Vec<usize> = (0..=text.len()).map(|max| cut(text, max).len()).collect();
        assert_eq!(lengths, [0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10]);
    }
}
