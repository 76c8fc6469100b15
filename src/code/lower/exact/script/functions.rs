//! Functions and their parameters.

use oxc_ast::ast::{
    ArrowFunctionBody, ArrowFunctionExpression, BindingPattern, FormalParameter, FormalParameterRest, FormalParameters,
    Function, FunctionBody, TSAccessibility, TSThisParameter,
};

use super::{Script, at};
use crate::code::tree::{Flags, Kind, NodeId, Role};

impl Script<'_> {
    /// A function that is declared, or an expression. One without a body only declares a type.
    pub(super) fn function(&mut self, it: &Function<'_>, role: Role) {
        let span = at(it.span);
        let name = it.id.as_ref().map(|name| self.out.text(at(name.span))).unwrap_or_default();
        if it.body.is_none() {
            self.out.hollow(Kind::Type, span, role, name);
            return;
        }
        let id = self.out.open_named(Kind::Function, span, role, name);
        self.function_parts(id, it);
        self.out.close();
    }

    /// What follows the name of a function, and the flags that it carries itself.
    pub(super) fn function_parts(&mut self, id: NodeId, it: &Function<'_>) {
        self.out.flag_if(it.r#async, id, Flags::ASYNC);
        self.out.flag_if(it.generator, id, Flags::GENERATOR);
        self.parameters(it.this_param.as_deref(), &it.params);
        self.annotation(it.return_type.as_deref());
        if let Some(body) = &it.body {
            self.function_body(body);
        }
    }

    fn function_body(&mut self, body: &FunctionBody<'_>) {
        self.out.open(Kind::Block, at(body.span), Role::Body);
        self.directives(&body.directives);
        self.statements(&body.statements, Role::Item);
        self.out.close();
    }

    pub(super) fn arrow(&mut self, it: &ArrowFunctionExpression<'_>, role: Role) {
        let id = self.out.open(Kind::Function, at(it.span), role);
        self.out.flag(id, Flags::ARROW);
        self.out.flag_if(it.r#async, id, Flags::ASYNC);
        self.parameters(None, &it.params);
        self.annotation(it.return_type.as_deref());
        match &it.body {
            ArrowFunctionBody::FunctionBody(body) => self.function_body(body),
            body => self.expression(body.to_expression(), Role::Body),
        }
        self.out.close();
    }

    fn parameters(&mut self, this: Option<&TSThisParameter<'_>>, parameters: &FormalParameters<'_>) {
        if let Some(this) = this {
            let id = self.out.open_named(Kind::Parameter, at(this.span), Role::Parameter, "this");
            self.out.flag(id, Flags::TYPE_ONLY);
            self.out.leaf(Kind::Identifier, at(this.this_span), Role::Target, "this");
            self.annotation(this.type_annotation.as_deref());
            self.out.close();
        }
        for parameter in &parameters.items {
            self.parameter(parameter);
        }
        if let Some(rest) = &parameters.rest {
            self.rest_parameter(rest);
        }
    }

    fn parameter(&mut self, it: &FormalParameter<'_>) {
        let id = self.out.open(Kind::Parameter, at(it.span), Role::Parameter);
        self.name_parameter(id, &it.pattern);
        self.out.flag_if(it.optional, id, Flags::OPTIONAL);
        self.out.flag_if(it.accessibility == Some(TSAccessibility::Private), id, Flags::PRIVATE);
        self.out.flag_if(it.accessibility.is_some() || it.readonly || it.r#override, id, Flags::FIELD);
        self.decorators(&it.decorators);
        self.pattern(&it.pattern, Role::Target);
        self.annotation(it.type_annotation.as_deref());
        if let Some(value) = &it.initializer {
            self.expression(value, Role::Default);
        }
        self.out.close();
    }

    fn rest_parameter(&mut self, it: &FormalParameterRest<'_>) {
        let id = self.out.open(Kind::Parameter, at(it.span), Role::Parameter);
        self.name_parameter(id, &it.rest.argument);
        self.decorators(&it.decorators);
        self.binding_rest(&it.rest, Role::Target);
        self.annotation(it.type_annotation.as_deref());
        self.out.close();
    }

    fn name_parameter(&mut self, id: NodeId, pattern: &BindingPattern<'_>) {
        if let BindingPattern::BindingIdentifier(name) = pattern {
            let name = self.out.text(at(name.span));
            self.out.name(id, name);
        }
    }
}
