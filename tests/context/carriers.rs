//! Message carriers, case by case: which place counts, in which order, and what is not JSON.

use tracelink::core::carriers;
use tracelink::core::context::{Contexts, Source};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{Remote, remotes, scan, written};

/// The contexts as one line: family, first digit of trace and span, decision, baggage.
pub(crate) fn outline(contexts: &[Remote]) -> String {
    let line = |remote: &Remote| {
        let family = match remote.source {
            Source::W3c | Source::Both => 'w',
            Source::Sentry => 's',
        };
        let sampled = remote
            .context
            .sampled
            .map_or('?', |sampled| if sampled { '1' } else { '0' });
        let trace = written(|out| remote.context.trace_id.write_hex(out));
        let span = written(|out| remote.context.span_id.write_hex(out));
        let [state, baggage] = [&remote.tracestate, &remote.baggage]
            .map(|text| String::from_utf8(text.clone()).unwrap());
        format!(
            "{family}{}{}{sampled} {state} {baggage}",
            &trace[..1],
            &span[..1]
        )
    };
    let lines: Vec<String> = contexts
        .iter()
        .map(|remote| line(remote).trim().to_owned())
        .collect();
    lines.join("; ")
}

pub(crate) fn found(json: &[u8]) -> (String, u32) {
    let (contexts, ignored) = scan(json);
    (outline(&contexts), ignored)
}

/// Writes `wNF` as a traceparent, `sN`, `sN1` as a sentry-trace: N is every digit of the ids.
pub(crate) fn expand(template: &str) -> String {
    let mut text = template.to_owned();
    for digit in '1'..='9' {
        let [trace, span] = [32, 16].map(|count| digit.to_string().repeat(count));
        for flag in ['0', '1', '2', '3'] {
            text = text.replace(
                &format!("<w{digit}{flag}>"),
                &format!("00-{trace}-{span}-0{flag}"),
            );
            text = text.replace(
                &format!("<s{digit}{flag}>"),
                &format!("{trace}-{span}-{flag}"),
            );
        }
        text = text.replace(&format!("<s{digit}>"), &format!("{trace}-{span}"));
    }
    assert!(!text.contains("<w"), "{text}");
    text
}

/// Each line: a message, what is found in it, and a `!` for every malformed carrier.
fn check(table: &str) {
    for line in table.lines().filter(|line| line.contains("=>")) {
        let (message, expected) = expand(line).split_once("=>").map(own).unwrap();
        let (contexts, ignored) = found(message.as_bytes());
        let outcome = format!("{contexts} {}", "!".repeat(ignored as usize));
        assert_eq!(outcome.trim(), expected, "{line}");
    }
}

fn own(parts: (&str, &str)) -> (String, String) {
    (parts.0.trim().to_owned(), parts.1.trim().to_owned())
}

