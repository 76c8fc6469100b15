//! What the page shows, in the order of the report: texts ready to be shown, and numbers as they are printed.

use serde::Serialize;

use super::{
    code::{Excerpt, Prose, Source, excerpt, prose},
    words::{Words, words},
};
use crate::{
    i18n::{Strings, strings},
    model::{Confidence, Health, Lang, Readiness, Severity},
    report::{
        Action, Category, Component, Criterion, Evidence, Finding, NineRow, Position, Reason, Related, Report, Status,
        SuppressedBy, SuppressionState,
        text::{one_decimal, visible},
    },
};

#[derive(Serialize)]
pub(super) struct View {
    lang: Lang,
    words: &'static Words,
    labels: Labels,
    title: String,
    name: String,
    about: Vec<(String, String)>,
    verdict: Verdict,
    severities: Vec<SeverityCount>,
    statuses: Vec<(&'static str, String, usize)>,
    fix_first: Option<FixFirst>,
    categories: Vec<Row>,
    nine: Vec<Row>,
    components: Vec<Row>,
    derivation: Option<String>,
    findings: Vec<FindingView>,
    accepted: Vec<FindingView>,
    exceptions: Vec<(String, String)>,
    criteria: Vec<CategoryCriteria>,
    questions: Vec<Question>,
    actions: Vec<ActionView>,
    effort: Option<String>,
    files_to_create: Vec<(String, Vec<Prose>)>,
    read: Vec<String>,
    not_read: Vec<(String, String)>,
    /// What the team adds, line by line.
    notes: Vec<String>,
}

/// Words that other reports use as well.
#[derive(Serialize)]
struct Labels {
    review: &'static str,
    summary: &'static str,
    category: &'static str,
    component: &'static str,
    score: &'static str,
    status: &'static str,
    matters_most: &'static str,
    answered: &'static str,
    findings: &'static str,
    no_findings: &'static str,
    fix: &'static str,
    criterion: &'static str,
    details: &'static str,
    action_items: &'static str,
    nothing_to_do: &'static str,
    files_to_create: &'static str,
    limits: &'static str,
    notes: &'static str,
    derivation: &'static str,
    guess: &'static str,
    explain: &'static str,
}

#[derive(Serialize)]
struct Verdict {
    class: &'static str,
    text: &'static str,
    score: Option<String>,
    /// Hundredths of the ring.
    share: u32,
    obstacles: Vec<&'static str>,
    /// That the numbers are not the standard ones.
    basis: Option<String>,
}

#[derive(Serialize)]
struct SeverityCount {
    class: &'static str,
    name: &'static str,
    criteria: usize,
    findings: usize,
    /// Where its bar begins and how long it is, in hundredths.
    from: f64,
    length: f64,
}

#[derive(Serialize)]
struct FixFirst {
    title: &'static str,
    gain: String,
    from: String,
    to: String,
    repairs: Vec<(String, Vec<Prose>, String)>,
}

/// A row with a score.
#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    class: &'static str,
    health: &'static str,
    score: Option<String>,
    share: u32,
    coverage: Option<String>,
    reason: Vec<Prose>,
    remark: String,
}

#[derive(Serialize)]
struct FindingView {
    id: String,
    rule: String,
    title: Vec<Prose>,
    severity: &'static str,
    class: &'static str,
    guess: bool,
    category: String,
    category_name: String,
    component: Option<String>,
    place: String,
    missing: bool,
    message: Vec<Prose>,
    excerpt: Option<Excerpt>,
    related: Vec<(String, Vec<Prose>)>,
    fix: Vec<Prose>,
    why: Vec<Prose>,
    accepted: Option<String>,
}

#[derive(Serialize)]
struct CategoryCriteria {
    id: String,
    name: String,
    class: &'static str,
    score: Option<String>,
    counts: String,
    criteria: Vec<CriterionView>,
}

#[derive(Serialize)]
struct CriterionView {
    rule: String,
    title: Vec<Prose>,
    class: &'static str,
    status: String,
    component: Option<String>,
    detail: Vec<Prose>,
    evidence: Vec<EvidenceView>,
}

#[derive(Serialize)]
struct EvidenceView {
    text: Vec<Prose>,
    place: Option<String>,
    excerpt: Option<Excerpt>,
}

