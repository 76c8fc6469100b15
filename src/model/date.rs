//! A calendar date without a clock: suppressions expire and documents are dated by what the caller passes in.

use std::{fmt, str::FromStr};

/// A day of the Gregorian calendar, years 1 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// The text is not `YYYY-MM-DD`, or the calendar has no such day. Always the fault of whoever wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a date like 2026-12-31")]
pub struct DateError(String);

impl Date {
    /// `None` when the calendar has no such day.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let real = (1..=9999).contains(&year) && (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
        real.then_some(Self { year, month, day })
    }

    /// The day that lies `days` after 1970-01-01; `None` outside the years that a [`Date`] can have.
    pub fn from_days_after_1970(days: i64) -> Option<Self> {
        // Counts from 0000-03-01, so that the leap day ends a year and every 400-year era has the same length.
        let shifted = days.checked_add(719_468)?;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        let year = year_of_era + era * 400 + i64::from(month <= 2);
        Self::new(u16::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    }

    /// How many days it lies after 1970-01-01.
    pub fn days_after_1970(self) -> i64 {
        let year = i64::from(self.year) - i64::from(self.month <= 2);
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let month_from_march = (i64::from(self.month) + 9) % 12;
        let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(self.day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        era * 146_097 + day_of_era - 719_468
    }

    /// Monday is 0, Sunday 6.
    pub fn weekday(self) -> u8 {
        // 1970-01-01 was a Thursday; the remainder is below seven.
        u8::try_from((self.days_after_1970() + 3).rem_euclid(7)).unwrap_or_default()
    }

    pub fn year(self) -> u16 {
        self.year
    }

    /// 1 to 12.
    pub fn month(self) -> u8 {
        self.month
    }

    /// 1 to 31.
    pub fn day(self) -> u8 {
        self.day
    }
}

fn days_in(year: u16, month: u8) -> u8 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let parsed = || {
            let mut parts = text.splitn(3, '-');
            let year = digits(parts.next()?, 4)?;
            let month = digits(parts.next()?, 2)?;
            let day = digits(parts.next()?, 2)?;
            Self::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
        };
        parsed().ok_or_else(|| DateError(text.chars().take(40).collect()))
    }
}

fn digits(part: &str, length: usize) -> Option<u16> {
    let plain = part.len() == length && part.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| part.parse().ok()).flatten()
}

impl fmt::Display for Date {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back() {
        for text in ["2026-01-31", "2024-02-29", "2000-02-29", "0001-01-01", "9999-12-31"] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn days_that_do_not_exist_are_refused() {
        for text in ["2025-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "26-01-01", "2026-1-01"] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
        for text in ["", "today", "2026/01/01", "2026-01-01T00:00", "+026-01-01", "２０２６-01-01"] {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
    }

    #[test]
    fn days_are_counted_from_1970() {
        for (days, text) in [
            (0, "1970-01-01"),
            (-1, "1969-12-31"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (11_017, "2000-03-01"),
            (20_454, "2026-01-01"),
            (20_818, "2026-12-31"),
        ] {
            let date = Date::from_days_after_1970(days).unwrap();
            assert_eq!(date.to_string(), text);
            assert_eq!(date.days_after_1970(), days);
        }
        assert_eq!(Date::from_days_after_1970(i64::MAX), None);
        assert_eq!(Date::from_days_after_1970(-1_000_000), None);
    }

    #[test]
    fn weeks_begin_on_monday() {
        let weekday = |text: &str| text.parse::<Date>().unwrap().weekday();
        assert_eq!(["1970-01-01", "2026-03-02", "2026-03-08", "2000-02-29"].map(weekday), [3, 0, 6, 1]);
    }

    #[test]
    fn dates_order_as_the_calendar_does() {
        let [early, late] = ["2026-09-30", "2026-10-01"].map(|text| text.parse::<Date>().unwrap());
        assert!(early < late);
    }
}
