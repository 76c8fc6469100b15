//! Where the work is talked about elsewhere: issues, reviews and tickets by rule or by finding.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Plan, Task};

/// A file of links: `[rules]` by id, `[findings]` by fingerprint. A link is an address or any short text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Links {
    #[serde(default)]
    rules: BTreeMap<String, String>,
    #[serde(default)]
    findings: BTreeMap<String, String>,
}

impl Links {
    /// Reads a file of links.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|error| error.to_string().trim_end().to_owned())
    }

    /// The rules that it names.
    pub fn rules(&self) -> impl Iterator<Item = &str> {
        self.rules.keys().map(String::as_str)
    }

    /// The rule's own link, then those of its places, each once.
    fn of(&self, task: &Task) -> Vec<String> {
        let places = task.places.iter().filter_map(|place| self.findings.get(&place.fingerprint));
        let mut found: Vec<String> = Vec::new();
        for link in self.rules.get(&task.rule).into_iter().chain(places) {
            let link = link.trim();
            if !link.is_empty() && !found.iter().any(|known| known == link) {
                found.push(link.to_owned());
            }
        }
        found
    }
}

impl Plan {
    /// Names at each task where it is talked about. A link of a finding that is not in the plan is left out: it is
    /// mended, or was never planned.
    pub fn link(&mut self, links: &Links) {
        for task in self.phases.iter_mut().flat_map(|phase| &mut phase.tasks) {
            task.references = links.of(task);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_read_and_mistakes_are_named() {
        let links = Links::parse("[rules]\nconsole-usage = \"#12\"\n[findings]\n0123abcd = \"review-0002, task 1\"\n");
        assert_eq!(links.expect("it is right").rules().collect::<Vec<_>>(), ["console-usage"]);
        for wrong in ["[rule]\na = \"b\"\n", "[rules]\na = 3\n", "rules"] {
            assert!(Links::parse(wrong).is_err(), "{wrong}");
        }
    }
}
