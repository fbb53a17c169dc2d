//! How much a request may become when it is decoded: small bytes can mean many spans, attributes and values.

use std::fmt;

/// Most spans of one request; exporters send some hundreds.
const MOST_SPANS: usize = 100_000;
/// Most attributes, events, links and values inside of them, of one span, resource or scope.
pub(crate) const MOST_VALUES: usize = 65_536;

/// Why a body is not decoded.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum DecodeError {
    /// It is not what it says it is.
    Malformed(String),
    /// It would become too large.
    TooLarge(String),
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DecodeError::Malformed(reason) | DecodeError::TooLarge(reason) => f.write_str(reason),
        }
    }
}

/// The memory that a decoded request may take, and what is left of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    bytes: usize,
    spans: usize,
}

impl Default for Room {
    fn default() -> Self {
        Room::of(usize::MAX)
    }
}

impl Room {
    pub(crate) fn of(bytes: usize) -> Room {
        Room {
            bytes,
            spans: MOST_SPANS,
        }
    }

    /// Takes what one span needs.
    pub(crate) fn take_span(&mut self, bytes: usize) -> Result<(), DecodeError> {
        self.spans = self.spans.checked_sub(1).ok_or_else(|| {
            DecodeError::TooLarge(format!("one request has more than {MOST_SPANS} spans"))
        })?;
        self.take(bytes)
    }

    pub(crate) fn take(&mut self, bytes: usize) -> Result<(), DecodeError> {
        let rest = self.bytes.checked_sub(bytes);
        self.bytes = rest.ok_or_else(|| DecodeError::TooLarge(TOO_LARGE.to_owned()))?;
        Ok(())
    }

    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

/// What the sender is told, by every reader alike.
pub(crate) const TOO_LARGE: &str =
    "the body has too many parts for its size: send fewer spans in one request";
