//! `supabase-rls-missing`: every table that the public key can reach has row-level security.

use crate::{
    facts::{
        Fact,
        tables::{self, Exposure, History, Table},
    },
    model::{Evidence, Message, Place, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: SupabaseRlsMissing = SupabaseRlsMissing;

pub(in crate::rules) struct SupabaseRlsMissing;

impl Rule for SupabaseRlsMissing {
    fn id(&self) -> &'static str {
        "supabase-rls-missing"
    }

    fn needs(&self) -> &'static [Fact] {
        &[]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let all = cx.facts.tables(cx.repo);
        let exposures = tables::exposures(cx.repo);
        let mut seen = Seen::default();
        let elsewhere = tables::row_security_elsewhere(cx.repo, all);
        for exposure in &exposures {
            for history in exposure.histories(all) {
                judge(exposure, history, &elsewhere, &mut seen);
            }
        }
        let total = seen.sites.len() + seen.fine.len();
        if seen.sites.is_empty() && seen.fine.is_empty() {
            return nothing_here(cx, &seen, !exposures.is_empty());
        }
        if !seen.sites.is_empty() && seen.dynamic {
            return Verdict::unknown("dynamic");
        }
        let (bad, ok) = (seen.sites.len(), seen.fine.len());
        let fine: Vec<Evidence> = seen.fine.into_iter().take(20).collect();
        if bad == 0 {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-tables")).sites(total, ok);
        }
        Verdict::fail_or(seen.sites, || Verdict::not_applicable("no-tables"))
            .also_fine(fine)
            .sites(total, ok)
            .detail(Message::new("detail").count("bad", bad).count("n", total))
    }
}

#[derive(Default)]
struct Seen {
    sites: Vec<Site>,
    fine: Vec<Evidence>,
    dynamic: bool,
    /// Some tables are switched on by a script that no migration tool runs.
    by_hand: bool,
}

fn nothing_here(cx: &Context<'_>, seen: &Seen, project: bool) -> Verdict {
    if seen.by_hand {
        return Verdict::unknown("by-hand");
    }
    match cx.repo.declared(&["@supabase/supabase-js", "@supabase/ssr", "supabase"]) {
        Some(_) => Verdict::manual("dashboard"),
        None if project => Verdict::not_applicable("no-tables"),
        None => Verdict::not_applicable("no-supabase"),
    }
}

fn judge(
    exposure: &Exposure,
    history: &History,
    elsewhere: &std::collections::BTreeMap<String, Place>,
    seen: &mut Seen,
) {
    seen.dynamic |= history.schema.dynamic_row_security.is_some();
    for table in history.schema.tables.values() {
        if table.partition || !exposure.covers(table.schema.as_deref()) {
            continue;
        }
        if let Some(place) = &table.row_security.revoked {
            seen.fine.push(evidence(place, "revoked", table));
        } else if let Some(place) = &table.row_security.enabled {
            let key = if table.row_security.policies.is_empty() { "closed" } else { "enabled" };
            seen.fine.push(evidence(place, key, table));
        } else if elsewhere.contains_key(&table.name.to_ascii_lowercase()) {
            seen.by_hand = true;
        } else {
            seen.sites.push(site(table));
        }
    }
}

fn evidence(place: &Place, key: &'static str, table: &Table) -> Evidence {
    Evidence::At { place: place.clone(), note: Message::new(key).with("table", table.name.as_str()) }
}

fn site(table: &Table) -> Site {
    let say = |key: &'static str| Message::new(key).with("table", table.name.as_str());
    match &table.row_security.disabled {
        Some(place) => Site::new(place.clone(), say("disabled")),
        None if table.row_security.policies.is_empty() => Site::new(table.place.clone(), say("missing")),
        None => {
            let (_, policy) = &table.row_security.policies[0];
            Site::new(table.place.clone(), say("policies-only")).related(policy.clone(), say("policy"))
        }
    }
    .key(table.name.clone())
}
