//! `readiness explain`: why a rule asks, how it decides, examples, and what to do.

use anstyle::{AnsiColor, Style};
use readiness::{
    model::{Lang, RuleMeta, nearest},
    rule::cases::{self, Case, CaseFile},
};

use super::{
    Outcome,
    args::ExplainArgs,
    exit::{Exit, Failure},
    library::{self, Card},
    output::{Output, print},
    page::{Page, severity_style},
    words::Words,
};

/// How many examples of each verdict are shown; the case file has them all.
const SHOWN: [(&str, usize); 5] = [("fail", 2), ("pass", 2), ("not-applicable", 1), ("unknown", 1), ("manual", 1)];

/// A longer file of an example is cut.
const LONGEST_FILE: usize = 30;

pub(super) fn run(args: &ExplainArgs, output: &Output) -> Outcome {
    let cards = library::cards();
    let card = cards.iter().find(|card| card.meta.id == args.rule).ok_or_else(|| unknown(&args.rule, &cards))?;
    let lang = args.lang.or(super::variables::lang()?).unwrap_or_default();
    let explained = explain(card, lang, output);
    print(explained.as_bytes())?;
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
    page.heading(words.why);
    page.paragraphs(&texts.why, 2);
    page.heading(words.how);
    page.paragraphs(&decision(card, words), 2);
    page.heading(words.fix);
    page.paragraphs(&texts.fix, 2);
    page.paragraphs(&effort(meta, words), 2);
    examples(&mut page, card, words);
    references(&mut page, meta, words);
    super::tuning::section(&mut page, meta, lang);
    page.heading(words.suppress);
    page.line(&format!("  readiness: ignore[{}] {}", meta.id, words.reason));
    page.finish()
}

/// What the case file says before its first case, and what the catalogue knows.
fn decision(card: &Card, words: &Words) -> String {
    let meta = card.meta;
    let introduction: Vec<&str> = card
        .cases
        .lines()
        .skip_while(|line| line.starts_with("# "))
        .take_while(|line| !line.starts_with("## "))
        .collect();
    let mut known = vec![words.scope(meta.scope).to_owned(), words.confidence(meta.confidence).to_owned()];
    if !meta.parents.is_empty() {
        known.push(format!("{} {}.", words.parents, meta.parents.join(", ")));
    }
    if meta.mandatory {
        known.push(words.mandatory.to_owned());
    }
    format!("{}\n\n{}", introduction.join("\n").trim(), known.join(" "))
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
    let shown: Vec<&Case> = SHOWN
        .iter()
        .flat_map(|(verdict, most)| cases.iter().filter(move |case| case.verdict == *verdict).take(*most))
        .collect();
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
        page.paragraphs(&format!("{} rules/{}/{}.md", words.more_examples, meta.category, meta.id), 2);
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
}

fn example_file(page: &mut Page, file: &CaseFile, words: &Words) {
    let path = page.styled(Style::new().underline(), &file.path);
    page.line(&format!("    {path}"));
    if file.content.trim().is_empty() {
        page.line(&format!("      {}", words.empty_file));
    }
    for (index, text) in file.content.lines().take(LONGEST_FILE).enumerate() {
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
