//! The answers of `query` as text for people.

use std::io::Write;

use rusqlite::Connection;

use super::moment::{millis, moment};
use super::table::{Table, legible};
use crate::diagnosis::{CriticalPath, Diagnosis, RootCause};
use crate::ingest::batch::TraceId;
use crate::otlp::{hex, record};
use crate::store::{
    Forwarding, Health, JsonOutput as _, Page, ReadError, ServiceMap, TraceView, between, order,
};

pub(super) fn traces(page: &Page) -> String {
    let mut table = Table::new(&[
        "TRACE",
        "START",
        ">DURATION",
        ">SPANS",
        ">ERRORS",
        "SERVICES",
        "ROOT",
    ]);
    for summary in &page.summaries {
        table.row([
            hex::encode(&summary.trace_id()),
            moment(summary.start),
            millis(summary.duration() as f64 / 1e6),
            summary.span_count().to_string(),
            summary.error_count().to_string(),
            summary.services().join(", "),
            summary.root().to_owned(),
        ]);
    }
    let mut text = table.print("No traces.");
    if let Some(next) = page.next {
        text += &format!("More: --cursor {next}\n");
    }
    text
}

/// Writes line by line: a trace may be large.
pub(super) fn tree(
    connection: &Connection,
    trace_id: TraceId,
    output: &mut impl Write,
) -> Result<(), ReadError> {
    let view = TraceView::open(connection, trace_id)?;
    let heads = view.heads()?;
    let start = heads
        .iter()
        .map(|head| head.start)
        .min()
        .unwrap_or_default();
    output.raw(&format!("{:>12} {:>12}  SPAN\n", "OFFSET", "DURATION"))?;
    for place in order(&heads) {
        let Some(head) = heads.get(place.head) else {
            continue;
        };
        let span = view.span(head)?;
        let failed = span.status.as_ref().filter(|status| status.code == 2);
        let status = failed.map_or_else(String::new, |status| match &*status.message {
            "" => ", failed".to_owned(),
            message => format!(", failed: {message}"),
        });
        // Beyond this depth nobody sees the indentation.
        let indent = "  ".repeat(usize::try_from(place.depth).unwrap_or(0).min(40));
        let line = format!(
            "{} [{} {}{}] {}{status}",
            span.name,
            record::kind(span.kind),
            view.service(head.resource)?,
            if place.orphan { ", parent missing" } else { "" },
            hex::encode(&head.span_id),
        );
        output.raw(&format!(
            "{:>12} {:>12}  {indent}{}\n",
            millis(between(start, head.start)),
            millis(between(head.start, head.end)),
            legible(&line),
        ))?;
    }
    Ok(())
}

pub(super) fn diagnosis(diagnosis: &Diagnosis) -> String {
    let mut table = Table::new(&["SEVERITY", "KIND", ">SPANS", "FIRST SPAN", "FINDING"]);
    for finding in &diagnosis.findings {
        table.row([
            finding.severity.name().to_owned(),
            finding.kind.name().to_owned(),
            finding.span_count.to_string(),
            finding.span_ids.first().cloned().unwrap_or_default(),
            finding.message.clone(),
        ]);
    }
    let mut text = table.print("Nothing is wrong with this trace.");
    if diagnosis.omitted > 0 {
        text += &format!("And {} more.\n", diagnosis.omitted);
    }
    if diagnosis.partial {
        text += "The trace is larger than what was looked at.\n";
    }
    text
}

pub(super) fn cause(cause: &RootCause) -> String {
    match cause.proof() {
        Some((class, finding)) => format!(
            "{}: {}\nSpans: {}\n",
            class.name(),
            legible(&finding.message),
            finding.span_ids.join(" ")
        ),
        None => "No cause was found.\n".to_owned(),
    }
}

