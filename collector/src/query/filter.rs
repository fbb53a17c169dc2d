//! The options that choose traces, shared by `query` and `export`.

use crate::http::params;
use crate::store::{Cursor, Filter, StatusFilter};

/// Their lines in the help text.
pub(crate) const HELP: &str = "\
Which traces:
  --service NAME          a service takes part
  --operation NAME        a span has exactly this name
  --status error|ok       with or without a span that failed
  --min-duration TIME     e.g. 100ms or 1.5s
  --max-duration TIME
  --text TEXT             part of a span's or a service's name, or the start of a trace id
  --attribute KEY:VALUE   a span or a resource has it; repeatable
  --start TIME            started at or after: RFC 3339, or a number since 1970 (ns, us, ms or s)
  --end TIME              started at or before
";

/// Most traces in one page.
const MAX_LIMIT: usize = 10_000;

/// Sets the part of a filter that a flag, given without its dashes, names; tells whether it is such a flag. The error is
/// one line for the user.
pub(crate) fn set(filter: &mut Filter, flag: &str, value: &str) -> Result<bool, String> {
    let wrong = |want: &str| format!("--{flag}: want {want}, got {value:?}");
    let text = || Some(value.to_owned());
    let duration =
        || params::duration(value).ok_or_else(|| wrong("a duration such as 1.5s or 100ms"));
    let time = || params::time(value).ok_or_else(|| wrong(params::TIME));
    match flag {
        "service" => filter.service = text(),
        "operation" => filter.operation = text(),
        "text" => filter.text = text(),
        "status" => {
            filter.status = Some(match value {
                "error" => StatusFilter::Error,
                "ok" => StatusFilter::Ok,
                _ => return Err(wrong("error or ok")),
            });
        }
        "min-duration" => filter.min_duration = Some(duration()?),
        "max-duration" => filter.max_duration = Some(duration()?),
        "start" => filter.start = Some(time()?),
        "end" => filter.end = Some(time()?),
        "attribute" => {
            let pair = value.split_once(':').filter(|(key, _)| !key.is_empty());
            let (key, value) = pair.ok_or_else(|| wrong("KEY:VALUE"))?;
            filter.attributes.push((key.to_owned(), value.to_owned()));
        }
        "limit" => {
            let limit = value
                .parse()
                .ok()
                .filter(|limit| (1..=MAX_LIMIT).contains(limit));
            filter.limit = limit.ok_or_else(|| wrong("a number from 1 to 10000"))?;
        }
        "cursor" => {
            let cursor = Cursor::parse(value);
            filter.cursor = Some(cursor.ok_or_else(|| wrong("what the page before named"))?);
        }
        _ => return Ok(false),
    }
    Ok(true)
}