#[wasm_bindgen_test(unsupported = test)]
fn each_place_is_read() {
    check(
        r##"
        {"traceparent":"<w11>","tracestate":"a=1","baggage":"b=2"} => w111 a=1 b=2
        {"traceparent":"<w10>"} => w110
        {"sentry-trace":"<s2>","baggage":"sentry-a=1"} => s22?  sentry-a=1
        {"_sentry":{"trace":"<s21>","baggage":"sentry-a=1"}} => s221  sentry-a=1
        {"_sentry":{"sentry-trace":"<s20>"}} => s220
        {"_sentry":{"traceparent":"<w11>","tracestate":"a=1"}} => w111 a=1
        {"_trace":{"traceparent":"<w11>","baggage":"b=2"}} => w111  b=2
        {"headers":{"sentry-trace":"<s21>"}} => s221
        {"headers":{"TraceParent":"<w11>","TRACESTATE":"a=1","Baggage":"b=2"}} => w111 a=1 b=2
        {"metadata":{"traceparent":"<w11>"}} => w111
        {"meta":{"traceparent":"<w11>"}} => w111
    "##,
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn other_places_are_not() {
    check(
        r##"
        {} =>
        {"type":"x","data":{"traceparent":"<w11>"}} =>
        {"TraceParent":"<w11>"} =>
        {"trace":"<s21>"} =>
        {"_trace":{"trace":"<s21>"}} =>
        {"_trace":{"TRACEPARENT":"<w11>"}} =>
        {"_sentry":"<s21>","headers":["traceparent","<w11>"]} =>
        {"meta":{"meta":{"traceparent":"<w11>"}}} =>
        {"__proto__":{"traceparent":"<w11>"}} =>
        {"traceparent":["<w11>"]} =>
        {"traceparent":{"traceparent":"<w11>"}} =>
        {"traceparent":12,"meta":{"traceparent":null}} =>
        "traceparent <w11>" =>
         =>
        null =>
        17 =>
    "##,
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn the_first_valid_place_counts() {
    check(
        r##"
        {"meta":{"traceparent":"<w11>"},"_sentry":{"trace":"<s21>"}} => s221
        {"_sentry":{"trace":"<s21>"},"traceparent":"<w11>"} => w111
        {"traceparent":"<w11>x","_sentry":{"trace":"<s21>"}} => s221 !
        {"traceparent":"x","sentry-trace":"y","_trace":{"traceparent":""},"meta":{"traceparent":"<w11>"}} => w111 !!
        {"_sentry":{"sentry-trace":"<s11>","trace":"<s21>"}} => s111
        {"_sentry":{"sentry-trace":"x","trace":"<s21>"}} => s221 !
        {"_sentry":{"sentry-trace":"x","trace":"y"}} => !!
    "##,
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn both_families_in_one_place() {
    check(
        r##"
        {"traceparent":"<w11>","sentry-trace":"<s11>","baggage":"a=1"} => w111  a=1
        {"traceparent":"<w10>","sentry-trace":"<s1>"} => w11?
        {"traceparent":"<w11>","sentry-trace":"<s20>"} => s220; w111
        {"_sentry":{"traceparent":"<w11>","trace":"<s20>"}} => s220; w111
    "##,
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_later_place_adds_the_baggage_of_the_same_trace() {
    check(
        r##"
        {"traceparent":"<w11>","_sentry":{"trace":"<s11>","baggage":"sentry-a=1"}} => w111  sentry-a=1
        {"traceparent":"<w11>","baggage":"b=2","_sentry":{"trace":"<s11>","baggage":"sentry-a=1"}} => w111  b=2
        {"traceparent":"<w11>","_sentry":{"trace":"<s21>","baggage":"sentry-a=1"}} => w111
        {"traceparent":"<w11>","_sentry":{"baggage":"sentry-a=1"}} => w111
        {"traceparent":"<w11>","_sentry":{"trace":"x"},"meta":{"traceparent":"<w11>","baggage":"b=2"}} => w111  b=2
    "##,
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn batches_are_read_in_order() {
    check(
        r##"
        [{"traceparent":"<w11>"},{"traceparent":"<w21>"}] => w111; w221
        {"updates":[{"_sentry":{"trace":"<s11>"}},{"a":1},{"_sentry":{"trace":"<s2>"}}]} => s111; s22?
        {"updates":[{"timestamp":9,"traceparent":"<w11>"},{"timestamp":1,"traceparent":"<w21>"}]} => w111; w221
        {"updates":[{"traceparent":"<w21>"}],"traceparent":"<w11>"} => w111; w221
        {"messages":[{"traceparent":"<w31>"}],"events":[{"traceparent":"<w21>"}],"updates":[{"traceparent":"<w11>"}]} => w111; w221; w331
        {"updates":{"traceparent":"<w11>"},"events":"x","messages":null} =>
        {"updates":[[{"traceparent":"<w11>"}],{"updates":[{"traceparent":"<w21>"}]},"<w31>",null]} =>
        [[{"traceparent":"<w11>"}],{"events":[{"traceparent":"<w21>"}]}] =>
        {"updates":[{"traceparent":"x"},{"traceparent":"<w11>"}],"traceparent":"y"} => w111 !!
        [{"traceparent":"<w11>","sentry-trace":"<s21>"},{"sentry-trace":"<s3>"}] => s221; w111; s33?
        [] =>
    "##,
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn the_last_of_equal_keys_counts() {
    check(
        r##"
        {"traceparent":"<w11>","traceparent":"<w21>"} => w221
        {"traceparent":"<w11>","traceparent":5} =>
        {"traceparent":"x","traceparent":"<w11>"} => w111
        {"meta":{"traceparent":"<w11>"},"meta":{"baggage":"a=1"}} =>
        {"meta":{"traceparent":"<w11>"},"meta":[]} =>
        {"updates":[{"traceparent":"<w11>"},{"traceparent":"x"}],"updates":[{"traceparent":"<w21>"}]} => w221
        {"updates":[{"traceparent":"<w11>"}],"updates":0} =>
        {"headers":{"Traceparent":"<w11>","Traceparent":"<w21>"}} => w221
        {"headers":{"Traceparent":"<w11>","traceparent":"<w21>","baggage":"a=1","sentry-trace":"<s3>"}} => s33?  a=1
        {"headers":{"traceparent":"<w11>","TRACEPARENT":1,"traceparent":"<w21>"}} =>
    "##,
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn escapes_are_read() {
    check(
        r##"
        {"\u0074race\u0070arent":"\u0030\u0030-<w11>"} => !
        {"s\u0065ntry\u002Dtrace":"\u0031<s11>"} => !
        {"traceparent":"\t\n<w11>"} => !
        {"traceparent":"\t<w11>\u0020"} => w111
        {"traceparent":"<w11>","tracestate":"a=\/\\\"","baggage":"b=1,c=\u00e9,d=\ud83d\ude00,e=\ud83d,f=2"} => w111 a=/\" b=1,f=2
        {"traceparent":"<w11>\ud800"} => !
        {"\ud800":1,"\ude00traceparent":"<w11>","traceparent\u0000":"<w21>"} =>
        {"headers":{"\u0054raceparent":"<w11>"}} => w111
    "##,
    );
    let split = expand(r#"{"traceparent":"<w11>"}"#).replace("00-", r"\u0030\u0030\u002d");
    assert_eq!(found(split.as_bytes()), ("w111".to_owned(), 0));
}

#[wasm_bindgen_test(unsupported = test)]
fn broken_text_has_no_context() {
    let whole =
        expand(r#"{"traceparent":"<w11>","a":[1,-0.5e+3,true,false,null,"\u00e9"],"b":{}}"#);
    assert_eq!(found(whole.as_bytes()), ("w111".to_owned(), 0));
    for end in 1..whole.len() {
        assert_eq!(
            found(&whole.as_bytes()[..end]),
            (String::new(), 1),
            "{}",
            &whole[..end]
        );
    }
    let words = "01 1. .5 +1 - 1e 1e+ 0x1 NaN Infinity tru True nulll 'a' undefined [1,] [,1] [1;2] [1} {\"a\"} \
        {\"a\":} {\"a\":1,} {,} {a:1} {\"a\":1] {1:1} {\"a\"1} \"\\x41\" \"\\u12\" \"\\u123g\" \"\\U1234\" \"a /*c*/1 1//c";
    let control = [
        "1 2",
        "\"a\tb\"",
        "\"a\nb\"",
        "\"\0\"",
        "\"\u{1f}\"",
        "\u{feff}1",
        "\u{a0}1",
        "\u{b}1",
    ];
    for value in words
        .split(' ')
        .filter(|word| !word.is_empty())
        .chain(control)
    {
        for template in [
            format!(r#"{{"traceparent":"<w11>","x":{value}}}"#),
            format!(r#"{{"traceparent":"<w11>","meta":{{"x":{value}}}}}"#),
            format!(r#"[{{"traceparent":"<w11>"}},{value}]"#),
            format!(r#"{{"traceparent":"<w11>","x":[[[{value}]]]}}"#),
        ] {
            assert_eq!(
                found(expand(&template).as_bytes()),
                (String::new(), 1),
                "{template:?}"
            );
        }
    }
    for after in [" x", "{}", ",", "]", "}", "\u{0}", "\u{feff}"] {
        assert_eq!(
            found(format!("{whole}{after}").as_bytes()),
            (String::new(), 1),
            "{after:?}"
        );
    }
    assert_eq!(found(format!(" \t\r\n{whole}\r\n\t ").as_bytes()).0, "w111");
}

#[wasm_bindgen_test(unsupported = test)]
fn bytes_that_are_not_utf8_have_no_context() {
    let mut bytes = expand(r#"{"traceparent":"<w11>","x":"?"}"#).into_bytes();
    let at = bytes.iter().position(|&byte| byte == b'?').unwrap();
    for broken in [0xff, 0xc3, 0x80] {
        bytes[at] = broken;
        assert_eq!(found(&bytes), (String::new(), 1));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn oversized_baggage_is_dropped_and_the_context_stays() {
    let text = |size: usize| {
        let baggage = "x".repeat(size - 2);
        expand(&format!(
            r#"{{"traceparent":"<w11>","baggage":"a={baggage}"}}"#
        ))
    };
    assert_eq!(found(text(8192).as_bytes()).0.len(), "w111  ".len() + 8192);
    assert_eq!(found(text(8193).as_bytes()), ("w111".to_owned(), 0));
}

#[wasm_bindgen_test(unsupported = test)]
fn numbers_beyond_doubles_are_json() {
    check(
        r##"
        {"a":1e999,"b":-1E-999,"c":123456789012345678901234567890.0,"traceparent":"<w11>"} => w111
    "##,
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn baggage_that_is_not_wanted_is_noted() {
    for (text, unread) in [
        (r#"{"traceparent":"<w11>"}"#, false),
        (r#"{"traceparent":"<w11>","baggage":"a=1"}"#, true),
        (
            r#"{"traceparent":"<w11>","_sentry":{"trace":"<s11>","baggage":"a=1"}}"#,
            true,
        ),
    ] {
        let mut contexts = Contexts::default();
        contexts.lean = true;
        for _ in 0..2 {
            carriers::scan(expand(text).as_bytes(), &mut contexts);
            assert_eq!(outline(&remotes(&contexts)), "w111", "{text}");
            assert_eq!(contexts.unread, unread, "{text}");
        }
    }
}
