//! Functions, lambdas, parameters and classes.

use ruff_python_ast::{AnyParameterRef, Decorator, Expr, ExprLambda, Parameters, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::Ranged;

use super::{Python, at};
use crate::{
    code::tree::{Flags, Kind, Role},
    model::Span,
};

impl Python<'_> {
    pub(super) fn function(&mut self, it: &StmtFunctionDef, span: Span) {
        let name = self.text(&it.name);
        let id = self.out.open_named(Kind::Function, span, Role::Item, name);
        self.out.flag_if(it.is_async, id, Flags::ASYNC);
        self.decorators(&it.decorator_list);
        self.parameters(&it.parameters);
        self.optional(it.returns.as_deref(), Role::Annotation);
        self.suite(&it.body, Role::Body);
        self.out.close();
    }

    pub(super) fn lambda(&mut self, it: &ExprLambda, role: Role) {
        let id = self.out.open(Kind::Function, at(it.range), role);
        self.out.flag(id, Flags::ARROW);
        if let Some(parameters) = &it.parameters {
            self.parameters(parameters);
        }
        self.expression(&it.body, Role::Body);
        self.out.close();
    }

    /// A decorator holds the comment behind it, up to the end of its line.
    fn decorators(&mut self, decorators: &[Decorator]) {
        for decorator in decorators {
            let span = at(decorator.range);
            let end = self.trailing_comment(span.end);
            self.out.open(Kind::Decorator, Span { start: span.start, end }, Role::Decorator);
            self.expression(&decorator.expression, Role::Value);
            self.out.close();
        }
    }

    /// Parameters behind `*` or `*args` can only be given by name and say so with a flag.
    fn parameters(&mut self, parameters: &Parameters) {
        for parameter in parameters.iter_source_order() {
            let by_name = match parameter {
                AnyParameterRef::Variadic(it) => {
                    let is_keywords = parameters.kwarg.as_deref().is_some_and(|kwarg| kwarg.range == it.range);
                    is_keywords && (parameters.vararg.is_some() || !parameters.kwonlyargs.is_empty())
                }
                AnyParameterRef::NonVariadic(it) => {
                    parameters.kwonlyargs.first().is_some_and(|first| first.range.start() <= it.range.start())
                }
            };
            self.parameter(parameter, by_name);
        }
    }

    fn parameter(&mut self, parameter: AnyParameterRef<'_>, by_name: bool) {
        let span = at(parameter.range());
        let it = parameter.as_parameter();
        let name = at(it.name.range);
        let text = self.out.text(name);
        let id = self.out.open_named(Kind::Parameter, span, Role::Parameter, text);
        self.out.flag_if(by_name, id, Flags::KEYWORD);
        if parameter.is_variadic() {
            let spread = self.out.open(Kind::Spread, Span { start: span.start, end: name.end }, Role::Target);
            let is_keywords = self.out.text(span).starts_with("**");
            self.out.flag_if(is_keywords, spread, Flags::KEYWORD);
            self.out.leaf(Kind::Identifier, name, Role::Value, text);
            self.out.close();
        } else {
            self.out.leaf(Kind::Identifier, name, Role::Target, text);
        }
        self.optional(it.annotation.as_deref(), Role::Annotation);
        if let AnyParameterRef::NonVariadic(it) = parameter {
            self.optional(it.default.as_deref(), Role::Default);
        }
        self.out.close();
    }

    pub(super) fn class(&mut self, it: &StmtClassDef, span: Span) {
        let name = self.text(&it.name);
        self.out.open_named(Kind::Class, span, Role::Item, name);
        self.decorators(&it.decorator_list);
        if let Some(arguments) = &it.arguments {
            self.arguments(arguments, Role::Base);
        }
        self.members(&it.body);
        self.out.close();
    }

    /// Assignments in a class body are fields, functions are methods.
    fn members(&mut self, body: &[Stmt]) {
        for member in body {
            self.out.comments_before(at(member.range()).start);
            let id = self.out.next_id();
            self.statement(member);
            match self.out.kind_of(id) {
                Some(Kind::Assignment) => self.out.flag(id, Flags::FIELD),
                Some(Kind::Function) if !matches!(member, Stmt::Expr(it) if matches!(*it.value, Expr::Lambda(_))) => {
                    self.out.flag(id, Flags::METHOD);
                }
                _ => {}
            }
        }
    }
}
