//! The times in which at least one of several spans ran.

use super::trace::Span;

/// Times that do not overlap, in their order, with the sum of those before each.
pub(super) struct Busy(Vec<(i64, i64, i64)>);

impl Busy {
    pub(super) fn of<'a>(spans: impl Iterator<Item = &'a Span>) -> Busy {
        let mut times: Vec<(i64, i64)> = spans.map(|span| (span.start, span.end)).collect();
        times.sort_unstable();
        let mut busy: Vec<(i64, i64, i64)> = Vec::new();
        for (start, end) in times {
            match busy.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                last => {
                    let before = last.map_or(0, |(start, end, sum)| {
                        sum.saturating_add(end.saturating_sub(*start))
                    });
                    busy.push((start, end, before));
                }
            }
        }
        Busy(busy)
    }

    /// How much of the time of a span is one of these times.
    pub(super) fn shared(&self, span: &Span) -> i64 {
        self.until(span.end).saturating_sub(self.until(span.start))
    }

    fn until(&self, time: i64) -> i64 {
        let after = self.0.partition_point(|(start, ..)| *start < time);
        let last = after.checked_sub(1).and_then(|index| self.0.get(index));
        last.map_or(0, |(start, end, before)| {
            before.saturating_add(time.min(*end).saturating_sub(*start))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::support::span;
    use super::*;

    #[test]
    fn overlapping_times_count_once() {
        let spans = [
            span(1, 0, "", 10, 20),
            span(2, 0, "", 15, 30),
            span(3, 0, "", 50, 60),
        ];
        let busy = Busy::of(spans.iter());
        let shared = |start, end| busy.shared(&span(9, 0, "", start, end)) / 1_000_000;
        assert_eq!(
            [
                shared(0, 100),
                shared(0, 10),
                shared(12, 55),
                shared(30, 50),
                shared(55, 56)
            ],
            [30, 0, 23, 0, 1]
        );
        assert_eq!(Busy::of([].iter()).shared(&span(9, 0, "", 0, 9)), 0);
    }
}
