//! The OTLP reader: the spans that OpenTelemetry JS encoded, and bytes that are cut, changed or invented.

#![allow(
    clippy::unwrap_used,
    reason = "a helper that fails is a test that fails"
)]

use tracelink::otlp::read::{Fields, Malformed, Payload, SpanView, Value, spans};
use wasm_bindgen_test::wasm_bindgen_test;

#[cfg(target_family = "wasm")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// Written by golden/generate.mjs.
const REQUEST: &[u8] = include_bytes!("golden/request.pb");

/// A value as text, to compare it by.
fn shown(value: Value<'_>) -> Result<String, Malformed> {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    Ok(match value {
        Value::Str(bytes) => format!("s:{}", text(bytes)),
        Value::Bool(value) => format!("b:{value}"),
        Value::Int(value) => format!("i:{value}"),
        Value::Double(value) => format!("d:{value:?}"),
        Value::Bytes(bytes) => format!("x:{bytes:?}"),
        Value::Empty => "-".to_owned(),
        Value::Array(elements) => {
            let elements: Result<Vec<_>, _> = elements.map(|element| shown(element?)).collect();
            format!("[{}]", elements?.join(","))
        }
        Value::KvList(pairs) => {
            let pairs: Result<Vec<_>, _> = pairs
                .map(|pair| {
                    pair.and_then(|(key, value)| Ok(format!("{}={}", text(key), shown(value)?)))
                })
                .collect();
            format!("{{{}}}", pairs?.join(","))
        }
    })
}

/// Reads everything there is to read in a request.
fn all(request: &[u8]) -> Result<String, Malformed> {
    let mut out = String::new();
    for span in spans(request) {
        let span = SpanView::read(span?)?;
        for attribute in span.attributes() {
            out.push_str(&shown(attribute?.1)?);
        }
        for event in span.events() {
            let event = event?;
            for attribute in event.attributes {
                out.push_str(&shown(attribute?.1)?);
            }
        }
        for link in span.links() {
            for attribute in link?.attributes {
                out.push_str(&shown(attribute?.1)?);
            }
        }
    }
    Ok(out)
}

#[wasm_bindgen_test(unsupported = test)]
fn a_span_is_what_was_encoded() {
    let spans: Vec<SpanView<'_>> = spans(REQUEST)
        .map(|span| SpanView::read(span.unwrap()).unwrap())
        .collect();
    assert_eq!(spans.len(), 4);
    let span = spans[0];
    assert_eq!(
        span.trace_id,
        [
            0x0a, 0xf7, 0x65, 0x19, 0x16, 0xcd, 0x43, 0xdd, 0x84, 0x48, 0xeb, 0x21, 0x1c, 0x80,
            0x31, 0x9c
        ]
    );
    assert_eq!(
        span.span_id,
        [0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7]
    );
    assert_eq!(
        span.parent_span_id,
        [0xb7, 0xad, 0x6b, 0x71, 0x69, 0x20, 0x33, 0x31]
    );
    assert_eq!(span.trace_state, b"vendor=value,other=1");
    assert_eq!(
        span.name,
        "GET /things \"quoted\" \\ \u{1} \n \u{2028} \u{fc} \u{1f600}".as_bytes()
    );
    assert_eq!((span.kind, span.flags), (3, 0x301));
    assert_eq!(
        (span.start, span.end),
        (1_700_000_000_000_000_001, 1_700_000_001_999_999_999)
    );
    assert_eq!((span.status, span.status_message), (2, &b"it broke"[..]));
    assert_eq!(
        (
            span.dropped_attributes,
            span.dropped_events,
            span.dropped_links
        ),
        (300, 2, 1)
    );
    let attributes: Vec<String> = span
        .attributes()
        .map(|attribute| attribute.unwrap())
        .map(|(key, value)| format!("{} {}", String::from_utf8_lossy(key), shown(value).unwrap()))
        .collect();
    assert_eq!(
        attributes,
        [
            "text s:value",
            "empty s:",
            "yes b:true",
            "no b:false",
            "zero i:0",
            "int i:42",
            "negative i:-7",
            "largest i:9007199254740991",
            "smallest i:-9007199254740991",
            "double d:0.1",
            "tiny d:5e-324",
            "fine d:-1.2345678e-6",
            "texts [s:a,s:,s:\u{1f600}]",
            "numbers [i:1,d:2.5,i:-3]",
            "booleans [b:true,b:false]",
            "none []",
        ]
    );
    let events: Vec<_> = span.events().map(|event| event.unwrap()).collect();
    assert_eq!(events.len(), 2);
    assert_eq!(
        (events[0].time, events[0].name, events[0].dropped_attributes),
        (1_700_000_000_000_000_500, &b"exception"[..], 2)
    );
    assert_eq!(events[0].attributes.count(), 1);
    assert_eq!(
        (events[1].time, events[1].name, events[1].attributes.count()),
        (0, &b""[..], 0)
    );
    let links: Vec<_> = span.links().map(|link| link.unwrap()).collect();
    assert_eq!(
        (links[0].trace_id, links[0].span_id),
        (&[0xff; 16][..], &[0xff; 8][..])
    );
    assert_eq!(
        (
            links[0].trace_state,
            links[0].flags,
            links[0].dropped_attributes
        ),
        (&b"k=v"[..], 0x301, 1)
    );
    assert_eq!((links[1].flags, links[1].attributes.count()), (0x100, 0));
    assert_eq!(links.len(), 2);
    assert_eq!(
        (spans[1].name, spans[1].status, spans[1].kind),
        (&b""[..], 1, 1)
    );
    assert_eq!(spans[1].parent_span_id, b"");
    assert_eq!((spans[2].kind, spans[2].attributes().count()), (5, 0));
    assert_eq!(spans[3].span_id.last(), Some(&0xba));
}

