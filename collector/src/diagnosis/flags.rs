//! The options of the command line that change thresholds.

use std::time::Duration;

use super::Thresholds;

impl Thresholds {
    /// Their lines in the help text.
    pub(crate) const HELP: &'static str = "\
Thresholds of diagnosis (of the server, and of the query commands):
  --slow-factor NUMBER    an operation is slow that takes so many times its mean [default: 3]
  --slow-samples NUMBER   fewer samples make no mean [default: 5]
  --slow-min DURATION     what is faster is never slow [default: 1ms]
  --gap DURATION          a longer gap between services is a finding [default: 5s]
  --network-timeout DURATION
                          a longer gap is a network timeout [default: 60s]
  --degraded DURATION     an operation that takes longer is degraded [default: 120s]
  --clock-skew DURATION   clocks that are less apart are not mentioned [default: 5ms]
";

    /// Sets the threshold of a flag, given without its dashes; the error is one line for the user.
    pub(crate) fn set(&mut self, flag: &str, value: &str) -> Result<(), String> {
        let wrong = |want: &str| format!("--{flag}: want {want}, got {value:?}");
        let time = || duration(value).ok_or_else(|| wrong("a duration such as 500ms or 5s"));
        match flag {
            "slow-factor" => {
                let factor = value
                    .parse()
                    .ok()
                    .filter(|factor| (1.0..=1e6).contains(factor));
                self.slow_factor = factor.ok_or_else(|| wrong("a number from 1 to 1000000"))?;
            }
            "slow-samples" => {
                let samples = value
                    .parse()
                    .ok()
                    .filter(|samples| (1..=1_000_000).contains(samples));
                self.slow_samples = samples.ok_or_else(|| wrong("a number from 1 to 1000000"))?;
            }
            "slow-min" => self.slow_min = time()?,
            "gap" => self.gap = time()?,
            "network-timeout" => self.network_timeout = time()?,
            "degraded" => self.degraded = time()?,
            "clock-skew" => self.clock_skew = time()?,
            _ => return Err(format!("--{flag} is no threshold")),
        }
        Ok(())
    }
}

/// A duration such as `500ms`, `5s`, `2m` or `1h`.
fn duration(text: &str) -> Option<Duration> {
    let end = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at(end);
    let factor: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return None,
    };
    let millis = number.parse::<u64>().ok()?.checked_mul(factor)?;
    // A year; what lasts longer is no operation.
    (millis <= 366 * 86_400_000).then(|| Duration::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_flag_sets_its_threshold() {
        let mut thresholds = Thresholds::default();
        for (flag, value) in [
            ("slow-factor", "1.5"),
            ("slow-samples", "7"),
            ("slow-min", "2ms"),
            ("gap", "3s"),
            ("network-timeout", "2m"),
            ("degraded", "1h"),
            ("clock-skew", "0ms"),
        ] {
            assert_eq!(thresholds.set(flag, value), Ok(()));
        }
        let expected = Thresholds {
            slow_factor: 1.5,
            slow_samples: 7,
            slow_min: Duration::from_millis(2),
            gap: Duration::from_secs(3),
            network_timeout: Duration::from_secs(120),
            degraded: Duration::from_secs(3_600),
            clock_skew: Duration::ZERO,
        };
        assert_eq!(thresholds, expected);
    }

    #[test]
    fn wrong_values_are_told() {
        let mut thresholds = Thresholds::default();
        for (flag, value) in [
            ("slow-factor", "0.5"),
            ("slow-factor", "NaN"),
            ("slow-samples", "0"),
            ("gap", "5"),
            ("gap", "s"),
            ("gap", "-1s"),
            ("degraded", "99999999999999999999h"),
        ] {
            assert!(thresholds.set(flag, value).is_err(), "{flag} {value}");
        }
        assert_eq!(
            thresholds.set("gap", "soon"),
            Err("--gap: want a duration such as 500ms or 5s, got \"soon\"".to_owned())
        );
        assert_eq!(thresholds, Thresholds::default());
    }
}
