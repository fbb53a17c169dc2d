//! The validated options as the shell hands them over: numbers and texts, each under its own number.

use crate::core::attributes::Value;
use crate::core::context::baggage;
use crate::core::context::propagation::PropagationConfig;
use crate::otlp::wire::put;
use crate::tracer::Tracer;
use alloc::vec::Vec;

/// Options that are read while spans are made.
#[derive(Debug)]
pub struct Config {
    /// What outgoing headers and messages carry.
    pub propagation: PropagationConfig,
    /// Most open spans; past it the oldest ends as incomplete.
    pub max_open_spans: usize,
    /// Milliseconds between the end of a span and its sending.
    pub flush_interval: f64,
    /// Whether a trace continues only when both sides name the same organisation.
    pub strict: bool,
}

impl Config {
    /// The defaults.
    pub(crate) const fn new() -> Self {
        Self {
            propagation: PropagationConfig {
                w3c: true,
                sentry: true,
                own_state: Vec::new(),
                max_baggage_bytes: 4_096,
                org_id: Vec::new(),
                texts: Vec::new(),
            },
            max_open_spans: 10_000,
            flush_interval: 2_000.0,
            strict: false,
        }
    }
}

/// Numeric settings, as the shell numbers them.
pub(crate) const SAMPLE_RATE: u32 = 0;
pub(crate) const MAX_OPEN_SPANS: u32 = 1;
pub(crate) const FLUSH_INTERVAL: u32 = 2;
pub(crate) const MAX_BYTES: u32 = 3;
pub(crate) const RETAIN: u32 = 4;
pub(crate) const WRITE_W3C: u32 = 7;
pub(crate) const WRITE_SENTRY: u32 = 8;
pub(crate) const MAX_BAGGAGE: u32 = 9;
pub(crate) const REDACT_EMAILS: u32 = 11;
pub(crate) const STRICT: u32 = 12;
pub(crate) const EXPORT: u32 = 13;

/// Textual settings; lists come one element at a time.
pub(crate) const OWN_STATE: u32 = 0;
pub(crate) const MEMBER: u32 = 1;
pub(crate) const ORG_ID: u32 = 5;
pub(crate) const REDACT_PARAMETER: u32 = 6;
pub(crate) const REDACT_HEADER: u32 = 7;
pub(crate) const REDACT_ATTRIBUTE: u32 = 8;

impl Tracer {
    /// Sets a number; a setting that does not exist is ignored. Not a number means null for the sample rate.
    #[inline(always)]
    pub fn set_number(&mut self, setting: u32, value: f64) {
        let size = value as usize;
        match setting {
            SAMPLE_RATE => self.sampler.rate = (!value.is_nan()).then_some(value),
            MAX_OPEN_SPANS => {
                self.config.max_open_spans = size.clamp(1, crate::core::slab::MAX_SLOTS)
            }
            FLUSH_INTERVAL => self.config.flush_interval = value,
            MAX_BYTES => self.exporter.limit(size),
            RETAIN => self.retained.limit = size,
            WRITE_W3C => self.config.propagation.w3c = value != 0.0,
            WRITE_SENTRY => self.config.propagation.sentry = value != 0.0,
            MAX_BAGGAGE => self.config.propagation.max_baggage_bytes = size.min(baggage::MAX_BYTES),
            REDACT_EMAILS => self.redaction.emails = value != 0.0,
            STRICT => self.config.strict = value != 0.0,
            EXPORT => self.exporter.is_on = value != 0.0,
            _ => {}
        }
    }

    /// Sets a text from the first `len` bytes of the scratch buffer.
    #[inline(always)]
    pub fn set_text(&mut self, setting: u32, len: usize) {
        let text = self.scratch.text(len);
        let propagation = &mut self.config.propagation;
        let text_of = match setting {
            OWN_STATE => &mut propagation.own_state,
            MEMBER => &mut propagation.texts,
            ORG_ID => &mut propagation.org_id,
            REDACT_PARAMETER => return self.redaction.add_parameter(text),
            REDACT_HEADER => return self.redaction.add_header(text),
            REDACT_ATTRIBUTE => return self.redaction.add_attribute(text),
            _ => return,
        };
        put(text, text_of);
    }

    /// Sets an attribute of the resource.
    pub fn describe_resource(&mut self, key: &[u8], value: Value<'_>) {
        self.resource.set(key, value);
    }
}
