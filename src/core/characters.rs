//! Classes of characters, and how far a text stays within one: what headers, JSON and free text are read with.

/// Characters of a baggage key (RFC 7230 token).
pub(crate) const TOKEN: u16 = 1;
/// Characters of a baggage value.
pub(crate) const BAGGAGE_VALUE: u16 = 2;
/// Characters of a tracestate key.
pub(crate) const STATE_KEY: u16 = 4;
/// Characters of a tracestate value.
pub(crate) const STATE_VALUE: u16 = 8;
/// Characters that mean themselves in percent-encoding.
pub(crate) const UNRESERVED: u16 = 16;
/// HTTP's optional white space: space and tab.
pub(crate) const SPACE: u16 = 32;
/// What separates the items of a list.
pub(crate) const COMMA: u16 = 64;
/// Decimal digits.
pub(crate) const DIGIT: u16 = 128;
/// Hex digits of both cases.
pub(crate) const HEX: u16 = 256;
/// Characters that may begin anything to redact, or an encoded one that does.
pub(crate) const SPECIAL: u16 = 1024;
/// Characters that no URL in free text holds.
pub(crate) const OUTSIDE: u16 = 2048;
/// Characters that stand behind a URL rather than at its end.
pub(crate) const CLOSING: u16 = 4096;
/// Characters that stand before a URL.
pub(crate) const OPENING: u16 = 8192;
/// What browsers take for a slash.
pub(crate) const SLASH: u16 = 16384;
/// Letters of any script, and digits.
pub(crate) const WORD: u16 = 32768;
/// What may stand in an item of a list at all.
pub(crate) const PRINTABLE: u16 = BAGGAGE_VALUE | STATE_VALUE | SPACE;

/// One for each byte, so that no look-up needs a check.
static CLASSES: [u16; 256] = classes();

const fn classes() -> [u16; 256] {
    let mut table = [WORD; 256];
    let mut byte = 0;
    while byte < 128 {
        let letter = byte as u8;
        let mut class = match letter {
            b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' => STATE_KEY | UNRESERVED | TOKEN,
            b'A'..=b'Z' | b'.' | b'~' => UNRESERVED | TOKEN,
            b'*' => STATE_KEY | TOKEN,
            b'/' | b'@' => STATE_KEY,
            b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'+' | b'^' | b'`' | b'|' => TOKEN,
            b'\t' | b' ' => SPACE,
            b',' => COMMA,
            _ => 0,
        };
        if matches!(letter, b' '..=b'~') && letter != b',' && letter != b'=' {
            class |= STATE_VALUE;
        }
        if matches!(letter, b'!'..=b'~') && !matches!(letter, b'"' | b',' | b';' | b'\\') {
            class |= BAGGAGE_VALUE;
        }
        if letter.is_ascii_digit() {
            class |= DIGIT;
        }
        if letter.is_ascii_hexdigit() {
            class |= HEX;
        }
        if letter.is_ascii_alphanumeric() {
            class |= WORD;
        }
        if matches!(
            letter,
            b'#' | b'%' | b'&' | b':' | b';' | b'?' | b'@' | b'\\'
        ) {
            class |= SPECIAL;
        }
        if matches!(letter, 0..=b' ' | b'"' | b'<' | b'>' | 0x7f) {
            class |= OUTSIDE;
        }
        if matches!(
            letter,
            b')' | b']' | b'}' | b'.' | b',' | b';' | b':' | b'!' | b'\\'
        ) {
            class |= CLOSING;
        }
        if matches!(letter, b'(' | b'[' | b'{' | b'\'' | b'`' | b'=') {
            class |= OPENING;
        }
        if matches!(letter, b'/' | b'\\') {
            class |= SLASH;
        }
        table[byte] = class;
        byte += 1;
    }
    table
}

/// Whether the byte is of the class.
pub(crate) fn is(byte: u8, class: u16) -> bool {
    CLASSES[usize::from(byte)] & class != 0
}

/// Where the characters of the class that begin at `at` end.
#[inline(never)]
pub(crate) fn run(text: &[u8], mut at: usize, class: u16) -> usize {
    while text.get(at).is_some_and(|&byte| is(byte, class)) {
        at += 1;
    }
    at
}

/// Where the first character of the class stands from `at` on; behind the end if none does.
#[inline(never)]
pub(crate) fn until(text: &[u8], mut at: usize, class: u16) -> usize {
    while text.get(at).is_some_and(|&byte| !is(byte, class)) {
        at += 1;
    }
    at
}

/// The byte at `at`, 0 behind the end.
#[inline(never)]
pub(crate) fn byte(text: &[u8], at: usize) -> u8 {
    text.get(at).copied().unwrap_or(0)
}
