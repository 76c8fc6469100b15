//! Expressions: members, calls, operators.

use oxc_ast::ast::{
    Argument, AwaitExpression, CallExpression, ChainElement, Expression, ImportExpression, MemberExpression,
    NewExpression, TaggedTemplateExpression,
};
use oxc_span::GetSpan;

use super::{Script, at};
use crate::{
    code::tree::{Flags, Kind, Role},
    model::Span,
};

impl Script<'_> {
    pub(super) fn expression(&mut self, expression: &Expression<'_>, role: Role) {
        if self.out.enter() {
            self.any_expression(expression, role);
            self.out.leave();
        }
    }

    fn any_expression(&mut self, expression: &Expression<'_>, role: Role) {
        let span = at(expression.span());
        match expression {
            Expression::Identifier(_) | Expression::ThisExpression(_) | Expression::Super(_) => {
                self.out.text_leaf(Kind::Identifier, span, role);
            }
            Expression::StringLiteral(_) => self.string(span, role),
            Expression::NumericLiteral(_) | Expression::BigIntLiteral(_) => {
                self.out.text_leaf(Kind::Number, span, role);
            }
            Expression::BooleanLiteral(it) => {
                self.out.leaf(Kind::Boolean, span, role, if it.value { "true" } else { "false" });
            }
            Expression::NullLiteral(_) => _ = self.out.leaf(Kind::Null, span, role, ""),
            Expression::RegExpLiteral(it) => {
                self.out.leaf(Kind::Regex, span, role, it.regex.pattern.text.as_str());
            }
            Expression::TemplateLiteral(it) => self.template(it, role),
            Expression::ArrayExpression(it) => self.array(it, role),
            Expression::ObjectExpression(it) => self.object(it, role),
            Expression::ArrowFunctionExpression(it) => self.arrow(it, role),
            Expression::FunctionExpression(it) => self.function(it, role),
            Expression::ClassExpression(it) => self.class(it, role),
            Expression::CallExpression(it) => self.call(it, role),
            Expression::NewExpression(it) => self.construction(it, role),
            Expression::ImportExpression(it) => self.dynamic_import(it, role),
            Expression::TaggedTemplateExpression(it) => self.tagged_template(it, role),
            Expression::ChainExpression(it) => match &it.expression {
                ChainElement::CallExpression(it) => self.call(it, role),
                ChainElement::TSNonNullExpression(it) => self.expression(&it.expression, role),
                element => self.member(element.to_member_expression(), role),
            },
            Expression::ParenthesizedExpression(it) => self.expression(&it.expression, role),
            Expression::TSAsExpression(it) => self.expression(&it.expression, role),
            Expression::TSSatisfiesExpression(it) => self.expression(&it.expression, role),
            Expression::TSTypeAssertion(it) => self.expression(&it.expression, role),
            Expression::TSNonNullExpression(it) => self.expression(&it.expression, role),
            Expression::TSInstantiationExpression(it) => self.expression(&it.expression, role),
            Expression::JSXElement(it) => self.jsx_element(it, role),
            Expression::JSXFragment(it) => self.jsx_fragment(it, role),
            Expression::AwaitExpression(it) => self.await_expression(it, role),
            Expression::V8IntrinsicExpression(_) => self.unsupported(),
            _ => self.operator(expression, role),
        }
    }

    fn operator(&mut self, expression: &Expression<'_>, role: Role) {
        let span = at(expression.span());
        match expression {
            Expression::BinaryExpression(it) => {
                self.out.open_named(Kind::Binary, span, role, it.operator.as_str());
                self.expression(&it.left, Role::Left);
                self.expression(&it.right, Role::Right);
            }
            Expression::PrivateInExpression(it) => {
                self.out.open_named(Kind::Binary, span, role, "in");
                self.out.text_leaf(Kind::Identifier, at(it.left.span), Role::Left);
                self.expression(&it.right, Role::Right);
            }
            Expression::LogicalExpression(it) => {
                self.out.open_named(Kind::Logical, span, role, it.operator.as_str());
                self.expression(&it.left, Role::Left);
                self.expression(&it.right, Role::Right);
            }
            Expression::UnaryExpression(it) => {
                self.out.open_named(Kind::Unary, span, role, it.operator.as_str());
                self.expression(&it.argument, Role::Value);
            }
            Expression::UpdateExpression(it) => {
                self.out.open_named(Kind::Unary, span, role, it.operator.as_str());
                self.simple_target(&it.argument, Role::Value);
            }
            Expression::ConditionalExpression(it) => {
                self.out.open(Kind::Conditional, span, role);
                self.expression(&it.test, Role::Condition);
                self.expression(&it.consequent, Role::Consequent);
                self.expression(&it.alternate, Role::Alternate);
            }
            Expression::AssignmentExpression(it) => {
                self.out.open_named(Kind::Assignment, span, role, it.operator.as_str());
                self.assignment_target(&it.left, Role::Target);
                self.expression(&it.right, Role::Value);
            }
            Expression::SequenceExpression(it) => {
                self.out.open_named(Kind::Other, span, role, "sequence_expression");
                for expression in &it.expressions {
                    self.expression(expression, Role::Item);
                }
            }
            Expression::YieldExpression(it) => {
                let id = self.out.open(Kind::Yield, span, role);
                self.out.flag_if(it.delegate, id, Flags::DELEGATE);
                if let Some(value) = &it.argument {
                    self.expression(value, Role::Value);
                }
            }
            Expression::ImportMeta(_) | Expression::NewTarget(_) => {
                self.meta_property(span, role);
                return;
            }
            _ => {
                if let Some(member) = expression.as_member_expression() {
                    self.member(member, role);
                }
                return;
            }
        }
        self.out.close();
    }

    /// `import.meta` and `new.target`.
    fn meta_property(&mut self, span: Span, role: Role) {
        let (object, property) = self.out.text(span).split_once('.').unwrap_or_default();
        self.out.open_named(Kind::Member, span, role, property.trim());
        let start = span.start as usize;
        self.out.leaf(Kind::Identifier, Span::new(start, start + object.len()), Role::Object, object.trim());
        self.out.close();
    }

    pub(super) fn member(&mut self, member: &MemberExpression<'_>, role: Role) {
        if !self.out.enter() {
            return;
        }
        let span = at(member.span());
        let is_index = matches!(member, MemberExpression::ComputedMemberExpression(_));
        let id = self.out.open(if is_index { Kind::Index } else { Kind::Member }, span, role);
        self.out.flag_if(member.optional(), id, Flags::OPTIONAL);
        self.expression(member.object(), Role::Object);
        match member {
            MemberExpression::ComputedMemberExpression(it) => self.expression(&it.expression, Role::Index),
            MemberExpression::StaticMemberExpression(it) => {
                let name = self.out.text(at(it.property.span));
                self.out.name(id, name);
            }
            MemberExpression::PrivateFieldExpression(it) => {
                let name = self.out.text(at(it.field.span));
                self.out.name(id, name);
                self.out.flag(id, Flags::PRIVATE);
            }
        }
        self.out.close();
        self.out.leave();
    }

    fn call(&mut self, it: &CallExpression<'_>, role: Role) {
        let id = self.out.open(Kind::Call, at(it.span), role);
        self.out.flag_if(it.optional, id, Flags::OPTIONAL);
        self.expression(&it.callee, Role::Callee);
        self.type_arguments(it.type_arguments.as_deref());
        self.arguments(&it.arguments);
        self.out.close();
    }

    fn construction(&mut self, it: &NewExpression<'_>, role: Role) {
        let id = self.out.open(Kind::Call, at(it.span), role);
        self.out.flag(id, Flags::NEW);
        self.expression(&it.callee, Role::Callee);
        self.type_arguments(it.type_arguments.as_deref());
        self.arguments(&it.arguments);
        self.out.close();
    }

    /// `import('x')`: its keyword counts as a name.
    fn dynamic_import(&mut self, it: &ImportExpression<'_>, role: Role) {
        if it.phase.is_some() {
            self.unsupported();
            return;
        }
        let span = at(it.span);
        self.out.open(Kind::Call, span, role);
        let keyword = Span { start: span.start, end: span.start + 6 };
        self.out.leaf(Kind::Identifier, keyword, Role::Callee, "import");
        self.expression(&it.source, Role::Argument);
        if let Some(options) = &it.options {
            self.expression(options, Role::Argument);
        }
        self.out.close();
    }

    /// A tagged template, whose template is its only argument.
    fn tagged_template(&mut self, it: &TaggedTemplateExpression<'_>, role: Role) {
        let id = self.out.open(Kind::Call, at(it.span), role);
        self.out.flag(id, Flags::TAGGED);
        self.expression(&it.tag, Role::Callee);
        self.type_arguments(it.type_arguments.as_deref());
        self.template(&it.quasi, Role::Argument);
        self.out.close();
    }

    fn arguments(&mut self, arguments: &[Argument<'_>]) {
        for argument in arguments {
            match argument {
                Argument::SpreadElement(spread) => self.spread(spread, Role::Argument),
                _ => self.expression(argument.to_expression(), Role::Argument),
            }
        }
    }

    /// An awaited call carries the flag; anything else gets a node around it.
    fn await_expression(&mut self, it: &AwaitExpression<'_>, role: Role) {
        let Some(call) = awaited_call(&it.argument) else {
            self.out.open(Kind::Await, at(it.span), role);
            self.expression(&it.argument, Role::Value);
            self.out.close();
            return;
        };
        self.out.comments_before(call.start);
        let id = self.out.next_id();
        self.expression(&it.argument, role);
        if self.out.kind_of(id) == Some(Kind::Call) {
            self.out.flag(id, Flags::AWAIT);
        }
    }
}

/// Where the call begins that is all there is to an awaited expression.
fn awaited_call(operand: &Expression<'_>) -> Option<Span> {
    let mut operand = operand;
    loop {
        operand = match operand {
            Expression::ParenthesizedExpression(it) => &it.expression,
            Expression::TSAsExpression(it) => &it.expression,
            Expression::TSSatisfiesExpression(it) => &it.expression,
            Expression::TSNonNullExpression(it) => &it.expression,
            Expression::ChainExpression(it) => match &it.expression {
                ChainElement::CallExpression(it) => return Some(at(it.span)),
                ChainElement::TSNonNullExpression(it) => &it.expression,
                _ => return None,
            },
            Expression::CallExpression(_)
            | Expression::NewExpression(_)
            | Expression::ImportExpression(_)
            | Expression::TaggedTemplateExpression(_) => return Some(at(operand.span())),
            _ => return None,
        };
    }
}
