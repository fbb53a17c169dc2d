//! The frame of an envelope: a header, then items, each a header and its payload, lines apart.
//!
//! <https://develop.sentry.dev/sdk/foundations/transport/envelopes/>

use serde::Deserialize;

use super::value::or_default;

/// The first line.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Header {
    pub(super) event_id: Option<String>,
    pub(super) sdk: Option<Sdk>,
    pub(super) trace: Option<Trace>,
}

/// The SDK that wrote something.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Sdk {
    pub(super) name: Option<String>,
    pub(super) version: Option<String>,
}

/// The dynamic sampling context, of which the release and the environment serve here.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Trace {
    pub(super) release: Option<String>,
    pub(super) environment: Option<String>,
}

#[derive(Deserialize)]
struct ItemHeader {
    r#type: String,
    length: Option<usize>,
    #[serde(default, deserialize_with = "or_default")]
    content_type: String,
}

/// An item; its payload is not read yet.
#[derive(Debug)]
pub(super) struct Item<'a> {
    pub(super) kind: String,
    pub(super) content_type: String,
    pub(super) payload: &'a [u8],
}

/// An envelope whose items are found one after the other.
pub(super) struct Envelope<'a> {
    pub(super) header: Header,
    pub(super) items: Items<'a>,
}

impl<'a> Envelope<'a> {
    pub(super) fn parse(body: &'a [u8]) -> Result<Envelope<'a>, String> {
        let mut rest = body;
        let header = header(line(&mut rest).0)
            .map_err(|reason| format!("the header of the envelope: {reason}"))?;
        Ok(Envelope {
            header,
            items: Items { rest },
        })
    }
}

/// What is left of an envelope.
pub(super) struct Items<'a> {
    rest: &'a [u8],
}

impl<'a> Iterator for Items<'a> {
    type Item = Result<Item<'a>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        // After the last newline nothing is allowed, but some senders end with two.
        if self.rest.iter().all(|byte| matches!(byte, b'\n' | b'\r')) {
            return None;
        }
        let item = self.item();
        if item.is_err() {
            self.rest = &[];
        }
        Some(item)
    }
}

impl<'a> Items<'a> {
    fn item(&mut self) -> Result<Item<'a>, String> {
        let (text, ended) = line(&mut self.rest);
        let ItemHeader {
            r#type: kind,
            length,
            content_type,
        } = header(text)?;
        let payload = match length {
            // The end of the body stands for the newline behind a payload, not for one before it.
            _ if !ended && length != Some(0) => return Err("its payload is missing".to_owned()),
            None => line(&mut self.rest).0,
            Some(length) => {
                let Some((payload, rest)) = self.rest.split_at_checked(length) else {
                    return Err(format!(
                        "it is cut off: want {length} bytes, got {}",
                        self.rest.len()
                    ));
                };
                self.rest = match rest {
                    [] => rest,
                    [b'\n', rest @ ..] => rest,
                    _ => return Err(format!("it is longer than its length, {length} bytes")),
                };
                payload
            }
        };
        Ok(Item {
            kind,
            content_type,
            payload,
        })
    }
}

/// The next line, and whether a newline ended it.
fn line<'a>(rest: &mut &'a [u8]) -> (&'a [u8], bool) {
    let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
        return (std::mem::take(rest), false);
    };
    let found = &rest[..end];
    *rest = &rest[end + 1..];
    (found, true)
}

fn header<'de, T: Deserialize<'de>>(text: &'de [u8]) -> Result<T, String> {
    // A list would be read as the fields in their order.
    if !text.trim_ascii_start().starts_with(b"{") {
        return Err("a header must be a JSON object on a line of its own".to_owned());
    }
    serde_json::from_slice(text).map_err(|error| format!("its header is not valid: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(body: &[u8]) -> Result<Vec<(String, Vec<u8>)>, String> {
        Envelope::parse(body)?
            .items
            .map(|item| item.map(|item| (item.kind, item.payload.to_vec())))
            .collect()
    }

    #[test]
    fn the_specifications_own_examples() {
        let attachment = ("attachment".to_owned(), b"\xef\xbb\xbfHello\r\n".to_vec());
        let event = (
            "event".to_owned(),
            b"{\"message\":\"hello world\",\"level\":\"error\"}".to_vec(),
        );
        let two = b"{\"event_id\":\"9ec79c33ec9942ab8353589fcb2e04dc\"}\n\
            {\"type\":\"attachment\",\"length\":10,\"content_type\":\"text/plain\",\"filename\":\"hello.txt\"}\n\
            \xef\xbb\xbfHello\r\n\n\
            {\"type\":\"event\",\"length\":41,\"content_type\":\"application/json\"}\n\
            {\"message\":\"hello world\",\"level\":\"error\"}\n";
        let both = Ok(vec![attachment, event]);
        assert_eq!(items(two), both);
        assert_eq!(items(&two[..two.len() - 1]), both);
        let empty = b"{}\n{\"type\":\"attachment\",\"length\":0}\n\n{\"type\":\"attachment\",\"length\":0}\n\n";
        for cut in 0..=2 {
            let found = items(&empty[..empty.len() - cut]).map(|items| items.len());
            assert_eq!(found, Ok(2), "without the last {cut} bytes");
        }
        let implicit = b"{}\n{\"type\":\"attachment\"}\nhelloworld\n";
        for body in [&implicit[..], &implicit[..implicit.len() - 1]] {
            assert_eq!(
                items(body),
                Ok(vec![("attachment".to_owned(), b"helloworld".to_vec())])
            );
        }
        assert_eq!(items(b"{}"), Ok(vec![]));
        assert_eq!(items(b"{}\n\n"), Ok(vec![]));
    }

    #[test]
    fn what_is_cut_or_no_envelope_is_told() {
        for (body, reason) in [
            (&b""[..], "the header of the envelope: a header must be"),
            (b"[]\n", "a header must be a JSON object"),
            (b"null\n", "a header must be a JSON object"),
            (b"{\"sdk\":7}\n", "its header is not valid"),
            (b"{}\n{}\n{}\n", "missing field `type`"),
            (b"{}\n{\"type\":\"span\"}", "its payload is missing"),
            (
                b"{}\n{\"type\":\"span\",\"length\":9}\n{}",
                "want 9 bytes, got 2",
            ),
            (
                b"{}\n{\"type\":\"span\",\"length\":1}\n{}\n",
                "longer than its length",
            ),
            (
                b"{}\n{\"type\":\"span\",\"length\":-1}\n{}\n",
                "its header is not valid",
            ),
            (
                b"{}\n\n{\"type\":\"span\"}\n{}\n",
                "a header must be a JSON object",
            ),
        ] {
            let error = items(body).err().unwrap_or_default();
            assert!(error.contains(reason), "{error}");
        }
    }
}
