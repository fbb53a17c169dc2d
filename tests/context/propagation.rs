//! Both header families together: what is written, and one context out of two.

use tracelink::core::context::propagation::{
    Carriers, FROZEN, Given, HeadDecision, PropagationConfig, write_block,
};
use tracelink::core::context::{Source, SpanContext};
use tracelink::core::ids::{SpanId, TraceId};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{extract, written};

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const SPAN: &str = "b7ad6b7169203331";

fn span(sampled: Option<bool>) -> SpanContext {
    SpanContext {
        trace_id: TraceId::parse(TRACE.as_bytes()).unwrap(),
        span_id: SpanId::parse(SPAN.as_bytes()).unwrap(),
        sampled,
        random: false,
    }
}

fn config() -> PropagationConfig {
    let mut config = PropagationConfig {
        w3c: true,
        sentry: true,
        own_state: b"us=1".to_vec(),
        max_baggage_bytes: 4096,
        ..PropagationConfig::default()
    };
    config.tell(b"public_key", b"abc");
    config.tell(b"release", b"web@2");
    config.tell(b"environment", b"");
    config.tell(b"org_id", b"42");
    config
}

const HEAD: HeadDecision = HeadDecision {
    sample_rand_millionths: 42,
    sample_rate: Some(0.25),
};

fn block_of(config: &PropagationConfig, sampled: Option<bool>, given: &Given<'_>) -> [String; 4] {
    let block = written(|out| write_block(config, &span(sampled), given, HEAD, out));
    let fields: Vec<String> = block.split('\0').map(str::to_owned).collect();
    fields.try_into().unwrap()
}

fn block(
    config: &PropagationConfig,
    sampled: Option<bool>,
    state: &str,
    baggage: &str,
    bits: u32,
) -> [String; 4] {
    let given = Given {
        tracestate: state.as_bytes(),
        baggage: baggage.as_bytes(),
        bits,
        ..Given::default()
    };
    block_of(config, sampled, &given)
}

fn own_dsc(sampled: &str) -> String {
    let members = "sentry-public_key=abc,sentry-release=web%402,sentry-org_id=42";
    format!(
        "sentry-trace_id={TRACE},{members},sentry-sample_rate=0.25,sentry-sample_rand=0.000042{sampled}"
    )
}

#[wasm_bindgen_test(unsupported = test)]
fn the_head_of_a_trace_tells_about_itself() {
    let [parent, state, baggage, sentry] = block(&config(), Some(true), "", "", 0);
    assert_eq!(parent, format!("00-{TRACE}-{SPAN}-01"));
    assert_eq!(state, "us=1");
    assert_eq!(baggage, own_dsc(",sentry-sampled=true"));
    assert_eq!(sentry, format!("{TRACE}-{SPAN}-1"));

    let [parent, _, baggage, sentry] = block(&config(), None, "", "", 0);
    assert_eq!(parent, format!("00-{TRACE}-{SPAN}-00"));
    assert_eq!(baggage, own_dsc(""));
    assert_eq!(sentry, format!("{TRACE}-{SPAN}"));

    let [_, _, baggage, sentry] = block(&config(), Some(false), "", "a=1", 0);
    assert_eq!(baggage, format!("a=1,{}", own_dsc(",sentry-sampled=false")));
    assert_eq!(sentry, format!("{TRACE}-{SPAN}-0"));
}

#[wasm_bindgen_test(unsupported = test)]
fn what_a_trace_tells_of_itself_alone_stands_beside_what_all_do() {
    let given = Given {
        texts: b",sentry-transaction=shop",
        ..Given::default()
    };
    let [_, _, baggage, _] = block_of(&config(), Some(true), &given);
    assert!(
        baggage.ends_with(",sentry-sampled=true,sentry-transaction=shop"),
        "{baggage}"
    );
    // Where no decision was made there is no span to tell of.
    let [_, _, baggage, _] = block_of(&config(), None, &given);
    assert_eq!(baggage, own_dsc(""));
}

#[wasm_bindgen_test(unsupported = test)]
fn the_dynamic_sampling_context_goes_before_the_members_of_others() {
    let own = own_dsc(",sentry-sampled=true");
    let mut config = config();
    config.max_baggage_bytes = own.len() + 4;
    let [_, _, baggage, _] = block(&config, Some(true), "", "a=1,b=2", 0);
    assert_eq!(baggage, format!("a=1,{own}"));
    config.max_baggage_bytes = own.len();
    let [_, _, baggage, _] = block(&config, Some(true), "", "a=1,b=2", 0);
    assert_eq!(baggage, own);
}

