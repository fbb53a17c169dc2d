//! Requests of the page: their spans, the headers they carry, and the network timing that comes after their end.

use crate::core::attributes::Value;
use crate::core::context::{SpanContext, baggage};
use crate::core::limits;
use crate::core::slab::Handle;
use crate::core::span::Status;
use crate::otlp::wire::put;
use crate::tracer::Tracer;
use crate::tracer::sending::Wake;
use crate::tracer::timing::{PHASES, Row};
use alloc::vec::Vec;

/// The request goes to a target of propagation.
pub const PROPAGATES: u32 = 1;
/// The caller set `traceparent`.
pub const HAS_TRACEPARENT: u32 = 2;
/// The caller set `sentry-trace`.
pub const HAS_SENTRY: u32 = 4;
/// A Resource Timing entry will come.
pub const WAITS: u32 = 8;

/// A request that the page itself called off: `error.type` is set, but nothing failed.
pub const ABORTED: i32 = -1;

/// Milliseconds by which the clock of an entry may differ from that of the call: both are coarsened.
const SLACK: f64 = 2.0;

/// Source: OpenTelemetry semantic conventions, "HTTP client span", `http.request.method`.
const METHODS: &[u8] = b"GET HEAD POST PUT DELETE CONNECT OPTIONS TRACE PATCH QUERY";

/// A request whose entry has not come, by its span.
#[derive(Clone, Copy, Debug)]
pub struct Awaited {
    handle: Handle,
    /// Of the URL, as the platform hashes it.
    hash: u32,
    start: f64,
    /// Infinite while the request is under way.
    end: f64,
    /// Its entry came before its end.
    timed: bool,
}

/// Lengths of the texts in the scratch buffer, which stand there in this order: `tracestate` and `baggage` that came
/// with the trace, the caller's own `baggage`, the method, the URL as it may be shown.
pub type RequestTexts = [usize; 5];

impl Tracer {
    /// A request is about to leave. Describes its span, if it has one, and appends the headers to set, separated by
    /// NUL: `traceparent`, `tracestate`, `baggage`, `sentry-trace`; nothing at all when it gets none.
    #[expect(
        clippy::too_many_arguments,
        reason = "one call from the shell's hot path"
    )]
    pub fn begin_request(
        &mut self,
        handle: Handle,
        context: &SpanContext,
        texts: RequestTexts,
        frozen: bool,
        bits: u32,
        hash: u32,
        time: f64,
        out: &mut Vec<u8>,
    ) {
        let scratch = core::mem::take(&mut self.scratch.bytes);
        let mut rest = scratch.as_slice();
        let [tracestate, baggage, existing, method, url] =
            texts.map(|len| split_off(&mut rest, len));
        if bits & PROPAGATES != 0 {
            let mut block = Vec::new();
            self.write_carriers(context, tracestate, baggage, frozen, &mut block);
            let max_bytes = self.config.propagation.max_baggage_bytes;
            keep_callers(&block, existing, bits, max_bytes, out);
        }
        self.describe_request(handle, method, url);
        self.scratch.bytes = scratch;
        if bits & WAITS != 0 && self.spans.get(handle).is_some() {
            self.awaited.push(Awaited {
                handle,
                hash,
                start: time,
                end: f64::INFINITY,
                timed: false,
            });
        }
    }

    fn describe_request(&mut self, handle: Handle, method: &[u8], url: &[u8]) {
        let Some(span) = self.spans.get(handle) else {
            return;
        };
        let known = METHODS
            .split(|byte| *byte == b' ')
            .any(|known| known == method);
        span.name.clear();
        span.name
            .extend_from_slice(if known { method } else { b"HTTP" });
        self.set_own(
            handle,
            b"http.request.method",
            if known { method } else { b"_OTHER" },
        );
        if !known {
            self.set_own(handle, b"http.request.method_original", method);
        }
        self.set_own(handle, b"url.full", url);
        if let Some((host, port)) = server(url) {
            self.set_own(handle, b"server.address", host);
            self.set_own_number(handle, b"server.port", port);
        }
    }

    /// Sets a string attribute under a name of ours, redacted.
    pub(crate) fn set_own(&mut self, handle: Handle, key: &[u8], value: &[u8]) {
        if let Some(span) = self.spans.get(handle) {
            let value = limits::cut(value, limits::VALUE_BYTES);
            self.redacted.clear();
            let changed = self.redaction.value(key, value, &mut self.redacted);
            let value = if changed { &self.redacted } else { value };
            span.attributes.set(key, Value::Str(value));
        }
    }

    /// Sets a number under a name of ours.
    pub(crate) fn set_own_number(&mut self, handle: Handle, key: &[u8], value: f64) {
        if let Some(span) = self.spans.get(handle) {
            span.attributes.set(key, Value::Number(value));
        }
    }

    /// The headers of the answer came, or `error` instead. `status` is 0 where the browser hides it, [`ABORTED`] when
    /// the page called the request off.
    pub fn end_request(&mut self, handle: Handle, status: i32, error: &[u8], time: f64) -> Wake {
        if status > 0 {
            self.set_own_number(handle, b"http.response.status_code", f64::from(status));
        }
        if status >= 400 {
            let digit = |unit: i32| b'0' + (status / unit % 10) as u8;
            self.set_own(handle, b"error.type", &[digit(100), digit(10), digit(1)]);
        } else if !error.is_empty() {
            self.set_own(handle, b"error.type", error);
        }
        let end = self.clock.unix(time);
        let Some(span) = self.spans.get(handle) else {
            return Wake::default();
        };
        if status >= 400 || !error.is_empty() && status != ABORTED {
            span.set_status(Status::Error, b"");
        }
        if span.ended != 0 {
            return Wake::default();
        }
        self.counters.ended += 1;
        span.ended = end.max(1);
        let found = self.awaited.iter_mut().find(|one| one.handle == handle);
        if let Some(awaited) = found.filter(|one| !one.timed) {
            awaited.end = time;
            return Wake {
                report: false,
                send: self.schedule.ended(false),
            };
        }
        self.forget(handle);
        self.write(handle)
    }

    fn forget(&mut self, handle: Handle) {
        let index = self.awaited.iter().position(|one| one.handle == handle);
        if let Some(index) = index {
            self.awaited.swap_remove(index);
        }
    }

    /// A Resource Timing entry of a request to the URL with this hash came. Two requests that it may belong to count
    /// as none: a missing timing, never a wrong one.
    pub fn time_request(&mut self, hash: u32, row: &Row) -> Wake {
        let start = row.start();
        let mut found = None;
        for (index, one) in self.awaited.iter().enumerate() {
            let fits = one.hash == hash && !one.timed;
            if fits && start >= one.start - SLACK && start <= one.end + SLACK {
                if found.is_some() {
                    return Wake::default();
                }
                found = Some(index);
            }
        }
        let Some(awaited) = found.and_then(|index| self.awaited.get_mut(index)) else {
            return Wake::default();
        };
        awaited.timed = true;
        let (handle, under_way) = (awaited.handle, awaited.end.is_infinite());
        self.add_phases(handle, PHASES, row.times());
        self.set_protocol(handle, row);
        if under_way {
            return Wake::default();
        }
        self.forget(handle);
        self.write(handle)
    }

    /// Writes the requests that have ended, with their timing or without: the page sends, or goes.
    pub fn write_awaited(&mut self) -> Wake {
        let mut wake = Wake::default();
        let mut index = 0;
        while let Some(one) = self.awaited.get(index) {
            let handle = one.handle;
            if self.spans.get(handle).is_some_and(|span| span.ended == 0) {
                index += 1;
            } else {
                self.awaited.swap_remove(index);
                wake.add(self.write(handle));
            }
        }
        wake
    }

    /// Whether entries are waited for.
    pub fn awaits_timing(&self) -> bool {
        !self.awaited.is_empty()
    }

    /// Requests that have ended and are not written: ended spans that `stats()` finds nowhere else.
    pub(crate) fn unwritten(&self) -> u64 {
        self.awaited
            .iter()
            .filter(|one| one.end.is_finite())
            .count() as u64
    }
}

