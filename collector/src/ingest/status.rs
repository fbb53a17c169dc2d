//! Answers to senders: `ExportTraceServiceResponse` and `google.rpc.Status` in the request's encoding.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, Response, StatusCode};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTracePartialSuccess, ExportTraceServiceResponse,
};
use prost::Message as _;

use super::Encoding;

/// `google.rpc.Status` without details.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct RpcStatus {
    /// A `google.rpc.Code`.
    #[prost(int32, tag = "1")]
    pub(crate) code: i32,
    /// For the developer who reads it.
    #[prost(string, tag = "2")]
    pub(crate) message: String,
}

/// Why a request is refused.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    /// Seconds after which the sender may try again.
    pub(crate) retry_after: Option<u32>,
}

impl Refusal {
    /// A refusal that a retry does not change.
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Refusal {
        Refusal {
            status,
            message: message.into(),
            retry_after: None,
        }
    }

    /// 503: the same request may succeed later.
    pub(crate) fn unavailable(message: impl Into<String>, retry_after: u32) -> Refusal {
        Refusal {
            status: StatusCode::SERVICE_UNAVAILABLE,
            message: message.into(),
            retry_after: Some(retry_after),
        }
    }

    /// The `google.rpc.Code` that belongs to the HTTP status.
    fn code(&self) -> i32 {
        match self.status {
            StatusCode::FORBIDDEN => 7,
            StatusCode::UNAUTHORIZED => 16,
            StatusCode::REQUEST_TIMEOUT => 4,
            StatusCode::PAYLOAD_TOO_LARGE => 8,
            StatusCode::METHOD_NOT_ALLOWED | StatusCode::UNSUPPORTED_MEDIA_TYPE => 12,
            StatusCode::SERVICE_UNAVAILABLE => 14,
            _ => 3,
        }
    }

    /// The answer with its `google.rpc.Status`.
    pub(crate) fn respond(&self, encoding: Encoding) -> Response<Body> {
        let status = RpcStatus {
            code: self.code(),
            message: self.message.clone(),
        };
        let body = match encoding {
            Encoding::Protobuf => status.encode_to_vec(),
            Encoding::Json => serde_json::json!({ "code": status.code, "message": status.message })
                .to_string()
                .into_bytes(),
        };
        let mut response = answer(self.status, encoding, body);
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

/// 200, with a `partialSuccess` when spans were rejected.
pub(crate) fn accepted(
    encoding: Encoding,
    rejected: i64,
    reason: Option<String>,
) -> Response<Body> {
    let partial = (rejected > 0).then(|| ExportTracePartialSuccess {
        rejected_spans: rejected,
        error_message: reason.unwrap_or_default(),
    });
    let body = match (encoding, partial) {
        (Encoding::Json, None) => b"{}".to_vec(),
        (Encoding::Json, Some(partial)) => serde_json::json!({
            "partialSuccess": {
                "rejectedSpans": partial.rejected_spans.to_string(),
                "errorMessage": partial.error_message,
            }
        })
        .to_string()
        .into_bytes(),
        (Encoding::Protobuf, partial_success) => {
            ExportTraceServiceResponse { partial_success }.encode_to_vec()
        }
    };
    answer(StatusCode::OK, encoding, body)
}

fn answer(status: StatusCode, encoding: Encoding, body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static(encoding.content_type()),
    );
    response
}