#[wasm_bindgen_test(unsupported = test)]
fn fields_by_wire_type() {
    let message = [
        0x08, 0x96, 0x01, 0x11, 1, 0, 0, 0, 0, 0, 0, 0x80, 0x1A, 2, b'h', b'i', 0x85, 1, 0x01,
        0x03, 0, 0,
    ];
    let fields: Vec<_> = Fields::new(&message).collect();
    assert_eq!(
        fields,
        [
            Ok((1, Payload::Varint(150))),
            Ok((2, Payload::Fixed64(0x8000_0000_0000_0001))),
            Ok((3, Payload::Bytes(b"hi"))),
            Ok((16, Payload::Fixed32(0x301))),
        ]
    );
    for malformed in [
        &[0x08][..],
        &[0x80],
        &[
            0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01,
        ],
        &[0x0A, 2, 0],
        &[
            0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01,
        ],
        &[0x11, 0, 0, 0, 0, 0, 0, 0],
        &[0x0D, 0, 0, 0],
        &[0x0B],
        &[0x0C],
        &[0x0E],
        &[0x0F],
        &[0x00, 0],
        &[0xFF, 0xFF, 0xFF, 0xFF, 0x7F, 0],
    ] {
        assert_eq!(
            Fields::new(malformed).collect::<Vec<_>>(),
            [Err(Malformed)],
            "{malformed:?}"
        );
        assert!(SpanView::read(malformed).is_err());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn unknown_fields_are_passed_over_and_the_last_value_counts() {
    let mut span = b"\x2a\x01a\xa0\x06\x05\xa2\x06\x02xx\xa5\x06\x01\x02\x03\x04\xa1\x06\x01\x02\x03\x04\x05\x06\x07\x08\x2a\x01b".to_vec();
    assert_eq!(SpanView::read(&span).map(|span| span.name), Ok(&b"b"[..]));
    span.extend_from_slice(&[0x28, 1]);
    assert!(SpanView::read(&span).is_err(), "a name is no number");
    assert!(matches!(
        Value::read(b"\x0a\x01a\x18\x05"),
        Ok(Value::Int(5))
    ));
    assert!(matches!(Value::read(b"\x4a\x01a"), Ok(Value::Empty)));
    assert_eq!(
        Value::read(b"\x32\x08\x0a\x06\x0a\x01k\x12\x01").and_then(shown),
        Err(Malformed),
        "cut within"
    );
    assert_eq!(
        Value::read(b"\x32\x09\x0a\x07\x0a\x01k\x12\x02\x10\x01").and_then(shown),
        Ok("{k=b:true}".to_owned())
    );
    let array = Value::read(b"\x2a\x07\x0a\x01\x10\x0a\x02\x10\x01");
    assert!(
        matches!(array, Ok(Value::Array(elements)) if elements.count() == 1),
        "nothing follows an error"
    );
    assert_eq!(
        Value::read(b"\x3a\x02\x00\xff").and_then(shown),
        Ok("x:[0, 255]".to_owned())
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn every_cut_is_noticed_or_is_a_shorter_message() {
    assert!(all(REQUEST).is_ok());
    let mut whole = 0;
    for end in 0..REQUEST.len() {
        whole += usize::from(all(&REQUEST[..end]).is_ok());
    }
    // The empty message, and the one that ends between the two resources.
    assert_eq!(whole, 2);
    let span = spans(REQUEST).next().unwrap().unwrap();
    let refused = (0..span.len())
        .filter(|end| SpanView::read(&span[..*end]).is_err())
        .count();
    assert!(refused > span.len() * 9 / 10);
}

#[wasm_bindgen_test(unsupported = test)]
fn changed_bytes_never_panic() {
    let mut random = 99_u64;
    let mut next = || {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize
    };
    let (mut read, mut refused) = (0, 0);
    for _ in 0..20_000 {
        let mut bytes = REQUEST.to_vec();
        for _ in 0..1 + next() % 4 {
            let (at, to) = (next() % bytes.len(), next() as u8);
            match next() % 3 {
                0 => bytes[at] = to,
                1 => bytes.insert(at, to),
                _ => drop(bytes.remove(at)),
            }
        }
        match all(&bytes) {
            Ok(_) => read += 1,
            Err(Malformed) => refused += 1,
        }
    }
    assert!(read > 100 && refused > 100, "{read} {refused}");
    for _ in 0..20_000 {
        let bytes: Vec<u8> = (0..next() % 40).map(|_| next() as u8).collect();
        let _ = (
            all(&bytes).is_ok(),
            SpanView::read(&bytes).is_ok(),
            Value::read(&bytes).and_then(shown).is_ok(),
        );
    }
}
