//! Query parameters and path ids, read and checked.

use axum::extract::{FromRequestParts, Path};
use axum::http::Uri;
use axum::http::request::Parts;

use super::problem::Problem;
use crate::ingest::batch::TraceId;
use crate::otlp::hex;

/// The parameters of a query. An empty value counts as not given, as HTML forms send it.
pub(super) struct Params(Vec<(String, String)>);

impl Params {
    pub(super) fn of(uri: &Uri) -> Params {
        let query = uri.query().unwrap_or_default();
        let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
        Params(pairs.filter(|(_, value)| !value.is_empty()).collect())
    }

    /// The last value under any of these names.
    pub(super) fn get(&self, names: &[&str]) -> Option<&str> {
        self.0
            .iter()
            .rev()
            .find(|(name, _)| names.contains(&name.as_str()))
            .map(|(_, value)| value.as_str())
    }

    /// All values under a name.
    pub(super) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// A value read by `read`, which gives `None` for what is not `want`.
    pub(super) fn parse<T>(
        &self,
        names: &[&str],
        want: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Problem> {
        let Some(value) = self.get(names) else {
            return Ok(None);
        };
        let name = names.first().copied().unwrap_or_default();
        read(value)
            .map(Some)
            .ok_or_else(|| Problem::bad(format!("{name}: want {want}, got {value:?}")))
    }
}

/// The trace id in a path.
pub(super) struct PathTrace(pub(super) TraceId);

impl<S: Send + Sync> FromRequestParts<S> for PathTrace {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path = Path::<String>::from_request_parts(parts, state).await;
        let text = path.map(|Path(text)| text).unwrap_or_default();
        let wrong = || format!("want a trace id of 32 hexadecimal digits, got {text:?}");
        hex::id(&text)
            .map(PathTrace)
            .ok_or_else(|| Problem::bad(wrong()))
    }
}

/// How a time is asked for.
pub(crate) const TIME: &str = "a time in RFC 3339 or a number since 1970 (ns, us, ms or s)";

/// A point in time: RFC 3339, or a number of nanoseconds, microseconds, milliseconds or seconds since 1970, told apart by its size.
pub(crate) fn time(text: &str) -> Option<i64> {
    if let Some(nanos) = rfc3339(text) {
        return Some(nanos);
    }
    let number = text.parse::<i64>().ok().filter(|number| *number >= 0)?;
    let factor = match number {
        100_000_000_000_000_000.. => 1,
        100_000_000_000_000.. => 1_000,
        100_000_000_000.. => 1_000_000,
        _ => 1_000_000_000,
    };
    number.checked_mul(factor)
}

fn rfc3339(text: &str) -> Option<i64> {
    let (date, rest) = text.split_once(['T', 't', ' '])?;
    let mut date = date.splitn(3, '-').map(digits);
    let (year, month, day) = (date.next()??, date.next()??, date.next()??);
    let zone = rest.find(['Z', 'z', '+', '-', ' '])?;
    let (clock, zone) = rest.split_at(zone);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut clock = clock.splitn(3, ':').map(digits);
    let (hour, minute, second) = (clock.next()??, clock.next()??, clock.next()??);
    let in_range = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    if !in_range || fraction.len() > 9 {
        return None;
    }
    let fraction = if fraction.is_empty() {
        0
    } else {
        digits(&format!("{fraction:0<9}"))?
    };
    // A plus in a query arrives as a space when it was not escaped.
    let offset = match zone {
        "Z" | "z" => 0,
        _ => {
            let (hours, minutes) = zone.get(1..)?.split_once(':')?;
            let offset = digits(hours)? * 3_600 + digits(minutes)? * 60;
            if zone.starts_with('-') {
                -offset
            } else {
                offset
            }
        }
    };
    let seconds =
        days_since_1970(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset;
    seconds.checked_mul(1_000_000_000)?.checked_add(fraction)
}

/// Howard Hinnant's algorithm for the Gregorian calendar.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

fn digits(text: &str) -> Option<i64> {
    let valid =
        !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    if valid { text.parse().ok() } else { None }
}

/// A duration such as `1.5s`, `100ms`, `20us` or `3ns`, in nanoseconds.
pub(crate) fn duration(text: &str) -> Option<i64> {
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let factor = match unit {
        "s" => 1e9,
        "ms" => 1e6,
        "us" | "µs" => 1e3,
        "ns" => 1.0,
        "m" => 60e9,
        "h" => 3_600e9,
        _ => return None,
    };
    number
        .parse::<f64>()
        .ok()
        .map(|number| (number * factor).round() as i64)
}

/// A number of milliseconds, in nanoseconds.
pub(super) fn milliseconds(text: &str) -> Option<i64> {
    let number = text
        .parse::<f64>()
        .ok()
        .filter(|number| number.is_finite() && *number >= 0.0)?;
    Some((number * 1e6).round() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_every_form() {
        let expected = 1_700_000_000_000_000_000;
        for text in [
            "1700000000",
            "1700000000000",
            "1700000000000000",
            "1700000000000000000",
            "2023-11-14T22:13:20Z",
            "2023-11-14T22:13:20.000Z",
            "2023-11-14T23:13:20+01:00",
            "2023-11-14T23:13:20 01:00",
            "2023-11-14T17:13:20-05:00",
        ] {
            assert_eq!(time(text), Some(expected), "{text}");
        }
        assert_eq!(
            time("2024-02-29T00:00:00.5Z"),
            Some(1_709_164_800_500_000_000)
        );
        for bad in [
            "",
            "-1",
            "soon",
            "2023-13-01T00:00:00Z",
            "2023-11-14",
            "2023-11-14T22:13:20",
            "1e9",
            "99999999999999999999",
        ] {
            assert_eq!(time(bad), None, "{bad}");
        }
    }

    #[test]
    fn durations_with_units() {
        assert_eq!(duration("1.5s"), Some(1_500_000_000));
        assert_eq!(duration("100ms"), Some(100_000_000));
        assert_eq!(duration("5"), None);
        assert_eq!(duration("s"), None);
        assert_eq!(milliseconds("0.5"), Some(500_000));
        assert_eq!(milliseconds("NaN"), None);
        assert_eq!(milliseconds("-1"), None);
    }
}
