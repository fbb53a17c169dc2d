//! The collector's contract, tested against the real process over real HTTP with a real database file.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod access;
mod diagnosis;
mod duplicates;
mod durability;
mod flood;
mod forward;
mod forward_state;
mod hostile;
mod ingest;
mod json_forms;
mod query;
mod read_back;
mod refusals;
mod retention;
mod schema;
mod search;
mod sentry;
mod sentry_refusals;
mod start;
mod support;
mod tail;
mod token;
mod transfer;
mod viewer;
mod waterfall;
