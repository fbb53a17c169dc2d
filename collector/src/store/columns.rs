//! The columns of a span that repeat its record for people who ask with SQL: status, and attributes, events and links as JSON.

use opentelemetry_proto::tonic::trace::v1::Span;
use serde::Serialize;

use crate::otlp::record::{Attributes, Events, Links};

/// What SQL reads of a span; `None` is an empty text, object or list.
#[derive(Debug)]
pub(crate) struct Columns {
    pub(super) status: i32,
    pub(super) message: Option<String>,
    pub(super) attributes: Option<String>,
    pub(super) events: Option<String>,
    pub(super) links: Option<String>,
}

impl Columns {
    /// The memory of its texts.
    pub(crate) fn bytes(&self) -> usize {
        [&self.message, &self.attributes, &self.events, &self.links]
            .into_iter()
            .flatten()
            .map(String::capacity)
            .sum()
    }

    /// Of a span, in the form of `SpanRecord`.
    pub(crate) fn of(span: &Span) -> Columns {
        let status = span.status.as_ref();
        Columns {
            status: status.map_or(0, |status| status.code),
            message: status
                .filter(|status| !status.message.is_empty())
                .map(|status| status.message.clone()),
            attributes: json(&span.attributes, Attributes(&span.attributes)),
            events: json(&span.events, Events(&span.events)),
            links: json(&span.links, Links(&span.links)),
        }
    }
}

fn json<T>(list: &[T], value: impl Serialize) -> Option<String> {
    if list.is_empty() {
        return None;
    }
    let mut text = serde_json::to_string(&value).ok()?;
    // It waits in a batch whose memory is bounded.
    text.shrink_to_fit();
    Some(text)
}
