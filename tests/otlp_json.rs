//! OTLP/JSON: the same as OpenTelemetry JS writes for the same spans, and the corners it never comes to.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a helper that fails is a test that fails"
)]

use serde_json::Value;
use tracelink::otlp::json::{decimal, span, string, traces};
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_family = "wasm")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// Both written by golden/generate.mjs.
const REQUEST: &[u8] = include_bytes!("golden/request.pb");
const JSON: &str = include_str!("golden/request.json");

fn number(value: f64, out: &mut Vec<u8>) {
    out.extend_from_slice(format!("{value:e}").as_bytes());
}

fn json(
    bytes: &[u8],
    write: fn(&[u8], tracelink::otlp::json::WriteNumber, &mut Vec<u8>) -> bool,
) -> Option<String> {
    let mut out = b"kept".to_vec();
    let done = write(bytes, number, &mut out);
    let output = String::from_utf8(out)
        .expect("UTF-8")
        .strip_prefix("kept")
        .expect("what was there stays")
        .to_owned();
    assert!(done || output.is_empty());
    done.then_some(output)
}

/// A length-delimited field with a number below 16.
fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![number << 3 | 2];
    let mut len = bytes.len();
    while len >= 0x80 {
        out.push(len as u8 | 0x80);
        len >>= 7;
    }
    out.push(len as u8);
    out.extend_from_slice(bytes);
    out
}

/// The JSON of an attribute value, found in the span around it.
fn value(any_value: &[u8]) -> Option<String> {
    let attribute = [field(1, b"k"), field(2, any_value)].concat();
    let output = json(&field(9, &attribute), span)?;
    let start = output.find("\"value\":")? + 8;
    let end = output.rfind("}]}")?;
    serde_json::from_str::<Value>(&output).expect("JSON");
    Some(output[start..end].to_owned())
}

/// Brings what OpenTelemetry JS writes to the form of the mapping: integers of 64 bits as strings, defaults left out.
fn normalised(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, value| {
                let optional = name.starts_with("dropped") && *value == 0
                    || matches!(name.as_str(), "attributes" | "events" | "links")
                        && value.as_array().is_some_and(Vec::is_empty)
                    || name == "code" && *value == 0;
                !optional
            });
            if let Some(int) = members.get_mut("intValue") {
                *int = Value::String(int.to_string());
            }
            members.values_mut().for_each(normalised);
        }
        Value::Array(elements) => elements.iter_mut().for_each(normalised),
        _ => {}
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn as_open_telemetry_writes_it() {
    let ours: Value =
        serde_json::from_str(&json(REQUEST, traces).expect("well formed")).expect("JSON");
    let mut theirs: Value = serde_json::from_str(JSON).expect("JSON");
    normalised(&mut theirs);
    assert_eq!(ours, theirs);
}

