//! Comments by which a linter lets a console call or a `print` stand.

/// Whose comment permits the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Waiver {
    /// `eslint-disable-next-line no-console` and its kin; oxlint reads them too.
    Eslint,
    /// `biome-ignore lint/suspicious/noConsole: …`
    Biome,
    /// `# noqa: T201`
    Noqa,
}

/// The comment that permits a call at byte `start` of `text`, if there is one.
pub(super) fn waiver(text: &str, start: usize, python: bool) -> Option<Waiver> {
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |at| start + at);
    let line = &text[line_start..line_end];
    let above = text[..line_start].trim_end_matches('\n').rsplit('\n').next().unwrap_or_default();
    if python {
        return noqa(line).then_some(Waiver::Noqa);
    }
    if above.contains("biome-ignore") && above.contains("noConsole") {
        return Some(Waiver::Biome);
    }
    let next_line = comment_of(above, "eslint-disable-next-line").is_some_and(covers);
    let same_line = comment_of(line, "eslint-disable-line").is_some_and(covers);
    (next_line || same_line || block_disabled(&text[..line_start])).then_some(Waiver::Eslint)
}

fn noqa(line: &str) -> bool {
    let Some(at) = line.find("noqa") else { return false };
    let codes = line[at + "noqa".len()..].trim_start();
    line[..at].contains('#') && (!codes.starts_with(':') || codes.contains("T20"))
}

/// What follows `directive` in a comment on this line.
fn comment_of<'t>(line: &'t str, directive: &str) -> Option<&'t str> {
    let at = line.find(directive)?;
    let rest = &line[at + directive.len()..];
    (line[..at].contains("//") || line[..at].contains("/*")).then_some(rest)
}

/// Whether a list of rules names `no-console`, or names none and so means all.
fn covers(rules: &str) -> bool {
    let rules = rules.split("*/").next().unwrap_or_default().split(" -- ").next().unwrap_or_default().trim();
    rules.is_empty() || rules.split(',').any(|rule| rule.trim() == "no-console")
}

/// Whether a `/* eslint-disable */` above has not been undone by an `eslint-enable`.
fn block_disabled(before: &str) -> bool {
    let mut rest = before;
    while let Some(at) = rest.rfind("/* eslint-") {
        let directive = &rest[at + "/* eslint-".len()..];
        rest = &rest[..at];
        if let Some(rules) = directive.strip_prefix("enable") {
            if covers(rules) {
                return false;
            }
        } else if let Some(rules) = directive.strip_prefix("disable")
            && rules.starts_with([' ', '\n', '*'])
            && covers(rules)
        {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Option<Waiver> {
        waiver(text, text.find("console.").unwrap(), false)
    }

    #[test]
    fn comments_permit_what_they_name() {
        assert_eq!(found("// eslint-disable-next-line no-console\nconsole.log(1)"), Some(Waiver::Eslint));
        assert_eq!(found("// eslint-disable-next-line\nconsole.log(1)"), Some(Waiver::Eslint));
        assert_eq!(found("console.log(1) // eslint-disable-line no-console"), Some(Waiver::Eslint));
        assert_eq!(found("/* eslint-disable no-console */\na()\nconsole.log(1)"), Some(Waiver::Eslint));
        assert_eq!(found("// biome-ignore lint/suspicious/noConsole: banner\nconsole.log(1)"), Some(Waiver::Biome));
        assert_eq!(found("/* eslint-disable no-console */\n/* eslint-enable */\nconsole.log(1)"), None);
        assert_eq!(found("/* eslint-disable no-alert */\nconsole.log(1)"), None);
        assert_eq!(found("// eslint-disable-next-line no-alert\nconsole.log(1)"), None);
        assert_eq!(found("// eslint-disable-next-line no-console\na()\nconsole.log(1)"), None);
    }

    #[test]
    fn noqa_names_the_print_rule_or_none() {
        let noqa = |text: &str| waiver(text, text.find("print").unwrap(), true);
        assert_eq!(noqa("print(1)  # noqa: T201"), Some(Waiver::Noqa));
        assert_eq!(noqa("print(1)  # noqa"), Some(Waiver::Noqa));
        assert_eq!(noqa("print(1)  # noqa: E501"), None);
    }
}
