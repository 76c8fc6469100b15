//! `readiness rules`: the catalogue as a table or as JSON.

use std::collections::BTreeMap;

use readiness::model::{Categories, Confidence, Lang, Reference, RuleOption, Scope, Severity};
use serde::Serialize;

use super::{
    Outcome,
    args::{ListFormat, RulesArgs},
    exit::{Exit, Failure},
    library::{self, Card},
    output::{Output, print},
    page::{Page, severity_style},
    team,
    words::Words,
};

pub(super) fn run(args: &RulesArgs, output: &Output) -> Outcome {
    let team = team::here(&args.rules)?;
    let cards = library::cards_with(&team);
    let lang = args.lang.or(super::variables::lang()?).unwrap_or_default();
    let text = match args.format {
        ListFormat::Terminal => table(&cards, lang, output),
        ListFormat::Json => json(&cards, lang)?,
    };
    print(text.as_bytes())?;
    Ok(Exit::Holds)
}

fn table(cards: &[Card], lang: Lang, output: &Output) -> String {
    let words = Words::of(lang);
    let mut page = Page::new(output.width, output.colored);
    let widest = cards.iter().map(|card| card.meta.id.len()).max().unwrap_or(0);
    for category in &Categories::embedded().all {
        let rules: Vec<&Card> = cards.iter().filter(|card| card.meta.category == category.id).collect();
        if rules.is_empty() {
            continue;
        }
        page.heading(&format!("{} ({})", category.name(lang), category.id));
        for card in rules {
            row(&mut page, card, lang, widest);
        }
    }
    let count = cards.len();
    let team = match cards.iter().filter(|card| card.origin.is_some()).count() {
        0 => String::new(),
        team => format!(" ({team} {})", words.of_the_team),
    };
    page.heading(&format!("{count} {}{team}. {}", words.rules.of(lang, count), words.explain_hint));
    page.finish()
}

/// One rule: its id, its severity, and what should hold.
fn row(page: &mut Page, card: &Card, lang: Lang, widest: usize) {
    let meta = card.meta;
    let severity = page.styled(severity_style(meta.severity), &format!("{:<8}", meta.severity.as_str()));
    let head = format!("  {:<widest$}  {severity}  ", meta.id);
    let origin = card.origin.map(|path| format!(" ({path})")).unwrap_or_default();
    page.hanging(&head, widest + 14, &format!("{}{origin}", meta.texts(lang).title));
}

/// A rule as programs see it.
#[derive(Serialize)]
struct Listed<'a> {
    id: &'a str,
    category: &'a str,
    severity: Severity,
    scope: Scope,
    confidence: Confidence,
    title: &'a str,
    why: &'a str,
    fix: &'a str,
    effort_minutes: u32,
    phase: u8,
    mandatory: bool,
    parents: &'a [String],
    creates: &'a [String],
    cwe: &'a [u32],
    references: &'a [Reference],
    /// The file of a rule that the team wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    origin: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    options: &'a BTreeMap<String, RuleOption>,
}

impl<'a> Listed<'a> {
    fn new(card: &Card<'a>, lang: Lang) -> Self {
        let meta = card.meta;
        let texts = meta.texts(lang);
        Self {
            id: &meta.id,
            category: &meta.category,
            severity: meta.severity,
            scope: meta.scope,
            confidence: meta.confidence,
            title: &texts.title,
            why: &texts.why,
            fix: &texts.fix,
            effort_minutes: meta.effort,
            phase: meta.phase,
            mandatory: meta.mandatory,
            parents: &meta.parents,
            creates: &meta.creates,
            cwe: &meta.cwe,
            references: &meta.references,
            origin: card.origin,
            options: &meta.options,
        }
    }
}

fn json(cards: &[Card], lang: Lang) -> Result<String, Failure> {
    let listed: Vec<Listed<'_>> = cards.iter().map(|card| Listed::new(card, lang)).collect();
    let mut text = serde_json::to_string_pretty(&listed)
        .map_err(|error| Failure::unusable(format!("cannot write the list of rules: {error}")))?;
    text.push('\n');
    Ok(text)
}
