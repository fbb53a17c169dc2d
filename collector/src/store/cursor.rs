//! The order of a list of traces, and where its next page starts.

use super::summary::Summary;

/// What comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Order {
    #[default]
    Newest,
    Slowest,
}

impl Order {
    /// The value by which traces are put in order, of a table `t`.
    pub(super) fn column(self) -> &'static str {
        match self {
            Order::Newest => "t.start_ns",
            Order::Slowest => "(t.end_ns - t.start_ns)",
        }
    }

    fn value(self, summary: &Summary) -> i64 {
        match self {
            Order::Newest => summary.start,
            Order::Slowest => summary.duration(),
        }
    }
}

/// Where the next page starts: behind the trace with this value in the order of the list. As text it is `value-id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cursor {
    pub(super) value: i64,
    pub(super) id: i64,
}

impl Cursor {
    /// The page behind a trace.
    pub(super) fn behind(summary: &Summary, order: Order) -> Cursor {
        Cursor {
            value: order.value(summary),
            id: summary.id,
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Cursor> {
        let (value, id) = text.rsplit_once('-')?;
        Some(Cursor {
            value: value.parse().ok()?,
            id: id.parse().ok().filter(|id| *id >= 0)?,
        })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}-{}", self.value, self.id)
    }
}
