//! Helm templates, read as far as that goes without a template engine.
//!
//! Conditions on values are decided by the chart's own values, and what they insert is inserted. Everything else
//! stands as a placeholder, so that the structure can be read; whoever misses something in it asks
//! [`Rendered::mentions`] before calling it absent.

use std::sync::Arc;

use crate::{
    doc::{self, Doc, Format, Node, Value},
    model::Span,
};

/// What a template becomes with the chart's own values.
#[derive(Debug)]
pub struct Rendered {
    pub doc: Doc,
    source: Arc<str>,
    /// For each line of the rendered text its beginning there and the template's line that it comes from.
    lines: Vec<(usize, Span)>,
}

impl Rendered {
    /// The template's line that stands for a span of the rendered document.
    pub fn place(&self, span: Span) -> Span {
        let at = self.lines.partition_point(|(start, _)| *start <= span.range().start);
        at.checked_sub(1).and_then(|at| self.lines.get(at)).map_or(Span::new(0, 0), |(_, span)| *span)
    }

    /// Whether the template holds `text`, in whichever branch.
    pub fn has_text(&self, text: &str) -> bool {
        self.source.contains(text)
    }

    /// Whether the template can yield `key` with other values, or includes something that might.
    pub fn mentions(&self, key: &str) -> bool {
        self.source.contains(key)
            || self.source.lines().any(|line| {
                let line = line.trim();
                let inserts = line.starts_with("{{")
                    && (line.contains("include ") || line.contains("tpl ") || line.contains("toYaml"));
                inserts && !line.contains("abels") && !line.contains("nnotations") && !line.contains("imagePullSecrets")
            })
    }
}

/// Renders `text` with `values`.
pub fn render(text: &Arc<str>, values: Option<&Node>) -> Rendered {
    let mut out = Output { text: String::new(), lines: Vec::new() };
    let mut frames: Vec<Frame> = Vec::new();
    let mut comment = false;
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let span = Span::new(offset + line.len() - line.trim_start().len(), offset + line.trim_end().len().max(1));
        offset += line.len();
        let line = line.trim_end();
        if comment || line.contains("/*") {
            comment = !line.contains("*/");
            continue;
        }
        let scope = Scope { values, dot: frames.iter().rev().find_map(|frame| frame.dot.clone()) };
        if let Some(action) = sole_action(line) {
            if control(action, &mut frames, &scope) {
                continue;
            }
            if frames.iter().all(|frame| frame.active) {
                insert(action, indent_of(line), &scope, &mut out, span);
            }
            continue;
        }
        if frames.iter().all(|frame| frame.active) {
            out.push(&inline(line, &scope), span);
        }
    }
    Rendered { doc: doc::parse(Format::Yaml, &out.text), source: Arc::clone(text), lines: out.lines }
}

struct Output {
    text: String,
    lines: Vec<(usize, Span)>,
}

impl Output {
    fn push(&mut self, line: &str, from: Span) {
        self.lines.push((self.text.len(), from));
        self.text.push_str(line);
        self.text.push('\n');
    }
}

struct Frame {
    active: bool,
    /// Whether a branch of this condition was taken.
    taken: bool,
    dot: Option<Node>,
}

struct Scope<'v> {
    values: Option<&'v Node>,
    dot: Option<Node>,
}

impl Scope<'_> {
    /// The value of an expression: `Some(None)` when it is known to be unset, `None` when it cannot be read.
    #[expect(clippy::option_option, reason = "unset and unreadable are different answers")]
    fn value(&self, expression: &str) -> Option<Option<Node>> {
        let first = expression.split('|').next().unwrap_or(expression).trim();
        let path = first.strip_prefix('$').unwrap_or(first);
        if path == "." {
            return self.dot.clone().map(Some);
        }
        let (root, rest) = match path.strip_prefix(".Values.") {
            Some(rest) => (self.values.cloned(), rest),
            None => (Some(self.dot.clone()?), path.strip_prefix('.')?),
        };
        if rest.contains([' ', '(', '"']) || rest.is_empty() {
            return None;
        }
        let mut node = root?;
        for part in rest.split('.') {
            match node.get(part) {
                Some(next) => node = next.clone(),
                None => return Some(None),
            }
        }
        Some(Some(node))
    }

    /// Whether a condition holds; `None` when it cannot be read.
    fn holds(&self, condition: &str) -> Option<bool> {
        let condition = condition.trim();
        if let Some(rest) = condition.strip_prefix("not ") {
            return self.holds(rest).map(|holds| !holds);
        }
        for (word, all) in [("and ", true), ("or ", false)] {
            if let Some(rest) = condition.strip_prefix(word) {
                if rest.contains(['(', '"']) {
                    return None;
                }
                let parts: Vec<Option<bool>> = rest.split_whitespace().map(|part| self.holds(part)).collect();
                if parts.contains(&Some(!all)) {
                    return Some(!all);
                }
                return parts.iter().all(Option::is_some).then_some(all);
            }
        }
        Some(self.value(condition)?.is_some_and(|node| is_truthy(&node)))
    }
}

fn is_truthy(node: &Node) -> bool {
    match &node.value {
        Value::Null => false,
        Value::Bool(on) => *on,
        Value::Number(number) => number != "0",
        Value::String(text) => !text.is_empty(),
        Value::List(items) => !items.is_empty(),
        Value::Map(entries) => !entries.is_empty(),
    }
}

