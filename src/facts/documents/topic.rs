//! What a document or a section is about, by the words that name it, in English and Russian.

use camino::Utf8Path;

/// Something that people write documents about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topic {
    Runbook,
    Rollback,
    Deployment,
    Access,
    DisasterRecovery,
    Incidents,
    Secrets,
    Troubleshooting,
    Security,
    Changelog,
    Contributing,
    Start,
}

impl Topic {
    #[expect(clippy::too_many_lines, reason = "a table of words")]
    /// Stems of words; a heading or a file is about the topic when one of its phrases has all of them in order.
    fn phrases(self) -> &'static [&'static [&'static str]] {
        match self {
            Self::Runbook => &[
                &["runbook"],
                &["run", "book"],
                &["playbook"],
                &["operations", "guide"],
                &["operations", "manual"],
                &["operational", "procedures"],
                &["incident", "procedures"],
                &["ранбук"],
                &["регламент", "эксплуатац"],
                &["руководств", "эксплуатац"],
                &["процедур", "сбо"],
                &["действи", "при", "сбо"],
            ],
            Self::Rollback => &[
                &["rollback"],
                &["rolling", "back"],
                &["roll", "back"],
                &["revert", "deploy"],
                &["revert", "release"],
                &["downgrad"],
                &["откат"],
                &["возврат", "предыдущ"],
            ],
            Self::Deployment => &[
                &["deployment"],
                &["deploy"],
                &["deploying"],
                &["production", "setup"],
                &["going", "to", "production"],
                &["self", "host"],
                &["selfhost"],
                &["hosting"],
                &["install", "server"],
                &["running", "in", "production"],
                &["production"],
                &["развертыван"],
                &["развёртыван"],
                &["деплой"],
                &["выкатк"],
                &["установк", "сервер"],
            ],
            Self::Access => &[
                &["access", "policy"],
                &["access", "control", "polic"],
                &["production", "access"],
                &["access", "production"],
                &["database", "access"],
                &["access", "database"],
                &["access", "management"],
                &["who", "has", "access"],
                &["политик", "доступ"],
                &["доступ", "продакшен"],
                &["доступ", "баз"],
                &["права", "доступ"],
            ],
            Self::DisasterRecovery => &[
                &["disaster"],
                &["recovery", "plan"],
                &["rto"],
                &["rpo"],
                &["business", "continuity"],
                &["restore"],
                &["restoring"],
                &["аварийн", "восстановлен"],
                &["восстановлен", "копи"],
                &["восстановлен", "баз"],
                &["восстановлен", "данн"],
                &["план", "восстановлен"],
                &["катастроф"],
            ],
            Self::Incidents => &[
                &["incident"],
                &["on", "call"],
                &["oncall"],
                &["outage"],
                &["emergency"],
                &["инцидент"],
                &["авари"],
                &["дежур"],
            ],
            Self::Secrets => &[
                &["secret", "management"],
                &["credentials"],
                &["secrets"],
                &["secret", "rotation"],
                &["rotat", "secret"],
                &["rotat", "key"],
                &["managing", "secret"],
                &["updating", "secret"],
                &["changing", "secret"],
                &["replacing", "secret"],
                &["управлен", "секрет"],
                &["секрет"],
                &["ротац"],
            ],
            Self::Troubleshooting => &[
                &["troubleshoot"],
                &["common", "problem"],
                &["common", "issue"],
                &["common", "error"],
                &["known", "issue"],
                &["faq"],
                &["debugging"],
                &["устранен", "неполад"],
                &["решен", "проблем"],
                &["частые", "проблем"],
                &["диагностик"],
                &["возможн", "проблем"],
            ],
            Self::Security => &[&["security"], &["reporting", "vulnerab"], &["безопасност"], &["уязвимост"]],
            Self::Changelog => &[
                &["changelog"],
                &["change", "log"],
                &["release", "notes"],
                &["история", "изменен"],
                &["журнал", "изменен"],
            ],
            Self::Contributing => &[
                &["contribut"],
                &["how", "to", "contribute"],
                &["development", "guide"],
                &["code", "conventions"],
                &["coding", "conventions"],
                &["coding", "standards"],
                &["coding", "guidelines"],
                &["hacking"],
                &["develop"],
                &["разработ"],
                &["участи", "разработк"],
                &["участник"],
                &["контрибь"],
            ],
            Self::Start => &[
                &["install"],
                &["getting", "started"],
                &["get", "started"],
                &["quick", "start"],
                &["quickstart"],
                &["setup"],
                &["set", "up"],
                &["usage"],
                &["running"],
                &["run"],
                &["start"],
                &["build"],
                &["development"],
                &["how", "to"],
                &["установк"],
                &["запуск"],
                &["быстр", "старт"],
                &["начал", "работ"],
                &["использован"],
                &["сборк"],
            ],
        }
    }

