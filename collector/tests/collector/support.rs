//! Starts collectors, speaks HTTP to them, makes spans.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::{GzDecoder, GzEncoder};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message as _;
use serde_json::{Value, json};

pub(crate) const JSON: &str = "application/json";
pub(crate) const PROTOBUF: &str = "application/x-protobuf";
pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_tracelink-collector");

/// A running collector; it is killed when dropped.
pub(crate) struct Collector {
    child: Child,
    pub(crate) url: String,
}

impl Collector {
    /// Starts one on a free port with a database in this folder.
    pub(crate) fn start(dir: &Path) -> Collector {
        Collector::with(&["--db", dir.join("traces.db").to_str().unwrap()])
    }

    /// Starts one on a free port with these arguments.
    pub(crate) fn with(arguments: &[&str]) -> Collector {
        let mut command = Command::new(BINARY);
        command.args(["--listen", "127.0.0.1:0"]).args(arguments);
        Collector::spawn(&mut command)
    }

    pub(crate) fn spawn(command: &mut Command) -> Collector {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        let url = line
            .trim()
            .strip_prefix("tracelink-collector ready on ")
            .expect(&line)
            .to_owned();
        Collector { child, url }
    }

    pub(crate) fn address(&self) -> &str {
        self.url.strip_prefix("http://").unwrap()
    }

    /// The most bytes that the process has held so far.
    pub(crate) fn peak_memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .unwrap();
        let kib: u64 = line.trim().trim_end_matches(" kB").parse().unwrap();
        kib << 10
    }

    /// SIGKILL.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends a signal such as `TERM` and waits for the end.
    pub(crate) fn stop(mut self, signal: &str) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", signal, &pid])
                .status()
                .unwrap()
                .success()
        );
        self.child.wait().unwrap()
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.get_with(path, &[])
    }

    pub(crate) fn get_with(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let mut request = agent().get(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request.call().unwrap())
    }

    /// The JSON of a path that must answer 200.
    pub(crate) fn json(&self, path: &str) -> Value {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    pub(crate) fn post(&self, content_type: &str, body: &[u8]) -> Answer {
        self.post_with(&[("content-type", content_type)], body)
    }

    pub(crate) fn post_with(&self, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        self.post_to("/v1/traces", headers, body)
    }

    pub(crate) fn post_to(&self, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = agent().post(format!("{}{path}", self.url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::of(request.send(body).unwrap())
    }

    /// Sends OTLP/JSON that must be taken whole.
    pub(crate) fn store(&self, body: &Value) {
        let answer = self.post("application/json", body.to_string().as_bytes());
        assert_eq!((answer.status, answer.text()), (200, "{}"));
    }

    /// Sends bytes as they are and reads until the end of the connection.
    pub(crate) fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream.write_all(bytes).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// The spans of a waterfall by name.
    pub(crate) fn waterfall(&self, trace_id: &str) -> Vec<Value> {
        self.json(&format!("/api/traces/{trace_id}/waterfall"))["spans"]
            .as_array()
            .unwrap()
            .clone()
    }

    /// The ids of the traces a list shows.
    pub(crate) fn list(&self, query: &str) -> Vec<String> {
        let answer = self.json(&format!("/api/summaries?{query}"));
        let traces = answer["traces"].as_array().unwrap();
        traces
            .iter()
            .map(|trace| trace["traceId"].as_str().unwrap().to_owned())
            .collect()
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(60)))
        .build()
        .into()
}

/// An answer, read whole.
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: ureq::http::HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    fn of(response: ureq::http::Response<ureq::Body>) -> Answer {
        let (head, body) = response.into_parts();
        let body = body
            .into_with_config()
            .limit(1 << 30)
            .read_to_vec()
            .unwrap();
        Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body,
        }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// Runs the binary to its end. One that serves instead is ended, and its exit code is not 1.
pub(crate) fn run(arguments: &[&str]) -> Output {
    let mut command = Command::new(BINARY);
    let pipes = command
        .args(arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = pipes.spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > deadline {
            child.kill().unwrap();
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    child.wait_with_output().unwrap()
}

/// A start that must fail: exit code 1, nothing on stdout, one line on stderr, which is returned.
pub(crate) fn refused(arguments: &[&str]) -> String {
    let output = run(arguments);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    assert_eq!(error.lines().count(), 1, "{error}");
    error
}

pub(crate) fn database(dir: &Path) -> PathBuf {
    dir.join("traces.db")
}

/// Asks again until something holds.
pub(crate) fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// A trace id from a number.
pub(crate) fn trace(number: u64) -> String {
    format!("{number:032x}")
}

/// A span id from a number.
pub(crate) fn span_id(number: u64) -> String {
    format!("{number:016x}")
}

/// A span from `start` to `end` milliseconds after a fixed time; `parent` 0 is none.
pub(crate) fn span(
    trace_number: u64,
    id: u64,
    parent: u64,
    name: &str,
    start: u64,
    end: u64,
) -> Value {
    let nanos = |millis: u64| (1_700_000_000_000_000_000 + millis * 1_000_000).to_string();
    json!({
        "traceId": trace(trace_number),
        "spanId": span_id(id),
        "parentSpanId": if parent == 0 { String::new() } else { span_id(parent) },
        "name": name,
        "kind": 1,
        "startTimeUnixNano": nanos(start),
        "endTimeUnixNano": nanos(end),
    })
}

/// Adds fields to an object.
pub(crate) fn with(mut object: Value, more: &Value) -> Value {
    object
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    object
}

/// One string attribute in a list.
pub(crate) fn attribute(key: &str, value: &str) -> Value {
    json!([{ "key": key, "value": { "stringValue": value } }])
}

/// A request with spans of one service.
pub(crate) fn request(service: &str, spans: &[Value]) -> Value {
    json!({ "resourceSpans": [{
        "resource": { "attributes": attribute("service.name", service) },
        "scopeSpans": [{ "scope": { "name": "test" }, "spans": spans }],
    }]})
}

/// `google.rpc.Status`, written down here on its own.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct RpcStatus {
    #[prost(int32, tag = "1")]
    pub(crate) code: i32,
    #[prost(string, tag = "2")]
    pub(crate) message: String,
}

/// A request in protobuf.
pub(crate) fn protobuf(spans: Vec<Span>) -> Vec<u8> {
    let scope_spans = vec![ScopeSpans {
        spans,
        ..ScopeSpans::default()
    }];
    let resource_spans = vec![ResourceSpans {
        scope_spans,
        ..ResourceSpans::default()
    }];
    ExportTraceServiceRequest { resource_spans }.encode_to_vec()
}

pub(crate) fn proto_span(trace_id: &[u8], span_id: &[u8]) -> Span {
    Span {
        trace_id: trace_id.to_vec(),
        span_id: span_id.to_vec(),
        name: "p".to_owned(),
        ..Span::default()
    }
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub(crate) fn gunzip(bytes: &[u8]) -> Vec<u8> {
    let mut decoder = GzDecoder::new(Vec::new());
    decoder.write_all(bytes).unwrap();
    decoder.finish().unwrap()
}
