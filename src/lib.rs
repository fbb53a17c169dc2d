//! tracelink: tracing for web pages, in Rust and WebAssembly.
//!
//! ```text
//!  page ──> js/ (TypeScript shell: states, guard, Span handles)
//!             │  numbers, and text through one scratch buffer
//!             ▼
//!           api ──> web ──> tracer ──> core      ids, contexts, carriers, spans, sampling, redaction
//!                    │         ├─────> delivery  bounded buffer, packing, ownership, retry
//!                    │         └─────> otlp      protobuf writer and reader, JSON
//!                    ▼
//!              js/platform/ (coarse browser functions)
//! ```
//!
//! A span is a slot in a slab while it is open and a run of OTLP bytes once it has ended.
//! Where no reason stands beside an `#[inline]` mark, it was measured: with it the wasm is smaller after gzip.
//!
//! Everything below [`tracer`] is pure and tested natively; `api` and `web` exist on wasm only.

#![cfg_attr(feature = "lean", no_std)]

extern crate alloc;

pub mod core;
pub mod delivery;
pub mod otlp;
pub mod tracer;

#[cfg(target_family = "wasm")]
pub mod api;
#[cfg(target_family = "wasm")]
mod web;

#[cfg(all(target_family = "wasm", feature = "lean"))]
mod lean;
