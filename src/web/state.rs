//! The one tracer of the page, and the rule that no page code runs while it is borrowed.

use std::cell::RefCell;

use crate::tracer::Tracer;

thread_local! {
    static TRACER: RefCell<Option<Box<Tracer>>> = const { RefCell::new(None) };
}

/// Runs `work` on the tracer. None while there is no tracer, or if it is borrowed already, which only an
/// unforeseen call from inside could bring about: then the call has no effect.
#[inline]
pub(crate) fn with<T>(work: impl FnOnce(&mut Tracer) -> T) -> Option<T> {
    TRACER.with(|tracer| match tracer.try_borrow_mut() {
        Ok(mut tracer) => tracer.as_deref_mut().map(work),
        Err(_) => None,
    })
}

/// Replaces the tracer.
pub(crate) fn replace(new: Option<Box<Tracer>>) {
    TRACER.with(|tracer| {
        if let Ok(mut tracer) = tracer.try_borrow_mut() {
            *tracer = new;
        }
    });
}

/// Gives the tracer fresh randomness if it runs low. The browser's generator may be patched by the page,
/// so it is called while nothing is borrowed.
pub(crate) fn feed_entropy() {
    let wanted = with(|tracer| tracer.entropy.wants()).unwrap_or(0);
    if wanted > 0 {
        let mut bytes = vec![0; wanted];
        if getrandom::fill(&mut bytes).is_ok() {
            with(|tracer| tracer.entropy.feed(&bytes));
        }
    }
}