/// The action that a line consists of.
fn sole_action(line: &str) -> Option<&str> {
    let inner = line.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    if inner.contains("{{") {
        return None;
    }
    Some(inner.trim_start_matches('-').trim_end_matches('-').trim())
}

/// Opens or closes a block. Whether the action was such.
fn control(action: &str, frames: &mut Vec<Frame>, scope: &Scope<'_>) -> bool {
    let (word, rest) = action.split_once(' ').unwrap_or((action, ""));
    match word {
        "if" => {
            let holds = scope.holds(rest);
            frames.push(Frame { active: holds != Some(false), taken: holds == Some(true), dot: None });
        }
        "with" => {
            let value = scope.value(rest);
            let active = value.as_ref().is_none_or(|value| value.as_ref().is_some_and(is_truthy));
            frames.push(Frame { active, taken: active, dot: value.flatten() });
        }
        "range" | "define" | "block" => frames.push(Frame { active: false, taken: true, dot: None }),
        "else" => {
            let condition = rest.strip_prefix("if ");
            if let Some(frame) = frames.last_mut() {
                let holds = condition.map_or(Some(true), |condition| scope.holds(condition));
                frame.active = !frame.taken && holds != Some(false);
                frame.taken |= holds == Some(true);
                frame.dot = None;
            }
        }
        "end" => {
            frames.pop();
        }
        word if word.starts_with('$') && rest.contains('=') => {}
        _ => return false,
    }
    true
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// A line that inserts a value, at the indentation that it asks for.
fn insert(action: &str, own: usize, scope: &Scope<'_>, out: &mut Output, span: Span) {
    let indent = action
        .split("indent")
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|number| number.trim_matches(')').parse::<usize>().ok())
        .map_or(own, |indent| indent.min(64));
    let pad = " ".repeat(indent);
    let Some(path) = action.strip_prefix("toYaml ").or_else(|| action.strip_prefix("tpl (toYaml ")) else {
        // Labels from a helper: the same call is the same labels.
        let call = action.split('|').next().unwrap_or(action).trim().replace('"', "'");
        if action.starts_with("include") && call.contains("abels") {
            out.push(&format!("{pad}\"{call}\": included"), span);
        }
        return;
    };
    let Some(Some(node)) = scope.value(path.split(')').next().unwrap_or(path)) else { return };
    match &node.value {
        Value::Map(entries) => {
            for entry in entries {
                out.push(&format!("{pad}{}: {}", flow_text(&entry.key), flow(&entry.value)), span);
            }
        }
        Value::List(items) => {
            for item in items {
                out.push(&format!("{pad}- {}", flow(item)), span);
            }
        }
        _ => {}
    }
}

/// A value on one line.
fn flow(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Bool(on) => on.to_string(),
        Value::Number(number) => number.clone(),
        Value::String(text) => flow_text(text),
        Value::List(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Map(entries) => {
            let entries = entries.iter().map(|entry| format!("{}: {}", flow_text(&entry.key), flow(&entry.value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

fn flow_text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''").replace('\n', " "))
}

/// A line in which actions stand between other text.
fn inline(line: &str, scope: &Scope<'_>) -> String {
    if !line.contains("{{") {
        return line.to_owned();
    }
    let mut out = String::new();
    let mut rest = line;
    let quoted = line.contains(": \"{{") || line.contains(": '{{");
    let mut unknown = false;
    while let Some((before, behind)) = rest.split_once("{{") {
        out.push_str(before);
        let Some((action, after)) = behind.split_once("}}") else { break };
        let action = action.trim_start_matches('-').trim_end_matches('-').trim();
        let value = scope.value(action.strip_prefix("quote ").unwrap_or(action)).flatten();
        let default = action
            .split("default ")
            .nth(1)
            .map(|text| text.split('|').next().unwrap_or(text).trim().trim_matches('"').to_owned());
        match value.as_ref().and_then(Node::text).map(str::to_owned).filter(|text| !text.is_empty()).or(default) {
            Some(text) if !text.contains(['{', '$', '.', '(']) || value.is_some() => out.push_str(&text),
            _ => {
                unknown = true;
                out.push_str("$value");
            }
        }
        rest = after;
    }
    out.push_str(rest);
    // A placeholder in the middle of a plain text must not end it.
    if unknown && !quoted { out.replace("\"$value\"", "$value") } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_decide() {
        let values = doc::parse(
            Format::Yaml,
            "probe:\n  path: /up\nresources: {}\nimage: { repository: shop, tag: '1.2' }\noff: false\n",
        );
        let text: Arc<str> = Arc::from(
            "spec:\n  image: \"{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}\"\n  {{- with .Values.probe }}\n  livenessProbe:\n    {{- toYaml . | nindent 4 }}\n  {{- end }}\n  resources:\n    {{- toYaml .Values.resources | nindent 4 }}\n  {{- if .Values.off }}\n  replicas: 1\n  {{- else }}\n  replicas: 2\n  {{- end }}\n",
        );
        let rendered = render(&text, values.root());
        let spec = rendered.doc.root().and_then(|root| root.get("spec"));
        let at = |path: &[&str]| spec.and_then(|spec| spec.at(path)).and_then(Node::text).map(str::to_owned);
        assert_eq!(at(&["image"]).as_deref(), Some("shop:1.2"));
        assert_eq!(at(&["livenessProbe", "path"]).as_deref(), Some("/up"));
        assert_eq!(at(&["replicas"]).as_deref(), Some("2"));
        assert!(spec.and_then(|spec| spec.get("resources")).is_some_and(Node::is_null));
    }
}
