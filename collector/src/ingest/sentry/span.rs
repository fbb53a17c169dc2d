//! A span of the span protocol (version 2), as the SDKs stream them.
//!
//! <https://develop.sentry.dev/sdk/telemetry/spans/span-protocol/>

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::Link;
use serde::Deserialize;

use super::meaning;
use super::value::{Id, Time, TypedAttributes, or_default, text};

/// `TraceFlags` of a link to something sampled.
const SAMPLED: u32 = 1;

/// One element of a span item.
#[derive(Debug, Deserialize)]
pub(super) struct StreamedSpan {
    trace_id: Id<16>,
    span_id: Id<8>,
    parent_span_id: Option<Id<8>>,
    #[serde(default, deserialize_with = "or_default")]
    name: String,
    status: Option<String>,
    start_timestamp: Time,
    end_timestamp: Time,
    #[serde(default)]
    attributes: TypedAttributes,
    #[serde(default, deserialize_with = "or_default")]
    links: Vec<SentryLink<TypedAttributes>>,
}

impl StreamedSpan {
    pub(super) fn into_otlp(self) -> Span {
        let attributes = self.attributes.0;
        let message = text(&attributes, "sentry.status.message");
        Span {
            trace_id: self.trace_id.0.to_vec(),
            span_id: self.span_id.0.to_vec(),
            parent_span_id: self
                .parent_span_id
                .map_or_else(Vec::new, |id| id.0.to_vec()),
            name: self.name,
            kind: meaning::kind(&attributes),
            start_time_unix_nano: self.start_timestamp.0,
            end_time_unix_nano: self.end_timestamp.0,
            status: meaning::status(self.status.as_deref(), message),
            links: self
                .links
                .into_iter()
                .map(|link| link.into_otlp(|typed| typed.0))
                .collect(),
            attributes,
            ..Span::default()
        }
    }
}

/// A link; `A` is how its attributes are written.
#[derive(Debug, Deserialize)]
#[serde(bound = "A: Deserialize<'de> + Default")]
pub(super) struct SentryLink<A> {
    trace_id: Id<16>,
    span_id: Id<8>,
    sampled: Option<bool>,
    #[serde(default)]
    attributes: A,
}

impl<A> SentryLink<A> {
    pub(super) fn into_otlp(self, attributes: impl FnOnce(A) -> Vec<KeyValue>) -> Link {
        Link {
            trace_id: self.trace_id.0.to_vec(),
            span_id: self.span_id.0.to_vec(),
            attributes: attributes(self.attributes),
            flags: if self.sampled == Some(true) {
                SAMPLED
            } else {
                0
            },
            ..Link::default()
        }
    }
}
