//! Types, which do not run: leaves with a name, whose text stays in the source.

use oxc_ast::ast::{TSType, TSTypeAnnotation, TSTypeParameterInstantiation};
use oxc_span::GetSpan;

use super::{Script, at};
use crate::{
    code::tree::{Kind, Role},
    model::Span,
};

impl<'s> Script<'s> {
    /// `: T`, without its colon.
    pub(super) fn annotation(&mut self, it: Option<&TSTypeAnnotation<'_>>) {
        if let Some(it) = it {
            let name = self.type_name(&it.type_annotation);
            self.out.hollow(Kind::Type, at(it.type_annotation.span()), Role::Annotation, name);
        }
    }

    /// `<A, B>` of a call.
    pub(super) fn type_arguments(&mut self, it: Option<&TSTypeParameterInstantiation<'_>>) {
        if let Some(it) = it {
            self.out.hollow(Kind::Type, at(it.span), Role::Annotation, "");
        }
    }

    /// An interface, a type alias, or a signature without a body.
    pub(super) fn type_declaration(&mut self, span: Span, name: oxc_span::Span, role: Role) {
        let name = self.out.text(at(name));
        self.out.hollow(Kind::Type, span, role, name);
    }

    /// The name of a type that has one: `Promise` of `Promise<User>`.
    fn type_name(&self, it: &TSType<'_>) -> &'s str {
        match it {
            TSType::TSTypeReference(it) => self.out.text(at(it.type_name.span())),
            TSType::TSAnyKeyword(_)
            | TSType::TSBigIntKeyword(_)
            | TSType::TSBooleanKeyword(_)
            | TSType::TSIntrinsicKeyword(_)
            | TSType::TSNeverKeyword(_)
            | TSType::TSNumberKeyword(_)
            | TSType::TSObjectKeyword(_)
            | TSType::TSStringKeyword(_)
            | TSType::TSSymbolKeyword(_)
            | TSType::TSUnknownKeyword(_)
            | TSType::TSVoidKeyword(_) => self.out.text(at(it.span())),
            _ => "",
        }
    }
}
