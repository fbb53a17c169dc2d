//! A trace as the OTLP requests that would send it.

use std::collections::HashMap;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans};

use super::ReadError;
use super::trace::{SpanHead, TraceView};

/// Spans of one request.
const SPANS: usize = 512;

impl TraceView<'_> {
    /// Calls `send` with requests that together are the whole trace, in the order of its spans' start.
    pub(crate) fn requests<E: From<ReadError>>(
        &self,
        mut send: impl FnMut(ExportTraceServiceRequest) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut heads = self.heads()?;
        heads.sort_unstable_by_key(|head| (head.start, head.span_id));
        for heads in heads.chunks(SPANS) {
            send(self.request(heads)?)?;
        }
        Ok(())
    }

    /// Resources and scopes in the order of their first span.
    fn request(&self, heads: &[SpanHead]) -> Result<ExportTraceServiceRequest, ReadError> {
        let mut request = ExportTraceServiceRequest::default();
        let mut resources: HashMap<i64, usize> = HashMap::new();
        let mut scopes: HashMap<(i64, i64), usize> = HashMap::new();
        for head in heads {
            let resource = match resources.get(&head.resource) {
                Some(place) => *place,
                None => {
                    let (resource, _) = self.resource(head.resource)?;
                    request.resource_spans.push(resource);
                    resources.insert(head.resource, request.resource_spans.len() - 1);
                    request.resource_spans.len() - 1
                }
            };
            let of_resource: &mut ResourceSpans = &mut request.resource_spans[resource];
            let key = (head.resource, head.scope);
            let scope = match scopes.get(&key) {
                Some(place) => *place,
                None => {
                    of_resource.scope_spans.push(self.scope(head.scope)?);
                    scopes.insert(key, of_resource.scope_spans.len() - 1);
                    of_resource.scope_spans.len() - 1
                }
            };
            let of_scope: &mut ScopeSpans = &mut of_resource.scope_spans[scope];
            of_scope.spans.push(self.span(head)?);
        }
        Ok(request)
    }
}