pub(super) fn path(path: &CriticalPath) -> String {
    let share = |part: f64| format!("{:.0} %", part * 100.0);
    let mut services = Table::new(&["SERVICE", ">TIME", ">SHARE"]);
    for service in &path.services {
        services.row([
            service.service_name.clone(),
            millis(service.duration_ms),
            share(service.share),
        ]);
    }
    if path.waiting_ms > 0.0 {
        let part = path.waiting_ms / path.duration_ms;
        services.row([
            "(between services)".to_owned(),
            millis(path.waiting_ms),
            share(part),
        ]);
    }
    let mut segments = Table::new(&[">OFFSET", ">TIME", "SPAN", "SERVICE", "NAME"]);
    for segment in &path.segments {
        let waiting = if segment.waiting {
            " (nobody works on it)"
        } else {
            ""
        };
        segments.row([
            millis(segment.offset_ms),
            millis(segment.duration_ms),
            segment.span_id.clone(),
            segment.service_name.clone(),
            format!("{}{waiting}", segment.name),
        ]);
    }
    let more = match path.omitted_segments {
        0 => String::new(),
        more => format!("And {more} more.\n"),
    };
    format!(
        "{}\n{}{more}",
        services.print("The trace takes no time."),
        segments.print("")
    )
}

pub(super) fn service_map(map: &ServiceMap) -> String {
    let mut services = Table::new(&["SERVICE", ">SPANS", ">ERRORS"]);
    for node in &map.services {
        services.row([
            node.service_name.clone(),
            node.span_count.to_string(),
            node.error_count.to_string(),
        ]);
    }
    let mut edges = Table::new(&["FROM", "TO", "BY", ">CALLS", ">ERRORS", ">MEAN"]);
    for edge in &map.edges {
        edges.row([
            edge.from.clone(),
            edge.to.clone(),
            edge.kind.name().to_owned(),
            edge.call_count.to_string(),
            edge.error_count.to_string(),
            millis(edge.mean_ms),
        ]);
    }
    let mut text = format!(
        "{}\n{}",
        services.print("No services."),
        edges.print("No calls between services.")
    );
    if map.partial_since.is_some() {
        text += &format!(
            "Of the newest {} traces; --start and --end choose others.\n",
            map.trace_count
        );
    }
    text
}

pub(super) fn health(health: &Health) -> String {
    let time = |nanos: &Option<String>| {
        let nanos = nanos.as_ref().and_then(|text| text.parse().ok());
        nanos.map_or_else(|| "-".to_owned(), moment)
    };
    let mut text = format!(
        "spans      {}\ntraces     {}, {} with errors\ndatabase   {:.1} MiB\noldest     {}\nnewest     {}\n\n",
        health.spans,
        health.traces,
        health.error_traces,
        health.database_bytes as f64 / f64::from(1 << 20),
        time(&health.oldest),
        time(&health.newest),
    );
    let mut services = Table::new(&["SERVICE", ">SPANS", ">ERRORS", ">MEAN"]);
    for service in &health.services {
        services.row([
            service.service_name.clone(),
            service.span_count.to_string(),
            service.error_count.to_string(),
            millis(service.mean_ms),
        ]);
    }
    text += &services.print("No services.");
    if !health.forwarding.is_empty() {
        text.push('\n');
        text += &forwarding(&health.forwarding).print("");
    }
    text
}

fn forwarding(targets: &[Forwarding]) -> Table {
    let time = |nanos: &str| nanos.parse().map_or_else(|_| "-".to_owned(), moment);
    let mut table = Table::new(&["FORWARD TO", ">QUEUED", "LAST SUCCESS", "LAST ERROR"]);
    for state in targets {
        let error = state.last_error.as_ref();
        table.row([
            state.target.clone(),
            state.queued.to_string(),
            state
                .last_success
                .as_deref()
                .map_or_else(|| "-".to_owned(), time),
            error.map_or_else(
                || "-".to_owned(),
                |error| format!("{} {}", time(&error.time), error.message),
            ),
        ]);
    }
    table
}
