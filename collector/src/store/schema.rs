//! The database file: opening, telling whose it is, and its schema in numbered versions.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use crate::cli::{Database, Durability};

/// "TLNK": marks the file as tracelink's.
const APPLICATION_ID: i64 = 0x544c_4e4b;
/// How long the start waits for a lock of another process.
const START_TIMEOUT: Duration = Duration::from_secs(5);

/// One script a version; a published one never changes. Times are nanoseconds since 1970; those of spans are the 64 bits of OTLP's unsigned number.
const MIGRATIONS: [&str; 1] = ["
CREATE TABLE resources (
  id INTEGER PRIMARY KEY,
  service TEXT NOT NULL,
  record BLOB NOT NULL UNIQUE -- protobuf ResourceSpans without spans
);
CREATE TABLE resource_terms ( -- the attributes of resources
  term INTEGER NOT NULL,
  resource INTEGER NOT NULL REFERENCES resources (id),
  PRIMARY KEY (term, resource)
) WITHOUT ROWID;
CREATE TABLE scopes (
  id INTEGER PRIMARY KEY,
  record BLOB NOT NULL UNIQUE -- protobuf ScopeSpans without spans
);
CREATE TABLE traces (
  id INTEGER PRIMARY KEY,
  trace_id BLOB NOT NULL UNIQUE,
  start_ns INTEGER NOT NULL,
  end_ns INTEGER NOT NULL,
  span_count INTEGER NOT NULL,
  error_count INTEGER NOT NULL,
  root_span BLOB NOT NULL, -- the span that gives the trace its name
  root_parented INTEGER NOT NULL, -- 1 until a span without parent has come
  root_start INTEGER NOT NULL,
  root_name TEXT NOT NULL,
  root_service TEXT NOT NULL
);
CREATE INDEX traces_by_start ON traces (start_ns DESC, id DESC);
CREATE INDEX traces_with_errors ON traces (start_ns DESC, id DESC) WHERE error_count > 0;
CREATE TABLE trace_services (
  trace INTEGER NOT NULL,
  service TEXT NOT NULL,
  span_count INTEGER NOT NULL,
  PRIMARY KEY (trace, service)
) WITHOUT ROWID;
CREATE TABLE spans (
  id INTEGER PRIMARY KEY,
  trace INTEGER NOT NULL REFERENCES traces (id),
  span_id BLOB NOT NULL,
  parent_id BLOB,
  resource INTEGER NOT NULL REFERENCES resources (id),
  scope INTEGER NOT NULL REFERENCES scopes (id),
  name TEXT NOT NULL,
  kind INTEGER NOT NULL,
  start_ns INTEGER NOT NULL,
  end_ns INTEGER NOT NULL,
  error INTEGER NOT NULL,
  incomplete INTEGER NOT NULL,
  record BLOB NOT NULL -- protobuf Span without what the columns hold
);
CREATE UNIQUE INDEX spans_by_id ON spans (trace, span_id);
CREATE TABLE links ( -- where spans point to
  trace_id BLOB NOT NULL,
  span_id BLOB NOT NULL,
  source INTEGER NOT NULL REFERENCES spans (id),
  PRIMARY KEY (trace_id, span_id, source)
) WITHOUT ROWID;
CREATE TABLE operations (
  term INTEGER PRIMARY KEY,
  service TEXT NOT NULL,
  name TEXT NOT NULL,
  kind INTEGER NOT NULL
);
CREATE INDEX operations_by_service ON operations (service, name);
CREATE TABLE expired ( -- traces that are gone, whose spans are being deleted
  trace INTEGER PRIMARY KEY
);
CREATE TABLE postings ( -- which traces contain a term
  term INTEGER NOT NULL,
  trace INTEGER NOT NULL,
  PRIMARY KEY (term, trace)
) WITHOUT ROWID;
"];

/// Where connections go.
#[derive(Clone, Debug)]
pub(crate) enum Location {
    /// A database in memory that the connections of this process share.
    Memory(String),
    /// A file.
    File(std::path::PathBuf),
}

impl Location {
    pub(crate) fn new(database: &Database) -> Location {
        match database {
            Database::Memory => {
                Location::Memory(format!("file:/tracelink-{}?vfs=memdb", std::process::id()))
            }
            Database::File(path) => Location::File(path.clone()),
        }
    }

    /// How messages call it.
    fn name(&self) -> String {
        match self {
            Location::Memory(_) => ":memory:".to_owned(),
            Location::File(path) => path.display().to_string(),
        }
    }

    fn path(&self) -> &Path {
        match self {
            Location::Memory(uri) => Path::new(uri),
            Location::File(path) => path,
        }
    }

    fn open(&self, mut flags: OpenFlags) -> rusqlite::Result<Connection> {
        if let Location::Memory(_) = self {
            flags |= OpenFlags::SQLITE_OPEN_URI;
        }
        Connection::open_with_flags(self.path(), flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
    }
}

/// Opens the connection that writes, makes or migrates the schema; the error is one line for the user.
pub(crate) fn open_writer(
    location: &Location,
    durability: Durability,
) -> Result<Connection, String> {
    let name = location.name();
    if let Location::File(path) = location
        && path.is_dir()
    {
        return Err(format!(
            "cannot open the database {name}: it is a directory"
        ));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
    let opened = location.open(flags).and_then(|connection| {
        connection.busy_timeout(START_TIMEOUT)?;
        // The first read of the file: it tells whether this is a database at all.
        let tables = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| {
            row.get::<_, i64>(0)
        })?;
        let owner =
            connection.query_row("PRAGMA application_id", [], |row| row.get::<_, i64>(0))?;
        let version =
            connection.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0))?;
        Ok((connection, tables, owner, version))
    });
    let (mut connection, tables, owner, version) =
        opened.map_err(|error| explain(&name, &error))?;
    if owner != APPLICATION_ID && (tables > 0 || owner != 0) {
        return Err(format!("{name} is a database of another program"));
    }
    let newest = newest();
    if version > newest {
        return Err(format!(
            "the database {name} is from a newer version of tracelink-collector (schema {version}, this one knows {newest})"
        ));
    }
    prepare(&mut connection, durability, location).map_err(|error| explain(&name, &error))?;
    Ok(connection)
}

