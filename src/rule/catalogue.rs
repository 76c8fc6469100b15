//! The catalogue: every rule's identity and texts from its file, joined with its code. The only list of all rules.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use rayon::prelude::*;

use super::{Rule, RuleFile, declarative::DeclaredRule, mistakes, notice};
use crate::model::{Categories, RuleMeta};

/// `(path below rules/, content)`, sorted by path.
static EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/catalogue.rs"));

/// A rule: what the catalogue says of it, and what decides it.
pub struct Entry {
    pub meta: RuleMeta,
    decision: Decision,
    /// The text of its case file; empty for a rule that has none.
    pub cases: Cow<'static, str>,
    /// The file that it was read from at run time; `None` for a rule that is built in.
    pub origin: Option<String>,
}

/// Where a rule comes from that is read at run time.
pub(super) struct Source {
    /// The rule file, as messages call it.
    pub(super) path: String,
    /// The text of its case file.
    pub(super) cases: String,
}

enum Decision {
    Coded(&'static dyn Rule),
    Declared(DeclaredRule),
}

impl Entry {
    pub fn rule(&self) -> &dyn Rule {
        match &self.decision {
            Decision::Coded(rule) => *rule,
            Decision::Declared(rule) => rule,
        }
    }

    /// A rule outside the catalogue, for tests of the engine.
    #[doc(hidden)]
    pub fn coded(meta: RuleMeta, rule: &'static dyn Rule) -> Self {
        Self { meta, decision: Decision::Coded(rule), cases: Cow::Borrowed(""), origin: None }
    }
}

/// Why the catalogue does not fit together. Always the fault of whoever wrote the rule.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    #[error("{path}: {message}")]
    File { path: String, message: String },
    #[error("rules/{category}/{id}.toml: no code named `{id}` is listed in src/rules/mod.rs, and it has no [match]")]
    NoDecision { category: String, id: String },
    #[error("src/rules/mod.rs lists `{0}`, but there is no rules/<category>/{0}.toml")]
    NoFile(String),
}

/// All rules, ordered by category and id.
pub struct Catalogue {
    entries: Vec<Entry>,
}

impl Catalogue {
    /// Joins the embedded rule files with `coded` rules.
    pub fn load(coded: &'static [&'static dyn Rule]) -> Result<Self, CatalogueError> {
        let code: BTreeMap<&str, &'static dyn Rule> = coded.iter().map(|rule| (rule.id(), *rule)).collect();
        let files = EMBEDDED.par_iter().filter_map(|(path, content)| {
            let (category, name) = path.split_once('/').filter(|(folder, _)| *folder != notice::FOLDER)?;
            Some((category, name.strip_suffix(".toml")?, path, content))
        });
        // Reading the files is most of what starting costs.
        let mut entries: Vec<Entry> = files
            .map(|(category, id, path, content)| entry(category, id, path, content, &code))
            .collect::<Result<_, _>>()?;
        let known: BTreeSet<&str> = entries.iter().map(|entry| entry.meta.id.as_str()).collect();
        if let Some(id) = code.keys().find(|id| !known.contains(*id)) {
            return Err(CatalogueError::NoFile((*id).to_owned()));
        }
        let order: Vec<String> = Categories::embedded().all.iter().map(|category| category.id.clone()).collect();
        let rank = |category: &str| order.iter().position(|id| id == category).unwrap_or(order.len());
        entries.sort_by(|a, b| (rank(&a.meta.category), &a.meta.id).cmp(&(rank(&b.meta.category), &b.meta.id)));
        Ok(Self { entries })
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    pub fn get(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.meta.id == id)
    }

    /// Every rule id, in catalogue order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.meta.id.as_str())
    }
}

/// Reads a rule without code from the text of its rule file; `path` is named in errors.
pub fn declared_rule(category: &str, path: &str, text: &str) -> Result<Entry, CatalogueError> {
    let wrong = |message: String| CatalogueError::File { path: path.to_owned(), message };
    let file = rule_file(path, text)?;
    let rule = DeclaredRule::new(&file).map_err(wrong)?;
    match mistakes(text).into_iter().next() {
        Some(mistake) => Err(wrong(mistake.to_string())),
        None => Ok(Entry {
            meta: file.meta(category),
            decision: Decision::Declared(rule),
            cases: Cow::Borrowed(""),
            origin: Some(path.to_owned()),
        }),
    }
}

/// A rule of a team, whose text has been checked; `folder` is the category that its folder names.
pub(super) fn declared_entry(folder: Option<&str>, text: &str, source: Source) -> Result<Entry, String> {
    let file: RuleFile = toml::from_str(text).map_err(|error| error.message().to_owned())?;
    let category = file.category.as_deref().or(folder).ok_or("the category is missing")?;
    Ok(Entry {
        meta: file.meta(category),
        decision: Decision::Declared(DeclaredRule::new(&file)?.bounded()),
        cases: Cow::Owned(source.cases),
        origin: Some(source.path),
    })
}

fn entry(
    category: &str,
    id: &str,
    path: &str,
    content: &str,
    code: &BTreeMap<&str, &'static dyn Rule>,
) -> Result<Entry, CatalogueError> {
    let path = format!("rules/{path}");
    let wrong = |message: String| CatalogueError::File { path: path.clone(), message };
    let file = rule_file(&path, content)?;
    if file.category.is_some() || file.text.written.len() < 2 {
        return Err(wrong("the folder says the category, and the texts are in both languages".to_owned()));
    }
    if file.id != id {
        return Err(wrong(format!("the id is `{}`, the file is named `{id}`", file.id)));
    }
    let decision = match (code.get(id), &file.matcher) {
        (Some(rule), None) => Decision::Coded(*rule),
        (Some(_), Some(_)) => return Err(wrong("it has both code and a [match]".to_owned())),
        (None, Some(_)) => Decision::Declared(DeclaredRule::new(&file).map_err(wrong)?),
        (None, None) => {
            return Err(CatalogueError::NoDecision { category: category.to_owned(), id: id.to_owned() });
        }
    };
    let cases = embedded(&format!("{category}/{id}.md")).ok_or_else(|| wrong("it has no case file".to_owned()))?;
    Ok(Entry { meta: file.meta(category), decision, cases: Cow::Borrowed(cases), origin: None })
}

fn rule_file(path: &str, text: &str) -> Result<RuleFile, CatalogueError> {
    toml::from_str(text).map_err(|error| CatalogueError::File {
        path: path.to_owned(),
        message: error.to_string().trim_end().to_owned(),
    })
}

/// A file below `rules/`, as embedded.
pub(super) fn embedded(path: &str) -> Option<&'static str> {
    EMBEDDED.binary_search_by_key(&path, |(path, _)| path).ok().map(|index| EMBEDDED[index].1)
}
