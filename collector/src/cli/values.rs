//! Values of options: sizes and ages with their units.

use std::time::Duration;

/// The size of a body.
pub(super) fn size(value: &str) -> Result<usize, String> {
    match bytes(value) {
        // Above 512 MiB one body could pass what SQLite takes in one value.
        Some(bytes) if (1 << 10..=512 << 20).contains(&bytes) => {
            usize::try_from(bytes).map_err(|error| error.to_string())
        }
        _ => Err(format!("--max-body: want 1KiB to 512MiB, got {value:?}")),
    }
}

/// What may wait for a target.
pub(super) fn queue(value: &str) -> Result<u64, String> {
    bytes(value)
        .filter(|bytes| (1 << 20..=1 << 40).contains(bytes))
        .ok_or_else(|| format!("--forward-queue: want 1MiB to 1024GiB, got {value:?}"))
}

/// A number of bytes such as `64MiB`, `10MB` or `1048576`.
pub(super) fn bytes(value: &str) -> Option<u64> {
    let (digits, unit) = split(value);
    let factor: u64 = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "kb" => 1_000,
        "m" | "mib" => 1 << 20,
        "mb" => 1_000_000,
        "g" | "gib" => 1 << 30,
        "gb" => 1_000_000_000,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

/// An age such as `30d`, `12h`, `90m` or `45s`.
pub(super) fn age(value: &str) -> Option<Duration> {
    let (digits, unit) = split(value);
    let factor: u64 = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 7 * 86_400,
        _ => return None,
    };
    let seconds = digits.parse::<u64>().ok()?.checked_mul(factor)?;
    let in_range = (1..=100 * 366 * 86_400).contains(&seconds);
    in_range.then(|| Duration::from_secs(seconds))
}

fn split(value: &str) -> (&str, &str) {
    let end = value
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(value.len());
    value.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_take_units_and_bounds() {
        assert_eq!(size("64MiB"), Ok(64 << 20));
        assert_eq!(size("10MB"), Ok(10_000_000));
        assert_eq!(size("4096"), Ok(4096));
        for bad in [
            "",
            "MiB",
            "12",
            "1TiB",
            "-1",
            "9999999999999999999",
            "1 MiB",
            "600MiB",
        ] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn queues_have_bounds() {
        assert_eq!(queue("1MiB"), Ok(1 << 20));
        assert_eq!(queue("1024GiB"), Ok(1 << 40));
        for bad in ["", "1", "1023KiB", "1025GiB"] {
            assert!(queue(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn ages_take_units_and_bounds() {
        assert_eq!(age("30d"), Some(Duration::from_secs(30 * 86_400)));
        assert_eq!(age("45s"), Some(Duration::from_secs(45)));
        for bad in ["", "d", "0d", "30", "1y", "99999999999999999d"] {
            assert_eq!(age(bad), None, "{bad}");
        }
    }
}
