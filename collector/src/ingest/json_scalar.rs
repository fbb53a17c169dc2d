//! Readers for the scalars of OTLP/JSON that take every legal spelling; `null` is always the default.

use std::fmt;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use serde::de::{self, Deserialize, Deserializer, Visitor};

const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_padding_mode(DecodePaddingMode::Indifferent)
    .with_decode_allow_trailing_bits(true);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// A value read from JSON on its way into a protobuf field.
pub(super) trait Reader: for<'de> Deserialize<'de> {
    /// The field's type.
    type Value;
    /// The value itself.
    fn value(self) -> Self::Value;
}

macro_rules! reader {
    ($(#[$doc:meta])* $name:ident($type:ty), $visitor:ident) => {
        $(#[$doc])*
        pub(super) struct $name(pub(super) $type);

        impl Reader for $name {
            type Value = $type;
            fn value(self) -> $type {
                self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any($visitor).map($name)
            }
        }
    };
}

macro_rules! integer_visitor {
    ($visitor:ident($type:ty)) => {
        struct $visitor;

        impl Visitor<'_> for $visitor {
            type Value = $type;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!("a number in the range of ", stringify!($type)))
            }
            fn visit_unit<E: de::Error>(self) -> Result<$type, E> {
                Ok(0)
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<$type, E> {
                <$type>::try_from(value)
                    .map_err(|_| E::invalid_value(de::Unexpected::Unsigned(value), &self))
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<$type, E> {
                <$type>::try_from(value)
                    .map_err(|_| E::invalid_value(de::Unexpected::Signed(value), &self))
            }
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<$type, E> {
                // 1e3 and 5.0 are legal spellings of integers; the cast saturates, so it is checked by casting back.
                let whole = value as $type;
                let exact = whole as f64 == value && value < <$type>::MAX as f64;
                if exact {
                    Ok(whole)
                } else {
                    Err(E::invalid_value(de::Unexpected::Float(value), &self))
                }
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<$type, E> {
                if let Ok(number) = value.parse::<$type>() {
                    return Ok(number);
                }
                match value.parse::<f64>() {
                    Ok(number) if value.contains(['e', 'E', '.']) => self.visit_f64(number),
                    _ => Err(E::invalid_value(de::Unexpected::Str(value), &self)),
                }
            }
        }
    };
}

reader!(
    /// An `int32` or an enumeration, whose names OTLP/JSON forbids.
    Int32(i32), Int32Visitor
);
integer_visitor!(Int32Visitor(i32));

reader!(
    /// A `uint32` or `fixed32`.
    Uint32(u32), Uint32Visitor
);
integer_visitor!(Uint32Visitor(u32));

reader!(
    /// A `fixed64`.
    Uint64(u64), Uint64Visitor
);
integer_visitor!(Uint64Visitor(u64));

reader!(
    /// An `intValue`. OpenTelemetry JS writes every whole number as one, 1e300 too: beyond 64 bits it is a double.
    IntValue(Value), IntValueVisitor
);
integer_visitor!(Int64Visitor(i64));

struct IntValueVisitor;

impl Visitor<'_> for IntValueVisitor {
    type Value = Value;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number")
    }
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(i64::try_from(value).map_or(Value::DoubleValue(value as f64), Value::IntValue))
    }
    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::IntValue(value))
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        if value >= i64::MAX as f64 || value < i64::MIN as f64 {
            return Ok(Value::DoubleValue(value));
        }
        Int64Visitor.visit_f64(value).map(Value::IntValue)
    }
    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Int64Visitor.visit_str(value).map(Value::IntValue)
    }
}

reader!(
    /// A `double`: a number, its text, `"NaN"`, `"Infinity"` or `"-Infinity"`.
    Double(f64), DoubleVisitor
);
struct DoubleVisitor;

