//! `export`: writes stored traces as OTLP.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use lexopt::prelude::*;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message as _;
use rusqlite::Connection;

use crate::otlp::json::Otlp;
use crate::query::filter;
use crate::store::{self, Filter, ReadError, TraceView};

const HELP: &str = "\
tracelink-collector export: writes stored traces as OTLP, also while a collector writes the database

Usage: tracelink-collector export [OPTIONS]

Options:
  --db FILE               database file [default: tracelink.db]
  --format json|protobuf  one request a line, or each behind its length in four bytes [default: json]
  --output FILE           [default: standard output]
  --help                  print this text
";

/// Traces that are looked up together.
const PAGE: usize = 500;

#[derive(Clone, Copy, Debug)]
enum Format {
    Json,
    Protobuf,
}

/// The checked arguments.
#[derive(Debug)]
pub(crate) struct Arguments {
    database: PathBuf,
    format: Format,
    output: Option<PathBuf>,
    filter: Filter,
}

/// Reads the arguments behind `export`: what to do, or the help text. The error is one line for the user.
pub(crate) fn parse(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Result<Arguments, String>, String> {
    let usage = |error: lexopt::Error| format!("{error} (export --help lists the options)");
    let mut parser = lexopt::Parser::from_args(arguments);
    let mut checked = Arguments {
        database: PathBuf::from("tracelink.db"),
        format: Format::Json,
        output: None,
        filter: Filter::default(),
    };
    while let Some(argument) = parser.next().map_err(usage)? {
        match argument {
            Long("help") | Short('h') => return Ok(Err(format!("{HELP}\n{}", filter::HELP))),
            Long("db") => checked.database = PathBuf::from(parser.value().map_err(usage)?),
            Long("output") => checked.output = Some(PathBuf::from(parser.value().map_err(usage)?)),
            Long("format") => {
                let value = parser.value().and_then(|value| value.string());
                checked.format = match value.map_err(usage)?.as_str() {
                    "json" => Format::Json,
                    "protobuf" => Format::Protobuf,
                    other => return Err(format!("--format: want json or protobuf, got {other:?}")),
                };
            }
            // All traces are written, so there are no pages.
            Long("limit" | "cursor") => return Err(usage(argument.unexpected())),
            Long(flag) => {
                let flag = flag.to_owned();
                let value = parser.value().and_then(|value| value.string());
                let value = value.map_err(usage)?;
                if !filter::set(&mut checked.filter, &flag, &value)? {
                    return Err(format!(
                        "--{flag} is no option of export (export --help lists them)"
                    ));
                }
            }
            other => return Err(usage(other.unexpected())),
        }
    }
    checked.filter.limit = PAGE;
    Ok(Ok(checked))
}

/// Why it ended early.
enum Stop {
    Read(ReadError),
    Write(io::Error),
}

impl From<ReadError> for Stop {
    fn from(error: ReadError) -> Self {
        Stop::Read(error)
    }
}

/// Writes the traces, newest first; the error is one line for the user.
pub(crate) fn run(arguments: Arguments) -> Result<(), String> {
    let connection = store::open_existing(&arguments.database)?;
    let (mut output, name): (Box<dyn Write>, _) = match &arguments.output {
        None => (
            Box::new(BufWriter::new(io::stdout().lock())),
            "standard output".to_owned(),
        ),
        Some(path) => {
            let name = path.display().to_string();
            let file =
                File::create(path).map_err(|error| format!("cannot write {name}: {error}"))?;
            (Box::new(BufWriter::new(file)), name)
        }
    };
    let result = write(&connection, arguments.filter, arguments.format, &mut output)
        .and_then(|()| output.flush().map_err(Stop::Write));
    match result {
        Ok(()) => Ok(()),
        // The reader closed the pipe: it has what it wanted.
        Err(Stop::Write(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(Stop::Write(error)) => Err(format!("cannot write {name}: {error}")),
        Err(Stop::Read(ReadError::Unavailable(reason))) => {
            Err(format!("the database cannot be read: {reason}"))
        }
        Err(Stop::Read(ReadError::NotFound | ReadError::Gone)) => {
            Err("the database changed while it was read".to_owned())
        }
    }
}

fn write(
    connection: &Connection,
    mut filter: Filter,
    format: Format,
    output: &mut dyn Write,
) -> Result<(), Stop> {
    loop {
        // No transaction over all pages: it would keep the log of a collector that writes from being folded in.
        let page = store::find(connection, &filter)?;
        for summary in &page.summaries {
            match TraceView::open(connection, summary.trace_id()) {
                Ok(view) => view.requests(|request| write_request(&request, format, output))?,
                // It expired meanwhile.
                Err(ReadError::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
        filter.cursor = page.next;
        if filter.cursor.is_none() {
            return Ok(());
        }
    }
}

fn write_request(
    request: &ExportTraceServiceRequest,
    format: Format,
    output: &mut dyn Write,
) -> Result<(), Stop> {
    let result = match format {
        Format::Json => serde_json::to_writer(&mut *output, &Otlp(request))
            .map_err(io::Error::from)
            .and_then(|()| output.write_all(b"\n")),
        Format::Protobuf => {
            let body = request.encode_to_vec();
            let length = u32::try_from(body.len()).map_err(io::Error::other);
            length.and_then(|length| {
                output.write_all(&length.to_be_bytes())?;
                output.write_all(&body)
            })
        }
    };
    result.map_err(Stop::Write)
}
