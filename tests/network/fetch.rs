//! Requests: names and attributes, headers beside the caller's own, and whose timing an entry is.

use crate::support::{context, start, text, tracer, written};
use tracelink::core::slab::Handle;
use tracelink::tracer::Tracer;
use tracelink::tracer::fetch::{ABORTED, HAS_SENTRY, HAS_TRACEPARENT, PROPAGATES, WAITS};
use tracelink::tracer::timing::Row;
use wasm_bindgen_test::wasm_bindgen_test;

struct Request<'a> {
    method: &'a str,
    url: &'a str,
    existing: &'a str,
    baggage: &'a str,
    frozen: bool,
    bits: u32,
    hash: u32,
    time: f64,
}

const PLAIN: Request<'static> = Request {
    method: "GET",
    url: "https://shop.example/cart",
    existing: "",
    baggage: "",
    frozen: false,
    bits: 0,
    hash: 1,
    time: 10.0,
};

/// Begins a request below `handle`; returns its headers.
fn begin(tracer: &mut Tracer, handle: Handle, request: &Request<'_>) -> Vec<String> {
    let parts = [
        request.baggage,
        request.existing,
        request.method,
        request.url,
    ];
    tracer
        .scratch
        .fill(parts.iter().map(|part| part.as_bytes()));
    let [baggage, existing, method, url] = parts.map(str::len);
    let texts = [0, baggage, existing, method, url];
    let mut out = Vec::new();
    let Request {
        frozen,
        bits,
        hash,
        time,
        ..
    } = *request;
    tracer.begin_request(
        handle,
        &context(),
        texts,
        frozen,
        bits,
        hash,
        time,
        &mut out,
    );
    text(&out).split('\0').map(str::to_owned).collect()
}

/// One request from start to end; what was written of it.
fn whole(request: &Request<'_>, status: i32, error: &str) -> String {
    let mut tracer = tracer();
    let handle = start(&mut tracer, request.time);
    begin(&mut tracer, handle, request);
    tracer.end_request(handle, status, error.as_bytes(), 20.0);
    written(&mut tracer).concat()
}

