//! Parents that never arrived.

use super::alike::alike;
use super::finding::{Finding, FindingKind, Severity};
use super::trace::Trace;
use super::words;
use crate::ingest::batch::SpanId;
use crate::otlp::hex;

/// One finding for each parent that spans name and the trace does not have.
pub(super) fn find(trace: &Trace) -> Vec<Finding> {
    if !trace.whole {
        return Vec::new();
    }
    let orphans = trace.orphans.iter();
    let groups = alike(orphans.filter_map(|index| Some((trace.spans[*index].parent_id?, *index))));
    let finding = |(parent, spans): &(SpanId, Vec<usize>)| {
        let first = spans.first().map(|index| &trace.spans[*index]);
        let name = first.map_or_else(String::new, |span| {
            format!(
                "{} of {}",
                words::short(&span.name),
                words::short(&span.service)
            )
        });
        let more = match spans.len() - 1 {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let message = format!("The parent of {name}{more} never arrived");
        let mut finding = Finding::new(
            trace,
            FindingKind::MissingParent,
            Severity::Warning,
            spans,
            message,
        );
        finding.parent_span_id = Some(hex::encode(parent));
        finding
    };
    groups.iter().map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::super::support::{diagnosed, outline, span};

    #[test]
    fn children_of_one_missing_parent_are_one_finding() {
        let findings = diagnosed(vec![
            span(1, 9, "a", 0, 1),
            span(2, 9, "b", 1, 2),
            span(3, 8, "c", 2, 3),
            span(4, 3, "d", 2, 3),
        ])
        .findings;
        assert_eq!(
            outline(&findings),
            ["MissingParent Warning 1,2", "MissingParent Warning 3"]
        );
        assert_eq!(
            findings[0].message,
            "The parent of a of api and 1 more never arrived"
        );
        assert_eq!(
            findings[0].parent_span_id.as_deref(),
            Some("0000000000000009")
        );
    }
}
