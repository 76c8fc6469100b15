//! Suppressions by comment and by configuration: what they take out, and what is said about them.

use readiness::{
    model::{Date, Lang, PathGlobs, Severity, SuppressionPolicy, Waiver},
    suppress::{Comment, Input, Outcome, State, Subject, Suppression, suppress},
};

const KNOWN: [&str; 3] = ["console-usage", "hardcoded-secret", "schema-push"];

fn comment(line: u32, alone: bool, text: &str) -> Comment {
    let last = line + u32::try_from(text.lines().count()).expect("a comment is short") - 1;
    Comment { path: "src/a.ts".into(), lines: (line, last), alone, text: text.into() }
}

/// Alone in its line.
fn above(line: u32, text: &str) -> Comment {
    comment(line, true, text)
}

/// Behind code.
fn behind(line: u32, text: &str) -> Comment {
    comment(line, false, text)
}

fn finding(rule: &str, first: u32, last: u32) -> Subject {
    Subject { rule: rule.into(), path: "src/a.ts".into(), severity: Severity::High, lines: Some((first, last)) }
}

fn by_comments(comments: &[Comment], subjects: &[Subject]) -> Outcome {
    suppress(&Input {
        subjects,
        comments,
        waivers: &[],
        policy: &SuppressionPolicy::default(),
        known: &KNOWN,
        ran: &KNOWN,
        today: None,
    })
}

/// Which of the findings are suppressed.
fn taken(comments: &[Comment], subjects: &[Subject]) -> Vec<bool> {
    by_comments(comments, subjects).by.iter().map(Option::is_some).collect()
}

fn only(outcome: &Outcome) -> &Suppression {
    assert_eq!(outcome.suppressions.len(), 1, "{:?}", outcome.suppressions);
    &outcome.suppressions[0]
}

/// `line rule state trouble` of what one comment in line 3 amounts to.
fn said(text: &str) -> Vec<String> {
    by_comments(&[above(3, text)], &[finding("console-usage", 4, 4)])
        .suppressions
        .iter()
        .map(|it| {
            let trouble = it.trouble.as_ref().map(|it| it.text(Lang::En)).unwrap_or_default();
            format!("{} {} {:?} {trouble}", it.line, it.rule, it.state).trim_end().to_owned()
        })
        .collect()
}

#[test]
fn a_comment_speaks_of_its_line_and_of_the_next() {
    let text = "// readiness: ignore[console-usage] the banner of a tool";
    let at = |line| finding("console-usage", line, line);
    assert_eq!(taken(&[above(3, text)], &[at(2), at(3), at(4), at(5)]), [false, true, true, false]);
    assert_eq!(taken(&[behind(3, text)], &[at(2), at(3), at(4), at(5)]), [false, true, false, false]);
    let outcome = by_comments(&[above(3, text)], &[at(4)]);
    assert_eq!(only(&outcome).state, State::Used);
    assert_eq!(only(&outcome).reason.as_deref(), Some("the banner of a tool"));
    assert_eq!(only(&outcome).matched, 1);
}

#[test]
fn a_finding_of_several_lines_is_reached_from_each() {
    let text = "// readiness: ignore[console-usage] why not";
    assert_eq!(taken(&[behind(6, text)], &[finding("console-usage", 5, 8)]), [true]);
    assert_eq!(taken(&[above(4, text)], &[finding("console-usage", 5, 8)]), [true]);
    assert_eq!(taken(&[behind(9, text)], &[finding("console-usage", 5, 8)]), [false]);
}

#[test]
fn only_the_named_rules_and_the_same_file_are_meant() {
    let text = "// readiness: ignore[console-usage, hardcoded-secret] generated";
    let rules = KNOWN.map(|rule| finding(rule, 4, 4));
    assert_eq!(taken(&[above(3, text)], &rules), [true, true, false]);
    let elsewhere = Subject { path: "src/b.ts".into(), ..finding("console-usage", 4, 4) };
    assert_eq!(taken(&[above(3, text)], &[elsewhere]), [false]);
}

