//! Destructuring patterns, of declarations and of assignments.

use oxc_ast::ast::{
    ArrayAssignmentTarget, ArrayPattern, AssignmentTarget, AssignmentTargetMaybeDefault, AssignmentTargetProperty,
    AssignmentTargetRest, BindingPattern, BindingProperty, BindingRestElement, Expression, ObjectAssignmentTarget,
    ObjectPattern, SimpleAssignmentTarget,
};
use oxc_span::GetSpan;

use super::{Script, at};
use crate::{
    code::tree::{Flags, Kind, Role},
    model::Span,
};

impl Script<'_> {
    pub(super) fn pattern(&mut self, pattern: &BindingPattern<'_>, role: Role) {
        if !self.out.enter() {
            return;
        }
        match pattern {
            BindingPattern::BindingIdentifier(it) => _ = self.out.text_leaf(Kind::Identifier, at(it.span), role),
            BindingPattern::ObjectPattern(it) => self.object_pattern(it, role),
            BindingPattern::ArrayPattern(it) => self.array_pattern(it, role),
            BindingPattern::AssignmentPattern(it) => {
                self.out.open(Kind::Property, at(it.span), role);
                self.pattern(&it.left, Role::Value);
                self.expression(&it.right, Role::Default);
                self.out.close();
            }
        }
        self.out.leave();
    }

    fn object_pattern(&mut self, it: &ObjectPattern<'_>, role: Role) {
        let id = self.out.open(Kind::Object, at(it.span), role);
        self.out.flag(id, Flags::PATTERN);
        for property in &it.properties {
            self.binding_property(property);
        }
        if let Some(rest) = &it.rest {
            self.binding_rest(rest, Role::Item);
        }
        self.out.close();
    }

    fn binding_property(&mut self, it: &BindingProperty<'_>) {
        let id = self.out.open(Kind::Property, at(it.span), Role::Item);
        if it.shorthand {
            self.shorthand_name(id, at(it.key.span()));
        } else {
            self.key(id, &it.key, it.computed);
        }
        match &it.value {
            BindingPattern::AssignmentPattern(value) => {
                if !it.shorthand {
                    self.pattern(&value.left, Role::Value);
                }
                self.expression(&value.right, Role::Default);
            }
            value if !it.shorthand => self.pattern(value, Role::Value),
            _ => {}
        }
        self.out.close();
    }

    pub(super) fn binding_rest(&mut self, it: &BindingRestElement<'_>, role: Role) {
        self.out.open(Kind::Spread, at(it.span), role);
        self.pattern(&it.argument, Role::Value);
        self.out.close();
    }

    fn array_pattern(&mut self, it: &ArrayPattern<'_>, role: Role) {
        let id = self.out.open(Kind::Array, at(it.span), role);
        self.out.flag(id, Flags::PATTERN);
        let mut from = it.span.start + 1;
        for element in &it.elements {
            match element {
                Some(element) => {
                    self.pattern(element, Role::Item);
                    from = element.span().end;
                }
                None => self.hole(from),
            }
            from = self.out.find_token(from, b',') + 1;
        }
        if let Some(rest) = &it.rest {
            self.binding_rest(rest, Role::Item);
        }
        self.out.close();
    }

    /// A hole in an array stands at the comma behind it and keeps the positions of what follows.
    pub(super) fn hole(&mut self, from: u32) {
        let start = self.out.find_token(from, b',');
        self.out.leaf(Kind::Other, Span { start, end: start }, Role::Item, "hole");
    }

    pub(super) fn assignment_target(&mut self, target: &AssignmentTarget<'_>, role: Role) {
        if !self.out.enter() {
            return;
        }
        match target {
            AssignmentTarget::ArrayAssignmentTarget(it) => self.array_target(it, role),
            AssignmentTarget::ObjectAssignmentTarget(it) => self.object_target(it, role),
            _ => self.simple_target(target.to_simple_assignment_target(), role),
        }
        self.out.leave();
    }

    pub(super) fn simple_target(&mut self, target: &SimpleAssignmentTarget<'_>, role: Role) {
        match target {
            SimpleAssignmentTarget::AssignmentTargetIdentifier(it) => {
                self.out.text_leaf(Kind::Identifier, at(it.span), role);
            }
            SimpleAssignmentTarget::TSAsExpression(it) => self.expression(&it.expression, role),
            SimpleAssignmentTarget::TSSatisfiesExpression(it) => self.expression(&it.expression, role),
            SimpleAssignmentTarget::TSNonNullExpression(it) => self.expression(&it.expression, role),
            SimpleAssignmentTarget::TSTypeAssertion(it) => self.expression(&it.expression, role),
            _ => self.member(target.to_member_expression(), role),
        }
    }

    fn array_target(&mut self, it: &ArrayAssignmentTarget<'_>, role: Role) {
        let id = self.out.open(Kind::Array, at(it.span), role);
        self.out.flag(id, Flags::PATTERN);
        let mut from = it.span.start + 1;
        for element in &it.elements {
            match element {
                Some(element) => {
                    self.target_with_default(element, Role::Item);
                    from = element.span().end;
                }
                None => self.hole(from),
            }
            from = self.out.find_token(from, b',') + 1;
        }
        self.target_rest(it.rest.as_deref());
        self.out.close();
    }

    fn target_rest(&mut self, rest: Option<&AssignmentTargetRest<'_>>) {
        if let Some(rest) = rest {
            self.out.open(Kind::Spread, at(rest.span), Role::Item);
            self.assignment_target(&rest.target, Role::Value);
            self.out.close();
        }
    }

    /// An element of an array pattern; one with a default is a property without a name.
    fn target_with_default(&mut self, target: &AssignmentTargetMaybeDefault<'_>, role: Role) {
        match target {
            AssignmentTargetMaybeDefault::AssignmentTargetWithDefault(it) => {
                self.out.open(Kind::Property, at(it.span), role);
                self.assignment_target(&it.binding, Role::Value);
                self.expression(&it.init, Role::Default);
                self.out.close();
            }
            _ => self.assignment_target(target.to_assignment_target(), role),
        }
    }

    fn object_target(&mut self, it: &ObjectAssignmentTarget<'_>, role: Role) {
        let id = self.out.open(Kind::Object, at(it.span), role);
        self.out.flag(id, Flags::PATTERN);
        for property in &it.properties {
            self.target_property(property);
        }
        self.target_rest(it.rest.as_deref());
        self.out.close();
    }

    fn target_property(&mut self, property: &AssignmentTargetProperty<'_>) {
        let id = self.out.open(Kind::Property, at(property.span()), Role::Item);
        match property {
            AssignmentTargetProperty::AssignmentTargetPropertyIdentifier(it) => {
                self.shorthand_name(id, at(it.binding.span));
                self.default(it.init.as_ref());
            }
            AssignmentTargetProperty::AssignmentTargetPropertyProperty(it) => {
                self.key(id, &it.name, it.computed);
                match &it.binding {
                    AssignmentTargetMaybeDefault::AssignmentTargetWithDefault(it) => {
                        self.assignment_target(&it.binding, Role::Value);
                        self.expression(&it.init, Role::Default);
                    }
                    binding => self.assignment_target(binding.to_assignment_target(), Role::Value),
                }
            }
        }
        self.out.close();
    }

    fn default(&mut self, value: Option<&Expression<'_>>) {
        if let Some(value) = value {
            self.expression(value, Role::Default);
        }
    }
}
