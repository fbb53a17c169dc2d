//! `startWith(options)` for those who use the crate from `pkg/` or from Rust, without the shell (feature `options`).

use alloc::string::String;
use alloc::vec::Vec;

use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::core::attributes::Value;
use crate::tracer::config;
use crate::tracer::{BLANK, Tracer};
use crate::web::platform;
use crate::web::state;

/// The options of `init` that the crate itself can follow; names, types and defaults are those of `js/types.d.ts`.
/// A wrong type or a value out of range is an error that says so; an unknown key is ignored.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Options {
    service_name: String,
    service_version: Option<String>,
    environment: Option<String>,
    /// Full URL; absent: spans stay in the page.
    traces_endpoint: Option<String>,
    propagate: Option<Vec<Family>>,
    sample_rate: Option<f64>,
    max_open_spans: Option<u32>,
    flush_interval_ms: Option<u32>,
    max_baggage_bytes: Option<u32>,
    #[serde(default)]
    buffer: Buffer,
    #[serde(default)]
    redact: Redact,
}

#[derive(Debug, Deserialize, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Family {
    W3c,
    Sentry,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Buffer {
    max_bytes: Option<u32>,
    retain: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Redact {
    #[serde(default)]
    query_parameters: Vec<String>,
    #[serde(default)]
    headers: Vec<String>,
    #[serde(default)]
    attributes: Vec<String>,
    #[serde(default)]
    emails: bool,
}

/// Makes the tracer from an object of options, as `install` does without. Once in each instance of the wasm.
///
/// # Errors
///
/// An `Error` that says what was expected and what was found.
#[wasm_bindgen(js_name = startWith)]
pub fn start_with(options: JsValue) -> Result<(), JsValue> {
    let options: Options = serde_wasm_bindgen::from_value(options)?;
    let rate = options
        .sample_rate
        .unwrap_or(match options.environment.as_deref() {
            Some("production") => 0.1,
            _ => 1.0,
        });
    if !(0.0..=1.0).contains(&rate) {
        return Err(JsError::new("option sampleRate must be a number from 0 to 1").into());
    }
    // Whoever starts again, as tests do, starts with nothing.
    state::with(|tracer| *tracer = BLANK);
    platform::install(&wasm_bindgen::exports(), &JsValue::UNDEFINED);
    state::with(|tracer| configure(tracer, &options, rate));
    if let Some(url) = &options.traces_endpoint {
        platform::set_endpoint(&url.as_str().into(), &JsValue::UNDEFINED);
        state::with(|tracer| tracer.set_number(config::EXPORT, 1.0));
    }
    Ok(())
}

fn configure(tracer: &mut Tracer, options: &Options, rate: f64) {
    let Options { redact, buffer, .. } = options;
    let lists = [
        (config::REDACT_PARAMETER, &redact.query_parameters),
        (config::REDACT_HEADER, &redact.headers),
        (config::REDACT_ATTRIBUTE, &redact.attributes),
    ];
    for (setting, names) in lists {
        for name in names {
            set_text(tracer, setting, name);
        }
    }
    let retain = if options.traces_endpoint.is_none() {
        1_000
    } else {
        0
    };
    let numbers = [
        (config::SAMPLE_RATE, Some(rate)),
        (
            config::REDACT_EMAILS,
            Some(f64::from(u8::from(redact.emails))),
        ),
        (
            config::MAX_OPEN_SPANS,
            options.max_open_spans.map(f64::from),
        ),
        (
            config::FLUSH_INTERVAL,
            // What a timer takes at most.
            options
                .flush_interval_ms
                .map(|ms| f64::from(ms.min(i32::MAX as u32))),
        ),
        (
            config::MAX_BAGGAGE,
            options.max_baggage_bytes.map(f64::from),
        ),
        (config::MAX_BYTES, buffer.max_bytes.map(f64::from)),
        (
            config::RETAIN,
            Some(f64::from(buffer.retain.unwrap_or(retain))),
        ),
    ];
    for (setting, value) in numbers {
        if let Some(value) = value {
            tracer.set_number(setting, value);
        }
    }
    if let Some(families) = &options.propagate {
        for (setting, family) in [
            (config::WRITE_W3C, Family::W3c),
            (config::WRITE_SENTRY, Family::Sentry),
        ] {
            tracer.set_number(setting, f64::from(u8::from(families.contains(&family))));
        }
    }
    let mut describe = |key: &[u8], value: &str| {
        tracer.describe_resource(key, Value::Str(value.as_bytes()));
    };
    describe(b"service.name", &options.service_name);
    describe(b"telemetry.sdk.name", "tracelink");
    describe(b"telemetry.sdk.language", "webjs");
    describe(b"telemetry.sdk.version", env!("CARGO_PKG_VERSION"));
    if let Some(version) = &options.service_version {
        describe(b"service.version", version);
    }
    if let Some(environment) = &options.environment {
        describe(b"deployment.environment.name", environment);
        let propagation = &mut tracer.config.propagation;
        propagation.tell(b"environment", environment.as_bytes());
    }
}

fn set_text(tracer: &mut Tracer, setting: u32, text: &str) {
    tracer.scratch.fill([text.as_bytes()].into_iter());
    tracer.set_text(setting, text.len());
}
