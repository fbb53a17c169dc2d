//! The arguments of `query`.

use std::ffi::OsString;
use std::path::PathBuf;

use lexopt::prelude::*;

use super::filter;
use crate::diagnosis::Thresholds;
use crate::ingest::batch::TraceId;
use crate::otlp::hex;
use crate::store::{Filter, Order, StatusFilter};

const HELP: &str = "\
tracelink-collector query: asks a database, also while a collector writes it

Usage: tracelink-collector query QUESTION [OPTIONS]

Questions:
  search                  traces, newest first
  errors                  traces with a span that failed, newest first
  slow                    traces, slowest first
  trace ID                the tree of a trace
  diagnosis ID            what went wrong in it
  root-cause ID           the one cause, and the spans that prove it
  critical-path ID        where its time went, and each service's share
  service-map             which services call which
  health                  what is stored

Options:
  --db FILE               database file [default: tracelink.db]
  --json                  print JSON, as the API answers
  --limit NUMBER          traces in one page [default: 20]
  --cursor TEXT           the next page, as the page before named it
  --help                  print this text
";

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Question {
    Traces,
    Trace(TraceId),
    Diagnosis(TraceId),
    RootCause(TraceId),
    CriticalPath(TraceId),
    ServiceMap,
    Health,
}

/// The checked arguments.
#[derive(Debug)]
pub(crate) struct Arguments {
    pub(super) question: Question,
    pub(super) database: PathBuf,
    pub(super) json: bool,
    pub(super) filter: Filter,
    pub(super) thresholds: Thresholds,
}

/// Reads the arguments behind `query`: what to ask, or the help text. The error is one line for the user.
pub(crate) fn parse(
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Result<Arguments, String>, String> {
    let mut parser = lexopt::Parser::from_args(arguments);
    let mut words = Vec::new();
    let mut database = PathBuf::from("tracelink.db");
    let mut json = false;
    let mut filter = Filter {
        limit: 20,
        ..Filter::default()
    };
    let mut thresholds = Thresholds::default();
    while let Some(argument) = parser.next().map_err(usage)? {
        match argument {
            Long("help") | Short('h') => {
                return Ok(Err(format!(
                    "{HELP}\n{}\n{}",
                    filter::HELP,
                    Thresholds::HELP
                )));
            }
            Long("db") => database = PathBuf::from(parser.value().map_err(usage)?),
            Long("json") => json = true,
            Long(flag) => {
                let flag = flag.to_owned();
                let value = parser.value().and_then(|value| value.string());
                let value = value.map_err(usage)?;
                if !filter::set(&mut filter, &flag, &value)? {
                    thresholds
                        .set(&flag, &value)
                        .map_err(|error| format!("{error} (query --help lists the options)"))?;
                }
            }
            Value(word) => words.push(word.string().map_err(usage)?),
            other => return Err(usage(other.unexpected())),
        }
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let question = question(&words, &mut filter)?;
    Ok(Ok(Arguments {
        question,
        database,
        json,
        filter,
        thresholds,
    }))
}

fn question(words: &[&str], filter: &mut Filter) -> Result<Question, String> {
    let id = |text: &str| {
        hex::id(text)
            .ok_or_else(|| format!("want a trace id of 32 hexadecimal digits, got {text:?}"))
    };
    Ok(match words {
        ["search"] => Question::Traces,
        ["errors"] => {
            filter.status = Some(StatusFilter::Error);
            Question::Traces
        }
        ["slow"] => {
            filter.order = Order::Slowest;
            Question::Traces
        }
        ["trace", text] => Question::Trace(id(text)?),
        ["diagnosis", text] => Question::Diagnosis(id(text)?),
        ["root-cause", text] => Question::RootCause(id(text)?),
        ["critical-path", text] => Question::CriticalPath(id(text)?),
        ["service-map"] => Question::ServiceMap,
        ["health"] => Question::Health,
        ["trace" | "diagnosis" | "root-cause" | "critical-path"] => {
            return Err(format!("query {}: which trace?", words.join(" ")));
        }
        [] => return Err("query: what? (query --help lists the questions)".to_owned()),
        _ => {
            return Err(format!(
                "query {}: no such question (query --help lists them)",
                words.join(" ")
            ));
        }
    })
}

fn usage(error: lexopt::Error) -> String {
    format!("{error} (query --help lists the options)")
}
