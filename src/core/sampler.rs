//! The sampling decision: an incoming one wins, else a share of all trace ids is recorded.
//!
//! The randomness is the low 56 bits of the trace id, as in W3C Trace Context level 2 and OpenTelemetry's consistent
//! probability sampling, turned round so that low values are recorded, as Sentry's `sample_rand < sample_rate` wants.
//! It is cut to the six digits that `sample_rand` has on the wire, so that every reader comes to our decision.

use super::ids::TraceId;

/// Values of `sample_rand` between 0 and 1.
pub const MILLION: u32 = 1_000_000;

/// What becomes of a span.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Decision {
    /// It is recorded, and those downstream are told so.
    Record,
    /// It is not recorded, and those downstream are told so.
    Drop,
    /// It is not recorded, and an incoming decision is passed on as it came.
    Undecided,
}

/// Decides for new spans.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Sampler {
    /// The share of traces to record, 0 to 1. None: no decision is ours to make.
    pub rate: Option<f64>,
}

impl Sampler {
    /// Decides for a span of trace `trace_id`.
    ///
    /// `incoming` is the parent's decision and wins. `sample_rand` came with the parent, in millionths; without it the
    /// trace id speaks. `rate_override` is what the page's own sampler answered for this span.
    #[inline(always)]
    pub fn decide(
        &self,
        incoming: Option<bool>,
        trace_id: &TraceId,
        sample_rand: Option<u32>,
        rate_override: Option<f64>,
    ) -> Decision {
        let Some(rate) = self.rate else {
            return Decision::Undecided;
        };
        let record = incoming.unwrap_or_else(|| {
            let rand = sample_rand.unwrap_or_else(|| rand_of(trace_id));
            is_below(rand, rate_override.unwrap_or(rate))
        });
        if record {
            Decision::Record
        } else {
            Decision::Drop
        }
    }
}

/// The `sample_rand` of a trace in millionths, 0 to 999,999.
#[inline(never)]
pub fn rand_of(trace_id: &TraceId) -> u32 {
    scale(!trace_id.half(8) & 0x00FF_FFFF_FFFF_FFFF)
}

/// Whether one of many receivers of the same trace records it: a share of them does, each by its own `seed`.
pub fn in_share(trace_id: &TraceId, seed: u64, share: f64) -> bool {
    // The finalizer of SplitMix64 after each half: neighbouring seeds come to unrelated values.
    let mut hash = seed;
    for half in [0, 8] {
        hash = (hash ^ trace_id.half(half)).wrapping_add(0x9E37_79B9_7F4A_7C15);
        hash = (hash ^ (hash >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        hash = (hash ^ (hash >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        hash ^= hash >> 31;
    }
    is_below(scale(hash >> 8), share)
}

/// The comparison that a reader of the decimal text `0.dddddd` makes: the division is rounded as its parsing is.
fn is_below(millionths: u32, rate: f64) -> bool {
    f64::from(millionths) / f64::from(MILLION) < rate
}

/// 56 random bits to millionths. The last 12 bits are left out, to stay within 64.
fn scale(random: u64) -> u32 {
    (((random >> 12) * u64::from(MILLION)) >> 44) as u32
}
