//! When a migration was written, as its name says, and how long before it a table was made.

use camino::Utf8Path;

use super::History;
use crate::{code::sql::Name, model::Date, repo::Repo};

/// Seconds of a day.
const DAY: i64 = 86_400;

impl History {
    /// How many days before the step `number` the table was made; nothing when the names of the files do not say.
    pub fn days_since_made(&self, repo: &Repo, table: &Name, number: usize) -> Option<i64> {
        let made = self.schema.step_of(table)?;
        let day = |step: usize| written(&repo.file(self.steps.get(step)?.file).path);
        Some(day(number)? - day(made)?)
    }
}

/// The day of the number at the beginning of a file's name, or of its folder's: `20260131120000_name`, or the
/// milliseconds or seconds since 1970.
fn written(path: &Utf8Path) -> Option<i64> {
    let folder = path.parent().and_then(Utf8Path::file_name);
    [path.file_name(), folder].into_iter().flatten().find_map(|name| {
        let name = name.trim_start_matches(['V', 'v']);
        let compact: String =
            name.chars().take_while(|char| char.is_ascii_digit() || *char == '-').filter(|it| *it != '-').collect();
        match compact.len() {
            10 | 13 if !compact.starts_with("20") => {
                let number: i64 = compact.parse().ok()?;
                Some(if compact.len() == 13 { number / 1000 / DAY } else { number / DAY })
            }
            8..=17 => {
                let part = |range: std::ops::Range<usize>| compact.get(range)?.parse::<u16>().ok();
                let (year, month, day) = (part(0..4)?, part(4..6)?, part(6..8)?);
                let date = Date::new(year, u8::try_from(month).ok()?, u8::try_from(day).ok()?)?;
                (2000..2100).contains(&year).then(|| date.days_after_1970())
            }
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::written;

    #[test]
    fn names_say_when_a_migration_was_written() {
        let day = |path: &str| written(path.into());
        assert_eq!(day("prisma/migrations/20260410120000_add/migration.sql"), day("m/2026-04-10_add.sql"));
        assert_eq!(day("m/20260411_add.sql").unwrap() - day("m/20260410120000_add.sql").unwrap(), 1);
        assert_eq!(day("m/1767225600000-add.sql"), day("m/20260101_add.sql"));
        assert_eq!(day("m/0001_add.sql"), None);
        assert_eq!(day("m/V12__add.sql"), None);
    }
}
