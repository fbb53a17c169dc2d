//! OTLP/JSON from the protobuf messages: ids in hexadecimal, 64-bit numbers as strings, enumerations as numbers.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, EntityRef, InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::hex;

/// A protobuf message that is written as OTLP/JSON.
pub(crate) struct Otlp<'a, T>(pub(crate) &'a T);

/// A repeated field.
struct Each<'a, T>(&'a [T]);

impl<'a, T> Serialize for Each<'a, T>
where
    Otlp<'a, T>: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Otlp))
    }
}

/// Writes the fields that are not at their default; the last group of a field is its JSON form.
macro_rules! object {
    ($serializer:expr, $($name:literal: $when:expr => $value:expr,)*) => {{
        let mut map = $serializer.serialize_map(None)?;
        $(if $when {
            map.serialize_entry($name, &$value)?;
        })*
        map.end()
    }};
}

impl Serialize for Otlp<'_, ExportTraceServiceRequest> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, "resourceSpans": true => Each(&self.0.resource_spans),)
    }
}

impl Serialize for Otlp<'_, ResourceSpans> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let spans = self.0;
        object!(serializer,
            "resource": spans.resource.is_some() => spans.resource.as_ref().map(Otlp),
            "scopeSpans": true => Each(&spans.scope_spans),
            "schemaUrl": !spans.schema_url.is_empty() => spans.schema_url,
        )
    }
}

impl Serialize for Otlp<'_, ScopeSpans> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let spans = self.0;
        object!(serializer,
            "scope": spans.scope.is_some() => spans.scope.as_ref().map(Otlp),
            "spans": true => Each(&spans.spans),
            "schemaUrl": !spans.schema_url.is_empty() => spans.schema_url,
        )
    }
}

impl Serialize for Otlp<'_, Span> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let span = self.0;
        object!(serializer,
            "traceId": true => hex::encode(&span.trace_id),
            "spanId": true => hex::encode(&span.span_id),
            "traceState": !span.trace_state.is_empty() => span.trace_state,
            "parentSpanId": !span.parent_span_id.is_empty() => hex::encode(&span.parent_span_id),
            "flags": span.flags != 0 => span.flags,
            "name": true => span.name,
            "kind": true => span.kind,
            "startTimeUnixNano": true => span.start_time_unix_nano.to_string(),
            "endTimeUnixNano": true => span.end_time_unix_nano.to_string(),
            "attributes": !span.attributes.is_empty() => Each(&span.attributes),
            "droppedAttributesCount": span.dropped_attributes_count != 0 => span.dropped_attributes_count,
            "events": !span.events.is_empty() => Each(&span.events),
            "droppedEventsCount": span.dropped_events_count != 0 => span.dropped_events_count,
            "links": !span.links.is_empty() => Each(&span.links),
            "droppedLinksCount": span.dropped_links_count != 0 => span.dropped_links_count,
            "status": span.status.is_some() => span.status.as_ref().map(Otlp),
        )
    }
}

impl Serialize for Otlp<'_, Event> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let event = self.0;
        object!(serializer,
            "timeUnixNano": true => event.time_unix_nano.to_string(),
            "name": true => event.name,
            "attributes": !event.attributes.is_empty() => Each(&event.attributes),
            "droppedAttributesCount": event.dropped_attributes_count != 0 => event.dropped_attributes_count,
        )
    }
}

impl Serialize for Otlp<'_, Link> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let link = self.0;
        object!(serializer,
            "traceId": true => hex::encode(&link.trace_id),
            "spanId": true => hex::encode(&link.span_id),
            "traceState": !link.trace_state.is_empty() => link.trace_state,
            "attributes": !link.attributes.is_empty() => Each(&link.attributes),
            "droppedAttributesCount": link.dropped_attributes_count != 0 => link.dropped_attributes_count,
            "flags": link.flags != 0 => link.flags,
        )
    }
}

impl Serialize for Otlp<'_, Status> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer,
            "message": !self.0.message.is_empty() => self.0.message,
            "code": self.0.code != 0 => self.0.code,
        )
    }
}

impl Serialize for Otlp<'_, Resource> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let resource = self.0;
        object!(serializer,
            "attributes": !resource.attributes.is_empty() => Each(&resource.attributes),
            "droppedAttributesCount": resource.dropped_attributes_count != 0 => resource.dropped_attributes_count,
            "entityRefs": !resource.entity_refs.is_empty() => Each(&resource.entity_refs),
        )
    }
}

impl Serialize for Otlp<'_, EntityRef> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let entity = self.0;
        object!(serializer,
            "schemaUrl": !entity.schema_url.is_empty() => entity.schema_url,
            "type": !entity.r#type.is_empty() => entity.r#type,
            "idKeys": !entity.id_keys.is_empty() => entity.id_keys,
            "descriptionKeys": !entity.description_keys.is_empty() => entity.description_keys,
        )
    }
}

impl Serialize for Otlp<'_, InstrumentationScope> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let scope = self.0;
        object!(serializer,
            "name": !scope.name.is_empty() => scope.name,
            "version": !scope.version.is_empty() => scope.version,
            "attributes": !scope.attributes.is_empty() => Each(&scope.attributes),
            "droppedAttributesCount": scope.dropped_attributes_count != 0 => scope.dropped_attributes_count,
        )
    }
}

impl Serialize for Otlp<'_, KeyValue> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer,
            "key": true => self.0.key,
            "value": self.0.value.is_some() => self.0.value.as_ref().map(Otlp),
        )
    }
}

impl Serialize for Otlp<'_, AnyValue> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match &self.0.value {
            Some(Value::StringValue(text)) => map.serialize_entry("stringValue", text)?,
            Some(Value::BoolValue(flag)) => map.serialize_entry("boolValue", flag)?,
            Some(Value::IntValue(number)) => {
                map.serialize_entry("intValue", &number.to_string())?
            }
            Some(Value::DoubleValue(number)) => {
                map.serialize_entry("doubleValue", &Double(*number))?
            }
            Some(Value::ArrayValue(list)) => {
                map.serialize_entry("arrayValue", &Values(&list.values))?
            }
            Some(Value::KvlistValue(list)) => {
                map.serialize_entry("kvlistValue", &Values(&list.values))?
            }
            Some(Value::BytesValue(bytes)) => {
                map.serialize_entry("bytesValue", &STANDARD.encode(bytes))?
            }
            // Belongs to profiles; it has no meaning in traces.
            Some(Value::StringValueStrindex(_)) | None => {}
        }
        map.end()
    }
}

/// The inside of an `arrayValue` or a `kvlistValue`.
struct Values<'a, T>(&'a [T]);

impl<'a, T> Serialize for Values<'a, T>
where
    Otlp<'a, T>: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, "values": true => Each(self.0),)
    }
}

/// A double; what JSON has no number for is a string.
pub(crate) struct Double(pub(crate) f64);

impl Serialize for Double {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            number if number.is_nan() => serializer.serialize_str("NaN"),
            f64::INFINITY => serializer.serialize_str("Infinity"),
            f64::NEG_INFINITY => serializer.serialize_str("-Infinity"),
            number => serializer.serialize_f64(number),
        }
    }
}
