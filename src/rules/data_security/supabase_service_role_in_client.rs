//! `supabase-service-role-in-client`: the key that bypasses row-level security stays on the server.

use crate::{
    code::{Kind, NodeRef},
    facts::{
        Fact, Visit,
        side::{self, Side},
    },
    model::{Message, Place, Site, Verdict},
    repo::{FileKind, Role},
    rule::{Context, Out, Rule, Watch, site_of},
};

pub(in crate::rules) static RULE: SupabaseServiceRoleInClient = SupabaseServiceRoleInClient;

pub(in crate::rules) struct SupabaseServiceRoleInClient;

/// What frameworks copy into the browser's bundle.
const PUBLIC: [&str; 8] =
    ["NEXT_PUBLIC_", "VITE_", "REACT_APP_", "EXPO_PUBLIC_", "NUXT_PUBLIC_", "PUBLIC_", "GATSBY_", "VUE_APP_"];

impl Rule for SupabaseServiceRoleInClient {
    fn id(&self) -> &'static str {
        "supabase-service-role-in-client"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Side]
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Member, Kind::Index]).keywords(&[
            "SERVICE_ROLE",
            "SUPABASE_SERVICE_KEY",
            "SUPABASE_SECRET_KEY",
        ])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        let Some(read) = node.env_read() else { return };
        if is_service_key(&read.name) {
            out.note(Place::At(file.file.id, node.span()), "read").key = read.name;
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let mut sites: Vec<Site> = Vec::new();
        let mut fine = Vec::new();
        for seen in cx.seen {
            let Some(source) = seen.place.file().map(|id| cx.repo.file(id)) else { continue };
            let mut site = site_of(seen);
            let message = |key: &'static str| Message::new(key).with("name", seen.key.as_str());
            if PUBLIC.iter().any(|prefix| seen.key.starts_with(prefix)) {
                site.message = message("public");
                sites.push(site);
            } else if side::side_of(cx.repo, cx.facts, source).side == Side::Client {
                site.message = message("client");
                sites.push(site);
            } else {
                fine.push(crate::model::Evidence::At { place: seen.place.clone(), note: message("server") });
            }
        }
        sites.extend(declared(cx));
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("none")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("none")).also_fine(fine).sites(total, ok)
    }
}

fn is_service_key(name: &str) -> bool {
    name.contains("SERVICE_ROLE") || name.ends_with("SUPABASE_SERVICE_KEY") || name.ends_with("SUPABASE_SECRET_KEY")
}

/// Environment files that give the key a public name.
fn declared(cx: &Context<'_>) -> Vec<Site> {
    let files = cx.repo.files().iter().filter(|file| {
        matches!(file.kind, FileKind::Env | FileKind::EnvExample) && !matches!(file.role, Role::Test | Role::Vendored)
    });
    files
        .filter_map(|file| Some((file.id, cx.repo.doc(file.id)?.root()?)))
        .flat_map(|(file, root)| root.entries().iter().map(move |entry| (file, entry)))
        .filter(|(_, entry)| PUBLIC.iter().any(|prefix| entry.key.starts_with(prefix)) && is_service_key(&entry.key))
        .map(|(file, entry)| {
            let message = Message::new("public").with("name", entry.key.as_str());
            Site::new(Place::At(file, entry.key_span), message).key(entry.key.clone())
        })
        .collect()
}