#[wasm_bindgen_test(unsupported = test)]
fn a_span_follows_the_semantic_conventions() {
    assert_eq!(
        whole(&PLAIN, 200, ""),
        "GET 10-20 [http.request.method=GET url.full=https://shop.example/cart \
         server.address=shop.example server.port=443 http.response.status_code=200] ()"
    );
    let patch = Request {
        method: "patch",
        url: "http://[::1]:8080/a?token=x#frag",
        ..PLAIN
    };
    assert_eq!(
        whole(&patch, 204, ""),
        "HTTP 10-20 [http.request.method=_OTHER http.request.method_original=patch \
         url.full=http://[::1]:8080/a?token=REDACTED server.address=::1 server.port=8080 \
         http.response.status_code=204] ()"
    );
    let data = Request {
        url: "data:text/plain,secret",
        ..PLAIN
    };
    assert_eq!(
        whole(&data, 200, ""),
        "GET 10-20 [http.request.method=GET url.full=data:text/plain http.response.status_code=200] ()"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn errors_have_a_type_and_an_abort_is_no_failure() {
    let end = |status, error| {
        let line = whole(&PLAIN, status, error);
        let (name, rest) = line.split_once(' ').unwrap();
        let (_, tail) = rest.split_once("443").unwrap();
        format!("{name}{tail}")
    };
    assert_eq!(
        end(404, ""),
        "GET! http.response.status_code=404 error.type=404] ()"
    );
    assert_eq!(
        end(503, ""),
        "GET! http.response.status_code=503 error.type=503] ()"
    );
    assert_eq!(end(399, ""), "GET http.response.status_code=399] ()");
    assert_eq!(end(0, "TypeError"), "GET! error.type=TypeError] ()");
    assert_eq!(end(ABORTED, "AbortError"), "GET error.type=AbortError] ()");
    assert_eq!(end(0, ""), "GET] ()", "an opaque answer");
}

#[wasm_bindgen_test(unsupported = test)]
fn headers_only_for_targets_and_never_over_the_callers_own() {
    let trace = "a".repeat(32);
    let span = "b".repeat(16);
    let w3c = format!("00-{trace}-{span}-01");
    let sentry = format!("{trace}-{span}-1");
    let headers = |request: Request<'_>| begin(&mut tracer(), 0.0, &request);

    assert_eq!(headers(PLAIN), [""], "not a target");
    let target = Request {
        bits: PROPAGATES,
        ..PLAIN
    };
    let all = headers(target);
    assert_eq!((&all[0], &all[3]), (&w3c, &sentry));
    assert!(
        all[2].starts_with(&format!("sentry-trace_id={trace},")),
        "{}",
        all[2]
    );

    let own_w3c = headers(Request {
        bits: PROPAGATES | HAS_TRACEPARENT,
        ..PLAIN
    });
    assert_eq!((own_w3c[0].as_str(), &own_w3c[3]), ("", &sentry));

    let own_sentry = headers(Request {
        bits: PROPAGATES | HAS_SENTRY,
        baggage: "sentry-release=1,tenant=x",
        existing: "mine=1",
        ..PLAIN
    });
    assert_eq!(own_sentry, [&w3c, "", "mine=1,tenant=x", ""]);

    let own_members = headers(Request {
        bits: PROPAGATES,
        existing: "mine=1, sentry-trace_id=0",
        ..PLAIN
    });
    assert_eq!(own_members, [&w3c, "", "mine=1,sentry-trace_id=0", ""]);

    let frozen = headers(Request {
        bits: PROPAGATES,
        baggage: "sentry-release=1",
        existing: "mine=1;p",
        frozen: true,
        ..PLAIN
    });
    assert_eq!(frozen, [&w3c, "", "mine=1;p,sentry-release=1", &sentry]);
}

#[wasm_bindgen_test(unsupported = test)]
fn the_configuration_survives_a_request_with_headers_of_its_own() {
    let mut tracer = tracer();
    let bits = PROPAGATES | HAS_TRACEPARENT | HAS_SENTRY;
    assert_eq!(
        begin(&mut tracer, 0.0, &Request { bits, ..PLAIN }),
        ["", "", "", ""]
    );
    let bits = PROPAGATES;
    assert!(begin(&mut tracer, 0.0, &Request { bits, ..PLAIN })[0].starts_with("00-"));
}

/// Four phases of an entry, the others hidden.
fn entry(start: f64, end: f64) -> Row {
    Row::new([
        start,
        0.0,
        -1.0,
        0.0,
        0.0,
        0.0,
        start + 1.0,
        end - 1.0,
        end,
        11.0,
        0.0,
    ])
}

const WAITING: Request<'static> = Request {
    bits: WAITS,
    ..PLAIN
};

#[wasm_bindgen_test(unsupported = test)]
fn a_span_waits_for_its_entry_and_counts_as_ended() {
    let mut tracer = tracer();
    let handle = start(&mut tracer, 10.0);
    begin(&mut tracer, handle, &WAITING);
    let wake = tracer.end_request(handle, 200, b"", 20.0);
    assert!(
        wake.send.is_some(),
        "the next flush writes it at the latest"
    );
    assert!(written(&mut tracer).is_empty());
    assert_eq!((tracer.open_spans(), tracer.counters.ended), (0, 1));
    assert_eq!(tracer.stats().in_page, 1, "ended = kept");
    tracer.time_request(2, &entry(11.0, 19.0));
    assert!(written(&mut tracer).is_empty(), "another URL");
    tracer.time_request(1, &entry(11.0, 19.0));
    let lines = written(&mut tracer);
    assert!(
        lines[0].ends_with(
            "status_code=200 network.protocol.version=1.1] \
             (fetchStart@11 requestStart@12 responseStart@18 responseEnd@19)"
        ),
        "{lines:?}"
    );
    assert!(!tracer.awaits_timing());
    assert_eq!((tracer.counters.ended, tracer.stats().in_page), (1, 1));
}

#[wasm_bindgen_test(unsupported = test)]
fn an_entry_that_two_requests_may_own_belongs_to_none() {
    let mut tracer = tracer();
    let (first, second) = (start(&mut tracer, 10.0), start(&mut tracer, 11.0));
    begin(&mut tracer, first, &WAITING);
    begin(
        &mut tracer,
        second,
        &Request {
            time: 11.0,
            ..WAITING
        },
    );
    tracer.end_request(first, 200, b"", 20.0);
    // The second is still under way.
    tracer.time_request(1, &entry(12.0, 19.0));
    assert!(written(&mut tracer).is_empty());
    tracer.write_awaited();
    let lines = written(&mut tracer);
    assert_eq!(lines.len(), 1, "an open request is not written by a flush");
    assert!(lines[0].ends_with("()"), "{lines:?}");
    // With the first one gone, its late entry lies before the second one's next.
    tracer.time_request(1, &entry(15.0, 25.0));
    tracer.end_request(second, 200, b"", 30.0);
    assert!(written(&mut tracer)[1].contains("fetchStart@15"));
}

#[wasm_bindgen_test(unsupported = test)]
fn an_earlier_request_to_the_same_url_gives_no_timing() {
    let mut tracer = tracer();
    let handle = start(&mut tracer, 100.0);
    begin(
        &mut tracer,
        handle,
        &Request {
            time: 100.0,
            ..WAITING
        },
    );
    tracer.time_request(1, &entry(50.0, 99.0));
    tracer.end_request(handle, 200, b"", 120.0);
    tracer.time_request(1, &entry(130.0, 140.0));
    assert!(written(&mut tracer).is_empty());
    tracer.time_request(1, &entry(99.0, 119.0));
    assert_eq!(written(&mut tracer).len(), 1);
}

#[wasm_bindgen_test(unsupported = test)]
fn at_the_end_of_the_page_an_open_request_is_incomplete_and_an_ended_one_is_not() {
    let mut tracer = tracer();
    let (ended, open) = (start(&mut tracer, 10.0), start(&mut tracer, 10.0));
    begin(&mut tracer, ended, &WAITING);
    begin(&mut tracer, open, &WAITING);
    tracer.end_request(ended, 200, b"", 20.0);
    tracer.end_all_incomplete(99.0);
    let lines = written(&mut tracer);
    let (complete, cut): (Vec<_>, Vec<_>) = lines.iter().partition(|line| line.contains("200"));
    assert!(complete[0].starts_with("GET 10-20") && !complete[0].contains("incomplete"));
    assert!(cut[0].starts_with("GET 10-99") && cut[0].contains("tracelink.incomplete=true"));
    assert_eq!(tracer.counters.ended, 2);
    tracer.write_awaited();
    assert!(!tracer.awaits_timing());
    tracer.end_request(open, 200, b"", 120.0);
    assert_eq!((written(&mut tracer).len(), tracer.counters.ended), (2, 2));
}
