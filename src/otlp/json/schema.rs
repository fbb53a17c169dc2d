//! The table of OTLP's messages: number, JSON name and form of each field.
//!
//! Source: opentelemetry-proto, `trace.proto`, `common.proto` and `resource.proto` of version 1.

/// How a field's payload reads in JSON.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Text,
    Hex,
    Base64,
    /// 32-bit integers and enums.
    Small,
    /// `fixed64`.
    Fixed,
    /// `int64`.
    Int,
    Bool,
    Double,
    One(&'static Message),
    Many(&'static Message),
}

pub(super) struct Field {
    pub(super) number: u32,
    pub(super) name: &'static [u8],
    pub(super) kind: Kind,
    /// Written even when it is absent or has its default value.
    pub(super) always: bool,
}

pub(super) struct Message {
    /// Of its fields only the last one given counts, whatever its value.
    pub(super) one_of: bool,
    pub(super) fields: &'static [Field],
}

const fn field(number: u32, name: &'static [u8], kind: Kind) -> Field {
    Field {
        number,
        name,
        kind,
        always: false,
    }
}

const fn always(number: u32, name: &'static [u8], kind: Kind) -> Field {
    Field {
        number,
        name,
        kind,
        always: true,
    }
}

const fn message(fields: &'static [Field]) -> Message {
    Message {
        one_of: false,
        fields,
    }
}

const DROPPED_ATTRIBUTES: &[u8] = b"droppedAttributesCount";

pub(super) static TRACES: Message =
    message(&[always(1, b"resourceSpans", Kind::Many(&RESOURCE_SPANS))]);
static RESOURCE_SPANS: Message = message(&[
    field(1, b"resource", Kind::One(&RESOURCE)),
    always(2, b"scopeSpans", Kind::Many(&SCOPE_SPANS)),
    field(3, b"schemaUrl", Kind::Text),
]);
static RESOURCE: Message = message(&[
    field(1, b"attributes", Kind::Many(&KEY_VALUE)),
    field(2, DROPPED_ATTRIBUTES, Kind::Small),
]);
static SCOPE_SPANS: Message = message(&[
    field(1, b"scope", Kind::One(&SCOPE)),
    always(2, b"spans", Kind::Many(&SPAN)),
    field(3, b"schemaUrl", Kind::Text),
]);
static SCOPE: Message = message(&[
    field(1, b"name", Kind::Text),
    field(2, b"version", Kind::Text),
    field(3, b"attributes", Kind::Many(&KEY_VALUE)),
    field(4, DROPPED_ATTRIBUTES, Kind::Small),
]);
pub(super) static SPAN: Message = message(&[
    always(1, b"traceId", Kind::Hex),
    always(2, b"spanId", Kind::Hex),
    field(3, b"traceState", Kind::Text),
    field(4, b"parentSpanId", Kind::Hex),
    field(16, b"flags", Kind::Small),
    always(5, b"name", Kind::Text),
    field(6, b"kind", Kind::Small),
    always(7, b"startTimeUnixNano", Kind::Fixed),
    always(8, b"endTimeUnixNano", Kind::Fixed),
    field(9, b"attributes", Kind::Many(&KEY_VALUE)),
    field(10, DROPPED_ATTRIBUTES, Kind::Small),
    field(11, b"events", Kind::Many(&EVENT)),
    field(12, b"droppedEventsCount", Kind::Small),
    field(13, b"links", Kind::Many(&LINK)),
    field(14, b"droppedLinksCount", Kind::Small),
    field(15, b"status", Kind::One(&STATUS)),
]);
static EVENT: Message = message(&[
    always(1, b"timeUnixNano", Kind::Fixed),
    always(2, b"name", Kind::Text),
    field(3, b"attributes", Kind::Many(&KEY_VALUE)),
    field(4, DROPPED_ATTRIBUTES, Kind::Small),
]);
static LINK: Message = message(&[
    always(1, b"traceId", Kind::Hex),
    always(2, b"spanId", Kind::Hex),
    field(3, b"traceState", Kind::Text),
    field(4, b"attributes", Kind::Many(&KEY_VALUE)),
    field(5, DROPPED_ATTRIBUTES, Kind::Small),
    field(6, b"flags", Kind::Small),
]);
static STATUS: Message = message(&[
    field(2, b"message", Kind::Text),
    field(3, b"code", Kind::Small),
]);
static KEY_VALUE: Message = message(&[
    always(1, b"key", Kind::Text),
    field(2, b"value", Kind::One(&ANY_VALUE)),
]);
static ANY_VALUE: Message = Message {
    one_of: true,
    fields: &[
        field(1, b"stringValue", Kind::Text),
        field(2, b"boolValue", Kind::Bool),
        field(3, b"intValue", Kind::Int),
        field(4, b"doubleValue", Kind::Double),
        field(5, b"arrayValue", Kind::One(&ARRAY)),
        field(6, b"kvlistValue", Kind::One(&KEY_VALUES)),
        field(7, b"bytesValue", Kind::Base64),
    ],
};
static ARRAY: Message = message(&[always(1, b"values", Kind::Many(&ANY_VALUE))]);
static KEY_VALUES: Message = message(&[always(1, b"values", Kind::Many(&KEY_VALUE))]);
