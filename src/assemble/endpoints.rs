//! Which findings lie on which endpoint.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    model::{Confidence, Severity},
    report::{Endpoint, Finding, Lines},
};

/// Endpoints with the findings that lie on them, the worst first.
pub(super) fn with_findings(endpoints: Vec<Endpoint>, findings: &[Finding]) -> Vec<Endpoint> {
    let mut by_path: BTreeMap<&str, Vec<(u32, &Finding)>> = BTreeMap::new();
    for finding in findings {
        let counts = finding.suppressed.is_none() && !finding.missing && finding.confidence != Confidence::Guess;
        if let Some(start) = finding.start.filter(|_| counts) {
            by_path.entry(&finding.path).or_default().push((start.line, finding));
        }
    }
    let on = |endpoint: &Endpoint| -> Vec<&Finding> {
        let places: BTreeSet<&Lines> = [&endpoint.place].into_iter().chain(&endpoint.handler).collect();
        let near = places.iter().filter_map(|lines| by_path.get(lines.path.as_str())).flatten();
        let own = near.filter(|(line, finding)| places.iter().any(|lines| lines.holds(&finding.path, *line)));
        own.map(|(_, finding)| *finding).collect()
    };
    let mut ranked: Vec<(Option<Severity>, Endpoint)> = Vec::new();
    for mut endpoint in endpoints {
        let mut seen = BTreeSet::new();
        let own: Vec<&Finding> =
            on(&endpoint).into_iter().filter(|finding| seen.insert(finding.fingerprint.as_str())).collect();
        let worst = own.iter().map(|finding| finding.severity).min();
        endpoint.findings = own.iter().map(|finding| finding.fingerprint.clone()).collect();
        ranked.push((worst, endpoint));
    }
    ranked.sort_by(|(worst, a), (other, b)| {
        (worst.is_none(), worst)
            .cmp(&(other.is_none(), other))
            .then_with(|| (&a.component, &a.route, &a.method).cmp(&(&b.component, &b.route, &b.method)))
            .then_with(|| a.place.cmp(&b.place))
    });
    ranked.into_iter().map(|(_, endpoint)| endpoint).collect()
}
