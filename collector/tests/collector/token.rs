//! A collector with a token: who shows it may send and read, on loopback and on other addresses, and nobody else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost::Message as _;

use crate::support::{Collector, JSON, PROTOBUF, RpcStatus, refused, request, span, trace};

const TOKEN: &str = "s3cret_0123456789abcdef";

fn file(dir: &tempfile::TempDir) -> String {
    let file = dir.path().join("token");
    std::fs::write(&file, format!("{TOKEN}\nnot this line\n")).unwrap();
    file.to_str().unwrap().to_owned()
}

fn start(dir: &tempfile::TempDir) -> Collector {
    Collector::with(&["--db", ":memory:", "--token-file", &file(dir)])
}

#[test]
fn without_the_token_nothing_is_told_and_nothing_is_stored() {
    let dir = tempfile::tempdir().unwrap();
    let collector = start(&dir);
    let body = request("shop", &[span(1, 1, 0, "a", 0, 1)]).to_string();
    let basic = |credentials: &str| format!("Basic {}", STANDARD.encode(credentials));
    let wrong = [
        String::new(),
        TOKEN.to_owned(),
        "Bearer".to_owned(),
        format!("Bearer {}", &TOKEN[1..]),
        format!("Bearer {TOKEN}x"),
        format!("Token {TOKEN}"),
        basic(TOKEN),
        basic(&format!("{TOKEN}:")),
        "Basic ***".to_owned(),
    ];
    for authorization in &wrong {
        let headers = [("content-type", JSON), ("authorization", authorization)];
        let answer = collector.post_with(&headers, body.as_bytes());
        assert_eq!(answer.status, 401, "{authorization}");
        assert_eq!(answer.json()["code"], 16);
        for path in [
            "/",
            "/api/summaries",
            "/api/v3/services",
            "/api/tail",
            "/api/health",
        ] {
            let answer = collector.get_with(path, &[("authorization", authorization)]);
            assert_eq!(answer.status, 401, "{authorization} {path}");
            assert!(
                answer
                    .header("www-authenticate")
                    .starts_with("Basic realm=")
            );
        }
    }
    let answer = collector.post(PROTOBUF, b"");
    assert_eq!(RpcStatus::decode(&*answer.body).unwrap().code, 16);
    // Whether it runs is no secret.
    assert_eq!(collector.get("/healthz").status, 200);
    let bearer = format!("bearer  {TOKEN}");
    for authorization in [&bearer, &basic(&format!("anybody:{TOKEN}"))] {
        let headers = [("content-type", JSON), ("authorization", authorization)];
        let health = collector.get_with("/api/health", &[("authorization", authorization)]);
        assert_eq!(health.json()["spans"], u64::from(authorization != &bearer));
        assert_eq!(collector.post_with(&headers, body.as_bytes()).status, 200);
    }
}

#[test]
fn sentry_sdks_show_it_as_the_key_of_their_dsn() {
    let dir = tempfile::tempdir().unwrap();
    let collector = start(&dir);
    let query = |key: &str| format!("/api/1/envelope/?sentry_version=7&sentry_key={key}");
    let header =
        |key: &str| format!("Sentry sentry_version=7, sentry_client=x/1, sentry_key={key}");
    for (path, auth, status) in [
        (query(TOKEN), String::new(), 200),
        (query(""), header(TOKEN), 200),
        (query("public"), header("public"), 401),
        ("/api/1/envelope/".to_owned(), String::new(), 401),
        // The key of a DSN opens no other path.
        (format!("/v1/traces?sentry_key={TOKEN}"), header(TOKEN), 401),
    ] {
        let headers = [("x-sentry-auth", auth.as_str()), ("content-type", JSON)];
        assert_eq!(
            collector.post_to(&path, &headers, b"{}").status,
            status,
            "{path} {auth}"
        );
    }
    let read = format!("/api/summaries?sentry_key={TOKEN}");
    assert_eq!(collector.get(&read).status, 401);
}

#[test]
fn pages_may_ask_whether_they_may_send_it() {
    let dir = tempfile::tempdir().unwrap();
    let collector = start(&dir);
    let asks = "OPTIONS /v1/traces HTTP/1.1\r\nhost: localhost\r\norigin: http://localhost:5173\r\n\
        access-control-request-method: POST\r\naccess-control-request-headers: authorization\r\nconnection: close\r\n\r\n";
    let answer = collector.raw(asks.as_bytes());
    assert!(answer.starts_with("HTTP/1.1 204 "), "{answer}");
    let headers = [("content-type", JSON), ("origin", "http://localhost:5173")];
    let answer = collector.post_with(&headers, b"{}");
    // The page learns why, and not just that something failed.
    assert_eq!(answer.status, 401);
    assert_eq!(
        answer.header("access-control-allow-origin"),
        "http://localhost:5173"
    );
}

#[test]
fn other_addresses_need_a_token_and_serve_who_shows_it() {
    let line = refused(&["--listen", "0.0.0.0:0", "--db", ":memory:"]);
    assert!(line.contains("it needs a --token-file"), "{line}");
    let dir = tempfile::tempdir().unwrap();
    let file = file(&dir);
    let mut command = std::process::Command::new(crate::support::BINARY);
    command.args([
        "--listen",
        "0.0.0.0:0",
        "--db",
        ":memory:",
        "--token-file",
        &file,
    ]);
    command.args(["--allow-origin", "https://traces.example"]);
    let collector = Collector::spawn(&mut command);
    let bearer = format!("Bearer {TOKEN}");
    let body = request("shop", &[span(1, 1, 0, "a", 0, 1)]).to_string();
    for (authorization, host, status) in [
        ("", "localhost", 401),
        (bearer.as_str(), "localhost", 200),
        // A proxy in front of it keeps the name that people know.
        (&bearer, "traces.example", 200),
        (&bearer, "evil.example", 403),
    ] {
        let headers = [
            ("content-type", JSON),
            ("authorization", authorization),
            ("host", host),
        ];
        assert_eq!(
            collector.post_with(&headers, body.as_bytes()).status,
            status,
            "{host}"
        );
    }
    let read = collector.get_with(
        "/api/summaries",
        &[("authorization", &bearer), ("host", "localhost")],
    );
    assert_eq!(read.json()["traces"][0]["traceId"], trace(1));
}
