//! Long answers as JSON text, written piece by piece.

use std::io::Write;

use serde::Serialize;

use super::ReadError;

/// Takes the text of an answer.
pub(crate) trait JsonOutput: Write {
    /// Writes a value as JSON.
    fn json(&mut self, value: &impl Serialize) -> Result<(), ReadError>
    where
        Self: Sized,
    {
        serde_json::to_writer(self, value).map_err(|_| ReadError::Gone)
    }

    /// Writes text that is JSON already.
    fn raw(&mut self, text: &str) -> Result<(), ReadError> {
        self.write_all(text.as_bytes()).map_err(|_| ReadError::Gone)
    }
}

impl<W: Write> JsonOutput for W {}
