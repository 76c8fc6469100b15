//! The report as an audit: components with scores from 0 to 100, blockers as pairs of problem and solution, what works
//! well, risks, and what follows.

use std::io;

use super::{
    Page,
    escape::{code, inline},
    health_sign, label,
    numbers::totals,
    verdict_sign,
};
use crate::{
    i18n::{Phrase, audit as words, strings},
    model::{Confidence, Readiness, Severity},
    report::{Action, Category, Criterion, Evidence, Finding, Report, Status},
};

/// Problems that are named first.
const TOP: usize = 5;
/// Passing criteria that a category shows.
const SHOWN_PASSES: usize = 6;
/// Categories that a conclusion names.
const SHOWN_AREAS: usize = 3;
/// From this score on an area is strong; below the other it is weak.
const STRONG: f64 = 8.0;
const WEAK: f64 = 5.0;

/// What the caller adds.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AuditOptions {
    /// Shown in the header as it is; without it there is no date.
    pub date: Option<String>,
    /// Where the phases of the plan lead.
    pub outlook: Vec<Step>,
}

/// A phase of the plan and what it leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub title: String,
    pub effort_minutes: usize,
    pub score: Option<f64>,
    pub verdict: Readiness,
}

/// Writes the audit.
pub fn write_audit(report: &Report, options: &AuditOptions, out: &mut dyn io::Write) -> io::Result<()> {
    let mut page = Page { report, words: strings(report.language), text: String::new() };
    page.header(words::TITLE.of(report.language), options.date.as_deref());
    page.executive();
    for (sign, title, severity) in [("🔴", words::BLOCKERS, Severity::Critical), ("🟠", words::SERIOUS, Severity::High)]
    {
        page.pairs(sign, title, severity);
    }
    page.further();
    page.works_well();
    page.numbers();
    page.hot_spots();
    page.risks();
    page.conclusions();
    page.outlook(&options.outlook);
    page.files_to_create();
    page.limits();
    page.notes();
    page.commands();
    out.write_all(page.text.trim_end().as_bytes())?;
    out.write_all(b"\n")
}

