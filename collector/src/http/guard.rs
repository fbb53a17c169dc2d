//! Who may talk to the collector: the check of Host and Origin before every request, preflights, CORS headers.
//!
//! The check of Host keeps out pages that reach a loopback address through a name of their own (DNS rebinding).

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::problem::Problem;
use super::token::Token;
use super::{App, LocalAddress};
use crate::ingest::Encoding;
use crate::ingest::status::Refusal;

/// Header names that preflights always allow.
const ALLOWED_HEADERS: &str = "content-type, content-encoding, authorization";
/// Header names of one preflight that are looked at.
const MOST_ASKED: usize = 100;
const ASKS_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-request-private-network");
const ALLOWS_PRIVATE_NETWORK: HeaderName =
    HeaderName::from_static("access-control-allow-private-network");

/// The origin of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    scheme: String,
    host: String,
    port: Option<u16>,
}

impl Origin {
    /// Reads `scheme://host[:port]`, as browsers send it.
    pub(crate) fn parse(text: &str) -> Option<Origin> {
        let (scheme, authority) = text.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let (host, port) = split_authority(authority)?;
        let known = |scheme: &str| {
            scheme
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
        };
        if scheme.is_empty() || !known(&scheme) {
            return None;
        }
        let port =
            port.filter(|port| !matches!((scheme.as_str(), port), ("http", 80) | ("https", 443)));
        Some(Origin { scheme, host, port })
    }

    fn is_loopback_page(&self) -> bool {
        matches!(self.scheme.as_str(), "http" | "https") && is_loopback(&self.host)
    }
}

/// Host in lower case, without brackets, and port.
pub(crate) fn split_authority(authority: &str) -> Option<(String, Option<u16>)> {
    let (host, rest) = match authority.strip_prefix('[') {
        Some(rest) => rest.split_once(']')?,
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let port = match rest.strip_prefix(':') {
        Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => Some(port.parse().ok()?),
        None if rest.is_empty() => None,
        _ => return None,
    };
    let valid = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:%".contains(&byte);
    (!host.is_empty() && host.bytes().all(valid)).then(|| (host.to_ascii_lowercase(), port))
}

pub(crate) fn is_loopback(host: &str) -> bool {
    host == "localhost"
        || host.ends_with(".localhost")
        || host
            .parse::<IpAddr>()
            .is_ok_and(|address| address.to_canonical().is_loopback())
}

/// The rules.
pub(super) struct Guard {
    /// The name under which the user had the collector listen.
    listen: Option<String>,
    origins: Vec<Origin>,
    token: Option<Token>,
}

impl Guard {
    pub(super) fn new(listen: &str, origins: Vec<Origin>, token: Option<Token>) -> Guard {
        Guard {
            listen: split_authority(listen).map(|(host, _)| host),
            origins,
            token,
        }
    }

    fn allows_host(&self, authority: &str, local: Option<SocketAddr>) -> bool {
        let Some((host, _)) = split_authority(authority) else {
            return false;
        };
        is_loopback(&host)
            || self.listen.as_deref() == Some(host.as_str())
            // A proxy in front passes on the name that pages know.
            || self.origins.iter().any(|origin| origin.host == host)
            // Listening on all addresses, the one that was dialled.
            || host.parse::<IpAddr>().is_ok_and(|address| {
                local.is_some_and(|local| local.ip().to_canonical() == address.to_canonical())
            })
    }

    fn allows_origin(&self, origin: &str, host: &str) -> bool {
        let Some(parsed) = Origin::parse(origin) else {
            return false;
        };
        let own = parsed.scheme == "http"
            && Origin::parse(&format!("http://{host}")).as_ref() == Some(&parsed);
        own || parsed.is_loopback_page() || self.origins.contains(&parsed)
    }

    /// Checks a request; gives the origin to answer to, if there is one.
    fn check(&self, request: &Request) -> Result<Option<HeaderValue>, (StatusCode, &'static str)> {
        let local = request
            .extensions()
            .get::<LocalAddress>()
            .map(|address| address.0);
        let mut hosts = request.headers().get_all(header::HOST).iter();
        let host = hosts.next().map(|host| host.to_str().unwrap_or_default());
        if hosts.next().is_some() {
            return Err((StatusCode::BAD_REQUEST, "more than one Host"));
        }
        let target = request
            .uri()
            .authority()
            .map(|authority| authority.as_str());
        if [host, target]
            .into_iter()
            .flatten()
            .any(|host| !self.allows_host(host, local))
        {
            return Err((
                StatusCode::FORBIDDEN,
                "this Host is not the collector's address",
            ));
        }
        let mut origins = request.headers().get_all(header::ORIGIN).iter();
        let Some(origin) = origins.next() else {
            return Ok(None);
        };
        let allowed = origin
            .to_str()
            .is_ok_and(|text| self.allows_origin(text, host.unwrap_or_default()));
        if !allowed || origins.next().is_some() {
            return Err((
                StatusCode::FORBIDDEN,
                "pages of this Origin are not allowed, see --allow-origin",
            ));
        }
        Ok(Some(origin.clone()))
    }

    /// Whether a request may go on without the token or shows it. The health check says nothing worth one.
    fn admits(&self, request: &Request) -> bool {
        request.uri().path() == "/healthz"
            || self
                .token
                .as_ref()
                .is_none_or(|token| token.is_shown(request.headers(), request.uri()))
    }
}

/// Lets a request through, answers a preflight, or refuses.
pub(super) async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let origin = match app.guard.check(&request) {
        Ok(origin) => origin,
        Err((status, reason)) => return refuse(&request, status, reason),
    };
    let is_admitted = app.guard.admits(&request);
    let Some(origin) = origin else {
        return if is_admitted {
            next.run(request).await
        } else {
            unauthorized(&request)
        };
    };
    let is_preflight = request.method() == Method::OPTIONS
        && request
            .headers()
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match (is_preflight, is_admitted) {
        // Browsers ask without the token whether they may send it.
        (true, _) => preflight(request.headers()),
        (false, true) => next.run(request).await,
        (false, false) => unauthorized(&request),
    };
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    // navigator.sendBeacon always sends with credentials and is refused without this.
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_CREDENTIALS,
        HeaderValue::from_static("true"),
    );
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("retry-after"),
    );
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    response
}

