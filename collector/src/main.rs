//! Entry point of the collector: reads the command line, opens the database, serves until a signal.
#![doc = "A small OTLP collector with an embedded database. It runs as one process for one developer or team."]

mod cli;
mod connections;
mod diagnosis;
mod forward;
mod http;
mod ingest;
mod otlp;
mod query;
mod server;
mod store;
mod transfer;

use std::io::Write as _;
use std::process::ExitCode;

use cli::Command;

fn main() -> ExitCode {
    match cli::parse(std::env::args_os()) {
        Ok(Command::Serve(options)) => end(server::run(*options)),
        Ok(Command::Print(text)) => {
            // A closed stdout is the reader's choice, not an error of ours.
            let _ = std::io::stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Ok(Command::Query(arguments)) => end(query::run(&arguments, &mut query::stdout())),
        Ok(Command::Export(arguments)) => end(transfer::export::run(*arguments)),
        Ok(Command::Import(arguments)) => end(transfer::import::run(&arguments).map(report)),
        Err(message) => fail(&message),
    }
}

/// The end of a subcommand.
fn end(result: Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => fail(&message),
    }
}

/// Says what was imported.
fn report(imported: transfer::import::Imported) {
    let refused = match imported.refused {
        0 => String::new(),
        refused => format!(", {refused} refused for their ids"),
    };
    // A closed stdout is the reader's choice, not an error of ours.
    let _ = writeln!(
        std::io::stdout(),
        "{} spans imported{refused}",
        imported.spans
    );
}

/// Says in one line why the collector did not start.
fn fail(message: &str) -> ExitCode {
    let line = message.replace(['\n', '\r'], " ");
    let _ = writeln!(std::io::stderr(), "tracelink-collector: {line}");
    ExitCode::FAILURE
}
