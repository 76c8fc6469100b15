//! What rules share that judge single expressions of code that runs on the server.

use crate::{
    facts::side::{Side, side_of},
    model::{Evidence, Observation, Tone, Verdict},
    rule::{Context, site_of},
};

/// Places of evidence that a verdict names.
const SHOWN: usize = 10;

/// What was observed in files that can run on the server. Needs [`crate::facts::Fact::Side`].
pub(super) fn on_server<'c>(cx: &Context<'c>) -> Vec<&'c Observation> {
    let runs = |seen: &&Observation| {
        seen.place.file().is_none_or(|file| side_of(cx.repo, cx.facts, cx.repo.file(file)).side != Side::Client)
    };
    cx.seen.iter().filter(runs).collect()
}

/// The key of what an option decides: it is observed twice, as bad and as good, and [`decided`] keeps one of the two.
pub(super) fn measured(option: &str, number: f64) -> String {
    format!("{option} {number}")
}

/// Of what was measured keeps the observation that speaks against where `is_bad` says so of the option's name and the
/// number, else the one that speaks for.
pub(super) fn decided(seen: &[&Observation], is_bad: impl Fn(&str, f64) -> bool) -> Vec<Observation> {
    let decide = |seen: &&Observation| {
        let Some((option, number)) = seen.key.split_once(' ') else { return Some((*seen).clone()) };
        let Ok(number) = number.parse() else { return Some((*seen).clone()) };
        let kept = is_bad(option, number) == (seen.tone == Tone::Bad);
        kept.then(|| Observation { key: String::new(), ..(*seen).clone() })
    };
    seen.iter().filter_map(decide).collect()
}

/// Fail when something speaks against, else pass when something speaks for it, else `otherwise`.
pub(super) fn judged(seen: &[&Observation], otherwise: impl FnOnce() -> Verdict) -> Verdict {
    let sites: Vec<_> = seen.iter().filter(|seen| seen.tone == Tone::Bad).map(|seen| site_of(seen)).collect();
    let good: Vec<_> = seen.iter().filter(|seen| seen.tone == Tone::Good).collect();
    let shown: Vec<_> = good
        .iter()
        .take(SHOWN)
        .map(|seen| Evidence::At { place: seen.place.clone(), note: seen.message.clone() })
        .collect();
    let (total, ok) = (sites.len() + good.len(), good.len());
    if total == 0 {
        return otherwise();
    }
    if sites.is_empty() {
        return Verdict::pass_or(shown, otherwise).sites(total, ok);
    }
    Verdict::fail_or(sites, otherwise).also_fine(shown).sites(total, ok)
}
