//! Messages made to hurt: long batches, deep nesting, endless strings.

use tracelink::core::carriers::MAX_BATCH;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::carriers::{expand, found};
use crate::scan;

#[wasm_bindgen_test(unsupported = test)]
fn only_the_first_10_000_messages_of_a_batch_are_read() {
    let plain = vec![r#"{"a":1}"#; 20_000];
    for (position, expected) in [
        (0, "w111"),
        (MAX_BATCH - 1, "w111"),
        (MAX_BATCH, ""),
        (19_999, ""),
    ] {
        let mut messages: Vec<&str> = plain.clone();
        let carrier = expand(r#"{"traceparent":"<w11>"}"#);
        messages[position] = &carrier;
        let list = format!("[{}]", messages.join(","));
        assert_eq!(found(list.as_bytes()).0, expected, "{position}");
        let envelope = format!(r#"{{"events":{list}}}"#);
        assert_eq!(found(envelope.as_bytes()).0, expected, "{position}");
    }
    let full = format!(
        "[{}]",
        vec![expand(r#"{"traceparent":"<w11>"}"#); 20_000].join(",")
    );
    let (out, _) = scan(full.as_bytes());
    assert_eq!(out.len(), MAX_BATCH);
}

#[wasm_bindgen_test(unsupported = test)]
fn hostile_text_costs_linear_time_and_no_stack() {
    let carrier = expand(r#""traceparent":"<w11>""#);
    let depth = 200_000;
    let arrays = format!(
        r#"{{"x":{}{},{carrier}}}"#,
        "[".repeat(depth),
        "]".repeat(depth)
    );
    assert_eq!(found(arrays.as_bytes()).0, "w111");
    let objects = format!(
        r#"{{"x":{}1{},{carrier}}}"#,
        r#"[{"a":"#.repeat(depth),
        "}]".repeat(depth)
    );
    assert_eq!(found(objects.as_bytes()).0, "w111");
    let crossed = objects.replacen("}]", "]}", 1);
    assert_eq!(found(crossed.as_bytes()).0, "");
    assert_eq!(found("[".repeat(depth).as_bytes()).0, "");
    assert_eq!(found(r#"{"meta":"#.repeat(depth).as_bytes()).0, "");
    for piece in ["\\\\", "\\u0061", "\\ud800", "é", "a"] {
        let long = piece.repeat(depth);
        let text = format!(
            r#"{{"{long}":"{long}","headers":{{"{long}":1}},"baggage":"{long}",{carrier}}}"#
        );
        assert_eq!(found(text.as_bytes()).0, "w111", "{piece}");
    }
    let repeated = format!(
        "{{{}{carrier}}}",
        r#""traceparent":"x","meta":{"baggage":"a"},"#.repeat(100_000)
    );
    assert_eq!(found(repeated.as_bytes()).0, "w111");
}