impl Page<'_> {
    fn phrase(&self, phrase: Phrase) -> &'static str {
        phrase.of(self.report.language)
    }

    fn title_of(&self, rule: &str) -> String {
        inline(self.report.rule(rule).map_or(rule, |rule| rule.title.as_str()))
    }

    fn executive(&mut self) {
        let (report, words) = (self.report, self.words);
        let summary = &report.summary;
        self.heading(&format!("## 📊 {}", words.summary));
        let sign = verdict_sign(summary.verdict);
        self.line(&format!("### {}: {sign} **{}**", words.overall_status, words.verdict(summary.verdict)));
        self.blank();
        self.line(&format!("**{}: {}**", self.phrase(words::OVERALL), hundred(summary.score)));
        self.blank();
        for obstacle in &summary.obstacles {
            self.line(&format!("- {}", words.obstacle(*obstacle)));
        }
        self.basis();
        self.component_table();
        self.area_table();
        self.blank();
        let counts = totals(summary.counts);
        let counts = if counts.is_empty() { "0".to_owned() } else { counts };
        self.line(&format!("**{}:** {counts}", self.phrase(words::FAILING)));
        self.if_deployed();
        self.top();
        self.time();
    }

    fn component_table(&mut self) {
        let (report, words) = (self.report, self.words);
        let [kind, blocker] = [words::KIND, words::BLOCKER].map(|phrase| self.phrase(phrase));
        self.table_head(&[words.component, kind, words.score, words.status, blocker]);
        for component in &report.components {
            let name = if component.path == "." { inline(&component.name) } else { code(&component.path) };
            let what = component.reason.as_ref();
            let what = what.map_or_else(|| self.health(component.status).to_owned(), |reason| inline(&reason.text));
            self.line(&format!(
                "| {name} | {} | {} | {} {what} | {} |",
                inline(&component.kind),
                hundred(component.score),
                health_sign(component.status),
                blockers_of(component.counts.critical)
            ));
        }
        let counts = &report.summary.counts;
        let verdict = format!("{} {}", verdict_sign(report.summary.verdict), words.verdict(report.summary.verdict));
        self.line(&format!(
            "| **{}** | | **{}** | {verdict} | {} |",
            words.total,
            hundred(report.summary.score),
            blockers_of(counts.critical)
        ));
    }

    fn area_table(&mut self) {
        let (report, words) = (self.report, self.words);
        let worst = self.phrase(words::WORST);
        self.table_head(&[self.phrase(words::AREA), words.score, words.status, worst]);
        for category in report.categories.iter().filter(|category| category.score.is_some()) {
            let worst = category.reason.as_ref();
            let worst = worst.map_or_else(
                || "–".to_owned(),
                |reason| format!("{}: {}", label(reason.severity), inline(&reason.text)),
            );
            self.line(&format!(
                "| {} | {} | {} {} | {worst} |",
                inline(&category.name),
                hundred(category.score),
                health_sign(category.status),
                self.health(category.status)
            ));
        }
    }

    /// What each blocker means for whoever deploys it as it is.
    fn if_deployed(&mut self) {
        let report = self.report;
        self.heading(&format!("### ⚠️ {}", self.phrase(words::IF_DEPLOYED)));
        let mut any = false;
        for action in report.actions.iter().filter(|action| action.severity == Severity::Critical) {
            any = true;
            if let Some(rule) = report.rule(&action.rule) {
                self.line(&format!("- ⛔ {} ({})", inline(&rule.why), code(&rule.id)));
            }
        }
        if !any {
            self.line(self.phrase(words::NO_BLOCKER));
        }
    }

    fn top(&mut self) {
        let report = self.report;
        if report.actions.is_empty() {
            return;
        }
        self.heading(&format!("### 🎯 {}", self.phrase(words::TOP)));
        for (index, action) in report.actions.iter().take(TOP).enumerate() {
            let duration = self.words.duration(action.effort_minutes);
            let places = self.words.count(action.findings, self.words.places);
            let title = self.title_of(&action.rule);
            self.line(&format!(
                "{}. **{}** {title} ({}, {places}, ~{duration})",
                index + 1,
                label(action.severity),
                code(&action.rule)
            ));
        }
    }

    fn time(&mut self) {
        let effort = &self.report.summary.effort_minutes;
        let critical = effort.critical;
        let high = critical + effort.high;
        let all = high + effort.medium + effort.low + effort.info;
        if all == 0 {
            return;
        }
        self.blank();
        let parts = [(critical, words::TIME_CRITICAL), (high, words::TIME_HIGH), (all, words::TIME_ALL)];
        let parts = parts.map(|(minutes, what)| format!("~{} {}", self.words.duration(minutes), self.phrase(what)));
        self.line(&format!("**{}:** {}", self.phrase(words::TIME), parts.join(", ")));
    }

    /// Every failing rule of one severity as problem and solution, by category.
    fn pairs(&mut self, sign: &str, title: Phrase, severity: Severity) {
        let report = self.report;
        self.heading("---");
        self.heading(&format!("## {sign} {}", self.phrase(title)));
        let mut number = 0;
        for category in &report.categories {
            let actions: Vec<&Action> = report
                .actions
                .iter()
                .filter(|action| action.severity == severity && action.category == category.id)
                .collect();
            if actions.is_empty() {
                continue;
            }
            number += 1;
            self.heading(&format!("### {number}. {}", inline(&category.name)));
            self.line(&format!(
                "**{}: {}** | {}",
                self.words.score,
                hundred(category.score),
                health_sign(category.status)
            ));
            for (index, action) in actions.iter().enumerate() {
                self.pair(&letter(index), action);
            }
            self.blank();
            let total = words::TOTAL_OF.with(report.language, &[("area", &inline(&category.name))]);
            self.line(&format!("**{total}: {}**", totals(category.counts)));
        }
        if number == 0 {
            self.line(self.phrase(words::NOTHING_FAILS));
        }
    }

    fn pair(&mut self, letter: &str, action: &Action) {
        let report = self.report;
        let title = self.title_of(&action.rule);
        self.heading(&format!("#### {letter}. {title} ({})", label(action.severity)));
        self.line(&format!("❌ **{}:**", self.phrase(words::PROBLEM)));
        let open: Vec<&Finding> =
            report.findings.iter().filter(|f| f.rule == action.rule && f.suppressed.is_none()).collect();
        self.places(&open);
        let Some(rule) = report.rule(&action.rule) else { return };
        self.blank();
        self.line(&format!("**{}:** {}", self.phrase(words::CONSEQUENCES), inline(&rule.why)));
        self.blank();
        let duration = self.words.duration(action.effort_minutes);
        let solution = self.phrase(words::SOLUTION);
        self.line(&format!("✅ **{solution}** (~{duration}): {}", inline(&rule.fix)));
    }

    /// What is left, in one line each.
    fn further(&mut self) {
        let report = self.report;
        let mild: Vec<&Action> = report.actions.iter().filter(|action| action.severity > Severity::High).collect();
        self.heading("---");
        self.heading(&format!("## 🟡 {}", self.phrase(words::OTHERS)));
        if mild.is_empty() {
            self.line(self.phrase(words::NOTHING_FAILS));
            return;
        }
        let solution = self.phrase(words::SOLUTION);
        self.table_head(&[self.words.criterion, self.words.status, self.words.findings, solution]);
        for action in mild {
            let fix = report.rule(&action.rule).map(|rule| inline(&rule.fix)).unwrap_or_default();
            let title = self.title_of(&action.rule);
            self.line(&format!(
                "| {title} ({}) | {} | {} | {fix} |",
                code(&action.rule),
                label(action.severity),
                action.findings
            ));
        }
    }

    /// What the audit could prove, by category, and what is left there.
    fn works_well(&mut self) {
        let report = self.report;
        self.heading("---");
        self.heading(&format!("## 🟢 {}", self.phrase(words::WORKS)));
        let mut any = false;
        for category in &report.categories {
            let passes: Vec<&Criterion> =
                report.criteria.iter().filter(|c| c.category == category.id && c.status == Status::Pass).collect();
            if passes.is_empty() {
                continue;
            }
            any = true;
            self.heading(&format!("### ✅ {} ({})", inline(&category.name), hundred(category.score)));
            self.line(&format!("**{}:**", self.phrase(words::STRONG)));
            self.blank();
            for criterion in passes.iter().take(SHOWN_PASSES) {
                let proof = proof(criterion);
                let title = self.title_of(&criterion.rule);
                let place = super::component_suffix(&criterion.component);
                self.line(&format!("- ✅ **{title}**{place}{proof}"));
            }
            if passes.len() > SHOWN_PASSES {
                let more = self.words.and_more.replace("{n}", &(passes.len() - SHOWN_PASSES).to_string());
                self.line(&format!("- {more}"));
            }
            self.residual(category);
        }
        if !any {
            self.line(self.phrase(words::NOTHING_WORKS));
        }
    }

    fn residual(&mut self, category: &Category) {
        let report = self.report;
        let left: Vec<&Action> = report.actions.iter().filter(|action| action.category == category.id).collect();
        if left.is_empty() {
            return;
        }
        self.blank();
        self.line(&format!("**{}:**", self.phrase(words::RESIDUAL)));
        self.blank();
        for action in left.iter().take(SHOWN_PASSES) {
            let title = self.title_of(&action.rule);
            self.line(&format!("- ⚠️ {title} ({})", label(action.severity)));
        }
        if left.len() > SHOWN_PASSES {
            let more = self.words.and_more.replace("{n}", &(left.len() - SHOWN_PASSES).to_string());
            self.line(&format!("- {more}"));
        }
    }

    fn risks(&mut self) {
        let report = self.report;
        let grave: Vec<&Action> = report.actions.iter().filter(|action| action.severity <= Severity::High).collect();
        self.heading("---");
        self.heading(&format!("## 🚨 {}", self.phrase(words::RISKS)));
        if grave.is_empty() {
            self.line(self.phrase(words::NO_RISKS));
            return;
        }
        let columns = [words::RISK, words::SURE, words::MITIGATION, words::CONTINGENCY];
        let [risk, sure, mitigation, contingency] = columns.map(|phrase| self.phrase(phrase));
        self.table_head(&["#", risk, self.words.status, sure, mitigation, contingency]);
        for (index, action) in grave.iter().enumerate() {
            let Some(rule) = report.rule(&action.rule) else { continue };
            let confidence = report.findings.iter().filter(|f| f.rule == action.rule && f.suppressed.is_none());
            let sure = match confidence.map(|finding| finding.confidence).min() {
                Some(Confidence::Certain) => words::CERTAIN,
                Some(Confidence::Likely) => words::LIKELY,
                Some(Confidence::Guess) | None => words::GUESS,
            };
            self.line(&format!(
                "| {} | {} | {} | {} | {} ({}) | {} |",
                index + 1,
                inline(&rule.why),
                label(action.severity),
                self.phrase(sure),
                inline(&rule.title),
                code(&rule.id),
                self.phrase(words::contingency(&action.category))
            ));
        }
        self.blank();
        self.line(&format!("<sub>{}</sub>", self.phrase(words::RISK_NOTE)));
    }

    fn conclusions(&mut self) {
        let report = self.report;
        self.heading("---");
        self.heading(&format!("## 📝 {}", self.phrase(words::CONCLUSIONS)));
        let scored: Vec<(&Category, f64)> =
            report.categories.iter().filter_map(|category| Some((category, category.score?))).collect();
        let mut strong: Vec<&(&Category, f64)> =
            scored.iter().filter(|(category, score)| *score >= STRONG && category.counts.critical == 0).collect();
        strong.sort_by(|a, b| b.1.total_cmp(&a.1));
        let blocked: Vec<&(&Category, f64)> =
            scored.iter().filter(|(category, _)| category.counts.critical > 0).collect();
        let mut weak: Vec<&(&Category, f64)> =
            scored.iter().filter(|(category, score)| *score < WEAK && category.counts.critical == 0).collect();
        weak.sort_by(|a, b| a.1.total_cmp(&b.1));
        for (index, (title, areas, good)) in
            [(words::STRONG_AREAS, strong, true), (words::GAPS, blocked, false), (words::WEAK_AREAS, weak, false)]
                .into_iter()
                .enumerate()
        {
            let none = if areas.is_empty() { format!(": {}", self.phrase(words::NONE)) } else { String::new() };
            self.line(&format!("{}. **{}**{none}", index + 1, self.phrase(title)));
            for (category, score) in areas.into_iter().take(SHOWN_AREAS) {
                let counts = if good {
                    let passed = category.criteria.pass;
                    format!("{passed} {}", self.words.count_passed)
                } else {
                    totals(category.counts)
                };
                self.line(&format!("   - {}: {} — {counts}", inline(&category.name), hundred(Some(*score))));
            }
        }
        let summary = &report.summary;
        self.line(&format!("4. **{}**", self.phrase(words::UNKNOWNS)));
        for (phrase, n) in
            [(words::UNKNOWN_CRITERIA, summary.criteria.unknown), (words::OPEN_QUESTIONS, summary.criteria.manual)]
        {
            let count = words::CRITERIA.count(report.language, n);
            self.line(&format!("   - {}", phrase.with(report.language, &[("n", &count)])));
        }
        self.recommendations();
    }

    fn recommendations(&mut self) {
        let report = self.report;
        self.heading(&format!("### {}", self.words.recommendations));
        let groups: [(Phrase, &[Severity]); 3] = [
            (words::SHORT, &[Severity::Critical]),
            (words::MIDDLE, &[Severity::High]),
            (words::LONG, &[Severity::Medium, Severity::Low, Severity::Info]),
        ];
        for (title, severities) in groups {
            let actions: Vec<&Action> =
                report.actions.iter().filter(|action| severities.contains(&action.severity)).collect();
            let minutes: usize = actions.iter().map(|action| action.effort_minutes).sum();
            let effort = if minutes == 0 { String::new() } else { format!(" (~{})", self.words.duration(minutes)) };
            self.blank();
            self.line(&format!("**{}**{effort}:", self.phrase(title)));
            self.blank();
            if actions.is_empty() {
                self.line(&format!("- {}", self.phrase(words::NONE)));
            }
            for (index, action) in actions.iter().take(TOP).enumerate() {
                let title = self.title_of(&action.rule);
                self.line(&format!("{}. {title} ({})", index + 1, code(&action.rule)));
            }
            if actions.len() > TOP {
                let more = self.words.and_more.replace("{n}", &(actions.len() - TOP).to_string());
                self.line(&format!("{}. {more}", TOP + 1));
            }
        }
    }

    fn outlook(&mut self, steps: &[Step]) {
        let (report, words) = (self.report, self.words);
        if steps.is_empty() {
            return;
        }
        self.heading(&format!("### {}", self.phrase(words::OUTLOOK)));
        self.table_head(&[self.phrase(words::STEP), words.estimated, words.score, words.status]);
        let row = |title: &str, effort: &str, score: Option<f64>, verdict: Readiness| {
            format!(
                "| {title} | {effort} | {} | {} {} |",
                hundred(score),
                verdict_sign(verdict),
                words.verdict(verdict)
            )
        };
        let now = row(self.phrase(words::NOW), "–", report.summary.score, report.summary.verdict);
        self.line(&now);
        for (index, step) in steps.iter().enumerate() {
            let values = [("n", (index + 1).to_string()), ("title", inline(&step.title))];
            let values = [(values[0].0, values[0].1.as_str()), (values[1].0, values[1].1.as_str())];
            let title = words::AFTER_PHASE.with(report.language, &values);
            let effort = match step.effort_minutes {
                0 => "–".to_owned(),
                minutes => format!("~{}", words.duration(minutes)),
            };
            self.line(&row(&title, &effort, step.score, step.verdict));
        }
    }

    fn commands(&mut self) {
        self.heading("---");
        self.heading(&format!("## 📚 {}", self.phrase(words::COMMANDS)));
        self.line("```sh");
        for command in [
            "readiness scan .",
            "readiness plan .",
            "readiness checklist .",
            "readiness scan . --gate staging",
            "readiness scan . --gate production",
        ] {
            self.line(command);
        }
        if let Some(first) = self.report.actions.first() {
            self.line(&format!("readiness explain {}", first.rule));
        }
        self.line("```");
    }
}

