//! OTLP/JSON into the protobuf messages. opentelemetry-proto's own serde refuses legal input, so the messages are read here.

use std::fmt;

use bytes::Buf as _;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{
    AnyValue, ArrayValue, EntityRef, InstrumentationScope, KeyValue, KeyValueList,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::span::{Event, Link};
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span, Status};
use serde::de::{self, Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};

use super::chunks::Chunks;
use super::json_list::{Elements, List};
use super::json_scalar::{Bool, Bytes, Double, Id, Int32, IntValue, Reader, Text, Uint32, Uint64};
use super::room::{DecodeError, Room, TOO_LARGE};

/// Bodies up to here are read in one piece, which is faster.
const ONE_PIECE: usize = 1 << 20;

/// Reads a request; the error says where and what.
pub(super) fn decode(body: Chunks, room: Room) -> Result<ExportTraceServiceRequest, DecodeError> {
    let elements = Elements::within(room.bytes());
    let read = if body.len() <= ONE_PIECE {
        let bytes = body.into_bytes();
        let text = std::str::from_utf8(&bytes)
            .map_err(|error| DecodeError::Malformed(format!("the body is not UTF-8: {error}")))?;
        serde_json::from_str::<Option<RequestJson>>(text)
    } else {
        serde_json::from_reader(body.reader())
    };
    match read {
        Ok(Some(request)) => Ok(request.0),
        Ok(None) => Err(DecodeError::Malformed(
            "the body is null, want an object".to_owned(),
        )),
        Err(_) if elements.are_too_many() => Err(DecodeError::TooLarge(TOO_LARGE.to_owned())),
        Err(error) => Err(DecodeError::Malformed(format!(
            "the body is not an OTLP/JSON traces request: {error}"
        ))),
    }
}

/// A name in an object. It lives no longer than the decision what it names.
enum Field<'a> {
    Borrowed(&'a str),
    Owned(String),
}

impl Field<'_> {
    fn name(&self) -> &str {
        match self {
            Field::Borrowed(name) => name,
            Field::Owned(name) => name,
        }
    }
}

impl<'de> Deserialize<'de> for Field<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldVisitor;
        impl<'de> Visitor<'de> for FieldVisitor {
            type Value = Field<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a field name")
            }
            fn visit_borrowed_str<E: de::Error>(self, name: &'de str) -> Result<Self::Value, E> {
                Ok(Field::Borrowed(name))
            }
            fn visit_str<E: de::Error>(self, name: &str) -> Result<Self::Value, E> {
                Ok(Field::Owned(name.to_owned()))
            }
        }
        deserializer.deserialize_str(FieldVisitor)
    }
}

/// Defines the reader of one message: an object whose unknown fields are passed over. Unlike serde's derive it takes no list in place of an object.
macro_rules! message {
    ($reader:ident reads $message:ty { $($json:literal => $field:ident: $kind:ty,)* }) => {
        struct $reader($message);

        impl Reader for $reader {
            type Value = $message;
            fn value(self) -> $message {
                self.0
            }
        }

        impl<'de> Deserialize<'de> for $reader {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct MessageVisitor;
                impl<'de> Visitor<'de> for MessageVisitor {
                    type Value = $message;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str(concat!("an object (", stringify!($message), ")"))
                    }
                    fn visit_unit<E: de::Error>(self) -> Result<$message, E> {
                        Ok(<$message>::default())
                    }
                    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<$message, A::Error> {
                        let mut message = <$message>::default();
                        while let Some(field) = map.next_key::<Field<'de>>()? {
                            match field.name() {
                                $($json => message.$field = read::<$kind, A>(&mut map, $json)?,)*
                                _ => {
                                    map.next_value::<IgnoredAny>()?;
                                }
                            }
                        }
                        Ok(message)
                    }
                }
                deserializer.deserialize_any(MessageVisitor).map($reader)
            }
        }
    };
}

/// Reads one field. An error names the innermost field it happened in.
fn read<'de, R: Reader, A: MapAccess<'de>>(
    map: &mut A,
    field: &'static str,
) -> Result<R::Value, A::Error> {
    map.next_value::<R>().map(R::value).map_err(|error| {
        let text = error.to_string();
        if text.starts_with("field ") {
            error
        } else {
            de::Error::custom(format_args!("field {field}: {text}"))
        }
    })
}

/// A message that may be absent or `null`.
struct Maybe<R>(Option<R>);

impl<R: Reader> Reader for Maybe<R> {
    type Value = Option<R::Value>;
    fn value(self) -> Self::Value {
        self.0.map(R::value)
    }
}

impl<'de, R: Reader> Deserialize<'de> for Maybe<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::<R>::deserialize(deserializer).map(Maybe)
    }
}

