//! Which services share a network.

use super::{Project, Service};

impl Project<'_> {
    /// Whether `from` can reach `to` by its name: they share a network, or one of them uses the host's.
    pub fn reaches(&self, from: &Service<'_>, to: &Service<'_>) -> bool {
        if from.network_mode().is_some() || to.network_mode().is_some() {
            return true;
        }
        let (left, right) = (self.networks_of(from), self.networks_of(to));
        left.iter().any(|name| right.contains(name))
    }

    /// The networks of a service by what the engine calls them: two keys with one `name` are one network. Without
    /// any the service is in `default`.
    fn networks_of(&self, service: &Service<'_>) -> Vec<String> {
        let named = service.networks();
        let keys = if named.is_empty() { vec!["default"] } else { named.iter().map(|(name, _)| *name).collect() };
        let called = |key: &str| {
            let mut declared = self.networks.iter().rev().filter(|network| network.name == key);
            let name = declared.find_map(|network| network.node.get("name")?.text());
            name.map_or_else(|| format!("{key} of the project"), |name| self.fill(name).text)
        };
        keys.into_iter().map(called).collect()
    }
}
