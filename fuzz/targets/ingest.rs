//! What the collector takes in: OTLP as protobuf and as JSON, Sentry's envelopes, and what it makes of them.
#![no_main]
#![allow(
    dead_code,
    reason = "the collector is a program: its modules are included as they stand"
)]

// Where the paths within begin.
#[path = "."]
mod ingest {
    #[path = "../../collector/src/ingest/batch.rs"]
    pub(crate) mod batch;
    #[path = "../../collector/src/ingest/chunks.rs"]
    pub(crate) mod chunks;
    #[path = "../../collector/src/ingest/json.rs"]
    mod json;
    #[path = "../../collector/src/ingest/json_list.rs"]
    mod json_list;
    #[path = "../../collector/src/ingest/json_scalar.rs"]
    mod json_scalar;
    #[path = "../../collector/src/ingest/protobuf.rs"]
    mod protobuf;
    #[path = "../../collector/src/ingest/room.rs"]
    pub(crate) mod room;
    #[path = "../../collector/src/ingest/sentry/mod.rs"]
    pub(crate) mod sentry;

    pub(crate) use batch::Batch;
    use chunks::Chunks;
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
    use room::{DecodeError, Room};

    pub(crate) fn from_json(body: Chunks) -> Result<ExportTraceServiceRequest, DecodeError> {
        json::decode(body, Room::default())
    }

    pub(crate) fn from_protobuf(mut body: Chunks) -> Result<Batch, DecodeError> {
        protobuf::decode(&mut body, Room::default())
    }
}

#[path = "."]
mod otlp {
    #[path = "../../collector/src/otlp/hex.rs"]
    pub(crate) mod hex;
    #[path = "../../collector/src/otlp/json.rs"]
    pub(crate) mod json;
    #[path = "../../collector/src/otlp/record.rs"]
    pub(crate) mod record;
    #[path = "../../collector/src/otlp/text.rs"]
    pub(crate) mod text;
}

#[path = "."]
mod store {
    #[path = "../../collector/src/store/columns.rs"]
    pub(crate) mod columns;
    #[path = "../../collector/src/store/term.rs"]
    pub(crate) mod term;
}

use bytes::Bytes;
use ingest::Batch;
use ingest::chunks::Chunks;
use ingest::room::{DecodeError, Room};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message as _;

/// The bytes in pieces of this length.
fn chunks(bytes: &[u8], length: usize) -> Chunks {
    let mut chunks = Chunks::default();
    for piece in bytes.chunks(length) {
        chunks.push(Bytes::copy_from_slice(piece));
    }
    chunks
}

/// What is stored of a batch, and how much of it is not.
fn told(batch: &Batch) -> (Vec<String>, i64) {
    let spans = batch.spans.iter().map(|span| {
        let resource = batch.resources.get(span.resource);
        let scope = batch.scopes.get(span.scope);
        format!("{span:?} {resource:?} {scope:?}")
    });
    (spans.collect(), batch.rejected)
}

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let walked = ingest::from_protobuf(chunks(bytes, 7));
    match ExportTraceServiceRequest::decode(bytes) {
        Ok(request) => {
            let again = ExportTraceServiceRequest::decode(request.encode_to_vec().as_slice());
            // Not a number differs from itself.
            assert_eq!(
                again.map(|again| again.encode_to_vec()),
                Ok(request.encode_to_vec())
            );
            // One span at a time is the same as all at once.
            if !matches!(walked, Err(DecodeError::TooLarge(_))) {
                let whole = Batch::from_request(request, Room::default());
                assert_eq!(walked.as_ref().map(told), whole.as_ref().map(told));
            }
        }
        // A span by itself may be three levels deeper.
        Err(error) => assert!(walked.is_err() || error.to_string().contains("recursion")),
    }
    if let Ok(request) = ingest::from_json(chunks(bytes, bytes.len().max(1))) {
        let _ = Batch::from_request(request, Room::default());
    }
    let _ = ingest::sentry::decode(bytes, "1", Room::default());
    let text = String::from_utf8_lossy(bytes);
    if let Some(decoded) = otlp::hex::decode(&text) {
        assert_eq!(otlp::hex::encode(&decoded), text.to_ascii_lowercase());
    }
});
