//! Expressions: names, calls, operators.

use ruff_python_ast::{
    ArgOrKeyword, Arguments, Expr, ExprAwait, ExprBoolOp, ExprCall, ExprCompare, ExprSlice, ExprSubscript, Keyword,
    UnaryOp,
};
use ruff_text_size::Ranged;

use super::{Python, at};
use crate::{
    code::tree::{Flags, Kind, Role},
    model::Span,
};

impl Python<'_> {
    pub(super) fn expression(&mut self, expression: &Expr, role: Role) {
        if self.out.enter() {
            self.any_expression(expression, role);
            self.out.leave();
        }
    }

    fn any_expression(&mut self, expression: &Expr, role: Role) {
        let span = at(expression.range());
        match expression {
            Expr::Name(_) => _ = self.out.text_leaf(Kind::Identifier, span, role),
            Expr::NumberLiteral(_) => _ = self.out.text_leaf(Kind::Number, span, role),
            Expr::BooleanLiteral(it) => {
                self.out.leaf(Kind::Boolean, span, role, if it.value { "true" } else { "false" });
            }
            Expr::NoneLiteral(_) => _ = self.out.leaf(Kind::Null, span, role, ""),
            Expr::EllipsisLiteral(_) => _ = self.out.leaf(Kind::Other, span, role, "ellipsis"),
            Expr::StringLiteral(_) | Expr::BytesLiteral(_) | Expr::FString(_) => self.string(expression, role),
            Expr::Attribute(it) => {
                let name = self.text(&it.attr);
                self.out.open_named(Kind::Member, span, role, name);
                self.expression(&it.value, Role::Object);
                self.out.close();
            }
            Expr::Subscript(it) => self.subscript(it, role),
            Expr::Slice(it) => self.slice(it, role),
            Expr::Call(it) => self.call(it, role),
            Expr::Await(it) => self.await_expression(it, role),
            Expr::Lambda(it) => self.lambda(it, role),
            Expr::BoolOp(it) => self.logical(it, role),
            Expr::Compare(it) => self.comparison(it, role),
            Expr::Dict(it) => self.dictionary(it, role),
            Expr::List(it) => self.list(it, role),
            Expr::Tuple(it) => self.tuple(it, role),
            Expr::Set(it) => {
                let id = self.out.open(Kind::Array, span, role);
                self.out.flag(id, Flags::SET);
                self.elements(&it.elts);
                self.out.close();
            }
            Expr::ListComp(it) => {
                self.comprehension((Kind::Array, Flags::NONE), span, (None, &it.elt), &it.generators, role);
            }
            Expr::SetComp(it) => {
                self.comprehension((Kind::Array, Flags::SET), span, (None, &it.elt), &it.generators, role);
            }
            Expr::Generator(it) => {
                self.comprehension((Kind::Array, Flags::GENERATOR), span, (None, &it.elt), &it.generators, role);
            }
            Expr::DictComp(it) => match &it.key {
                Some(key) => {
                    let body = (Some(key.as_ref()), it.value.as_ref());
                    self.comprehension((Kind::Object, Flags::NONE), span, body, &it.generators, role);
                }
                None => self.unsupported(),
            },
            Expr::TString(_) | Expr::IpyEscapeCommand(_) => self.unsupported(),
            _ => self.operator(expression, role),
        }
    }

    fn operator(&mut self, expression: &Expr, role: Role) {
        let span = at(expression.range());
        match expression {
            Expr::BinOp(it) => {
                self.out.open_named(Kind::Binary, span, role, it.op.as_str());
                self.expression(&it.left, Role::Left);
                self.expression(&it.right, Role::Right);
            }
            Expr::UnaryOp(it) => {
                let name = if it.op == UnaryOp::Not { "!" } else { it.op.as_str() };
                self.out.open_named(Kind::Unary, span, role, name);
                self.expression(&it.operand, Role::Value);
            }
            Expr::If(it) => {
                self.out.open(Kind::Conditional, span, role);
                self.expression(&it.body, Role::Consequent);
                self.expression(&it.test, Role::Condition);
                self.expression(&it.orelse, Role::Alternate);
            }
            Expr::Named(it) => {
                self.out.open_named(Kind::Assignment, span, role, ":=");
                self.expression(&it.target, Role::Target);
                self.expression(&it.value, Role::Value);
            }
            Expr::Yield(it) => {
                self.out.open(Kind::Yield, span, role);
                self.optional(it.value.as_deref(), Role::Value);
            }
            Expr::YieldFrom(it) => {
                let id = self.out.open(Kind::Yield, span, role);
                self.out.flag(id, Flags::DELEGATE);
                self.expression(&it.value, Role::Value);
            }
            Expr::Starred(it) => {
                self.out.open(Kind::Spread, span, role);
                self.expression(&it.value, Role::Value);
            }
            _ => return,
        }
        self.out.close();
    }

    /// `a[i]`; several indices are a tuple.
    fn subscript(&mut self, it: &ExprSubscript, role: Role) {
        self.out.open(Kind::Index, at(it.range), role);
        self.expression(&it.value, Role::Object);
        match it.slice.as_ref() {
            Expr::Tuple(tuple) if !tuple.parenthesized => match tuple.elts.as_slice() {
                [only] => self.expression(only, Role::Index),
                indices => {
                    let range = at(tuple.range);
                    let end = indices.last().map_or(range.end, |last| self.closed(at(last.range()).end));
                    let id = self.out.open(Kind::Array, Span { start: range.start, end }, Role::Index);
                    self.out.flag(id, Flags::TUPLE);
                    self.elements(indices);
                    self.out.close();
                }
            },
            index => self.expression(index, Role::Index),
        }
        self.out.close();
    }

    /// `start:stop:step` as `Left`, `Right` and an item.
    fn slice(&mut self, it: &ExprSlice, role: Role) {
        self.out.open_named(Kind::Other, at(it.range), role, "slice");
        self.optional(it.lower.as_deref(), Role::Left);
        self.optional(it.upper.as_deref(), Role::Right);
        self.optional(it.step.as_deref(), Role::Item);
        self.out.close();
    }

    fn call(&mut self, it: &ExprCall, role: Role) {
        self.out.open(Kind::Call, at(it.range()), role);
        self.expression(&it.func, Role::Callee);
        match (&it.arguments.args[..], &it.arguments.keywords[..]) {
            ([Expr::Generator(only)], []) if !only.parenthesized => {
                let span = at(it.arguments.range);
                let body = (None, only.elt.as_ref());
                let kind = (Kind::Array, Flags::GENERATOR);
                self.comprehension(kind, span, body, &only.generators, Role::Argument);
            }
            _ => self.arguments(&it.arguments, Role::Argument),
        }
        self.out.close();
    }

    pub(super) fn arguments(&mut self, arguments: &Arguments, role: Role) {
        for argument in arguments.iter_source_order() {
            match argument {
                ArgOrKeyword::Arg(argument) => self.expression(argument, role),
                ArgOrKeyword::Keyword(keyword) => self.keyword(keyword, role),
            }
        }
    }

    fn keyword(&mut self, it: &Keyword, role: Role) {
        let span = at(it.range);
        let kind = if it.arg.is_some() { Kind::Property } else { Kind::Spread };
        let name = it.arg.as_ref().map(|name| self.text(name)).unwrap_or_default();
        let id = self.out.open_named(kind, span, role, name);
        self.out.flag(id, Flags::KEYWORD);
        self.expression(&it.value, Role::Value);
        self.out.close();
    }

    /// An awaited call carries the flag; anything else gets a node around it.
    fn await_expression(&mut self, it: &ExprAwait, role: Role) {
        if !matches!(it.value.as_ref(), Expr::Call(_)) {
            self.out.open(Kind::Await, at(it.range), role);
            self.expression(&it.value, Role::Value);
            self.out.close();
            return;
        }
        self.out.comments_before(at(it.value.range()).start);
        let id = self.out.next_id();
        self.expression(&it.value, role);
        if self.out.kind_of(id) == Some(Kind::Call) {
            self.out.flag(id, Flags::AWAIT);
        }
    }

    /// `a and b and c` nests to the left: the last operator is the outermost and opens first.
    fn logical(&mut self, it: &ExprBoolOp, role: Role) {
        let name = if it.op.as_str() == "or" { "||" } else { "&&" };
        let ends: Vec<u32> = it.values.iter().map(|value| self.closed_within(value, at(it.range).end)).collect();
        self.chain(Kind::Logical, at(it.range).start, &ends, |_| name, role, &|this, index, role| {
            this.expression(&it.values[index], role);
        });
    }

    /// `a < b < c` nests to the left, as a chain of `+` does.
    fn comparison(&mut self, it: &ExprCompare, role: Role) {
        let operand = |index: usize| match index {
            0 => it.left.as_ref(),
            _ => &it.comparators[index - 1],
        };
        let last = at(it.range).end;
        let ends: Vec<u32> = (0..=it.comparators.len()).map(|index| self.closed_within(operand(index), last)).collect();
        let name = |index: usize| it.ops[index - 1].as_str();
        self.chain(Kind::Binary, at(it.range).start, &ends, name, role, &|this, index, role| {
            this.expression(operand(index), role);
        });
    }

    /// Where an operand of an operator ends, with its parentheses; the operator as a whole ends at `last`.
    fn closed_within(&self, operand: &Expr, last: u32) -> u32 {
        self.closed(at(operand.range()).end).min(last)
    }

    /// Operands joined to the left: `ends` says where each of them ends.
    fn chain<'n>(
        &mut self,
        kind: Kind,
        start: u32,
        ends: &[u32],
        name: impl Fn(usize) -> &'n str,
        role: Role,
        lower: &dyn Fn(&mut Self, usize, Role),
    ) {
        let mut role = role;
        let mut opened = 0;
        for index in (1..ends.len()).rev() {
            if !self.out.enter() {
                break;
            }
            self.out.open_named(kind, Span { start, end: ends[index] }, role, name(index));
            role = Role::Left;
            opened += 1;
        }
        lower(self, 0, role);
        for index in 1..=opened {
            lower(self, index, Role::Right);
            self.out.close();
            self.out.leave();
        }
    }
}