/// The version that this program writes.
fn newest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

fn prepare(
    connection: &mut Connection,
    durability: Durability,
    location: &Location,
) -> rusqlite::Result<()> {
    if let Location::File(_) = location {
        connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    }
    connection.execute_batch(match durability {
        // In WAL mode a commit is in the operating system's hands: a kill cannot take it back.
        Durability::Kill => "PRAGMA synchronous = NORMAL",
        Durability::Full => "PRAGMA synchronous = FULL",
    })?;
    connection.execute_batch(
        "PRAGMA cache_size = -24576; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864; PRAGMA temp_store = MEMORY; PRAGMA foreign_keys = OFF",
    )?;
    migrate(connection)
}

/// Brings the schema up to date. One that is needs no lock, so a start succeeds while another process writes.
fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let version = |connection: &Connection| -> rusqlite::Result<i64> {
        connection.query_row("PRAGMA user_version", [], |row| row.get(0))
    };
    if version(connection)? == newest() {
        return Ok(());
    }
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been quicker.
    let done = usize::try_from(version(&transaction)?).unwrap_or(0);
    for migration in MIGRATIONS.iter().skip(done) {
        transaction.execute_batch(migration)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", newest())?;
    transaction.commit()
}

/// Opens a connection that only reads.
pub(crate) fn open_reader(location: &Location) -> rusqlite::Result<Connection> {
    let flags = match location {
        Location::Memory(_) => OpenFlags::SQLITE_OPEN_READ_WRITE,
        Location::File(_) => OpenFlags::SQLITE_OPEN_READ_ONLY,
    };
    let connection = location.open(flags)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.execute_batch(
        "PRAGMA query_only = ON; PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY",
    )?;
    connection.set_prepared_statement_cache_capacity(64);
    rusqlite::vtab::array::load_module(&connection)?;
    Ok(connection)
}

fn explain(name: &str, error: &rusqlite::Error) -> String {
    let reason = match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => return format!("{name} is not a database"),
        Some(ErrorCode::CannotOpen) => {
            "check that its directory exists and may be written".to_owned()
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another process has locked it".to_owned()
        }
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            "it may not be written".to_owned()
        }
        _ => error.to_string(),
    };
    format!("cannot open the database {name}: {reason}")
}
