//! Free text: what is found in it, and what is left alone.

use crate::{text, url};
use tracelink::core::redaction::Redaction;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test(unsupported = test)]
fn free_text() {
    let rules = Redaction::default();
    for (input, output) in [
        // Ordinary text, most of all what looks a little like a URL.
        ("", ""),
        (
            "TypeError: x is not a function",
            "TypeError: x is not a function",
        ),
        (
            "What? 50% & more; key = 5 #7",
            "What? 50% & more; key = 5 #7",
        ),
        ("issue#5 C# a#token", "issue#5 C# a#token"),
        ("a ? b : c", "a ? b : c"),
        (
            "for (let i=0; key=next(); i++)",
            "for (let i=0; key=next(); i++)",
        ),
        ("{ data: 1, metadata:{a:1} }", "{ data: 1, metadata:{a:1} }"),
        ("me@example.com", "me@example.com"),
        (
            "SELECT * FROM t WHERE a = ? AND token = ?",
            "SELECT * FROM t WHERE a = ? AND token = ?",
        ),
        (
            "at f (https://h/a.js?v=1:10:5)",
            "at f (https://h/a.js?v=1:10:5)",
        ),
        ("C:\\dir\\me@x", "C:\\dir\\me@x"),
        // Span names.
        ("GET /p?token=1", "GET /p?token=REDACTED"),
        (
            "GET /p?a=1&token=1 HTTP/1.1",
            "GET /p?a=1&token=REDACTED HTTP/1.1",
        ),
        ("GET /p#secret", "GET /p"),
        ("GET https://u:p@h/p#secret done", "GET https://h/p done"),
        ("GET p?a=1#secret", "GET p?a=1"),
        // What stands around a URL.
        (
            "failed (https://h/?token=1).",
            "failed (https://h/?token=REDACTED).",
        ),
        (
            "[x](https://h/?token=1), y",
            "[x](https://h/?token=REDACTED), y",
        ),
        (
            "parse URL from '/p?token=1'",
            "parse URL from '/p?token=REDACTED'",
        ),
        ("'/p?token=a'b' is bad", "'/p?token=REDACTED' is bad"),
        ("\"https://u:p@h/?sid=1\"", "\"https://h/?sid=REDACTED\""),
        (
            "<a href=\"?token=1\">x</a>",
            "<a href=\"?token=REDACTED\">x</a>",
        ),
        ("`https://h/?token=1`", "`https://h/?token=REDACTED`"),
        ("url=https://u:p@h", "url=https://h"),
        ("(//u:p@h/x)", "(//h/x)"),
        (
            "https://a/?token=1\nhttps://u:p@b/",
            "https://a/?token=REDACTED\nhttps://b/",
        ),
        ("two https://u:p@a https://v:q@b", "two https://a https://b"),
        ("fn@https://u:p@h/x.js:1:2", "fn@https://h/x.js:1:2"),
        (
            "at f (https://h/a.js?token=1:10:5)",
            "at f (https://h/a.js?token=REDACTED)",
        ),
        // JSON within text.
        (
            "{\"u\":\"https:\\/\\/u:p@h\\/?token=1\"}",
            "{\"u\":\"https:\\/\\/h\\/?token=REDACTED\"}",
        ),
        (
            "{\\\"u\\\":\\\"https://h/?token=1\\\"}",
            "{\\\"u\\\":\\\"https://h/?token=REDACTED\\\"}",
        ),
        (
            "\"/p?a=1\\u0026token\\u003d2\"",
            "\"/p?a=1\\u0026token\\u003dREDACTED\"",
        ),
        ("https:\\u002f\\u002fu:p@h", "https:\\u002f\\u002fh"),
        // Pairs without a URL around them.
        ("&token=1", "&token=REDACTED"),
        (";sid=1", ";sid=REDACTED"),
        ("#access_token=1&x=2", "#access_token=REDACTED&x=2"),
        ("body a=1&password=2&b=3", "body a=1&password=REDACTED&b=3"),
        ("%3Ftoken%3D1", "%3Ftoken%3DREDACTED"),
        // Other schemes.
        (
            "connect postgres://u:p@db/x failed",
            "connect postgres://db/x failed",
        ),
        (
            "load data:image/png;base64,AAAA failed",
            "load data:image/png failed",
        ),
        ("load \"data:text/plain,abc\"", "load \"data:text/plain\""),
    ] {
        assert_eq!(text(&rules, input), output, "{input:?}");
        assert_eq!(text(&rules, output), output, "twice is once: {input:?}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn emails_only_when_asked_for() {
    let mut rules = Redaction::default();
    let mail = "write to Jane.Doe+x@mail.example.org.";
    assert_eq!(text(&rules, mail), mail);
    rules.emails = true;
    for (input, output) in [
        (mail, "write to REDACTED."),
        ("a@b.co,c@d.co", "REDACTED,REDACTED"),
        ("<a@b.co>", "<REDACTED>"),
        ("mailto:a@b.co?subject=x", "mailto:REDACTED?subject=x"),
        ("/p?user=a%40b.co&c=d", "/p?user=REDACTED&c=d"),
        ("https://u:p@h.example/a@b.co", "https://h.example/REDACTED"),
        ("J\u{fc}rgen@b\u{fc}cher.example", "REDACTED"),
        ("react@18.2.0", "react@18.2.0"),
        (
            "@media a@ @b.co a@b me@localhost",
            "@media a@ @b.co a@b me@localhost",
        ),
    ] {
        assert_eq!(text(&rules, input), output, "{input:?}");
    }
    assert_eq!(
        url(&rules, "/users/a@b.co?x=c@d.co"),
        "/users/REDACTED?x=REDACTED"
    );
}