#[wasm_bindgen_test(unsupported = test)]
fn no_sentry_trace_without_all_of_its_dynamic_sampling_context() {
    let own = own_dsc(",sentry-sampled=true");
    let mut config = config();
    config.max_baggage_bytes = own.len() - 1;
    let [parent, _, baggage, sentry] = block(&config, Some(true), "", "a=1", 0);
    assert_eq!(
        parent,
        format!("00-{TRACE}-{SPAN}-01"),
        "the other family goes on"
    );
    assert!(!baggage.contains("sentry-"), "{baggage}");
    assert_eq!(sentry, "");

    // The caller's own header takes the room.
    config.max_baggage_bytes = own.len() + 8;
    for (existing, fits) in [("mine=12", true), ("mine=123", false)] {
        let given = Given {
            existing: existing.as_bytes(),
            ..Given::default()
        };
        let [_, _, baggage, sentry] = block_of(&config, Some(true), &given);
        assert_eq!(baggage.contains("sentry-"), fits, "{baggage}");
        assert_eq!(sentry.is_empty(), !fits);
    }

    // One that came, and is too long here.
    config.max_baggage_bytes = 20;
    for (came, fits) in [
        ("sentry-a=1,x=23456789", true),
        ("sentry-a=1,sentry-b=2", false),
        ("x=23456789,sentry-a=1", false),
    ] {
        let [_, _, baggage, sentry] = block(&config, Some(true), "", came, FROZEN);
        assert!(baggage.len() <= 20);
        assert_eq!(sentry.is_empty(), !fits, "{came}: {baggage}");
    }
    // There was none, so nothing of it is missing.
    let [_, _, _, sentry] = block(&config, Some(true), "", "x=1,y=2345678901234567890", FROZEN);
    assert_eq!(sentry, format!("{TRACE}-{SPAN}-1"));
}

#[wasm_bindgen_test(unsupported = test)]
fn the_dynamic_sampling_context_that_came_is_frozen() {
    let [_, state, baggage, _] = block(&config(), Some(true), "a=1,us=0", "x=1,sentry-a=2", FROZEN);
    assert_eq!(state, "us=1,a=1");
    assert_eq!(baggage, "x=1,sentry-a=2");
    let [_, _, baggage, sentry] = block(&config(), Some(true), "", "", FROZEN);
    assert_eq!(baggage, "", "an empty one stays empty");
    assert_eq!(sentry, format!("{TRACE}-{SPAN}-1"));
    // Whoever passed it on speaks W3C only.
    let [_, _, baggage, _] = block(&config(), Some(true), "", "sentry-a=2,x=1", 0);
    assert_eq!(baggage, "sentry-a=2,x=1");
}

#[wasm_bindgen_test(unsupported = test)]
fn only_the_chosen_families_are_written() {
    let mut only_w3c = config();
    only_w3c.sentry = false;
    let [parent, state, baggage, sentry] = block(&only_w3c, Some(true), "", "x=1", 0);
    assert!(parent.starts_with("00-") && state == "us=1");
    assert_eq!([baggage, sentry], ["x=1", ""]);

    let mut only_sentry = config();
    only_sentry.w3c = false;
    let [parent, state, _, sentry] = block(&only_sentry, Some(true), "a=1", "", 0);
    assert_eq!([parent, state], ["", ""]);
    assert_eq!(sentry, format!("{TRACE}-{SPAN}-1"));
}

#[wasm_bindgen_test(unsupported = test)]
fn one_trace_in_both_families_is_one_context() {
    let other = "1111111111111111";
    for (flags, digit, sampled) in [
        ("01", "-1", Some(true)),
        ("01", "", Some(true)),
        ("01", "-0", Some(true)),
        ("00", "-0", Some(false)),
        ("00", "", None),
        ("00", "-1", Some(true)),
    ] {
        let w3c = format!("00-{TRACE}-{SPAN}-{flags}");
        let sentry = format!("{TRACE}-{other}{digit}");
        let carriers = Carriers {
            traceparent: w3c.as_bytes(),
            sentry_trace: sentry.as_bytes(),
            tracestate: b"a=1",
            baggage: b"sentry-a=1,b=2",
        };
        let (remote, link) = extract(&carriers, &mut 0);
        let remote = remote.unwrap();
        assert_eq!(remote.context, span(sampled), "{flags} {digit}");
        assert_eq!(remote.source, Source::Both);
        assert_eq!(remote.baggage, b"sentry-a=1,b=2");
        assert_eq!(remote.tracestate, b"a=1");
        assert_eq!(link, None);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn of_two_traces_w3c_is_used_and_the_other_is_a_link() {
    let mut ignored = 0;
    let w3c = format!("00-{TRACE}-{SPAN}-00");
    let sentry = format!("{}-{SPAN}-1", "1".repeat(32));
    let carriers = Carriers {
        traceparent: w3c.as_bytes(),
        sentry_trace: sentry.as_bytes(),
        tracestate: b"a=1",
        baggage: b"sentry-a=1,b=2",
    };
    let (remote, link) = extract(&carriers, &mut ignored);
    let (remote, link) = (remote.unwrap(), link.unwrap());
    assert_eq!(remote.context, span(Some(false)));
    assert_eq!(
        (&*remote.baggage, remote.source),
        (&b"b=2"[..], Source::W3c)
    );
    assert_eq!(link.context.trace_id, TraceId([0x11; 16]));
    assert_eq!(
        (link.baggage, link.tracestate),
        (b"sentry-a=1,b=2".to_vec(), vec![])
    );
    assert_eq!(ignored, 0);
}

#[wasm_bindgen_test(unsupported = test)]
fn malformed_carriers_are_counted_and_absent_ones_are_not() {
    let mut ignored = 0;
    let nothing = extract(&Carriers::default(), &mut ignored);
    assert_eq!((nothing, ignored), ((None, None), 0));
    let carriers = Carriers {
        traceparent: b"garbage",
        sentry_trace: b"-1",
        tracestate: b"a=1",
        baggage: b"sentry-a=1",
    };
    assert_eq!(extract(&carriers, &mut ignored), (None, None));
    assert_eq!(ignored, 2);
}
