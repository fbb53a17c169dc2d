//! The scalars of Sentry's JSON: ids, times, and attribute values with or without their type beside them.

use std::fmt;

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, ArrayValue, KeyValue, KeyValueList};
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::otlp::hex;

/// Reads `null` as the default.
pub(super) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// An id of N bytes that is not all zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Id<const N: usize>(pub(super) [u8; N]);

impl<'de, const N: usize> Deserialize<'de> for Id<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        hex::id(&text).map(Id).ok_or_else(|| {
            let got: String = text.chars().take(40).collect();
            de::Error::custom(format_args!(
                "want an id of {} hexadecimal digits that is not all zero, got {got:?}",
                2 * N
            ))
        })
    }
}

/// A time in nanoseconds since 1970, from seconds or a text of RFC 3339. Sentry's numbers are exact to the microsecond.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Time(pub(super) u64);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TimeVisitor;
        impl Visitor<'_> for TimeVisitor {
            type Value = Time;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time from 1970 to 2262, in seconds or as in RFC 3339")
            }
            fn visit_f64<E: de::Error>(self, seconds: f64) -> Result<Time, E> {
                let micros = (seconds.fract() * 1e6).round() + seconds.trunc() * 1e6;
                if !(0.0..=9.2e15).contains(&micros) {
                    return Err(E::invalid_value(de::Unexpected::Float(seconds), &self));
                }
                Ok(Time(micros as u64 * 1_000))
            }
            fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Time, E> {
                self.visit_f64(seconds as f64)
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Time, E> {
                // Python writes UTC without saying so in some versions.
                let zoned = format!("{text}Z");
                let time = OffsetDateTime::parse(text, &Rfc3339)
                    .or_else(|_| OffsetDateTime::parse(&zoned, &Rfc3339));
                time.ok()
                    .and_then(|time| i64::try_from(time.unix_timestamp_nanos()).ok())
                    .and_then(|nanos| u64::try_from(nanos).ok())
                    .map(Time)
                    .ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(TimeVisitor)
    }
}

/// Any JSON as a value; `null` is none.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Plain(pub(super) Option<Value>);

impl<'de> Deserialize<'de> for Plain {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PlainVisitor;
        impl<'de> Visitor<'de> for PlainVisitor {
            type Value = Plain;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value")
            }
            fn visit_unit<E: de::Error>(self) -> Result<Plain, E> {
                Ok(Plain(None))
            }
            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Plain, E> {
                Ok(Plain(Some(Value::BoolValue(value))))
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Plain, E> {
                Ok(Plain(Some(Value::IntValue(value))))
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Plain, E> {
                let whole = i64::try_from(value);
                let value = whole.map_or(Value::DoubleValue(value as f64), Value::IntValue);
                Ok(Plain(Some(value)))
            }
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Plain, E> {
                Ok(Plain(Some(Value::DoubleValue(value))))
            }
            fn visit_str<E: de::Error>(self, value: &str) -> Result<Plain, E> {
                Ok(Plain(Some(Value::StringValue(value.to_owned()))))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Plain, A::Error> {
                let mut values = Vec::new();
                while let Some(Plain(value)) = list.next_element()? {
                    values.push(AnyValue { value });
                }
                Ok(Plain(Some(Value::ArrayValue(ArrayValue { values }))))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Plain, A::Error> {
                let values = pairs::<Plain, A>(map)?;
                Ok(Plain(Some(Value::KvlistValue(KeyValueList { values }))))
            }
        }
        deserializer.deserialize_any(PlainVisitor)
    }
}

impl From<Plain> for Option<Value> {
    fn from(plain: Plain) -> Self {
        plain.0
    }
}

/// A value with its type beside it, `{ "value": 1, "type": "double", "unit": "…" }`, as span items have them.
struct Typed(Option<Value>);

impl<'de> Deserialize<'de> for Typed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Fields {
            #[serde(default)]
            value: Plain,
            #[serde(default, deserialize_with = "or_default")]
            r#type: String,
        }
        let Fields { value, r#type } = Fields::deserialize(deserializer)?;
        Ok(Typed(match (r#type.as_str(), value.0) {
            // JSON writes 2.0 as 2.
            ("double", Some(Value::IntValue(number))) => Some(Value::DoubleValue(number as f64)),
            (_, value) => value,
        }))
    }
}

impl From<Typed> for Option<Value> {
    fn from(typed: Typed) -> Self {
        typed.0
    }
}

/// Attributes whose values are plain JSON, as transactions have them.
#[derive(Debug, Default)]
pub(super) struct PlainAttributes(pub(super) Vec<KeyValue>);

/// Attributes whose values have their type beside them.
#[derive(Debug, Default)]
pub(super) struct TypedAttributes(pub(super) Vec<KeyValue>);

macro_rules! attributes {
    ($name:ident of $value:ty) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct AttributesVisitor;
                impl<'de> Visitor<'de> for AttributesVisitor {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("an object of attributes")
                    }
                    fn visit_unit<E: de::Error>(self) -> Result<$name, E> {
                        Ok($name::default())
                    }
                    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<$name, A::Error> {
                        pairs::<$value, A>(map).map($name)
                    }
                }
                deserializer.deserialize_any(AttributesVisitor)
            }
        }
    };
}
attributes!(PlainAttributes of Plain);
attributes!(TypedAttributes of Typed);

