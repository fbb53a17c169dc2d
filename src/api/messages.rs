//! Messages: whole for those who use the crate from `pkg/`, and in steps for the shell, which reads them itself.

use wasm_bindgen::prelude::*;

use crate::core::ids::{SpanId, TraceId};
use crate::tracer::messages::{Message, Update};
use crate::tracer::spans::Ids;
use crate::web::state::with;
use crate::web::{messages, transport};

/// The latest valid context in a message, or null.
#[wasm_bindgen(js_name = extractMessageContext)]
pub fn extract_message_context(message: &JsValue) -> JsValue {
    messages::contexts(message, true)
}

/// The valid contexts of a message in order.
#[wasm_bindgen(js_name = extractMessageContexts)]
pub fn extract_message_contexts(message: &JsValue) -> JsValue {
    messages::contexts(message, false)
}

/// Adds the carriers of an open span to a message object that has no context yet, and returns it.
#[wasm_bindgen(js_name = injectMessageContext)]
pub fn inject_message_context(message: JsValue, handle: f64) -> JsValue {
    messages::inject(&message, handle);
    message
}

/// Address of room for a message of `len` bytes, which is larger than the scratch buffer.
#[unsafe(export_name = "inbox")]
pub extern "C" fn inbox(len: usize) -> usize {
    with(|tracer| tracer.inbox(len).as_mut_ptr() as usize).unwrap_or_default()
}

/// Scans a message once more, to describe its contexts. Returns how many there are.
#[unsafe(export_name = "scanAgain")]
pub extern "C" fn scan_again(len: usize) -> usize {
    with(|tracer| tracer.scan_text(len, true)).unwrap_or_default()
}

/// Scans a message of `len` bytes and starts its span, as `tracer::messages` says; the scratch buffer then tells of
/// its latest context.
#[unsafe(export_name = "beginMessage")]
pub extern "C" fn begin_message(
    len: usize,
    a: u32,
    b: u32,
    c: u32,
    d: u32,
    s: u32,
    t: u32,
    flags: u32,
    name: i32,
    system: i32,
    destination: i32,
    size: f64,
    share: f64,
    seed: u32,
    time: f64,
) -> f64 {
    let message = Message {
        ids: Ids {
            trace: TraceId::from_words(a, b, c, d),
            span: SpanId::from_words(s, t),
            parent: SpanId::default(),
        },
        flags,
        name,
        system,
        destination,
        size,
        share,
        seed,
        time,
    };
    with(|tracer| tracer.begin_message(len, &message)).unwrap_or_default()
}

/// Writes the span of a change on screen: trace, own id and parent's id in words, flags, when it began and ended,
/// the first mutation (0 none, 1 sync, 2 later), how many, whether they were painted, whether they are shared.
#[unsafe(export_name = "addUpdate")]
pub extern "C" fn add_update(
    a: u32,
    b: u32,
    c: u32,
    d: u32,
    s: u32,
    t: u32,
    p: u32,
    q: u32,
    flags: u32,
    start: f64,
    end: f64,
    mutation: u32,
    mutations: f64,
    painted: bool,
    shared: bool,
) {
    let ids = Ids {
        trace: TraceId::from_words(a, b, c, d),
        span: SpanId::from_words(s, t),
        parent: SpanId::from_words(p, q),
    };
    let update = Update {
        start,
        end,
        mutation,
        mutations,
        painted,
        shared,
    };
    if let Some(wake) = with(|tracer| tracer.add_update(ids, flags, &update)) {
        transport::wake(wake);
    }
}
