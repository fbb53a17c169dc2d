//! `/api/summaries`: the list, its filters and its pages.

use serde_json::{Value, json};

use crate::support::{Collector, attribute, request, span, trace, with};

/// Five traces: 1 is a checkout with an error deep inside, 2 to 4 are quick page views, 5 has no root.
fn shop() -> Collector {
    let collector = Collector::with(&["--db", ":memory:"]);
    let card = json!({ "attributes": attribute("card", "declined"), "status": { "code": 2, "message": "no" } });
    collector.store(&request("web", &[span(1, 1, 0, "checkout", 0, 900)]));
    collector.store(&request(
        "payments",
        &[
            span(1, 2, 1, "POST /charge", 100, 800),
            with(span(1, 3, 2, "bank", 200, 300), &card),
        ],
    ));
    for number in 2..=4 {
        let mut view = request(
            "web",
            &[with(
                span(
                    number,
                    1,
                    0,
                    "page view",
                    number * 1_000,
                    number * 1_000 + number,
                ),
                &json!({ "attributes": [{ "key": "page", "value": { "intValue": number } }, { "key": "tags", "value": { "arrayValue": { "values": [{ "stringValue": "a:b" }] } } }] }),
            )],
        );
        let region = json!({ "key": "region", "value": { "stringValue": "eu" } });
        view["resourceSpans"][0]["resource"]["attributes"]
            .as_array_mut()
            .unwrap()
            .push(region);
        collector.store(&view);
    }
    collector.store(&request(
        "worker",
        &[
            span(5, 2, 77, "second", 5_010, 5_020),
            span(5, 1, 77, "first", 5_000, 5_050),
        ],
    ));
    collector
}

#[test]
fn a_summary_sums_its_trace_up() {
    let collector = shop();
    let list = collector.json("/api/summaries");
    assert_eq!(list.get("nextCursor"), None);
    let traces = list["traces"].as_array().unwrap();
    let ids: Vec<_> = traces
        .iter()
        .map(|trace| trace["traceId"].as_str().unwrap())
        .collect();
    assert_eq!(ids, [5, 4, 3, 2, 1].map(trace));
    assert_eq!(
        traces[4],
        json!({
            "traceId": trace(1), "rootName": "checkout", "rootService": "web", "startTimeUnixNano": "1700000000000000000",
            "durationMs": 900.0, "spanCount": 3, "serviceCount": 2, "services": ["payments", "web"], "errorCount": 1,
            "status": "error",
        })
    );
    assert_eq!(traces[0]["rootName"], "first");
    assert_eq!(
        (&traces[0]["status"], &traces[0]["durationMs"]),
        (&json!("ok"), &json!(50.0))
    );
}

