//! Strings, f-strings and their implicit concatenation.

use ruff_python_ast::{Expr, FString, FStringPart, InterpolatedStringElement, InterpolatedStringElements};
use ruff_text_size::Ranged;

use super::{Python, at};
use crate::{
    code::{
        lower::python::strings::{bounds, decode, prefix},
        tree::{Flags, Kind, Role},
    },
    model::Span,
};

impl Python<'_> {
    /// A string, or several that stand side by side; with interpolations it is a template.
    pub(super) fn string(&mut self, expression: &Expr, role: Role) {
        let span = at(expression.range());
        if let Expr::FString(it) = expression
            && it.value.f_strings().any(|part| part.elements.interpolations().next().is_some())
        {
            self.out.open(Kind::Template, span, role);
            for part in &it.value {
                match part {
                    FStringPart::Literal(it) => {
                        let inner = self.inner(at(it.range));
                        self.piece(inner, at(it.range));
                    }
                    FStringPart::FString(it) => self.pieces(it),
                }
            }
            self.out.close();
            return;
        }
        let (value, bytes) = self.joined(&parts(expression));
        let id = self.out.hollow(Kind::String, span, role, &value);
        self.out.flag_if(bytes, id, Flags::BYTES);
    }

    /// The value of a single string without interpolations, and not an f-string.
    pub(super) fn plain_string(&self, expression: &Expr) -> Option<String> {
        match (expression, parts(expression).as_slice()) {
            (Expr::StringLiteral(_) | Expr::BytesLiteral(_), [only]) => Some(self.joined(&[*only]).0),
            _ => None,
        }
    }

    fn joined(&self, strings: &[Span]) -> (String, bool) {
        let mut whole = String::new();
        let mut any_bytes = false;
        for string in strings {
            let prefix = prefix(self.out.text(*string));
            whole.push_str(&decode(self.out.text(self.inner(*string)), prefix));
            any_bytes |= prefix.bytes;
        }
        (whole, any_bytes)
    }

    fn inner(&self, string: Span) -> Span {
        bounds(self.out.text(string), string)
    }

    /// The literal pieces and the interpolated expressions of one string, as items.
    fn pieces(&mut self, it: &FString) {
        let whole = at(it.range);
        let inner = self.inner(whole);
        let mut from = inner.start;
        for element in &it.elements {
            if let InterpolatedStringElement::Interpolation(interpolation) = element {
                let span = at(interpolation.range);
                self.piece(Span { start: from, end: span.start }, whole);
                from = span.end;
            }
            self.interpolated(element);
        }
        self.piece(Span { start: from, end: inner.end }, whole);
    }

    fn interpolated(&mut self, element: &InterpolatedStringElement) {
        let InterpolatedStringElement::Interpolation(it) = element else { return };
        self.expression(&it.expression, Role::Item);
        if let Some(format) = &it.format_spec {
            self.format(&format.elements);
        }
    }

    fn format(&mut self, elements: &InterpolatedStringElements) {
        if self.out.enter() {
            for element in elements {
                self.interpolated(element);
            }
            self.out.leave();
        }
    }

    fn piece(&mut self, span: Span, string: Span) {
        let text = self.out.text(span);
        if !text.is_empty() {
            let value = decode(text, prefix(self.out.text(string)));
            self.out.leaf(Kind::String, span, Role::Item, &value);
        }
    }
}

/// Where each of the strings stands that make up a literal.
fn parts(expression: &Expr) -> Vec<Span> {
    match expression {
        Expr::StringLiteral(it) => it.value.iter().map(|part| at(part.range)).collect(),
        Expr::BytesLiteral(it) => it.value.iter().map(|part| at(part.range)).collect(),
        Expr::FString(it) => it.value.iter().map(|part| at(part.range())).collect(),
        _ => Vec::new(),
    }
}
