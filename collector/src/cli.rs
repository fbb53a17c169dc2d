//! The command line: flags, their checks and the help text.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use lexopt::prelude::*;

mod values;

use crate::diagnosis::Thresholds;
use crate::forward::target::Target;
use crate::http::guard::{Origin, is_loopback, split_authority};
use crate::http::token::Token;
use crate::query;
use crate::transfer::{export, import};
use values::{age, bytes, queue, size};

const HELP: &str = "\
tracelink-collector: receives OpenTelemetry traces, keeps them in SQLite, shows them

Usage: tracelink-collector [OPTIONS]
       tracelink-collector query|export|import --help

Options:
  --listen HOST:PORT      address to listen on [default: 127.0.0.1:4318]; port 0 takes a free one
  --db FILE|:memory:      database file, made when missing [default: tracelink.db]
  --max-body SIZE         largest body after decompression, e.g. 512KiB [default: 64MiB]
  --token-file FILE       a file whose first line every request must show as a bearer token; needed
                          to listen on another address than a loopback one
  --allow-origin ORIGIN   a page's origin that may send and read, besides loopback pages; repeatable
  --durability LEVEL      what an acknowledged batch survives: kill (of the process) or
                          full (a power loss) [default: kill]
  --retention AGE|SIZE    delete traces older than this, e.g. 12h or 30d, or the oldest while the database
                          holds more, e.g. 2GiB; may be given once each [default: keep all]
  --forward URL           send everything on to an OTLP/HTTP endpoint, through a queue in the database;
                          /v1/traces is added to an address without it; repeatable
  --forward-header 'NAME: VALUE'
                          a header for the --forward before it; repeatable
  --forward-header-file FILE
                          such headers, one a line, from a file
  --forward-queue SIZE    what may wait for each target; beyond it the oldest is given up [default: 1GiB]
  --viewer DIR            the built viewer [default: www/dist, when it exists]
  --version               print the version
  --help                  print this text
";

fn help() -> String {
    format!("{HELP}\n{}", Thresholds::HELP)
}

/// What the command line asks for.
pub(crate) enum Command {
    /// Serve until a signal.
    Serve(Box<Options>),
    /// Print a text and leave.
    Print(String),
    /// Ask a database.
    Query(Box<query::arguments::Arguments>),
    /// Write what is stored.
    Export(Box<export::Arguments>),
    /// Store what was written.
    Import(Box<import::Arguments>),
}

/// How far an acknowledged batch is safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Survives a kill of the process.
    Kill,
    /// Survives a power loss.
    Full,
}

/// Where the database lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Database {
    /// In this process only.
    Memory,
    /// In a file.
    File(PathBuf),
}

/// What to keep of what was stored; all of it where nothing is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Retention {
    pub(crate) age: Option<Duration>,
    /// Of the database file.
    pub(crate) bytes: Option<u64>,
}

impl Retention {
    /// Adds an age or a size; a size has a B in its unit.
    fn add(&mut self, value: &str) -> Result<(), String> {
        let wrong = || {
            format!("--retention: want an age such as 30d or a size such as 2GiB, got {value:?}")
        };
        if value.ends_with(['b', 'B']) {
            let size = bytes(value).filter(|bytes| (1 << 20..=1 << 50).contains(bytes));
            self.bytes = Some(size.ok_or_else(|| format!("{}, at least 1MiB", wrong()))?);
        } else {
            self.age = Some(age(value).ok_or_else(wrong)?);
        }
        Ok(())
    }
}

/// The checked options.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    pub(crate) listen: String,
    pub(crate) database: Database,
    pub(crate) max_body: usize,
    pub(crate) origins: Vec<Origin>,
    pub(crate) token: Option<Token>,
    pub(crate) targets: Vec<Target>,
    /// Bytes that may wait for each target.
    pub(crate) forward_queue: u64,
    pub(crate) durability: Durability,
    pub(crate) retention: Retention,
    pub(crate) viewer: Option<PathBuf>,
    pub(crate) thresholds: Thresholds,
}

impl Options {
    /// The addresses that everything is forwarded to.
    pub(crate) fn target_urls(&self) -> Vec<String> {
        self.targets
            .iter()
            .map(|target| target.url.clone())
            .collect()
    }
}

impl Default for Options {
    fn default() -> Self {
        Options {
            listen: "127.0.0.1:4318".to_owned(),
            database: Database::File(PathBuf::from("tracelink.db")),
            max_body: 64 << 20,
            origins: Vec::new(),
            token: None,
            targets: Vec::new(),
            forward_queue: 1 << 30,
            durability: Durability::Kill,
            retention: Retention::default(),
            viewer: None,
            thresholds: Thresholds::default(),
        }
    }
}

