//! The envelope of a request: resource and scope once, then spans that were written before.
//!
//! Source: opentelemetry-proto, `ExportTraceServiceRequest`, and OTLP/HTTP, "Partial success".

use crate::otlp::wire::{bytes, field_len, varint};
use alloc::vec::Vec;

/// Everything of a request but its spans, encoded once.
#[derive(Clone, Debug, Default)]
pub struct Envelope {
    resource: Vec<u8>,
    scope: Vec<u8>,
    schema_url: Vec<u8>,
}

impl Envelope {
    /// From encoded `Resource.attributes` fields, the scope's name and version, and a schema's URL.
    pub fn new(resource_attributes: &[u8], name: &[u8], version: &[u8], schema_url: &[u8]) -> Self {
        let mut envelope = Self::default();
        bytes(1, resource_attributes, &mut envelope.resource);
        let mut scope = Vec::new();
        bytes(1, name, &mut scope);
        bytes(2, version, &mut scope);
        bytes(1, &scope, &mut envelope.scope);
        bytes(3, schema_url, &mut envelope.schema_url);
        envelope
    }

    /// Bytes that a request has beside its spans, at most.
    pub fn overhead(&self) -> usize {
        self.resource.len() + self.scope.len() + 2 * self.schema_url.len() + 24
    }

    /// Starts a request whose spans, as `ScopeSpans.spans` fields, take `spans_len` bytes.
    /// The caller appends them, then calls [`Envelope::finish`].
    pub fn begin(&self, spans_len: usize, out: &mut Vec<u8>) {
        let scope_spans = self.scope.len() + spans_len + self.schema_url.len();
        let resource_spans = self.resource.len() + field_len(scope_spans) + self.schema_url.len();
        out.reserve(field_len(resource_spans));
        out.push(0x0A);
        varint(resource_spans as u64, out);
        out.extend_from_slice(&self.resource);
        out.push(0x12);
        varint(scope_spans as u64, out);
        out.extend_from_slice(&self.scope);
    }

    /// Ends what [`Envelope::begin`] started.
    pub fn finish(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.schema_url);
        out.extend_from_slice(&self.schema_url);
    }
}

/// `rejected_spans` of an `ExportTraceServiceResponse`, protobuf or JSON; 0 when there is none or the body is something else.
pub fn rejected_spans(response: &[u8]) -> u64 {
    match response.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'{') => rejected_in_json(response),
        _ => rejected_in_protobuf(response).unwrap_or(0),
    }
}

fn rejected_in_json(response: &[u8]) -> u64 {
    const NAME: &[u8] = b"\"rejectedSpans\"";
    let Some(at) = response
        .windows(NAME.len())
        .position(|window| window == NAME)
    else {
        return 0;
    };
    response
        .iter()
        .skip(at + NAME.len())
        .skip_while(|byte| matches!(byte, b':' | b'"' | b' ' | b'\t' | b'\r' | b'\n'))
        .map_while(|byte| char::from(*byte).to_digit(10))
        .fold(0, |sum: u64, digit| {
            sum.saturating_mul(10).saturating_add(u64::from(digit))
        })
}

fn rejected_in_protobuf(response: &[u8]) -> Option<u64> {
    let (&tag, rest) = response.split_first()?;
    let (len, rest) = read_varint(rest)?;
    let partial = rest.get(..usize::try_from(len).ok()?)?;
    let (&field, value) = partial.split_first()?;
    (tag == 0x0A && field == 0x08)
        .then(|| read_varint(value))?
        .map(|(count, _)| count)
}

fn read_varint(bytes: &[u8]) -> Option<(u64, &[u8])> {
    let mut value = 0_u64;
    for (index, byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 0x7F) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, bytes.get(index + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_nest() {
        let envelope = Envelope::new(&[], b"tracelink", b"1", b"https://schema");
        for size in [0, 1, 100, 40_000] {
            let mut out = Vec::new();
            envelope.begin(size, &mut out);
            out.resize(out.len() + size, 0);
            envelope.finish(&mut out);
            let (len, rest) = read_varint(out.get(1..).unwrap_or_default()).unwrap_or_default();
            assert_eq!(len as usize, rest.len());
            assert!(out.len() <= size + envelope.overhead());
        }
    }

    #[test]
    fn partial_success_is_read_in_both_encodings() {
        for (response, rejected) in [
            (&b""[..], 0),
            (b"{}", 0),
            (b"{\"partialSuccess\":null}", 0),
            (b" {\"partialSuccess\":{\"rejectedSpans\":\"12\"}}", 12),
            (b"{\"partialSuccess\":{\"rejectedSpans\": 3}}", 3),
            (&[0x0A, 3, 0x08, 0x80, 1][..], 128),
            (&[0x0A, 0], 0),
            (&[0x0A, 200, 0x08], 0),
            (b"<html>", 0),
        ] {
            assert_eq!(rejected_spans(response), rejected, "{response:?}");
        }
    }
}
