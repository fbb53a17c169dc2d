//! The page's clock: milliseconds since `performance.timeOrigin` become Unix nanoseconds.
//!
//! Source: W3C High Resolution Time, "Time origin".

/// Where the page's monotonic clock began.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    origin: u64,
}

impl Clock {
    /// Before it is known where the page's clock began.
    pub const fn unset() -> Self {
        Self { origin: 0 }
    }

    /// From `performance.timeOrigin`: Unix milliseconds with a fraction.
    pub fn new(time_origin: f64) -> Self {
        let whole = time_origin as u64;
        let fraction = ((time_origin - whole as f64) * 1e6) as u64;
        Self {
            // A checked product of 64 bits is dear in wasm, and only a nonsense origin is too large for one.
            origin: whole.wrapping_mul(1_000_000).wrapping_add(fraction),
        }
    }

    /// Unix nanoseconds of a time of the page's clock. Not a number counts as 0.
    #[inline(never)]
    pub fn unix(&self, ms: f64) -> u64 {
        if ms >= 0.0 {
            self.origin.saturating_add((ms * 1e6) as u64)
        } else {
            self.origin.saturating_sub((-ms * 1e6) as u64)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Clock;

    #[test]
    fn keeps_the_fraction_and_survives_nonsense() {
        let clock = Clock::new(1_700_000_000_000.25);
        assert_eq!(clock.unix(0.0), 1_700_000_000_000_250_000);
        assert_eq!(clock.unix(1.5), 1_700_000_000_001_750_000);
        assert_eq!(clock.unix(-1.0), 1_699_999_999_999_250_000);
        assert_eq!(clock.unix(f64::NAN), clock.unix(0.0));
        assert_eq!(clock.unix(f64::INFINITY), u64::MAX);
        assert_eq!(Clock::new(f64::NAN).unix(0.0), 0);
    }
}
