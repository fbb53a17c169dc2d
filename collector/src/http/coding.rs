//! Content codings of request bodies: which a path takes, and unpacking them into a bounded sink.

use std::io::{self, Write as _};

use axum::http::header::CONTENT_ENCODING;
use axum::http::{HeaderMap, StatusCode};
use brotli_decompressor::DecompressorWriter;
use flate2::write::{MultiGzDecoder, ZlibDecoder};

use super::body::Sink;
use crate::ingest::status::Refusal;

/// Bytes that the brotli decoder hands on at a time.
const BROTLI_BUFFER: usize = 16 << 10;

/// How a body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coding {
    Identity,
    Gzip,
    /// The zlib format, as HTTP means the word.
    Deflate,
    Brotli,
}

/// What OTLP/HTTP names.
pub(super) const OTLP: &[Coding] = &[Coding::Gzip];
/// What Sentry's SDKs use.
pub(super) const SENTRY: &[Coding] = &[Coding::Gzip, Coding::Deflate, Coding::Brotli];

impl Coding {
    fn name(self) -> &'static str {
        match self {
            Coding::Identity => "identity",
            Coding::Gzip => "gzip",
            Coding::Deflate => "deflate",
            Coding::Brotli => "br",
        }
    }

    /// The coding that a request names, if it is one of `known`.
    pub(super) fn of(headers: &HeaderMap, known: &[Coding]) -> Result<Coding, Refusal> {
        let mut codings = headers.get_all(CONTENT_ENCODING).iter();
        let coding = codings
            .next()
            .map(|value| value.to_str().unwrap_or("?").trim().to_ascii_lowercase());
        let found = match coding.as_deref() {
            _ if codings.next().is_some() => Err("more than one coding".to_owned()),
            None | Some("" | "identity") => Ok(Coding::Identity),
            Some("x-gzip") => Ok(Coding::Gzip),
            Some(name) => known
                .iter()
                .copied()
                .find(|coding| coding.name() == name)
                .ok_or_else(|| format!("{name:?}")),
        };
        found.map_err(|got| {
            let message = format!("want Content-Encoding {}, got {got}", names(known, " or "));
            Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message)
        })
    }

    /// The value of `Accept-Encoding` that tells a sender what it may use.
    pub(super) fn accepted(known: &[Coding]) -> String {
        format!("{}, identity", names(known, ", "))
    }
}

fn names(codings: &[Coding], between: &str) -> String {
    let names: Vec<_> = codings.iter().map(|coding| coding.name()).collect();
    names.join(between)
}

/// Unpacks what is written into it.
pub(super) enum Unpacker {
    Identity(Sink),
    Gzip(MultiGzDecoder<Sink>),
    Deflate(ZlibDecoder<Sink>),
    Brotli(Box<DecompressorWriter<Sink>>),
}

impl Unpacker {
    pub(super) fn new(coding: Coding, sink: Sink) -> Unpacker {
        match coding {
            Coding::Identity => Unpacker::Identity(sink),
            Coding::Gzip => Unpacker::Gzip(MultiGzDecoder::new(sink)),
            Coding::Deflate => Unpacker::Deflate(ZlibDecoder::new(sink)),
            Coding::Brotli => {
                Unpacker::Brotli(Box::new(DecompressorWriter::new(sink, BROTLI_BUFFER)))
            }
        }
    }

    pub(super) fn write(&mut self, chunk: &[u8]) -> Result<(), Refusal> {
        let (result, sink, name) = match self {
            Unpacker::Identity(sink) => return sink.take(chunk),
            Unpacker::Gzip(decoder) => (decoder.write_all(chunk), decoder.get_mut(), "gzip"),
            Unpacker::Deflate(decoder) => (decoder.write_all(chunk), decoder.get_mut(), "zlib"),
            Unpacker::Brotli(decoder) => (decoder.write_all(chunk), decoder.get_mut(), "brotli"),
        };
        result.map_err(|error| refusal(sink, name, &error))
    }

    /// The sink, once the body is there whole.
    pub(super) fn finish(self) -> Result<Sink, Refusal> {
        match self {
            Unpacker::Identity(sink) => Ok(sink),
            Unpacker::Gzip(mut decoder) => match decoder.try_finish() {
                Ok(()) => decoder.finish().map_err(|error| broken("gzip", &error)),
                Err(error) => Err(refusal(decoder.get_mut(), "gzip", &error)),
            },
            Unpacker::Deflate(mut decoder) => match decoder.try_finish() {
                Ok(()) => decoder.finish().map_err(|error| broken("zlib", &error)),
                Err(error) => Err(refusal(decoder.get_mut(), "zlib", &error)),
            },
            Unpacker::Brotli(mut decoder) => match decoder.close() {
                Ok(()) => decoder
                    .into_inner()
                    .map_err(|_| broken("brotli", &io::ErrorKind::UnexpectedEof.into())),
                Err(error) => Err(refusal(decoder.get_mut(), "brotli", &error)),
            },
        }
    }
}

/// Why a decoder stopped: its sink takes no more, or the bytes are broken.
fn refusal(sink: &mut Sink, name: &str, error: &io::Error) -> Refusal {
    sink.refusal.take().unwrap_or_else(|| broken(name, error))
}

fn broken(name: &str, error: &io::Error) -> Refusal {
    Refusal::new(
        StatusCode::BAD_REQUEST,
        format!("the body is not {name}: {error}"),
    )
}
