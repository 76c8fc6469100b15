//! Fills the placeholders of a message text: `{name}` with a value, `{n:call|calls}` with the plural form that goes
//! with the number `n`; `{{` and `}}` stand for braces.

use super::plural;
use crate::model::{Arg, Lang, Message};

/// Why a text cannot be filled in. All but the last are mistakes in a catalogue file; a test finds them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// A `{` without its `}`, or the other way round.
    #[error("unbalanced brace at byte {0}; write `{{{{` or `}}}}` for a brace")]
    UnbalancedBrace(usize),
    /// `{}` or a name with other characters than letters, digits and `_`.
    #[error("`{{{0}}}` is not the name of a placeholder")]
    BadName(String),
    /// A wrong number of forms for the language.
    #[error("`{name}` has {found} plural forms, and the language has {expected}")]
    WrongForms { name: String, found: usize, expected: usize },
    /// The text asks for a value that the rule does not give.
    #[error("no value for `{0}`")]
    MissingArgument(String),
    /// A plural form asks for a number, and the rule gives text. Usually a mistake in a rule.
    #[error("`{0}` chooses a plural form and is no number")]
    NotANumber(String),
}

/// Fills `template` with the values of `message`. Values are inserted as they are: a brace in them means nothing.
pub fn render(template: &str, message: &Message, lang: Lang) -> Result<String, TemplateError> {
    let mut out = String::with_capacity(template.len() + 16);
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        let offset = template.len() - rest.len() + at;
        out.push_str(&rest[..at]);
        let from_brace = &rest[at..];
        if let Some(after) = from_brace.strip_prefix("{{") {
            out.push('{');
            rest = after;
        } else if let Some(after) = from_brace.strip_prefix("}}") {
            out.push('}');
            rest = after;
        } else {
            let inner = from_brace.strip_prefix('{').ok_or(TemplateError::UnbalancedBrace(offset))?;
            let end = inner.find('}').ok_or(TemplateError::UnbalancedBrace(offset))?;
            fill(&inner[..end], message, lang, &mut out)?;
            rest = &inner[end + 1..];
        }
    }
    out.push_str(rest);
    Ok(out)
}

fn fill(placeholder: &str, message: &Message, lang: Lang, out: &mut String) -> Result<(), TemplateError> {
    let (name, choices) = match placeholder.split_once(':') {
        Some((name, choices)) => (name, Some(choices)),
        None => (placeholder, None),
    };
    if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
        return Err(TemplateError::BadName(placeholder.to_owned()));
    }
    let value = message.args.iter().find(|(key, _)| key == name).map(|(_, value)| value);
    let Some(choices) = choices else {
        match value.ok_or_else(|| TemplateError::MissingArgument(name.to_owned()))? {
            Arg::Text(text) => out.push_str(text),
            Arg::Count(n) => out.push_str(&n.to_string()),
        }
        return Ok(());
    };
    let found = choices.split('|').count();
    let expected = plural::forms(lang);
    if found != expected {
        return Err(TemplateError::WrongForms { name: name.to_owned(), found, expected });
    }
    match value {
        Some(Arg::Count(n)) => {
            out.push_str(choices.split('|').nth(plural::index(lang, *n)).unwrap_or_default());
            Ok(())
        }
        Some(Arg::Text(_)) => Err(TemplateError::NotANumber(name.to_owned())),
        None => Err(TemplateError::MissingArgument(name.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calls(n: usize) -> Message {
        Message::new("calls").count("n", n).with("sink", "console {x}")
    }

    #[test]
    fn names_are_filled_in_and_values_stay_as_they_are() {
        assert_eq!(render("{n} through {sink}", &calls(3), Lang::En).unwrap(), "3 through console {x}");
    }

    #[test]
    fn plural_forms_follow_the_language() {
        let en = "{n} {n:call|calls}";
        let ru = "{n} {n:вызов|вызова|вызовов}";
        assert_eq!(render(en, &calls(1), Lang::En).unwrap(), "1 call");
        assert_eq!(render(en, &calls(0), Lang::En).unwrap(), "0 calls");
        assert_eq!(render(ru, &calls(21), Lang::Ru).unwrap(), "21 вызов");
        assert_eq!(render(ru, &calls(3), Lang::Ru).unwrap(), "3 вызова");
        assert_eq!(render(ru, &calls(12), Lang::Ru).unwrap(), "12 вызовов");
    }

    #[test]
    fn doubled_braces_are_braces() {
        assert_eq!(
            render("`cors({{ origin: {sink} }})`", &calls(1), Lang::En).unwrap(),
            "`cors({ origin: console {x} })`"
        );
        assert_eq!(render("${{{{ secrets.X }}}}", &calls(1), Lang::En).unwrap(), "${{ secrets.X }}");
    }

    #[test]
    fn mistakes_are_named() {
        let error = |template| render(template, &calls(1), Lang::En).unwrap_err();
        assert_eq!(error("{nobody}"), TemplateError::MissingArgument("nobody".into()));
        assert_eq!(error("{nobody:a|b}"), TemplateError::MissingArgument("nobody".into()));
        assert_eq!(error("{sink:a|b}"), TemplateError::NotANumber("sink".into()));
        assert_eq!(error("{n:a|b|c}"), TemplateError::WrongForms { name: "n".into(), found: 3, expected: 2 });
        assert_eq!(error("{ n }"), TemplateError::BadName(" n ".into()));
        assert_eq!(error("a {n"), TemplateError::UnbalancedBrace(2));
        assert_eq!(error("b } c"), TemplateError::UnbalancedBrace(2));
    }
}