#[test]
fn comments_below_each_other_speak_of_the_line_below_the_last() {
    let comments = [
        above(3, "// readiness: ignore[console-usage] first"),
        above(4, "/* readiness: ignore[hardcoded-secret] second,\n   with more to say */"),
        above(6, "// readiness: ignore[schema-push] third"),
    ];
    assert_eq!(taken(&comments, &KNOWN.map(|rule| finding(rule, 7, 7))), [true, true, true]);
    assert_eq!(taken(&comments, &KNOWN.map(|rule| finding(rule, 8, 8))), [false, false, false]);
}

#[test]
fn every_comment_syntax_is_read() {
    for text in [
        "// readiness: ignore[console-usage] why",
        "//readiness:ignore[console-usage]why",
        "# readiness: ignore[console-usage] why",
        "-- readiness: ignore[console-usage] why",
        "/* readiness: ignore[console-usage] why */",
        "{/* readiness: ignore[console-usage] why */}",
        "<!-- readiness: ignore[console-usage] why -->",
        "; readiness: ignore [ console-usage ] - why",
        "/**\n * readiness: ignore[console-usage]: why\n */",
        "# noqa: T201  # readiness: ignore[console-usage] why",
        "// eslint-disable-line no-console -- readiness: ignore[console-usage] why",
    ] {
        let outcome = by_comments(&[above(3, text)], &[finding("console-usage", 3, 6)]);
        assert_eq!(only(&outcome).state, State::Used, "{text}");
        assert_eq!(only(&outcome).reason.as_deref(), Some("why"), "{text}");
    }
}

#[test]
fn prose_is_left_alone() {
    for text in [
        "# readiness: the probe asks the database",
        "// readiness: ignores nothing[1]",
        "// production readiness: ignorance[x] is bliss",
        "// checks liveness and readiness: see docs[2]",
        "// readiness:",
        "# readiness_ignore[console-usage] why",
        "// preadiness: ignore[console-usage] why",
        "plain text",
        "",
    ] {
        let comments = [Comment { path: "src/a.ts".into(), lines: (3, 3), alone: true, text: text.into() }];
        assert!(by_comments(&comments, &[]).suppressions.is_empty(), "{text}");
    }
}

#[test]
fn mistakes_suppress_nothing_and_say_why() {
    assert_eq!(
        said("// readiness: ignore[console-usage]"),
        ["3  Refused the reason is missing; write `readiness: ignore[rule-id] reason`"]
    );
    assert_eq!(said("/* readiness: ignore[console-usage] - */"), said("// readiness: ignore[console-usage]"));
    assert_eq!(
        said("// readiness: ignore why not"),
        ["3  Refused the rule is missing; write `readiness: ignore[rule-id] reason`"]
    );
    assert_eq!(said("// readiness: ignore[ , ] why"), said("// readiness: ignore why"));
    assert_eq!(said("// readiness: ignore[console-usage why"), ["3  Refused `]` is missing behind the rule ids"]);
    assert_eq!(
        said("// readiness: ingore[console-usage] why"),
        ["3  Refused `ingore` is no instruction to this tool; did you mean `ignore`?"]
    );
    assert_eq!(
        said("/*\n readiness: ignore[console-usge, console-usage] why */"),
        [
            "4 console-usage Used",
            "4 console-usge Refused there is no rule `console-usge`; did you mean `console-usage`?",
        ]
    );
    assert_eq!(said("// readiness: ignore[security] why"), ["3 security Refused there is no rule `security`"]);
}

#[test]
fn a_comment_at_the_top_speaks_of_the_whole_file() {
    let text = "// readiness: ignore-file[console-usage] a command line tool";
    let whole = Subject { lines: None, ..finding("console-usage", 1, 1) };
    assert_eq!(taken(&[above(3, text)], &[finding("console-usage", 900, 901), whole]), [true, true]);
    let late = by_comments(&[above(26, text)], &[finding("console-usage", 27, 27)]);
    assert_eq!(late.by, [None]);
    assert_eq!(
        only(&late).trouble.as_ref().unwrap().text(Lang::En),
        "`ignore-file` must stand at the top of the file, in its first 25 lines"
    );
    let line = "// readiness: ignore[console-usage] of this line only";
    let whole = Subject { lines: None, ..finding("console-usage", 1, 1) };
    assert_eq!(taken(&[above(3, line)], &[whole]), [false]);
}

