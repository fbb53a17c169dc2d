//! What went wrong in a trace, as pure functions: spans and the history of their operations in, findings out.
//!
//! Nothing here knows the database or HTTP. Every walk is a loop, every list that goes out is bounded: a trace may be
//! 100,000 spans deep, its parents may run in circles, its times may be anything.

mod alike;
mod busy;
mod clock_skew;
mod critical_path;
mod degraded;
mod failure;
mod failures;
mod finding;
mod flags;
mod gaps;
#[cfg(test)]
mod hostile;
mod messages;
mod missing_parents;
mod root_cause;
mod slow;
mod span_kind;
#[cfg(test)]
mod support;
mod thresholds;
mod trace;
mod words;

pub(crate) use critical_path::{CriticalPath, critical_path};
pub(crate) use failure::failure;
pub(crate) use finding::Diagnosis;
pub(crate) use root_cause::{RootCause, root_cause};
pub(crate) use slow::{History, Samples};
pub(crate) use span_kind::Kind;
pub(crate) use thresholds::Thresholds;
pub(crate) use trace::{Span, Trace};

/// Everything that is found in a trace, the most serious first.
pub(crate) fn diagnose(trace: &Trace, history: &History, thresholds: &Thresholds) -> Diagnosis {
    let mut findings = failures::find(trace);
    findings.extend(gaps::find(trace, thresholds));
    findings.extend(messages::find(trace));
    findings.extend(missing_parents::find(trace));
    findings.extend(slow::find(trace, history, thresholds));
    findings.extend(degraded::find(trace, thresholds));
    findings.extend(clock_skew::find(trace, thresholds));
    Diagnosis::of(findings, !trace.whole)
}
