//! Host, Origin and preflights.

use prost::Message as _;

use crate::support::{Collector, RpcStatus, request, span};

const PATHS: [&str; 6] = [
    "/",
    "/healthz",
    "/api/summaries",
    "/api/v3/services",
    "/api/tail",
    "/api/traces/x/waterfall",
];

fn ask(collector: &Collector, method: &str, path: &str, headers: &str) -> String {
    let body = if method == "POST" {
        "content-type: application/json\r\ncontent-length: 2\r\n\r\n{}"
    } else {
        "\r\n"
    };
    collector
        .raw(format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n{headers}{body}").as_bytes())
}

fn status(answer: &str) -> &str {
    answer.split(' ').nth(1).unwrap_or_default()
}

fn header<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let head = answer.split("\r\n\r\n").next().unwrap_or_default();
    head.lines()
        .filter_map(|line| line.split_once(": "))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value)
}

#[test]
fn a_foreign_host_is_refused_everywhere() {
    let collector = Collector::with(&["--db", ":memory:"]);
    for host in [
        "evil.example",
        "127.0.0.1.evil.example:80",
        "localhost.evil.example",
        "192.0.2.1",
        "a b",
    ] {
        let headers = format!("host: {host}\r\n");
        for path in PATHS {
            assert_eq!(
                status(&ask(&collector, "GET", path, &headers)),
                "403",
                "{host} {path}"
            );
        }
        let answer = ask(&collector, "POST", "/v1/traces", &headers);
        assert_eq!(status(&answer), "403", "{host}");
        assert!(
            answer
                .ends_with("{\"code\":7,\"message\":\"this Host is not the collector's address\"}"),
            "{answer}"
        );
    }
    let target = ask(
        &collector,
        "GET",
        "http://evil.example/healthz",
        "host: localhost\r\n",
    );
    assert_eq!(status(&target), "403");
    let twice = ask(
        &collector,
        "GET",
        "/healthz",
        "host: localhost\r\nhost: evil.example\r\n",
    );
    assert_eq!(status(&twice), "400");
}

#[test]
fn loopback_hosts_are_served() {
    let collector = Collector::with(&["--db", ":memory:"]);
    for host in [
        "localhost",
        "LOCALHOST:4318",
        "127.0.0.1:9",
        "[::1]:4318",
        "app.localhost:1",
    ] {
        let headers = format!("host: {host}\r\n");
        assert_eq!(
            status(&ask(&collector, "GET", "/healthz", &headers)),
            "200",
            "{host}"
        );
        assert_eq!(
            status(&ask(&collector, "POST", "/v1/traces", &headers)),
            "200",
            "{host}"
        );
    }
}

#[test]
fn a_foreign_origin_is_refused_and_stores_nothing() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let body = request("shop", &[span(1, 1, 0, "a", 0, 1)]).to_string();
    for origin in [
        "https://evil.example",
        "null",
        "http://localhost.evil.example",
        "file://",
        "http://127.0.0.1.nip.io",
    ] {
        for path in ["/api/summaries", "/healthz", "/api/tail", "/"] {
            let answer = collector.get_with(path, &[("origin", origin)]);
            assert_eq!(answer.status, 403, "{origin} {path}");
            assert_eq!(answer.header("access-control-allow-origin"), "");
        }
        let headers = [("content-type", "application/json"), ("origin", origin)];
        assert_eq!(collector.post_with(&headers, body.as_bytes()).status, 403);
        let answer = collector.post_with(
            &[
                ("content-type", "application/x-protobuf"),
                ("origin", origin),
            ],
            b"",
        );
        assert_eq!(RpcStatus::decode(&*answer.body).unwrap().code, 7);
        let asks = format!(
            "host: localhost\r\norigin: {origin}\r\naccess-control-request-method: POST\r\n"
        );
        let preflight = ask(&collector, "OPTIONS", "/v1/traces", &asks);
        assert_eq!(
            (
                status(&preflight),
                header(&preflight, "access-control-allow-origin")
            ),
            ("403", None)
        );
    }
    assert_eq!(collector.json("/api/health")["spans"], 0);
}

