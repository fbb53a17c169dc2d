//! What Sentry's words mean in OpenTelemetry: operations as span kinds, statuses.

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::trace::v1::Status;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;

use super::value::text;

/// The kind that the SDK says, else the one of the operation.
///
/// <https://develop.sentry.dev/sdk/telemetry/traces/span-operations/>
pub(super) fn kind(attributes: &[KeyValue]) -> i32 {
    let said = text(attributes, "sentry.kind").or_else(|| text(attributes, "otel.kind"));
    let kind = match said.map(str::to_ascii_lowercase).as_deref() {
        Some("server") => SpanKind::Server,
        Some("client") => SpanKind::Client,
        Some("producer") => SpanKind::Producer,
        Some("consumer") => SpanKind::Consumer,
        Some("internal") => SpanKind::Internal,
        _ => of_operation(text(attributes, "sentry.op").unwrap_or_default()),
    };
    kind as i32
}

fn of_operation(operation: &str) -> SpanKind {
    let mut parts = operation.split('.');
    match (parts.next().unwrap_or_default(), parts.next()) {
        ("queue", Some("publish" | "submit" | "create")) => SpanKind::Producer,
        ("queue", Some("process" | "receive" | "task")) => SpanKind::Consumer,
        ("db" | "cache", _) => SpanKind::Client,
        (_, Some("server")) => SpanKind::Server,
        (_, Some("client")) => SpanKind::Client,
        _ => SpanKind::Internal,
    }
}

/// The status of a span or a transaction; `message` is what the SDK says of an error beside it.
pub(super) fn status(status: Option<&str>, message: Option<&str>) -> Option<Status> {
    let (code, message) = match status? {
        "ok" => (StatusCode::Ok, ""),
        // Who gave up is no failure, as the SDKs see it too.
        "cancelled" => (StatusCode::Unset, "cancelled"),
        "error" => (StatusCode::Error, message.unwrap_or_default()),
        other => (StatusCode::Error, message.unwrap_or(other)),
    };
    Some(Status {
        code: code as i32,
        message: message.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::common::v1::any_value::Value;

    use super::super::value::pair;
    use super::*;

    #[test]
    fn operations_have_kinds() {
        let of = |key: &str, value: &str| kind(&[pair(key, Value::StringValue(value.to_owned()))]);
        for (operation, expected) in [
            ("http.server", SpanKind::Server),
            ("http.client", SpanKind::Client),
            ("http.client.stream", SpanKind::Client),
            ("grpc.server", SpanKind::Server),
            ("db", SpanKind::Client),
            ("db.sql.query", SpanKind::Client),
            ("cache.get", SpanKind::Client),
            ("queue.publish", SpanKind::Producer),
            ("queue.process", SpanKind::Consumer),
            ("queue.task.celery", SpanKind::Consumer),
            ("pageload", SpanKind::Internal),
            ("database", SpanKind::Internal),
            ("ui.server", SpanKind::Server),
            ("", SpanKind::Internal),
        ] {
            assert_eq!(of("sentry.op", operation), expected as i32, "{operation}");
        }
        assert_eq!(of("sentry.kind", "consumer"), SpanKind::Consumer as i32);
        assert_eq!(of("otel.kind", "PRODUCER"), SpanKind::Producer as i32);
    }

    #[test]
    fn only_failures_are_errors() {
        let of = |word, message| status(word, message).map(|status| (status.code, status.message));
        let told = |code: StatusCode, message: &str| Some((code as i32, message.to_owned()));
        assert_eq!(of(None, None), None);
        assert_eq!(of(Some("ok"), None), told(StatusCode::Ok, ""));
        assert_eq!(
            of(Some("cancelled"), None),
            told(StatusCode::Unset, "cancelled")
        );
        assert_eq!(
            of(Some("error"), Some("late")),
            told(StatusCode::Error, "late")
        );
        assert_eq!(
            of(Some("not_found"), None),
            told(StatusCode::Error, "not_found")
        );
    }
}
