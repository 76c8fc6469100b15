//! Lays work over working days.

use super::{Plan, Task};
use crate::model::Date;

/// How work is laid over days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calendar {
    /// The first day; a weekend begins on its Monday.
    pub start: Option<Date>,
    /// Working hours of a day, 1 to 24, of all who work together.
    pub hours_per_day: u32,
}

impl Default for Calendar {
    fn default() -> Self {
        Self { start: None, hours_per_day: 8 }
    }
}

/// From Monday to Friday.
const WORKING_DAYS: i64 = 5;

/// Gives every open task its days, one after another, and every phase its last.
pub(super) fn schedule(plan: &mut Plan, calendar: Calendar) {
    plan.start = calendar.start;
    plan.hours_per_day = calendar.hours_per_day.clamp(1, 24);
    let day = plan.hours_per_day as usize * 60;
    let mut spent = 0_usize;
    for phase in &mut plan.phases {
        for task in phase.tasks.iter_mut().filter(|task| task.is_open()) {
            let first = spent / day;
            spent = spent.saturating_add(task.effort_minutes);
            let last = if task.effort_minutes == 0 { first } else { spent.saturating_sub(1) / day };
            place(task, first, last, calendar.start);
        }
        phase.end = phase.tasks.iter().filter_map(|task| task.end).max();
    }
}

fn place(task: &mut Task, first: usize, last: usize, start: Option<Date>) {
    task.first_day = Some(first + 1);
    task.last_day = Some(last + 1);
    task.start = start.and_then(|start| working_day(start, first));
    task.end = start.and_then(|start| working_day(start, last));
}

/// The day that lies `number` working days after the first working day from `start` on. `None` after year 9999.
fn working_day(start: Date, number: usize) -> Option<Date> {
    let weekday = i64::from(start.weekday());
    let (monday, into_week) = if weekday < WORKING_DAYS {
        (start.days_after_1970() - weekday, weekday)
    } else {
        (start.days_after_1970() + 7 - weekday, 0)
    };
    let number = into_week.checked_add(i64::try_from(number).ok()?)?;
    let days = (number / WORKING_DAYS).checked_mul(7)?.checked_add(number % WORKING_DAYS)?;
    Date::from_days_after_1970(monday.checked_add(days)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(start: &str, number: usize) -> String {
        working_day(start.parse().unwrap(), number).unwrap().to_string()
    }

    #[test]
    fn weekends_are_left_out() {
        assert_eq!(day("2026-03-04", 0), "2026-03-04", "a Wednesday");
        assert_eq!(day("2026-03-04", 2), "2026-03-06");
        assert_eq!(day("2026-03-04", 3), "2026-03-09");
        assert_eq!(day("2026-03-07", 0), "2026-03-09", "a Saturday begins on Monday");
        assert_eq!(day("2026-03-09", 10), "2026-03-23");
        assert_eq!(working_day("9999-12-31".parse().unwrap(), 9), None);
    }
}
