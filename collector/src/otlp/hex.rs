//! Ids in hexadecimal.

/// Lower-case hexadecimal.
pub(crate) fn encode(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble & 15)]);
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(*byte)])
        .collect()
}

/// Bytes from hexadecimal of any case.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    let nibble = |digit: u8| {
        char::from(digit)
            .to_digit(16)
            .and_then(|value| u8::try_from(value).ok())
    };
    text.as_bytes()
        .chunks_exact(2)
        .map(|pair| Some(nibble(pair[0])? << 4 | nibble(pair[1])?))
        .collect()
}

/// An id of exactly N bytes that is not all zero.
pub(crate) fn id<const N: usize>(text: &str) -> Option<[u8; N]> {
    let id = <[u8; N]>::try_from(decode(text)?).ok()?;
    id.iter().any(|byte| *byte != 0).then_some(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_any_case_and_writes_lower() {
        let bytes = decode("00aAFf7e").unwrap_or_default();
        assert_eq!(bytes, [0x00, 0xaa, 0xff, 0x7e]);
        assert_eq!(encode(&bytes), "00aaff7e");
        for bad in ["0", "0g", "+1", "é", "  "] {
            assert_eq!(decode(bad), None, "{bad}");
        }
        assert_eq!(id::<2>("0000"), None);
        assert_eq!(id::<2>("000001"), None);
        assert_eq!(id::<2>("0001"), Some([0, 1]));
    }
}
