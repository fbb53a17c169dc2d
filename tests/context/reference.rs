//! The scan against a plain reading of parsed JSON, over many generated texts.

use serde_json::{Map, Value};
use tracelink::core::context::propagation::Carriers;
use tracelink::core::context::sentry;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::carriers::outline;
use crate::{Remote, extract, scan};

const ROUNDS: u32 = if cfg!(target_family = "wasm") {
    3_000
} else {
    20_000
};

type Object = Map<String, Value>;

/// What the properties of the parsed text say.
fn reference(value: &Value, ignored: &mut u32) -> Vec<Remote> {
    let mut out = Vec::new();
    match value {
        Value::Array(messages) => read_batch(messages, &mut out, ignored),
        Value::Object(envelope) => {
            read_message(envelope, &mut out, ignored);
            for name in ["updates", "events", "messages"] {
                if let Some(messages) = envelope.get(name).and_then(Value::as_array) {
                    read_batch(messages, &mut out, ignored);
                }
            }
        }
        _ => {}
    }
    out
}

fn read_batch(messages: &[Value], out: &mut Vec<Remote>, ignored: &mut u32) {
    for message in messages.iter().take(10_000).filter_map(Value::as_object) {
        read_message(message, out, ignored);
    }
}

fn read_message(message: &Object, out: &mut Vec<Remote>, ignored: &mut u32) {
    let inner = |name: &str| {
        message
            .get(name)
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default()
    };
    let places = [
        message.clone(),
        inner("_sentry"),
        inner("_trace"),
        without_case(&inner("headers")),
        inner("metadata"),
        inner("meta"),
    ];
    let mut places = places.iter().zip([false, true, false, false, false, false]);
    let Some((mut context, link)) = places.by_ref().find_map(|(place, with_trace)| {
        let (context, link) = read_place(place, with_trace, ignored);
        context.map(|context| (context, link))
    }) else {
        return;
    };
    for (place, with_trace) in places {
        if context.baggage.is_empty()
            && let (Some(later), _) = read_place(place, with_trace, &mut 0)
            && later.context.trace_id == context.context.trace_id
        {
            context.baggage = later.baggage;
        }
    }
    out.extend(link);
    out.push(context);
}

fn without_case(headers: &Object) -> Object {
    let mut lower = Object::new();
    for (name, value) in headers {
        let key = name.to_ascii_lowercase();
        let alone = headers
            .keys()
            .filter(|other| other.to_ascii_lowercase() == key)
            .count()
            == 1;
        lower.insert(key, if alone { value.clone() } else { Value::Null });
    }
    lower
}

fn read_place(
    place: &Object,
    with_trace: bool,
    ignored: &mut u32,
) -> (Option<Remote>, Option<Remote>) {
    let text = |name: &str| {
        place
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .as_bytes()
    };
    let mut sentry_trace = text("sentry-trace");
    if with_trace && !text("trace").is_empty() && sentry::parse(sentry_trace).is_none() {
        *ignored += u32::from(!sentry_trace.is_empty());
        sentry_trace = text("trace");
    }
    let carriers = Carriers {
        traceparent: text("traceparent"),
        tracestate: text("tracestate"),
        baggage: text("baggage"),
        sentry_trace,
    };
    extract(&carriers, ignored)
}

/// Numbers that look random and are the same in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound
    }

    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }
}

const NAMES: [&str; 22] = [
    "traceparent",
    "traceparent",
    "traceparent",
    "tracestate",
    "baggage",
    "sentry-trace",
    "sentry-trace",
    "trace",
    "_sentry",
    "_sentry",
    "_trace",
    "headers",
    "headers",
    "metadata",
    "meta",
    "updates",
    "events",
    "messages",
    "Traceparent",
    "SENTRY-TRACE",
    "",
    "traceparents",
];
const TEXTS: [&str; 15] = [
    "00-11111111111111111111111111111111-1111111111111111-01",
    "00-11111111111111111111111111111111-2222222222222222-00",
    "00-22222222222222222222222222222222-3333333333333333-03",
    "\t01-22222222222222222222222222222222-3333333333333333-01-x ",
    "11111111111111111111111111111111-1111111111111111-1",
    "11111111111111111111111111111111-4444444444444444",
    "22222222222222222222222222222222-5555555555555555-0",
    "sentry-trace_id=11111111111111111111111111111111,a=1;p=2",
    "a=1,b=2",
    "a=é,b=2,c",
    "",
    "\"\\/\u{8}\u{c}\n\r\t",
    "\u{1F600}{}[],:",
    "00-00000000000000000000000000000000-1111111111111111-01",
    "plain",
];
const OTHERS: [&str; 10] = [
    "0",
    "-1.5e-7",
    "12345678901234567890",
    "true",
    "false",
    "null",
    "{}",
    "[]",
    "\"\\u00e9\\uD83D\\ude00\"",
    "1E+2",
];