#[derive(Serialize)]
struct Question {
    rule: String,
    text: Vec<Prose>,
    status: String,
    answered: bool,
    said: String,
}

#[derive(Serialize)]
struct ActionView {
    rule: String,
    title: Vec<Prose>,
    severity: &'static str,
    class: &'static str,
    findings: usize,
    effort: Option<String>,
    done: Option<String>,
    components: Vec<String>,
    fix: Vec<Prose>,
    first: Option<String>,
}

pub(super) fn of(report: &Report, date: Option<&str>) -> View {
    let maker = Maker { report, strings: strings(report.language), words: words(report.language) };
    maker.view(date)
}

struct Maker<'a> {
    report: &'a Report,
    strings: &'static Strings,
    words: &'static Words,
}

impl Maker<'_> {
    fn view(&self, date: Option<&str>) -> View {
        let report = self.report;
        let (open, accepted): (Vec<&Finding>, Vec<&Finding>) =
            report.findings.iter().partition(|finding| finding.suppressed.is_none());
        let effort = &report.summary.effort_minutes;
        let minutes = effort.critical + effort.high + effort.medium + effort.low;
        View {
            lang: report.language,
            words: self.words,
            labels: self.labels(),
            title: format!("{}: {}", visible(&report.repository.name), self.strings.review_title),
            name: visible(&report.repository.name),
            about: self.about(date),
            verdict: self.verdict(),
            severities: self.severities(),
            statuses: self.statuses(),
            fix_first: self.fix_first(),
            categories: report.categories.iter().map(|category| self.category(category)).collect(),
            nine: report.nine.iter().map(|row| self.nine(row)).collect(),
            components: report.components.iter().map(|component| self.component(component)).collect(),
            derivation: self.derivation(),
            findings: open.iter().map(|finding| self.finding(finding)).collect(),
            accepted: accepted.iter().map(|finding| self.finding(finding)).collect(),
            exceptions: self.exceptions(),
            criteria: report.categories.iter().map(|category| self.criteria(category)).collect(),
            questions: self.questions(),
            actions: report.actions.iter().map(|action| self.action(action)).collect(),
            effort: (minutes > 0).then(|| self.strings.duration(minutes)),
            files_to_create: report
                .files_to_create
                .iter()
                .map(|file| (visible(&file.path), prose(&file.purpose)))
                .collect(),
            read: self.read(),
            not_read: self.not_read(),
            notes: self.notes(),
        }
    }

    fn labels(&self) -> Labels {
        let strings = self.strings;
        Labels {
            review: strings.review_title,
            summary: strings.summary,
            category: strings.category,
            component: strings.component,
            score: strings.score,
            status: strings.status,
            matters_most: strings.matters_most,
            answered: strings.coverage_column,
            findings: strings.findings,
            no_findings: strings.no_findings,
            fix: strings.recommendations,
            criterion: strings.criterion,
            details: strings.details,
            action_items: strings.action_items,
            nothing_to_do: strings.nothing_to_do,
            files_to_create: strings.files_to_create,
            limits: strings.limits,
            notes: strings.notes,
            derivation: strings.derivation,
            guess: strings.guess,
            explain: strings.explain_hint,
        }
    }

    fn about(&self, date: Option<&str>) -> Vec<(String, String)> {
        let (report, strings) = (self.report, self.strings);
        let repository = &report.repository;
        let profile = &repository.profile;
        let mut about = Vec::new();
        let mut say = |label: &str, value: String| about.push((label.to_owned(), visible(&value)));
        let version = repository.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
        say(strings.project, format!("{}{version}", repository.name));
        if let Some(commit) = &repository.commit {
            say(strings.commit, commit.chars().take(12).collect());
        }
        if let Some(date) = date {
            say(strings.date, date.to_owned());
        }
        let technologies = profile.frameworks.iter().chain(&profile.orms).chain(&profile.deploy_targets);
        let languages = profile.main_languages.iter().take(3).cloned();
        let stack: Vec<String> = languages.chain(technologies.map(|technology| technology.name.clone())).collect();
        if !stack.is_empty() {
            say(strings.stack, stack.join(", "));
        }
        let tool = &report.tool;
        say(strings.tool, format!("{} {}, {} {}", tool.name, tool.version, strings.rubric, tool.rubric));
        about
    }

    fn verdict(&self) -> Verdict {
        let summary = &self.report.summary;
        Verdict {
            class: match summary.verdict {
                Readiness::NotReady => "fail",
                Readiness::NotAssessed => "none",
                Readiness::Staging => "warning",
                Readiness::Production | Readiness::Hardened => "ok",
            },
            text: self.strings.verdict(summary.verdict),
            score: summary.score.map(one_decimal),
            share: share(summary.score),
            obstacles: summary.obstacles.iter().map(|obstacle| self.strings.obstacle(*obstacle)).collect(),
            basis: crate::report::basis::basis(self.report),
        }
    }

    fn severities(&self) -> Vec<SeverityCount> {
        let counts = &self.report.summary.counts;
        let all = [Severity::Critical, Severity::High, Severity::Medium, Severity::Low];
        let total: usize = all.iter().map(|severity| counts.get(*severity)).sum();
        let mut from = 0.0;
        let open = |severity: Severity| {
            self.report.findings.iter().filter(move |f| f.severity == severity && f.suppressed.is_none()).count()
        };
        all.iter()
            .map(|&severity| {
                let criteria = counts.get(severity);
                let length = if total == 0 { 0.0 } else { hundredths(criteria, total) };
                let count = SeverityCount {
                    class: class(severity),
                    name: name(severity),
                    criteria,
                    findings: open(severity),
                    from,
                    length,
                };
                from += length;
                count
            })
            .collect()
    }

    fn statuses(&self) -> Vec<(&'static str, String, usize)> {
        let (strings, counts) = (self.strings, &self.report.summary.criteria);
        let suppressed = self.report.accepted_findings();
        let team = self.report.summary.team_criteria;
        let of_the_team = (team > 0).then_some(("none", strings.count_team, team));
        [
            ("ok", strings.count_passed, counts.pass),
            ("unknown", strings.count_unknown, counts.unknown),
            ("manual", strings.count_manual, counts.manual),
            ("none", strings.count_not_applicable, counts.not_applicable),
            ("accepted", strings.count_suppressed, suppressed),
        ]
        .into_iter()
        .chain(of_the_team)
        .map(|(class, name, n)| (class, name.to_owned(), n))
        .collect()
    }

    fn fix_first(&self) -> Option<FixFirst> {
        let summary = &self.report.summary;
        let score = summary.score.filter(|_| !summary.fix_first.is_empty())?;
        let title = match summary.fix_first.len() {
            1 => self.strings.fix_first_one,
            2 => self.strings.fix_first_two,
            _ => self.strings.fix_first_three,
        };
        let repairs = summary.fix_first.iter().map(|repair| {
            let mut title = self.title(&repair.rule);
            if repair.component != "." {
                title.push(Prose { text: " ".to_owned(), code: false });
                title.push(Prose { text: visible(&repair.component), code: true });
            }
            (repair.rule.clone(), title, one_decimal(repair.gain))
        });
        Some(FixFirst {
            title,
            gain: one_decimal(summary.fix_first_gain),
            from: one_decimal(score),
            to: one_decimal(score + summary.fix_first_gain),
            repairs: repairs.collect(),
        })
    }

    fn title(&self, rule: &str) -> Vec<Prose> {
        prose(self.report.rule(rule).map_or(rule, |rule| rule.title.as_str()))
    }

    fn row(&self, id: &str, name: &str, score: Option<f64>, health: Health, reason: Option<&Reason>) -> Row {
        Row {
            id: id.to_owned(),
            name: visible(name),
            class: health_class(health),
            health: self.health(health),
            score: score.map(one_decimal),
            share: share(score),
            coverage: None,
            reason: reason.map(|reason| prose(&reason.text)).unwrap_or_default(),
            remark: String::new(),
        }
    }

    fn category(&self, category: &Category) -> Row {
        let worst = category.worst_component.as_ref();
        let worst = worst.filter(|worst| category.score.is_some_and(|score| worst.score < score));
        let mut remark = Vec::new();
        if category.capped_by.is_some() {
            remark.push(self.strings.capped.to_owned());
        }
        remark.extend(
            worst.map(|worst| {
                format!("{} {} {}", self.strings.worst, visible(&worst.component), one_decimal(worst.score))
            }),
        );
        let row = self.row(&category.id, &category.name, category.score, category.status, category.reason.as_ref());
        Row { coverage: category.coverage.map(percent), remark: remark.join(", "), ..row }
    }

    fn nine(&self, row: &NineRow) -> Row {
        let name = format!("{}. {}", row.number, row.name);
        let made = self.row(&row.id, &name, row.score, row.status, row.reason.as_ref());
        Row { coverage: row.coverage.map(percent), ..made }
    }

    fn component(&self, component: &Component) -> Row {
        let shown = if component.path == "." { &component.name } else { &component.path };
        let row = self.row(&component.path, shown, component.score, component.status, component.reason.as_ref());
        Row { remark: visible(&component.kind), ..row }
    }

    fn health(&self, health: Health) -> &'static str {
        match health {
            Health::Ok => self.strings.health_ok,
            Health::Warning => self.strings.health_warning,
            Health::Fail => self.strings.health_fail,
            Health::None => self.strings.no_score,
        }
    }

    /// The sum that makes the overall score, in a sentence.
    fn derivation(&self) -> Option<String> {
        let (summary, strings) = (&self.report.summary, self.strings);
        let (score, mean) = (summary.score?, summary.derivation.mean?);
        let derivation = &summary.derivation;
        let deducted = if derivation.blocked == 0 {
            String::new()
        } else {
            format!(
                " − {:.2} ({} {} {})",
                derivation.deduction,
                derivation.blocked,
                strings.out_of.replace("{n}", &derivation.scored.to_string()),
                strings.deducted
            )
        };
        let categories = strings.count(derivation.scored, strings.categories);
        Some(format!("{} {categories} {mean:.2}{deducted} = {}", strings.mean_of, one_decimal(score)))
    }

    fn finding(&self, finding: &Finding) -> FindingView {
        let report = self.report;
        let rule = report.rule(&finding.rule);
        let meant = finding.start.zip(finding.end);
        let source = finding.snippet.as_deref().zip(finding.snippet_start_line).map(|(text, first_line)| Source {
            path: &finding.path,
            text,
            first_line,
            first_column: finding.snippet_start_column,
            meant,
        });
        FindingView {
            id: finding.fingerprint.clone(),
            rule: finding.rule.clone(),
            title: self.title(&finding.rule),
            severity: name(finding.severity),
            class: class(finding.severity),
            guess: finding.confidence == Confidence::Guess,
            category: finding.category.clone(),
            category_name: report.category(&finding.category).map(|c| c.name.clone()).unwrap_or_default(),
            component: other_than_root(&finding.component),
            place: place(&finding.path, finding.start),
            missing: finding.missing,
            message: prose(&finding.message),
            excerpt: source.map(|source| excerpt(&source)),
            related: finding.related.iter().map(related).collect(),
            fix: rule.map(|rule| prose(&rule.fix)).unwrap_or_default(),
            why: rule.map(|rule| prose(&rule.why)).unwrap_or_default(),
            accepted: finding.suppressed.as_ref().map(|by| format!("{}: {}", self.by(by.by), visible(&by.reason))),
        }
    }

    fn by(&self, by: SuppressedBy) -> &'static str {
        match by {
            SuppressedBy::Inline => self.strings.suppressed_inline,
            SuppressedBy::Config => self.strings.suppressed_config,
            SuppressedBy::Baseline => self.strings.suppressed_baseline,
            SuppressedBy::Since => self.strings.suppressed_since,
        }
    }

    /// Comments and configuration entries that take nothing out.
    fn exceptions(&self) -> Vec<(String, String)> {
        let strings = self.strings;
        let idle = self.report.suppressions.iter().filter_map(|suppression| {
            let state = match suppression.state {
                SuppressionState::Used => return None,
                SuppressionState::Unused => strings.suppression_unused,
                SuppressionState::Expired => strings.suppression_expired,
                SuppressionState::Refused => strings.suppression_refused,
            };
            let line = suppression.line.map(|line| format!(":{line}")).unwrap_or_default();
            let rules = visible(&suppression.rules.join(", "));
            Some((visible(&format!("{}{line}", suppression.path)), format!("{rules}: {state}")))
        });
        idle.collect()
    }

    fn criteria(&self, category: &Category) -> CategoryCriteria {
        let counts = &category.criteria;
        let strings = self.strings;
        let counts = [
            (counts.fail, self.words_failed()),
            (counts.pass, strings.count_passed),
            (counts.unknown, strings.count_unknown),
            (counts.manual, strings.count_manual),
            (counts.not_applicable, strings.count_not_applicable),
        ];
        let counts = counts.iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{n} {what}"));
        let own = self.report.criteria.iter().filter(|criterion| criterion.category == category.id);
        CategoryCriteria {
            id: category.id.clone(),
            name: visible(&category.name),
            class: health_class(category.status),
            score: category.score.map(one_decimal),
            counts: counts.collect::<Vec<_>>().join(" · "),
            criteria: own.map(|criterion| self.criterion(criterion)).collect(),
        }
    }

    fn words_failed(&self) -> &'static str {
        match self.report.language {
            Lang::En => "failed",
            Lang::Ru => "не выполнено",
        }
    }

    fn criterion(&self, criterion: &Criterion) -> CriterionView {
        let strings = self.strings;
        let (class, status) = match criterion.status {
            Status::Pass => ("ok", strings.ok_short.to_owned()),
            Status::Fail if criterion.suppressed => ("accepted", strings.suppressed_short.to_owned()),
            Status::Fail => (class(criterion.severity), name(criterion.severity).to_owned()),
            Status::NotApplicable => ("none", strings.not_applicable.to_owned()),
            Status::Unknown => ("unknown", strings.unknown_short.to_owned()),
            Status::Manual => match &criterion.attestation {
                Some(said) if said.holds => ("ok", strings.confirmed.to_owned()),
                Some(_) => ("fail", strings.denied.to_owned()),
                None => ("manual", strings.manual_short.to_owned()),
            },
        };
        CriterionView {
            rule: criterion.rule.clone(),
            title: self.title(&criterion.rule),
            class,
            status,
            component: other_than_root(&criterion.component),
            detail: prose(&self.detail(criterion)),
            evidence: criterion.evidence.iter().map(|evidence| self.evidence(evidence)).collect(),
        }
    }

    /// The criterion's own line, else what was said of its first place.
    fn detail(&self, criterion: &Criterion) -> String {
        if let Some(detail) = &criterion.detail {
            return detail.clone();
        }
        let of_criterion = |f: &&Finding| f.rule == criterion.rule && f.component == criterion.component;
        let first = self.report.findings.iter().find(of_criterion).filter(|_| criterion.status == Status::Fail);
        first.map(|finding| finding.message.clone()).unwrap_or_default()
    }

    fn evidence(&self, evidence: &Evidence) -> EvidenceView {
        let strings = self.strings;
        match evidence {
            Evidence::At { path, start, end, note, snippet, snippet_start_line } => {
                let source = snippet.as_deref().zip(*snippet_start_line).map(|(text, first_line)| Source {
                    path,
                    text,
                    first_line,
                    first_column: 1,
                    meant: start.zip(*end),
                });
                EvidenceView {
                    text: prose(note),
                    place: Some(place(path, *start)),
                    excerpt: source.map(|source| excerpt(&source)),
                }
            }
            Evidence::Searched { what, files, unread } => {
                let searched = format!("{} {}: {what}", strings.searched, strings.count(*files, strings.files));
                let text = match unread.join(", ") {
                    unread if unread.is_empty() => searched,
                    unread => format!("{searched}; {}: {unread}", self.words.not_read),
                };
                EvidenceView { text: prose(&text), place: None, excerpt: None }
            }
            Evidence::Absent { what, looked } => {
                let text = format!("{} {what}: {}", strings.looked_at, looked.join(", "));
                EvidenceView { text: prose(&text), place: None, excerpt: None }
            }
        }
    }

    fn questions(&self) -> Vec<Question> {
        let manual = self.report.criteria.iter().filter(|criterion| criterion.status == Status::Manual);
        manual
            .map(|criterion| {
                let said = criterion.attestation.as_ref();
                let said_by = said.map(|said| [&said.by, &said.date, &said.note].into_iter().flatten().cloned());
                Question {
                    rule: criterion.rule.clone(),
                    text: match &criterion.detail {
                        Some(question) => prose(question),
                        None => self.title(&criterion.rule),
                    },
                    status: self.criterion(criterion).status,
                    answered: said.is_some_and(|said| said.holds),
                    said: said_by.map(|said| visible(&said.collect::<Vec<_>>().join(", "))).unwrap_or_default(),
                }
            })
            .collect()
    }

    fn action(&self, action: &Action) -> ActionView {
        let strings = self.strings;
        let done = action.sites.filter(|sites| sites.ok > 0).map(|sites| {
            strings.done_of.replace("{ok}", &sites.ok.to_string()).replace("{total}", &sites.total.to_string())
        });
        let open = |finding: &&Finding| finding.rule == action.rule && finding.suppressed.is_none();
        ActionView {
            rule: action.rule.clone(),
            title: self.title(&action.rule),
            severity: name(action.severity),
            class: class(action.severity),
            findings: action.findings,
            effort: (action.effort_minutes > 0).then(|| strings.duration(action.effort_minutes)),
            done,
            components: action.components.iter().filter_map(|path| other_than_root(path)).collect(),
            fix: self.report.rule(&action.rule).map(|rule| prose(&rule.fix)).unwrap_or_default(),
            first: self.report.findings.iter().find(open).map(|finding| finding.fingerprint.clone()),
        }
    }

    fn read(&self) -> Vec<String> {
        let (strings, coverage) = (self.strings, &self.report.summary.coverage);
        let mut read = vec![
            strings.count(coverage.files, strings.files_read),
            format!("{} {}", coverage.parsed, strings.files_parsed),
        ];
        if coverage.with_errors > 0 {
            read.push(format!("{} {}", coverage.with_errors, strings.files_with_errors));
        }
        let skipped = coverage.skipped.iter();
        read.extend(skipped.map(|(why, n)| format!("{n} {} ({})", strings.files_skipped, visible(why))));
        read
    }

    fn notes(&self) -> Vec<String> {
        let lines = self.report.notes.as_deref().unwrap_or_default().lines();
        lines.filter(|line| !line.trim().is_empty()).map(visible).collect()
    }

    fn not_read(&self) -> Vec<(String, String)> {
        let shown = |diagnostic: &crate::report::Diagnostic| {
            let place = diagnostic.path.as_deref().or(diagnostic.rule.as_deref()).unwrap_or(&diagnostic.kind);
            (visible(place), visible(&diagnostic.message))
        };
        self.report.diagnostics.iter().map(shown).collect()
    }
}

