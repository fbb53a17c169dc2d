//! OTLP protobuf, one span at a time: what is not stored is dropped at once, and no message is decoded that would grow
//! far beyond its bytes.

use bytes::{Buf, BufMut as _, Bytes};
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;
use prost::encoding::{DecodeContext, WireType, decode_key, encode_key, encode_varint, skip_field};

use super::Batch;
use super::room::{DecodeError, MOST_VALUES, Room};

/// `resource_spans`, `scope_spans` and `spans`: in each of the three messages around spans the field that leads to them.
const REQUEST_RESOURCE_SPANS: u32 = 1;
const RESOURCE_SCOPE_SPANS: u32 = 2;
const SCOPE_SPANS: u32 = 2;
/// The last field of the request and of the two messages inside; all fields before it are length-delimited.
const LAST_OF_REQUEST: u32 = 1;
const LAST_INSIDE: u32 = 3;

/// Decodes a request; `body` is consumed on the way.
pub(super) fn decode(body: &mut impl Buf, room: Room) -> Result<Batch, DecodeError> {
    let mut batch = Batch::within(room);
    walk(body, 0, REQUEST_RESOURCE_SPANS, None, &mut |body, end| {
        resource(body, end, &mut batch)
    })?;
    Ok(batch)
}

fn resource<B: Buf>(body: &mut B, end: usize, batch: &mut Batch) -> Result<(), DecodeError> {
    let mut rest = Vec::new();
    let first = batch.spans.len();
    walk(
        body,
        end,
        RESOURCE_SCOPE_SPANS,
        Some(&mut rest),
        &mut |body, end| scope(body, end, batch),
    )?;
    let ResourceSpans {
        resource,
        schema_url,
        ..
    } = message(Bytes::from(rest), &RESOURCE_SPANS)?;
    batch.end_resource(first, resource, schema_url)
}

fn scope<B: Buf>(body: &mut B, end: usize, batch: &mut Batch) -> Result<(), DecodeError> {
    let mut rest = Vec::new();
    let first = batch.spans.len();
    walk(body, end, SCOPE_SPANS, Some(&mut rest), &mut |body, end| {
        let bytes = body.copy_to_bytes(body.remaining() - end);
        batch.add_span(message::<Span>(bytes, &SPAN)?)
    })?;
    let ScopeSpans {
        scope, schema_url, ..
    } = message(Bytes::from(rest), &SCOPE_SPANS_REST)?;
    batch.end_scope(first, scope, schema_url)
}

/// Reads a message up to where `end` bytes are left. `visit` gets each field of the wanted number and must read to where
/// its second argument says; other fields are gathered in `rest`, as they are.
fn walk<B: Buf>(
    body: &mut B,
    end: usize,
    wanted: u32,
    mut rest: Option<&mut Vec<u8>>,
    visit: &mut dyn FnMut(&mut B, usize) -> Result<(), DecodeError>,
) -> Result<(), DecodeError> {
    let last = if rest.is_some() {
        LAST_INSIDE
    } else {
        LAST_OF_REQUEST
    };
    while body.remaining() > end {
        let (tag, wire) = decode_key(body).map_err(malformed)?;
        if wire != WireType::LengthDelimited {
            if tag <= last {
                return Err(DecodeError::Malformed(format!(
                    "the body is not an ExportTraceServiceRequest: field {tag} has the wrong type"
                )));
            }
            skip_field(wire, tag, body, DecodeContext::default()).map_err(malformed)?;
            if body.remaining() < end {
                return Err(cut_off());
            }
            continue;
        }
        let length = prost::encoding::decode_varint(body).map_err(malformed)?;
        let length = usize::try_from(length).map_err(|_| cut_off())?;
        let after = body
            .remaining()
            .checked_sub(length)
            .filter(|after| *after >= end)
            .ok_or_else(cut_off)?;
        if tag == wanted {
            visit(body, after)?;
        } else if let Some(rest) = rest.as_deref_mut() {
            encode_key(tag, wire, rest);
            encode_varint(length as u64, rest);
            rest.put(body.take(length));
        } else {
            body.advance(length);
        }
    }
    Ok(())
}

fn malformed(error: prost::DecodeError) -> DecodeError {
    DecodeError::Malformed(format!(
        "the body is not an ExportTraceServiceRequest: {error}"
    ))
}

