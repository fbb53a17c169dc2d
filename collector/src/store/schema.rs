//! The database file: opening, telling whose it is, and its schema in numbered versions.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::fill;
use crate::cli::{Database, Durability};

/// "TLNK": marks the file as tracelink's.
const APPLICATION_ID: i64 = 0x544c_4e4b;
/// How long the start waits for a lock of another process.
const START_TIMEOUT: Duration = Duration::from_secs(5);

/// One a version; a published one never changes.
const MIGRATIONS: [Migration; 3] = [
    Migration {
        script: include_str!("migrations/1.sql"),
        fill: None,
    },
    Migration {
        script: include_str!("migrations/2.sql"),
        fill: Some(fill::fill_columns),
    },
    Migration {
        script: include_str!("migrations/3.sql"),
        fill: None,
    },
];

/// A step from one version of the schema to the next.
struct Migration {
    script: &'static str,
    /// Computes what SQL cannot, for the spans that are there.
    fill: Option<fn(&Connection) -> rusqlite::Result<()>>,
}

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
    if version > newest() {
        return Err(newer(&name, version));
    }
    prepare(&mut connection, durability, location, tables == 0)
        .map_err(|error| explain(&name, &error))?;
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
    is_new: bool,
) -> rusqlite::Result<()> {
    if is_new {
        // So that deletion can give space back a few pages at a time; later it would take a rewrite of the file.
        connection.execute_batch("PRAGMA auto_vacuum = INCREMENTAL")?;
    }
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
        transaction.execute_batch(migration.script)?;
        if let Some(fill) = migration.fill {
            fill(&transaction)?;
        }
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", newest())?;
    transaction.commit()
}

/// Opens a file that a collector may be writing at the same time, to read it; the error is one line for the user.
pub(crate) fn open_existing(path: &Path) -> Result<Connection, String> {
    let location = Location::File(path.to_owned());
    let name = location.name();
    if !path.is_file() {
        return Err(format!("there is no database {name}"));
    }
    let opened = open_reader(&location).and_then(|connection| {
        let number = |pragma: &str| connection.query_row(pragma, [], |row| row.get::<_, i64>(0));
        let (owner, version) = (
            number("PRAGMA application_id")?,
            number("PRAGMA user_version")?,
        );
        Ok((connection, owner, version))
    });
    let (connection, owner, version) = opened.map_err(|error| explain(&name, &error))?;
    if owner != APPLICATION_ID {
        return Err(format!("{name} is not a database of tracelink-collector"));
    }
    match version.cmp(&newest()) {
        std::cmp::Ordering::Equal => Ok(connection),
        std::cmp::Ordering::Greater => Err(newer(&name, version)),
        std::cmp::Ordering::Less => Err(format!(
            "the database {name} is from an older version; start tracelink-collector with it once to bring it up to date"
        )),
    }
}

fn newer(name: &str, version: i64) -> String {
    let newest = newest();
    format!(
        "the database {name} is from a newer version of tracelink-collector (schema {version}, this one knows {newest})"
    )
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
