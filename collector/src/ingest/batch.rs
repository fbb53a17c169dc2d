//! A batch for the writer: spans with checked ids, split into what the database indexes and the rest as protobuf.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message as _;

use super::protobuf::scope_record;
use super::room::{DecodeError, Room};
use crate::otlp::text;
use crate::store::columns::Columns;
use crate::store::term::{self, Term};

/// The mark on spans that were written before they ended.
pub(crate) const INCOMPLETE: &str = "tracelink.incomplete";
/// OpenTelemetry's name for a service that does not give one.
const UNKNOWN_SERVICE: &str = "unknown_service";
/// What a part of a batch takes beside its bytes, with what the allocator adds.
const OVERHEAD: usize = 128;

pub(crate) type TraceId = [u8; 16];
pub(crate) type SpanId = [u8; 8];

/// A resource with its schema URL, as protobuf `ResourceSpans` without spans.
#[derive(Debug)]
pub(crate) struct BatchResource {
    pub(crate) service: String,
    pub(crate) record: Vec<u8>,
    pub(crate) terms: Vec<Term>,
}

/// One span. `record` is the protobuf `Span` without the fields that stand beside it.
#[derive(Debug)]
pub(crate) struct BatchSpan {
    pub(crate) trace_id: TraceId,
    pub(crate) span_id: SpanId,
    pub(crate) parent_id: Option<SpanId>,
    /// Index into `Batch::resources`.
    pub(crate) resource: usize,
    /// Index into `Batch::scopes`.
    pub(crate) scope: usize,
    pub(crate) name: String,
    pub(crate) kind: i32,
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) error: bool,
    pub(crate) incomplete: bool,
    pub(crate) record: Vec<u8>,
    pub(crate) columns: Columns,
    pub(crate) links: Vec<(TraceId, SpanId)>,
    pub(crate) terms: Vec<Term>,
}

/// Everything of one request that can be stored, and what cannot.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(crate) resources: Vec<BatchResource>,
    /// Protobuf `ScopeSpans` without spans.
    pub(crate) scopes: Vec<Vec<u8>>,
    pub(crate) spans: Vec<BatchSpan>,
    pub(crate) rejected: i64,
    /// Why the first rejected span was rejected.
    pub(crate) rejection: Option<String>,
    room: Room,
}

impl Batch {
    /// An empty batch that may take so much.
    pub(crate) fn within(room: Room) -> Batch {
        Batch {
            room,
            ..Batch::default()
        }
    }

    /// Checks and splits a decoded request.
    pub(crate) fn from_request(
        request: ExportTraceServiceRequest,
        room: Room,
    ) -> Result<Batch, DecodeError> {
        let mut batch = Batch::within(room);
        for ResourceSpans {
            resource,
            scope_spans,
            schema_url,
        } in request.resource_spans
        {
            let first_of_resource = batch.spans.len();
            for ScopeSpans {
                scope,
                spans,
                schema_url,
            } in scope_spans
            {
                let first = batch.spans.len();
                for span in spans {
                    batch.add_span(span)?;
                }
                batch.end_scope(first, scope, schema_url)?;
            }
            batch.end_resource(first_of_resource, resource, schema_url)?;
        }
        Ok(batch)
    }

    /// Adds a span of the resource and the scope that end next.
    pub(super) fn add_span(&mut self, span: Span) -> Result<(), DecodeError> {
        match BatchSpan::new(self.resources.len(), self.scopes.len(), span) {
            Ok(span) => {
                self.room.take_span(span.bytes())?;
                self.spans.push(span);
            }
            Err(reason) => {
                self.rejected += 1;
                self.rejection.get_or_insert(reason);
            }
        }
        Ok(())
    }

    /// Ends the scope of the spans from `first` on; one without spans is not kept.
    pub(super) fn end_scope(
        &mut self,
        first: usize,
        scope: Option<InstrumentationScope>,
        schema_url: String,
    ) -> Result<(), DecodeError> {
        if self.spans.len() > first {
            let record = scope_record(scope, schema_url);
            self.room.take(record.len() + OVERHEAD)?;
            self.scopes.push(record);
        }
        Ok(())
    }

    /// Ends the resource of the spans from `first` on; one without spans is not kept.
    pub(super) fn end_resource(
        &mut self,
        first: usize,
        resource: Option<Resource>,
        schema_url: String,
    ) -> Result<(), DecodeError> {
        let spans = self.spans.get_mut(first..).unwrap_or_default();
        if spans.is_empty() {
            return Ok(());
        }
        let resource = BatchResource::new(resource, schema_url);
        for span in spans {
            let operation = term::operation(&resource.service, &span.name, span.kind);
            span.terms.push(operation);
        }
        self.room.take(resource.record.len() + OVERHEAD)?;
        self.resources.push(resource);
        Ok(())
    }
}

