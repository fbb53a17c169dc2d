//! From a request's bytes to a batch of checked spans, ready for the writer.

pub(crate) mod batch;
pub(crate) mod json;
mod json_scalar;
pub(crate) mod sentry;
pub(crate) mod status;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message as _;

pub(crate) use batch::Batch;

/// The two encodings of OTLP/HTTP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// `application/x-protobuf`
    Protobuf,
    /// `application/json`
    Json,
}

impl Encoding {
    /// Reads a content type; its parameters do not matter.
    pub(crate) fn of(content_type: &str) -> Option<Encoding> {
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if essence.eq_ignore_ascii_case("application/x-protobuf") {
            Some(Encoding::Protobuf)
        } else if essence.eq_ignore_ascii_case("application/json") {
            Some(Encoding::Json)
        } else {
            None
        }
    }

    /// The content type of answers.
    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Encoding::Protobuf => "application/x-protobuf",
            Encoding::Json => "application/json",
        }
    }
}

/// Decodes a body; the error says what is wrong with it.
pub(crate) fn decode(encoding: Encoding, body: &[u8]) -> Result<Batch, String> {
    let request = match encoding {
        Encoding::Protobuf => ExportTraceServiceRequest::decode(body)
            .map_err(|error| format!("the body is not an ExportTraceServiceRequest: {error}"))?,
        Encoding::Json => json::decode(body)?,
    };
    Ok(Batch::from_request(request))
}
