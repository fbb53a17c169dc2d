//! Where to forward to: an address of OTLP/HTTP and the headers that it wants.

use std::path::Path;

use axum::http::{HeaderName, HeaderValue, Uri};

use crate::http::guard::{is_loopback, split_authority};

/// The path of traces in OTLP/HTTP, which an address without it gets.
const TRACES: &str = "/v1/traces";

/// An OTLP/HTTP endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) url: String,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
}

impl Target {
    /// Reads an address; the error is one line for the user.
    pub(crate) fn parse(text: &str) -> Result<Target, String> {
        let wrong = || format!("--forward: want http://… or https://…, got {text:?}");
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let is_web = matches!(uri.scheme_str(), Some("http" | "https"));
        let authority = uri.authority().map(|authority| authority.as_str());
        if !is_web || authority.is_none_or(|authority| authority.contains('@')) {
            return Err(wrong());
        }
        if uri.query().is_some() || text.contains('#') {
            return Err(format!(
                "--forward: the address has a query or a fragment: {text:?}"
            ));
        }
        let path = text.trim_end_matches('/');
        let url = match path.ends_with(TRACES) {
            true => text.to_owned(),
            false => format!("{path}{TRACES}"),
        };
        Ok(Target {
            url,
            headers: Vec::new(),
        })
    }

    /// Whether what is sent there comes in again where the collector listens.
    pub(crate) fn reaches(&self, listen: &str) -> bool {
        let (_, rest) = self.url.split_once("://").unwrap_or_default();
        let authority = rest.split('/').next().unwrap_or_default();
        let (Some((host, port)), Some((own_host, own_port))) =
            (split_authority(authority), split_authority(listen))
        else {
            return false;
        };
        let is_here = is_loopback(&own_host) || matches!(&*own_host, "0.0.0.0" | "::");
        port == own_port && (host == own_host || (is_loopback(&host) && is_here))
    }

    /// Adds a header, `NAME: VALUE`.
    pub(crate) fn add_header(&mut self, line: &str) -> Result<(), String> {
        let parsed = line.split_once(':').and_then(|(name, value)| {
            let name = HeaderName::try_from(name.trim()).ok()?;
            let mut value = HeaderValue::try_from(value.trim()).ok()?;
            value.set_sensitive(true);
            Some((name, value))
        });
        // What is wrong may be a secret, so it is not repeated.
        self.headers
            .push(parsed.ok_or("want a header as NAME: VALUE")?);
        Ok(())
    }

    /// Adds the headers of a file, one a line.
    pub(crate) fn add_headers_of(&mut self, file: &Path) -> Result<(), String> {
        let name = file.display();
        let text = std::fs::read_to_string(file)
            .map_err(|error| format!("cannot read {name}: {error}"))?;
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            self.add_header(line)
                .map_err(|reason| format!("{name}: {reason}"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_get_the_path_of_traces() {
        let url = |text: &str| Target::parse(text).map(|target| target.url);
        for (text, expected) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
            ("https://otlp.example/", "https://otlp.example/v1/traces"),
            (
                "https://otlp.example/otlp",
                "https://otlp.example/otlp/v1/traces",
            ),
            ("http://a/v1/traces", "http://a/v1/traces"),
            (
                "https://a/api/7/integration/otlp/v1/traces/",
                "https://a/api/7/integration/otlp/v1/traces/",
            ),
        ] {
            assert_eq!(url(text).as_deref(), Ok(expected));
        }
        for text in [
            "",
            "a:4317",
            "grpc://a:4317",
            "http://",
            "http://u:p@a",
            "http://a?b=c",
            "/v1/traces",
        ] {
            assert!(url(text).is_err(), "{text}");
        }
    }

    #[test]
    fn nobody_forwards_to_themselves() {
        let own = |url: &str, listen: &str| Target::parse(url).unwrap().reaches(listen);
        for (url, listen) in [
            ("http://127.0.0.1:4318", "127.0.0.1:4318"),
            ("http://localhost:4318/", "127.0.0.1:4318"),
            ("http://127.0.0.1:4318/v1/traces", "localhost:4318"),
            ("http://[::1]:4318", "0.0.0.0:4318"),
            ("http://box:4318", "BOX:4318"),
        ] {
            assert!(own(url, listen), "{url} {listen}");
        }
        for (url, listen) in [
            ("http://127.0.0.1:4319", "127.0.0.1:4318"),
            ("http://127.0.0.1", "127.0.0.1:4318"),
            ("http://box:4318", "127.0.0.1:4318"),
            ("http://box:4318", "0.0.0.0:4318"),
            ("http://127.0.0.1:4318", "box:4318"),
        ] {
            assert!(!own(url, listen), "{url} {listen}");
        }
    }

    #[test]
    fn headers_are_read_and_not_shown() {
        let mut target = Target::parse("http://a").unwrap();
        assert_eq!(target.add_header("Authorization:  Bearer s3cret "), Ok(()));
        assert_eq!(target.headers[0].1, "Bearer s3cret");
        assert!(!format!("{target:?}").contains("s3cret"));
        for line in ["", "s3cret", "a b: c", ": c", "a: b\nc"] {
            let error = target.add_header(line).unwrap_err();
            assert!(!error.contains("s3cret"), "{error}");
        }
    }
}
