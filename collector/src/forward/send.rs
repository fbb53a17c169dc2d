//! One request to a target, and what its answer means.

use std::io::Write as _;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

use super::target::Target;

/// A target that takes longer has failed.
const TIMEOUT: Duration = Duration::from_secs(30);
/// What is read of an answer that explains an error.
const MOST_REASON: u64 = 1024;

/// What became of a batch.
pub(super) enum Outcome {
    /// The target has it.
    Taken,
    /// It will never take it; why.
    Refused(String),
    /// It may take it later; why not now, and when to ask again if it said.
    Later(String, Option<Duration>),
}

/// What keeps connections to a target.
pub(super) fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(TIMEOUT))
        .max_redirects(0)
        .tls_config(
            TlsConfig::builder()
                .root_certs(RootCerts::PlatformVerifier)
                .build(),
        )
        .build()
        .into()
}

/// Sends a batch, gzipped protobuf.
pub(super) fn send(agent: &Agent, target: &Target, body: &[u8]) -> Outcome {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    let zipped = encoder.write_all(body).and_then(|()| encoder.finish());
    let zipped = match zipped {
        Ok(zipped) => zipped,
        Err(error) => return Outcome::Later(error.to_string(), None),
    };
    let mut request = agent
        .post(&target.url)
        .header("content-type", "application/x-protobuf")
        .header("content-encoding", "gzip");
    for (name, value) in &target.headers {
        request = request.header(name, value);
    }
    let mut response = match request.send(&zipped[..]) {
        Ok(response) => response,
        Err(error) => return Outcome::Later(error.to_string(), None),
    };
    let status = response.status().as_u16();
    if (200..300).contains(&status) {
        return Outcome::Taken;
    }
    let wish = response
        .headers()
        .get("retry-after")
        .and_then(|value| value.to_str().ok()?.trim().parse().ok())
        .map(Duration::from_secs);
    let reason = response
        .body_mut()
        .with_config()
        .limit(MOST_REASON)
        .lossy_utf8(true)
        .read_to_string()
        .unwrap_or_default();
    let printable: String = reason
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect();
    let reason = format!("it answered {status} {printable}");
    match status {
        // What OTLP/HTTP calls retryable, and what somebody mends at the target or in its address and headers.
        429 | 502..=504 | 401 | 403 | 404 | 405 | 407 | 408 | 300..=399 => {
            Outcome::Later(reason, wish)
        }
        _ => Outcome::Refused(reason),
    }
}
