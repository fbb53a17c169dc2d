//! From a request's bytes to a batch of checked spans, ready for the writer.

pub(crate) mod batch;
pub(crate) mod chunks;
pub(crate) mod json;
mod json_list;
mod json_scalar;
mod protobuf;
pub(crate) mod room;
pub(crate) mod sentry;
pub(crate) mod status;

pub(crate) use batch::Batch;
use chunks::Chunks;
use room::{DecodeError, Room};

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

/// Decodes a body into a batch that fits into `room`.
pub(crate) fn decode(
    encoding: Encoding,
    mut body: Chunks,
    room: Room,
) -> Result<Batch, DecodeError> {
    match encoding {
        Encoding::Protobuf => protobuf::decode(&mut body, room),
        Encoding::Json => Batch::from_request(json::decode(body, room)?, room),
    }
}
