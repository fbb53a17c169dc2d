//! The sender: one request at a time, what is tried again, what is dropped, and what leaves at page exit.

use super::*;

fn answer(status: u32) -> Answer {
    Answer {
        status,
        retry_after: -1.0,
        rejected: 0.0,
    }
}

fn next(exporter: &mut Exporter, now: f64, out: &mut Vec<u8>) -> Option<Owner> {
    Some(exporter.next(now, false, &[], out)).filter(|number| *number > 0)
}

fn next_at_exit(exporter: &mut Exporter, out: &mut Vec<u8>) -> Option<Owner> {
    Some(exporter.next(0.0, true, &[], out)).filter(|number| *number > 0)
}

fn exporter(spans: usize, bytes: usize) -> (Exporter, Counters) {
    let mut exporter = Exporter::new();
    let mut counters = Counters::default();
    for _ in 0..spans {
        exporter.push(Rank::Ordinary, &vec![0; bytes], &mut counters);
    }
    (exporter, counters)
}

fn settled(exporter: &Exporter, counters: &Counters) -> u32 {
    exporter.pending().0 as u32 + counters.delivered + counters.dropped_total()
}

#[test]
fn one_request_at_a_time_and_none_during_back_off() {
    let (mut exporter, mut counters) = exporter(10, 100);
    let mut body = Vec::new();
    let id = next(&mut exporter, 0.0, &mut body).unwrap();
    assert_eq!(next(&mut exporter, 0.0, &mut Vec::new()), None);
    exporter.answered(id, &answer(503), 0.0, 0.5, &mut counters);
    assert_eq!(
        (next(&mut exporter, 999.0, &mut body), exporter.wait(400.0)),
        (None, 600.0)
    );
    let again = next(&mut exporter, 1_000.0, &mut body).unwrap();
    exporter.answered(id, &answer(200), 1_000.0, 0.5, &mut counters);
    assert_eq!(counters.delivered, 0, "a late answer to the first request");
    let partly = Answer {
        rejected: 3.0,
        ..answer(200)
    };
    exporter.answered(again, &partly, 1_000.0, 0.5, &mut counters);
    assert_eq!(
        (
            counters.delivered,
            counters.dropped[DropReason::Rejected as usize]
        ),
        (7, 3)
    );
    assert_eq!(exporter.pending(), (0, 0));
}

#[test]
fn too_large_halves_at_once_until_a_single_span_is_refused() {
    let (mut exporter, mut counters) = exporter(8, 100);
    let mut body = Vec::new();
    let mut sizes = Vec::new();
    while let Some(id) = next(&mut exporter, 0.0, &mut body) {
        sizes.push(body.len());
        let status = if body.len() > 250 { 413 } else { 200 };
        exporter.answered(id, &answer(status), 0.0, 0.5, &mut counters);
        assert_eq!(settled(&exporter, &counters), 8);
        assert!(sizes.len() < 40);
    }
    assert_eq!(counters.delivered, 8, "{sizes:?}");
    let (mut exporter, mut counters) = self::exporter(3, 100);
    while let Some(id) = next(&mut exporter, 0.0, &mut body) {
        exporter.answered(id, &answer(413), 0.0, 0.5, &mut counters);
    }
    assert_eq!(counters.dropped[DropReason::TooLarge as usize], 3);
}

#[test]
fn at_exit_requests_are_small_and_together_within_the_keepalive_budget() {
    let (mut exporter, mut counters) = exporter(200, 1_000);
    let mut body = Vec::new();
    let mut ids = Vec::new();
    let mut total = 0;
    while let Some(id) = next_at_exit(&mut exporter, &mut body) {
        ids.push(id);
        total += body.len();
        assert!(body.len() <= 17_000);
    }
    assert!((45_000..=60_000).contains(&total), "{total}");
    for id in ids {
        exporter.answered(id, &answer(200), 0.0, 0.5, &mut counters);
    }
    assert_eq!(settled(&exporter, &counters), 200);
}

#[test]
fn what_may_not_leave_at_exit_keeps_nothing_else_from_leaving() {
    let (mut exporter, mut counters) = exporter(3, 100);
    exporter.push(Rank::Important, &[0; 100_000], &mut counters);
    let mut body = Vec::new();
    assert!(next_at_exit(&mut exporter, &mut body).is_some());
    assert!((300..500).contains(&body.len()), "{}", body.len());
    assert_eq!(next_at_exit(&mut exporter, &mut body), None);
    exporter.recall();
    next(&mut exporter, 0.0, &mut body).unwrap();
    assert!(
        body.len() > 100_300,
        "while the page lives there is no such bound"
    );
}

#[test]
fn only_what_otlp_calls_retryable_is_tried_again() {
    for status in [0, 429, 502, 503, 504] {
        let (mut exporter, mut counters) = exporter(1, 10);
        let id = next(&mut exporter, 0.0, &mut Vec::new()).unwrap();
        let later = Answer {
            retry_after: 5_000.0,
            ..answer(status)
        };
        exporter.answered(id, &later, 0.0, 0.5, &mut counters);
        assert_eq!(exporter.wait(0.0), 5_000.0, "{status}");
    }
    for status in [301, 400, 401, 403, 404, 408, 500, 501, 505] {
        let (mut exporter, mut counters) = exporter(2, 10);
        let id = next(&mut exporter, 0.0, &mut Vec::new()).unwrap();
        exporter.answered(id, &answer(status), 0.0, 0.5, &mut counters);
        let dropped = counters.dropped[DropReason::NotRetryable as usize];
        assert_eq!((dropped, exporter.wait(0.0)), (2, -1.0), "{status}");
    }
}

#[test]
fn an_answer_to_no_request_changes_nothing() {
    let (mut exporter, mut counters) = exporter(2, 10);
    for number in [WAITING, 1, 2] {
        exporter.answered(number, &answer(200), 0.0, 0.5, &mut counters);
    }
    assert_eq!((exporter.pending().0, counters.delivered), (2, 0));
}

#[test]
fn a_blocked_endpoint_drops_what_is_there_and_what_comes() {
    let (mut exporter, mut counters) = exporter(5, 10);
    let id = next(&mut exporter, 0.0, &mut Vec::new()).unwrap();
    exporter.block(&mut counters);
    exporter.push(Rank::Important, &[0], &mut counters);
    exporter.answered(id, &answer(200), 0.0, 0.5, &mut counters);
    assert_eq!(counters.dropped[DropReason::Blocked as usize], 6);
    assert_eq!(exporter.pending(), (0, 0));
}
