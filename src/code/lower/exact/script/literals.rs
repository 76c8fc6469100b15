//! Literals: strings, templates, arrays and objects, and the keys of properties.

use std::borrow::Cow;

use oxc_ast::ast::{
    ArrayExpression, ArrayExpressionElement, Expression, Function, ObjectExpression, ObjectProperty,
    ObjectPropertyKind, PropertyKey, PropertyKind, SpreadElement, TemplateLiteral,
};
use oxc_span::GetSpan;

use super::{Script, at};
use crate::{
    code::{
        lower::{escapes, script::literals::unquoted},
        tree::{Flags, Kind, NodeId, Role},
    },
    model::Span,
};

impl<'s> Script<'s> {
    pub(super) fn string(&mut self, span: Span, role: Role) {
        let value = self.string_value(span);
        self.out.leaf(Kind::String, span, role, &value);
    }

    /// The value of the string literal at `span`.
    pub(super) fn string_value(&self, span: Span) -> Cow<'s, str> {
        unescaped(unquoted(self.out.text(span)))
    }

    /// The name that a constant key spells out.
    pub(super) fn key_text(&self, span: Span) -> Cow<'s, str> {
        let text = self.out.text(span);
        if text.starts_with(['\'', '"']) { unescaped(unquoted(text)) } else { text.into() }
    }

    /// A template without substitutions is a string.
    pub(super) fn template(&mut self, it: &TemplateLiteral<'_>, role: Role) {
        let span = at(it.span);
        if it.expressions.is_empty() {
            self.string(span, role);
            return;
        }
        self.out.open(Kind::Template, span, role);
        for (index, piece) in it.quasis.iter().enumerate() {
            let piece = at(piece.span);
            let text = self.out.text(piece);
            if !text.is_empty() {
                self.out.leaf(Kind::String, piece, Role::Item, &unescaped(text));
            }
            if let Some(expression) = it.expressions.get(index) {
                self.expression(expression, Role::Item);
            }
        }
        self.out.close();
    }

    pub(super) fn array(&mut self, it: &ArrayExpression<'_>, role: Role) {
        self.out.open(Kind::Array, at(it.span), role);
        let mut from = it.span.start + 1;
        for element in &it.elements {
            match element {
                ArrayExpressionElement::SpreadElement(spread) => self.spread(spread, Role::Item),
                ArrayExpressionElement::Elision(_) => self.hole(from),
                _ => self.expression(element.to_expression(), Role::Item),
            }
            let is_hole = matches!(element, ArrayExpressionElement::Elision(_));
            from = self.out.find_token(if is_hole { from } else { element.span().end }, b',') + 1;
        }
        self.out.close();
    }

    pub(super) fn spread(&mut self, it: &SpreadElement<'_>, role: Role) {
        self.out.open(Kind::Spread, at(it.span), role);
        self.expression(&it.argument, Role::Value);
        self.out.close();
    }

    pub(super) fn object(&mut self, it: &ObjectExpression<'_>, role: Role) {
        self.out.open(Kind::Object, at(it.span), role);
        for property in &it.properties {
            match property {
                ObjectPropertyKind::ObjectProperty(property) => self.property(property),
                ObjectPropertyKind::SpreadProperty(spread) => self.spread(spread, Role::Item),
            }
        }
        self.out.close();
    }

    fn property(&mut self, it: &ObjectProperty<'_>) {
        let id = self.out.open(Kind::Property, at(it.span), Role::Item);
        match &it.value {
            _ if it.shorthand => self.shorthand_name(id, at(it.key.span())),
            Expression::FunctionExpression(function) if it.method || it.kind != PropertyKind::Init => {
                self.key(id, &it.key, it.computed);
                self.object_method(it, function);
            }
            value => {
                self.key(id, &it.key, it.computed);
                self.expression(value, Role::Value);
            }
        }
        self.out.close();
    }

    /// A method of an object literal: a property with a function as its value.
    fn object_method(&mut self, it: &ObjectProperty<'_>, function: &Function<'_>) {
        let id = self.out.open(Kind::Function, at(it.span), Role::Value);
        self.out.flag(id, Flags::METHOD);
        self.out.flag_if(it.kind == PropertyKind::Get, id, Flags::GETTER);
        self.out.flag_if(it.kind == PropertyKind::Set, id, Flags::SETTER);
        if !it.computed {
            self.key(id, &it.key, false);
        }
        self.function_parts(id, function);
        self.out.close();
    }

    /// `{ name }` in an object or a pattern.
    pub(super) fn shorthand_name(&mut self, id: NodeId, name: Span) {
        self.out.flag(id, Flags::SHORTHAND);
        let text = self.out.text(name);
        self.out.name(id, text);
        self.out.leaf(Kind::Identifier, name, Role::Value, text);
    }

    /// Names `id` after a constant key, or lowers a computed one as its `Key`.
    pub(super) fn key(&mut self, id: NodeId, key: &PropertyKey<'_>, computed: bool) {
        if let Some(name) = self.constant_key(key, computed) {
            self.out.name(id, &name);
            self.out.flag_if(matches!(key, PropertyKey::PrivateIdentifier(_)), id, Flags::PRIVATE);
        } else {
            self.out.flag(id, Flags::COMPUTED);
            self.expression(key.to_expression(), Role::Key);
        }
    }

    pub(super) fn constant_key(&self, key: &PropertyKey<'_>, computed: bool) -> Option<Cow<'s, str>> {
        let constant = !computed
            || matches!(
                key,
                PropertyKey::StringLiteral(_) | PropertyKey::NumericLiteral(_) | PropertyKey::BigIntLiteral(_)
            );
        constant.then(|| self.key_text(at(key.span())))
    }
}

pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if text.contains('\\') { escapes::script(text).into() } else { text.into() }
}
