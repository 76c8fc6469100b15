//! Which paths Spring Security lets everybody ask, read from the text of configuration classes.

use crate::{
    model::{ComponentId, FileId, Place, Span},
    repo::{File, Repo, Role},
};

/// A filter chain that asks every request for a log-in, but for some paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    pub file: FileId,
    /// `anyRequest().authenticated()`.
    pub closes: Span,
    /// The patterns that everybody may ask.
    pub open: Vec<String>,
}

impl Chain {
    /// Whether everybody may ask `path`.
    pub fn lets_in(&self, path: &str) -> bool {
        self.open.iter().any(|pattern| fits(pattern, path))
    }

    pub fn place(&self) -> Place {
        Place::At(self.file, self.closes)
    }
}

/// Ant's patterns: `**` for any number of segments, `*` within one.
fn fits(pattern: &str, path: &str) -> bool {
    let parts = |text: &str| text.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    follow(&parts(pattern), &parts(path), 0)
}

const MAX_SEGMENTS: usize = 64;

fn follow(pattern: &[String], path: &[String], depth: usize) -> bool {
    if depth > MAX_SEGMENTS {
        return false;
    }
    match pattern.split_first() {
        None => path.is_empty(),
        Some((first, _)) if first == "**" => true,
        Some((first, rest)) => path.split_first().is_some_and(|(segment, others)| {
            let same = first == segment || first.starts_with('{') || in_segment(first, segment);
            same && follow(rest, others, depth + 1)
        }),
    }
}

fn in_segment(pattern: &str, segment: &str) -> bool {
    pattern.split_once('*').is_some_and(|(head, tail)| {
        segment.len() >= head.len() + tail.len() && segment.starts_with(head) && segment.ends_with(tail)
    })
}

/// The one filter chain of a component; `None` when there is none, several, or one that this cannot read.
pub fn chain(repo: &Repo, component: ComponentId) -> Option<Chain> {
    let mut found = None;
    for file in repo.files_of(component).filter(|file| is_class(file)) {
        let Ok(text) = repo.read(file.id) else { continue };
        let configures = ["SecurityFilterChain", "WebSecurityConfigurerAdapter", "WebSecurityCustomizer"];
        if !text.contains("import org.springframework.security") || !configures.iter().any(|name| text.contains(name)) {
            continue;
        }
        if found.is_some() || text.contains("WebSecurityCustomizer") || text.contains("securityMatcher") {
            return None;
        }
        found = Some(read(file.id, &text)?);
    }
    found
}

fn is_class(file: &File) -> bool {
    file.role == Role::Source && matches!(file.path.extension(), Some("java" | "kt"))
}

fn read(file: FileId, text: &str) -> Option<Chain> {
    let any = text.find("anyRequest()")?;
    let after: String = text[any..].chars().filter(|char| !char.is_whitespace()).take(40).collect();
    if !after.starts_with("anyRequest().authenticated()") || text[any + 1..].contains("anyRequest()") {
        return None;
    }
    // Matchers stand before `anyRequest`; each is told what it does behind its parentheses.
    let mut open = Vec::new();
    let mut rest = 0;
    while let Some(found) = text[rest..any].find("Matchers(") {
        let start = rest + found + "Matchers(".len();
        let end = start + closing(&text[start..any])?;
        let does: String = text[end + 1..].chars().filter(|char| !char.is_whitespace()).take(14).collect();
        if does.starts_with(".permitAll()") || does.starts_with(".anonymous()") {
            open.extend(literals(&text[start..end])?);
        }
        rest = end;
    }
    Some(Chain { file, closes: Span::new(any, any + "anyRequest()".len()), open })
}

/// Where the parenthesis that was opened before `text` is closed.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, char) in text.char_indices() {
        match char {
            '(' => depth += 1,
            ')' if depth == 0 => return Some(at),
            ')' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The string literals among arguments; nothing when one of them is something else than a method's name.
fn literals(arguments: &str) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for argument in arguments.split(',').map(str::trim).filter(|argument| !argument.is_empty()) {
        match argument.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(pattern) => found.push(pattern.to_owned()),
            None if argument.starts_with("HttpMethod.") => {}
            None => return None,
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_those_of_ant() {
        assert!(fits("/actuator/**", "/actuator/health/liveness"));
        assert!(fits("/api/*/health", "/api/v1/health"));
        assert!(!fits("/api/v1/check/**", "/actuator/health"));
        assert!(!fits("/actuator", "/actuator/health"));
    }
}
