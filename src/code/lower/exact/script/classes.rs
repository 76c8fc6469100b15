//! Classes with their members, and enums.

use oxc_ast::ast::{
    Class, ClassElement, Decorator, Expression, MethodDefinition, MethodDefinitionKind, PropertyKey, TSAccessibility,
    TSEnumDeclaration, TSEnumMember, TSEnumMemberName, TSTypeAnnotation,
};
use oxc_span::GetSpan;

use super::{Script, at};
use crate::{
    code::tree::{Flags, Kind, NodeId, Role},
    model::Span,
};

/// What a field and an accessor have in common.
struct Field<'f, 'a> {
    span: Span,
    decorators: &'f [Decorator<'a>],
    key: &'f PropertyKey<'a>,
    computed: bool,
    annotation: Option<&'f TSTypeAnnotation<'a>>,
    value: Option<&'f Expression<'a>>,
    flags: Flags,
}

impl Script<'_> {
    pub(super) fn decorators(&mut self, decorators: &[Decorator<'_>]) {
        for decorator in decorators {
            self.out.open(Kind::Decorator, at(decorator.span), Role::Decorator);
            self.expression(&decorator.expression, Role::Value);
            self.out.close();
        }
    }

    pub(super) fn class(&mut self, it: &Class<'_>, role: Role) {
        let start = it.decorators.first().map_or(it.span.start, |first| first.span.start.min(it.span.start));
        let name = it.id.as_ref().map(|name| self.out.text(at(name.span))).unwrap_or_default();
        self.out.open_named(Kind::Class, Span { start, end: it.span.end }, role, name);
        self.decorators(&it.decorators);
        if let Some(base) = &it.heritage {
            self.expression(&base.expression, Role::Base);
        }
        for interface in &it.implements {
            let name = self.out.text(at(interface.expression.span()));
            self.out.hollow(Kind::Type, at(interface.span), Role::Base, name);
        }
        for member in &it.body.body {
            self.class_member(member);
        }
        self.out.close();
    }

    fn class_member(&mut self, member: &ClassElement<'_>) {
        match member {
            ClassElement::StaticBlock(it) => {
                let id = self.out.open(Kind::Block, at(it.span), Role::Item);
                self.out.flag(id, Flags::STATIC);
                self.statements(&it.body, Role::Item);
                self.out.close();
            }
            ClassElement::MethodDefinition(it) => self.method(it),
            ClassElement::PropertyDefinition(it) => {
                let mut flags = member_flags(it.r#static, it.accessibility);
                if it.declare {
                    flags |= Flags::TYPE_ONLY;
                }
                self.field(&Field {
                    span: at(it.span),
                    decorators: &it.decorators,
                    key: &it.key,
                    computed: it.computed,
                    annotation: it.type_annotation.as_deref(),
                    value: it.value.as_ref(),
                    flags,
                });
            }
            ClassElement::AccessorProperty(it) => self.field(&Field {
                span: at(it.span),
                decorators: &it.decorators,
                key: &it.key,
                computed: it.computed,
                annotation: it.type_annotation.as_deref(),
                value: it.value.as_ref(),
                flags: member_flags(it.r#static, it.accessibility),
            }),
            ClassElement::TSIndexSignature(it) => {
                let span = self.without_semicolon(at(it.span));
                self.out.hollow(Kind::Type, span, Role::Item, "");
            }
        }
    }

    /// A member or declaration without the semicolon behind it.
    pub(super) fn without_semicolon(&self, span: Span) -> Span {
        let end = if self.out.text(span).ends_with(';') { self.out.token_until(span.end - 1) } else { span.end };
        Span { start: span.start, end }
    }

    fn method(&mut self, it: &MethodDefinition<'_>) {
        let start = it.decorators.first().map_or(it.span.start, |first| first.span.start.min(it.span.start));
        let span = Span { start, end: it.span.end };
        if it.value.body.is_none() {
            let span = self.without_semicolon(span);
            let name = self.constant_key(&it.key, it.computed).unwrap_or_else(|| {
                let key = at(it.key.span());
                self.out.text(key).into()
            });
            self.out.hollow(Kind::Type, span, Role::Item, &name);
            return;
        }
        let id = self.out.open(Kind::Function, span, Role::Item);
        self.out.flag(id, member_flags(it.r#static, it.accessibility) | Flags::METHOD);
        self.out.flag_if(it.kind == MethodDefinitionKind::Get, id, Flags::GETTER);
        self.out.flag_if(it.kind == MethodDefinitionKind::Set, id, Flags::SETTER);
        self.decorators(&it.decorators);
        self.key(id, &it.key, it.computed);
        self.function_parts(id, &it.value);
        self.out.close();
    }

    fn field(&mut self, it: &Field<'_, '_>) {
        let id = self.out.open(Kind::Assignment, self.without_semicolon(it.span), Role::Item);
        self.out.flag(id, it.flags | Flags::FIELD);
        self.decorators(it.decorators);
        self.field_name(id, it.key, it.computed);
        self.annotation(it.annotation);
        if let Some(value) = it.value {
            self.out.name(id, "=");
            self.expression(value, Role::Value);
        }
        self.out.close();
    }

    /// The name of a field is no reference, so it is a bare identifier; a computed one is an expression.
    fn field_name(&mut self, id: NodeId, key: &PropertyKey<'_>, computed: bool) {
        let Some(name) = self.constant_key(key, computed) else {
            self.out.flag(id, Flags::COMPUTED);
            self.expression(key.to_expression(), Role::Key);
            return;
        };
        self.out.flag_if(matches!(key, PropertyKey::PrivateIdentifier(_)), id, Flags::PRIVATE);
        let span = if computed { self.bracketed(at(key.span())) } else { at(key.span()) };
        self.out.leaf(Kind::Identifier, span, Role::Target, &name);
    }

    /// A computed key with its brackets.
    fn bracketed(&self, key: Span) -> Span {
        Span { start: self.out.token_until(key.start) - 1, end: self.out.token_from(key.end) + 1 }
    }

    /// An enum is a constant object.
    pub(super) fn enumeration(&mut self, it: &TSEnumDeclaration<'_>, role: Role) {
        let id = self.out.open_named(Kind::Assignment, at(it.span), role, "=");
        self.out.flag(id, Flags::CONST);
        self.out.text_leaf(Kind::Identifier, at(it.id.span), Role::Target);
        self.out.open(Kind::Object, at(it.body.span), Role::Value);
        for member in &it.body.members {
            self.enum_member(member);
        }
        self.out.close();
        self.out.close();
    }

    fn enum_member(&mut self, it: &TSEnumMember<'_>) {
        let name = match &it.id {
            TSEnumMemberName::Identifier(name) => self.out.text(at(name.span)).into(),
            TSEnumMemberName::String(name) | TSEnumMemberName::ComputedString(name) => self.string_value(at(name.span)),
            TSEnumMemberName::ComputedTemplateString(_) => {
                self.unsupported();
                return;
            }
        };
        self.out.open_named(Kind::Property, at(it.span), Role::Item, &name);
        if let Some(value) = &it.initializer {
            self.expression(value, Role::Value);
        }
        self.out.close();
    }
}

fn member_flags(is_static: bool, accessibility: Option<TSAccessibility>) -> Flags {
    let mut flags = Flags::NONE;
    if is_static {
        flags |= Flags::STATIC;
    }
    if accessibility == Some(TSAccessibility::Private) {
        flags |= Flags::PRIVATE;
    }
    flags
}