/// Ten times the score, without decimals.
fn hundred(score: Option<f64>) -> String {
    score.map_or_else(|| "–".to_owned(), |score| format!("{:.0}/100", (score * 10.0).round()))
}

/// A, B, ... Z, then numbers.
fn letter(index: usize) -> String {
    u8::try_from(index)
        .ok()
        .filter(|index| *index < 26)
        .map_or_else(|| (index + 1).to_string(), |index| char::from(b'A' + index).to_string())
}

fn blockers_of(critical: usize) -> String {
    if critical == 0 { "–".to_owned() } else { format!("⛔ {critical} CRITICAL") }
}

/// Why a pass is believed, in a few words.
fn proof(criterion: &Criterion) -> String {
    let detail = criterion.detail.as_deref().map(|detail| format!(": {}", inline(detail))).unwrap_or_default();
    let place = criterion.evidence.iter().find_map(|evidence| match evidence {
        Evidence::At { path, start: Some(start), .. } => Some(format!("{path}:{}", start.line)),
        Evidence::At { path, start: None, .. } => Some(path.clone()),
        Evidence::Searched { .. } | Evidence::Absent { .. } => None,
    });
    let place = place.map(|place| format!(" ({})", code(&place))).unwrap_or_default();
    format!("{detail}{place}")
}