impl Visitor<'_> for DoubleVisitor {
    type Value = f64;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, \"NaN\", \"Infinity\" or \"-Infinity\"")
    }
    fn visit_unit<E: de::Error>(self) -> Result<f64, E> {
        Ok(0.0)
    }
    fn visit_u64<E: de::Error>(self, value: u64) -> Result<f64, E> {
        Ok(value as f64)
    }
    fn visit_i64<E: de::Error>(self, value: i64) -> Result<f64, E> {
        Ok(value as f64)
    }
    fn visit_f64<E: de::Error>(self, value: f64) -> Result<f64, E> {
        Ok(value)
    }
    fn visit_str<E: de::Error>(self, value: &str) -> Result<f64, E> {
        match value {
            "NaN" => Ok(f64::NAN),
            "Infinity" => Ok(f64::INFINITY),
            "-Infinity" => Ok(f64::NEG_INFINITY),
            _ => match value.parse::<f64>() {
                Ok(number) if number.is_finite() => Ok(number),
                _ => Err(E::invalid_value(de::Unexpected::Str(value), &self)),
            },
        }
    }
}

reader!(
    /// A `bool`.
    Bool(bool), BoolVisitor
);
struct BoolVisitor;

impl Visitor<'_> for BoolVisitor {
    type Value = bool;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("true or false")
    }
    fn visit_unit<E: de::Error>(self) -> Result<bool, E> {
        Ok(false)
    }
    fn visit_bool<E: de::Error>(self, value: bool) -> Result<bool, E> {
        Ok(value)
    }
}

reader!(
    /// `bytes` in base64, standard or URL-safe, padded or not.
    Bytes(Vec<u8>), BytesVisitor
);
struct BytesVisitor;

impl Visitor<'_> for BytesVisitor {
    type Value = Vec<u8>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("base64")
    }
    fn visit_unit<E: de::Error>(self) -> Result<Vec<u8>, E> {
        Ok(Vec::new())
    }
    fn visit_str<E: de::Error>(self, value: &str) -> Result<Vec<u8>, E> {
        let bytes = if value.contains(['-', '_']) {
            URL_SAFE.decode(value)
        } else {
            STANDARD.decode(value)
        };
        bytes.map_err(|_| E::invalid_value(de::Unexpected::Str(value), &self))
    }
}

reader!(
    /// An id in hexadecimal of any case. What is not hexadecimal becomes an id of one byte: its span is refused, not the batch.
    Id(Vec<u8>), IdVisitor
);
struct IdVisitor;

impl Visitor<'_> for IdVisitor {
    type Value = Vec<u8>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id in hexadecimal")
    }
    fn visit_unit<E: de::Error>(self) -> Result<Vec<u8>, E> {
        Ok(Vec::new())
    }
    fn visit_str<E: de::Error>(self, value: &str) -> Result<Vec<u8>, E> {
        Ok(crate::otlp::hex::decode(value).unwrap_or_else(|| vec![u8::MAX]))
    }
}

/// A `string`. A lone surrogate, which JavaScript writes, becomes U+FFFD.
pub(super) struct Text(pub(super) String);

impl Reader for Text {
    type Value = String;
    fn value(self) -> String {
        self.0
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_option(TextVisitor).map(Text)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = String;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }
    fn visit_none<E: de::Error>(self) -> Result<String, E> {
        Ok(String::new())
    }
    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<String, D::Error> {
        // As bytes, because as text serde_json refuses lone surrogates.
        deserializer.deserialize_bytes(self)
    }
    fn visit_bytes<E: de::Error>(self, value: &[u8]) -> Result<String, E> {
        match std::str::from_utf8(value) {
            Ok(text) => Ok(text.to_owned()),
            Err(_) => replace_surrogates(value).ok_or_else(|| E::custom("a text is not UTF-8")),
        }
    }
}

/// serde_json writes a lone surrogate as three bytes, of which the first two give it away.
fn replace_surrogates(text: &[u8]) -> Option<String> {
    let mut bytes = text.to_vec();
    for at in 0..bytes.len() {
        if let Some(character @ [0xed, 0xa0..=0xbf, _]) = bytes.get_mut(at..at + 3) {
            character.copy_from_slice("\u{fffd}".as_bytes());
        }
    }
    String::from_utf8(bytes).ok()
}