impl BatchResource {
    fn new(resource: Option<Resource>, schema_url: String) -> BatchResource {
        let attributes = resource
            .as_ref()
            .map_or(&[][..], |resource| &resource.attributes);
        let service = service_name(attributes);
        let terms = resource_terms(attributes);
        let record = ResourceSpans {
            resource,
            scope_spans: Vec::new(),
            schema_url,
        }
        .encode_to_vec();
        BatchResource {
            service,
            record,
            terms,
        }
    }
}

/// The service's name, by OpenTelemetry's fallback when there is none.
fn service_name(attributes: &[KeyValue]) -> String {
    let value = attributes
        .iter()
        .rev()
        .find(|pair| pair.key == "service.name");
    match value
        .and_then(|pair| pair.value.as_ref())
        .and_then(text::scalar)
    {
        Some(name) if !name.is_empty() => name.into_owned(),
        _ => UNKNOWN_SERVICE.to_owned(),
    }
}

/// The search terms of a resource with these attributes.
pub(crate) fn resource_terms(attributes: &[KeyValue]) -> Vec<Term> {
    let mut terms = attribute_terms(attributes);
    terms.push(term::service(&service_name(attributes)));
    terms
}

/// The search terms of attributes, each once.
pub(crate) fn attribute_terms(attributes: &[KeyValue]) -> Vec<Term> {
    // One more for the operation, which is added when the service is known.
    let mut terms = Vec::with_capacity(attributes.len() + 1);
    for pair in attributes {
        if let Some(value) = &pair.value {
            text::for_each(value, &mut |text| {
                terms.push(term::attribute(&pair.key, text))
            });
        }
    }
    terms
}

impl BatchSpan {
    /// The memory that it takes.
    fn bytes(&self) -> usize {
        size_of::<BatchSpan>()
            + self.name.capacity()
            + self.record.capacity()
            + self.columns.bytes()
            + self.links.capacity() * size_of::<(TraceId, SpanId)>()
            + self.terms.capacity() * size_of::<Term>()
            + OVERHEAD
    }

    fn new(resource: usize, scope: usize, mut span: Span) -> Result<BatchSpan, String> {
        let trace_id: TraceId = id(&span.trace_id, "traceId", &span.name)?;
        let span_id: SpanId = id(&span.span_id, "spanId", &span.name)?;
        // Some senders write a root's parent as zeros.
        let parent_id = match span.parent_span_id.iter().all(|byte| *byte == 0) {
            true => None,
            false => Some(id(&span.parent_span_id, "parentSpanId", &span.name)?),
        };
        let error = span
            .status
            .as_ref()
            .is_some_and(|status| status.code == StatusCode::Error as i32);
        let incomplete = span.attributes.iter().any(|pair| {
            let value = pair.value.as_ref().and_then(|value| value.value.as_ref());
            pair.key == INCOMPLETE && value != Some(&Value::BoolValue(false))
        });
        let links = span.links.iter().filter_map(|link| {
            Some((
                id(&link.trace_id, "", "").ok()?,
                id(&link.span_id, "", "").ok()?,
            ))
        });
        let links = links.collect();
        let terms = attribute_terms(&span.attributes);
        let columns = Columns::of(&span);
        let name = std::mem::take(&mut span.name);
        let kind = std::mem::take(&mut span.kind);
        let start = std::mem::take(&mut span.start_time_unix_nano);
        let end = std::mem::take(&mut span.end_time_unix_nano);
        span.trace_id.clear();
        span.span_id.clear();
        span.parent_span_id.clear();
        let record = span.encode_to_vec();
        Ok(BatchSpan {
            trace_id,
            span_id,
            parent_id,
            resource,
            scope,
            name,
            kind,
            start,
            end,
            error,
            incomplete,
            record,
            columns,
            links,
            terms,
        })
    }
}

/// An id of the right length that is not all zero.
fn id<const N: usize>(bytes: &[u8], field: &str, span: &str) -> Result<[u8; N], String> {
    let name: String = span.chars().take(80).collect();
    let Ok(id) = <[u8; N]>::try_from(bytes) else {
        return Err(format!(
            "{field} of span {name:?}: want {N} bytes, got {}",
            bytes.len()
        ));
    };
    if id.iter().all(|byte| *byte == 0) {
        return Err(format!("{field} of span {name:?} is all zero"));
    }
    Ok(id)
}
