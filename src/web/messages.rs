//! Messages as JavaScript values: read as text for the scanner, contexts and carriers back.

use alloc::vec;
use alloc::vec::Vec;

use wasm_bindgen::JsValue;

use crate::tracer::Tracer;
use crate::web::platform;
use crate::web::state::with;

/// Room for a message of the usual size.
const USUAL: usize = 4_096;

/// The text of a message, or what matters of an object as JSON. Page code may run meanwhile (proxies, getters), so
/// nothing is borrowed.
fn read(message: &JsValue) -> Vec<u8> {
    let mut text = vec![0; USUAL];
    // Once to learn its length, once more when its characters take several bytes each.
    for _ in 0..3 {
        let read = platform::read_message(message, &mut text);
        if read >= 0 {
            text.truncate(read as usize);
            return text;
        }
        text = vec![0; read.unsigned_abs() as usize];
    }
    Vec::new()
}

/// How many contexts a message holds; they stay in the tracer.
fn scan(message: &JsValue) -> usize {
    let text = read(message);
    with(|tracer| tracer.scan_message(&text)).unwrap_or_default()
}

/// The contexts of a message in order as an array of objects; or the latest, as an object or null.
pub(crate) fn contexts(message: &JsValue, latest: bool) -> JsValue {
    let count = scan(message);
    let mut described = Vec::new();
    with(|tracer| {
        for index in if latest { count.saturating_sub(1) } else { 0 }..count {
            tracer.describe_context(index, true, &mut described);
            described.push(b'\n');
        }
    });
    platform::message_contexts(&described, latest)
}

/// Writes the carriers of an open span into a message that has no context yet.
pub(crate) fn inject(message: &JsValue, handle: f64) {
    if scan(message) > 0 {
        return;
    }
    let carriers = with(|tracer| carriers(tracer, handle)).unwrap_or_default();
    platform::write_message(message, &carriers);
}

fn carriers(tracer: &mut Tracer, handle: f64) -> Vec<u8> {
    let mut out = Vec::new();
    if let Some((context, state, remote)) = tracer.carried_by(handle) {
        tracer.write_carriers(&context, &state, &[], remote, &mut out);
    }
    out
}
