//! Sampling: who decides, that the decision and `sample_rand` agree, and that the share comes out.

#![allow(
    clippy::expect_used,
    reason = "a helper that fails is a test that fails"
)]

use tracelink::core::ids::TraceId;
use tracelink::core::sampler::{Decision, MILLION, Sampler, in_share, rand_of};
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_family = "wasm")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

fn trace_ids(count: usize) -> impl Iterator<Item = TraceId> {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut word = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u32
    };
    (0..count).map(move |_| TraceId::from_words(word(), word(), word(), word()))
}

fn with_random_part(random: u64) -> TraceId {
    TraceId::from_words(
        0xFFFF_FFFF,
        0xFFFF_FFFF,
        0xAA00_0000 | (random >> 32) as u32,
        random as u32,
    )
}

fn at(rate: f64) -> Sampler {
    Sampler { rate: Some(rate) }
}

/// What a reader of the header text `sample_rand=0.dddddd` comes to.
fn read_elsewhere(millionths: u32, rate: f64) -> bool {
    format!("0.{millionths:06}")
        .parse::<f64>()
        .expect("a number")
        < rate
}

#[wasm_bindgen_test(unsupported = test)]
fn an_incoming_decision_wins() {
    let id = with_random_part(1);
    for rate in [0.0, 0.5, 1.0] {
        for rand in [None, Some(0), Some(999_999)] {
            for ours in [None, Some(0.0), Some(1.0)] {
                assert_eq!(
                    at(rate).decide(Some(true), &id, rand, ours),
                    Decision::Record
                );
                assert_eq!(
                    at(rate).decide(Some(false), &id, rand, ours),
                    Decision::Drop
                );
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn without_a_rate_nothing_is_decided() {
    for incoming in [None, Some(true), Some(false)] {
        let sampler = Sampler { rate: None };
        assert_eq!(
            sampler.decide(incoming, &with_random_part(1), Some(0), Some(1.0)),
            Decision::Undecided
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn one_records_all_and_zero_none() {
    let edges = [0, 1, (1 << 56) - 1, 1 << 55].map(with_random_part);
    for id in edges.into_iter().chain(trace_ids(2_000)) {
        for rand in [None, Some(0), Some(999_999)] {
            for (rate, decision) in [
                (1.0, Decision::Record),
                (2.0, Decision::Record),
                (0.0, Decision::Drop),
                (-1.0, Decision::Drop),
                (f64::NAN, Decision::Drop),
            ] {
                assert_eq!(at(rate).decide(None, &id, rand, None), decision, "{rate}");
                assert_eq!(
                    at(0.5).decide(None, &id, rand, Some(rate)),
                    decision,
                    "{rate}"
                );
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn every_reader_of_sample_rand_agrees() {
    let rates = [
        1e-6,
        0.000_001_5,
        0.1,
        1.0 / 3.0,
        0.3,
        0.7,
        0.999_999,
        0.123_456,
        0.123_456_000_000_000_01,
    ];
    for id in trace_ids(5_000) {
        let rand = rand_of(&id);
        assert!(rand < MILLION);
        // Rates at and beside the value itself are where rounding would show.
        let own = f64::from(rand) / 1e6;
        for rate in rates
            .into_iter()
            .chain([own, own.next_up(), own.next_down()])
        {
            let ours = at(rate).decide(None, &id, None, None) == Decision::Record;
            assert_eq!(ours, read_elsewhere(rand, rate), "{rand} {rate}");
            assert_eq!(
                ours,
                at(rate).decide(None, &id, Some(rand), None) == Decision::Record
            );
        }
    }
    assert_eq!(
        at(0.2).decide(None, &with_random_part(0), Some(199_999), None),
        Decision::Record
    );
    assert_eq!(
        at(0.2).decide(None, &with_random_part(0), Some(200_000), None),
        Decision::Drop
    );
}

/// W3C level 2 and OpenTelemetry: the low 56 bits, recorded when they reach (1 - rate) * 2^56.
#[wasm_bindgen_test(unsupported = test)]
fn open_telemetry_samplers_decide_alike() {
    for id in trace_ids(20_000) {
        let [.., a, b, c, d, e, f, g] = id.0;
        let random = u64::from_be_bytes([0, a, b, c, d, e, f, g]);
        for (rate, threshold) in [(0.5, 1_u64 << 55), (0.25, 3 << 54), (0.125, 7 << 53)] {
            let theirs = random >= threshold;
            assert_eq!(
                at(rate).decide(None, &id, None, None) == Decision::Record,
                theirs,
                "{random:x} {rate}"
            );
        }
    }
    assert_eq!(rand_of(&with_random_part((1 << 56) - 1)), 0);
    assert_eq!(rand_of(&with_random_part(0)), 999_999);
    assert_eq!(
        rand_of(&TraceId::from_words(1, 2, 0x0077_7777, 3)),
        rand_of(&TraceId::from_words(9, 8, 0xFF77_7777, 3))
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn the_share_comes_out_and_grows_with_the_rate() {
    const COUNT: usize = 50_000;
    let mut recorded_before = 0;
    for rate in [0.01, 0.1, 0.25, 0.5, 0.9] {
        let recorded = trace_ids(COUNT)
            .filter(|id| at(rate).decide(None, id, None, None) == Decision::Record)
            .count();
        // Five standard deviations.
        let slack = 5.0 * (COUNT as f64 * rate * (1.0 - rate)).sqrt();
        assert!(
            (recorded as f64 - COUNT as f64 * rate).abs() < slack,
            "{rate}: {recorded}"
        );
        assert!(recorded > recorded_before);
        recorded_before = recorded;
    }
    for id in trace_ids(500) {
        let decisions = (0..=100).map(|percent| {
            at(f64::from(percent) / 100.0).decide(None, &id, None, None) == Decision::Record
        });
        assert!(
            decisions.is_sorted(),
            "recorded at a rate is recorded at every higher one"
        );
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_share_of_the_tabs_records_a_trace() {
    let id = with_random_part(42);
    for share in [0.0, 0.1, 0.5, 1.0] {
        let tabs = (0..20_000).filter(|tab| in_share(&id, *tab, share)).count();
        assert!(
            (tabs as f64 - 20_000.0 * share).abs()
                <= 5.0 * (20_000.0 * share * (1.0 - share)).sqrt(),
            "{share}: {tabs}"
        );
        let traces = trace_ids(20_000)
            .filter(|id| in_share(id, 7, share))
            .count();
        assert!(
            (traces as f64 - 20_000.0 * share).abs()
                <= 5.0 * (20_000.0 * share * (1.0 - share)).sqrt(),
            "{share}: {traces}"
        );
    }
    assert_eq!(in_share(&id, 7, 0.5), in_share(&id, 7, 0.5));
}
