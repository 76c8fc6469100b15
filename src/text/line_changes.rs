//! What lies between two versions of a text, line by line.

use rustc_hash::FxHashMap;

/// Edits that are followed exactly; more leave the whole region changed. Bounds time and memory.
const MOST_EDITS: usize = 1500;

/// A change as the newer text shows it; lines count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineChange {
    /// These lines, first to last, are new or different.
    Lines(u32, u32),
    /// Lines are gone from behind this one; 0 for the beginning of the text.
    RemovedAfter(u32),
}

impl LineChange {
    /// Whether the change lies in the lines `first` to `last`; a removal does when it lies between two of them.
    pub fn touches(self, first: u32, last: u32) -> bool {
        match self {
            Self::Lines(from, to) => from <= last && first <= to,
            Self::RemovedAfter(line) => first <= line && line < last,
        }
    }
}

/// The changes from `old` to `new`, from top to bottom. Line ends do not matter.
pub fn line_changes(old: &str, new: &str) -> Vec<LineChange> {
    let mut names: FxHashMap<&str, usize> = FxHashMap::default();
    let (old, new) = (numbered(old, &mut names), numbered(new, &mut names));
    let front = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[front..], &new[front..]);
    let back = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[..old.len() - back], &new[..new.len() - back]);
    let mut same = common(old, new).unwrap_or_default();
    same.push((old.len(), new.len()));
    let mut changes = Vec::new();
    let (mut at_old, mut at_new) = (0, 0);
    for (in_old, in_new) in same {
        let line = |index: usize| u32::try_from(front + index).unwrap_or(u32::MAX);
        if in_new > at_new {
            changes.push(LineChange::Lines(line(at_new + 1), line(in_new)));
        } else if in_old > at_old {
            changes.push(LineChange::RemovedAfter(line(at_new)));
        }
        (at_old, at_new) = (in_old + 1, in_new + 1);
    }
    changes
}

/// A number for each line, the same for the same line.
fn numbered<'t>(text: &'t str, names: &mut FxHashMap<&'t str, usize>) -> Vec<usize> {
    let mut number = |line: &'t str| {
        let next = names.len();
        *names.entry(line).or_insert(next)
    };
    text.lines().map(|line| number(line.trim_end_matches('\r'))).collect()
}

/// Pairs of indices of a longest common subsequence, by the greedy algorithm of Myers; `None` when it takes too many
/// edits.
fn common(old: &[usize], new: &[usize]) -> Option<Vec<(usize, usize)>> {
    let most = (old.len() + new.len()).min(MOST_EDITS);
    // Diagonals are counted from `most`, so that none is negative: on diagonal `k`, `y + k = x + most`.
    let mut reached = vec![0; 2 * most + 3];
    let mut rounds: Vec<Vec<usize>> = Vec::new();
    for edits in 0..=most {
        for k in (most - edits..=most + edits).step_by(2) {
            let down = k == most - edits || (k != most + edits && at(&reached, k, -1) < at(&reached, k, 1));
            let mut x = if down { at(&reached, k, 1) } else { at(&reached, k, -1) + 1 };
            let mut y = x + most - k;
            while x < old.len() && y < new.len() && old[x] == new[y] {
                (x, y) = (x + 1, y + 1);
            }
            reached[k + 1] = x;
            if x >= old.len() && y >= new.len() {
                return Some(walked_back(&rounds, most, (old.len(), new.len())));
            }
        }
        rounds.push(reached[most - edits..=most + edits + 2].to_vec());
    }
    None
}

/// The reach of the diagonal beside `k`; the first diagonal has index 1, so that it has a neighbour.
fn at(reached: &[usize], k: usize, beside: isize) -> usize {
    (k + 1).checked_add_signed(beside).and_then(|index| reached.get(index)).copied().unwrap_or(0)
}

/// From the end of both texts to their beginning, by the reach that each round began with.
fn walked_back(rounds: &[Vec<usize>], most: usize, end: (usize, usize)) -> Vec<(usize, usize)> {
    let (mut x, mut y) = end;
    let mut pairs = Vec::new();
    for (edits, before) in rounds.iter().enumerate().rev() {
        // The round after `edits` edits began with `before`, whose first diagonal is `most - edits`.
        let round = edits + 1;
        let first = most - edits;
        let k = x + most - y;
        let reach = |k: usize| (k + 1).checked_sub(first).and_then(|index| before.get(index)).copied().unwrap_or(0);
        let down = k == most - round || (k != most + round && reach(k - 1) < reach(k + 1));
        let k_before = if down { k + 1 } else { k - 1 };
        let x_before = reach(k_before);
        let y_before = x_before + most - k_before;
        while x > x_before && y > y_before {
            (x, y) = (x - 1, y - 1);
            pairs.push((x, y));
        }
        (x, y) = (x_before, y_before);
    }
    while x > 0 && y > 0 {
        (x, y) = (x - 1, y - 1);
        pairs.push((x, y));
    }
    pairs.reverse();
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;
    use LineChange::{Lines, RemovedAfter};
    use proptest::prelude::*;

    fn between(old: &str, new: &str) -> Vec<LineChange> {
        let lines = |text: &str| text.chars().flat_map(|char| [char, '\n']).collect::<String>();
        line_changes(&lines(old), &lines(new))
    }

    #[test]
    fn additions_changes_and_removals_are_told_apart() {
        assert_eq!(between("abc", "abc"), []);
        assert_eq!(between("", "ab"), [Lines(1, 2)]);
        assert_eq!(between("ab", ""), [RemovedAfter(0)]);
        assert_eq!(between("abc", "axc"), [Lines(2, 2)]);
        assert_eq!(between("abc", "ac"), [RemovedAfter(1)]);
        assert_eq!(between("abcdef", "xabdeyf"), [Lines(1, 1), RemovedAfter(3), Lines(6, 6)]);
        assert_eq!(line_changes("a\r\nb\r\n", "a\nb"), []);
    }

    #[test]
    fn a_removal_touches_what_spans_it() {
        assert!(RemovedAfter(4).touches(3, 6));
        assert!(!RemovedAfter(4).touches(5, 6));
        assert!(!RemovedAfter(4).touches(4, 4));
        assert!(Lines(4, 5).touches(5, 9));
        assert!(!Lines(4, 5).touches(6, 9));
    }

    #[test]
    fn too_many_edits_leave_all_of_it_changed() {
        let lines = |word: &str| (0..4000).map(|n| format!("{word} {n}")).collect::<Vec<_>>().join("\n");
        let old = lines("old");
        let new = lines("new");
        assert_eq!(line_changes(&old, &new), [Lines(1, 4000)]);
    }

    proptest! {
        #[test]
        fn what_is_not_changed_was_there_before(old in "[abc]{0,24}", new in "[abc]{0,24}") {
            let changes = between(&old, &new);
            let kept: String = new.chars().zip(1..).filter(|(_, line)| !changes.iter().any(|c| matches!(c, Lines(a, b) if a <= line && line <= b))).map(|(c, _)| c).collect();
            // The kept lines are a subsequence of the old ones.
            let mut rest = old.chars();
            prop_assert!(kept.chars().all(|wanted| rest.any(|char| char == wanted)), "{old} {new} {changes:?}");
            prop_assert!(old != new || changes.is_empty());
        }
    }
}
