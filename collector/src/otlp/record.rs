//! A span as `SpanRecord`: attributes flattened to plain JSON, kinds and status by name.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link, SpanKind};
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::hex;
use super::json::Double;

/// In so few attributes a key is looked for faster without a map.
const FEW: usize = 16;
/// Integers up to here are exact in JavaScript.
const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// Writes the fields of `SpanRecord` into an object that may have more.
pub(crate) fn write<M: SerializeMap>(
    map: &mut M,
    span: &Span,
    service: &str,
) -> Result<(), M::Error> {
    map.serialize_entry("traceId", &hex::encode(&span.trace_id))?;
    map.serialize_entry("spanId", &hex::encode(&span.span_id))?;
    if !span.parent_span_id.is_empty() {
        map.serialize_entry("parentSpanId", &hex::encode(&span.parent_span_id))?;
    }
    map.serialize_entry("name", &span.name)?;
    map.serialize_entry("kind", kind(span.kind))?;
    map.serialize_entry("serviceName", service)?;
    map.serialize_entry("startTimeUnixNano", &span.start_time_unix_nano.to_string())?;
    map.serialize_entry("endTimeUnixNano", &span.end_time_unix_nano.to_string())?;
    map.serialize_entry("attributes", &Attributes(&span.attributes))?;
    map.serialize_entry("events", &Events(&span.events))?;
    map.serialize_entry("links", &Links(&span.links))?;
    map.serialize_entry("status", &Status(span))
}

/// A kind's name; what is unspecified or unknown counts as internal, OpenTelemetry's default.
pub(crate) fn kind(kind: i32) -> &'static str {
    match SpanKind::try_from(kind) {
        Ok(SpanKind::Server) => "server",
        Ok(SpanKind::Client) => "client",
        Ok(SpanKind::Producer) => "producer",
        Ok(SpanKind::Consumer) => "consumer",
        _ => "internal",
    }
}

struct Status<'a>(&'a Span);

impl Serialize for Status<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (code, message) = self
            .0
            .status
            .as_ref()
            .map_or((0, ""), |status| (status.code, &status.message));
        let mut map = serializer.serialize_map(None)?;
        let name = match StatusCode::try_from(code) {
            Ok(StatusCode::Ok) => "ok",
            Ok(StatusCode::Error) => "error",
            _ => "unset",
        };
        map.serialize_entry("code", name)?;
        if !message.is_empty() {
            map.serialize_entry("message", message)?;
        }
        map.end()
    }
}

/// Events as a list.
pub(crate) struct Events<'a>(pub(crate) &'a [Event]);

impl Serialize for Events<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(EventRecord))
    }
}

struct EventRecord<'a>(&'a Event);

impl Serialize for EventRecord<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("name", &self.0.name)?;
        map.serialize_entry("timeUnixNano", &self.0.time_unix_nano.to_string())?;
        map.serialize_entry("attributes", &Attributes(&self.0.attributes))?;
        map.end()
    }
}

/// Links as a list.
pub(crate) struct Links<'a>(pub(crate) &'a [Link]);

impl Serialize for Links<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(LinkRecord))
    }
}

struct LinkRecord<'a>(&'a Link);

impl Serialize for LinkRecord<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(3))?;
        map.serialize_entry("traceId", &hex::encode(&self.0.trace_id))?;
        map.serialize_entry("spanId", &hex::encode(&self.0.span_id))?;
        map.serialize_entry("attributes", &Attributes(&self.0.attributes))?;
        map.end()
    }
}

/// Attributes as one object. Of a key that stands twice the last value counts; a key without value is left out.
pub(crate) struct Attributes<'a>(pub(crate) &'a [KeyValue]);

impl Serialize for Attributes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let last: Option<HashMap<&str, usize>> = (self.0.len() > FEW).then(|| {
            let places = self.0.iter().enumerate();
            places
                .map(|(index, pair)| (pair.key.as_str(), index))
                .collect()
        });
        let is_last = |index: usize, key: &str| match &last {
            Some(last) => last.get(key) == Some(&index),
            None => !self.0.iter().skip(index + 1).any(|pair| pair.key == key),
        };
        let mut map = serializer.serialize_map(None)?;
        for (index, pair) in self.0.iter().enumerate() {
            if !is_last(index, &pair.key) {
                continue;
            }
            if let Some(value) = pair.value.as_ref().filter(|value| value.value.is_some()) {
                map.serialize_entry(&pair.key, &Plain(value))?;
            }
        }
        map.end()
    }
}

/// A value as plain JSON.
struct Plain<'a>(&'a AnyValue);

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0.value {
            Some(Value::StringValue(text)) => serializer.serialize_str(text),
            Some(Value::BoolValue(flag)) => serializer.serialize_bool(*flag),
            Some(Value::IntValue(number)) if number.unsigned_abs() <= MAX_SAFE_INTEGER => {
                serializer.serialize_i64(*number)
            }
            // As a number JavaScript would round it.
            Some(Value::IntValue(number)) => serializer.collect_str(number),
            Some(Value::DoubleValue(number)) => Double(*number).serialize(serializer),
            Some(Value::ArrayValue(list)) => serializer.collect_seq(list.values.iter().map(Plain)),
            Some(Value::KvlistValue(list)) => Attributes(&list.values).serialize(serializer),
            Some(Value::BytesValue(bytes)) => serializer.serialize_str(&STANDARD.encode(bytes)),
            Some(Value::StringValueStrindex(_)) | None => serializer.serialize_unit(),
        }
    }
}