fn cut_off() -> DecodeError {
    DecodeError::Malformed(
        "the body is not an ExportTraceServiceRequest: a field is longer than what holds it"
            .to_owned(),
    )
}

fn message<M: Message + Default>(bytes: Bytes, shape: &Shape) -> Result<M, DecodeError> {
    // Two bytes are the least that a value takes.
    if bytes.len() / 2 > MOST_VALUES && values(&bytes, shape, 0) > MOST_VALUES {
        return Err(DecodeError::TooLarge(format!(
            "a span, resource or scope has more than {MOST_VALUES} attributes, events, links and values"
        )));
    }
    M::decode(bytes).map_err(malformed)
}

/// The fields of a message that are repeated messages, or lead to such.
struct Shape(&'static [(u32, &'static Shape)]);

static LEAF: Shape = Shape(&[]);
static ANY_VALUE: Shape = Shape(&[(5, &ARRAY_VALUE), (6, &KEY_VALUE_LIST)]);
static ARRAY_VALUE: Shape = Shape(&[(1, &ANY_VALUE)]);
static KEY_VALUE_LIST: Shape = Shape(&[(1, &KEY_VALUE)]);
static KEY_VALUE: Shape = Shape(&[(2, &ANY_VALUE)]);
static EVENT: Shape = Shape(&[(3, &KEY_VALUE)]);
static LINK: Shape = Shape(&[(4, &KEY_VALUE)]);
static SPAN: Shape = Shape(&[(9, &KEY_VALUE), (11, &EVENT), (13, &LINK)]);
static ENTITY: Shape = Shape(&[(3, &LEAF), (4, &LEAF)]);
static RESOURCE: Shape = Shape(&[(1, &KEY_VALUE), (3, &ENTITY)]);
static RESOURCE_SPANS: Shape = Shape(&[(1, &RESOURCE)]);
static SCOPE: Shape = Shape(&[(3, &KEY_VALUE)]);
static SCOPE_SPANS_REST: Shape = Shape(&[(1, &SCOPE)]);

/// Deeper values are refused by the decoder.
const DEEPEST: usize = 100;

/// How many messages the shape finds. What is malformed ends the count: the decoder will say so.
fn values(mut bytes: &[u8], Shape(fields): &Shape, depth: usize) -> usize {
    let mut count = 0;
    while !bytes.is_empty() && count <= MOST_VALUES && depth < DEEPEST {
        let Ok((tag, wire)) = decode_key(&mut bytes) else {
            break;
        };
        if wire != WireType::LengthDelimited {
            if skip_field(wire, tag, &mut bytes, DecodeContext::default()).is_err() {
                break;
            }
            continue;
        }
        let length = prost::encoding::decode_varint(&mut bytes).ok();
        let Some((content, rest)) = length
            .and_then(|length| usize::try_from(length).ok())
            .and_then(|length| bytes.split_at_checked(length))
        else {
            break;
        };
        if let Some((_, shape)) = fields.iter().find(|(number, _)| *number == tag) {
            count += 1 + values(content, shape, depth + 1);
        }
        bytes = rest;
    }
    count
}

/// A scope without its spans, as it is stored.
pub(super) fn scope_record(scope: Option<InstrumentationScope>, schema_url: String) -> Vec<u8> {
    ScopeSpans {
        scope,
        spans: Vec::new(),
        schema_url,
    }
    .encode_to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_is_counted() {
        let field = |number: u8, content: &[u8]| {
            let length = u8::try_from(content.len()).unwrap_or(u8::MAX);
            [&[number << 3 | 2, length], content].concat()
        };
        let list = field(2, &field(5, &field(1, b"").repeat(3)));
        let attribute = [field(1, b"key"), list].concat();
        assert_eq!(values(&attribute, &KEY_VALUE, 0), 5);
        let span = [
            field(5, b"name"),
            field(9, &attribute),
            field(11, &field(3, &attribute)),
            field(13, &field(4, b"")),
            vec![7 << 3 | 1, 0, 0, 0, 0, 0, 0, 0, 0],
        ];
        assert_eq!(values(&span.concat(), &SPAN, 0), 6 + 7 + 2);
        assert_eq!(values(b"\xff\xff", &SPAN, 0), 0);
    }
}
