//! The tracer: open spans, ended spans and the way out, tied together; pure, driven by calls with times.

use alloc::vec::Vec;

pub mod attributes;
pub mod config;
pub mod contexts;
pub mod inspect;
pub mod items;
pub mod messages;
pub mod retained;
pub mod scratch;
pub mod sending;
pub mod spans;

use crate::core::attributes::{Attributes, Owner};
use crate::core::clock::Clock;
use crate::core::context::SpanContext;
use crate::core::interner::Interner;
use crate::core::redaction::Redaction;
use crate::core::sampler::Sampler;
use crate::core::slab::{Handle, Slab};
use crate::delivery::counters::Counters;
use crate::delivery::exporter::Exporter;
use crate::tracer::config::Config;
use crate::tracer::contexts::Contexts;
use crate::tracer::items::Item;
use crate::tracer::retained::Retained;
use crate::tracer::scratch::Scratch;
use crate::tracer::sending::{Schedule, Wake};

/// Everything that tracing holds. One per page; tests make their own.
#[derive(Debug)]
pub struct Tracer {
    /// What the page asked for.
    pub config: Config,
    /// Text that JavaScript hands over.
    pub scratch: Scratch,
    /// Contexts that the last extraction found.
    pub contexts: Contexts,
    /// The last ended spans, and those to report.
    pub retained: Retained,
    /// What became of every span.
    pub counters: Counters,
    /// Ended spans on their way out.
    pub exporter: Exporter,
    /// The span of the page's load, which root spans link to.
    pub page: Option<SpanContext>,
    pub(crate) clock: Clock,
    pub(crate) redaction: Redaction,
    pub(crate) sampler: Sampler,
    /// Names and keys, each marked with the redaction rule that it has as a key.
    pub(crate) names: Interner,
    pub(crate) spans: Slab,
    pub(crate) item: Item,
    /// Spans that have ended and are not written, as those of requests that wait for their network timing.
    pub(crate) held: u32,
    pub(crate) resource: Attributes,
    pub(crate) defaults: Attributes,
    /// What the last call gave back, for JavaScript to read.
    pub output: Vec<u8>,
    pub(crate) redacted: Vec<u8>,
    pub(crate) usual: messages::Usual,
    /// The text of a large message.
    pub(crate) inbox: Vec<u8>,
    pub(crate) schedule: Schedule,
    /// What to do for spans that have ended, by themselves or for others' sake.
    pub wake: Wake,
}

/// A tracer without clock and scratch buffer. A constant is copied in one piece; made field by field, it would be a
/// kilobyte of wasm.
pub(crate) const BLANK: Tracer = Tracer {
    config: Config::new(),
    scratch: Scratch::new(),
    contexts: Contexts::new(),
    retained: Retained::new(),
    counters: Counters::new(),
    exporter: Exporter::new(),
    page: None,
    clock: Clock::unset(),
    redaction: Redaction::new(),
    sampler: Sampler { rate: Some(1.0) },
    names: Interner::new(),
    spans: Slab::new(),
    item: Item::new(),
    held: 0,
    resource: Attributes::new(Owner::Resource),
    defaults: Attributes::new(Owner::Span),
    output: Vec::new(),
    redacted: Vec::new(),
    usual: messages::Usual::new(),
    inbox: Vec::new(),
    schedule: Schedule::new(),
    wake: Wake::new(),
};

impl Tracer {
    /// A tracer whose clock began at `time_origin` (Unix milliseconds).
    pub fn new(time_origin: f64) -> Self {
        let mut tracer = BLANK;
        tracer.begin(time_origin);
        tracer
    }

    /// Makes a blank tracer ready.
    #[inline]
    pub(crate) fn begin(&mut self, time_origin: f64) {
        self.scratch.begin();
        self.clock = Clock::new(time_origin);
    }

    /// Takes a reading of both clocks, as [`Clock::compare`] does; returns the offset of traces that begin now.
    #[inline(always)]
    pub fn compare_clocks(&mut self, ahead: f64) -> f64 {
        self.clock.compare(ahead)
    }

    /// Makes a span the one that root spans link to: none, when it is not recorded.
    pub fn set_page(&mut self, handle: Handle) {
        self.page = None;
        if let Some(context) = self.context_of(handle) {
            self.page = Some(context);
        }
    }

    /// How many spans have begun and not ended.
    pub fn open_spans(&self) -> u32 {
        self.counters.started - self.counters.ended
    }
}
