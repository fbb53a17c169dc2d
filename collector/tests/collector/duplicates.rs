//! One span sent twice: which record stays, and what the summary says then.

use serde_json::{Value, json};

use crate::support::{Collector, attribute, request, span, trace, with};

fn incomplete(span: Value) -> Value {
    let mark = json!({ "attributes": [{ "key": "tracelink.incomplete", "value": { "boolValue": true } }] });
    with(span, &mark)
}

/// Sends records in turn; gives the name of the one that stays, after checking that it is one.
fn winner(records: &[Value]) -> String {
    let collector = Collector::with(&["--db", ":memory:"]);
    for record in records {
        collector.store(&request("shop", std::slice::from_ref(record)));
    }
    let together = Collector::with(&["--db", ":memory:"]);
    together.store(&request("shop", records));
    for collector in [&collector, &together] {
        assert_eq!(
            collector.json("/api/summaries")["traces"][0]["spanCount"],
            1
        );
        assert_eq!(collector.json("/api/health")["spans"], 1);
    }
    let name = |collector: &Collector| {
        collector.waterfall(&trace(1))[0]["name"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!(name(&collector), name(&together));
    name(&collector)
}

#[test]
fn the_complete_record_stays() {
    let open = incomplete(span(1, 1, 0, "open", 0, 900));
    let done = span(1, 1, 0, "done", 0, 100);
    assert_eq!(winner(&[open.clone(), done.clone()]), "done");
    assert_eq!(winner(&[done.clone(), open.clone()]), "done");
    assert_eq!(winner(&[open.clone(), done, open]), "done");
}

#[test]
fn else_the_later_end_stays() {
    let early = span(1, 1, 0, "early", 0, 100);
    let late = span(1, 1, 0, "late", 0, 200);
    assert_eq!(winner(&[early.clone(), late.clone()]), "late");
    assert_eq!(winner(&[late.clone(), early.clone()]), "late");
    assert_eq!(
        winner(&[incomplete(late.clone()), incomplete(early.clone())]),
        "late"
    );
    assert_eq!(winner(&[incomplete(early), incomplete(late)]), "late");
    let again = span(1, 1, 0, "again", 0, 100);
    assert_eq!(winner(&[span(1, 1, 0, "first", 0, 100), again]), "first");
}

#[test]
fn a_mark_that_is_false_marks_nothing() {
    let not_marked = json!({ "attributes": [{ "key": "tracelink.incomplete", "value": { "boolValue": false } }] });
    let complete = with(span(1, 1, 0, "complete", 0, 50), &not_marked);
    assert_eq!(
        winner(&[incomplete(span(1, 1, 0, "open", 0, 100)), complete]),
        "complete"
    );
}

#[test]
fn the_same_span_id_in_another_trace_is_another_span() {
    let collector = Collector::with(&["--db", ":memory:"]);
    collector.store(&request(
        "shop",
        &[span(1, 1, 0, "a", 0, 1), span(2, 1, 0, "b", 0, 1)],
    ));
    assert_eq!(collector.json("/api/health")["spans"], 2);
}

#[test]
fn the_summary_follows_the_record_that_stays() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let error = json!({ "status": { "code": 2 } });
    let link = json!({ "links": [{ "traceId": trace(9), "spanId": "00000000000000aa" }] });
    let open = with(incomplete(span(1, 1, 0, "open", 0, 5_000)), &error);
    collector.store(&request(
        "before",
        &[with(open, &link), span(1, 2, 1, "child", 10, 20)],
    ));
    collector.store(&request("shop", &[span(9, 0xaa, 0, "target", 0, 1)]));
    let before = &collector.json("/api/summaries?service=before")["traces"][0];
    assert_eq!(
        (
            &before["durationMs"],
            &before["status"],
            &before["errorCount"]
        ),
        (&json!(5000.0), &json!("error"), &json!(1))
    );
    assert_eq!(
        collector.waterfall(&trace(9))[0]["linkedFrom"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        collector.list("attribute=tracelink.incomplete:true"),
        [trace(1)]
    );

    let done = with(
        span(1, 1, 0, "done", 5, 100),
        &json!({ "attributes": attribute("tier", "gold") }),
    );
    collector.store(&request("after", &[done]));
    let after = collector.json(&format!("/api/summaries?q={}", trace(1)))["traces"][0].clone();
    assert_eq!(
        after,
        json!({
            "traceId": trace(1), "rootName": "done", "rootService": "after",
            "startTimeUnixNano": "1700000000005000000", "durationMs": 95.0, "spanCount": 2, "serviceCount": 2,
            "services": ["after", "before"], "errorCount": 0, "status": "ok",
        })
    );
    assert_eq!(collector.waterfall(&trace(9))[0]["linkedFrom"], json!([]));
    assert_eq!(collector.list("attribute=tier:gold"), [trace(1)]);
    for gone in [
        "attribute=tracelink.incomplete:true",
        "q=open",
        "status=error",
    ] {
        assert!(collector.list(gone).is_empty(), "{gone}");
    }
}
