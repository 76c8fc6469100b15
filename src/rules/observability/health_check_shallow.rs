//! `health-check-shallow`: what answers about health asks the database first.

use crate::{
    facts::{
        Fact,
        processes::{self, Asked, asked, looks},
        routes::Route,
    },
    model::{Confidence, Message, Site, Verdict},
    repo::{Component, Repo},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: HealthCheckShallow = HealthCheckShallow;

pub(in crate::rules) struct HealthCheckShallow;

impl Rule for HealthCheckShallow {
    fn id(&self) -> &'static str {
        "health-check-shallow"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Routes, Fact::Modules, Fact::Access]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if !processes::is_served(cx.repo, cx.component) {
            return Verdict::not_applicable("no-route");
        }
        let Some(database) = database(cx.repo, cx.component) else { return Verdict::not_applicable("no-database") };
        let routes: Vec<(&Route, Asked)> = asked(cx.repo, cx.facts, cx.component.id)
            .into_iter()
            .filter(|(_, asked)| *asked != Asked::Liveness)
            .collect();
        let modules = cx.facts.modules(cx.repo);
        let (mut shallow, mut unclear) = (Vec::new(), None);
        for (route, _) in &routes {
            let Some(looks) = looks(modules, route) else {
                unclear = unclear.or(Some(String::new()));
                continue;
            };
            if let Some(name) = looks.database {
                return Verdict::pass_at(route.place.clone(), Message::new("asks").with("name", name));
            }
            match looks.unclear {
                Some(name) => unclear = unclear.or(Some(name)),
                None => shallow.push((*route, looks.others)),
            }
        }
        if let Some(name) = unclear {
            let unread = Message::new(if name.is_empty() { "handler-unknown" } else { "unclear" });
            return Verdict::unknown(unread.with("name", name));
        }
        let Some((route, others)) = shallow.first() else { return Verdict::not_applicable("no-route") };
        let message = match others.first() {
            Some(name) => Message::new("other").with("name", name.as_str()),
            None => Message::new("nothing"),
        };
        let message = message.with("path", route.path.as_str()).with("database", database);
        Verdict::fail(Site::new(route.place.clone(), message).confidence(Confidence::Likely), [])
    }
}

/// Drivers of databases that run inside the program.
const EMBEDDED: [&str; 5] = ["better-sqlite3", "sqlite3", "@types/better-sqlite3", "libsql", "@libsql/client"];

/// The component's database, or what it reaches one with.
fn database(repo: &Repo, component: &Component) -> Option<&'static str> {
    const DATABASES: [&str; 8] =
        ["PostgreSQL", "MySQL", "MongoDB", "SQL Server", "Oracle", "Supabase", "Cassandra", "Firestore"];
    let profile = &component.profile;
    let stored = profile.datastores.iter().map(|it| it.name).find(|name| DATABASES.contains(name));
    // A file beside the program is there as long as the program is.
    let embedded = profile.datastores.iter().any(|it| it.name == "SQLite")
        || EMBEDDED.iter().any(|name| repo.dependency(component.id, name).is_some())
        || repo.declared(&EMBEDDED).is_some()
            && !repo.profile().datastores.iter().any(|it| DATABASES.contains(&it.name));
    stored.or_else(|| profile.orms.first().filter(|_| !embedded).map(|orm| orm.name))
}
