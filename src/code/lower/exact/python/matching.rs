//! `match` and its patterns.

use ruff_python_ast::{
    Expr, MatchCase, Pattern, PatternMatchAs, PatternMatchClass, PatternMatchMapping, PatternMatchSequence, Singleton,
    StmtMatch,
};
use ruff_text_size::Ranged;

use super::{Python, at};
use crate::{
    code::tree::{Flags, Kind, Role},
    model::Span,
};

impl Python<'_> {
    pub(super) fn match_statement(&mut self, it: &StmtMatch, span: Span) {
        self.out.open(Kind::Switch, span, Role::Item);
        match it.subject.as_ref() {
            Expr::Tuple(tuple) if !tuple.parenthesized => {
                for subject in &tuple.elts {
                    self.expression(subject, Role::Condition);
                }
            }
            subject => self.expression(subject, Role::Condition),
        }
        for case in &it.cases {
            self.case(case);
        }
        self.out.close();
    }

    /// `case _:` is the default and has no condition.
    fn case(&mut self, it: &MatchCase) {
        let span = Span { start: at(it.range).start, end: self.suite_end(&it.body) };
        self.out.open(Kind::Case, span, Role::Item);
        match &it.pattern {
            pattern if self.text(pattern) == "_" => {}
            Pattern::MatchSequence(sequence) if !self.is_bracketed(sequence) => {
                for pattern in &sequence.patterns {
                    self.pattern(pattern, Role::Condition);
                }
            }
            pattern => self.pattern(pattern, Role::Condition),
        }
        self.optional(it.guard.as_deref(), Role::Guard);
        self.statements(&it.body);
        self.out.close();
    }

    /// Whether the brackets of a sequence are its own, and not those of its first element.
    fn is_bracketed(&self, it: &PatternMatchSequence) -> bool {
        let start = at(it.range).start;
        it.patterns.first().is_none_or(|first| self.with_parentheses(at(first.range())).start > start)
    }

    fn pattern(&mut self, pattern: &Pattern, role: Role) {
        if self.out.enter() {
            self.any_pattern(pattern, role);
            self.out.leave();
        }
    }

    fn any_pattern(&mut self, pattern: &Pattern, role: Role) {
        let span = at(pattern.range());
        match pattern {
            Pattern::MatchValue(it) => match it.value.as_ref() {
                // A complex number has a form of its own.
                Expr::BinOp(_) => self.unsupported(),
                value => self.expression(value, role),
            },
            Pattern::MatchSingleton(it) => match it.value {
                Singleton::None => _ = self.out.leaf(Kind::Null, span, role, ""),
                Singleton::True => _ = self.out.leaf(Kind::Boolean, span, role, "true"),
                Singleton::False => _ = self.out.leaf(Kind::Boolean, span, role, "false"),
            },
            Pattern::MatchSequence(it) => {
                let is_tuple = !self.out.text(span).starts_with('[');
                let id = self.out.open(Kind::Array, span, role);
                self.out.flag(id, Flags::PATTERN);
                self.out.flag_if(is_tuple, id, Flags::TUPLE);
                for pattern in &it.patterns {
                    self.pattern(pattern, Role::Item);
                }
                self.out.close();
            }
            Pattern::MatchMapping(it) => self.mapping(it, role),
            Pattern::MatchClass(it) => self.class_pattern(it, role),
            Pattern::MatchStar(it) => {
                self.out.open(Kind::Spread, span, role);
                if let Some(name) = &it.name {
                    self.out.text_leaf(Kind::Identifier, at(name.range), Role::Value);
                }
                self.out.close();
            }
            Pattern::MatchAs(it) => self.capture(it, role),
            Pattern::MatchOr(it) => {
                self.out.open_named(Kind::Other, span, role, "union_pattern");
                for pattern in &it.patterns {
                    self.pattern(pattern, Role::Item);
                }
                self.out.close();
            }
        }
    }

    /// A name, `_`, or `pattern as name`, which assigns what the pattern matched.
    fn capture(&mut self, it: &PatternMatchAs, role: Role) {
        let span = at(it.range);
        let (Some(pattern), Some(name)) = (&it.pattern, &it.name) else {
            self.out.text_leaf(Kind::Identifier, span, role);
            return;
        };
        self.out.open_named(Kind::Assignment, span, role, "as");
        self.pattern(pattern, Role::Value);
        self.out.text_leaf(Kind::Identifier, at(name.range), Role::Target);
        self.out.close();
    }

    fn mapping(&mut self, it: &PatternMatchMapping, role: Role) {
        let id = self.out.open(Kind::Object, at(it.range), role);
        self.out.flag(id, Flags::PATTERN);
        for (key, pattern) in it.keys.iter().zip(&it.patterns) {
            let span = Span { start: at(key.range()).start, end: self.with_parentheses(at(pattern.range())).end };
            let property = self.out.open(Kind::Property, span, Role::Item);
            self.key(property, key);
            self.pattern(pattern, Role::Value);
            self.out.close();
        }
        if let Some(rest) = &it.rest {
            let name = at(rest.range);
            let start = self.out.token_until(name.start) - 2;
            let id = self.out.open(Kind::Spread, Span { start, end: name.end }, Role::Item);
            self.out.flag(id, Flags::KEYWORD);
            self.out.text_leaf(Kind::Identifier, name, Role::Value);
            self.out.close();
        }
        self.out.close();
    }

    fn class_pattern(&mut self, it: &PatternMatchClass, role: Role) {
        self.out.open_named(Kind::Other, at(it.range), role, "class_pattern");
        self.expression(&it.cls, Role::Item);
        for pattern in &it.arguments.patterns {
            self.pattern(pattern, Role::Item);
        }
        for keyword in &it.arguments.keywords {
            let name = self.text(&keyword.attr);
            let id = self.out.open_named(Kind::Property, at(keyword.range), Role::Item, name);
            self.out.flag(id, Flags::KEYWORD);
            self.pattern(&keyword.pattern, Role::Value);
            self.out.close();
        }
        self.out.close();
    }
}
