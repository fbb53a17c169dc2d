//! A tracer whose ended spans can be read back as text.

use tracelink::core::context::SpanContext;
use tracelink::core::ids::{SpanId, TraceId};
use tracelink::core::slab::Handle;
use tracelink::otlp::read::{SpanView, Value, spans};
use tracelink::tracer::Tracer;
use tracelink::tracer::spans::{DECIDED, Ids, SAMPLED};

const RETAIN: u32 = 4;

pub(crate) fn tracer() -> Tracer {
    let mut tracer = Tracer::new(0.0);
    tracer.set_number(RETAIN, 1_000.0);
    tracer
}

pub(crate) fn context() -> SpanContext {
    SpanContext {
        trace_id: TraceId([0xAA; 16]),
        span_id: SpanId([0xBB; 8]),
        sampled: Some(true),
        random: false,
    }
}

/// Starts a sampled span with the ids of [`context`].
pub(crate) fn start(tracer: &mut Tracer, time: f64) -> Handle {
    let context = context();
    let ids = Ids {
        trace: context.trace_id,
        span: context.span_id,
        parent: SpanId::default(),
    };
    tracer.start(ids, DECIDED | SAMPLED, 0, 3, time, 0.0)
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn shown(value: Value<'_>) -> String {
    match value {
        Value::Str(bytes) => text(bytes),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Double(value) => value.to_string(),
        _ => "?".to_owned(),
    }
}

/// The retained spans, each as `name start-end [key=value …] (event@time …)` and `!` for an error; times in ms.
pub(crate) fn written(tracer: &mut Tracer) -> Vec<String> {
    tracer.export_retained();
    let request = tracer.output.clone();
    let ms = |nanoseconds: u64| nanoseconds / 1_000_000;
    spans(&request)
        .map(|span| {
            let span = SpanView::read(span.unwrap()).unwrap();
            let attributes: Vec<String> = span
                .attributes()
                .map(|pair| {
                    let (key, value) = pair.unwrap();
                    format!("{}={}", text(key), shown(value))
                })
                .collect();
            let events: Vec<String> = span
                .events()
                .map(|event| {
                    let event = event.unwrap();
                    format!("{}@{}", text(event.name), ms(event.time))
                })
                .collect();
            let failed = if span.status == 2 { "!" } else { "" };
            format!(
                "{}{failed} {}-{} [{}] ({})",
                text(span.name),
                ms(span.start),
                ms(span.end),
                attributes.join(" "),
                events.join(" ")
            )
        })
        .collect()
}
