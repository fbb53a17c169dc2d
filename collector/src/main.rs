//! Entry point of the collector: reads the command line, opens the database, serves until a signal.
#![doc = "A small OTLP collector with an embedded database. It runs as one process for one developer or team."]

mod cli;
mod connections;
mod forward;
mod http;
mod ingest;
mod otlp;
mod server;
mod store;

use std::io::Write as _;
use std::process::ExitCode;

use cli::Command;

fn main() -> ExitCode {
    match cli::parse(std::env::args_os()) {
        Ok(Command::Serve(options)) => match server::run(*options) {
            Ok(()) => ExitCode::SUCCESS,
            Err(message) => fail(&message),
        },
        Ok(Command::Print(text)) => {
            // A closed stdout is the reader's choice, not an error of ours.
            let _ = std::io::stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(message) => fail(&message),
    }
}

/// Says in one line why the collector did not start.
fn fail(message: &str) -> ExitCode {
    let line = message.replace(['\n', '\r'], " ");
    let _ = writeln!(std::io::stderr(), "tracelink-collector: {line}");
    ExitCode::FAILURE
}
