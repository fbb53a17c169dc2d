//! `tracelink-collector export` and `import`: stored traces as OTLP in a file, and back.
//!
//! Two forms, those of OpenTelemetry's file exporter: JSON, one `ExportTraceServiceRequest` a line; and protobuf, each
//! request behind its length in four bytes, the most significant first.

pub(crate) mod export;
pub(crate) mod import;
