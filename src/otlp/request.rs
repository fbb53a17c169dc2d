//! The envelope of a request: resource and scope once, then spans that were written before.
//!
//! Source: opentelemetry-proto, `ExportTraceServiceRequest`.

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otlp::read::{Fields, spans};

    #[test]
    fn lengths_nest() {
        let envelope = Envelope::new(&[], b"tracelink", b"1", b"https://schema");
        for size in [0, 3, 99, 39_999] {
            let mut out = Vec::new();
            envelope.begin(size, &mut out);
            // Unknown fields of one zero byte each: 16, varint.
            for _ in 0..size / 3 {
                out.extend_from_slice(&[0x80, 1, 0]);
            }
            envelope.finish(&mut out);
            assert_eq!(spans(&out).count(), 0);
            assert_eq!(
                Fields::new(&out).count(),
                1,
                "one whole field: its length is right"
            );
            assert!(out.len() <= size + envelope.overhead());
        }
    }
}
