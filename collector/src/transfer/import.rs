//! `import`: stores traces from files of OTLP requests.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _};
use std::path::PathBuf;

use lexopt::prelude::*;
use tokio::task::JoinSet;

use crate::cli::Database;
use crate::ingest::room::Room;
use crate::ingest::{self, Batch, Encoding};
use crate::store::Store;

const HELP: &str = "\
tracelink-collector import: stores traces from OTLP files, also while a collector writes the database

Usage: tracelink-collector import [OPTIONS] [FILE]...

Reads standard input without a FILE. Takes what export writes, and what OpenTelemetry's file exporter writes: JSON, one
request a line, or protobuf, each request behind its length in four bytes. Spans that are stored already stay once.

Options:
  --db FILE               database file, made when missing [default: tracelink.db]
  --help                  print this text
";

/// Largest request; SQLite takes no more in one value.
const MAX_REQUEST: u64 = 512 << 20;
/// Requests that are stored together.
const AT_ONCE: usize = 64;
/// Spans that wait to be stored; what waits is in memory.
const MAX_WAITING: usize = 20_000;

/// The checked arguments.
#[derive(Debug)]
pub(crate) struct Arguments {
    database: PathBuf,
    files: Vec<PathBuf>,
}

/// Reads the arguments behind `import`: what to do, or the help text. The error is one line for the user.
pub(crate) fn parse(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Result<Arguments, String>, String> {
    let usage = |error: lexopt::Error| format!("{error} (import --help lists the options)");
    let mut parser = lexopt::Parser::from_args(arguments);
    let mut checked = Arguments {
        database: PathBuf::from("tracelink.db"),
        files: Vec::new(),
    };
    while let Some(argument) = parser.next().map_err(usage)? {
        match argument {
            Long("help") | Short('h') => return Ok(Err(HELP.to_owned())),
            Long("db") => checked.database = PathBuf::from(parser.value().map_err(usage)?),
            Value(file) => checked.files.push(PathBuf::from(file)),
            other => return Err(usage(other.unexpected())),
        }
    }
    Ok(Ok(checked))
}

/// What was done.
#[derive(Debug, Default)]
pub(crate) struct Imported {
    pub(crate) spans: usize,
    /// Spans with ids that cannot be stored.
    pub(crate) refused: i64,
}

/// Stores everything; the error is one line for the user. What stands before an error in a file is stored.
pub(crate) fn run(arguments: &Arguments) -> Result<Imported, String> {
    let database = Database::File(arguments.database.clone());
    let store = Store::open_patiently(&database)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| format!("cannot start: {error}"))?;
    let result = runtime.block_on(async {
        let mut storing = Storing::new(store.clone());
        let read = read_all(&arguments.files, &mut storing).await;
        let stored = storing.finish().await;
        read.and(stored)
    });
    store.close();
    result
}

async fn read_all(files: &[PathBuf], storing: &mut Storing) -> Result<(), String> {
    if files.is_empty() {
        return read(BufReader::new(io::stdin()), "standard input", storing).await;
    }
    for path in files {
        let name = path.display().to_string();
        let file = File::open(path).map_err(|error| format!("cannot read {name}: {error}"))?;
        read(BufReader::new(file), &name, storing).await?;
    }
    Ok(())
}

async fn read(mut input: impl BufRead, name: &str, storing: &mut Storing) -> Result<(), String> {
    let failed = |error: io::Error| format!("cannot read {name}: {error}");
    let first = input.fill_buf().map_err(failed)?.first().copied();
    // A length that begins like JSON would be over the limit.
    let json = matches!(first, None | Some(b'{' | b' ' | b'\t' | b'\r' | b'\n'));
    for number in 1.. {
        let request = if json {
            line(&mut input)
        } else {
            framed(&mut input)
        };
        let place = if json { "line" } else { "request" };
        let wrong = |error: &dyn std::fmt::Display| format!("{name}, {place} {number}: {error}");
        let Some(request) = request.map_err(|error| wrong(&error))? else {
            break;
        };
        if request.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let encoding = if json {
            Encoding::Json
        } else {
            Encoding::Protobuf
        };
        let batch = ingest::decode(encoding, request.into(), Room::default())
            .map_err(|error| wrong(&error))?;
        storing.add(batch).await?;
    }
    Ok(())
}

/// The next line.
fn line(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    input.take(MAX_REQUEST + 1).read_until(b'\n', &mut line)?;
    if line.len() as u64 > MAX_REQUEST {
        return Err(io::Error::other("it is too long"));
    }
    Ok((!line.is_empty()).then_some(line))
}

/// The next request behind its length.
fn framed(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    if input.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let mut length = [0; 4];
    input.read_exact(&mut length)?;
    let length = u64::from(u32::from_be_bytes(length));
    if length > MAX_REQUEST {
        return Err(io::Error::other(
            "it is neither JSON nor a request behind its length",
        ));
    }
    let mut request = Vec::new();
    input.take(length).read_to_end(&mut request)?;
    match request.len() as u64 == length {
        true => Ok(Some(request)),
        false => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

/// Batches on their way into the database, several at a time, so that they share commits.
struct Storing {
    store: Store,
    tasks: JoinSet<Result<usize, String>>,
    waiting: usize,
    imported: Imported,
}

impl Storing {
    fn new(store: Store) -> Storing {
        Storing {
            store,
            tasks: JoinSet::new(),
            waiting: 0,
            imported: Imported::default(),
        }
    }

    async fn add(&mut self, batch: Batch) -> Result<(), String> {
        self.imported.refused += batch.rejected;
        if batch.spans.is_empty() {
            return Ok(());
        }
        self.waiting += batch.spans.len();
        self.tasks.spawn(write(self.store.clone(), batch));
        while self.tasks.len() >= AT_ONCE || self.waiting > MAX_WAITING {
            self.next().await?;
        }
        Ok(())
    }

    /// Waits until one is stored.
    async fn next(&mut self) -> Result<(), String> {
        if let Some(done) = self.tasks.join_next().await {
            let spans = done.map_err(|error| error.to_string())??;
            self.waiting -= spans;
            self.imported.spans += spans;
        }
        Ok(())
    }

    async fn finish(mut self) -> Result<Imported, String> {
        while !self.tasks.is_empty() {
            self.next().await?;
        }
        Ok(self.imported)
    }
}

async fn write(store: Store, batch: Batch) -> Result<usize, String> {
    let spans = batch.spans.len();
    store.write(batch).await.map_err(|error| error.message)?;
    Ok(spans)
}
