//! Input made to get a secret through, or to make the scanner slow or panic.

use crate::{shown, text, url};
use tracelink::core::redaction::Redaction;
use wasm_bindgen_test::wasm_bindgen_test;

/// Secrets in thousands of surroundings: whatever else happens to the text, they are not in it afterwards.
#[wasm_bindgen_test(unsupported = test)]
fn secrets_never_survive() {
    let mut rules = Redaction::default();
    rules.emails = true;
    let pieces = [
        "https://",
        "//",
        "/",
        "?",
        "&",
        ";",
        "#",
        "%3F",
        "%26",
        "%2523",
        "a=b",
        "x",
        ":",
        "@",
        ".",
        "'",
        "data",
        " ",
        "\\",
        "\\u0026",
        "[",
        ")",
        "%",
        "%2",
        "+",
        "u:p@",
        "h.example",
        "\u{fc}",
        "&amp;",
    ];
    let mut random = 7_u64;
    let mut below = |limit: usize| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (random >> 33) as usize % limit
    };
    for _ in 0..5_000 {
        let mut around = [String::new(), String::new()];
        for side in &mut around {
            for _ in 0..below(8) {
                side.push_str(pieces.get(below(pieces.len())).copied().unwrap_or_default());
            }
        }
        let [before, after] = around;
        for secret in [
            "?token=hush",
            "&%70assword=hush",
            "https://hush:hush@h/",
            "%26sid%3Dhush",
            "\\u0026key\\u003dhush",
        ] {
            let input = format!("{before} {secret}{after}");
            assert!(
                !text(&rules, &input).contains("hush"),
                "{input:?} -> {:?}",
                text(&rules, &input)
            );
            let input = format!("https://h/p?a=b{secret}&{after}");
            assert!(
                !url(&rules, &input).contains("hush"),
                "{input:?} -> {:?}",
                url(&rules, &input)
            );
        }
    }
}

/// Input that makes a scanner start over again and again. A quadratic one takes minutes on these, a linear one 0.1 s.
#[wasm_bindgen_test(unsupported = test)]
fn hostile_input_costs_linear_time() {
    let mut rules = Redaction::default();
    rules.emails = true;
    for piece in [
        "%25",
        "://",
        ":\\\\a",
        "x:\\\\a:",
        "https:",
        "https:/",
        "%3A%2F%2F",
        "%253A%252F%252Fa",
        ":\\/\\/",
        "a%40",
        "a@",
        "?",
        "?a",
        "&token",
        "a.",
        "data:",
        "data:a/",
        "'",
        ")",
        "'a",
        "[",
        "\\u003a",
        "\\\\",
        "@a.",
        ";=",
        "//",
    ] {
        let size = if cfg!(target_family = "wasm") {
            10_000
        } else {
            200_000
        };
        let input = piece.repeat(size / piece.len());
        #[cfg(not(target_family = "wasm"))]
        let started = std::time::Instant::now();
        url(&rules, &input);
        let mut out = Vec::new();
        rules.text(input.as_bytes(), &mut out);
        rules.value(b"url.query", input.as_bytes(), &mut out);
        assert!(out.len() <= 3 * 8 * input.len());
        #[cfg(not(target_family = "wasm"))]
        assert!(
            started.elapsed().as_secs() < 5,
            "{piece:?} took {:?}",
            started.elapsed()
        );
    }
}

/// Bytes of every kind: no panic, and `out` only grows.
#[wasm_bindgen_test(unsupported = test)]
fn arbitrary_bytes() {
    let mut rules = Redaction::default();
    rules.emails = true;
    let alphabet = b"?#&;@%\\:/=tokensig25 aA'.\"u0\xff\xc3\x00";
    let mut random = 1_u64;
    for _ in 0..20_000 {
        let mut input = Vec::new();
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        for _ in 0..(random >> 59) {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            input.extend(alphabet.get((random >> 33) as usize % alphabet.len()));
        }
        for key in [&b"url.full"[..], b"url.query", b"name"] {
            let mut out = b"kept".to_vec();
            let changed = rules.value(key, &input, &mut out);
            assert!(
                out.starts_with(b"kept") && (changed || out.len() == 4),
                "{:?}",
                shown(&input)
            );
        }
    }
}
