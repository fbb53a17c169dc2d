//! The header formats and the message carriers, natively and in browsers.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod baggage;
mod carriers;
mod hostile;
mod propagation;
mod reference;
mod sentry;
mod w3c;

use serde_json::Value;
use tracelink::core::carriers as message_carriers;
use tracelink::core::context::propagation::{Carriers, extract as extract_into};
use tracelink::core::context::{Contexts, Source, SpanContext};

#[cfg(target_family = "wasm")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

pub(crate) fn data(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

pub(crate) fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

pub(crate) fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&mut out);
    String::from_utf8(out).unwrap()
}

/// A context with what came along.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Remote {
    pub(crate) context: SpanContext,
    pub(crate) source: Source,
    pub(crate) tracestate: Vec<u8>,
    pub(crate) baggage: Vec<u8>,
}

pub(crate) fn remotes(contexts: &Contexts) -> Vec<Remote> {
    let all = contexts.list.iter().map(|remote| Remote {
        context: remote.context,
        source: remote.source,
        tracestate: contexts.tracestate(remote).to_vec(),
        baggage: contexts.baggage(remote).to_vec(),
    });
    all.collect()
}

/// The contexts of a message, and how many carriers were malformed.
pub(crate) fn scan(json: &[u8]) -> (Vec<Remote>, u32) {
    let mut contexts = Contexts::default();
    let ignored = message_carriers::scan(json, &mut contexts);
    (remotes(&contexts), ignored)
}

/// The context to use of one place, and the one of another trace beside it.
pub(crate) fn extract(
    carriers: &Carriers<'_>,
    ignored: &mut u32,
) -> (Option<Remote>, Option<Remote>) {
    let mut contexts = Contexts::default();
    extract_into(carriers, &mut contexts, ignored);
    let mut found = remotes(&contexts);
    (found.pop(), found.pop())
}
