//! Attribute values as the texts that filters compare with.

use std::borrow::Cow;

use opentelemetry_proto::tonic::common::v1::AnyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;

/// The text of a value that is neither a list nor bytes.
pub(crate) fn scalar(value: &AnyValue) -> Option<Cow<'_, str>> {
    match value.value.as_ref()? {
        Value::StringValue(text) => Some(Cow::Borrowed(text)),
        Value::BoolValue(flag) => Some(Cow::Borrowed(if *flag { "true" } else { "false" })),
        Value::IntValue(number) => Some(Cow::Owned(number.to_string())),
        Value::DoubleValue(number) => Some(Cow::Owned(number.to_string())),
        _ => None,
    }
}

/// Calls `visit` with the text of a scalar, or with that of each element of a list.
pub(crate) fn for_each(value: &AnyValue, visit: &mut dyn FnMut(&str)) {
    match &value.value {
        Some(Value::ArrayValue(list)) => list
            .values
            .iter()
            .filter_map(scalar)
            .for_each(|text| visit(&text)),
        _ => scalar(value).iter().for_each(|text| visit(text)),
    }
}