#[test]
fn the_root_is_the_span_without_parent_whenever_it_comes() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let root = || {
        collector.json("/api/summaries")["traces"][0]["rootName"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    collector.store(&request("api", &[span(1, 2, 1, "child", 0, 5)]));
    assert_eq!(root(), "child");
    collector.store(&request("web", &[span(1, 1, 0, "root", 3, 9)]));
    assert_eq!(root(), "root");
    collector.store(&request("api", &[span(1, 3, 1, "earlier child", 1, 5)]));
    assert_eq!(root(), "root");
}

#[test]
fn filters_and_their_combinations() {
    let collector = shop();
    for (query, expected) in [
        ("service=web", vec![4, 3, 2, 1]),
        ("service=payments", vec![1]),
        ("service=pay", vec![]),
        ("status=error", vec![1]),
        ("status=ok", vec![5, 4, 3, 2]),
        ("min_duration_ms=50", vec![5, 1]),
        ("min_duration_ms=50.001", vec![1]),
        ("max_duration_ms=3", vec![3, 2]),
        ("min_duration_ms=3&max_duration_ms=4", vec![4, 3]),
        ("q=CHARGE", vec![1]),
        ("q=page+view", vec![4, 3, 2]),
        ("q=work", vec![5]),
        (&format!("q={}", trace(3)), vec![3]),
        ("q=00000000000000000000", vec![5, 4, 3, 2, 1]),
        ("q=nothing", vec![]),
        ("attribute=card:declined", vec![1]),
        ("attribute=card:Declined", vec![]),
        ("attribute=page:3", vec![3]),
        ("attribute=tags:a:b", vec![4, 3, 2]),
        ("attribute=region:eu", vec![4, 3, 2]),
        ("attribute=region:eu&attribute=page:2", vec![2]),
        ("attribute=region:us", vec![]),
        ("attribute=service.name:worker", vec![5]),
        ("start=1700000003000", vec![5, 4, 3]),
        ("end=1700000003000", vec![3, 2, 1]),
        (
            "start=2023-11-14T22:13:22Z&end=1700000003000000000",
            vec![3, 2],
        ),
        (
            "service=web&status=error&q=bank&attribute=card:declined&min_duration_ms=1",
            vec![1],
        ),
        ("service=web&attribute=service.name:worker", vec![]),
        (
            "service=&status=&q=&attribute=&limit=&cursor=&start=&min_duration_ms=",
            vec![5, 4, 3, 2, 1],
        ),
        ("limit=2", vec![5, 4]),
    ] {
        assert_eq!(
            collector.list(query),
            expected.into_iter().map(trace).collect::<Vec<_>>(),
            "{query}"
        );
    }
}

#[test]
fn wrong_filters_are_400_and_named() {
    let collector = Collector::with(&["--db", ":memory:"]);
    for (query, name) in [
        ("status=bad", "status"),
        ("min_duration_ms=fast", "min_duration_ms"),
        ("max_duration_ms=-1", "max_duration_ms"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=x", "limit"),
        ("cursor=x", "cursor"),
        ("cursor=1--5", "cursor"),
        ("attribute=novalue", "attribute"),
        ("attribute=:x", "attribute"),
        ("start=yesterday", "start"),
        ("end=1e3", "end"),
        (&format!("q={}", "x".repeat(201)), "q"),
    ] {
        let answer = collector.get(&format!("/api/summaries?{query}"));
        assert_eq!(answer.status, 400, "{query}");
        let message = answer.json()["error"]["message"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(message.starts_with(&format!("{name}: want ")), "{message}");
    }
}

#[test]
fn pages_show_every_trace_once() {
    let collector = Collector::with(&["--db", ":memory:"]);
    // Many start at the same time, so the time alone does not place them.
    let spans: Vec<_> = (1..=25)
        .map(|number| span(number, 1, 0, "s", number / 10, 50))
        .collect();
    collector.store(&request("shop", &spans));
    for filter in ["", "&service=shop", "&q=s", "&status=ok"] {
        let mut seen = Vec::new();
        let mut page = collector.json(&format!("/api/summaries?limit=10{filter}"));
        loop {
            let traces = page["traces"].as_array().unwrap();
            seen.extend(traces.iter().map(|trace| trace["traceId"].clone()));
            let Some(cursor) = page["nextCursor"].as_str() else {
                break;
            };
            assert_eq!(traces.len(), 10);
            // New traces come on top and do not move the pages.
            collector.store(&request(
                "shop",
                &[span(1_000 + seen.len() as u64, 1, 0, "s", 9_000, 9_001)],
            ));
            page = collector.json(&format!("/api/summaries?limit=10&cursor={cursor}{filter}"));
        }
        let old: Vec<_> = seen
            .iter()
            .filter(|id| spans.iter().any(|span| span["traceId"] == **id))
            .collect();
        let mut unique: Vec<_> = old.iter().map(|id| id.as_str().unwrap()).collect();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!((old.len(), unique.len()), (25, 25), "{filter}");
    }
}

#[test]
fn slowest_first_has_pages_too() {
    let collector = Collector::with(&["--db", ":memory:"]);
    let durations = [10, 50, 10, 40, 30];
    for (number, duration) in (1..).zip(durations) {
        collector.store(&request(
            "web",
            &[span(number, 1, 0, "a", number, number + duration)],
        ));
    }
    let mut found = Vec::new();
    let mut cursor = Some(String::new());
    while let Some(behind) = cursor.filter(|_| found.len() < 10) {
        let page = collector.json(&format!(
            "/api/summaries?order=slowest&limit=2&cursor={behind}"
        ));
        let traces = page["traces"].as_array().unwrap();
        found.extend(traces.iter().map(|trace| trace["traceId"].clone()));
        cursor = page["nextCursor"].as_str().map(str::to_owned);
    }
    // Of two that took as long, on two pages, the one that came later is first.
    assert_eq!(found, [2, 4, 5, 3, 1].map(trace));
    assert_eq!(collector.get("/api/summaries?order=best").status, 400);
}

#[test]
fn a_wide_filter_and_a_narrow_one_agree() {
    let collector = Collector::with(&["--db", ":memory:"]);
    // More traces than a narrow filter may find: the search takes its other way.
    let spans: Vec<Value> = (1..=2_500)
        .map(|number| {
            let attributes = json!({ "attributes": attribute("half", if number % 2 == 0 { "even" } else { "odd" }) });
            with(span(number, 1, 0, &format!("name-{}", number % 20), number, number + 1), &attributes)
        })
        .collect();
    collector.store(&request("wide", &spans));
    assert_eq!(collector.list("service=wide&limit=1000").len(), 1_000);
    // Durations too: all take a millisecond, a few take longer.
    let long: Vec<Value> = (1..=5)
        .map(|number| span(10_000 + number, 1, 0, "long", number, number + 9))
        .collect();
    collector.store(&request("long", &long));
    assert_eq!(
        collector.list("min_duration_ms=1&limit=2"),
        [2_500, 2_499].map(trace)
    );
    assert_eq!(
        collector.list("min_duration_ms=2&limit=2"),
        [10_005, 10_004].map(trace)
    );
    assert_eq!(
        collector.list("start=1700000000001&order=slowest&limit=1"),
        [trace(10_005)]
    );
    assert_eq!(
        collector.list("start=1700000002499&order=slowest"),
        [2_500, 2_499].map(trace)
    );
    assert_eq!(
        collector.list("max_duration_ms=1&order=slowest&limit=2"),
        collector.list("max_duration_ms=1&service=wide&order=slowest&limit=2"),
    );
    assert_eq!(
        collector.list("q=name-&limit=3"),
        [2_500, 2_499, 2_498].map(trace)
    );
    assert_eq!(
        collector.list("q=name-7&attribute=half:odd&limit=2"),
        [2_487, 2_467].map(trace)
    );
    assert_eq!(
        collector.list("q=name-7&attribute=half:even"),
        Vec::<String>::new()
    );
}

#[test]
fn a_name_for_every_span_can_be_searched() {
    let collector = Collector::with(&["--db", ":memory:"]);
    for batch in 0..6_u64 {
        let ids = batch * 10_000 + 1..=batch * 10_000 + 10_000;
        let spans: Vec<_> = ids
            .map(|id| span(1 + id % 3, id, 0, &format!("GET /item/{id}"), id, id + 1))
            .collect();
        collector.store(&request("shop", &spans));
    }
    assert_eq!(collector.list("q=/ITEM/&limit=2").len(), 2);
    assert_eq!(collector.list("q=/item/59999").len(), 1);
    assert_eq!(collector.list("q=/item/60001").len(), 0);
}
