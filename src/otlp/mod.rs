//! OTLP: the protobuf writer of ended spans, the reader of its bytes, and JSON from them.

pub mod json;
pub mod read;
pub mod request;
pub mod wire;
pub mod write;
