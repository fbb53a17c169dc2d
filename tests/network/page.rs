//! The load of a document: events, children, which resources are left out, what happens without numbers.

use crate::support::{start, tracer, written};
use tracelink::core::slab::Handle;
use tracelink::tracer::Tracer;
use wasm_bindgen_test::wasm_bindgen_test;

const RESOURCES: u32 = 5;

/// A block as the platform hands it over.
fn block(numbers: &[f64], urls: &str) -> Vec<u8> {
    let mut bytes = (numbers.len() as f64).to_le_bytes().to_vec();
    for number in numbers {
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes.extend_from_slice(urls.as_bytes());
    bytes
}

/// A document that was loaded at 100 ms, without its resources.
fn document() -> Vec<f64> {
    let mut numbers = vec![0.0, -3.0, 60.0, 61.0, 62.0, 90.0, 91.0, 100.0, 55.0, 58.0];
    numbers.extend(row(5.0, 40.0, 200.0));
    numbers
}

fn row(start: f64, end: f64, status: f64) -> [f64; 11] {
    [
        start,
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
        start + 1.0,
        end - 1.0,
        end,
        20.0,
        status,
    ]
}

fn load(tracer: &mut Tracer) -> Handle {
    let handle = start(tracer, 0.0);
    tracer.set_page(handle, true);
    handle
}

fn end(tracer: &mut Tracer, numbers: &[f64], urls: &str) -> Vec<String> {
    tracer.end_page(&mut block(numbers, urls), false, 500.0);
    written(tracer)
}

#[wasm_bindgen_test(unsupported = test)]
fn the_document_its_request_and_its_resources() {
    let mut tracer = tracer();
    load(&mut tracer);
    let mut numbers = document();
    numbers.extend(row(45.0, 70.0, 304.0));
    let lines = end(
        &mut tracer,
        &numbers,
        "https://a.example/?token=1\0https://a.example/x.css",
    );
    assert_eq!(
        lines,
        [
            "documentFetch 5-40 [url.full=https://a.example/?token=REDACTED \
             http.response.status_code=200 network.protocol.version=2] \
             (fetchStart@5 requestStart@6 responseStart@39 responseEnd@40)",
            "resourceFetch 45-70 [url.full=https://a.example/x.css http.response.status_code=304 \
             network.protocol.version=2] (fetchStart@45 requestStart@46 responseStart@69 responseEnd@70)",
            " 0-100 [http.response.status_code=200] (fetchStart@5 domInteractive@60 \
             domContentLoadedEventStart@61 domContentLoadedEventEnd@62 domComplete@90 \
             loadEventStart@91 loadEventEnd@100 firstPaint@55 firstContentfulPaint@58)",
        ]
    );
    assert!(!tracer.is_loading());
    assert_eq!(tracer.open_spans(), 0);
}

#[wasm_bindgen_test(unsupported = test)]
fn the_slowest_resources_are_kept_and_the_others_counted() {
    let mut tracer = tracer();
    tracer.set_number(RESOURCES, 2.0);
    load(&mut tracer);
    let mut numbers = document();
    for (start, end) in [
        (10.0, 20.0),
        (10.0, 40.0),
        (10.0, 30.0),
        (10.0, 15.0),
        (100.0, 999.0),
    ] {
        numbers.extend(row(start, end, 0.0));
    }
    let lines = end(&mut tracer, &numbers, "d\0a\0b\0c\0e\0late");
    let resources: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.strip_prefix("resourceFetch "))
        .map(|line| line.split_once(" network").unwrap().0)
        .collect();
    assert_eq!(resources, ["10-40 [url.full=b", "10-30 [url.full=c"]);
    let load = lines.last().unwrap();
    assert!(
        load.contains("tracelink.resources.count=4 tracelink.resources.dropped=2"),
        "{load}"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_hidden_page_ends_its_load_as_incomplete() {
    let mut tracer = tracer();
    load(&mut tracer);
    let mut numbers = document();
    for number in numbers.iter_mut().take(10) {
        *number = 0.0;
    }
    numbers.extend(row(45.0, 70.0, 0.0));
    tracer.end_page(&mut block(&numbers, "d\0r"), true, 80.0);
    let lines = written(&mut tracer);
    assert_eq!(lines.len(), 3);
    assert!(
        lines[2].starts_with(" 0-80 [http.response.status_code=200 tracelink.incomplete=true]"),
        "{lines:?}"
    );
    tracer.end_page(&mut block(&numbers, "d\0r"), false, 90.0);
    assert_eq!(written(&mut tracer).len(), 3, "once");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_request_that_began_with_the_document_has_its_first_phase() {
    let mut tracer = tracer();
    load(&mut tracer);
    let mut numbers = document();
    numbers[10] = 0.0;
    let lines = end(&mut tracer, &numbers, "d");
    assert!(lines[0].starts_with("documentFetch 0-40"), "{lines:?}");
    assert!(lines.iter().all(|line| line.contains("(fetchStart@0 ")));
}

#[wasm_bindgen_test(unsupported = test)]
fn missing_and_broken_timing_leaves_the_load_alone() {
    let whole = block(&document(), "d");
    let huge = [1e300_f64.to_le_bytes(), f64::NAN.to_le_bytes()].concat();
    for bytes in [&[][..], &[1, 2, 3], &huge, whole.get(..40).unwrap()] {
        let mut tracer = tracer();
        load(&mut tracer);
        tracer.end_page(&mut bytes.to_vec(), false, 500.0);
        let lines = written(&mut tracer);
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert!(lines[0].starts_with(" 0-500"), "{lines:?}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn only_a_recorded_page_is_linked_to() {
    let mut tracer = tracer();
    tracer.set_page(0.0, true);
    assert!(tracer.page.is_none(), "a page that is not sampled");
    let handle = load(&mut tracer);
    let context = tracer.context_of(handle);
    assert!(context.is_some());
    assert_eq!(tracer.page, context);
    assert!(tracer.is_loading());
}
