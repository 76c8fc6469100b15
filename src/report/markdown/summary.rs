//! What a review begins with: what it is about, the verdict, the counts, what to repair first, the components.

use super::{
    Page, component_suffix,
    escape::{code, inline},
    health_sign, score_of_ten, verdict_sign,
};
use crate::report::{Component, first::first};

impl Page<'_> {
    pub(super) fn header(&mut self, title: &str, date: Option<&str>) {
        let words = self.words;
        let repository = &self.report.repository;
        self.line(&format!("# {title}"));
        self.blank();
        let version = repository.version.as_deref().map(|v| format!(" {}", inline(v))).unwrap_or_default();
        self.line(&format!("**{}:** {}{version}  ", words.project, inline(&repository.name)));
        if let Some(commit) = &repository.commit {
            self.line(&format!("**{}:** {}  ", words.commit, code(commit)));
        }
        if let Some(date) = date {
            self.line(&format!("**{}:** {}  ", words.date, inline(date)));
        }
        for (label, text) in [(words.reviewer, &self.report.reviewer), (words.next_review, &self.report.next_review)] {
            if let Some(text) = text {
                self.line(&format!("**{label}:** {}  ", inline(text)));
            }
        }
        let profile = &repository.profile;
        let technologies = profile.frameworks.iter().chain(&profile.orms).chain(&profile.deploy_targets);
        let stack: Vec<&str> = profile
            .main_languages
            .iter()
            .map(String::as_str)
            .take(3)
            .chain(technologies.map(|technology| technology.name.as_str()))
            .collect();
        if !stack.is_empty() {
            self.line(&format!("**{}:** {}  ", words.stack, inline(&stack.join(", "))));
        }
        let tool = &self.report.tool;
        self.line(&format!(
            "**{}:** {} {}, {} {}",
            words.tool,
            inline(&tool.name),
            inline(&tool.version),
            words.rubric,
            tool.rubric
        ));
        self.blank();
        self.line("---");
    }

    pub(super) fn summary(&mut self) {
        let words = self.words;
        let summary = &self.report.summary;
        self.heading(&format!("## 📋 {}", words.summary));
        self.line(&format!(
            "**{}:** {} **{}** — {}",
            words.overall_status,
            verdict_sign(summary.verdict),
            words.verdict(summary.verdict),
            score_of_ten(summary.score)
        ));
        if !summary.obstacles.is_empty() {
            self.blank();
            for obstacle in &summary.obstacles {
                self.line(&format!("- {}", words.obstacle(*obstacle)));
            }
        }
        self.basis();
        self.table_head(&[words.category, "OK", "CRITICAL", "HIGH", "MEDIUM", "LOW"]);
        for row in &self.report.nine {
            let c = &row.counts;
            self.line(&format!(
                "| {}. {} | {} | {} | {} | {} | {} |",
                row.number,
                inline(&row.name),
                row.criteria.pass,
                c.critical,
                c.high,
                c.medium,
                c.low
            ));
        }
        let c = &summary.counts;
        self.line(&format!(
            "| **{}** | **{}** | **{}** | **{}** | **{}** | **{}** |",
            words.total, summary.criteria.pass, c.critical, c.high, c.medium, c.low
        ));
        if summary.team_criteria > 0 {
            self.blank();
            self.line(&format!("{} {}", summary.team_criteria, words.count_team));
        }
        self.fix_first();
        if self.report.components.len() > 1 {
            self.components();
        }
    }

    fn fix_first(&mut self) {
        let Some(first) = first(self.report) else { return };
        self.blank();
        self.line(&format!("**{}**", first.title));
        self.blank();
        for (index, (repair, worth)) in self.report.summary.fix_first.iter().zip(&first.worth).enumerate() {
            let title = self.report.rule(&repair.rule).map_or(repair.rule.as_str(), |rule| rule.title.as_str());
            let place = component_suffix(&repair.component);
            self.line(&format!(
                "{}. {}{place} — {}",
                index + 1,
                inline(title),
                worth.note.as_deref().map_or(worth.gain.clone(), inline)
            ));
        }
    }

    fn components(&mut self) {
        let words = self.words;
        self.table_head(&[words.component, words.score, words.status]);
        for component in &self.report.components {
            let Component { path, name, score, status, reason, .. } = component;
            let what = reason.as_ref().map_or_else(|| self.health(*status).to_owned(), |reason| inline(&reason.text));
            let name = if path == "." { inline(name) } else { code(path) };
            self.line(&format!("| {name} | {} | {} {what} |", score_of_ten(*score), health_sign(*status)));
        }
    }
}
