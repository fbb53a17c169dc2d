//! Whether a span failed, and how: the conventions of OpenTelemetry, and the words of common clients.

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;

use crate::otlp::text;

/// How a span failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum FailureKind {
    Connection,
    Timeout,
    Execution,
}

/// A failure, with what the span says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) kind: FailureKind,
    /// May be empty.
    pub(crate) reason: String,
}

/// Longest reason that is kept.
const MAX_REASON: usize = 400;

/// What says that nobody could be reached, in lower case.
const CONNECTION: [&str; 24] = [
    "econnrefused",
    "econnreset",
    "econnaborted",
    "enotfound",
    "eai_again",
    "ehostunreach",
    "enetunreach",
    "epipe",
    "connection refused",
    "connection reset",
    "connection closed",
    "connection aborted",
    "connectionrefused",
    "connectionreset",
    "connectionerror",
    "connectexception",
    "connecterror",
    "unknownhost",
    "no route to host",
    "host unreachable",
    "socket hang up",
    "failed to fetch",
    "networkerror",
    "net::err_",
];

/// What says that somebody took too long, in lower case.
const TIMEOUT: [&str; 7] = [
    "timeout",
    "timed out",
    "timedout",
    "timed_out",
    "deadline_exceeded",
    "deadline exceeded",
    "deadlineexceeded",
];

/// How this span failed; `None` when it did not.
pub(crate) fn failure(span: &Span) -> Option<Failure> {
    let status = span.status.as_ref();
    let code = status.map_or(0, |status| status.code);
    // Whoever sets this knows better than what the attributes say.
    if code == StatusCode::Ok as i32 {
        return None;
    }
    let failed = code == StatusCode::Error as i32;
    let attribute = |keys: &[&str]| value(&span.attributes, keys);
    let error_type = attribute(&["error.type"]).unwrap_or_default();
    let http = attribute(&["http.response.status_code", "http.status_code"]);
    let grpc = attribute(&["rpc.response.status_code", "rpc.grpc.status_code"]);
    let is_in = |code: &Option<String>, codes: &[&str]| {
        code.as_deref().is_some_and(|code| codes.contains(&code))
    };
    let too_late = is_in(&http, &["408", "504"]) || is_in(&grpc, &["4", "DEADLINE_EXCEEDED"]);
    if !failed && !too_late && !says(&error_type, &TIMEOUT) {
        return None;
    }
    let exceptions = || span.events.iter().filter(|event| event.name == "exception");
    let told =
        |key: &'static str| exceptions().filter_map(move |event| value(&event.attributes, &[key]));
    let message = status.map_or("", |status| status.message.trim());
    let texts: Vec<String> = [error_type.clone(), message.to_owned()]
        .into_iter()
        .chain(told("exception.message"))
        .chain(told("exception.type"))
        .collect();
    // A browser's fetch says no more than this of a server that it cannot reach.
    let unreached = error_type == "TypeError"
        && span.kind == SpanKind::Client as i32
        && http.is_none()
        && attribute(&["http.request.method"]).is_some();
    let any = |words: &[&str]| texts.iter().any(|text| says(text, words));
    let kind = if too_late || any(&TIMEOUT) {
        FailureKind::Timeout
    } else if unreached || is_in(&grpc, &["14", "UNAVAILABLE"]) || any(&CONNECTION) {
        FailureKind::Connection
    } else {
        FailureKind::Execution
    };
    let said = [message.to_owned()]
        .into_iter()
        .chain(told("exception.message"))
        .chain([error_type])
        .find(|text| !text.trim().is_empty());
    let reason = said.or_else(|| http.map(|code| format!("HTTP {code}")));
    let reason = reason
        .unwrap_or_default()
        .chars()
        .take(MAX_REASON)
        .collect();
    Some(Failure { kind, reason })
}

fn says(text: &str, words: &[&str]) -> bool {
    // What stands behind this is no error's name.
    let start: String = text.chars().take(4 * MAX_REASON).collect();
    let lower = start.to_ascii_lowercase();
    words.iter().any(|word| lower.contains(word))
}

