//! Attributes of a span, an event or link, the resource, or all spans to come.

use crate::tracer::Tracer;
use crate::web::state::with;

/// Sets a string attribute.
#[unsafe(export_name = "setString")]
pub extern "C" fn set_string(target: f64, key: i32, len: usize) {
    with(|tracer| tracer.set_string(target, key, len));
}

/// Sets a number attribute.
#[unsafe(export_name = "setNumber")]
pub extern "C" fn set_number(target: f64, key: i32, value: f64) {
    with(|tracer| tracer.set_number_attribute(target, key, value));
}

/// Sets a boolean attribute.
#[unsafe(export_name = "setBool")]
pub extern "C" fn set_bool(target: f64, key: i32, value: bool) {
    with(|tracer| tracer.set_bool(target, key, value));
}

/// Removes an attribute.
#[unsafe(export_name = "unset")]
pub extern "C" fn unset(target: f64, key: i32) {
    with(|tracer| tracer.unset(target, key));
}

/// Counts an attribute whose value has no place in OTLP.
#[unsafe(export_name = "refuse")]
pub extern "C" fn refuse(target: f64) {
    with(|tracer| tracer.refuse(target));
}

/// Starts an array value.
#[unsafe(export_name = "beginArray")]
pub extern "C" fn begin_array() {
    with(Tracer::begin_array);
}

/// Adds a string to the array value.
#[unsafe(export_name = "pushString")]
pub extern "C" fn push_string(len: usize) {
    with(|tracer| tracer.push_string(len));
}

/// Adds a number to the array value.
#[unsafe(export_name = "pushNumber")]
pub extern "C" fn push_number(value: f64) {
    with(|tracer| tracer.push_number(value));
}

/// Adds a boolean to the array value.
#[unsafe(export_name = "pushBool")]
pub extern "C" fn push_bool(value: bool) {
    with(|tracer| tracer.push_bool(value));
}

/// Sets the array value that was put together.
#[unsafe(export_name = "setArray")]
pub extern "C" fn set_array(target: f64, key: i32) {
    with(|tracer| tracer.set_array(target, key));
}
