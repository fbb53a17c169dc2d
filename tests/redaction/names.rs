//! Which parameters, headers and attributes are secret.

use crate::{shown, text, url};
use tracelink::core::redaction::{Redaction, Rule};
use wasm_bindgen_test::wasm_bindgen_test;

const PARAMETERS: [&str; 24] = [
    "access_token",
    "id_token",
    "refresh_token",
    "token",
    "code",
    "api_key",
    "apikey",
    "key",
    "password",
    "passwd",
    "pwd",
    "secret",
    "client_secret",
    "auth",
    "jwt",
    "session",
    "sid",
    "sig",
    "signature",
    "AWSAccessKeyId",
    "X-Amz-Signature",
    "X-Amz-Security-Token",
    "X-Goog-Credential",
    "x-goog-anything",
];

#[wasm_bindgen_test(unsupported = test)]
fn every_default_parameter_in_every_case_and_place() {
    let rules = Redaction::default();
    for name in PARAMETERS {
        for name in [name.to_owned(), name.to_lowercase(), name.to_uppercase()] {
            let encoded: String = name.bytes().map(|byte| format!("%{byte:02x}")).collect();
            for name in [name, encoded] {
                let before = format!("https://h/p?a=1&{name}=hush&b=2");
                let after = format!("https://h/p?a=1&{name}=REDACTED&b=2");
                assert_eq!(url(&rules, &before), after);
                assert_eq!(text(&rules, &before), after);
                assert_eq!(
                    text(&rules, &format!("GET /p?{name}=hush")),
                    format!("GET /p?{name}=REDACTED")
                );
                let mut out = Vec::new();
                assert!(rules.value(b"url.query", format!("{name}=hush&c").as_bytes(), &mut out));
                assert_eq!(shown(&out), format!("{name}=REDACTED&c"));
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn added_names() {
    let mut rules = Redaction::default();
    assert_eq!(url(&rules, "/p?otp=1"), "/p?otp=1");
    assert!(!rules.header(b"x-tenant") && !rules.attribute(b"user.name"));
    rules.add_parameter(b"OTP");
    rules.add_parameter(b"user.pin");
    rules.add_header(b"X-Tenant");
    rules.add_attribute(b"user.name");
    rules.add_attribute(b"");
    assert_eq!(
        url(&rules, "/p?otp=1&a[otp]=2&user.pin=3&token=4&pin=5"),
        "/p?otp=REDACTED&a[otp]=REDACTED&user.pin=REDACTED&token=REDACTED&pin=5"
    );
    assert!(rules.header(b"x-tenant") && rules.header(b"Authorization"));
    assert!(rules.attribute(b"user.name") && rules.attribute(b"http.request.header.x-tenant"));
    assert!(!rules.attribute(b"") && !rules.attribute(b"user") && !rules.header(b""));
}

#[wasm_bindgen_test(unsupported = test)]
fn headers_by_the_default_list() {
    let rules = Redaction::default();
    for name in [
        "authorization",
        "proxy-authorization",
        "cookie",
        "set-cookie",
        "x-api-key",
        "x-auth-token",
        "x-csrf-token",
    ] {
        assert!(
            rules.header(name.as_bytes()) && rules.header(name.to_uppercase().as_bytes()),
            "{name}"
        );
        for side in ["request", "response"] {
            let key = format!("http.{side}.header.{name}");
            assert!(rules.attribute(key.as_bytes()), "{key}");
            assert!(rules.attribute(key.replace('-', "_").as_bytes()), "{key}");
            let mut out = Vec::new();
            assert!(rules.value(key.as_bytes(), b"hush", &mut out));
            assert_eq!(out, b"REDACTED");
        }
    }
    for name in [
        "content-type",
        "cookies",
        "x-api",
        "authorization-x",
        "traceparent",
    ] {
        assert!(!rules.header(name.as_bytes()), "{name}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_key_says_which_rule() {
    let rules = Redaction::default();
    for (key, rule) in [
        ("url.full", Rule::Url),
        ("http.url", Rule::Url),
        ("http.target", Rule::Url),
        ("document.referrer", Rule::Url),
        ("http.request.header.referer", Rule::Url),
        ("http.response.header.location", Rule::Url),
        ("url.query", Rule::Query),
        ("url.fragment", Rule::Hide),
        ("http.request.header.cookie", Rule::Hide),
        ("http.route", Rule::Text),
        ("exception.stacktrace", Rule::Text),
    ] {
        assert_eq!(rules.rule(key.as_bytes()), rule, "{key}");
    }
    for (key, value, expected) in [
        ("url.full", "/a b#c", Some("/a b")),
        (
            "url.full",
            "https://h/?a=b c&token=d e",
            Some("https://h/?a=b c&token=REDACTED"),
        ),
        ("url.full", "https://h/", None),
        ("url.query", "token=a b&c", Some("token=REDACTED&c")),
        ("url.query", "?token=a", Some("?token=REDACTED")),
        ("url.query", "a=token", None),
        ("url.fragment", "access", Some("REDACTED")),
        ("url.fragment", "REDACTED", None),
        (
            "exception.message",
            "/a?token=b c",
            Some("/a?token=REDACTED c"),
        ),
        ("exception.message", "no", None),
    ] {
        let mut out = b"kept".to_vec();
        let changed = rules.value(key.as_bytes(), value.as_bytes(), &mut out);
        let output = out
            .strip_prefix(b"kept")
            .map(shown)
            .expect("what was there stays");
        assert_eq!(
            changed.then_some(output.as_str()),
            expected,
            "{key} {value}"
        );
        assert!(changed || output.is_empty());
    }
}
