//! Contexts that arrive, from headers, documents and messages, and the carriers that leave.

pub use crate::core::context::Contexts;
use crate::core::context::propagation::{
    Carriers, Given, HeadDecision, extract, set_part, write_block,
};
use crate::core::context::{RemoteContext, SpanContext, baggage, sentry, traceparent};
use crate::core::sampler::{Decision, rand_of};
use crate::otlp::wire::put;
use crate::tracer::Tracer;
use crate::tracer::spans::{DECIDED, RANDOM, REMOTE, SAMPLED};

impl Tracer {
    /// Reads one place of carriers from the scratch buffer, where they stand one after the other with these lengths:
    /// `traceparent`, `tracestate`, `baggage`, `sentry-trace`. A link of another trace comes first.
    #[inline(always)]
    pub fn read_carriers(
        &mut self,
        [traceparent, tracestate, baggage, sentry_trace]: [usize; 4],
    ) -> usize {
        let text = &self.scratch.bytes;
        let mut carriers = Carriers::default();
        let tracestate = traceparent + tracestate;
        let baggage = tracestate + baggage;
        set_part(&mut carriers.traceparent, text, 0, traceparent);
        set_part(&mut carriers.tracestate, text, traceparent, tracestate);
        set_part(&mut carriers.baggage, text, tracestate, baggage);
        let end = baggage + sentry_trace;
        set_part(&mut carriers.sentry_trace, text, baggage, end);
        let mut ignored = 0;
        self.contexts.clear();
        extract(&carriers, &mut self.contexts, &mut ignored);
        self.admit(ignored)
    }

    /// Counts what was malformed, and leaves out what may not be continued here.
    pub(crate) fn admit(&mut self, ignored: u32) -> usize {
        self.counters.ignored += ignored;
        let mut kept = 0;
        for index in 0..self.contexts.list.len() {
            let list = &self.contexts.list;
            if list
                .get(index)
                .is_some_and(|remote| self.may_continue(remote))
            {
                let list = &mut self.contexts.list;
                if kept < index
                    && let Some(&remote) = list.get(index)
                    && let Some(place) = list.get_mut(kept)
                {
                    *place = remote;
                }
                kept += 1;
            }
        }
        self.contexts.list.truncate(kept);
        kept
    }

    /// Whether it depends on its baggage if a trace is continued.
    #[inline(never)]
    pub(crate) fn asks_for_organisations(&self) -> bool {
        !self.config.propagation.org_id.is_empty() || self.config.strict
    }

    /// Sentry's rule of organisations: a trace of another one is not continued.
    #[inline(never)]
    fn may_continue(&self, remote: &RemoteContext) -> bool {
        if !self.asks_for_organisations() {
            return true;
        }
        let incoming = sentry::org_id(self.contexts.baggage(remote));
        sentry::may_continue(
            incoming,
            &self.config.propagation.org_id,
            self.config.strict,
        )
    }

    /// The flags that a span below `remote`, of the last extraction, starts with: its decision, or ours where it left that open.
    pub fn flags_below(&self, remote: &RemoteContext) -> u32 {
        let random = if remote.context.random { RANDOM } else { 0 };
        let decision = match remote.context.sampled {
            Some(true) => DECIDED | SAMPLED,
            Some(false) => DECIDED,
            None => {
                let rand = sentry::sample_rand(self.contexts.baggage(remote));
                let trace = &remote.context.trace_id;
                match self.sampler.decide(None, trace, rand, None) {
                    Decision::Record => DECIDED | SAMPLED,
                    Decision::Drop => DECIDED,
                    Decision::Undecided => 0,
                }
            }
        };
        REMOTE | random | decision
    }

    /// Writes the carriers for `span`, separated by NUL: `traceparent`, `tracestate`, `baggage`,
    /// `sentry-trace`. The scratch buffer holds `tracestate` and `baggage` that came with the trace, the `baggage` that
    /// is there already, and members of this trace's own dynamic sampling context, of these lengths. `bits`: what else is
    /// known, by `propagation`; `rate`: the share by which the trace was decided; not a number: the sampler's own.
    #[inline(always)]
    pub fn write_carriers(
        &mut self,
        span: &SpanContext,
        [tracestate, baggage, existing, texts]: [usize; 4],
        bits: u32,
        rate: f64,
    ) -> usize {
        let text = &self.scratch;
        let [second, third] = [tracestate + baggage, tracestate + baggage + existing];
        let given = Given {
            tracestate: text.text(tracestate),
            baggage: text.text_at(tracestate, baggage),
            existing: text.text_at(second, existing),
            texts: text.text_at(third, texts),
            bits,
        };
        let usual = self.sampler.rate;
        let head = HeadDecision {
            sample_rand_millionths: rand_of(&span.trace_id),
            sample_rate: usual.map(|usual| if rate.is_nan() { usual } else { rate }),
        };
        let out = &mut self.output;
        out.clear();
        write_block(&self.config.propagation, span, &given, head, out);
        out.len()
    }

    /// The context at `index` of the last extraction: `traceparent`, `tracestate`, travelling baggage, then one
    /// character of flags ('0' + bits) and one of `core::context::Source`; separated by NUL. Empty if there is none.
    /// Returns how many bytes are in the output buffer.
    #[inline(always)]
    pub fn describe_context(&mut self, index: usize, all: bool) -> usize {
        self.output.clear();
        let Some(remote) = self.contexts.list.get(index) else {
            return 0;
        };
        let open = u32::from(remote.context.sampled.is_none()) << 4;
        let flags = b'0' + (self.flags_below(remote) | open) as u8;
        let out = &mut self.output;
        let baggage = self.contexts.baggage(remote);
        traceparent::write(&remote.context, out);
        put(b"\0", out);
        put(self.contexts.tracestate(remote), out);
        put(b"\0", out);
        if all {
            put(baggage, out);
        } else {
            baggage::sentry_only(baggage, out);
        }
        put(&[0, flags, remote.source as u8], out);
        out.len()
    }
}
