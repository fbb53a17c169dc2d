//! The page's clock: milliseconds since `performance.timeOrigin` become Unix nanoseconds.
//!
//! That clock stands still while many machines sleep, and knows nothing of a wall clock that is set. So both are compared
//! whenever a trace begins: a trace keeps the offset that it began with, since its spans have to fit each other, and the
//! next one begins at the wall's time again.
//!
//! Source: W3C High Resolution Time, "Time origin" and its issue on suspended machines.

/// Clocks that differ by less are the same: they are read one after the other, and the wall's has no fractions.
const JUMP_MS: f64 = 1_000.0;

/// Where the page's monotonic clock began, and by how much the wall clock has left it behind.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    origin: u64,
    /// Milliseconds to add to times of traces that begin now.
    offset: f64,
}

impl Clock {
    /// Before it is known where the page's clock began.
    pub const fn unset() -> Self {
        Self {
            origin: 0,
            offset: 0.0,
        }
    }

    /// From `performance.timeOrigin`: Unix milliseconds with a fraction.
    pub fn new(time_origin: f64) -> Self {
        let whole = time_origin as u64;
        let fraction = ((time_origin - whole as f64) * 1e6) as u64;
        Self {
            // A checked product of 64 bits is dear in wasm, and only a nonsense origin is too large for one.
            origin: whole.wrapping_mul(1_000_000).wrapping_add(fraction),
            offset: 0.0,
        }
    }

    /// Takes a reading of both clocks: by how many milliseconds the wall clock has left the page's behind since its
    /// origin. Returns the offset of traces that begin now, in whole milliseconds.
    pub fn compare(&mut self, ahead: f64) -> f64 {
        if (ahead - self.offset).abs() > JUMP_MS {
            self.offset = ahead as i64 as f64;
        }
        self.offset
    }

    /// The offset of traces that begin now.
    pub fn offset(&self) -> f64 {
        self.offset
    }

    /// Milliseconds for which the page's clock stood still since its offset was `before`; a wall clock that was set
    /// forward looks the same, one that was set back is less than none.
    pub fn suspended(&self, before: f64) -> f64 {
        self.offset - before
    }

    /// Unix nanoseconds of a time of the page's clock, in a trace with its offset already added. Not a number counts as 0.
    #[inline(never)]
    pub fn unix(&self, ms: f64) -> u64 {
        let nanoseconds = (ms.abs() * 1e6 + 0.5) as u64;
        if ms >= 0.0 {
            self.origin.saturating_add(nanoseconds)
        } else {
            self.origin.saturating_sub(nanoseconds)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Clock;

    const ORIGIN: f64 = 1_700_000_000_000.25;
    const HOUR: f64 = 3_600_000.0;

    #[test]
    fn keeps_the_fraction_and_survives_nonsense() {
        let clock = Clock::new(ORIGIN);
        assert_eq!(clock.unix(0.0), 1_700_000_000_000_250_000);
        assert_eq!(clock.unix(-0.0), 1_700_000_000_000_250_000);
        assert_eq!(clock.unix(1.5), 1_700_000_000_001_750_000);
        assert_eq!(clock.unix(-1.0), 1_699_999_999_999_250_000);
        assert_eq!(clock.unix(f64::NAN), clock.unix(0.0));
        assert_eq!(clock.unix(f64::INFINITY), u64::MAX);
        assert_eq!(clock.unix(f64::NEG_INFINITY), 0);
        assert_eq!(Clock::new(f64::NAN).unix(0.0), 0);
    }

    #[test]
    fn no_nanosecond_is_lost() {
        let clock = Clock::new(1_700_000_000_000.0);
        // Their products with a million lie just below the whole number: 64.1 is 64,099,999.999… nanoseconds.
        for microseconds in (0..200_000_u64).chain(86_400_000_000..86_400_050_000) {
            let ms = microseconds as f64 / 1e3;
            let expected = 1_700_000_000_000_000_000 + microseconds * 1_000;
            assert_eq!(clock.unix(ms), expected, "{ms}");
            assert_eq!(
                clock.unix(-ms),
                3_400_000_000_000_000_000 - expected,
                "-{ms}"
            );
        }
    }

    /// Both clocks at a moment: made up, and read as a page reads them.
    fn read(clock: &mut Clock, now: f64, asleep: f64) -> f64 {
        clock.compare((ORIGIN + now + asleep).floor() - ORIGIN - now)
    }

    #[test]
    fn a_trace_begins_at_the_walls_time_after_each_sleep() {
        let mut clock = Clock::new(ORIGIN);
        assert_eq!(read(&mut clock, 10.0, 0.0), 0.0);
        assert_eq!(
            read(&mut clock, 20.0, 999.0),
            0.0,
            "no sleep, or none that matters"
        );
        let first = read(&mut clock, 20.0, HOUR);
        assert!((first - HOUR).abs() <= 1.0, "{first}");
        assert_eq!(read(&mut clock, 5_000.0, HOUR), first, "it stays");
        let second = read(&mut clock, 6_000.0, 25.0 * HOUR);
        assert!((second - 25.0 * HOUR).abs() <= 2.0, "{second}");
        assert_eq!(clock.suspended(first), second - first);
        assert_eq!((first.fract(), second.fract()), (0.0, 0.0));
        assert_eq!(clock.suspended(second), 0.0);
        let woken = clock.unix(6_000.0 + second) as f64 / 1e6;
        assert!(
            (woken - (ORIGIN + 6_000.0 + 25.0 * HOUR)).abs() <= 2.0,
            "{woken}"
        );
    }

    #[test]
    fn a_wall_clock_that_is_set_moves_new_traces_and_is_no_sleep_backwards() {
        let mut clock = Clock::new(ORIGIN);
        let before = read(&mut clock, 0.0, 0.0);
        let after = read(&mut clock, 10.0, -2.0 * HOUR);
        assert!((after + 2.0 * HOUR).abs() <= 1.0, "{after}");
        assert!(clock.suspended(before) < 0.0);
        assert_eq!(clock.unix(10.0 + after) / 1_000_000_000, 1_699_992_800);
    }

    #[test]
    fn an_origin_that_is_wrong_from_the_start_is_corrected_by_the_first_look() {
        // A page opened in a process that has slept: the browser derives the origin from a wall clock of before that.
        let mut clock = Clock::new(ORIGIN - HOUR);
        let offset = clock.compare(HOUR);
        assert_eq!(clock.unix(0.0 + offset), 1_700_000_000_000_250_000);
        assert_eq!(clock.suspended(offset), 0.0);
    }

    #[test]
    fn what_is_no_clock_changes_nothing_for_long() {
        let mut clock = Clock::new(ORIGIN);
        assert_eq!(clock.compare(f64::NAN), 0.0);
        for nonsense in [f64::INFINITY, f64::NEG_INFINITY, 1e300, -1e300] {
            assert!(clock.compare(nonsense).is_finite());
            assert_eq!(clock.compare(0.25), 0.0);
        }
    }
}
