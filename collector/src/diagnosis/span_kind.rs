//! The kinds of spans by which requests and messages are told from other work.

/// OpenTelemetry's kind of a span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Internal,
    Server,
    Client,
    Producer,
    Consumer,
}

impl Kind {
    /// From OTLP's number; what is unspecified or unknown counts as internal.
    pub(crate) fn of(number: i32) -> Kind {
        match number {
            2 => Kind::Server,
            3 => Kind::Client,
            4 => Kind::Producer,
            5 => Kind::Consumer,
            _ => Kind::Internal,
        }
    }

    /// Whether such a span goes to another service.
    pub(super) fn leaves(self) -> bool {
        matches!(self, Kind::Client | Kind::Producer)
    }
}
