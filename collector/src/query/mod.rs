//! `tracelink-collector query`: asks a database on the command line and prints a table or JSON.

pub(crate) mod arguments;
pub(crate) mod filter;
mod moment;
mod table;
mod tables;

use std::io::{self, Write};

use rusqlite::Connection;
use serde::Serialize;

use crate::diagnosis::root_cause;
use crate::store::{self, JsonOutput as _, ReadError};
use arguments::{Arguments, Question};

/// Answers on `output`; the error is one line for the user.
pub(crate) fn run(arguments: &Arguments, output: &mut impl Write) -> Result<(), String> {
    let connection = store::open_existing(&arguments.database)?;
    // One transaction, so that a read of several queries sees one state while a collector writes.
    let transaction = connection
        .unchecked_transaction()
        .map_err(|error| error.to_string())?;
    let result = answer(&transaction, arguments, output);
    let flushed = output.flush();
    match result {
        Ok(()) if flushed.is_ok() => Ok(()),
        // The reader closed the pipe: it has what it wanted.
        Ok(()) | Err(ReadError::Gone) => Ok(()),
        Err(ReadError::NotFound) => Err("there is no such trace".to_owned()),
        Err(ReadError::Unavailable(reason)) => {
            Err(format!("the database cannot be read: {reason}"))
        }
    }
}

fn answer(
    connection: &Connection,
    arguments: &Arguments,
    output: &mut impl Write,
) -> Result<(), ReadError> {
    let thresholds = &arguments.thresholds;
    let json = arguments.json;
    match arguments.question {
        Question::Traces => {
            let page = store::find(connection, &arguments.filter)?;
            tell(output, json, &page, tables::traces)
        }
        Question::Trace(id) if json => {
            store::waterfall(connection, id, output)?;
            output.raw("\n")
        }
        Question::Trace(id) => tables::tree(connection, id, output),
        Question::Diagnosis(id) => {
            let diagnosis = store::diagnosed(connection, id, thresholds)?;
            tell(output, json, &diagnosis, tables::diagnosis)
        }
        Question::RootCause(id) => {
            let cause = root_cause(&store::diagnosed(connection, id, thresholds)?);
            tell(output, json, &cause, tables::cause)
        }
        Question::CriticalPath(id) => {
            let path = store::path(connection, id)?;
            tell(output, json, &path, tables::path)
        }
        Question::ServiceMap => {
            let filter = &arguments.filter;
            let map = store::service_map(connection, filter.start, filter.end)?;
            tell(output, json, &map, tables::service_map)
        }
        Question::Health => tell(output, json, &store::health(connection)?, tables::health),
    }
}

/// Prints an answer as JSON, or as the text that `text` makes of it.
fn tell<T: Serialize>(
    output: &mut impl Write,
    json: bool,
    answer: &T,
    text: impl Fn(&T) -> String,
) -> Result<(), ReadError> {
    if json {
        output.json(answer)?;
        return output.raw("\n");
    }
    output.raw(&text(answer))
}

/// Standard output, buffered.
pub(crate) fn stdout() -> io::BufWriter<io::StdoutLock<'static>> {
    io::BufWriter::new(io::stdout().lock())
}
