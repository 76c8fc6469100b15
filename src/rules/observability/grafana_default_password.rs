//! `grafana-default-password`: Grafana's `admin` has a password that nobody can guess.

use crate::{
    facts::credentials::{
        Given,
        services::Exposure,
        stage::Stage,
        vendors::{self, Grafana},
    },
    model::{Confidence, Evidence, Message, Place, Severity, Site, Span, Verdict},
    repo::{FileKind, Role},
    rule::{Context, Rule},
    text::secrets::Kind,
};

pub(in crate::rules) static RULE: GrafanaDefaultPassword = GrafanaDefaultPassword;

pub(in crate::rules) struct GrafanaDefaultPassword;

impl Rule for GrafanaDefaultPassword {
    fn id(&self) -> &'static str {
        "grafana-default-password"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let servers = vendors::grafana(cx.repo);
        if servers.is_empty() {
            return Verdict::not_applicable("no-grafana");
        }
        let mut sites: Vec<Site> = servers.iter().filter_map(judge).collect();
        sites.extend(recommended(cx, &servers));
        let fine: Vec<Evidence> = servers
            .iter()
            .filter_map(|server| server.password.as_ref())
            .filter(|password| password.given() == Given::Reference)
            .map(|password| Evidence::At { place: password.place(), note: Message::new("reference") })
            .collect();
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if sites.is_empty() {
            let elsewhere = servers.iter().any(|server| server.elsewhere);
            return Verdict::pass_or(fine, || {
                if elsewhere { Verdict::unknown("elsewhere") } else { Verdict::not_applicable("not-production") }
            });
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-grafana")).also_fine(fine).sites(total, ok)
    }
}

fn judge(server: &Grafana<'_>) -> Option<Site> {
    let severity = match (server.stage, &server.exposure) {
        (Stage::Development, Exposure::Everywhere(_)) => Severity::Low,
        (Stage::Test | Stage::Example | Stage::Development, _) => return None,
        (_, Exposure::Everywhere(_)) => Severity::High,
        // Grafana is made to be opened; what is not published here stands behind a proxy as a rule.
        _ => Severity::Medium,
    };
    let site = |place, key| Some(Site::new(place, Message::new(key)).severity(severity).key("admin"));
    let Some(password) = &server.password else {
        return if server.elsewhere { None } else { site(server.service.place(), "unset") };
    };
    match password.given() {
        Given::Literal(text) | Given::Default { text, .. } => {
            let weak = matches!(password.worth(), Some((Kind::Weak | Kind::Placeholder, _))) || text.len() < 8;
            let key = match (password.given(), weak) {
                (Given::Literal(_), true) => "literal",
                (Given::Literal(_), false) => "written",
                _ => "default",
            };
            site(password.place(), key)
        }
        Given::Empty => site(password.place(), "unset"),
        Given::Reference | Given::Mixed => None,
    }
}

/// Where a text beside the server tells people to log in with `admin`/`admin`.
fn recommended(cx: &Context<'_>, servers: &[Grafana<'_>]) -> Vec<Site> {
    let texts = cx.repo.files().iter().filter(|file| {
        file.kind == FileKind::Markdown
            && !matches!(file.role, Role::Vendored | Role::Test | Role::Generated)
            && servers.iter().any(|server| server.service.file.folder() == file.folder())
    });
    texts
        .filter_map(|file| {
            let text = cx.repo.read(file.id).ok()?;
            let at = told_at(&text)?;
            let place = Place::At(file.id, Span::new(at, at + "admin/admin".len()));
            Some(Site::new(place, "told").severity(Severity::Low).confidence(Confidence::Likely).key("told"))
        })
        .collect()
}

/// Where the account is named in a line that also names Grafana, or within the section about it.
fn told_at(text: &str) -> Option<usize> {
    let lower = text.to_ascii_lowercase();
    let mut start = 0;
    let mut near = 0_u32;
    for line in lower.split_inclusive('\n') {
        if line.contains("grafana") {
            near = 6;
        }
        let account = ["admin/admin", "admin:admin", "admin / admin"].iter().find_map(|account| line.find(account));
        let changes = ["change", "смените", "default", "instead", "never", "don't", "not "]
            .iter()
            .any(|word| line.contains(word));
        if let Some(at) = account.filter(|_| near > 0 && !changes) {
            return Some(start + at);
        }
        near = near.saturating_sub(1);
        start += line.len();
    }
    None
}
