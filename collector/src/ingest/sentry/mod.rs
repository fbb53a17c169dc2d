//! What Sentry's SDKs send: an envelope's spans and transactions become OTLP spans; its other items are passed over.

mod envelope;
mod item;
mod meaning;
mod sender;
mod span;
mod transaction;
mod value;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;

use super::Batch;
use super::room::{DecodeError, Room};
use envelope::Envelope;
use sender::{Sender, Senders};

/// What was in an envelope.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) batch: Batch,
    /// The answer repeats it, as Sentry's does.
    pub(crate) event_id: Option<String>,
}

/// Decodes a whole envelope or nothing of it; the error says what is wrong and in which item. `project` is the number at
/// the end of the DSN.
pub(crate) fn decode(body: &[u8], project: &str, room: Room) -> Result<Received, DecodeError> {
    let (request, event_id) = read(body, project).map_err(DecodeError::Malformed)?;
    Ok(Received {
        batch: Batch::from_request(request, room)?,
        event_id,
    })
}

fn read(body: &[u8], project: &str) -> Result<(ExportTraceServiceRequest, Option<String>), String> {
    let Envelope { header, items } = Envelope::parse(body)?;
    let mut senders = Senders::new(project);
    let common = Sender::of_envelope(&header);
    for (number, item) in (1..).zip(items) {
        let item = item.map_err(|reason| format!("item {number} of the envelope: {reason}"))?;
        let read = match item.kind.as_str() {
            "span" => item::spans(&item, &common, &mut senders),
            "transaction" => transaction::read(item.payload, &common, &mut senders),
            _ => Ok(()),
        };
        read.map_err(|reason| format!("item {number} of the envelope ({}): {reason}", item.kind))?;
    }
    Ok((senders.into_request(), header.event_id))
}