#[test]
fn what_suppresses_nothing_is_called_unused_unless_its_rule_did_not_run() {
    let comments = [above(3, "// readiness: ignore[schema-push, console-usage] why")];
    let input = Input {
        subjects: &[],
        comments: &comments,
        waivers: &[],
        policy: &SuppressionPolicy::default(),
        known: &KNOWN,
        ran: &["schema-push"],
        today: None,
    };
    let states: Vec<State> = suppress(&input).suppressions.iter().map(|it| it.state).collect();
    assert_eq!(states, [State::Idle, State::Unused]);
}

fn day(text: &str) -> Date {
    text.parse().expect("the day is right")
}

fn waiver(paths: &[&str], until: Option<&str>) -> Waiver {
    Waiver {
        rule: "hardcoded-secret".into(),
        paths: PathGlobs::new(paths).expect("the patterns are right"),
        reason: "made up for tests".into(),
        until: until.map(day),
        path: "readiness.toml".into(),
        line: 7,
    }
}

fn by_waiver(waiver: &Waiver, today: Option<&str>, path: &str) -> (bool, Suppression) {
    let subjects =
        [Subject { rule: "hardcoded-secret".into(), path: path.into(), severity: Severity::High, lines: Some((1, 1)) }];
    let input = Input {
        subjects: &subjects,
        comments: &[],
        waivers: std::slice::from_ref(waiver),
        policy: &SuppressionPolicy::default(),
        known: &KNOWN,
        ran: &KNOWN,
        today: today.map(day),
    };
    let outcome = suppress(&input);
    (outcome.by[0].is_some(), only(&outcome).clone())
}

#[test]
fn a_configuration_entry_covers_its_paths() {
    let (taken, suppression) = by_waiver(&waiver(&["tests/**"], None), None, "tests/a.ts");
    assert!(taken);
    assert_eq!((suppression.state, suppression.path.as_str(), suppression.line), (State::Used, "readiness.toml", 7));
    let (taken, suppression) = by_waiver(&waiver(&["tests/**"], None), None, "src/a.ts");
    assert!(!taken);
    assert_eq!(suppression.state, State::Unused);
    assert!(by_waiver(&waiver(&[], None), None, "anything.ts").0);
}

#[test]
fn an_entry_expires_after_its_last_day() {
    let entry = || waiver(&[], Some("2026-12-31"));
    assert!(by_waiver(&entry(), Some("2026-12-31"), "a.ts").0);
    let (taken, suppression) = by_waiver(&entry(), Some("2027-01-01"), "a.ts");
    assert!(!taken);
    assert_eq!(suppression.state, State::Expired);
}

#[test]
fn without_a_date_nothing_expires_and_that_is_said() {
    let (taken, suppression) = by_waiver(&waiver(&[], Some("2001-01-01")), None, "a.ts");
    assert!(taken);
    assert_eq!(suppression.state, State::Used);
    assert_eq!(suppression.trouble.unwrap().text(Lang::En), "it expires on 2001-01-01, and today's date is not known");
}

#[test]
fn a_comment_goes_before_the_configuration() {
    let subjects = [finding("hardcoded-secret", 4, 4)];
    let comments = [
        above(1, "// readiness: ignore-file[hardcoded-secret] far"),
        above(3, "// readiness: ignore[hardcoded-secret] near"),
    ];
    let waivers = [waiver(&[], None)];
    let input = Input {
        subjects: &subjects,
        comments: &comments,
        waivers: &waivers,
        policy: &SuppressionPolicy::default(),
        known: &KNOWN,
        ran: &KNOWN,
        today: None,
    };
    let outcome = suppress(&input);
    let by = &outcome.suppressions[outcome.by[0].unwrap()];
    assert_eq!(by.reason.as_deref(), Some("near"));
    assert!(outcome.suppressions.iter().all(|it| it.state == State::Used), "none of them is unused");
}
