//! The situations that a review of the interface goes through: those that criteria speak of, and each list that can
//! be empty. What a page shows for an empty list cannot be told from its code with any certainty, so it is asked.

use std::collections::BTreeSet;

use crate::{
    i18n::{Phrase, scenario as words},
    model::Lang,
    report::{Check, Criterion, Endpoint, Scenario, Status},
};

/// The scenarios of an interface, in the order in which a person meets them; none where there is no interface.
pub(super) fn scenarios(criteria: &[Criterion], endpoints: &[Endpoint], lang: Lang) -> Vec<Scenario> {
    let mut all: Vec<Scenario> = Vec::new();
    for (rule, title) in words::RULES {
        let asked = criteria.iter().filter(|one| one.rule == *rule && one.status != Status::NotApplicable);
        all.extend(asked.map(|criterion| Scenario {
            title: title.of(lang).to_owned(),
            component: criterion.component.clone(),
            check: Check::Rule((*rule).to_owned()),
        }));
    }
    let has_interface =
        all.iter().any(|one| matches!(&one.check, Check::Rule(rule) if words::INTERFACE.contains(&rule.as_str())));
    if !has_interface {
        return Vec::new();
    }
    all.extend(lists(endpoints).into_iter().map(|(entity, endpoint)| empty(entity, endpoint, lang)));
    all
}

fn empty(entity: &str, endpoint: &Endpoint, lang: Lang) -> Scenario {
    let name = format!("{} {}", endpoint.method, endpoint.route);
    let text = |phrase: Phrase| phrase.with(lang, &[("entity", entity), ("endpoint", name.trim())]);
    Scenario {
        title: text(words::EMPTY),
        component: endpoint.component.clone(),
        check: Check::Ask { question: text(words::EMPTY_QUESTION), place: endpoint.place.clone() },
    }
}

/// What is listed, each once: a path that is read, has the name of several things and single ones below it, or one that
/// ends with `list`.
fn lists(endpoints: &[Endpoint]) -> Vec<(&str, &Endpoint)> {
    let parents: BTreeSet<(&str, &str)> = endpoints
        .iter()
        .filter_map(|endpoint| {
            let (parent, last) = endpoint.route.trim_end_matches('/').rsplit_once('/')?;
            is_parameter(last).then_some((endpoint.component.as_str(), parent))
        })
        .collect();
    let mut found: Vec<(&str, &Endpoint)> = endpoints
        .iter()
        .filter(|endpoint| endpoint.kind == "http" || endpoint.kind == "procedure")
        .filter_map(|endpoint| {
            let route = endpoint.route.trim_end_matches('/');
            let read = matches!(endpoint.method.as_str(), "GET" | "ALL");
            let entity = match route.strip_suffix("list").and_then(|rest| rest.strip_suffix(['.', '/'])) {
                Some(rest) => rest.rsplit(['/', '.']).next(),
                None if read && parents.contains(&(endpoint.component.as_str(), route)) => {
                    route.rsplit('/').next().filter(|name| is_plural(name))
                }
                None => None,
            };
            let named = entity.filter(|name| name.chars().any(char::is_alphabetic) && !is_parameter(name));
            named.map(|entity| (entity, endpoint))
        })
        .collect();
    found.sort_by(|(one, a), (two, b)| {
        (one, &a.component, &a.route, &a.place).cmp(&(two, &b.component, &b.route, &b.place))
    });
    found.dedup_by(|(one, _), (two, _)| one == two);
    found
}

/// Whether a word names several things; `status` and `address` name one.
fn is_plural(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    word.ends_with('s') && !["ss", "us", "is"].iter().any(|end| word.ends_with(end))
}

/// Whether a segment of a path stands for any value.
fn is_parameter(segment: &str) -> bool {
    segment.starts_with([':', '{', '[', '<', '*', '$'])
}