#[wasm_bindgen_test(unsupported = test)]
fn exact_text() {
    let bytes = [
        field(1, &[0xAB; 16]),
        field(2, &[0xCD; 8]),
        b"\x30\x03".to_vec(),
        b"\x39\xff\xff\xff\xff\xff\xff\xff\xff".to_vec(),
        field(5, b"n"),
        b"\x85\x01\x01\x03\x00\x00".to_vec(),
        field(9, &[field(1, b"k"), field(2, b"\x18\x05")].concat()),
        field(15, &[]),
    ]
    .concat();
    assert_eq!(
        json(&bytes, span).as_deref(),
        Some(concat!(
            r#"{"traceId":"abababababababababababababababab","spanId":"cdcdcdcdcdcdcdcd","flags":769,"name":"n","kind":3,"#,
            r#""startTimeUnixNano":"18446744073709551615","endTimeUnixNano":"0","#,
            r#""attributes":[{"key":"k","value":{"intValue":"5"}}],"status":{}}"#
        ))
    );
    assert_eq!(
        json(&[], span).as_deref(),
        Some(
            r#"{"traceId":"","spanId":"","name":"","startTimeUnixNano":"0","endTimeUnixNano":"0"}"#
        )
    );
    assert_eq!(
        json(&[], traces).as_deref(),
        Some(r#"{"resourceSpans":[]}"#)
    );
    assert_eq!(
        json(b"\x0a\x00", traces).as_deref(),
        Some(r#"{"resourceSpans":[{"scopeSpans":[]}]}"#)
    );
    let twice = json(&[field(5, b"a"), field(5, b"b")].concat(), span);
    assert!(
        twice.is_some_and(|text| text.contains(r#""name":"b""#)),
        "the last one counts"
    );
    let spans = |len: u8| json(&[0x0A, 4, 0x12, 2, 0x12, len], traces);
    assert!(spans(0).is_some_and(|text| text.contains(r#""spans":[{"traceId":"","#)));
    assert_eq!(spans(1), None, "cut");
}

#[wasm_bindgen_test(unsupported = test)]
fn values() {
    let double = |value: f64| [&[0x21][..], &value.to_le_bytes()].concat();
    for (bytes, expected) in [
        (field(1, b""), r#"{"stringValue":""}"#),
        (b"\x10\x00".to_vec(), r#"{"boolValue":false}"#),
        (b"\x10\x01".to_vec(), r#"{"boolValue":true}"#),
        (b"\x18\x00".to_vec(), r#"{"intValue":"0"}"#),
        (
            b"\x18\xff\xff\xff\xff\xff\xff\xff\xff\x7f".to_vec(),
            r#"{"intValue":"9223372036854775807"}"#,
        ),
        (
            b"\x18\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01".to_vec(),
            r#"{"intValue":"-9223372036854775808"}"#,
        ),
        (double(0.0), r#"{"doubleValue":0}"#),
        (double(-0.0), r#"{"doubleValue":-0}"#),
        (double(3.0), r#"{"doubleValue":3}"#),
        (double(-12_345.0), r#"{"doubleValue":-12345}"#),
        (
            double(9_007_199_254_740_991.0),
            r#"{"doubleValue":9007199254740991}"#,
        ),
        (
            double(9_007_199_254_740_992.0),
            r#"{"doubleValue":9.007199254740992e15}"#,
        ),
        (double(0.5), r#"{"doubleValue":5e-1}"#),
        (
            double(f64::MAX),
            r#"{"doubleValue":1.7976931348623157e308}"#,
        ),
        (double(f64::NAN), r#"{"doubleValue":"NaN"}"#),
        (double(-f64::NAN), r#"{"doubleValue":"NaN"}"#),
        (double(f64::INFINITY), r#"{"doubleValue":"Infinity"}"#),
        (double(f64::NEG_INFINITY), r#"{"doubleValue":"-Infinity"}"#),
        (field(5, &[]), r#"{"arrayValue":{"values":[]}}"#),
        (
            field(5, &field(1, &[])),
            r#"{"arrayValue":{"values":[{}]}}"#,
        ),
        (
            field(5, &[field(1, b"\x10\x01"), field(1, b"\x18\x02")].concat()),
            r#"{"arrayValue":{"values":[{"boolValue":true},{"intValue":"2"}]}}"#,
        ),
        (field(6, &[]), r#"{"kvlistValue":{"values":[]}}"#),
        (
            field(
                6,
                &field(1, &[field(1, b"a"), field(2, b"\x10\x01")].concat()),
            ),
            r#"{"kvlistValue":{"values":[{"key":"a","value":{"boolValue":true}}]}}"#,
        ),
        (
            field(6, &field(1, &[])),
            r#"{"kvlistValue":{"values":[{"key":""}]}}"#,
        ),
        (field(7, b""), r#"{"bytesValue":""}"#),
        (field(7, b"f"), r#"{"bytesValue":"Zg=="}"#),
        (field(7, b"fo"), r#"{"bytesValue":"Zm8="}"#),
        (field(7, b"foobar"), r#"{"bytesValue":"Zm9vYmFy"}"#),
        (
            field(7, &[0xFB, 0xFF, 0xBE, 0x00]),
            r#"{"bytesValue":"+/++AA=="}"#,
        ),
        (vec![], "{}"),
        // Of several values the last one counts; what is not known is passed over.
        (
            [field(1, b"a"), b"\x10\x01".to_vec()].concat(),
            r#"{"boolValue":true}"#,
        ),
        (
            [b"\x10\x01".to_vec(), field(9, b"?")].concat(),
            r#"{"boolValue":true}"#,
        ),
    ] {
        assert_eq!(value(&bytes).as_deref(), Some(expected), "{bytes:?}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn strings_are_escaped() {
    for (bytes, expected) in [
        (&b""[..], r#""""#),
        (b"plain", r#""plain""#),
        (b"\"\\/", r#""\"\\/""#),
        (
            b"\n\r\t\x00\x08\x1f\x7f",
            "\"\\n\\r\\t\\u0000\\u0008\\u001f\u{7f}\"",
        ),
        (
            "\u{fc}\u{2028}\u{1f600}".as_bytes(),
            "\"\u{fc}\u{2028}\u{1f600}\"",
        ),
        (b"a\xffb", "\"a\u{fffd}b\""),
        (b"a\xed\xa0\x80b", "\"a\u{fffd}\u{fffd}\u{fffd}b\""),
        (b"a\xf0\x9f\x98", "\"a\u{fffd}\""),
        (b"\xc0\x80", "\"\u{fffd}\u{fffd}\""),
    ] {
        let mut out = Vec::new();
        string(bytes, &mut out);
        assert_eq!(String::from_utf8(out).as_deref(), Ok(expected));
        let parsed: String = serde_json::from_str(expected).expect("JSON");
        assert_eq!(parsed, String::from_utf8_lossy(bytes));
    }
    for value in [0, 9, 10, 4_294_967_296, u64::MAX] {
        let mut out = Vec::new();
        decimal(value, &mut out);
        assert_eq!(out, value.to_string().into_bytes());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn depth_is_bounded() {
    let nested = |depth: usize| {
        (0..depth).fold(b"\x10\x01".to_vec(), |inner, _| field(5, &field(1, &inner)))
    };
    assert!(value(&nested(40)).is_some_and(|json| json.contains("true")));
    assert_eq!(value(&nested(60)), None);
    assert_eq!(value(&nested(10_000)), None);
}

#[wasm_bindgen_test(unsupported = test)]
fn changed_bytes_give_json_or_nothing() {
    let mut random = 5_u64;
    let mut next = || {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize
    };
    let (mut written, mut refused) = (0, 0);
    let mut check = |bytes: &[u8]| match json(bytes, traces) {
        Some(text) => {
            serde_json::from_str::<Value>(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
            written += 1;
        }
        None => refused += 1,
    };
    for end in 0..REQUEST.len() {
        check(&REQUEST[..end]);
    }
    for _ in 0..10_000 {
        let mut bytes = REQUEST.to_vec();
        for _ in 0..1 + next() % 4 {
            let (at, to) = (next() % bytes.len(), next() as u8);
            match next() % 3 {
                0 => bytes[at] = to,
                1 => bytes.insert(at, to),
                _ => drop(bytes.remove(at)),
            }
        }
        check(&bytes);
    }
    assert!(written > 100 && refused > 100, "{written} {refused}");
}
