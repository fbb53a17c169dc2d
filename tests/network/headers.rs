//! The headers of a request beside the caller's own.

use crate::support::{context, text, tracer};
use tracelink::core::context::propagation::{FROZEN, HAS_SENTRY, HAS_TRACEPARENT};
use tracelink::tracer::Tracer;
use wasm_bindgen_test::wasm_bindgen_test;

#[derive(Clone, Copy, Default)]
struct Request<'a> {
    /// The caller's own.
    existing: &'a str,
    /// Came with the trace.
    baggage: &'a str,
    /// Members for its dynamic sampling context.
    texts: &'a str,
    /// The share by which it was decided.
    rate: Option<f64>,
    bits: u32,
}

fn headers_of(tracer: &mut Tracer, request: Request<'_>) -> Vec<String> {
    let Request {
        existing,
        baggage,
        texts,
        rate,
        bits,
    } = request;
    tracer
        .scratch
        .fill([baggage, existing, texts].map(str::as_bytes).into_iter());
    let lengths = [0, baggage.len(), existing.len(), texts.len()];
    tracer.write_carriers(&context(), lengths, bits, rate.unwrap_or(f64::NAN));
    text(&tracer.output)
        .split('\0')
        .map(str::to_owned)
        .collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn never_over_the_callers_own() {
    let trace = "a".repeat(32);
    let span = "b".repeat(16);
    let w3c = format!("00-{trace}-{span}-01");
    let sentry = format!("{trace}-{span}-1");
    let headers = |request| headers_of(&mut tracer(), request);

    let all = headers(Request::default());
    assert_eq!((&all[0], &all[3]), (&w3c, &sentry));
    assert!(
        all[2].starts_with(&format!("sentry-trace_id={trace},")),
        "{}",
        all[2]
    );

    let own_w3c = headers(Request {
        bits: HAS_TRACEPARENT,
        ..Request::default()
    });
    assert_eq!((own_w3c[0].as_str(), &own_w3c[3]), ("", &sentry));

    let own_sentry = headers(Request {
        bits: HAS_SENTRY,
        baggage: "sentry-release=1,tenant=x",
        existing: "mine=1",
        ..Request::default()
    });
    assert_eq!(own_sentry, [&w3c, "", "mine=1,tenant=x", ""]);

    let own_members = headers(Request {
        existing: "mine=1, sentry-trace_id=0",
        ..Request::default()
    });
    assert_eq!(own_members, [&w3c, "", "", ""]);

    let frozen = headers(Request {
        baggage: "sentry-release=1",
        existing: "mine=1;p",
        bits: FROZEN,
        ..Request::default()
    });
    assert_eq!(frozen, [&w3c, "", "mine=1;p,sentry-release=1", &sentry]);
}

#[wasm_bindgen_test(unsupported = test)]
fn the_configuration_survives_a_request_with_headers_of_its_own() {
    let mut tracer = tracer();
    let bits = HAS_TRACEPARENT | HAS_SENTRY;
    let own = Request {
        bits,
        ..Request::default()
    };
    assert_eq!(headers_of(&mut tracer, own), ["", "", "", ""]);
    assert!(headers_of(&mut tracer, Request::default())[0].starts_with("00-"));
}

/// Of a dynamic sampling context, what stands under a key.
fn said<'a>(baggage: &'a str, key: &str) -> Option<&'a str> {
    let start = format!("sentry-{key}=");
    baggage
        .split(',')
        .find_map(|member| member.strip_prefix(&*start))
}

#[wasm_bindgen_test(unsupported = test)]
fn the_rate_of_a_trace_is_the_one_that_decided_it() {
    let mut tracer = tracer();
    let mut rate_of = |rate, bits| {
        let request = Request {
            rate,
            bits,
            texts: ",sentry-transaction=shop",
            ..Request::default()
        };
        let baggage = headers_of(&mut tracer, request).swap_remove(2);
        (
            said(&baggage, "sample_rate").map(str::to_owned),
            said(&baggage, "transaction").map(str::to_owned),
        )
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(rate_of(None, 0), (some("1"), some("shop")));
    assert_eq!(rate_of(Some(0.25), 0), (some("0.25"), some("shop")));
    assert_eq!(rate_of(Some(0.25), FROZEN), (None, None));

    tracer.set_number(0, f64::NAN);
    let undecided = headers_of(
        &mut tracer,
        Request {
            rate: Some(1.0),
            ..Request::default()
        },
    );
    assert_eq!(said(&undecided[2], "sample_rate"), None);
}
