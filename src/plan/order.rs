//! Puts repairs into an order in which none comes before what it builds on.

use std::collections::{BTreeMap, BTreeSet};

/// A repair to place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) rule: String,
    /// From 0.
    pub(super) phase: usize,
}

/// Phases and order of `items`, which come in the order of their importance: whatever another one builds on moves into
/// that one's phase if it belonged to a later one, and comes first there. Edges that go in circles are cut where they
/// close.
pub(super) fn placed(items: &[Item], edges: &BTreeMap<&str, Vec<&str>>) -> Vec<Item> {
    let index: BTreeMap<&str, usize> =
        items.iter().enumerate().map(|(index, item)| (item.rule.as_str(), index)).collect();
    let before: Vec<Vec<usize>> = items
        .iter()
        .map(|item| {
            let needed = edges.get(item.rule.as_str()).into_iter().flatten();
            let mut needed: Vec<usize> = needed.filter_map(|rule| index.get(rule).copied()).collect();
            needed.sort_unstable();
            needed
        })
        .collect();
    let mut out = Vec::with_capacity(items.len());
    let mut done = BTreeSet::new();
    let last = items.iter().map(|item| item.phase).max().unwrap_or_default();
    for phase in 0..=last {
        for start in (0..items.len()).filter(|index| items[*index].phase == phase) {
            place(start, phase, items, &before, &mut done, &mut out);
        }
    }
    out
}

/// Depth first without recursion: the edges come from a file, but a cycle in it must not end the program.
fn place(
    start: usize,
    phase: usize,
    items: &[Item],
    before: &[Vec<usize>],
    done: &mut BTreeSet<usize>,
    out: &mut Vec<Item>,
) {
    let mut stack = vec![(start, 0)];
    let mut open = BTreeSet::from([start]);
    if done.contains(&start) {
        return;
    }
    while let Some((index, next)) = stack.pop() {
        if let Some(needed) = before[index].get(next).copied() {
            stack.push((index, next + 1));
            if !done.contains(&needed) && open.insert(needed) {
                stack.push((needed, 0));
            }
        } else if done.insert(index) {
            out.push(Item { rule: items[index].rule.clone(), phase });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(items: &[(&str, usize)], edges: &[(&'static str, &[&'static str])]) -> Vec<(String, usize)> {
        let items: Vec<Item> =
            items.iter().map(|(rule, phase)| Item { rule: (*rule).to_owned(), phase: *phase }).collect();
        let edges: BTreeMap<&str, Vec<&str>> = edges.iter().map(|(rule, after)| (*rule, after.to_vec())).collect();
        placed(&items, &edges).into_iter().map(|item| (item.rule, item.phase)).collect()
    }

    fn owned(items: &[(&str, usize)]) -> Vec<(String, usize)> {
        items.iter().map(|(rule, phase)| ((*rule).to_owned(), *phase)).collect()
    }

    #[test]
    fn importance_decides_where_nothing_builds_on_anything() {
        let items = [("a", 1), ("b", 0), ("c", 0)];
        assert_eq!(order(&items, &[]), owned(&[("b", 0), ("c", 0), ("a", 1)]));
    }

    #[test]
    fn what_others_build_on_comes_first_and_moves_forward() {
        let items = [("house", 0), ("paint", 0), ("ground", 2)];
        let edges: [(&str, &[&str]); 2] = [("house", &["ground", "not-asked"]), ("paint", &["house"])];
        assert_eq!(order(&items, &edges), owned(&[("ground", 0), ("house", 0), ("paint", 0)]));
    }

    #[test]
    fn a_circle_is_cut() {
        let edges: [(&str, &[&str]); 2] = [("a", &["b"]), ("b", &["a"])];
        assert_eq!(order(&[("a", 0), ("b", 0)], &edges), owned(&[("b", 0), ("a", 0)]));
    }
}
