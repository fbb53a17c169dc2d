//! What the collector takes in: OTLP as protobuf and as JSON, and what it makes of both.
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
    #[path = "../../collector/src/ingest/json.rs"]
    pub(crate) mod json;
    #[path = "../../collector/src/ingest/json_scalar.rs"]
    mod json_scalar;

    pub(crate) fn from_json(
        body: &[u8],
    ) -> Result<opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest, String>
    {
        json::decode(body)
    }
}

#[path = "."]
mod otlp {
    #[path = "../../collector/src/otlp/hex.rs"]
    pub(crate) mod hex;
    #[path = "../../collector/src/otlp/text.rs"]
    pub(crate) mod text;
}

#[path = "."]
mod store {
    #[path = "../../collector/src/store/term.rs"]
    pub(crate) mod term;
}

use ingest::batch::Batch;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message as _;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(request) = ExportTraceServiceRequest::decode(bytes) {
        let again = ExportTraceServiceRequest::decode(request.encode_to_vec().as_slice());
        // Not a number differs from itself.
        assert_eq!(
            again.map(|again| again.encode_to_vec()),
            Ok(request.encode_to_vec())
        );
        Batch::from_request(request);
    }
    if let Ok(request) = ingest::from_json(bytes) {
        Batch::from_request(request);
    }
    let text = String::from_utf8_lossy(bytes);
    if let Some(decoded) = otlp::hex::decode(&text) {
        assert_eq!(otlp::hex::encode(&decoded), text.to_ascii_lowercase());
    }
});
