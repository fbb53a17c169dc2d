//! The pure core: everything that is decided without a browser.

pub mod carriers;
pub mod context;
pub mod ids;
