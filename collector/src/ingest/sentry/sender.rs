//! Who sent a span: Sentry has no resource, so it is made from what stands on spans, transactions and envelopes.

use std::collections::HashMap;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{InstrumentationScope, KeyValue};
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};

use super::envelope::{Header, Sdk};
use super::value::{pair, text};

/// What tells one sender from another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Sender {
    service: Option<String>,
    release: Option<String>,
    environment: Option<String>,
    host: Option<String>,
    sdk_name: Option<String>,
    sdk_version: Option<String>,
}

impl Sender {
    /// What an envelope's header says for all of its items.
    pub(super) fn of_envelope(header: &Header) -> Sender {
        let trace = header.trace.as_ref();
        let sender = Sender {
            release: trace.and_then(|trace| trace.release.clone()),
            environment: trace.and_then(|trace| trace.environment.clone()),
            ..Sender::default()
        };
        sender.with_sdk(header.sdk.as_ref())
    }

    /// The sender with what an event says of itself.
    pub(super) fn with_event(
        mut self,
        release: Option<&str>,
        environment: Option<&str>,
        host: Option<&str>,
    ) -> Sender {
        set(&mut self.release, release);
        set(&mut self.environment, environment);
        set(&mut self.host, host);
        self
    }

    pub(super) fn with_sdk(mut self, sdk: Option<&Sdk>) -> Sender {
        if let Some(sdk) = sdk {
            set(&mut self.sdk_name, sdk.name.as_deref());
            set(&mut self.sdk_version, sdk.version.as_deref());
        }
        self
    }

    /// The sender with what a span's attributes say.
    pub(super) fn with_attributes(mut self, attributes: &[KeyValue]) -> Sender {
        for (field, key) in [
            (&mut self.service, "service.name"),
            (&mut self.release, "sentry.release"),
            (&mut self.environment, "sentry.environment"),
            (&mut self.sdk_name, "sentry.sdk.name"),
            (&mut self.sdk_version, "sentry.sdk.version"),
        ] {
            set(field, text(attributes, key));
        }
        self
    }

    /// The attribute `service.name`, else the package of the release (`shop@1.2.0`), else the server's name, which
    /// is the machine's unless somebody chose one, else the project.
    fn service(&self, project: &str) -> String {
        let package = self
            .release
            .as_deref()
            .and_then(|release| package(release).0);
        let named = self.service.as_deref().or(package).or(self.host.as_deref());
        named.map_or_else(|| format!("sentry-project-{project}"), str::to_owned)
    }

    fn resource(&self, project: &str) -> Resource {
        let version = self.release.as_deref().map(|release| package(release).1);
        let mut attributes = vec![pair(
            "service.name",
            Value::StringValue(self.service(project)),
        )];
        for (key, value) in [
            ("service.version", version),
            ("deployment.environment.name", self.environment.as_deref()),
            ("host.name", self.host.as_deref()),
            ("telemetry.sdk.name", self.sdk_name.as_deref()),
            ("telemetry.sdk.version", self.sdk_version.as_deref()),
        ] {
            if let Some(value) = value {
                attributes.push(pair(key, Value::StringValue(value.to_owned())));
            }
        }
        Resource {
            attributes,
            ..Resource::default()
        }
    }

    fn scope(&self) -> InstrumentationScope {
        InstrumentationScope {
            name: self.sdk_name.clone().unwrap_or_else(|| "sentry".to_owned()),
            version: self.sdk_version.clone().unwrap_or_default(),
            ..InstrumentationScope::default()
        }
    }
}

fn set(field: &mut Option<String>, value: Option<&str>) {
    if let Some(value) = value.filter(|value| !value.is_empty()) {
        *field = Some(value.to_owned());
    }
}

/// Package and version of a release, `package@version`; other releases are a version alone.
fn package(release: &str) -> (Option<&str>, &str) {
    match release.rsplit_once('@') {
        Some((package, version)) if !package.is_empty() => (Some(package), version),
        _ => (None, release),
    }
}

/// The spans of an envelope by their sender.
pub(super) struct Senders<'a> {
    project: &'a str,
    places: HashMap<Sender, usize>,
    groups: Vec<ResourceSpans>,
}

impl<'a> Senders<'a> {
    pub(super) fn new(project: &'a str) -> Senders<'a> {
        Senders {
            project,
            places: HashMap::new(),
            groups: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, sender: Sender, span: Span) {
        let place = *self.places.entry(sender).or_insert_with_key(|sender| {
            self.groups.push(ResourceSpans {
                resource: Some(sender.resource(self.project)),
                scope_spans: vec![ScopeSpans {
                    scope: Some(sender.scope()),
                    ..ScopeSpans::default()
                }],
                ..ResourceSpans::default()
            });
            self.groups.len() - 1
        });
        let group = self.groups.get_mut(place);
        if let Some(scope) = group.and_then(|group| group.scope_spans.first_mut()) {
            scope.spans.push(span);
        }
    }

    pub(super) fn into_request(self) -> ExportTraceServiceRequest {
        ExportTraceServiceRequest {
            resource_spans: self.groups,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_has_the_best_name_there_is() {
        let mut sender = Sender::default();
        assert_eq!(sender.service("7"), "sentry-project-7");
        sender = sender.with_event(Some("4f2a91c"), None, Some("box"));
        assert_eq!(sender.service("7"), "box");
        sender = sender.with_event(Some("@shop/api@1.2.0"), None, None);
        assert_eq!(sender.service("7"), "@shop/api");
        let name = pair("service.name", Value::StringValue("api".to_owned()));
        assert_eq!(sender.with_attributes(&[name]).service("7"), "api");
        assert_eq!(package("@1.0"), (None, "@1.0"));
    }
}
