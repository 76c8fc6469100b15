//! `$NAME`, `${NAME:-default}` and their kin, as Compose fills them in from `.env`.

use std::collections::BTreeMap;

/// How deep defaults may hold variables themselves.
const MAX_DEPTH: usize = 8;

/// The variables that Compose knows from files of the repository. A shell may set others, or these to something else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Variables {
    values: BTreeMap<String, String>,
}

impl Variables {
    pub(super) fn new(values: BTreeMap<String, String>) -> Self {
        Self { values }
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }
}

/// A text with its variables filled in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Interpolated {
    /// Variables without a value in the repository stand as `${NAME}`.
    pub text: String,
    pub uses: Vec<Use>,
}

impl Interpolated {
    /// Whether the repository tells the whole text.
    pub fn is_known(&self) -> bool {
        !self.uses.iter().any(|used| matches!(used.value, ValueOf::Required | ValueOf::Unset))
    }
}

/// One variable of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    pub name: String,
    pub value: ValueOf,
}

/// Where a variable's value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueOf {
    /// A `.env` file beside the project.
    File,
    /// The default behind `:-` or `-`.
    Default,
    /// Without a value Compose stops: `${NAME:?message}`.
    Required,
    /// Without a value it is empty.
    Unset,
}

/// Fills in the variables of `text`.
pub fn interpolate(text: &str, variables: &Variables) -> Interpolated {
    let mut result = Interpolated::default();
    fill(text, variables, MAX_DEPTH, &mut result);
    result
}

fn fill(text: &str, variables: &Variables, depth: usize, out: &mut Interpolated) {
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.text.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        if let Some(after) = behind.strip_prefix('$') {
            out.text.push('$');
            rest = after;
        } else if let Some((inner, after)) = braced(behind) {
            expression(inner, variables, depth, out);
            rest = after;
        } else {
            let length = name_length(behind);
            if length == 0 {
                out.text.push('$');
            } else {
                expression(&behind[..length], variables, depth, out);
            }
            rest = &behind[length..];
        }
    }
    out.text.push_str(rest);
}

/// What stands between `{` and its `}`, and what follows.
fn braced(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('{')?;
    let mut open = 1_usize;
    for (at, byte) in inner.bytes().enumerate() {
        match byte {
            b'{' => open += 1,
            b'}' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return Some((&inner[..at], &inner[at + 1..]));
        }
    }
    None
}

fn name_length(text: &str) -> usize {
    if text.starts_with(|first: char| first.is_ascii_digit()) {
        return 0;
    }
    text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len())
}

fn expression(inner: &str, variables: &Variables, depth: usize, out: &mut Interpolated) {
    let name = &inner[..name_length(inner)];
    let operator = &inner[name.len()..];
    let colon = operator.starts_with(':');
    let operator = operator.strip_prefix(':').unwrap_or(operator);
    let set = variables.get(name).filter(|value| !colon || !value.is_empty());
    let mut used = |value| out.uses.push(Use { name: name.to_owned(), value });
    match (operator.chars().next(), set) {
        (Some('+'), Some(_)) => {
            used(ValueOf::File);
            if depth > 0 {
                fill(&operator[1..], variables, depth - 1, out);
            }
        }
        // Nothing is what stands for it as long as nobody sets it.
        (Some('+'), None) => used(ValueOf::Default),
        (_, Some(value)) => {
            used(ValueOf::File);
            out.text.push_str(value);
        }
        (Some('-'), None) => {
            used(ValueOf::Default);
            if depth > 0 {
                fill(&operator[1..], variables, depth - 1, out);
            }
        }
        (first, None) => {
            used(if first == Some('?') { ValueOf::Required } else { ValueOf::Unset });
            out.text.push_str("${");
            out.text.push_str(name);
            out.text.push('}');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_in_as_compose_does() {
        let values = [("TAG", "1.4"), ("EMPTY", "")].map(|(name, value)| (name.to_owned(), value.to_owned()));
        let variables = Variables::new(BTreeMap::from(values));
        for (text, expected) in [
            ("shop:${TAG}", "shop:1.4"),
            ("shop:$TAG-slim", "shop:1.4-slim"),
            ("${EMPTY:-x}${EMPTY-y}", "x"),
            ("${PORT:-5432}:5432", "5432:5432"),
            ("${A:-${TAG}}", "1.4"),
            ("${A:-${B:-c}}", "c"),
            ("${A}", "${A}"),
            ("${A:?must be set}", "${A}"),
            ("${TAG:+tagged}${A:+never}", "tagged"),
            ("100$$", "100$"),
            ("$5 ${", "$5 ${"),
        ] {
            assert_eq!(interpolate(text, &variables).text, expected, "{text}");
        }
        assert!(!interpolate("${A}", &variables).is_known());
        assert!(interpolate("${TAG}${B:-x}", &variables).is_known());
    }
}
