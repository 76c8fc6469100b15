//! What the page shows, in the order of the report.

mod endpoints;
mod findings;
mod scenarios;
mod shapes;

use shapes::{FixFirst, Labels, Row, SeverityCount, Verdict, View};

use super::{
    code::{Prose, prose},
    words::{Words, words},
};
use crate::{
    i18n::{Strings, strings},
    model::{Health, Readiness, Severity},
    report::{
        Category, Component, Finding, NineRow, Reason, Report,
        first::first,
        text::{one_decimal, visible},
    },
};

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
            endpoints: self.endpoints(),
            scenarios: self.scenarios(),
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
        for (label, text) in [(strings.reviewer, &report.reviewer), (strings.next_review, &report.next_review)] {
            if let Some(text) = text {
                say(label, text.clone());
            }
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
        let first = first(self.report)?;
        let repairs = self.report.summary.fix_first.iter().zip(&first.worth).map(|(repair, worth)| {
            let mut title = self.title(&repair.rule);
            if repair.component != "." {
                title.push(Prose { text: " ".to_owned(), code: false });
                title.push(Prose { text: visible(&repair.component), code: true });
            }
            (repair.rule.clone(), title, worth.text().to_owned())
        });
        Some(FixFirst { repairs: repairs.collect(), title: first.title })
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
