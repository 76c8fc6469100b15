//! `vendor-default-credentials`: products do not run with the account that their manual prints.
//!
//! Grafana has a rule of its own; defaults of variables are `fallback-secret`'s.

use crate::{
    facts::credentials::{
        services::Exposure,
        stage::Stage,
        vendors::{self, Account, State},
    },
    model::{Evidence, Message, Severity, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: VendorDefaultCredentials = VendorDefaultCredentials;

pub(in crate::rules) struct VendorDefaultCredentials;

impl Rule for VendorDefaultCredentials {
    fn id(&self) -> &'static str {
        "vendor-default-credentials"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let accounts = vendors::accounts(cx.repo);
        if accounts.is_empty() {
            return Verdict::not_applicable("no-products");
        }
        let sites: Vec<Site> = accounts.iter().filter_map(judge).collect();
        let fine: Vec<Evidence> = accounts.iter().filter_map(evidence).collect();
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        let open = accounts.iter().any(|account| account.stage.is_deployed() && account.state == State::Unknown);
        if sites.is_empty() {
            return Verdict::pass_or(fine, || {
                if open { Verdict::unknown("elsewhere") } else { Verdict::not_applicable("not-production") }
            });
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-products")).also_fine(fine).sites(total, ok)
    }
}

fn judge(account: &Account<'_>) -> Option<Site> {
    let deployed = account.stage.is_deployed();
    let severity = match (&account.exposure, deployed) {
        (Exposure::Everywhere(_), true) => Severity::High,
        (_, true) => Severity::Medium,
        (Exposure::Everywhere(_), false) if account.stage == Stage::Development => Severity::Low,
        (_, false) => return None,
    };
    let product = account.vendor.product;
    let (place, message) = match &account.state {
        State::Unset => {
            let message = Message::new("unset").with("product", product).with("account", account.vendor.unset);
            (account.service.place(), message)
        }
        State::Known(setting) => {
            (setting.place(), Message::new("known").with("product", product).with("name", setting.name.as_str()))
        }
        State::Own(_) | State::Literal(_) | State::Unknown => return None,
    };
    Some(Site::new(place, message).severity(severity).key(product))
}

fn evidence(account: &Account<'_>) -> Option<Evidence> {
    let State::Own(setting) = &account.state else { return None };
    let note = Message::new("own").with("product", account.vendor.product);
    account.stage.is_deployed().then(|| Evidence::At { place: setting.place(), note })
}
