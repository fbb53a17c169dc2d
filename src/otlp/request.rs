//! The envelope of a request: resource and scope once, then spans that were written before.
//!
//! Source: opentelemetry-proto, `ExportTraceServiceRequest`.

use crate::core::room::reserve;
use crate::otlp::wire::{bytes, field_len, put, varint};
use alloc::vec::Vec;

const NAME: &[u8] = b"tracelink";
const VERSION: &[u8] = env!("CARGO_PKG_VERSION").as_bytes();
/// `ResourceSpans.schema_url` and `ScopeSpans.schema_url`: the semantic conventions that attribute names follow.
const SCHEMA_URL: &[u8] = b"\x1A\x27https://opentelemetry.io/schemas/1.37.0";
/// `ScopeSpans.scope`: name and version.
const SCOPE: &[u8] = &{
    let mut scope = [0; 6 + NAME.len() + VERSION.len()];
    let [tag, len, name_tag, name_len, fields @ ..] = &mut scope;
    (*tag, *len) = (0x0A, 4 + (NAME.len() + VERSION.len()) as u8);
    (*name_tag, *name_len) = (0x0A, NAME.len() as u8);
    let (name, version) = fields.split_at_mut(NAME.len());
    name.copy_from_slice(NAME);
    let [version_tag, version_len, version @ ..] = version else {
        unreachable!()
    };
    (*version_tag, *version_len) = (0x12, VERSION.len() as u8);
    version.copy_from_slice(VERSION);
    scope
};

/// Bytes that a request has beside its spans, at most.
pub fn overhead(resource: &[u8]) -> usize {
    resource.len() + SCOPE.len() + 2 * SCHEMA_URL.len() + 24
}

/// Starts a request with encoded `Resource.attributes` fields, whose spans, as `ScopeSpans.spans` fields, take
/// `spans_len` bytes. The caller appends them, then calls [`finish`].
pub fn begin(resource: &[u8], spans_len: usize, out: &mut Vec<u8>) {
    let scope_spans = SCOPE.len() + spans_len + SCHEMA_URL.len();
    let resource_spans = field_len(resource.len()) + field_len(scope_spans) + SCHEMA_URL.len();
    reserve(field_len(resource_spans), out);
    put(b"\x0A", out);
    varint(resource_spans as u64, out);
    bytes(1, resource, out);
    put(b"\x12", out);
    varint(scope_spans as u64, out);
    put(SCOPE, out);
}

/// Ends what [`begin`] started.
pub fn finish(out: &mut Vec<u8>) {
    put(SCHEMA_URL, out);
    put(SCHEMA_URL, out);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::otlp::read::{Fields, spans};

    #[test]
    fn lengths_nest() {
        for size in [0, 3, 99, 39_999] {
            let mut out = Vec::new();
            begin(&[], size, &mut out);
            // Unknown fields of one zero byte each: 16, varint.
            for _ in 0..size / 3 {
                out.extend_from_slice(&[0x80, 1, 0]);
            }
            finish(&mut out);
            assert_eq!(spans(&out).count(), 0);
            assert_eq!(
                Fields::new(&out).count(),
                1,
                "one whole field: its length is right"
            );
            assert!(out.len() <= size + overhead(&[]));
        }
    }

    #[test]
    fn the_scope_is_a_message() {
        let mut scope = Vec::new();
        bytes(1, NAME, &mut scope);
        bytes(2, VERSION, &mut scope);
        let mut fields = Vec::new();
        bytes(1, &scope, &mut fields);
        assert_eq!(SCOPE, fields);
        assert_eq!(SCHEMA_URL.len(), 2 + usize::from(SCHEMA_URL[1]));
    }
}
