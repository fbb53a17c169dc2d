//! `/`: the viewer's files and their headers.

use std::fs;
use std::process::Command;

use crate::support::{BINARY, Collector};

#[test]
fn files_are_served_under_a_strict_policy() {
    let outer = tempfile::tempdir().unwrap();
    let dir = outer.path().join("viewer");
    fs::create_dir_all(dir.join("assets")).unwrap();
    fs::write(
        dir.join("index.html"),
        "<!doctype html><title>viewer</title>",
    )
    .unwrap();
    fs::write(dir.join("assets/app.js"), "export {};").unwrap();
    fs::write(outer.path().join("outside.txt"), "secret").unwrap();
    let collector = Collector::with(&["--db", ":memory:", "--viewer", dir.to_str().unwrap()]);
    for (path, content_type, text) in [
        ("/", "text/html", "<title>viewer</title>"),
        ("/assets/app.js", "text/javascript", "export {};"),
    ] {
        let answer = collector.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert!(
            answer.header("content-type").starts_with(content_type),
            "{path}"
        );
        assert!(answer.text().contains(text));
        let policy = answer.header("content-security-policy");
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(
                policy.split("; ").any(|given| given == part),
                "{part} in {policy}"
            );
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("x-frame-options"), "DENY");
    }
    for path in [
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/..%2foutside.txt",
        "/assets/%2e%2e/%2e%2e/outside.txt",
    ] {
        let answer = collector.raw(
            format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
                .as_bytes(),
        );
        assert!(!answer.contains("secret"), "{path}");
    }
    // A file of an earlier build or a mistyped endpoint is an error, not a page.
    for path in ["/assets/gone.js", "/api/nothing", "/trace/0123"] {
        let answer = collector.get(path);
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (404, "application/json")
        );
    }
}

#[test]
fn without_a_built_viewer_a_page_says_how_to_build_it() {
    let dir = tempfile::tempdir().unwrap();
    // Far from any checkout, so that none is found.
    let binary = dir.path().join("collector");
    fs::copy(BINARY, &binary).unwrap();
    let mut command = Command::new(&binary);
    command
        .args(["--listen", "127.0.0.1:0", "--db", ":memory:"])
        .current_dir(dir.path());
    let collector = Collector::spawn(&mut command);
    let answer = collector.get("/");
    assert_eq!(answer.status, 200);
    assert!(answer.text().contains("npm run build"));
    assert_eq!(collector.get("/other").status, 404);
}

#[test]
fn the_checkout_around_the_working_directory_is_used() {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir_all(dir.path().join("www/dist")).unwrap();
    fs::write(dir.path().join("www/dist/index.html"), "built").unwrap();
    let mut command = Command::new(BINARY);
    command
        .args(["--listen", "127.0.0.1:0", "--db", ":memory:"])
        .current_dir(dir.path());
    assert_eq!(Collector::spawn(&mut command).get("/").text(), "built");
}
