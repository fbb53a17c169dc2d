//! From when on something is a finding; the defaults can be changed on the command line.

use std::time::Duration;

/// The limits of diagnosis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Thresholds {
    /// An operation is slow that takes so many times the mean of its service and name.
    pub(crate) slow_factor: f64,
    /// A mean of fewer samples says nothing.
    pub(crate) slow_samples: u64,
    /// What is faster than this is never slow.
    pub(crate) slow_min: Duration,
    /// A gap between services that is longer is a finding.
    pub(crate) gap: Duration,
    /// A longer gap is a network timeout.
    pub(crate) network_timeout: Duration,
    /// An operation that takes longer is degraded, whatever its history.
    pub(crate) degraded: Duration,
    /// Clocks that are less apart are not mentioned: browsers round their times.
    pub(crate) clock_skew: Duration,
}

impl Default for Thresholds {
    fn default() -> Self {
        Thresholds {
            slow_factor: 3.0,
            slow_samples: 5,
            slow_min: Duration::from_millis(1),
            gap: Duration::from_secs(5),
            network_timeout: Duration::from_secs(60),
            degraded: Duration::from_secs(120),
            clock_skew: Duration::from_millis(5),
        }
    }
}

/// A limit in the unit of spans' times.
pub(super) fn nanos(limit: Duration) -> i64 {
    i64::try_from(limit.as_nanos()).unwrap_or(i64::MAX)
}
