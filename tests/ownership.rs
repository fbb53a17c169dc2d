//! Ownership of ended spans, by exploring every order of events up to a depth: each span has one owner, the counts add up,
//! and no record of the storage is given up while it holds a span that is not done with.

use std::collections::{BTreeMap, BTreeSet};

use tracelink::delivery::buffer::Rank;
use tracelink::delivery::counters::{Counters, DropReason};
use tracelink::delivery::exporter::{Answer, Exporter};
use tracelink::otlp::read::spans;

const DEPTH: usize = 5;

/// What happens to a page, as far as delivery hears of it.
const EVENTS: &[Event] = &[
    Event::End(Rank::Ordinary),
    Event::End(Rank::Important),
    Event::Send,
    Event::Exit,
    Event::Keep,
    Event::Answer(200),
    Event::Answer(503),
    Event::Answer(413),
    Event::Answer(400),
    Event::Recall,
    Event::Block,
    Event::Discard,
];

#[derive(Clone, Copy, Debug)]
enum Event {
    End(Rank),
    Send,
    Exit,
    Keep,
    Answer(u32),
    Recall,
    Block,
    Discard,
}

/// A page's spans, by number, and what the outside world has seen of them.
#[derive(Default)]
struct World {
    ended: u8,
    requests: Vec<(u32, BTreeSet<u8>)>,
    acknowledged: BTreeSet<u8>,
    records: BTreeMap<u32, BTreeSet<u8>>,
    last_record: u32,
}

/// An OTLP span named by one byte.
fn span(number: u8) -> Vec<u8> {
    vec![0x2A, 1, number]
}

fn names(body: &[u8]) -> BTreeSet<u8> {
    // As `span` makes them: the name stands behind its tag and length.
    let name = |span: &[u8]| span.get(2).copied();
    spans(body).filter_map(|span| name(span.ok()?)).collect()
}

fn step(world: &mut World, exporter: &mut Exporter, counters: &mut Counters, event: Event) {
    let mut body = Vec::new();
    match event {
        Event::End(rank) => {
            world.ended += 1;
            exporter.push(rank, &span(b'A' + world.ended), counters);
        }
        Event::Send | Event::Exit => {
            // No time passes in a back-off: somebody asks for an attempt each time.
            exporter.hurry();
            exporter.begin_exit();
            let exit = matches!(event, Event::Exit);
            let number = exporter.next(0.0, exit, &[], &mut body);
            if number > 0 {
                world.requests.push((number, names(&body)));
            }
        }
        Event::Keep => loop {
            let record = exporter.keep(&[], &mut body);
            if record == 0 {
                break;
            }
            assert!(record > world.last_record, "a number is used once");
            world.last_record = record;
            world.records.insert(record, names(&body));
        },
        Event::Answer(status) => {
            if world.requests.is_empty() {
                return;
            }
            let (number, carried) = world.requests.remove(0);
            let delivered = counters.delivered;
            let answer = Answer {
                status,
                retry_after: -1.0,
                rejected: 0.0,
            };
            exporter.answered(number, &answer, 0.0, 0.5, counters);
            if counters.delivered > delivered {
                world.acknowledged.extend(carried);
            }
        }
        Event::Recall => exporter.recall(),
        Event::Block => exporter.block(counters),
        Event::Discard => exporter.drop_all(DropReason::Discarded, counters),
    }
    let first = exporter.first_record();
    world.records = world.records.split_off(&first);
}

/// Replays a sequence of events on a new page and checks it after the last one.
fn replay(events: &[Event]) {
    let mut world = World::default();
    let mut exporter = Exporter::new();
    exporter.is_on = true;
    // Two spans, and not a third.
    exporter.limit(13);
    let mut counters = Counters::default();
    for event in events {
        step(&mut world, &mut exporter, &mut counters, *event);
    }
    let (pending, _) = exporter.pending();
    let sum = counters.delivered + counters.dropped_total() + pending as u32;
    assert_eq!(u32::from(world.ended), sum, "{events:?}: {counters:?}");
    assert!(counters.delivered as usize <= world.acknowledged.len());
    // What is kept and not done with is in a record; so is, after `Keep`, whatever is pending.
    let kept: BTreeSet<u8> = world.records.values().flatten().copied().collect();
    if matches!(events.last(), Some(Event::Keep)) {
        assert!(kept.len() >= pending, "{events:?}: {kept:?}");
    }
    // Everything that is pending can be taken, once: it waits, or is taken back first.
    exporter.recall();
    exporter.begin_exit();
    let mut body = Vec::new();
    let mut taken = BTreeSet::new();
    let mut count = 0;
    while exporter.next(0.0, true, &[], &mut body) > 0 {
        let carried = names(&body);
        count += carried.len();
        taken.extend(carried);
    }
    assert_eq!((count, taken.len()), (pending, pending), "{events:?}");
    assert!(
        taken.is_disjoint(&world.acknowledged)
            || events.iter().any(|event| matches!(event, Event::Recall)),
        "{events:?}: what was acknowledged is not sent again"
    );
}

#[test]
fn every_order_of_events_leaves_each_span_one_owner() {
    let mut sequences: Vec<Vec<Event>> = vec![Vec::new()];
    let mut replayed = 0;
    for _ in 0..DEPTH {
        let mut longer = Vec::new();
        for sequence in &sequences {
            for event in EVENTS {
                let mut next = sequence.clone();
                next.push(*event);
                replay(&next);
                replayed += 1;
                longer.push(next);
            }
        }
        sequences = longer;
    }
    assert!(replayed > 150_000, "{replayed}");
}
