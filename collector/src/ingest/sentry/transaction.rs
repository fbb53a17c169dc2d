//! A transaction: one event that is a span itself and carries the spans below it.
//!
//! <https://develop.sentry.dev/sdk/foundations/transport/event-payloads/transaction/>

use std::collections::HashSet;
use std::fmt;

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};

use super::envelope::Sdk;
use super::item::json;
use super::meaning;
use super::sender::{Sender, Senders};
use super::span::SentryLink;
use super::value::{Id, Plain, PlainAttributes, Time, or_default, pair, text};

#[derive(Deserialize)]
struct Transaction {
    contexts: Contexts,
    #[serde(default, deserialize_with = "or_default")]
    transaction: String,
    start_timestamp: Time,
    timestamp: Time,
    #[serde(default, deserialize_with = "or_default")]
    spans: Vec<PlainSpan>,
    #[serde(default)]
    tags: Tags,
    release: Option<String>,
    environment: Option<String>,
    server_name: Option<String>,
    sdk: Option<Sdk>,
    user: Option<User>,
}

#[derive(Deserialize)]
struct Contexts {
    trace: TraceContext,
}

#[derive(Deserialize)]
struct TraceContext {
    trace_id: Id<16>,
    span_id: Id<8>,
    parent_span_id: Option<Id<8>>,
    op: Option<String>,
    origin: Option<String>,
    status: Option<String>,
    #[serde(default)]
    data: PlainAttributes,
    #[serde(default, deserialize_with = "or_default")]
    links: Vec<SentryLink<PlainAttributes>>,
}

#[derive(Deserialize)]
struct User {
    #[serde(default)]
    id: Plain,
    email: Option<String>,
    username: Option<String>,
}

/// A span as it was before streaming: inside of a transaction, alone, or what the transaction is itself.
#[derive(Deserialize)]
pub(super) struct PlainSpan {
    trace_id: Option<Id<16>>,
    span_id: Id<8>,
    parent_span_id: Option<Id<8>>,
    op: Option<String>,
    origin: Option<String>,
    description: Option<String>,
    status: Option<String>,
    start_timestamp: Time,
    timestamp: Time,
    #[serde(default)]
    data: PlainAttributes,
    #[serde(default)]
    tags: Tags,
    #[serde(default, deserialize_with = "or_default")]
    links: Vec<SentryLink<PlainAttributes>>,
}

/// Reads a transaction with all its spans.
pub(super) fn read(
    payload: &[u8],
    common: &Sender,
    senders: &mut Senders<'_>,
) -> Result<(), String> {
    let event = json::<Transaction>(payload)?;
    let root = event.contexts.trace;
    let above = Some((root.trace_id, root.span_id));
    let own = PlainSpan {
        trace_id: Some(root.trace_id),
        span_id: root.span_id,
        parent_span_id: root.parent_span_id,
        op: root.op,
        origin: root.origin,
        description: Some(event.transaction),
        status: root.status,
        start_timestamp: event.start_timestamp,
        timestamp: event.timestamp,
        data: root.data,
        tags: event.tags,
        links: root.links,
    };
    let mut span = own.into_otlp(None)?;
    if let Some(user) = event.user {
        let text = |text: Option<String>| text.map(Value::StringValue);
        add(&mut span.attributes, "user.id", user.id.0);
        add(&mut span.attributes, "user.email", text(user.email));
        add(&mut span.attributes, "user.name", text(user.username));
    }
    let sender = common
        .clone()
        .with_sdk(event.sdk.as_ref())
        .with_event(
            event.release.as_deref(),
            event.environment.as_deref(),
            event.server_name.as_deref(),
        )
        .with_attributes(&span.attributes);
    for child in event.spans {
        let child = child.into_otlp(above)?;
        senders.add(sender.clone().with_attributes(&child.attributes), child);
    }
    senders.add(sender, span);
    Ok(())
}

impl PlainSpan {
    /// `above` is the transaction's span: spans that name neither trace nor parent belong there.
    pub(super) fn into_otlp(self, above: Option<(Id<16>, Id<8>)>) -> Result<Span, String> {
        let trace_id = self.trace_id.or(above.map(|(trace_id, _)| trace_id));
        let parent = self.parent_span_id.or(above.map(|(_, span_id)| span_id));
        let mut attributes = self.data.0;
        let name = self
            .description
            .or_else(|| self.op.clone())
            .unwrap_or_default();
        complete(&mut attributes, self.op, self.origin, self.tags);
        Ok(Span {
            trace_id: trace_id.ok_or("missing field `trace_id`")?.0.to_vec(),
            span_id: self.span_id.0.to_vec(),
            parent_span_id: parent.map_or_else(Vec::new, |id| id.0.to_vec()),
            name,
            kind: meaning::kind(&attributes),
            start_time_unix_nano: self.start_timestamp.0,
            end_time_unix_nano: self.timestamp.0,
            status: meaning::status(
                self.status.as_deref(),
                text(&attributes, "sentry.status.message"),
            ),
            links: self
                .links
                .into_iter()
                .map(|link| link.into_otlp(|plain| plain.0))
                .collect(),
            attributes,
            ..Span::default()
        })
    }
}

/// Adds what stands beside the attributes under the names that streamed spans have for it.
fn complete(
    attributes: &mut Vec<KeyValue>,
    op: Option<String>,
    origin: Option<String>,
    tags: Tags,
) {
    add(attributes, "sentry.op", op.map(Value::StringValue));
    add(attributes, "sentry.origin", origin.map(Value::StringValue));
    let known: HashSet<String> = attributes.iter().map(|pair| pair.key.clone()).collect();
    for (key, Plain(value)) in tags.0 {
        if let Some(value) = value.filter(|_| !known.contains(&key)) {
            attributes.push(pair(key, value));
        }
    }
}

/// Adds an attribute that is not there yet.
fn add(attributes: &mut Vec<KeyValue>, key: &str, value: Option<Value>) {
    if let Some(value) = value
        && !attributes.iter().any(|pair| pair.key == key)
    {
        attributes.push(pair(key, value));
    }
}

/// Tags: an object, or a list of pairs.
#[derive(Default)]
struct Tags(Vec<(String, Plain)>);

impl<'de> Deserialize<'de> for Tags {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TagsVisitor;
        impl<'de> Visitor<'de> for TagsVisitor {
            type Value = Tags;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("tags")
            }
            fn visit_unit<E: de::Error>(self) -> Result<Tags, E> {
                Ok(Tags::default())
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tags, A::Error> {
                let mut tags = Vec::new();
                while let Some(tag) = map.next_entry()? {
                    tags.push(tag);
                }
                Ok(Tags(tags))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tags, A::Error> {
                let mut tags = Vec::new();
                while let Some(tag) = list.next_element::<Option<(String, Plain)>>()? {
                    tags.extend(tag);
                }
                Ok(Tags(tags))
            }
        }
        deserializer.deserialize_any(TagsVisitor)
    }
}
