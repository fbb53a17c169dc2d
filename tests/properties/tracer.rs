//! A tracer driven by any program: no call panics, the counts add up after each, and memory stays bounded.

use tracelink::core::ids::{SpanId, TraceId};
use tracelink::delivery::exporter::Answer;
use tracelink::tracer::Tracer;
use tracelink::tracer::messages::Message;
use tracelink::tracer::sending::Way;
use tracelink::tracer::spans::Ids;

const RETAIN: u32 = 4;
const MAX_OPEN_SPANS: u32 = 1;
const MAX_BYTES: u32 = 3;
const EXPORT: u32 = 13;
const MOST_OPEN: u32 = 8;
const MOST_BYTES: u32 = 2_000;

/// Numbers that JavaScript may hand over.
const NUMBERS: [f64; 12] = [
    0.0,
    1.0,
    -1.0,
    0.5,
    1e3,
    1e9,
    1e300,
    -1e300,
    f64::NAN,
    f64::INFINITY,
    f64::NEG_INFINITY,
    4_294_967_296.0,
];

/// Reads a program as choices; it ends in zeros.
struct Choices<'a>(&'a [u8]);

impl Choices<'_> {
    fn next(&mut self) -> u8 {
        let (&first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        first
    }

    fn number(&mut self) -> f64 {
        let choice = usize::from(self.next());
        NUMBERS.get(choice).copied().unwrap_or(choice as f64)
    }

    /// Puts some of the program's own bytes into the scratch buffer; returns how many it says there are.
    fn text(&mut self, tracer: &mut Tracer) -> usize {
        let len = usize::from(self.next()).min(self.0.len());
        let (text, rest) = self.0.split_at(len);
        self.0 = rest;
        tracer.scratch.fill([text].into_iter());
        len
    }
}

fn check(tracer: &mut Tracer) {
    let open = tracer.open_spans();
    let counters = *tracer.stats();
    assert_eq!(counters.started, open + counters.ended);
    let gone = counters.delivered + counters.pending + counters.in_page + counters.dropped_total();
    assert_eq!(counters.ended, gone, "{counters:?}");
    assert!(open <= MOST_OPEN && counters.pending_bytes <= MOST_BYTES);
}

/// Runs a program.
pub(crate) fn run(program: &[u8]) {
    let mut choices = Choices(program);
    let mut tracer = Tracer::new(choices.number());
    tracer.set_number(EXPORT, f64::from(choices.next() & 1));
    tracer.set_number(RETAIN, 5.0);
    tracer.set_number(MAX_OPEN_SPANS, f64::from(MOST_OPEN));
    tracer.set_number(MAX_BYTES, f64::from(MOST_BYTES));
    // Not -2: the resource is described once, before the first span.
    let mut handles = vec![0.0, -1.0, -3.0, -4.0, -5.0, f64::NAN, 1e18];
    let mut requests = vec![0, 1, 12_345];
    while !choices.0.is_empty() {
        let handle = {
            let at = usize::from(choices.next()) % handles.len();
            handles.get(at).copied().unwrap_or_default()
        };
        let time = choices.number();
        match choices.next() % 10 {
            0 | 1 => {
                let digit = choices.next();
                let ids = Ids {
                    trace: TraceId([digit; 16]),
                    span: SpanId([choices.next(); 8]),
                    parent: SpanId([choices.next() & 1; 8]),
                };
                let name = -(choices.text(&mut tracer) as i32);
                let flags = u32::from(choices.next());
                let kind = u32::from(digit);
                let offset = choices.number();
                handles.push(tracer.start(ids, flags, name, kind, time, offset));
            }
            2 => tracer.end(handle, time, choices.next() & 1 == 1),
            3 => {
                let len = choices.text(&mut tracer) as i32;
                let token = if choices.next() & 1 == 1 { -len } else { len };
                let kind = u32::from(choices.next() % 16);
                let value = choices.number();
                tracer.set(handle, token, kind, value);
            }
            4 => {
                let len = choices.text(&mut tracer);
                tracer.intern(len);
            }
            5 => {
                let len = choices.text(&mut tracer);
                let message = Message {
                    flags: u32::from(choices.next()),
                    share: choices.number(),
                    time,
                    ..Message::default()
                };
                handles.push(tracer.begin_message(len, &message).max(0.0));
            }
            6 => {
                let way = [Way::Wire, Way::Exit, Way::Keep][usize::from(choices.next() % 3)];
                let number = tracer.next_request(way, time);
                assert!(tracer.output.len() < 300_000);
                requests.push(number);
            }
            7 => {
                let at = usize::from(choices.next()) % requests.len();
                let answer = Answer {
                    status: u32::from(choices.next()) * 3,
                    retry_after: choices.number(),
                    rejected: choices.number(),
                };
                let number = requests.get(at).copied().unwrap_or_default();
                tracer.answered(number, &answer, time, 0.5);
            }
            8 => {
                tracer.compare_clocks(time);
                tracer.write_retained(u32::from(choices.next() % 3));
                tracer.export_retained();
            }
            _ => match choices.next() % 5 {
                0 => tracer.end_all_incomplete(time),
                1 => tracer.hurry(),
                3 => tracer.exporter.recall(),
                2 => tracer.discard(),
                _ => {
                    tracer.next_timer(time);
                }
            },
        }
        check(&mut tracer);
    }
}