    /// Whether a heading within a document about something else is enough. "Security" below the set-up of a database
    /// is about that database; in a README it is about the project.
    pub(super) fn counts_in(self, title: &str, path: &Utf8Path) -> bool {
        const REPORTS: [&str; 8] =
            ["report", "vulnerab", "policy", "policies", "disclos", "issue", "уязвимост", "политик"];
        let stem = path.file_stem().unwrap_or_default().to_lowercase();
        self != Self::Security
            || ["readme", "contributing", "support", "governance"].contains(&stem.as_str())
            || REPORTS.iter().any(|word| title.contains(word))
    }

    /// Words that a section needs to say something: a sentence for a pointer, some lines for a procedure.
    pub(super) fn least_words(self) -> usize {
        match self {
            Self::Start | Self::Contributing => 10,
            Self::Security | Self::Changelog | Self::Secrets | Self::Access => 15,
            _ => 20,
        }
    }

    /// Whether a heading, in lower case, is about it.
    pub(super) fn names_heading(self, title: &str) -> bool {
        let words: Vec<&str> =
            title.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        // A sentence is no subject.
        words.len() <= 9 && self.names(&words)
    }

    /// Whether a path's own name, or the folder that holds it, is about it.
    pub(super) fn names_file(self, path: &Utf8Path) -> bool {
        let stem = path.file_stem().unwrap_or_default().to_lowercase();
        let words: Vec<&str> =
            stem.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let folder = path.parent().and_then(Utf8Path::file_name).unwrap_or_default().to_lowercase();
        let generic = matches!(stem.as_str(), "readme" | "index");
        self.names(&words) || ((generic || self == Self::Runbook) && self.names(&[folder.trim_end_matches('s')]))
    }

    fn names(self, words: &[&str]) -> bool {
        self.phrases().iter().any(|phrase| {
            let mut at = 0;
            phrase.iter().all(|stem| match words[at..].iter().position(|word| matches_stem(word, stem)) {
                Some(found) => {
                    at += found + 1;
                    true
                }
                None => false,
            })
        })
    }
}

/// Short English words must be whole; a stem of five letters or more, and every Russian one, may be continued.
fn matches_stem(word: &str, stem: &str) -> bool {
    if stem.len() >= 6 || !stem.is_ascii() {
        word.starts_with(stem)
    } else {
        word == stem || word.strip_suffix('s') == Some(stem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_name_their_topic_in_both_languages() {
        for (title, topic) in [
            ("how to roll back a release", Topic::Rollback),
            ("откат релиза", Topic::Rollback),
            ("deployment to production", Topic::Deployment),
            ("развёртывание на сервере", Topic::Deployment),
            ("5. troubleshooting", Topic::Troubleshooting),
            ("план аварийного восстановления", Topic::DisasterRecovery),
        ] {
            assert!(topic.names_heading(title), "{title}");
        }
        assert!(!Topic::Rollback.names_heading("background jobs"));
        assert!(!Topic::Incidents.names_heading("on the calling convention"));
    }

    #[test]
    fn files_name_their_topic() {
        assert!(Topic::Deployment.names_file(Utf8Path::new("docs/README-DEPLOYMENT.md")));
        assert!(Topic::Runbook.names_file(Utf8Path::new("docs/runbooks/queue.md")));
        assert!(!Topic::Runbook.names_file(Utf8Path::new("docs/queue.md")));
    }
}
