//! The one tracer of the page, and the rule that no page code runs while it is borrowed.

use core::cell::UnsafeCell;

use crate::tracer::{BLANK, Tracer};

/// A static one: what every function is called with, the compiler then leaves out. Measured: 0.6 KB less after gzip.
struct Page(UnsafeCell<Tracer>);

#[expect(unsafe_code, reason = "a static has to promise it")]
// SAFETY: wasm32-unknown-unknown without atomics has one thread, so nothing is ever shared between two.
unsafe impl Sync for Page {}

static PAGE: Page = Page(UnsafeCell::new(BLANK));

/// Whether the tracer is borrowed, as the tests of a debug build check. To check it always is 0.3 KB.
#[cfg(debug_assertions)]
static BORROWED: core::sync::atomic::AtomicBool = core::sync::atomic::AtomicBool::new(false);

/// Runs `work` on the tracer. Nothing that `work` calls may come back here.
#[inline(always)]
pub(crate) fn with<T>(work: impl FnOnce(&mut Tracer) -> T) -> T {
    #[cfg(debug_assertions)]
    let busy = BORROWED.swap(true, core::sync::atomic::Ordering::Relaxed);
    #[cfg(debug_assertions)]
    assert!(!busy, "the tracer is at work already");
    #[expect(
        unsafe_code,
        reason = "thread_local! needs the standard library, which costs 8 KB after gzip"
    )]
    // SAFETY: there is one thread, and no other borrow: `work` is code of `tracer` and below, which imports nothing from
    // JavaScript, called from `api` and `transport`, which call `with` one after the other, never inside each other.
    let result = work(unsafe { &mut *PAGE.0.get() });
    #[cfg(debug_assertions)]
    BORROWED.store(false, core::sync::atomic::Ordering::Relaxed);
    result
}
