//! Delivery of ended spans: who owns each, when what is sent, what happens to a refusal.

mod arena;
pub mod backoff;
pub mod buffer;
pub mod counters;
pub mod exporter;
