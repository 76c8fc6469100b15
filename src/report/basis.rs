//! Says beside the verdict that its numbers are not the standard ones: a score without that would deceive.

use super::Report;
use crate::model::Lang;

/// One sentence without a full stop; nothing when the numbers are the standard ones.
pub(super) fn basis(report: &Report) -> Option<String> {
    let basis = report.basis.as_ref()?;
    let (asked, own) = match report.language {
        Lang::En => ("asked is what the tier asks:", "the weights are the team's own:"),
        Lang::Ru => ("спрошено то, что требует уровень", "веса свои:"),
    };
    let weights: Vec<String> = basis.weights.iter().map(|(category, weight)| format!("{category} {weight}")).collect();
    let tier = basis.tier.map(|tier| format!("{asked} {}", tier.as_str()));
    let weights = (!weights.is_empty()).then(|| format!("{own} {}", weights.join(", ")));
    Some(tier.into_iter().chain(weights).collect::<Vec<_>>().join("; "))
}
