//! `supabase-rls-permissive`: a policy lets a role see and change its own rows, not everybody's.

use crate::{
    code::sql::{Expression, Policy},
    facts::{
        Fact,
        tables::{self, Table},
    },
    model::{Confidence, Evidence, Message, Place, Severity, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: SupabaseRlsPermissive = SupabaseRlsPermissive;

pub(in crate::rules) struct SupabaseRlsPermissive;

impl Rule for SupabaseRlsPermissive {
    fn id(&self) -> &'static str {
        "supabase-rls-permissive"
    }

    fn needs(&self) -> &'static [Fact] {
        &[]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let all = cx.facts.tables(cx.repo);
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for exposure in &tables::exposures(cx.repo) {
            let tables = exposure.histories(all).flat_map(|history| history.schema.tables.values());
            for table in tables.filter(|table| exposure.covers(table.schema.as_deref())) {
                // Without the switch no policy counts, which is another rule's finding.
                if table.row_security.enabled.is_none() {
                    continue;
                }
                for (policy, place) in &table.row_security.policies {
                    match judge(table, policy, place) {
                        Some(site) => sites.push(site),
                        None => fine.push(evidence(policy, place)),
                    }
                }
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        let fine: Vec<Evidence> = fine.into_iter().take(20).collect();
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-policies"));
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-policies")).also_fine(fine).sites(total, ok)
    }
}

fn evidence(policy: &Policy, place: &Place) -> Evidence {
    let open = [&policy.using, &policy.check].into_iter().flatten().any(|condition| condition.always);
    let key = if open && is_client(&policy.roles) && !policy.restrictive { "meant" } else { "scoped" };
    Evidence::At { place: place.clone(), note: Message::new(key).with("policy", policy.name.as_str()) }
}

/// How far a condition reaches.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// Asks something about the row or the caller.
    Own,
    /// Every row, for everybody who is signed in.
    SignedIn,
    Everybody,
}

fn judge(table: &Table, policy: &Policy, place: &Place) -> Option<Site> {
    if policy.restrictive || !is_client(&policy.roles) {
        return None;
    }
    let anonymous = policy.roles.is_empty() || policy.roles.iter().any(|role| role == "anon" || role == "public");
    let reach = |condition: Option<&Expression>| {
        condition.map_or(Reach::Own, reach).min(if anonymous { Reach::Everybody } else { Reach::SignedIn })
    };
    let reads = reach(policy.using.as_ref());
    // Without `WITH CHECK` the condition of `USING` holds for new rows as well.
    let writes = reach(policy.check.as_ref().or(policy.using.as_ref()));
    let command = policy.command.as_str();
    let say = |key: &'static str| {
        Message::new(key)
            .with("table", table.name.as_str())
            .with("policy", policy.name.as_str())
            .with("command", command.to_ascii_uppercase())
    };
    let site = |key| Site::new(place.clone(), say(key)).key(format!("{}/{}", table.name, policy.name));
    let for_service = is_for_service(&policy.name);
    match command {
        "all" | "update" | "delete" if reads > Reach::Own => Some(match (for_service, reads) {
            (true, Reach::Everybody) => site("service"),
            (_, Reach::Everybody) => site("everybody").severity(Severity::Critical),
            _ => site("signed-in"),
        }),
        "insert" if writes == Reach::Everybody || writes == Reach::SignedIn && for_service => {
            let owned = table.owner_columns().next().is_some() || is_people(&table.name);
            (for_service || owned).then(|| if for_service { site("service-insert") } else { site("insert") })
        }
        // Public reading is often meant; not where the columns say otherwise.
        "select" if reads == Reach::Everybody && !says_public(&policy.name) => {
            let private = table.columns.iter().find(|column| column.is_private())?;
            Some(
                Site::new(place.clone(), say("read").with("column", private.name.as_str()))
                    .key(format!("{}/{}", table.name, policy.name))
                    .confidence(Confidence::Likely),
            )
        }
        _ => None,
    }
    .map(|site| if reads == Reach::Everybody && command == "all" { site.severity(Severity::Critical) } else { site })
}

/// Whether a role that the public key can have is meant.
fn is_client(roles: &[String]) -> bool {
    roles.is_empty() || roles.iter().any(|role| matches!(role.as_str(), "public" | "anon" | "authenticated"))
}

fn reach(condition: &Expression) -> Reach {
    if condition.always {
        return Reach::Everybody;
    }
    let mut words = condition.words.iter().map(String::as_str).peekable();
    let asks_sign_in =
        |word: &str| matches!(word, "auth.role" | "auth.uid" | "is" | "not" | "null" | "select" | "as" | "text");
    let signed_in = words.peek().is_some() && words.all(asks_sign_in);
    let role = condition.words.iter().any(|word| word == "auth.role");
    let authenticated = condition.strings.iter().all(|text| text == "authenticated") && !condition.strings.is_empty();
    let not_null = condition.words.ends_with(&["is".to_owned(), "not".to_owned(), "null".to_owned()]);
    if signed_in && (role && authenticated || !role && not_null) { Reach::SignedIn } else { Reach::Own }
}

fn has_any(text: &str, parts: &[&str]) -> bool {
    let lower = text.to_lowercase();
    parts.iter().any(|part| lower.contains(part))
}

fn is_for_service(policy: &str) -> bool {
    has_any(
        policy,
        &["service role", "service_role", "service-role", "service account", "backend", "system can", "server can"],
    )
}

fn says_public(policy: &str) -> bool {
    has_any(policy, &["public", "anyone", "everyone", "everybody", "anonymous", "anon "])
}

fn is_people(table: &str) -> bool {
    matches!(
        table.to_ascii_lowercase().as_str(),
        "users" | "user" | "profiles" | "profile" | "members" | "accounts" | "admins"
    )
}