/// Reads the arguments; the error is one line for the user.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, String> {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let command = arguments
        .get(1)
        .and_then(|word| word.to_str())
        .map(str::to_owned);
    let rest = |arguments: Vec<OsString>| arguments.into_iter().skip(2);
    match command.as_deref() {
        Some("query") => {
            return subcommand(query::arguments::parse(rest(arguments)), Command::Query);
        }
        Some("export") => return subcommand(export::parse(rest(arguments)), Command::Export),
        Some("import") => return subcommand(import::parse(rest(arguments)), Command::Import),
        _ => {}
    }
    let mut parser = lexopt::Parser::from_iter(arguments);
    let mut options = Options::default();
    while let Some(argument) = parser.next().map_err(usage)? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Print(help())),
            Long("version") | Short('V') => {
                let line = concat!("tracelink-collector ", env!("CARGO_PKG_VERSION"), "\n");
                return Ok(Command::Print(line.to_owned()));
            }
            Long("listen") => options.listen = listen(&text(&mut parser)?)?,
            Long("db") => {
                let value = parser.value().map_err(usage)?;
                options.database = match value.to_str() {
                    Some(":memory:") => Database::Memory,
                    Some("") => return Err("--db: want a file name or :memory:".to_owned()),
                    _ => Database::File(PathBuf::from(value)),
                };
            }
            Long("max-body") => options.max_body = size(&text(&mut parser)?)?,
            Long("allow-origin") => {
                let value = text(&mut parser)?;
                let origin = Origin::parse(&value).ok_or_else(|| {
                    format!("--allow-origin: want scheme://host[:port], got {value:?}")
                })?;
                options.origins.push(origin);
            }
            Long("token-file") => {
                let file = PathBuf::from(parser.value().map_err(usage)?);
                options.token = Some(Token::read(&file)?);
            }
            Long("forward") => options.targets.push(Target::parse(&text(&mut parser)?)?),
            Long("forward-header") => {
                let line = text(&mut parser)?;
                let added = last(&mut options.targets).and_then(|target| target.add_header(&line));
                added.map_err(|reason| format!("--forward-header: {reason}"))?;
            }
            Long("forward-header-file") => {
                let file = PathBuf::from(parser.value().map_err(usage)?);
                let added =
                    last(&mut options.targets).and_then(|target| target.add_headers_of(&file));
                added.map_err(|reason| format!("--forward-header-file: {reason}"))?;
            }
            Long("forward-queue") => options.forward_queue = queue(&text(&mut parser)?)?,
            Long("durability") => {
                options.durability = match text(&mut parser)?.as_str() {
                    "kill" => Durability::Kill,
                    "full" => Durability::Full,
                    other => return Err(format!("--durability: want kill or full, got {other:?}")),
                };
            }
            Long("retention") => options.retention.add(&text(&mut parser)?)?,
            Long("viewer") => {
                let dir = PathBuf::from(parser.value().map_err(usage)?);
                if !dir.join("index.html").is_file() {
                    return Err(format!("--viewer: no index.html in {}", dir.display()));
                }
                options.viewer = Some(dir);
            }
            Long(
                flag @ ("slow-factor" | "slow-samples" | "slow-min" | "gap" | "network-timeout"
                | "degraded" | "clock-skew"),
            ) => {
                let flag = flag.to_owned();
                let value = text(&mut parser)?;
                options.thresholds.set(&flag, &value)?;
            }
            other => return Err(usage(other.unexpected())),
        }
    }
    if options.token.is_none() && !is_loopback_listen(&options.listen) {
        return Err(format!(
            "--listen {}: other machines could reach it, so it needs a --token-file",
            options.listen
        ));
    }
    let listen = &options.listen;
    if options.targets.iter().any(|target| target.reaches(listen)) {
        return Err("--forward: this is the collector's own address".to_owned());
    }
    Ok(Command::Serve(Box::new(options)))
}

/// What a subcommand made of its arguments: a text to print, or itself.
fn subcommand<T>(
    parsed: Result<Result<T, String>, String>,
    command: impl Fn(Box<T>) -> Command,
) -> Result<Command, String> {
    Ok(match parsed? {
        Ok(arguments) => command(Box::new(arguments)),
        Err(text) => Command::Print(text),
    })
}

fn usage(error: lexopt::Error) -> String {
    format!("{error} (--help lists the options)")
}

fn text(parser: &mut lexopt::Parser) -> Result<String, String> {
    parser
        .value()
        .and_then(|value| value.string())
        .map_err(usage)
}

fn listen(value: &str) -> Result<String, String> {
    match value.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => {
            Ok(value.to_owned())
        }
        _ => Err(format!("--listen: want HOST:PORT, got {value:?}")),
    }
}

fn last(targets: &mut [Target]) -> Result<&mut Target, String> {
    targets
        .last_mut()
        .ok_or_else(|| "a --forward must stand before it".to_owned())
}

/// Whether only this machine reaches the address.
fn is_loopback_listen(listen: &str) -> bool {
    split_authority(listen).is_some_and(|(host, _)| is_loopback(&host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retention_is_an_age_a_size_or_both() {
        let mut retention = Retention::default();
        assert_eq!(retention.add("30d"), Ok(()));
        assert_eq!(retention.add("2GiB"), Ok(()));
        let expected = Retention {
            age: Some(Duration::from_secs(30 * 86_400)),
            bytes: Some(2 << 30),
        };
        assert_eq!(retention, expected);
        for bad in ["", "30", "forever", "1KiB", "GiB", "2XB", "9999999999GB"] {
            assert!(retention.add(bad).is_err(), "{bad}");
        }
        assert_eq!(retention, expected);
    }
}
