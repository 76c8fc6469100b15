//! Lists, tuples, dictionaries and comprehensions.

use ruff_python_ast::{Comprehension, DictItem, Expr, ExprContext, ExprDict, ExprList, ExprTuple};
use ruff_text_size::Ranged;

use super::{Python, at};
use crate::{
    code::tree::{Flags, Kind, NodeId, Role},
    model::Span,
};

impl Python<'_> {
    pub(super) fn elements(&mut self, elements: &[Expr]) {
        for element in elements {
            self.expression(element, Role::Item);
        }
    }

    pub(super) fn list(&mut self, it: &ExprList, role: Role) {
        let id = self.out.open(Kind::Array, at(it.range), role);
        self.flag_pattern(id, it.ctx);
        self.elements(&it.elts);
        self.out.close();
    }

    pub(super) fn tuple(&mut self, it: &ExprTuple, role: Role) {
        let id = self.out.open(Kind::Array, at(it.range), role);
        self.out.flag(id, Flags::TUPLE);
        self.flag_pattern(id, it.ctx);
        self.elements(&it.elts);
        self.out.close();
    }

    fn flag_pattern(&mut self, id: NodeId, context: ExprContext) {
        self.out.flag_if(context == ExprContext::Store && !self.plain_targets, id, Flags::PATTERN);
    }

    pub(super) fn dictionary(&mut self, it: &ExprDict, role: Role) {
        self.out.open(Kind::Object, at(it.range), role);
        for item in &it.items {
            self.entry(item);
        }
        self.out.close();
    }

    fn entry(&mut self, it: &DictItem) {
        let value = self.with_parentheses(at(it.value.range()));
        let Some(key) = &it.key else {
            let start = self.out.token_until(value.start) - 2;
            let id = self.out.open(Kind::Spread, Span { start, end: value.end }, Role::Item);
            self.out.flag(id, Flags::KEYWORD);
            self.expression(&it.value, Role::Value);
            self.out.close();
            return;
        };
        self.pair(key, &it.value, Role::Item);
    }

    fn pair(&mut self, key: &Expr, value: &Expr, role: Role) {
        let start = self.with_parentheses(at(key.range())).start;
        let end = self.with_parentheses(at(value.range())).end;
        let id = self.out.open(Kind::Property, Span { start, end }, role);
        self.key(id, key);
        self.expression(value, Role::Value);
        self.out.close();
    }

    /// A key that is a plain string or a number names its property; any other is an expression.
    pub(super) fn key(&mut self, id: NodeId, key: &Expr) {
        let bare = self.with_parentheses(at(key.range())) == at(key.range());
        let name = match key {
            Expr::NumberLiteral(_) if bare => Some(self.text(key).to_owned()),
            _ if bare => self.plain_string(key),
            _ => None,
        };
        if let Some(name) = name {
            self.out.name(id, &name);
        } else {
            self.out.flag(id, Flags::COMPUTED);
            self.expression(key, Role::Key);
        }
    }

    /// `[f(x) for x in xs if x]` is an array with one loop, whose body is `f(x)`. A second `for` is a loop in the body
    /// of the first. The body stands first, as in the source.
    pub(super) fn comprehension(
        &mut self,
        (kind, flags): (Kind, Flags),
        span: Span,
        (key, body): (Option<&Expr>, &Expr),
        generators: &[Comprehension],
        role: Role,
    ) {
        let id = self.out.open(kind, span, role);
        self.out.flag(id, flags | Flags::COMPREHENSION);
        let mut loops = Vec::new();
        for generator in generators {
            if !self.out.enter() {
                break;
            }
            let role = if loops.is_empty() { Role::Item } else { Role::Body };
            let id = self.out.open_named(Kind::Loop, span, role, "for-of");
            self.out.flag(id, Flags::COMPREHENSION);
            self.out.flag_if(generator.is_async, id, Flags::AWAIT);
            loops.push(generator);
        }
        match key {
            Some(key) => self.pair(key, body, Role::Body),
            None => self.expression(body, Role::Body),
        }
        self.comments_between_clauses(span, generators);
        // The innermost loop is open: close from the inside, giving each its clause and the conditions behind it.
        for generator in loops.into_iter().rev() {
            self.expression(&generator.target, Role::Target);
            self.expression(&generator.iter, Role::Iterated);
            for condition in &generator.ifs {
                self.expression(condition, Role::Condition);
            }
            self.out.close();
            self.out.leave();
        }
        self.out.close();
    }

    /// Comments behind the body that stand in no clause belong to the innermost loop, before its clause.
    fn comments_between_clauses(&mut self, span: Span, generators: &[Comprehension]) {
        if !self.out.has_comments_before(span.end) {
            return;
        }
        let mut clauses = Vec::new();
        for generator in generators {
            let range = at(generator.range);
            clauses.push(Span { start: range.start, end: self.closed(at(generator.iter.range()).end).min(range.end) });
            for condition in &generator.ifs {
                let condition = self.with_parentheses(at(condition.range()));
                let start = self.out.token_until(condition.start).saturating_sub(2);
                clauses.push(Span { start, end: condition.end });
            }
        }
        self.out.comments_outside(span.end, &clauses);
        if generators.len() > 1 && self.out.has_comments_before(span.end) {
            self.unsupported();
        }
    }
}