#[test]
fn loopback_pages_read_and_write() {
    let collector = Collector::with(&["--db", ":memory:"]);
    for origin in [
        "http://localhost:5173",
        "https://localhost",
        "http://127.0.0.1:3000",
        "http://[::1]:8080",
    ] {
        let answers = [
            collector.get_with("/api/summaries", &[("origin", origin)]),
            collector.post_with(
                &[("content-type", "application/json"), ("origin", origin)],
                b"{}",
            ),
            // Errors too, or the page could not tell them from an outage.
            collector.post_with(
                &[("content-type", "application/json"), ("origin", origin)],
                b"null",
            ),
            collector.get_with("/api/nothing", &[("origin", origin)]),
        ];
        for (answer, expected) in answers.iter().zip([200, 200, 400, 404]) {
            assert_eq!(answer.status, expected);
            assert_eq!(answer.header("access-control-allow-origin"), origin);
            assert_eq!(answer.header("access-control-allow-credentials"), "true");
            assert_eq!(
                answer.header("access-control-expose-headers"),
                "retry-after"
            );
            assert!(answer.header("vary").contains("origin"));
        }
    }
    assert_eq!(
        collector
            .get("/healthz")
            .header("access-control-allow-origin"),
        ""
    );
}

#[test]
fn origins_can_be_added() {
    let collector = Collector::with(&[
        "--db",
        ":memory:",
        "--allow-origin",
        "https://app.example",
        "--allow-origin",
        "http://b.example:8080",
    ]);
    for (origin, expected) in [
        ("https://app.example", 200),
        ("http://b.example:8080", 200),
        ("http://localhost:1", 200),
        ("http://app.example", 403),
        ("https://app.example:8443", 403),
        ("http://b.example", 403),
    ] {
        assert_eq!(
            collector.get_with("/healthz", &[("origin", origin)]).status,
            expected,
            "{origin}"
        );
    }
}

#[test]
fn preflights_allow_what_they_ask_for() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let asks = "host: localhost\r\norigin: http://localhost:5173\r\naccess-control-request-method: POST\r\n\
                access-control-request-headers: content-type,x-tenant, X-Other, b@d name\r\n\
                access-control-request-private-network: true\r\n";
    for path in ["/v1/traces", "/api/summaries"] {
        let answer = ask(&collector, "OPTIONS", path, asks);
        assert_eq!(status(&answer), "204", "{answer}");
        assert_eq!(
            header(&answer, "access-control-allow-origin"),
            Some("http://localhost:5173")
        );
        assert_eq!(
            header(&answer, "access-control-allow-headers"),
            Some("content-type, content-encoding, authorization, x-tenant, x-other")
        );
        assert!(
            header(&answer, "access-control-allow-methods")
                .unwrap()
                .contains("POST")
        );
        assert_eq!(
            header(&answer, "access-control-allow-private-network"),
            Some("true")
        );
        assert!(header(&answer, "access-control-max-age").is_some());
    }
    let bare = ask(
        &collector,
        "OPTIONS",
        "/v1/traces",
        "host: localhost\r\norigin: http://localhost:1\r\naccess-control-request-method: POST\r\n",
    );
    assert_eq!(
        header(&bare, "access-control-allow-headers"),
        Some("content-type, content-encoding, authorization")
    );
    let names: Vec<String> = (1..=150).map(|number| format!("x-{number}")).collect();
    let many = format!(
        "{asks}access-control-request-headers: {}\r\n",
        names.join(",")
    );
    let many = ask(&collector, "OPTIONS", "/v1/traces", &many);
    let allowed = header(&many, "access-control-allow-headers").unwrap();
    assert!(allowed.ends_with(", x-96"), "{allowed}");
    let plain = ask(
        &collector,
        "OPTIONS",
        "/v1/traces",
        "host: localhost\r\norigin: http://localhost:1\r\n",
    );
    assert_eq!(status(&plain), "405");
}
