//! Attributes of a span, an event or link, the resource, or all spans to come.

use wasm_bindgen::prelude::*;

use crate::tracer::Tracer;
use crate::web::state::with;

/// Sets a string attribute.
#[wasm_bindgen(js_name = setString)]
pub fn set_string(target: f64, key: i32, len: usize) {
    with(|tracer| tracer.set_string(target, key, len));
}

/// Sets a number attribute.
#[wasm_bindgen(js_name = setNumber)]
pub fn set_number(target: f64, key: i32, value: f64) {
    with(|tracer| tracer.set_number_attribute(target, key, value));
}

/// Sets a boolean attribute.
#[wasm_bindgen(js_name = setBool)]
pub fn set_bool(target: f64, key: i32, value: bool) {
    with(|tracer| tracer.set_bool(target, key, value));
}

/// Removes an attribute.
#[wasm_bindgen]
pub fn unset(target: f64, key: i32) {
    with(|tracer| tracer.unset(target, key));
}

/// Counts an attribute whose value has no place in OTLP.
#[wasm_bindgen]
pub fn refuse(target: f64) {
    with(|tracer| tracer.refuse(target));
}

/// Starts an array value.
#[wasm_bindgen(js_name = beginArray)]
pub fn begin_array() {
    with(Tracer::begin_array);
}

/// Adds a string to the array value.
#[wasm_bindgen(js_name = pushString)]
pub fn push_string(len: usize) {
    with(|tracer| tracer.push_string(len));
}

/// Adds a number to the array value.
#[wasm_bindgen(js_name = pushNumber)]
pub fn push_number(value: f64) {
    with(|tracer| tracer.push_number(value));
}

/// Adds a boolean to the array value.
#[wasm_bindgen(js_name = pushBool)]
pub fn push_bool(value: bool) {
    with(|tracer| tracer.push_bool(value));
}

/// Sets the array value that was put together.
#[wasm_bindgen(js_name = setArray)]
pub fn set_array(target: f64, key: i32) {
    with(|tracer| tracer.set_array(target, key));
}
