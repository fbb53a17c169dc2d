//! The command line, the ready line, starts that fail.

use std::fs;
use std::net::TcpListener;

use crate::support::{Collector, database, refused, request, run, span, trace};

#[test]
fn ready_line_names_the_real_port() {
    let dir = tempfile::tempdir().unwrap();
    let collector = Collector::start(dir.path());
    assert!(!collector.url.ends_with(":0"), "{}", collector.url);
    assert!(collector.url.starts_with("http://127.0.0.1:"));
    assert_eq!(collector.get("/healthz").status, 200);
}

#[test]
fn help_and_version_leave_at_once() {
    for (flag, start) in [
        ("--help", "tracelink-collector: "),
        ("--version", "tracelink-collector 0."),
    ] {
        let output = run(&[flag]);
        assert!(output.status.success());
        assert!(String::from_utf8(output.stdout).unwrap().starts_with(start));
    }
}

#[test]
fn wrong_arguments_are_refused_in_one_line() {
    for (arguments, reason) in [
        (&["--listen", "nowhere"][..], "--listen: want HOST:PORT"),
        (&["--max-body", "lots"], "--max-body: want 1KiB to 512MiB"),
        (&["--durability", "some"], "--durability: want kill or full"),
        (&["--retention", "forever"], "--retention: want an age"),
        (&["--retention", "1KiB"], "at least 1MiB"),
        (&["--gap", "5"], "--gap: want a duration"),
        (
            &["--allow-origin", "*"],
            "--allow-origin: want scheme://host",
        ),
        (
            &["--allow-origin", "https://a.example/x"],
            "--allow-origin: want scheme://host",
        ),
        (&["--viewer", "/does/not/exist"], "--viewer: no index.html"),
        (
            &["--token-file", "/does/not/exist"],
            "--token-file: cannot read /does/not/exist",
        ),
        (
            &["--token-file", "/dev/null"],
            "--token-file: want 16 or more visible ASCII characters",
        ),
        (&["--listen", "0.0.0.0:0"], "it needs a --token-file"),
        (&["--listen", "[::]:0"], "it needs a --token-file"),
        (&["--listen", "localhost.example:0"], "needs a --token-file"),
        (&["--forward", "127.0.0.1:4318"], "--forward: want http://"),
        (
            &["--forward", "http://127.0.0.1:4318"],
            "--forward: this is the collector's own address",
        ),
        (
            &["--forward", "http://localhost:4318"],
            "--forward: this is the collector's own address",
        ),
        (
            &["--forward-queue", "5"],
            "--forward-queue: want 1MiB to 1024GiB",
        ),
        (
            &["--forward-header", "a: b"],
            "--forward-header: a --forward must stand before it",
        ),
        (
            &["--forward", "http://a", "--forward-header", "secret"],
            "--forward-header: want a header as NAME: VALUE",
        ),
        (
            &["--forward", "http://a", "--forward-header-file", "/none"],
            "--forward-header-file: cannot read /none",
        ),
        (&["--db"], "--db"),
        (&["extra"], "extra"),
    ] {
        let line = refused(arguments);
        assert!(line.contains(reason), "{line}");
    }
}

#[test]
fn a_port_in_use_is_refused() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let line = refused(&["--listen", &address, "--db", ":memory:"]);
    assert_eq!(
        line,
        format!(
            "tracelink-collector: cannot listen on {address}: the port is in use; --listen takes another one\n"
        )
    );
}

#[test]
fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = database(dir.path());
    fs::write(
        &file,
        "not a database, but long enough to have a header of one hundred bytes. ".repeat(9),
    )
    .unwrap();
    let before = fs::read(&file).unwrap();
    let line = refused(&["--listen", "127.0.0.1:0", "--db", file.to_str().unwrap()]);
    assert!(line.ends_with("traces.db is not a database\n"), "{line}");
    assert_eq!(fs::read(&file).unwrap(), before);
}

#[test]
fn a_database_of_another_program_is_refused_and_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    let file = database(dir.path());
    rusqlite::Connection::open(&file)
        .unwrap()
        .execute_batch("CREATE TABLE mine (x)")
        .unwrap();
    let line = refused(&["--listen", "127.0.0.1:0", "--db", file.to_str().unwrap()]);
    assert!(line.contains("is a database of another program"), "{line}");
    let mode: String = rusqlite::Connection::open(&file)
        .unwrap()
        .query_row("PRAGMA journal_mode", [], |row| row.get(0))
        .unwrap();
    assert_eq!(mode, "delete");
}

#[test]
fn a_database_from_a_newer_version_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let file = database(dir.path());
    assert!(Collector::start(dir.path()).stop("TERM").success());
    let newer = "PRAGMA user_version = 999";
    rusqlite::Connection::open(&file)
        .unwrap()
        .execute_batch(newer)
        .unwrap();
    let line = refused(&["--listen", "127.0.0.1:0", "--db", file.to_str().unwrap()]);
    assert!(
        line.contains("is from a newer version of tracelink-collector (schema 999"),
        "{line}"
    );
}

#[test]
fn a_database_that_cannot_be_opened_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("no/such/folder/traces.db");
    for path in [missing.as_path(), dir.path()] {
        let line = refused(&["--listen", "127.0.0.1:0", "--db", path.to_str().unwrap()]);
        assert!(line.contains("cannot open the database"), "{line}");
    }
}

#[test]
fn a_database_in_memory_works_and_leaves_no_file() {
    let dir = tempfile::tempdir().unwrap();
    let mut command = std::process::Command::new(crate::support::BINARY);
    command
        .args(["--listen", "127.0.0.1:0", "--db", ":memory:"])
        .current_dir(dir.path());
    let collector = Collector::spawn(&mut command);
    collector.store(&request("shop", &[span(1, 1, 0, "root", 0, 10)]));
    assert_eq!(collector.list(""), [trace(1)]);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}

#[test]
fn full_durability_stores_too() {
    let dir = tempfile::tempdir().unwrap();
    let file = database(dir.path());
    let collector = Collector::with(&["--durability", "full", "--db", file.to_str().unwrap()]);
    collector.store(&request("shop", &[span(1, 1, 0, "root", 0, 10)]));
    assert_eq!(collector.list(""), [trace(1)]);
}
