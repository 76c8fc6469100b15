//! What a report says and how its renderers show it.

mod samples;

use std::io;

use readiness::model::{Confidence, Lang, Severity};
use readiness::report::terminal::{self, Options, Palette};
use readiness::report::{Readiness, Report, Status, Suppressed, SuppressedBy, json, markdown};
use readiness::score::{GateFailure, GatePolicy, gate};
use samples::{at, bot, code, criterion, draft, finding, hostile, report, rule, shop};
use unicode_width::UnicodeWidthStr as _;

fn written(write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).expect("memory can be written");
    String::from_utf8(out).expect("reports are UTF-8")
}

fn terminal(report: &Report, options: Options) -> String {
    written(|out| terminal::write(report, &options, out))
}

fn wide(width: usize) -> Options {
    Options { width, ..Options::default() }
}

fn markdown(report: &Report) -> String {
    let options = markdown::Options { date: Some("2025-11-24".into()) };
    written(|out| markdown::write(report, &options, out))
}

fn json(report: &Report) -> String {
    written(|out| json::write(report, out))
}

fn samples() -> Vec<(&'static str, Report)> {
    vec![
        ("shop", report(shop())),
        ("bot", report(bot())),
        ("hostile", report(hostile())),
        ("empty", report(draft("empty", Lang::En))),
    ]
}

#[test]
fn terminal_at_80_columns() {
    insta::assert_snapshot!(terminal(&report(shop()), wide(80)));
}

#[test]
fn terminal_at_120_columns() {
    insta::assert_snapshot!(terminal(&report(shop()), wide(120)));
}

#[test]
fn terminal_in_russian_with_guesses() {
    insta::assert_snapshot!(terminal(&report(bot()), Options { all: true, ..wide(80) }));
}

#[test]
fn terminal_quiet_and_coloured() {
    let options = Options { palette: Palette::coloured(), quiet: true, ..wide(80) };
    insta::assert_snapshot!(terminal(&report(bot()), options).replace('\u{1b}', "␛"));
}

#[test]
fn terminal_with_hostile_content() {
    insta::assert_snapshot!(terminal(&report(hostile()), wide(80)));
}

#[test]
fn terminal_of_an_empty_folder() {
    insta::assert_snapshot!(terminal(&report(draft("empty", Lang::En)), wide(80)));
}

#[test]
fn review_in_english() {
    insta::assert_snapshot!(markdown(&report(shop())));
}

#[test]
fn review_in_russian() {
    insta::assert_snapshot!(markdown(&report(bot())));
}

#[test]
fn review_with_hostile_content() {
    insta::assert_snapshot!(markdown(&report(hostile())));
}

#[test]
fn json_of_the_bot() {
    insta::assert_snapshot!(json(&report(bot())));
}

#[test]
fn a_gain_that_a_cap_hides_is_said_in_words() {
    let mut draft = draft("capped", Lang::En);
    for n in 0..44 {
        let id = format!("rule-{n:02}");
        draft.rules.push(rule(&id, "security", Severity::Critical, 10, &format!("Title {n}"), "Mend it"));
        let status = if n < 4 { Status::Fail } else { Status::Pass };
        draft.criteria.push(criterion(&id, "security", ".", status));
    }
    let english = report(draft.clone());
    let terminal = terminal(&english, wide(80));
    assert!(terminal.contains("Fix these three first (with all 4 CRITICAL: 6.3 → 9.0)"), "{terminal}");
    assert!(!terminal.contains("+0.0"), "{terminal}");
    let text = markdown(&english);
    assert!(text.contains("1. Title 0 — counts together with 3 more CRITICAL in Security"), "{text}");
    draft.language = Lang::Ru;
    let text = markdown(&report(draft));
    assert!(text.contains("Исправьте сначала эти три (со всеми 4 CRITICAL: 6.3 → 9.0)"), "{text}");
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for (name, report) in samples() {
        for width in [60, 80, 97, 120] {
            for line in terminal(&report, Options { all: true, ..wide(width) }).lines() {
                assert!(line.width() <= width, "{name} at {width}: {} columns in {line:?}", line.width());
            }
        }
    }
}

#[test]
fn colours_change_nothing_but_colours() {
    for (name, report) in samples() {
        let coloured = terminal(&report, Options { palette: Palette::coloured(), ..wide(80) });
        let mut plain = String::new();
        let mut rest = coloured.as_str();
        while let Some(at) = rest.find("\u{1b}[") {
            plain.push_str(&rest[..at]);
            rest = rest[at..].split_once('m').unwrap().1;
        }
        plain.push_str(rest);
        assert_eq!(plain, terminal(&report, wide(80)), "{name}");
    }
}