fn preflight(asked: &HeaderMap) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let mut allowed = ALLOWED_HEADERS.to_owned();
    let lists = asked.get_all(header::ACCESS_CONTROL_REQUEST_HEADERS).iter();
    let names = lists.flat_map(|list| list.to_str().unwrap_or_default().split(','));
    for name in names.take(MOST_ASKED) {
        // Only what is a header name goes back.
        if let Ok(name) = HeaderName::try_from(name.trim())
            && !allowed.split(", ").any(|known| known == name.as_str())
        {
            allowed.push_str(", ");
            allowed.push_str(name.as_str());
        }
    }
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static("GET, POST"),
    );
    if let Ok(allowed) = HeaderValue::try_from(allowed) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, allowed);
    }
    headers.insert(
        header::ACCESS_CONTROL_MAX_AGE,
        HeaderValue::from_static("7200"),
    );
    if asked.contains_key(ASKS_PRIVATE_NETWORK) {
        headers.insert(ALLOWS_PRIVATE_NETWORK, HeaderValue::from_static("true"));
    }
    response
}

/// 401; a browser that a person sits at asks for the password, which is the token.
fn unauthorized(request: &Request) -> Response {
    let reason = "the token is missing or wrong: send Authorization: Bearer TOKEN";
    let mut response = refuse(request, StatusCode::UNAUTHORIZED, reason);
    let challenge = HeaderValue::from_static("Basic realm=\"tracelink-collector\"");
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, challenge);
    response
}

fn refuse(request: &Request, status: StatusCode, reason: &str) -> Response {
    if request.uri().path() != "/v1/traces" {
        return Problem::new(status, reason).into_response();
    }
    let content_type = request.headers().get(header::CONTENT_TYPE);
    let encoding = content_type.and_then(|value| Encoding::of(value.to_str().ok()?));
    Refusal::new(status, reason).respond(encoding.unwrap_or(Encoding::Json))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_that_are_ours() {
        let guard = Guard::new("mybox:4318", Vec::new(), None);
        let local = Some(SocketAddr::from(([192, 168, 1, 5], 4318)));
        for host in [
            "localhost:4318",
            "LOCALHOST",
            "127.0.0.1:1",
            "[::1]:4318",
            "app.localhost",
            "mybox",
            "192.168.1.5:4318",
            "127.8.9.1",
        ] {
            assert!(guard.allows_host(host, local), "{host}");
        }
        for host in [
            "",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "192.168.1.6",
            "[::2]",
            "::1",
            "localhost:x",
            "localhost@evil.example",
            "evillocalhost",
            "0.0.0.0",
            "127.1",
            "2130706433",
        ] {
            assert!(!guard.allows_host(host, local), "{host}");
        }
    }

    #[test]
    fn origins_that_may() {
        let added = Origin::parse("https://app.example").into_iter().collect();
        let guard = Guard::new("0.0.0.0:4318", added, None);
        for origin in [
            "http://localhost",
            "http://localhost:5173",
            "https://127.0.0.1:8443",
            "http://[::1]:3000",
            "https://app.example",
            "https://app.example:443",
            "http://192.168.1.5:4318",
        ] {
            assert!(guard.allows_origin(origin, "192.168.1.5:4318"), "{origin}");
        }
        for origin in [
            "null",
            "",
            "http://app.example",
            "https://app.example:444",
            "https://app.example.evil.example",
            "http://localhost.evil.example",
            "file://",
            "http://192.168.1.5:4319",
            "chrome-extension://localhost",
            "http://localhost/path",
        ] {
            assert!(!guard.allows_origin(origin, "192.168.1.5:4318"), "{origin}");
        }
    }
}
