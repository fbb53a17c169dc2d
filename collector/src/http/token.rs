//! The token that every request must show once there is one: who may use a collector that others can reach.

use std::path::Path;

use axum::http::HeaderMap;
use axum::http::Uri;
use axum::http::header::AUTHORIZATION;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A shorter one could be guessed.
const SHORTEST: usize = 16;

/// A secret that senders and readers know.
#[derive(Clone)]
pub(crate) struct Token(String);

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

impl Token {
    /// Reads the first line of a file; the error is one line for the user.
    pub(crate) fn read(file: &Path) -> Result<Token, String> {
        let name = file.display();
        let text = std::fs::read_to_string(file)
            .map_err(|error| format!("--token-file: cannot read {name}: {error}"))?;
        let token = text.lines().next().unwrap_or_default().trim();
        if token.len() < SHORTEST || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(format!(
                "--token-file: want {SHORTEST} or more visible ASCII characters in the first line of {name}"
            ));
        }
        Ok(Token(token.to_owned()))
    }

    /// Whether a request shows the token: as `Bearer`, or as the password of `Basic`, which browsers ask their user for.
    /// To the path of envelopes a Sentry SDK sends it as the public key of its DSN.
    pub(super) fn is_shown(&self, headers: &HeaderMap, uri: &Uri) -> bool {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let authorized = text(AUTHORIZATION.as_str())
            .and_then(|value| value.split_once(' '))
            .is_some_and(|(scheme, rest)| {
                let rest = rest.trim();
                match scheme.to_ascii_lowercase().as_str() {
                    "bearer" => self.is(rest),
                    "basic" => self.is_password(rest),
                    _ => false,
                }
            });
        authorized
            || (is_envelope(uri.path())
                && (text("x-sentry-auth").is_some_and(|value| self.is_sentry_auth(value))
                    || self.is_sentry_query(uri.query().unwrap_or_default())))
    }

    fn is_password(&self, credentials: &str) -> bool {
        STANDARD.decode(credentials).is_ok_and(|decoded| {
            let password = decoded.iter().position(|byte| *byte == b':');
            password.is_some_and(|colon| self.is_bytes(&decoded[colon + 1..]))
        })
    }

    /// `Sentry sentry_version=7, sentry_key=…`
    fn is_sentry_auth(&self, value: &str) -> bool {
        value
            .split([',', ' '])
            .filter_map(|part| part.trim().strip_prefix("sentry_key="))
            .any(|key| self.is(key))
    }

    fn is_sentry_query(&self, query: &str) -> bool {
        form_urlencoded::parse(query.as_bytes())
            .any(|(name, value)| name == "sentry_key" && self.is(&value))
    }

    fn is(&self, given: &str) -> bool {
        self.is_bytes(given.as_bytes())
    }

    /// Compares in a time that says nothing of where the two differ.
    fn is_bytes(&self, given: &[u8]) -> bool {
        let own = self.0.as_bytes();
        let pairs = own.iter().zip(given);
        own.len() == given.len() && pairs.fold(0, |sum, (own, given)| sum | (own ^ given)) == 0
    }
}

/// `/api/{project}/envelope/`
pub(super) fn is_envelope(path: &str) -> bool {
    let rest = path.strip_prefix("/api/");
    rest.is_some_and(|rest| super::envelope::project(rest).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_token_is_it() {
        let token = Token("0123456789abcdef".to_owned());
        for (given, expected) in [
            ("0123456789abcdef", true),
            ("0123456789abcdeF", false),
            ("0123456789abcde", false),
            ("0123456789abcdef0", false),
            ("", false),
        ] {
            assert_eq!(token.is(given), expected, "{given}");
        }
        assert!(!format!("{token:?}").contains("0123"));
    }
}