fn space(dice: &mut Dice, out: &mut String) {
    out.push_str(dice.pick(&["", "", "", "", " ", "\n", "\r\n\t"]));
}

/// Writes a string with escapes of every kind.
fn write_text(dice: &mut Dice, text: &str, out: &mut String) {
    let escape_all = dice.below(8) == 0;
    out.push('"');
    for letter in text.chars() {
        if escape_all || letter < ' ' && dice.below(2) == 0 {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                let digits = format!("{unit:04x}");
                out.push_str("\\u");
                out.push_str(&if dice.below(2) == 0 {
                    digits
                } else {
                    digits.to_uppercase()
                });
            }
            continue;
        }
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            '/' => out.push_str(dice.pick(&["/", "\\/"])),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other => out.push(other),
        }
    }
    out.push('"');
}

/// Writes any value; one that often suits the name it stands under.
fn write_value(dice: &mut Dice, name: &str, depth: usize, out: &mut String) {
    space(dice, out);
    let carrier = name.contains("trace") && name != "_trace" || name == "baggage";
    match dice.below(10) {
        0..=7 if carrier => {
            let text = dice.pick(&TEXTS);
            write_text(dice, text, out);
        }
        0 | 1 if depth > 0 => out.push_str(dice.pick(&OTHERS)),
        kind if depth < 5 => {
            let list = kind == 9 || name.ends_with('s') && name != "headers";
            let [open, close] = if list { ['[', ']'] } else { ['{', '}'] };
            out.push(open);
            for number in 0..dice.below(6) {
                if number > 0 {
                    out.push(',');
                }
                let mut name = "";
                if !list {
                    space(dice, out);
                    name = dice.pick(&NAMES);
                    write_text(dice, name, out);
                    space(dice, out);
                    out.push(':');
                }
                write_value(dice, name, depth + 1, out);
            }
            space(dice, out);
            out.push(close);
        }
        _ => out.push('0'),
    }
    space(dice, out);
}

fn compare(text: &[u8]) -> usize {
    let (found, ignored) = scan(text);
    let mut expected_ignored = 0;
    let expected = match serde_json::from_slice(text) {
        Ok(value) => reference(&value, &mut expected_ignored),
        Err(_) => {
            let begins = text.iter().find(|byte| !b" \t\r\n".contains(byte));
            expected_ignored = u32::from(matches!(begins, Some(b'{' | b'[')));
            Vec::new()
        }
    };
    let shown = String::from_utf8_lossy(text);
    assert_eq!(outline(&found), outline(&expected), "{shown}");
    assert_eq!(found, expected, "{shown}");
    assert_eq!(ignored, expected_ignored, "ignored in {shown}");
    found.len()
}

#[wasm_bindgen_test(unsupported = test)]
fn generated_texts_read_like_parsed_ones() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut contexts = 0;
    for _ in 0..ROUNDS {
        let mut text = String::new();
        write_value(&mut dice, "", 0, &mut text);
        contexts += compare(text.as_bytes());
    }
    assert!(
        contexts > ROUNDS as usize / 8,
        "the texts hold too few contexts: {contexts}"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn damaged_texts_are_refused_like_by_a_parser() {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let mut refused = 0;
    for _ in 0..ROUNDS {
        let mut text = String::new();
        write_value(&mut dice, "", 0, &mut text);
        let mut bytes = text.into_bytes();
        for _ in 0..=dice.below(2) {
            let at = dice.below(bytes.len());
            let byte = *dice
                .pick(&[
                    "{", "}", "[", "]", ",", ":", "\"", "\\", "0", "-", "e", ".", "u", "\t", "\0",
                    " ",
                ])
                .as_bytes()
                .first()
                .unwrap();
            match dice.below(4) {
                0 => bytes.truncate(at + 1),
                1 => bytes[at] = byte,
                2 => bytes.insert(at, byte),
                _ => bytes[at] ^= 1 << dice.below(8),
            }
        }
        let surrogate = bytes
            .windows(3)
            .any(|part| part.eq_ignore_ascii_case(b"\\ud"));
        // The parser refuses half a surrogate pair and numbers beyond doubles; JSON.parse takes both.
        let huge = serde_json::from_slice::<Value>(&bytes)
            .is_err_and(|error| error.to_string().contains("out of range"));
        if !surrogate && !huge {
            compare(&bytes);
            refused += u32::from(serde_json::from_slice::<Value>(&bytes).is_err());
        }
    }
    assert!(refused > ROUNDS / 4, "too few broken texts: {refused}");
}