message!(RequestJson reads ExportTraceServiceRequest {
    "resourceSpans" => resource_spans: List<ResourceSpansJson>,
});
message!(ResourceSpansJson reads ResourceSpans {
    "resource" => resource: Maybe<ResourceJson>,
    "scopeSpans" => scope_spans: List<ScopeSpansJson>,
    "schemaUrl" => schema_url: Text,
});
message!(ResourceJson reads Resource {
    "attributes" => attributes: List<KeyValueJson>,
    "droppedAttributesCount" => dropped_attributes_count: Uint32,
    "entityRefs" => entity_refs: List<EntityRefJson>,
});
message!(EntityRefJson reads EntityRef {
    "schemaUrl" => schema_url: Text,
    "type" => r#type: Text,
    "idKeys" => id_keys: List<Text>,
    "descriptionKeys" => description_keys: List<Text>,
});
message!(ScopeSpansJson reads ScopeSpans {
    "scope" => scope: Maybe<ScopeJson>,
    "spans" => spans: List<SpanJson>,
    "schemaUrl" => schema_url: Text,
});
message!(ScopeJson reads InstrumentationScope {
    "name" => name: Text,
    "version" => version: Text,
    "attributes" => attributes: List<KeyValueJson>,
    "droppedAttributesCount" => dropped_attributes_count: Uint32,
});
message!(SpanJson reads Span {
    "traceId" => trace_id: Id,
    "spanId" => span_id: Id,
    "traceState" => trace_state: Text,
    "parentSpanId" => parent_span_id: Id,
    "flags" => flags: Uint32,
    "name" => name: Text,
    "kind" => kind: Int32,
    "startTimeUnixNano" => start_time_unix_nano: Uint64,
    "endTimeUnixNano" => end_time_unix_nano: Uint64,
    "attributes" => attributes: List<KeyValueJson>,
    "droppedAttributesCount" => dropped_attributes_count: Uint32,
    "events" => events: List<EventJson>,
    "droppedEventsCount" => dropped_events_count: Uint32,
    "links" => links: List<LinkJson>,
    "droppedLinksCount" => dropped_links_count: Uint32,
    "status" => status: Maybe<StatusJson>,
});
message!(EventJson reads Event {
    "timeUnixNano" => time_unix_nano: Uint64,
    "name" => name: Text,
    "attributes" => attributes: List<KeyValueJson>,
    "droppedAttributesCount" => dropped_attributes_count: Uint32,
});
message!(LinkJson reads Link {
    "traceId" => trace_id: Id,
    "spanId" => span_id: Id,
    "traceState" => trace_state: Text,
    "attributes" => attributes: List<KeyValueJson>,
    "droppedAttributesCount" => dropped_attributes_count: Uint32,
    "flags" => flags: Uint32,
});
message!(StatusJson reads Status {
    "message" => message: Text,
    "code" => code: Int32,
});
message!(KeyValueJson reads KeyValue {
    "key" => key: Text,
    "value" => value: Maybe<AnyValueJson>,
});
message!(ArrayValueJson reads ArrayValue {
    "values" => values: List<AnyValueJson>,
});
message!(KeyValueListJson reads KeyValueList {
    "values" => values: List<KeyValueJson>,
});

/// The one message with a choice inside: the last member that is not `null` counts.
struct AnyValueJson(AnyValue);

impl Reader for AnyValueJson {
    type Value = AnyValue;
    fn value(self) -> AnyValue {
        self.0
    }
}

impl<'de> Deserialize<'de> for AnyValueJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyValueVisitor;
        impl<'de> Visitor<'de> for AnyValueVisitor {
            type Value = AnyValue;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object (AnyValue)")
            }
            fn visit_unit<E: de::Error>(self) -> Result<AnyValue, E> {
                Ok(AnyValue::default())
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<AnyValue, A::Error> {
                let mut value = None;
                while let Some(field) = map.next_key::<Field<'de>>()? {
                    let read = match field.name() {
                        "stringValue" => {
                            read::<Maybe<Text>, A>(&mut map, "stringValue")?.map(Value::StringValue)
                        }
                        "boolValue" => {
                            read::<Maybe<Bool>, A>(&mut map, "boolValue")?.map(Value::BoolValue)
                        }
                        "intValue" => read::<Maybe<IntValue>, A>(&mut map, "intValue")?,
                        "doubleValue" => read::<Maybe<Double>, A>(&mut map, "doubleValue")?
                            .map(Value::DoubleValue),
                        "arrayValue" => read::<Maybe<ArrayValueJson>, A>(&mut map, "arrayValue")?
                            .map(Value::ArrayValue),
                        "kvlistValue" => {
                            read::<Maybe<KeyValueListJson>, A>(&mut map, "kvlistValue")?
                                .map(Value::KvlistValue)
                        }
                        "bytesValue" => {
                            read::<Maybe<Bytes>, A>(&mut map, "bytesValue")?.map(Value::BytesValue)
                        }
                        _ => {
                            map.next_value::<IgnoredAny>()?;
                            None
                        }
                    };
                    value = read.or(value);
                }
                Ok(AnyValue { value })
            }
        }
        deserializer
            .deserialize_any(AnyValueVisitor)
            .map(AnyValueJson)
    }
}
