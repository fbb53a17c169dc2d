//! Durations and names in the sentences of findings.

/// Longest part of a name that is repeated in a sentence.
const MAX_NAME: usize = 120;

/// A duration for people: `0.4 ms`, `87 ms`, `1.5 s`, `2 min 5 s`.
pub(super) fn duration(nanos: i64) -> String {
    let millis = nanos as f64 / 1e6;
    if millis < 10.0 {
        return format!("{} ms", (millis * 10.0).round() / 10.0);
    }
    if millis < 999.5 {
        return format!("{millis:.0} ms");
    }
    let seconds = millis / 1e3;
    if seconds < 59.95 {
        return format!("{} s", (seconds * 10.0).round() / 10.0);
    }
    let seconds = seconds.round();
    if seconds < 7_200.0 {
        let rest = seconds % 60.0;
        let minutes = (seconds / 60.0).floor();
        return match rest {
            0.0 => format!("{minutes} min"),
            _ => format!("{minutes} min {rest} s"),
        };
    }
    format!("{} h", (seconds / 360.0).round() / 10.0)
}

/// A name or a message, cut where it would make the sentence unreadable.
pub(super) fn short(text: &str) -> String {
    let mut characters = text.char_indices();
    match characters.nth(MAX_NAME) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// `once`, `twice`, `3 times`.
pub(super) fn times(count: usize) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{count} times"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_short_and_exact_enough() {
        let ms = 1_000_000;
        for (nanos, text) in [
            (0, "0 ms"),
            (400_000, "0.4 ms"),
            (87 * ms, "87 ms"),
            (1_500 * ms, "1.5 s"),
            (999_900_000, "1 s"),
            (60_000 * ms, "1 min"),
            (125_000 * ms, "2 min 5 s"),
            (9_000_000 * ms, "2.5 h"),
        ] {
            assert_eq!(duration(nanos), text);
        }
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        assert_eq!(short("ä"), "ä");
        assert_eq!(short(&"ä".repeat(500)).chars().count(), MAX_NAME + 1);
    }
}
