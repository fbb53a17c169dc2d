//! Messages: their text, its contexts, their spans.

use crate::core::ids::{SpanId, TraceId};
use crate::tracer::messages::Message;
use crate::tracer::spans::Ids;
use crate::web::state::with;
use crate::web::transport;

/// Address of room for a message of `len` bytes, which is larger than the scratch buffer.
#[unsafe(export_name = "inbox")]
pub extern "C" fn inbox(len: usize) -> usize {
    with(|tracer| tracer.inbox(len).as_mut_ptr() as usize)
}

/// Scans a message, to describe its contexts. Returns how many there are, to be asked for by `contextAt`. `again`: what
/// is malformed in it was counted before.
#[unsafe(export_name = "scan")]
pub extern "C" fn scan(len: usize, again: bool) -> usize {
    with(|tracer| tracer.scan_text(len, again))
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
    share: f64,
    seed: u32,
    time: f64,
    offset: f64,
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
        share,
        seed,
        time,
        offset,
    };
    transport::run(|tracer| tracer.begin_message(len, &message))
}