/// The text of the first of these attributes that is there.
fn value(attributes: &[KeyValue], keys: &[&str]) -> Option<String> {
    keys.iter().find_map(|key| {
        let pair = attributes.iter().rev().find(|pair| pair.key == *key)?;
        text::scalar(pair.value.as_ref()?).map(std::borrow::Cow::into_owned)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry_proto::tonic::common::v1::AnyValue;
    use opentelemetry_proto::tonic::common::v1::any_value::Value;
    use opentelemetry_proto::tonic::trace::v1::Status;
    use opentelemetry_proto::tonic::trace::v1::span::Event;

    fn pair(key: &str, value: &str) -> KeyValue {
        let value = match value.parse() {
            Ok(number) => Value::IntValue(number),
            Err(_) => Value::StringValue(value.to_owned()),
        };
        KeyValue {
            key: key.to_owned(),
            value: Some(AnyValue { value: Some(value) }),
            ..KeyValue::default()
        }
    }

    fn kind(code: i32, message: &str, attributes: &[(&str, &str)]) -> Option<FailureKind> {
        let span = Span {
            kind: 3,
            status: Some(Status {
                code,
                message: message.to_owned(),
            }),
            attributes: attributes
                .iter()
                .map(|(key, value)| pair(key, value))
                .collect(),
            ..Span::default()
        };
        failure(&span).map(|failure| failure.kind)
    }

    #[test]
    fn failures_are_told_apart() {
        use FailureKind::{Connection, Execution, Timeout};
        for (code, message, attributes, expected) in [
            (0, "", &[][..], None),
            (1, "timeout", &[], None),
            (0, "", &[("http.response.status_code", "500")], None),
            (2, "", &[], Some(Execution)),
            (2, "no stock", &[("error.type", "500")], Some(Execution)),
            (
                2,
                "connect ECONNREFUSED 127.0.0.1:3003",
                &[],
                Some(Connection),
            ),
            (2, "", &[("error.type", "ECONNRESET")], Some(Connection)),
            (
                2,
                "",
                &[("error.type", "java.net.UnknownHostException")],
                Some(Connection),
            ),
            (
                2,
                "Failed to fetch",
                &[("error.type", "TypeError")],
                Some(Connection),
            ),
            (
                2,
                "x",
                &[("error.type", "TypeError"), ("http.request.method", "GET")],
                Some(Connection),
            ),
            (
                2,
                "x is no function",
                &[("error.type", "TypeError")],
                Some(Execution),
            ),
            (2, "", &[("rpc.grpc.status_code", "14")], Some(Connection)),
            (2, "connect ETIMEDOUT", &[], Some(Timeout)),
            (2, "upstream request timeout", &[], Some(Timeout)),
            (
                2,
                "",
                &[("error.type", "java.net.SocketTimeoutException")],
                Some(Timeout),
            ),
            (0, "", &[("http.status_code", "504")], Some(Timeout)),
            (0, "", &[("error.type", "TimeoutError")], Some(Timeout)),
            (1, "", &[("http.status_code", "504")], None),
            (1, "", &[("rpc.grpc.status_code", "4")], None),
            (1, "", &[("error.type", "TimeoutError")], None),
            (2, "", &[("rpc.grpc.status_code", "4")], Some(Timeout)),
        ] {
            assert_eq!(
                kind(code, message, attributes),
                expected,
                "{message} {attributes:?}"
            );
        }
    }

    #[test]
    fn the_reason_is_what_the_span_says() {
        let exception = Event {
            name: "exception".to_owned(),
            attributes: vec![
                pair("exception.type", "Refused"),
                pair("exception.message", "connect ECONNREFUSED"),
            ],
            ..Event::default()
        };
        let mut span = Span {
            status: Some(Status {
                code: 2,
                message: String::new(),
            }),
            attributes: vec![pair("http.response.status_code", "503")],
            ..Span::default()
        };
        let reason = |span: &Span| failure(span).map(|failure| failure.reason);
        assert_eq!(reason(&span).as_deref(), Some("HTTP 503"));
        span.events.push(exception);
        assert_eq!(reason(&span).as_deref(), Some("connect ECONNREFUSED"));
        assert_eq!(
            failure(&span).map(|failure| failure.kind),
            Some(FailureKind::Connection)
        );
        span.status = Some(Status {
            code: 2,
            message: "x".repeat(10_000),
        });
        assert_eq!(reason(&span).map(|reason| reason.len()), Some(MAX_REASON));
    }
}
