//! One URL at a time: userinfo, fragments, parameters, nesting, and how browsers read them.

use crate::url;
use tracelink::core::redaction::Redaction;
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test(unsupported = test)]
fn urls() {
    let rules = Redaction::default();
    for (input, output) in [
        // Nothing to hide.
        ("", ""),
        ("https://h/p?q=1&page=2", "https://h/p?q=1&page=2"),
        (
            "https://h/@scope/pkg@1.2.3/x.js",
            "https://h/@scope/pkg@1.2.3/x.js",
        ),
        (
            "https://h/?keyboard=1&tokens=2&xsig=3",
            "https://h/?keyboard=1&tokens=2&xsig=3",
        ),
        ("https://h/token=path", "https://h/token=path"),
        ("about:blank", "about:blank"),
        ("https://[::1]:8080/a?b", "https://[::1]:8080/a?b"),
        ("localhost:3000/a?b=c", "localhost:3000/a?b=c"),
        // Userinfo.
        ("https://user:pass@h/p", "https://h/p"),
        ("https://user@h", "https://h"),
        ("https://:pass@h", "https://h"),
        ("https://a@b:c@h:8/p", "https://h:8/p"),
        ("HTTPS://U:P@H/", "HTTPS://H/"),
        ("wss://u:p@h/socket", "wss://h/socket"),
        ("https://us%2Fer:p%40ss@h/p", "https://h/p"),
        ("https://u:p@h?q=a@b", "https://h?q=a@b"),
        ("https://h#u:p@x", "https://h"),
        ("postgres://user:pass@db:5432/x", "postgres://db:5432/x"),
        (
            "jdbc:postgresql://user:pass@db/x?password=p",
            "jdbc:postgresql://db/x?password=REDACTED",
        ),
        ("foo://user:pa\\ss@h/", "foo://h/"),
        ("blob:https://u:p@h/0c1d?x#y", "blob:https://h/0c1d?x"),
        ("view-source:https://u:p@h/", "view-source:https://h/"),
        (
            "https://h/proxy/https://u:p@inner/?token=t",
            "https://h/proxy/https://inner/?token=REDACTED",
        ),
        // As browsers read slashes.
        ("//user:pass@h/p?token=1", "//h/p?token=REDACTED"),
        ("\\\\user:pass@h\\p", "\\\\h\\p"),
        ("/\\user:pass@h/p", "/\\h/p"),
        (
            "https:\\\\user:pass@h\\p?token=1",
            "https:\\\\h\\p?token=REDACTED",
        ),
        ("https:/user:pass@h/p", "https:/h/p"),
        ("https:user:pass@h/p", "https:h/p"),
        ("https://///user:pass@h/p", "https://///h/p"),
        ("https://evil\\@good/p", "https://evil\\@good/p"),
        ("file:///home/me@work/x", "file:///home/me@work/x"),
        // Tabs, line breaks and spaces that browsers drop.
        ("  https://u:p@h/ \n", "https://h/"),
        ("ht\ttps:/\n/u:p@h/?tok\ren=1", "https://h/?token=REDACTED"),
        ("https://h/?%\n74oken=1", "https://h/?%74oken=REDACTED"),
        // Fragments.
        ("https://h/p#frag", "https://h/p"),
        ("/p?a=b#access_token=1", "/p?a=b"),
        ("#only", ""),
        ("https://h/?token=a#b&c=d", "https://h/?token=REDACTED"),
        ("https://h/p%23kept", "https://h/p%23kept"),
        // Parameters.
        ("?token=1", "?token=REDACTED"),
        (
            "p?token=1&token=2&TOKEN=3",
            "p?token=REDACTED&token=REDACTED&TOKEN=REDACTED",
        ),
        ("/p?token", "/p?token"),
        ("/p?token&a=1", "/p?token&a=1"),
        ("/p?token=", "/p?token=REDACTED"),
        ("/p?token=&a=1", "/p?token=REDACTED&a=1"),
        ("/p?token==1=2", "/p?token=REDACTED"),
        ("/p?&&token=1&", "/p?&&token=REDACTED&"),
        ("/p?=token&a=token", "/p?=token&a=token"),
        ("/p??token=1", "/p??token=REDACTED"),
        ("/p?a=b?token=1", "/p?a=b?token=REDACTED"),
        ("/p?token=a?b/c:d@e", "/p?token=REDACTED"),
        ("/p?token=https://u:p@h", "/p?token=REDACTED"),
        ("/p?%74oken=1", "/p?%74oken=REDACTED"),
        ("/p?%74%6F%6B%65%6E%3D1", "/p?%74%6F%6B%65%6E%3DREDACTED"),
        (
            "/p?+token=1&token%20=2&%09token=3",
            "/p?+token=REDACTED&token%20=REDACTED&%09token=REDACTED",
        ),
        (
            "/p?api-key=1&client-secret=2",
            "/p?api-key=REDACTED&client-secret=REDACTED",
        ),
        (
            "/p?user[password]=1&token[]=2",
            "/p?user[password]=REDACTED&token[]=REDACTED",
        ),
        (
            "/p?user%5Bpassword%5D=1&openid.sig=2",
            "/p?user%5Bpassword%5D=REDACTED&openid.sig=REDACTED",
        ),
        (
            "/p?%zz=1&%=2&%7=3&token=4&%",
            "/p?%zz=1&%=2&%7=3&token=REDACTED&%",
        ),
        ("/p?%e4%f6=1&token=\u{fc}", "/p?%e4%f6=1&token=REDACTED"),
        // A value may hold `;`; a name may come after one.
        ("/p?a=1;token=2", "/p?a=1;token=REDACTED"),
        ("/p?token=1;2&b=3", "/p?token=REDACTED&b=3"),
        ("/p;sid=1?a=2", "/p;sid=REDACTED"),
        (
            "/p?a=1&amp;token=2&amp;b=3",
            "/p?a=1&amp;token=REDACTED&amp;b=3",
        ),
        // An encoded `&` is part of the secret.
        ("/p?token=a%26b=c&d=e", "/p?token=REDACTED&d=e"),
        // URLs in parameters of URLs.
        (
            "/p?next=https://u:p@h/?token=1&a=2",
            "/p?next=https://h/?token=REDACTED&a=2",
        ),
        (
            "/p?next=https://h&email=me@x",
            "/p?next=https://h&email=me@x",
        ),
        (
            "/p?next=https%3A%2F%2Fu%3Ap%40h%2F%3Ftoken%3D1%26a%3D2&b=3",
            "/p?next=https%3A%2F%2Fh%2F%3Ftoken%3DREDACTED&b=3",
        ),
        ("/p?next=//u:p@h/x&a=b@c", "/p?next=//h/x&a=b@c"),
        ("https://h/p?next=//u:p@h", "https://h/p?next=//h"),
        ("/p?next=//u:p@h/?token=1", "/p?next=//h/?token=REDACTED"),
        ("/p?next=%2F%2Fu%3Ap%40h%2Fx", "/p?next=%2F%2Fh%2Fx"),
        ("/p?next=%252F%252Fu%253Ap%2540h", "/p?next=%252F%252Fh"),
        ("/p?next=/u:p@h&a=//", "/p?next=/u:p@h&a=//"),
        (
            "/p?https://u:p@h=//v:q@h&b=//w@h",
            "/p?https://h=//v:q@h&b=//h",
        ),
        (
            "/p?next=https%253A%252F%252Fu%253Ap%2540h%252F%253Ftoken%253D1",
            "/p?next=https%253A%252F%252Fh%252F%253Ftoken%253DREDACTED",
        ),
        (
            "/p?next=%2Fcb%23access_token%3D1",
            "/p?next=%2Fcb%23access_token%3DREDACTED",
        ),
        // data: loses its content.
        ("data:text/plain;base64,c2VjcmV0", "data:text/plain"),
        ("data:text/html,<b>secret</b>#x", "data:text/html"),
        ("DATA:image/svg+xml,secret", "DATA:image/svg+xml"),
        ("data:,secret", "data:"),
        ("data:secret", "data:"),
        ("data:;token=secret,x", "data:"),
        ("data:", "data:"),
    ] {
        assert_eq!(url(&rules, input), output, "{input:?}");
        assert_eq!(url(&rules, output), output, "twice is once: {input:?}");
    }
}