fn related(related: &Related) -> (String, Vec<Prose>) {
    (place(&related.path, related.start), prose(&related.label))
}

fn place(path: &str, start: Option<Position>) -> String {
    visible(&start.map_or_else(|| path.to_owned(), |start| format!("{path}:{}:{}", start.line, start.column)))
}

fn other_than_root(component: &str) -> Option<String> {
    (component != ".").then(|| visible(component))
}

/// A score from 0 to 10 in hundredths of a bar.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a score lies between 0 and 10")]
fn share(score: Option<f64>) -> u32 {
    score.map_or(0, |score| (score.clamp(0.0, 10.0) * 10.0).round() as u32)
}

#[expect(clippy::cast_precision_loss, reason = "there are a few hundred criteria")]
fn hundredths(part: usize, whole: usize) -> f64 {
    (part as f64 / whole as f64 * 10_000.0).round() / 100.0
}

fn percent(share: f64) -> String {
    format!("{:.0} %", (share * 100.0).floor())
}

fn name(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "CRITICAL",
        Severity::High => "HIGH",
        Severity::Medium => "MEDIUM",
        Severity::Low => "LOW",
        Severity::Info => "INFO",
    }
}

fn class(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Medium => "medium",
        Severity::Low => "low",
        Severity::Info => "info",
    }
}

fn health_class(health: Health) -> &'static str {
    match health {
        Health::Ok => "ok",
        Health::Warning => "warning",
        Health::Fail => "fail",
        Health::None => "none",
    }
}
