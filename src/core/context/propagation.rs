//! Both header families together: one context out of what arrived, one block of headers for what leaves.

use super::baggage::Members;
use super::{Contexts, Part, RemoteContext, Source, SpanContext};
use super::{baggage, sentry, traceparent, tracestate};
use crate::core::room;
use crate::otlp::wire::put;
use alloc::vec::Vec;

/// The values of one place that carries context; empty is absent.
#[derive(Clone, Copy, Default, Debug)]
pub struct Carriers<'a> {
    /// `traceparent`.
    pub traceparent: &'a [u8],
    /// `tracestate`, all header lines joined.
    pub tracestate: &'a [u8],
    /// `baggage`, all header lines joined.
    pub baggage: &'a [u8],
    /// `sentry-trace`.
    pub sentry_trace: &'a [u8],
}

/// Makes `part` what stands from `from` to `to`. It goes where it is wanted: handed back, it would go through memory
/// and be copied from there.
#[inline(never)]
pub(crate) fn set_part<'a>(part: &mut &'a [u8], text: &'a [u8], from: usize, to: usize) {
    *part = text.get(from..to).unwrap_or_default();
}

/// Reads one place and appends what it holds, the context to use last. Both families of one trace are one context
/// with W3C's ids. Of two traces W3C's is used and Sentry's is a link, to which the Sentry members of the baggage
/// belong. `ignored` counts what was malformed.
#[inline(never)]
pub fn extract(carriers: &Carriers<'_>, out: &mut Contexts, ignored: &mut u32) {
    let (mut w3c, mut other) = (SpanContext::BLANK, SpanContext::BLANK);
    let has_w3c = traceparent::read(carriers.traceparent, &mut w3c);
    let mut has_other = sentry::read(carriers.sentry_trace, &mut other);
    *ignored += u32::from(!has_w3c && !carriers.traceparent.is_empty())
        + u32::from(!has_other && !carriers.sentry_trace.is_empty());
    let mut source = Source::W3c;
    if has_w3c && has_other && w3c.trace_id == other.trace_id {
        // W3C cannot say "open": its 0 stands for that too, so then Sentry's word counts.
        if w3c.sampled != Some(true) {
            w3c.sampled = other.sampled;
        }
        has_other = false;
        source = Source::Both;
    }
    if has_other {
        push(&other, Source::Sentry, false, carriers, out);
    }
    if has_w3c {
        push(&w3c, source, has_other, carriers, out);
    }
}

/// Appends a context with what came along; `foreign`: the Sentry members of the baggage belong to another trace.
#[inline(never)]
fn push(
    context: &SpanContext,
    source: Source,
    foreign: bool,
    carriers: &Carriers<'_>,
    out: &mut Contexts,
) {
    let start = out.text.len();
    if source != Source::Sentry && !carriers.tracestate.is_empty() {
        tracestate::normalise(carriers.tracestate, &mut out.text);
    }
    let middle = out.text.len();
    if foreign {
        baggage::third_party_only(carriers.baggage, &mut out.text);
    } else if !carriers.baggage.is_empty() {
        baggage::receive(carriers.baggage, &mut out.text);
    }
    let end = out.text.len();
    let remote = RemoteContext {
        context: *context,
        source,
        tracestate: Part { start, end: middle },
        baggage: Part { start: middle, end },
    };
    room::push(remote, &mut out.list);
}

/// What we write, and what a trace that begins here tells about itself.
#[derive(Clone, Default, Debug)]
pub struct PropagationConfig {
    /// Write `traceparent` and `tracestate`.
    pub w3c: bool,
    /// Write `sentry-trace`, and our dynamic sampling context.
    pub sentry: bool,
    /// Our own tracestate member, `key=value`; empty: none.
    pub own_state: Vec<u8>,
    /// Most bytes of baggage.
    pub max_baggage_bytes: usize,
    /// The organisation.
    pub org_id: Vec<u8>,
    /// What every dynamic sampling context says, as members behind a comma each.
    pub texts: Vec<u8>,
}

impl PropagationConfig {
    /// Adds a member to the dynamic sampling context: `name` without `sentry-`, its text not encoded.
    pub fn tell(&mut self, name: &[u8], text: &[u8]) {
        if !text.is_empty() {
            put(b",sentry-", &mut self.texts);
            put(name, &mut self.texts);
            put(b"=", &mut self.texts);
            baggage::encode(text, &mut self.texts);
        }
    }
}

/// What the head of a trace decided, for the dynamic sampling context.
#[derive(Clone, Copy, Default, Debug)]
pub struct HeadDecision {
    /// The random number of the trace, in millionths.
    pub sample_rand_millionths: u32,
    /// The share of traces that is recorded; `None`: no decision of ours.
    pub sample_rate: Option<f64>,
}

/// What came with a trace, and what stands already where carriers are to be written; empty is absent.
#[derive(Clone, Copy, Default, Debug)]
pub struct Given<'a> {
    /// The trace's `tracestate`.
    pub tracestate: &'a [u8],
    /// The trace's `baggage`.
    pub baggage: &'a [u8],
    /// The `baggage` that is there already.
    pub existing: &'a [u8],
    /// What a dynamic sampling context of ours says of this trace beside its ids and decision, as members behind a
    /// comma each.
    pub texts: &'a [u8],
    /// [`HAS_TRACEPARENT`], [`HAS_SENTRY`], [`FROZEN`].
    pub bits: u32,
}

/// A `traceparent` is there already.
pub const HAS_TRACEPARENT: u32 = 1;
/// A `sentry-trace` is there already.
pub const HAS_SENTRY: u32 = 2;
/// The trace came with a `sentry-trace`: its dynamic sampling context stays as it is, even an empty one. As
/// [`Source`] has it, either bit says so.
pub const FROZEN: u32 = 12;

/// Appends `traceparent`, `tracestate`, `baggage` and `sentry-trace`, separated by NUL; empty is not written. What is
/// there already of one family keeps ours of that family out; baggage is added to, and empty when nothing is. Whoever is the first to write Sentry's
/// headers in a trace writes its dynamic sampling context, and nobody writes `sentry-trace` without all of it.
#[inline(always)]
pub fn write_block(
    config: &PropagationConfig,
    span: &SpanContext,
    given: &Given<'_>,
    head: HeadDecision,
    out: &mut Vec<u8>,
) {
    let w3c = config.w3c && given.bits & HAS_TRACEPARENT == 0;
    let taken = given.bits & HAS_SENTRY != 0 || baggage::has_sentry(given.existing);
    let sentry = config.sentry && !taken;
    if w3c {
        traceparent::write(span, out);
    }
    put(b"\0", out);
    if w3c {
        tracestate::with_own(&config.own_state, given.tracestate, out);
    }
    put(b"\0", out);
    let mut own = Vec::new();
    if sentry && given.bits & FROZEN == 0 && !baggage::has_sentry(given.baggage) {
        let rand = head.sample_rand_millionths;
        let texts = [&config.texts, given.texts];
        sentry::write_dsc(span, texts, head.sample_rate, rand, &mut own);
    }
    let whose = if taken { Members::Others } else { Members::All };
    let max = config.max_baggage_bytes;
    let whole = baggage::compose(given.existing, (given.baggage, whose), &own, max, out);
    put(b"\0", out);
    if sentry && whole {
        sentry::write(span, out);
    }
}