/// The members of an object that have a value.
fn pairs<'de, V, A>(mut map: A) -> Result<Vec<KeyValue>, A::Error>
where
    V: Deserialize<'de> + Into<Option<Value>>,
    A: MapAccess<'de>,
{
    let mut pairs = Vec::new();
    while let Some(key) = map.next_key::<String>()? {
        let read = map.next_value::<V>();
        let value = read.map_err(|error| de::Error::custom(format_args!("{key:?}: {error}")))?;
        if let Some(value) = value.into() {
            pairs.push(pair(key, value));
        }
    }
    Ok(pairs)
}

/// An attribute.
pub(super) fn pair(key: impl Into<String>, value: Value) -> KeyValue {
    KeyValue {
        key: key.into(),
        value: Some(AnyValue { value: Some(value) }),
        ..KeyValue::default()
    }
}

/// The text of an attribute; none when it is missing, empty or no text.
pub(super) fn text<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a str> {
    let pair = attributes.iter().find(|pair| pair.key == key)?;
    match pair.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(json: &str) -> Option<u64> {
        serde_json::from_str::<Time>(json).ok().map(|time| time.0)
    }

    #[test]
    fn times_are_seconds_or_texts() {
        for (json, nanos) in [
            ("1796049085.3704026", 1_796_049_085_370_403_000),
            ("1796049085", 1_796_049_085_000_000_000),
            ("0", 0),
            ("\"2011-05-02T17:41:36Z\"", 1_304_358_096_000_000_000),
            ("\"2011-05-02T17:41:36.955123Z\"", 1_304_358_096_955_123_000),
            (
                "\"2011-05-02T19:41:36.955+02:00\"",
                1_304_358_096_955_000_000,
            ),
            ("\"2011-05-02T17:41:36.955\"", 1_304_358_096_955_000_000),
        ] {
            assert_eq!(time(json), Some(nanos), "{json}");
        }
        for json in [
            "-1",
            "1e300",
            "null",
            "\"soon\"",
            "\"1969-12-31T23:59:59Z\"",
            "[]",
        ] {
            assert_eq!(time(json), None, "{json}");
        }
    }

    #[test]
    fn values_keep_their_type() {
        let json = "{\"s\":{\"value\":\"x\",\"type\":\"string\"},\"d\":{\"value\":2,\"type\":\"double\"},\
            \"i\":{\"value\":2,\"type\":\"integer\"},\"big\":{\"value\":18446744073709551615,\"type\":\"integer\"},\
            \"l\":{\"value\":[1,\"a\"],\"type\":\"array\"},\"none\":{\"value\":null},\"u\":{\"value\":true,\"unit\":\"x\"}}";
        let attributes = serde_json::from_str::<TypedAttributes>(json).map(|read| read.0);
        let integer = |number| AnyValue {
            value: Some(Value::IntValue(number)),
        };
        let letter = AnyValue {
            value: Some(Value::StringValue("a".to_owned())),
        };
        let list = ArrayValue {
            values: vec![integer(1), letter],
        };
        let expected = vec![
            pair("s", Value::StringValue("x".to_owned())),
            pair("d", Value::DoubleValue(2.0)),
            pair("i", Value::IntValue(2)),
            pair("big", Value::DoubleValue(18_446_744_073_709_551_615.0)),
            pair("l", Value::ArrayValue(list)),
            pair("u", Value::BoolValue(true)),
        ];
        assert_eq!(attributes.ok(), Some(expected));
    }
}