#[test]
fn nothing_from_a_repository_acts_on_the_terminal() {
    for text in [terminal(&report(hostile()), Options { all: true, ..wide(80) }), markdown(&report(hostile()))] {
        let acting = |c: &char| (c.is_control() && *c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{200b}');
        assert_eq!(text.chars().find(acting), None);
    }
}

#[test]
fn reports_follow_their_schema() {
    let schema = include_str!("../schemas/report-v1.schema.json");
    let schema: serde_json::Value = serde_json::from_str(schema).unwrap();
    assert!(jsonschema::meta::is_valid(&schema));
    let validator = jsonschema::validator_for(&schema).unwrap();
    for (name, report) in samples() {
        let value: serde_json::Value = serde_json::from_str(&json(&report)).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    }
    let mut value: serde_json::Value = serde_json::from_str(&json(&report(shop()))).unwrap();
    value["criteria"][0]["undocumented"] = serde_json::Value::Null;
    assert!(!validator.is_valid(&value), "an undocumented field is noticed");
}

#[test]
fn json_can_be_read_back() {
    for (name, report) in samples() {
        let text = json(&report);
        let read: Report = serde_json::from_str(&text).unwrap();
        assert_eq!(json(&read), text, "{name}");
    }
}

#[test]
fn an_older_report_without_later_fields_can_be_read() {
    let mut value: serde_json::Value = serde_json::from_str(&json(&report(shop()))).unwrap();
    for criterion in value["criteria"].as_array_mut().unwrap() {
        for later in ["parent", "cause", "attestation", "suppressed", "findings"] {
            criterion.as_object_mut().unwrap().remove(later);
        }
    }
    assert!(serde_json::from_value::<Report>(value).is_ok());
}

#[test]
fn the_order_of_the_draft_does_not_matter() {
    let forwards = shop();
    let mut backwards = shop();
    backwards.criteria.reverse();
    backwards.findings.reverse();
    backwards.rules.reverse();
    backwards.components.reverse();
    backwards.diagnostics.reverse();
    backwards.suppressions.reverse();
    assert_eq!(json(&report(forwards)), json(&report(backwards)));
}

#[test]
fn guesses_are_left_out_unless_asked_for() {
    let with = report(bot());
    let without = report(readiness::assemble::Draft { guesses: false, ..bot() });
    assert!(with.findings.iter().any(|finding| finding.confidence == Confidence::Guess));
    assert!(without.findings.iter().all(|finding| finding.confidence != Confidence::Guess));
    let status = |report: &Report| report.criteria.iter().find(|c| c.rule == "bare-except").map(|c| c.status);
    assert_eq!((status(&with), status(&without)), (Some(Status::Fail), Some(Status::Unknown)));
    assert_eq!(with.summary.score, without.summary.score);
    assert_eq!(with.summary.criteria, without.summary.criteria);
}

#[test]
fn a_partial_report_has_no_verdict() {
    let partial = report(readiness::assemble::Draft { partial: true, ..bot() });
    assert_eq!(partial.summary.verdict, Readiness::NotAssessed);
    assert!(partial.category("security").unwrap().score.is_none());
    assert!(partial.category("reliability").unwrap().score.is_some());
}

/// One rule of one criterion with findings at the given severities.
fn one_rule(findings: &[(Severity, Option<SuppressedBy>)]) -> Report {
    let mut d = draft("one", Lang::En);
    d.rules = vec![rule("r", "security", Severity::High, 10, "R holds", "Repair it")];
    d.criteria = vec![criterion("r", "security", ".", Status::Fail)];
    for (index, (severity, suppressed)) in findings.iter().enumerate() {
        let line = u32::try_from(index).expect("few findings") + 1;
        let mut finding =
            code(finding("r", "security", ".", *severity, "a.ts", "bad"), line, "x", at(line, 1), at(line, 2));
        finding.suppressed = suppressed.map(|by| Suppressed { by, reason: "known".into() });
        d.findings.push(finding);
    }
    report(d)
}

#[test]
fn a_criterion_carries_the_highest_open_severity() {
    let mixed = one_rule(&[(Severity::Low, None), (Severity::Critical, None), (Severity::Medium, None)]);
    assert_eq!(mixed.criteria[0].severity, Severity::Critical);
    assert_eq!((mixed.summary.counts.critical, mixed.summary.findings), (1, 3));
    let accepted = one_rule(&[(Severity::Low, None), (Severity::Critical, Some(SuppressedBy::Inline))]);
    assert_eq!(accepted.criteria[0].severity, Severity::Low);
}

#[test]
fn a_suppression_leaves_the_score_and_a_baseline_only_the_gate() {
    let fail_on_high = GatePolicy { fail_on: Some(Severity::High), ..GatePolicy::default() };
    let holds = |report: &Report| gate(&fail_on_high, &readiness::assemble::gate_input(report)).holds;

    let open = one_rule(&[(Severity::High, None)]);
    assert_eq!((open.summary.score, open.summary.criteria.fail, holds(&open)), (Some(2.0), 1, false));
    let ignored = one_rule(&[(Severity::High, Some(SuppressedBy::Config))]);
    assert_eq!((ignored.summary.score, ignored.summary.criteria.suppressed, holds(&ignored)), (None, 1, true));
    let known = one_rule(&[(Severity::High, Some(SuppressedBy::Baseline))]);
    assert_eq!((known.summary.score, known.summary.criteria.fail, holds(&known)), (Some(2.0), 1, true));
    let grown = one_rule(&[(Severity::Critical, Some(SuppressedBy::Baseline)), (Severity::Medium, None)]);
    assert_eq!((grown.summary.counts.critical, holds(&grown)), (1, true));
}

#[test]
fn an_empty_folder_has_a_report_and_passes_only_a_gate_that_asks_nothing() {
    let empty = report(draft("empty", Lang::En));
    assert_eq!((empty.summary.score, empty.summary.verdict), (None, Readiness::NotAssessed));
    let input = readiness::assemble::gate_input(&empty);
    assert!(gate(&GatePolicy::default(), &input).holds);
    let least = GatePolicy { min_score: Some(0.0), ..GatePolicy::default() };
    assert_eq!(gate(&least, &input).reasons, [GateFailure::Score { score: None, least: 0.0 }]);
}

#[test]
fn files_that_exist_are_not_to_be_created() {
    let paths: Vec<String> = report(shop()).files_to_create.into_iter().map(|file| file.path).collect();
    assert_eq!(
        paths,
        ["services/api/drizzle/migrations/0000_init.sql", "services/worker/Dockerfile", ".github/workflows/ci.yml"]
    );
}

/// The lines of the excerpt of one finding.
fn excerpt(line: &str, from: u32, to: u32, width: usize) -> Vec<String> {
    let mut d = draft("one", Lang::En);
    d.rules = vec![rule("r", "security", Severity::High, 10, "R holds", "Repair it")];
    d.criteria = vec![criterion("r", "security", ".", Status::Fail)];
    d.findings =
        vec![code(finding("r", "security", ".", Severity::High, "a.ts", "bad"), 7, line, at(7, from), at(7, to))];
    let text = terminal(&report(d), wide(width));
    text.lines().skip_while(|line| !line.starts_with("7 |")).take(2).map(str::to_owned).collect()
}

#[test]
fn underlines_are_exact_with_wide_characters_and_tabs() {
    assert_eq!(excerpt("let имя = 1;", 5, 8, 80), ["7 | let имя = 1;", "  |     ^^^"]);
    assert_eq!(excerpt("a(漢字, b)", 3, 5, 80), ["7 | a(漢字, b)", "  |   ^^^^"]);
    assert_eq!(
        excerpt("\tf(\"👩\u{200d}💻\", x)", 11, 12, 80),
        ["7 |     f(\"👩\u{200d}💻\", x)", "  |             ^"]
    );
    assert_eq!(excerpt("e\u{301}tat = x", 3, 5, 80), ["7 | e\u{301}tat = x", "  |  ^^"]);
    assert_eq!(excerpt("\u{202e}x = y", 2, 3, 80), ["7 | \\u{202e}x = y", "  |         ^"]);
}

#[test]
fn long_lines_are_cut_around_the_finding() {
    let line = format!("{}TARGET{}", "абв".repeat(400_000), "xyz".repeat(400_000));
    let from = 1_200_001;
    let lines = excerpt(&line, from, from + 6, 80);
    assert!(lines[0].width() <= 80, "{}", lines[0]);
    let target = lines[0].find("TARGET").unwrap();
    let carets = lines[1].find('^').unwrap();
    assert_eq!(lines[0][..target].width(), lines[1][..carets].width());
    assert_eq!(lines[1].matches('^').count(), 6);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, cases: 200, ..Default::default() })]

    /// Positions that do not fit their snippet are shown somehow, within the width, and break nothing.
    #[test]
    fn any_place_can_be_shown(
        snippet in "([a-z漢👍\u{301}\t{}` я]{0,90}\n){0,12}",
        (first, from, to) in (1..30_u32, (1..40_u32, 0..120_u32), (1..40_u32, 0..120_u32)),
        message in "\\PC{0,120}",
        offset in 1..50_u32,
        width in 60..120_usize,
    ) {
        let mut d = draft("any", Lang::En);
        d.rules = vec![rule("r", "security", Severity::High, 10, "R holds", &message)];
        d.criteria = vec![criterion("r", "security", &message, Status::Fail)];
        let place = finding("r", "security", &message, Severity::High, &message, &message);
        let mut place = code(place, first, &snippet, at(from.0, from.1), at(to.0, to.1));
        place.snippet_start_column = offset;
        d.findings = vec![place.clone(), place];
        let report = report(d);
        for line in terminal(&report, wide(width)).lines() {
            proptest::prop_assert!(line.width() <= width, "{} columns in {:?}", line.width(), line);
        }
        let review = markdown(&report);
        let escapes = review.contains('\u{1b}');
        proptest::prop_assert!(!escapes);
    }
}