#[inline(never)]
fn split_off<'a>(rest: &mut &'a [u8], len: usize) -> &'a [u8] {
    let (head, tail) = rest.split_at_checked(len).unwrap_or_default();
    *rest = tail;
    head
}

/// What the caller set of one family keeps ours of that family out; the caller's baggage is added to.
fn keep_callers(block: &[u8], existing: &[u8], bits: u32, max_bytes: usize, out: &mut Vec<u8>) {
    let own_sentry = bits & HAS_SENTRY != 0 || baggage::has_sentry(existing);
    let own_w3c = bits & HAS_TRACEPARENT != 0;
    for (index, value) in block.split(|byte| *byte == 0).enumerate() {
        if index > 0 {
            out.push(0);
        }
        match index {
            2 if own_sentry => {
                let mut others = Vec::new();
                baggage::third_party_only(value, &mut others);
                baggage::merge(existing, &others, max_bytes, out);
            }
            2 => baggage::merge(existing, value, max_bytes, out),
            3 if own_sentry => {}
            0 | 1 if own_w3c => {}
            _ => put(value, out),
        }
    }
}

/// Host and port of an absolute URL of http or https.
fn server(url: &[u8]) -> Option<(&[u8], f64)> {
    let (rest, default) = match url.strip_prefix(b"https://") {
        Some(rest) => (rest, 443.0),
        None => (url.strip_prefix(b"http://")?, 80.0),
    };
    let authority = rest.split(|byte| b"/?#".contains(byte)).next()?;
    let host = authority.rsplit(|byte| *byte == b'@').next()?;
    let (host, port) = match host.iter().rposition(|byte| *byte == b':') {
        Some(colon) if host.last() != Some(&b']') => (host.get(..colon)?, host.get(colon + 1..)?),
        _ => (host, &[][..]),
    };
    let port = port.iter().fold(0, |port: u32, digit| {
        port.wrapping_mul(10)
            .wrapping_add(u32::from(digit.wrapping_sub(b'0')))
    });
    let port = if port > 0 { f64::from(port) } else { default };
    Some((
        host.strip_prefix(b"[")
            .map_or(host, |ip| ip.strip_suffix(b"]").unwrap_or(ip)),
        port,
    ))
}
