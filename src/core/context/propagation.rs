//! Both header families together: one context out of what arrived, one block of headers for what leaves.

use super::{RemoteContext, Source, SpanContext, baggage, sentry, traceparent, tracestate};
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

/// Reads one place: the context to use, and one of another trace that becomes a link. `ignored` counts what was
/// malformed.
pub fn extract(
    carriers: &Carriers<'_>,
    ignored: &mut u32,
) -> (Option<RemoteContext>, Option<RemoteContext>) {
    let mut found = Vec::new();
    extract_into(carriers, &mut found, ignored);
    let context = found.pop();
    (context, found.pop())
}

/// Reads one place and appends what it holds, the context to use last. Both families of one trace are one context
/// with W3C's ids. Of two traces W3C's is used and Sentry's is a link, to which the Sentry members of the baggage
/// belong.
pub fn extract_into(carriers: &Carriers<'_>, out: &mut Vec<RemoteContext>, ignored: &mut u32) {
    let w3c = traceparent::parse(carriers.traceparent);
    let sentry = sentry::parse(carriers.sentry_trace);
    let malformed = u32::from(w3c.is_none() && !carriers.traceparent.is_empty())
        + u32::from(sentry.is_none() && !carriers.sentry_trace.is_empty());
    *ignored = ignored.saturating_add(malformed);
    let Some(mut context) = w3c.or(sentry) else {
        return;
    };
    let mut baggage = baggage::receive(carriers.baggage);
    let mut state = Vec::new();
    let mut source = Source::Sentry;
    if w3c.is_some() {
        source = Source::W3c;
        state = tracestate::normalise(carriers.tracestate).unwrap_or_default();
    }
    if let (Some(w3c), Some(sentry)) = (w3c, sentry) {
        if w3c.trace_id != sentry.trace_id {
            let mut rest = Vec::new();
            if baggage::has_sentry(&baggage) {
                baggage::third_party_only(&baggage, &mut rest);
            } else {
                rest.clone_from(&baggage);
            }
            out.push(RemoteContext {
                context: sentry,
                tracestate: Vec::new(),
                baggage: core::mem::replace(&mut baggage, rest),
                source: Source::Sentry,
            });
        } else if w3c.sampled != Some(true) {
            // W3C cannot say "open": its 0 stands for that too, so then Sentry's word counts.
            context.sampled = sentry.sampled;
        }
    }
    out.push(RemoteContext {
        context,
        tracestate: state,
        baggage,
        source,
    });
}

/// What we write, and what a trace that begins here tells about itself.
#[derive(Clone, Default, Debug)]
pub struct PropagationConfig {
    /// Write `traceparent` and `tracestate`.
    pub w3c: bool,
    /// Write `sentry-trace`, and our dynamic sampling context.
    pub sentry: bool,
    /// Our own tracestate member, key and value.
    pub own_state: Option<(Vec<u8>, Vec<u8>)>,
    /// Most bytes of baggage.
    pub max_baggage_bytes: usize,
    /// The public key of Sentry's DSN.
    pub public_key: Vec<u8>,
    /// The release.
    pub release: Vec<u8>,
    /// The environment.
    pub environment: Vec<u8>,
    /// The organisation.
    pub org_id: Vec<u8>,
}

/// What the head of a trace decided, for the dynamic sampling context.
#[derive(Clone, Copy, Default, Debug)]
pub struct HeadDecision {
    /// The random number of the trace, in millionths.
    pub sample_rand_millionths: u32,
    /// The share of traces that is recorded; `None`: no decision of ours.
    pub sample_rate: Option<f64>,
}

/// Appends `traceparent`, `tracestate`, `baggage` and `sentry-trace`, separated by NUL; empty is not written.
/// `tracestate` and `baggage` came with the trace, or are empty. `head` is `None` when the trace came from another
/// process: its dynamic sampling context is frozen, even an absent one.
pub fn write_block(
    config: &PropagationConfig,
    span: &SpanContext,
    tracestate: &[u8],
    baggage: &[u8],
    head: Option<HeadDecision>,
    out: &mut Vec<u8>,
) {
    if config.w3c {
        traceparent::write(span, out);
    }
    out.push(0);
    if config.w3c {
        let (key, value) = match &config.own_state {
            Some((key, value)) => (key.as_slice(), value.as_slice()),
            None => (&[][..], &[][..]),
        };
        tracestate::with_own(key, value, tracestate, out);
    }
    out.push(0);
    match head {
        Some(head) if config.sentry => write_head_baggage(config, span, baggage, head, out),
        _ => baggage::pass_on(baggage, config.max_baggage_bytes, out),
    }
    out.push(0);
    if config.sentry {
        sentry::write(span, out);
    }
}

/// Members of others first, as Sentry orders them, in the room that our dynamic sampling context leaves.
fn write_head_baggage(
    config: &PropagationConfig,
    span: &SpanContext,
    baggage: &[u8],
    head: HeadDecision,
    out: &mut Vec<u8>,
) {
    let options = sentry::DscOptions {
        public_key: &config.public_key,
        release: &config.release,
        environment: &config.environment,
        org_id: &config.org_id,
        sample_rate: head.sample_rate,
    };
    let mut own = Vec::new();
    sentry::write_dsc(span, head.sample_rand_millionths, &options, &mut own);
    baggage::compose(baggage, &own, config.max_baggage_bytes, out);
}
