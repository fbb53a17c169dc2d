//! A span item: a list of streamed spans, or one span alone as SDKs before version 11 sent them.

use serde::Deserialize;

use super::envelope::Item;
use super::sender::{Sender, Senders};
use super::span::StreamedSpan;
use super::transaction::PlainSpan;

#[derive(Deserialize)]
struct Streamed {
    items: Vec<StreamedSpan>,
}

/// What tells the two apart when the header does not.
#[derive(Deserialize)]
struct Probe {
    items: Option<serde::de::IgnoredAny>,
}

/// Reads all spans of an item.
pub(super) fn spans(
    item: &Item<'_>,
    common: &Sender,
    senders: &mut Senders<'_>,
) -> Result<(), String> {
    let is_list = item.content_type.contains("span.v2")
        || json::<Probe>(item.payload).is_ok_and(|probe| probe.items.is_some());
    if !is_list {
        let span = json::<PlainSpan>(item.payload)?.into_otlp(None)?;
        let sender = common.clone().with_attributes(&span.attributes);
        senders.add(sender, span);
        return Ok(());
    }
    for span in json::<Streamed>(item.payload)?.items {
        let span = span.into_otlp();
        let sender = common.clone().with_attributes(&span.attributes);
        senders.add(sender, span);
    }
    Ok(())
}

/// Reads a payload.
pub(super) fn json<'de, T: Deserialize<'de>>(payload: &'de [u8]) -> Result<T, String> {
    // A list would be read as the fields in their order.
    if !payload.trim_ascii_start().starts_with(b"{") {
        return Err("want a JSON object".to_owned());
    }
    serde_json::from_slice(payload).map_err(|error| error.to_string())
}
