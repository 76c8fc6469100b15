//! JSX elements, attributes and text.

use oxc_ast::ast::{
    Expression, JSXAttribute, JSXAttributeItem, JSXAttributeValue, JSXChild, JSXElement, JSXExpression,
    JSXExpressionContainer, JSXFragment,
};
use oxc_span::GetSpan;

use super::{Script, at};
use crate::{
    code::{
        lower::{
            escapes,
            script::{jsx::shown_text, literals::unquoted},
        },
        tree::{Kind, Role},
    },
    model::Span,
};

impl Script<'_> {
    pub(super) fn jsx_element(&mut self, it: &JSXElement<'_>, role: Role) {
        let opening = &it.opening_element;
        let name = self.jsx_name(at(opening.name.span()));
        self.out.open_named(Kind::JsxElement, at(it.span), role, &name);
        for attribute in &opening.attributes {
            match attribute {
                JSXAttributeItem::Attribute(attribute) => self.jsx_attribute(attribute),
                JSXAttributeItem::SpreadAttribute(spread) => {
                    self.jsx_spread(at(spread.span), &spread.argument, Role::Attribute);
                }
            }
        }
        self.jsx_children(&it.children);
        self.out.close();
    }

    pub(super) fn jsx_fragment(&mut self, it: &JSXFragment<'_>, role: Role) {
        self.out.open(Kind::JsxElement, at(it.span), role);
        self.jsx_children(&it.children);
        self.out.close();
    }

    fn jsx_name(&self, span: Span) -> String {
        self.out.text(span).split_whitespace().collect()
    }

    fn jsx_children(&mut self, children: &[JSXChild<'_>]) {
        for child in children {
            match child {
                JSXChild::Text(it) => {
                    let span = at(it.span);
                    if let Some(text) = shown_text(self.out.text(span)) {
                        self.out.leaf(Kind::String, span, Role::Item, &text);
                    }
                }
                JSXChild::Element(it) => self.nested_element(it, Role::Item),
                JSXChild::Fragment(it) => self.nested_fragment(it, Role::Item),
                JSXChild::ExpressionContainer(it) => self.jsx_container(it, Role::Item),
                JSXChild::Spread(it) => self.jsx_spread(at(it.span), &it.expression, Role::Item),
            }
        }
    }

    fn nested_element(&mut self, it: &JSXElement<'_>, role: Role) {
        if self.out.enter() {
            self.jsx_element(it, role);
            self.out.leave();
        }
    }

    fn nested_fragment(&mut self, it: &JSXFragment<'_>, role: Role) {
        if self.out.enter() {
            self.jsx_fragment(it, role);
            self.out.leave();
        }
    }

    /// `{...x}`, without its braces.
    fn jsx_spread(&mut self, braces: Span, argument: &Expression<'_>, role: Role) {
        let start = self.out.token_from(braces.start + 1);
        let end = self.out.token_until(braces.end - 1);
        self.out.open(Kind::Spread, Span { start, end }, role);
        self.expression(argument, Role::Value);
        self.out.close();
    }

    fn jsx_container(&mut self, it: &JSXExpressionContainer<'_>, role: Role) {
        if !matches!(it.expression, JSXExpression::EmptyExpression(_)) {
            self.expression(it.expression.to_expression(), role);
        }
    }

    fn jsx_attribute(&mut self, it: &JSXAttribute<'_>) {
        let name = self.jsx_name(at(it.name.span()));
        self.out.open_named(Kind::JsxAttribute, at(it.span), Role::Attribute, &name);
        match &it.value {
            Some(JSXAttributeValue::StringLiteral(it)) => {
                // Backslashes mean nothing here, character references do.
                let span = at(it.span);
                let value = escapes::html(unquoted(self.out.text(span)));
                self.out.leaf(Kind::String, span, Role::Value, &value);
            }
            Some(JSXAttributeValue::ExpressionContainer(it)) => self.jsx_container(it, Role::Value),
            Some(JSXAttributeValue::Element(it)) => self.nested_element(it, Role::Value),
            Some(JSXAttributeValue::Fragment(it)) => self.nested_fragment(it, Role::Value),
            None => {}
        }
        self.out.close();
    }
}
