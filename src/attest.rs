//! Answers questions that only a person can answer with what the configuration says.

use crate::{
    config::Config,
    model::{Attested, Lang},
    report::{Attestation, Criterion, Diagnostic, Status},
    text::mask::mask,
};

/// Fills in the answers to `manual` criteria. What has expired, and what answers nothing that was asked, comes back as
/// a diagnostic.
pub(crate) fn attest(criteria: &mut [Criterion], ran: &[&str], config: &Config) -> Vec<Diagnostic> {
    let mut troubles = Vec::new();
    for attested in &config.attested {
        if !attested.counts(config.today) {
            troubles.push(trouble(attested, "attestation-expired", config.lang));
            continue;
        }
        let mut answered = false;
        for criterion in criteria.iter_mut().filter(|criterion| criterion.rule == attested.rule) {
            if criterion.status == Status::Manual {
                criterion.attestation = Some(answer(attested));
                answered = true;
            }
        }
        if !answered && ran.contains(&attested.rule.as_str()) {
            troubles.push(trouble(attested, "attestation-unused", config.lang));
        }
    }
    troubles
}

fn answer(attested: &Attested) -> Attestation {
    Attestation {
        holds: attested.holds,
        by: Some(mask(&attested.by).into_owned()),
        date: Some(attested.on.to_string()),
        note: attested.note.as_deref().map(|note| mask(note).into_owned()),
    }
}

fn trouble(attested: &Attested, kind: &str, lang: Lang) -> Diagnostic {
    let (rule, line) = (&attested.rule, attested.line);
    let message = match (kind, lang) {
        ("attestation-expired", Lang::En) => {
            format!("line {line}: the answer to `{rule}` has expired, so it is asked again")
        }
        ("attestation-expired", Lang::Ru) => {
            format!("строка {line}: срок ответа на `{rule}` истёк, вопрос задан снова")
        }
        (_, Lang::En) => format!("line {line}: `{rule}` asks no person here, so the answer changes nothing"),
        (_, Lang::Ru) => format!("строка {line}: `{rule}` здесь ни о чём не спрашивает, ответ ничего не меняет"),
    };
    Diagnostic { kind: kind.to_owned(), path: Some(attested.path.clone()), rule: Some(rule.clone()), message }
}
