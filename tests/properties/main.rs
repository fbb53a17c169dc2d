//! Properties of the parsers over generated input, seeded: each run tries the same.
//!
//! `npm run fuzz` looks further, with the same checks.

#![cfg(not(target_family = "wasm"))]
#![allow(
    clippy::expect_used,
    reason = "a helper that fails is a test that fails"
)]

mod checks;
mod tracer;

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 300,
        rng_seed: RngSeed::Fixed(20_240_229),
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// Text of pieces that mean something to a parser, between bytes that mean nothing.
fn pieces(meaning: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        6 => prop::sample::select(meaning).prop_map(|piece| piece.as_bytes().to_vec()),
        2 => "[ -~]{0,12}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..6),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// The ids of both families, as they should be but for one byte now and then.
fn almost_ids() -> impl Strategy<Value = Vec<u8>> {
    let version = prop::sample::select(&["00-", "00-", "00-", "01-", "cc-", "ff-", ""][..]);
    let end = prop::sample::select(
        &[
            "-00", "-01", "-02", "-03", "-ff", "-1", "-0", "-", "", "-01-x",
        ][..],
    );
    (
        version,
        "[0-9a-f]{32}",
        "[0-9a-f]{16}",
        end,
        any::<(bool, prop::sample::Index, u8)>(),
    )
        .prop_map(|(version, trace, span, end, (spoil, at, byte))| {
            let mut text = format!("{version}{trace}-{span}{end}").into_bytes();
            let at = at.index(text.len());
            if let Some(place) = text.get_mut(at).filter(|_| spoil) {
                *place = byte;
            }
            text
        })
}

/// Many short members, more than are kept.
fn long_list() -> impl Strategy<Value = Vec<u8>> {
    let member = ("[a-z]{1,3}", "[a-z0-9%]{0,3}").prop_map(|(key, value)| format!("{key}={value}"));
    prop::collection::vec(member, 0..90).prop_map(|members| members.join(",").into_bytes())
}

const LISTS: &[&str] = &[
    "a=1",
    "b=2",
    ",",
    ", ",
    "=",
    ";",
    ";p=1",
    "sentry-trace_id=",
    "sentry-sampled=true",
    "sentry-sample_rand=0.5",
    "sentry-sample_rate=1e-3",
    "%20",
    "%",
    "vendor@tenant=x",
    " ",
    "\"",
    "\u{fc}",
    "a*b=c",
    "A=1",
];
const HEADERS: &[&str] = &[
    "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "\0",
    "a=1",
    ",",
    "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
    "sentry-org_id=1",
    "00-",
    "\0\0",
];
const JSON: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"traceparent\":",
    "\"_sentry\":{",
    "\"trace\":",
    "\"updates\":[",
    "\"headers\":{",
    "\"SENTRY-TRACE\":",
    "\"meta\":",
    "null",
    "1e5",
    "true",
    "\"\\u0061\"",
    "\"\\",
    "\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"",
    "\"baggage\":\"a=1\"",
    "\"\\ud83d\"",
    "{\"traceparent\":\"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\"}",
    " ",
    "\n",
];
const URLS: &[&str] = &[
    "https://",
    "//",
    "/",
    "?",
    "&",
    ";",
    "#",
    "%3F",
    "%26",
    "%2523",
    "a=b",
    ":",
    "@",
    ".",
    "'",
    "data:",
    "\\",
    "\\u0026",
    "[",
    ")",
    "%",
    "u:p@",
    "h.example",
    "token=",
    "&amp;",
    "%74oken",
    " ",
];
const OTLP: &[&str] = &[
    "\n\x04",
    "\x12\x02",
    "\x12\x08",
    "\x22\x08",
    "\x39",
    "\x41",
    "\x4a\x06",
    "\x5a",
    "\x6a",
    "\x7a\x02",
    "\x2a\x01a",
    "\n\x01k",
    "\x12\x03\n\x01v",
    "\x12\x02\x2a\0",
    "\u{7f}",
    "\x08",
    "\x30\x03",
];

proptest! {
    #![proptest_config(config())]

    #[test]
    fn ids(text in almost_ids()) {
        checks::ids(&text);
    }

    #[test]
    fn lists(text in prop_oneof![pieces(LISTS), long_list()]) {
        checks::states(&text);
        checks::baggage(&text);
    }

    #[test]
    fn headers(text in pieces(HEADERS)) {
        checks::headers(&text);
    }

    #[test]
    fn messages(text in pieces(JSON)) {
        checks::message(&text);
    }

    #[test]
    fn otlp(bytes in pieces(OTLP)) {
        checks::otlp(&bytes);
    }

    #[test]
    fn redaction(text in pieces(URLS)) {
        checks::redaction(&text);
    }

    #[test]
    fn tracer(program in prop::collection::vec(any::<u8>(), 0..400)) {
        tracer::run(&program);
    }
}
