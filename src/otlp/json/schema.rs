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
    One(Message),
    Many(Message),
}

/// The messages by name: a table that refers to itself takes a quarter of the bytes that pointers would.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Message {
    Traces,
    ResourceSpans,
    Resource,
    ScopeSpans,
    Scope,
    Span,
    Event,
    Link,
    Status,
    KeyValue,
    AnyValue,
    Array,
    KeyValues,
}

pub(super) struct Field {
    pub(super) name: &'static [u8],
    pub(super) number: u8,
    pub(super) kind: Kind,
    /// Written even when it is absent or has its default value.
    pub(super) always: bool,
}

const fn field(number: u8, name: &'static [u8], kind: Kind) -> Field {
    Field {
        name,
        number,
        kind,
        always: false,
    }
}

const fn always(number: u8, name: &'static [u8], kind: Kind) -> Field {
    Field {
        name,
        number,
        kind,
        always: true,
    }
}

impl Message {
    pub(super) fn fields(self) -> &'static [Field] {
        match self {
            Self::Traces => TRACES,
            Self::ResourceSpans => RESOURCE_SPANS,
            Self::Resource => RESOURCE,
            Self::ScopeSpans => SCOPE_SPANS,
            Self::Scope => SCOPE,
            Self::Span => SPAN,
            Self::Event => EVENT,
            Self::Link => LINK,
            Self::Status => STATUS,
            Self::KeyValue => KEY_VALUE,
            Self::AnyValue => ANY_VALUE,
            Self::Array => ARRAY,
            Self::KeyValues => KEY_VALUES,
        }
    }

    /// Of its fields only the last one given counts, whatever its value.
    pub(super) fn is_one_of(self) -> bool {
        self == Self::AnyValue
    }
}

const DROPPED_ATTRIBUTES: &[u8] = b"droppedAttributesCount";

static TRACES: &[Field] = &[always(
    1,
    b"resourceSpans",
    Kind::Many(Message::ResourceSpans),
)];
static RESOURCE_SPANS: &[Field] = &[
    field(1, b"resource", Kind::One(Message::Resource)),
    always(2, b"scopeSpans", Kind::Many(Message::ScopeSpans)),
    field(3, b"schemaUrl", Kind::Text),
];
static RESOURCE: &[Field] = &[
    field(1, b"attributes", Kind::Many(Message::KeyValue)),
    field(2, DROPPED_ATTRIBUTES, Kind::Small),
];
static SCOPE_SPANS: &[Field] = &[
    field(1, b"scope", Kind::One(Message::Scope)),
    always(2, b"spans", Kind::Many(Message::Span)),
    field(3, b"schemaUrl", Kind::Text),
];
static SCOPE: &[Field] = &[
    field(1, b"name", Kind::Text),
    field(2, b"version", Kind::Text),
    field(3, b"attributes", Kind::Many(Message::KeyValue)),
    field(4, DROPPED_ATTRIBUTES, Kind::Small),
];
static SPAN: &[Field] = &[
    always(1, b"traceId", Kind::Hex),
    always(2, b"spanId", Kind::Hex),
    field(3, b"traceState", Kind::Text),
    field(4, b"parentSpanId", Kind::Hex),
    field(16, b"flags", Kind::Small),
    always(5, b"name", Kind::Text),
    field(6, b"kind", Kind::Small),
    always(7, b"startTimeUnixNano", Kind::Fixed),
    always(8, b"endTimeUnixNano", Kind::Fixed),
    field(9, b"attributes", Kind::Many(Message::KeyValue)),
    field(10, DROPPED_ATTRIBUTES, Kind::Small),
    field(11, b"events", Kind::Many(Message::Event)),
    field(12, b"droppedEventsCount", Kind::Small),
    field(13, b"links", Kind::Many(Message::Link)),
    field(14, b"droppedLinksCount", Kind::Small),
    field(15, b"status", Kind::One(Message::Status)),
];
static EVENT: &[Field] = &[
    always(1, b"timeUnixNano", Kind::Fixed),
    always(2, b"name", Kind::Text),
    field(3, b"attributes", Kind::Many(Message::KeyValue)),
    field(4, DROPPED_ATTRIBUTES, Kind::Small),
];
static LINK: &[Field] = &[
    always(1, b"traceId", Kind::Hex),
    always(2, b"spanId", Kind::Hex),
    field(3, b"traceState", Kind::Text),
    field(4, b"attributes", Kind::Many(Message::KeyValue)),
    field(5, DROPPED_ATTRIBUTES, Kind::Small),
    field(6, b"flags", Kind::Small),
];
static STATUS: &[Field] = &[
    field(2, b"message", Kind::Text),
    field(3, b"code", Kind::Small),
];
static KEY_VALUE: &[Field] = &[
    always(1, b"key", Kind::Text),
    field(2, b"value", Kind::One(Message::AnyValue)),
];
static ANY_VALUE: &[Field] = &[
    field(1, b"stringValue", Kind::Text),
    field(2, b"boolValue", Kind::Bool),
    field(3, b"intValue", Kind::Int),
    field(4, b"doubleValue", Kind::Double),
    field(5, b"arrayValue", Kind::One(Message::Array)),
    field(6, b"kvlistValue", Kind::One(Message::KeyValues)),
    field(7, b"bytesValue", Kind::Base64),
];
static ARRAY: &[Field] = &[always(1, b"values", Kind::Many(Message::AnyValue))];
static KEY_VALUES: &[Field] = &[always(1, b"values", Kind::Many(Message::KeyValue))];
