//! What holds for any bytes: no parser panics, each does bounded work, and what it accepts reads the same when it is
//! written again. The property tests and the fuzz targets call these.

use tracelink::core::carriers::{MAX_BATCH, scan};
use tracelink::core::context::propagation::{Carriers, extract};
use tracelink::core::context::{Contexts, baggage, sentry, traceparent, tracestate};
use tracelink::core::redaction::{Redaction, Rule};
use tracelink::otlp::json;
use tracelink::otlp::read::{Attributes, SpanView, Value, spans};

fn written(write: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut out = Vec::new();
    write(&mut out);
    out
}

/// `traceparent` and `sentry-trace`.
pub(crate) fn ids(text: &[u8]) {
    if let Some(context) = traceparent::parse(text) {
        let again = written(|out| traceparent::write(&context, out));
        assert_eq!(traceparent::parse(&again), Some(context));
        assert_eq!(again.len(), 55);
    }
    if let Some(context) = sentry::parse(text) {
        let again = written(|out| sentry::write(&context, out));
        assert_eq!(sentry::parse(&again), Some(context));
    }
}

/// `tracestate`.
pub(crate) fn states(text: &[u8]) {
    let mut first = Vec::new();
    if tracestate::normalise(text, &mut first) {
        let mut second = Vec::new();
        assert!(tracestate::normalise(&first, &mut second));
        assert_eq!(first, second, "normal is normal");
        assert!(first.split(|byte| *byte == b',').count() <= 32);
    } else {
        assert!(first.is_empty(), "what is refused leaves nothing");
    }
    let own = written(|out| tracestate::with_own(b"own=1", &first, out));
    assert!(own.starts_with(b"own=1"));
}

/// `baggage`, and what Sentry reads from it.
pub(crate) fn baggage(text: &[u8]) {
    let first = written(|out| baggage::receive(text, out));
    assert_eq!(first, written(|out| baggage::receive(&first, out)));
    assert!(first.len() <= baggage::MAX_BYTES);
    let count = |header: &[u8]| baggage::members(header).count();
    for limit in [0, 64, 4_096] {
        let passed_on = written(|out| baggage::pass_on(text, limit, out));
        assert!(passed_on.len() <= limit && count(&passed_on) <= baggage::MAX_MEMBERS);
    }
    let encoded = written(|out| baggage::encode(text, out));
    assert_eq!(baggage::decode(&encoded), String::from_utf8_lossy(text));
    sentry::sample_rand(text);
    sentry::sample_rate(text);
    sentry::org_id(text);
    // More are not passed on.
    if count(&first) > baggage::MAX_MEMBERS {
        return;
    }
    let sentry_only = written(|out| baggage::sentry_only(&first, out));
    let others = written(|out| baggage::third_party_only(&first, out));
    assert_eq!(count(&sentry_only) + count(&others), count(&first));
    let both = written(|out| {
        let of_sentry = (&first[..], baggage::Members::Sentry);
        baggage::compose(&others, of_sentry, &[], 100_000, out);
    });
    // Where nothing is added nothing is written.
    let all = count(&first) * usize::from(!sentry_only.is_empty());
    assert_eq!(count(&both), all, "parted and put together");
}

/// The four headers of one place; NUL parts them.
pub(crate) fn headers(text: &[u8]) {
    let mut parts = text.split(|byte| *byte == 0);
    let mut part = || parts.next().unwrap_or_default();
    let carriers = Carriers {
        traceparent: part(),
        tracestate: part(),
        baggage: part(),
        sentry_trace: part(),
    };
    let mut ignored = 0;
    let mut contexts = Contexts::default();
    extract(&carriers, &mut contexts, &mut ignored);
    assert!(contexts.list.len() <= 2 && ignored <= 2);
    written_contexts(&contexts);
}

fn written_contexts(contexts: &Contexts) {
    for remote in &contexts.list {
        let context = remote.context;
        let mut again = Vec::new();
        sentry::write(&context, &mut again);
        let read = sentry::parse(&again);
        assert_eq!(read.map(|read| read.trace_id), Some(context.trace_id));
        states(contexts.tracestate(remote));
        let came = contexts.baggage(remote);
        assert_eq!(written(|out| baggage::receive(came, out)), came);
    }
}

/// The text of a message.
pub(crate) fn message(text: &[u8]) {
    let mut contexts = Contexts::default();
    scan(text, &mut contexts);
    // The envelope's, and that of another trace beside each.
    assert!(contexts.list.len() <= 2 * (MAX_BATCH + 1));
    written_contexts(&contexts);
}

fn number(value: f64, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("{value:e}").as_bytes());
}

/// Reads all of them; how many values there are.
fn walk(attributes: Attributes<'_>) -> usize {
    attributes
        .map(|pair| match pair {
            Ok((_, Value::Array(items))) => items.count(),
            Ok((_, Value::KvList(inner))) => inner.count(),
            _ => 1,
        })
        .sum()
}

/// OTLP protobuf as it may come from storage, and the JSON made of it.
pub(crate) fn otlp(bytes: &[u8]) {
    for span in spans(bytes).flatten().chain([bytes]) {
        let Ok(view) = SpanView::read(span) else {
            continue;
        };
        let events = view.events().flatten().map(|event| event.attributes);
        let links = view.links().flatten().map(|link| link.attributes);
        let all = events.chain(links).chain([view.attributes()]);
        assert!(all.map(walk).sum::<usize>() <= bytes.len());
    }
    for write in [json::traces, json::span] {
        let mut out = b"kept".to_vec();
        let done = write(bytes, number, &mut out);
        let text = out.strip_prefix(b"kept").expect("what was there stays");
        if done {
            serde_json::from_slice::<serde::de::IgnoredAny>(text).expect("JSON");
        } else {
            assert!(text.is_empty());
        }
    }
}

/// What a secret is hidden behind: no surroundings bring it back.
const BEHIND: [&str; 5] = [
    " ?token=hush",
    " &%70assword=hush",
    " https://hush:hush@h/",
    " %26sid%3Dhush",
    " \\u0026key\\u003dhush",
];

/// Redaction of URLs, query strings and text.
pub(crate) fn redaction(bytes: &[u8]) {
    let mut rules = Redaction::default();
    rules.emails = bytes.first().is_some_and(|byte| byte & 1 == 0);
    rules.add_parameter(b"ticket");
    for rule in [Rule::Text, Rule::Url, Rule::Query, Rule::Hide] {
        let mut out = b"kept".to_vec();
        let changed = rules.apply(rule, bytes, &mut out);
        assert!(out.starts_with(b"kept") && (changed || out.len() == 4));
        // A replaced value may be eight times as long as the one it hides.
        assert!(out.len() <= 12 + 9 * bytes.len());
    }
    let half = bytes.len() / 2;
    let (before, after) = bytes.split_at(half);
    let holds = |text: &[u8]| text.windows(3).any(|part| part == b"ush");
    if holds(bytes) {
        return;
    }
    for secret in BEHIND {
        let text = [before, secret.as_bytes(), after].concat();
        let mut out = Vec::new();
        assert!(rules.text(&text, &mut out), "{}", text.escape_ascii());
        assert!(
            !holds(&out),
            "{} -> {}",
            text.escape_ascii(),
            out.escape_ascii()
        );
    }
}
