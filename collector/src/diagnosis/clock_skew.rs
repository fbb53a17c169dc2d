//! Clocks that differ: a server's span that does not fit into the client's span of the same request.

use std::collections::BTreeMap;

use super::finding::{Finding, FindingKind, Severity, millis};
use super::span_kind::Kind;
use super::thresholds::{Thresholds, nanos};
use super::trace::{Span, Trace};
use super::words;

/// Offsets of a server's clock that are possible, in nanoseconds.
#[derive(Clone, Copy)]
struct Offsets {
    least: i64,
    most: i64,
}

impl Offsets {
    /// What may be added to the server's times for it to lie within the client's. A server that worked for longer than
    /// the client waited cannot have begun before it was asked; more cannot be said.
    fn of(client: &Span, server: &Span) -> Offsets {
        let least = client.start.saturating_sub(server.start);
        let most = client.end.saturating_sub(server.end);
        match least <= most {
            true => Offsets { least, most },
            false => Offsets {
                least,
                most: if least > 0 { least } else { i64::MAX },
            },
        }
    }

    fn and(self, other: Offsets) -> Offsets {
        Offsets {
            least: self.least.max(other.least),
            most: self.most.min(other.most),
        }
    }
}

/// What all requests of one process to another say together.
struct Pair {
    offsets: Offsets,
    /// Servers that do not fit as they are, with how far they are out.
    out: Vec<(i64, usize, usize)>,
}

pub(super) fn find(trace: &Trace, thresholds: &Thresholds) -> Vec<Finding> {
    let mut pairs: BTreeMap<(i64, i64), Pair> = BTreeMap::new();
    for (index, server) in trace.spans.iter().enumerate() {
        let Some(above) = trace.parent[index] else {
            continue;
        };
        let client = &trace.spans[above];
        let is_request = client.kind == Kind::Client && server.kind == Kind::Server;
        if !is_request || client.incomplete || server.incomplete {
            continue;
        }
        let offsets = Offsets::of(client, server);
        let far = offsets.least.max(offsets.most.saturating_neg());
        let pair = pairs
            .entry((client.resource, server.resource))
            .or_insert_with(|| Pair {
                offsets,
                out: Vec::new(),
            });
        pair.offsets = pair.offsets.and(offsets);
        if far > nanos(thresholds.clock_skew) {
            pair.out.push((far, above, index));
        }
    }
    let found = pairs.into_values().filter_map(|pair| finding(trace, pair));
    found.collect()
}

/// Nothing when the requests contradict each other: then it is not the clock.
fn finding(trace: &Trace, Pair { offsets, out }: Pair) -> Option<Finding> {
    let (_, client, server) = out.iter().max_by_key(|(far, ..)| *far).copied()?;
    if offsets.least > offsets.most || (offsets.least <= 0 && offsets.most >= 0) {
        return None;
    }
    // As far from the beginning of the request as from its end, the way clocks are set over a network.
    let offset = match offsets.most {
        i64::MAX => offsets.least,
        most => (i128::midpoint(offsets.least.into(), most.into())) as i64,
    };
    let span = &trace.spans[server];
    let message = format!(
        "The clock of {} is {} {}: {} does not fit into the request of {} that it answers",
        words::short(&span.service),
        words::duration(offset.saturating_abs()),
        if offset < 0 { "ahead" } else { "behind" },
        words::short(&span.name),
        words::short(&trace.spans[client].service),
    );
    let mut spans = vec![server, client];
    let others = out.iter().filter(|(_, _, other)| *other != server);
    spans.extend(others.map(|(_, _, other)| *other));
    let mut finding = Finding::new(
        trace,
        FindingKind::ClockSkew,
        Severity::Warning,
        &spans,
        message,
    );
    finding.offset_ms = Some(millis(offset));
    Some(finding)
}

#[cfg(test)]
mod tests {
    use super::super::support::{diagnosed, outline, span};
    use super::*;

    fn client(id: u64, start: i64, end: i64) -> Span {
        span(id, 0, "GET", start, end).of("web", Kind::Client)
    }

    fn server(id: u64, parent: u64, start: i64, end: i64) -> Span {
        span(id, parent, "GET /", start, end).of("api", Kind::Server)
    }

    fn skew(spans: Vec<Span>) -> Option<(String, Option<f64>)> {
        let mut findings = diagnosed(spans).findings;
        findings.retain(|finding| finding.kind == FindingKind::ClockSkew);
        assert!(findings.len() <= 1);
        findings
            .pop()
            .map(|finding| (finding.message.clone(), finding.offset_ms))
    }

    #[test]
    fn the_offset_puts_the_server_in_the_middle_of_the_request() {
        let (message, offset) =
            skew(vec![client(1, 1_000, 1_100), server(2, 1, 5_000, 5_060)]).unwrap_or_default();
        assert_eq!(offset, Some(-3_980.0));
        assert_eq!(
            message,
            "The clock of api is 4 s ahead: GET / does not fit into the request of web that it answers"
        );
        let behind = skew(vec![client(1, 1_000, 1_100), server(2, 1, 500, 560)]);
        assert_eq!(behind.and_then(|(_, offset)| offset), Some(520.0));
    }

    #[test]
    fn several_requests_narrow_the_offset() {
        let spans = vec![
            client(1, 1_000, 1_100),
            server(2, 1, 500, 560),
            client(3, 2_000, 2_100),
            server(4, 3, 1_505, 1_600),
        ];
        // 500 to 540 by the first, 495 to 500 by the second.
        let (_, offset) = skew(spans).unwrap_or_default();
        assert_eq!(offset, Some(500.0));
    }

    #[test]
    fn only_requests_whose_server_does_not_fit() {
        assert_eq!(skew(vec![client(1, 0, 100), server(2, 1, 0, 100)]), None);
        assert_eq!(skew(vec![client(1, 0, 100), server(2, 1, 20, 104)]), None);
        // A server may go on after its client has what it wanted.
        assert_eq!(skew(vec![client(1, 0, 100), server(2, 1, 20, 900)]), None);
        // But it cannot begin before.
        let early = skew(vec![client(1, 0, 100), server(2, 1, -50, 900)]);
        assert_eq!(early.and_then(|(_, offset)| offset), Some(50.0));
        let message = vec![
            span(1, 0, "send", 0, 10).of("web", Kind::Producer),
            span(2, 1, "process", -900, -800).of("api", Kind::Consumer),
        ];
        assert_eq!(skew(message), None);
        let internal = vec![client(1, 0, 100), span(2, 1, "work", 500, 600)];
        assert_eq!(skew(internal), None);
    }

    #[test]
    fn requests_that_contradict_each_other_are_no_skew() {
        let spans = vec![
            client(1, 1_000, 1_100),
            server(2, 1, 500, 560),
            client(3, 2_000, 2_100),
            server(4, 3, 2_010, 2_090),
        ];
        assert_eq!(skew(spans), None);
    }

    #[test]
    fn any_times_are_taken() {
        let mut spans = vec![client(1, 0, 0), server(2, 1, 0, 0)];
        (spans[0].start, spans[0].end) = (i64::MIN, i64::MIN);
        (spans[1].start, spans[1].end) = (i64::MAX, i64::MAX);
        assert_eq!(
            outline(&diagnosed(spans).findings),
            ["ServiceGap Error 1,2", "ClockSkew Warning 2,1"]
        );
    }
}
