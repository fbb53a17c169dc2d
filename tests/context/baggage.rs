//! W3C baggage against published cases: reading, passing on, limits.

use serde_json::Value;
use tracelink::core::context::baggage;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{data, list, text, written};

pub(crate) fn members(header: &str) -> Vec<[String; 3]> {
    let own = |member: baggage::Member<'_>| {
        let [key, properties] =
            [member.key, member.properties].map(|part| String::from_utf8(part.to_vec()).unwrap());
        [key, baggage::decode(member.value), properties]
    };
    baggage::members(header.as_bytes()).map(own).collect()
}

fn receive(header: &str) -> String {
    written(|out| baggage::receive(header.as_bytes(), out))
}

fn baggage_cases() -> Value {
    data(include_str!("../conformance/baggage.json"))
}

#[wasm_bindgen_test(unsupported = test)]
fn baggage_is_parsed() {
    for case in list(&baggage_cases()["parse"]) {
        let header = text(&case["header"]);
        let expected: Vec<[String; 3]> = serde_json::from_value(case["members"].clone()).unwrap();
        assert_eq!(members(header), expected, "{header:?}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn baggage_is_passed_on_unchanged_in_meaning_and_order() {
    for case in list(&baggage_cases()["parse"]) {
        let header = text(&case["header"]);
        let once = written(|out| baggage::pass_on(header.as_bytes(), 8192, out));
        assert_eq!(members(&once), members(header), "{header:?}");
        let twice = written(|out| baggage::pass_on(once.as_bytes(), 8192, out));
        assert_eq!(once, twice);
        let received = receive(header);
        assert_eq!(members(&received), members(header), "{header:?}");
        assert!(received.is_ascii());
    }
    let verbatim = "k = v ; p ; q=1 ,\tl=%C3%A9";
    assert_eq!(receive(verbatim), verbatim);
}

#[wasm_bindgen_test(unsupported = test)]
fn baggage_values_are_encoded() {
    for case in list(&baggage_cases()["encode"]) {
        let (plain, encoded) = (text(&case[0]), text(&case[1]));
        assert_eq!(
            written(|out| baggage::encode(plain.as_bytes(), out)),
            encoded
        );
        assert_eq!(baggage::decode(encoded.as_bytes()), plain);
    }
    assert_eq!(baggage::decode(b"%E9%F0%9F%98%80"), "\u{fffd}😀");
}

#[wasm_bindgen_test(unsupported = test)]
fn baggage_limits_drop_whole_members() {
    let pass_on =
        |header: &str, max: usize| written(|out| baggage::pass_on(header.as_bytes(), max, out));
    let full = format!("a={}", "x".repeat(8190));
    assert_eq!(receive(&full), full);
    assert_eq!(pass_on(&full, 8192), full);
    assert_eq!(receive(&format!("{full}y")), "");
    assert_eq!(pass_on(&full, 8191), "");
    assert_eq!(pass_on("a=1,b=2,c=3", 11), "a=1,b=2,c=3");
    assert_eq!(pass_on("a=1,b=2,c=3", 10), "a=1,b=2");
    assert_eq!(pass_on("a=12345,b=2", 3), "b=2");
    assert_eq!(pass_on("a=1", 0), "");
    let many: Vec<String> = (0..96).map(|n| format!("k{n}=v")).collect();
    assert_eq!(pass_on(&many.join(","), 8192), many[..64].join(","));
}

#[wasm_bindgen_test(unsupported = test)]
fn the_callers_baggage_is_never_cut() {
    let merged = |came: &str, max| {
        let mut whole = false;
        let header = written(|out| {
            let came = (came.as_bytes(), baggage::Members::All);
            whole = baggage::compose(b"a=12345,b=2", came, b"", max, out);
        });
        (header, whole)
    };
    let all = |text: &str| (text.to_owned(), true);
    assert_eq!(merged("c=3,d=4", 15), all("a=12345,b=2,c=3"));
    assert_eq!(merged("c=3,d=4", 19), all("a=12345,b=2,c=3,d=4"));
    // There is nothing to write.
    assert_eq!(merged("c=3,d=4", 14), all(""));
    assert_eq!(merged("c=3,d=4", 5), all(""));
    assert_eq!(merged("a=2", 100), all(""));
    // Of Sentry's members none may be missing.
    let cut = ("a=12345,b=2,c=3".to_owned(), false);
    assert_eq!(merged("c=3,sentry-d=4", 15), cut);
}
