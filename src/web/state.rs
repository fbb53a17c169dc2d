//! The one tracer of the page, and the rule that no page code runs while it is borrowed.

use alloc::boxed::Box;
use core::cell::Cell;

use crate::tracer::Tracer;

struct Page(Cell<Option<Box<Tracer>>>);

#[expect(
    unsafe_code,
    reason = "thread_local! needs the standard library, which costs 8 KB after gzip"
)]
// SAFETY: wasm32-unknown-unknown without atomics has one thread, so nothing is ever shared between two.
unsafe impl Sync for Page {}

static PAGE: Page = Page(Cell::new(None));

/// Runs `work` on the tracer. None while there is no tracer, or if it is at work already, which only an
/// unforeseen call from inside could bring about: then the call has no effect.
#[inline]
pub(crate) fn with<T>(work: impl FnOnce(&mut Tracer) -> T) -> Option<T> {
    // Taken out and put back: less wasm at each place than a flag and its guard.
    let mut tracer = PAGE.0.take()?;
    let result = work(&mut tracer);
    // Nothing is in its place, so there is nothing to drop.
    core::mem::forget(PAGE.0.replace(Some(tracer)));
    Some(result)
}

/// Puts a tracer in its place, for as long as the instance lives.
pub(crate) fn start(tracer: Box<Tracer>) {
    // What drops a tracer would be 700 bytes that nothing else needs.
    core::mem::forget(PAGE.0.replace(Some(tracer)));
}
