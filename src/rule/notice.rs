//! What is said about suppressions rather than about the repository: findings that belong to no criterion, with texts
//! and examples like those of a rule.

use std::sync::LazyLock;

use super::{RuleFile, catalogue::embedded};
use crate::model::{RuleMeta, SuppressionProblem};

/// The folder of their files below `rules/`, and of their pages in the handbook.
pub const FOLDER: &str = "suppressions";

/// Where their findings are listed: they concern how a team checks its own work.
pub(crate) const CATEGORY: &str = "tests-quality";

/// A kind of finding that no rule makes.
#[derive(Debug, Clone)]
pub struct Notice {
    pub meta: RuleMeta,
    /// The text of its case file.
    pub cases: &'static str,
    pub problem: SuppressionProblem,
}

static NOTICES: LazyLock<Vec<Notice>> = LazyLock::new(|| {
    let mut all: Vec<Notice> = SuppressionProblem::ALL.into_iter().map(notice).collect();
    all.sort_by(|one, two| one.meta.id.cmp(&two.meta.id));
    all
});

/// All of them, by id.
pub fn notices() -> &'static [Notice] {
    &NOTICES
}

/// A mistake in these files is one of the build; a test reads them all.
fn notice(problem: SuppressionProblem) -> Notice {
    let path = format!("{FOLDER}/{}", problem.rule());
    let text = |extension: &str| {
        embedded(&format!("{path}.{extension}")).unwrap_or_else(|| panic!("rules/{path}.{extension} is missing"))
    };
    let file: RuleFile = toml::from_str(text("toml")).unwrap_or_else(|error| panic!("rules/{path}.toml: {error}"));
    Notice { meta: file.meta(CATEGORY), cases: text("md"), problem }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::cases;

    #[test]
    fn every_problem_has_its_texts_and_cases() {
        for notice in notices() {
            let meta = &notice.meta;
            assert_eq!((meta.id.as_str(), meta.severity), (notice.problem.rule(), notice.problem.severity()));
            assert_ne!(meta.en.why, meta.ru.why);
            let cases = cases::parse(notice.cases).unwrap();
            for verdict in ["fail", "pass"] {
                assert!(cases.iter().any(|case| case.verdict == verdict), "{}: {verdict}", meta.id);
            }
        }
        assert_eq!(notices().len(), SuppressionProblem::ALL.len());
    }
}
