//! `readiness explain`: why a rule asks, how it decides, examples, and what to do.

use anstyle::{AnsiColor, Style};
use readiness::{
    model::{Lang, RuleMeta, SuppressionProblem, nearest},
    rule::{
        TeamRules,
        cases::{self, Case, CaseFile},
        measured,
    },
};

use super::{
    Outcome,
    args::ExplainArgs,
    exit::{Exit, Failure},
    library::{self, Card},
    output::{Output, print},
    page::{Page, severity_style},
    team,
    words::Words,
};

/// A longer file of an example is cut.
const LONGEST_FILE: usize = 30;

pub(super) fn run(args: &ExplainArgs, output: &Output) -> Outcome {
    let lang = args.lang.or(super::variables::lang()?).unwrap_or_default();
    // A broken rule of the team keeps nobody from reading about those that are built in.
    let team = match readiness::catalogue().get(&args.rule) {
        Some(_) => TeamRules::default(),
        None => team::here(&args.rules)?,
    };
    let mut cards = library::cards_with(&team);
    cards.extend(library::notice_cards());
    let card = cards.iter().find(|card| card.meta.id == args.rule).ok_or_else(|| unknown(&args.rule, &cards))?;
    print(explain(card, lang, output).as_bytes())?;
    Ok(Exit::Holds)
}

fn unknown(id: &str, cards: &[Card]) -> Failure {
    let failure = Failure::usage(format!("there is no rule `{id}`"));
    match nearest(id, cards.iter().map(|card| card.meta.id.as_str())) {
        Some(nearest) => failure.help(format!("did you mean `{nearest}`?")),
        None => failure.help("`readiness rules` lists them all"),
    }
}

fn explain(card: &Card, lang: Lang, output: &Output) -> String {
    let (meta, words) = (card.meta, Words::of(lang));
    let texts = meta.texts(lang);
    let mut page = Page::new(output.width, output.colored);
    page.heading(&texts.title);
    let severity = page.styled(severity_style(meta.severity), meta.severity.as_str());
    page.line(&format!("{} · {} · {severity}", meta.id, meta.category));
    if let Some(path) = card.origin {
        page.line(&format!("{} {path}", words.team_rule));
    }
    page.heading(words.why);
    page.paragraphs(&texts.why, 2);
    page.heading(words.how);
    page.paragraphs(&decision(card, words), 2);
    page.heading(words.fix);
    page.paragraphs(&texts.fix, 2);
    page.paragraphs(&effort(meta, words), 2);
    examples(&mut page, card, words);
    references(&mut page, meta, words);
    match card.problem {
        Some(problem) => judged(&mut page, problem, words),
        None => weighed(&mut page, meta, lang),
    }
    page.finish()
}

/// How a rule is suppressed, and gets another weight.
fn weighed(page: &mut Page, meta: &RuleMeta, lang: Lang) {
    let words = Words::of(lang);
    super::tuning::section(page, meta, lang);
    page.heading(words.suppress);
    page.line(&format!("  readiness: ignore[{}] {}", meta.id, words.reason));
    page.heading(words.tune);
    page.line(&format!("  [rules.{}]", meta.id));
    page.line(&format!("  severity = \"{}\"", meta.severity.as_str()));
}

/// How a team lets its gate fail on a problem of a suppression.
fn judged(page: &mut Page, problem: SuppressionProblem, words: &Words) {
    page.heading(words.fail_on);
    page.line("  [suppressions]");
    page.line(&format!("  fail-on = [\"{}\"]", problem.as_str()));
}

