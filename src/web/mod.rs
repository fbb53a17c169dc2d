//! The browser's side of the crate: state, and what it asks of `js/platform/`.

pub(crate) mod platform;
pub(crate) mod state;
pub(crate) mod transport;
