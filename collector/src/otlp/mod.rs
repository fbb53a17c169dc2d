//! OTLP data as the outside sees it: hexadecimal ids, attribute texts, OTLP/JSON and span records.

pub(crate) mod hex;
pub(crate) mod json;
pub(crate) mod record;
pub(crate) mod text;