/// What the case file says before its first case, and what the catalogue knows.
fn decision(card: &Card, words: &Words) -> String {
    let meta = card.meta;
    let asked = if card.problem.is_some() { words.no_criterion } else { words.scope(meta.scope) };
    let mut known = vec![asked.to_owned(), words.confidence(meta.confidence).to_owned()];
    if !meta.parents.is_empty() {
        known.push(format!("{} {}.", words.parents, meta.parents.join(", ")));
    }
    if meta.mandatory {
        known.push(words.mandatory.to_owned());
    }
    if let Some(measured) = measured(&meta.id).filter(|_| card.origin.is_none()) {
        let told = words.measured.replace("{right}", &measured.right.to_string());
        let told = told.replace("{opened}", &measured.opened.to_string()).replace("{date}", &measured.date.to_string());
        known.push(told.replace("{kinds}", &measured.repositories.join(", ")));
    }
    format!("{}\n\n{}", cases::introduction(card.cases), known.join(" "))
}

fn effort(meta: &RuleMeta, words: &Words) -> String {
    let (time, unit) = if meta.effort >= 60 && meta.effort.is_multiple_of(60) {
        (meta.effort / 60, words.hours)
    } else {
        (meta.effort, words.minutes)
    };
    let takes = format!("{} {time} {unit} {}", words.effort, words.for_one_place);
    if meta.creates.is_empty() {
        return takes;
    }
    format!("{takes} {} {}.", words.creates, meta.creates.join(", "))
}

fn examples(page: &mut Page, card: &Card, words: &Words) {
    // A case file that cannot be read fails the project's tests; here its examples are left out.
    let Ok(cases) = cases::parse(card.cases) else { return };
    let shown = cases::chosen(&cases);
    if shown.is_empty() {
        return;
    }
    page.heading(words.examples);
    for (index, case) in shown.iter().enumerate() {
        if index > 0 {
            page.line("");
        }
        example(page, case, words);
    }
    if cases.len() > shown.len() {
        page.line("");
        let meta = card.meta;
        let all = match card.origin {
            Some(path) => format!("{}.md", path.trim_end_matches(".toml")),
            None => format!("{} rules/{}/{}.md", words.more_examples, card.folder(), meta.id),
        };
        page.paragraphs(&all, 2);
    }
}

fn example(page: &mut Page, case: &Case, words: &Words) {
    let style = match case.verdict.as_str() {
        "fail" => AnsiColor::Red.on_default(),
        "pass" => AnsiColor::Green.on_default(),
        _ => AnsiColor::Cyan.on_default(),
    };
    let verdict = page.styled(style, words.verdict(&case.verdict));
    page.line(&format!("  {verdict}: {}", case.title));
    if !case.prose.trim().is_empty() {
        page.paragraphs(&case.prose, 4);
    }
    for file in &case.files {
        example_file(page, file, words);
    }
    for path in &case.missing {
        page.line(&format!("    {} {path}", words.missing_at));
    }
}

fn example_file(page: &mut Page, file: &CaseFile, words: &Words) {
    let path = page.styled(Style::new().underline(), &file.path);
    page.line(&format!("    {path}"));
    if file.content.trim().is_empty() {
        page.line(&format!("      {}", words.empty_file));
    }
    for (index, text) in cases::shown(&file.content).lines().take(LONGEST_FILE).enumerate() {
        let mark = file.marks.iter().find(|mark| mark.line == index + 1);
        let sign = match mark {
            Some(mark) if mark.good => page.styled(AnsiColor::Green.on_default(), "+"),
            Some(_) => page.styled(AnsiColor::Red.on_default(), ">"),
            None => " ".to_owned(),
        };
        page.line(&format!("    {sign} {text}"));
    }
    if file.content.lines().count() > LONGEST_FILE {
        page.line("      ...");
    }
}

fn references(page: &mut Page, meta: &RuleMeta, words: &Words) {
    if meta.references.is_empty() && meta.cwe.is_empty() {
        return;
    }
    page.heading(words.references);
    for reference in &meta.references {
        page.line(&format!("  {}: {}", reference.title, reference.url));
    }
    for number in &meta.cwe {
        page.line(&format!("  CWE-{number}: https://cwe.mitre.org/data/definitions/{number}.html"));
    }
}
