//! `[score]` and `[report]`: what weighs how much, what a repository is meant for, and what a team adds to reports.

use toml::de::DeValue;

use super::{Reader, Value};
use crate::{
    config::{Problem, value::Expected},
    model::{Tier, nearest},
};

const SCORE_KEYS: [&str; 2] = ["tier", "weights"];
const REPORT_KEYS: [&str; 4] = ["notes", "notes-file", "reviewer", "next-review"];

/// Longer notes are a document of their own.
const LONGEST_NOTES: usize = 16 * 1024;

const LONGEST_LINE: usize = 200;

impl Reader<'_> {
    pub(super) fn score(&mut self, value: &Value<'_>) {
        let Some(table) = self.take(value, "score", Expected::table) else { return };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "tier" => {
                    self.layer.tier = self.choice(value, "tier", Tier::NAMES, Tier::named);
                    self.said("score.tier".to_owned(), &key.span());
                }
                "weights" => self.weights(value),
                name => self.unknown_key("score", name, key.span(), SCORE_KEYS),
            }
        }
    }

    fn weights(&mut self, value: &Value<'_>) {
        let Some(table) = self.take(value, "score.weights", Expected::table) else { return };
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            if !self.names.categories.contains(&name) {
                let problem = Problem::new(format!("there is no category `{name}`"), key.span());
                let suggestion = nearest(name, self.names.categories.iter().copied());
                self.problems.push(match suggestion {
                    Some(_) => problem.suggest(suggestion),
                    None => problem.help(format!("the categories: `{}`", self.names.categories.join("`, `"))),
                });
                continue;
            }
            if let Some(weight) = self.take(value, name, Expected::score) {
                self.layer.weights.insert(name.to_owned(), weight);
                self.said(format!("score.weights.{name}"), &key.span());
            }
        }
        let all = self.names.categories.iter();
        let none = all.clone().next().is_some()
            && all.clone().all(|category| self.layer.weights.get(*category).is_some_and(|weight| *weight == 0.0));
        if none {
            let problem = Problem::new("every category weighs nothing", value.span());
            self.problems.push(problem.help("give at least one category a weight above 0, or leave it out for 1"));
        }
    }

    pub(super) fn report(&mut self, value: &Value<'_>) {
        let Some(table) = self.take(value, "report", Expected::table) else { return };
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "notes" => {
                    self.layer.notes = self.take(value, "notes", notes);
                    self.said("report.notes".to_owned(), &key.span());
                }
                "notes-file" => {
                    let file = self.take(value, "notes-file", Expected::string);
                    self.notes_file = file.map(|file| (file, value.span()));
                    self.said("report.notes".to_owned(), &key.span());
                }
                "reviewer" => {
                    self.layer.reviewer = self.take(value, "reviewer", line);
                    self.said("report.reviewer".to_owned(), &key.span());
                }
                "next-review" => {
                    self.layer.next_review = self.take(value, "next-review", Expected::date);
                    self.said("report.next-review".to_owned(), &key.span());
                }
                name => self.unknown_key("report", name, key.span(), REPORT_KEYS),
            }
        }
        if let (Some(_), Some((_, span))) = (&self.layer.notes, &self.notes_file) {
            let problem = Problem::new("the notes stand in the file and beside it", span.clone());
            self.problems.push(problem.help("keep either `notes` or `notes-file`"));
        }
    }
}

/// Bounds what a report takes in.
pub(in crate::config) fn bounded_notes(text: &str) -> Result<String, String> {
    if text.len() > LONGEST_NOTES {
        return Err(format!("must not be longer than {} KiB", LONGEST_NOTES / 1024));
    }
    Ok(text.trim().to_owned())
}

/// A text of one line, for the head of a document.
fn line(value: &DeValue<'_>) -> Result<String, Expected> {
    let text = Expected::reason(value)?;
    if text.contains(['\n', '\r']) || text.chars().count() > LONGEST_LINE {
        return Err(Expected::Value(format!("must be one line of at most {LONGEST_LINE} characters")));
    }
    Ok(text)
}

fn notes(value: &DeValue<'_>) -> Result<String, Expected> {
    bounded_notes(&Expected::reason(value)?).map_err(Expected::Value)
}
