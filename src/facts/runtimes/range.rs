//! Ranges of versions as the package managers of several languages write them, and versions with parts left open.

/// Numbers of a version; what is not said is 0.
pub type Numbers = [u64; 3];

/// Everything from the first number up to, but without, the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    pub low: Numbers,
    pub high: Numbers,
}

/// Beyond every version.
pub const END: Numbers = [u64::MAX, 0, 0];

/// Alternatives, one of which must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Range(pub Vec<Interval>);

/// How a version stands to a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Inside,
    Below,
    Above,
}

/// Whose rules a range follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    Npm,
    Python,
    /// Composer's and Ruby's `~` leaves the last number open.
    Open,
}

/// A version with as many numbers as are said: `20`, `3.12`, `v18.19.0`. `None` for anything else.
pub fn version(text: &str) -> Option<Interval> {
    let (numbers, said) = numbers(text.trim().trim_start_matches(['v', '=']))?;
    Some(Interval { low: numbers, high: next(numbers, said) })
}

fn numbers(text: &str) -> Option<(Numbers, usize)> {
    let core = text.split(['-', '+', '_']).next()?;
    let (mut numbers, mut said) = ([0; 3], 0);
    for (at, part) in core.split('.').enumerate() {
        if matches!(part, "x" | "X" | "*") {
            break;
        }
        let number: u64 = part.parse().ok()?;
        if at < 3 {
            numbers[at] = number;
            said = at + 1;
        }
    }
    (said > 0).then_some((numbers, said))
}

/// The first version behind all that begin with `said` numbers.
fn next(mut numbers: Numbers, said: usize) -> Numbers {
    let last = said.clamp(1, 3) - 1;
    numbers[last] = numbers[last].saturating_add(1);
    for number in &mut numbers[last + 1..] {
        *number = 0;
    }
    numbers
}

/// Reads a range; `None` for what is not understood.
pub fn range(text: &str, dialect: Dialect) -> Option<Range> {
    const MAX_ALTERNATIVES: usize = 32;
    let mut intervals = Vec::new();
    for alternative in text.split('|').map(str::trim).filter(|part| !part.is_empty()).take(MAX_ALTERNATIVES) {
        intervals.push(conjunction(alternative, dialect)?);
    }
    (!intervals.is_empty()).then_some(Range(intervals))
}

fn conjunction(text: &str, dialect: Dialect) -> Option<Interval> {
    let mut found = Interval { low: [0; 3], high: END };
    if let Some((low, high)) = text.split_once(" - ") {
        return Some(Interval { low: version(low)?.low, high: version(high)?.high });
    }
    // `>= 18` is one part, however it is spaced.
    let mut plain = text.replace(',', " ");
    for operator in [">=", "<=", "~>", "~=", "!=", "==", ">", "<", "^", "~", "="] {
        plain = plain.replace(&format!("{operator} "), operator);
    }
    for part in plain.split_whitespace() {
        let one = comparator(part, dialect)?;
        found.low = found.low.max(one.low);
        found.high = found.high.min(one.high);
    }
    Some(found)
}

fn comparator(part: &str, dialect: Dialect) -> Option<Interval> {
    let open = |low: Numbers| Interval { low, high: END };
    if matches!(part, "*" | "x" | "latest") {
        return Some(open([0; 3]));
    }
    if part.starts_with("!=") {
        return Some(open([0; 3]));
    }
    let split = part.find(|char: char| char.is_ascii_digit() || char == 'v').unwrap_or(part.len());
    let (operator, rest) = part.split_at(split);
    let (numbers, said) = numbers(rest.trim_start_matches('v'))?;
    let tail = |low: Numbers| Interval { low: [0; 3], high: low };
    Some(match operator {
        ">=" => open(numbers),
        ">" => {
            open(if said == 3 { [numbers[0], numbers[1], numbers[2].saturating_add(1)] } else { next(numbers, said) })
        }
        "<" => tail(numbers),
        "<=" => tail(next(numbers, said)),
        "^" => Interval { low: numbers, high: next(numbers, if numbers[0] == 0 { 2 } else { 1 }) },
        "~>" | "~=" => Interval { low: numbers, high: next(numbers, said.saturating_sub(1).max(1)) },
        "~" if dialect == Dialect::Open => {
            Interval { low: numbers, high: next(numbers, said.saturating_sub(1).max(1)) }
        }
        "~" => Interval { low: numbers, high: next(numbers, said.min(2)) },
        "" | "=" | "==" | "===" => Interval { low: numbers, high: next(numbers, said) },
        _ => return None,
    })
}

/// How `version` stands to `range`, as far as its numbers say.
pub fn standing(version: Interval, range: &Range) -> Standing {
    if range.0.iter().any(|one| version.low < one.high && one.low < version.high) {
        Standing::Inside
    } else if range.0.iter().all(|one| version.high <= one.low) {
        Standing::Below
    } else {
        Standing::Above
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_stand_to_ranges_as_package_managers_say() {
        use Dialect::{Npm, Open, Python};
        use Standing::{Above, Below, Inside};
        for (wanted, dialect, given, expected) in [
            (">=18", Npm, "16", Below),
            (">=18.17.0", Npm, "18", Inside),
            ("^18 || >=20", Npm, "19", Above),
            ("20.x", Npm, "22.1.0", Above),
            (">= 18 < 21", Npm, "20", Inside),
            ("18 - 20", Npm, "20.9.0", Inside),
            (">=3.11,<3.13", Python, "3.13", Above),
            (">=3.11", Python, "3.9", Below),
            ("^3.11", Python, "3.12", Inside),
            ("~=3.11", Python, "3.12", Inside),
            ("==3.11.*", Python, "3.12", Above),
            ("~3.11", Python, "3.12", Above),
            ("^8.1 || ^9.0", Open, "8.0", Below),
            ("~8.1", Open, "8.3", Inside),
            ("~> 3.2.0", Open, "3.3.1", Above),
        ] {
            let range = range(wanted, dialect).expect("the range is read");
            let version = version(given).expect("the version is read");
            assert_eq!(standing(version, &range), expected, "{given} in {wanted}");
        }
        assert_eq!(range("workspace:*", Npm), None);
    }
}
