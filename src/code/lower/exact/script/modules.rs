//! Imports, exports and namespaces.

use oxc_ast::ast::{
    Class, Declaration, ExportAllDeclaration, ExportDefaultDeclaration, ExportDefaultDeclarationKind, ExportSpecifier,
    ImportAttributeKey, ImportDeclaration, ImportDeclarationSpecifier, ImportOrExportKind, ImportSpecifier,
    ModuleDeclaration, TSImportEqualsDeclaration, TSModuleReference, TSNamespaceDeclaration,
    TSNamespaceDeclarationBody, TSQualifiedName, TSTypeName, WithClause,
};
use oxc_span::GetSpan;

use super::{Script, at};
use crate::{
    code::tree::{Flags, Kind, NodeId, Role},
    model::Span,
};

impl Script<'_> {
    pub(super) fn module_declaration(&mut self, module: &ModuleDeclaration<'_>, role: Role) {
        let span = at(module.span());
        match module {
            ModuleDeclaration::ImportDeclaration(it) => self.import(it, role),
            ModuleDeclaration::ExportAllDeclaration(it) => self.export_all(it, role),
            ModuleDeclaration::ExportDefaultDeclaration(it) => self.export_default(it, role),
            ModuleDeclaration::ExportDeclaration(it) => {
                let class = if let Declaration::ClassDeclaration(it) = &it.declaration { Some(&**it) } else { None };
                self.out.open(Kind::Export, export_span(span, class), role);
                self.declaration(&it.declaration, Role::Item);
                self.out.close();
            }
            ModuleDeclaration::ExportNamedDeclaration(it) => {
                let id = self.out.open(Kind::Export, span, role);
                self.out.flag_if(it.export_kind == ImportOrExportKind::Type, id, Flags::TYPE_ONLY);
                for specifier in &it.specifiers {
                    self.export_specifier(specifier, false);
                }
                self.out.close();
            }
            ModuleDeclaration::ExportFromDeclaration(it) => {
                let id = self.out.open(Kind::Export, span, role);
                self.name_after_module(id, at(it.source.span));
                self.out.flag_if(it.export_kind == ImportOrExportKind::Type, id, Flags::TYPE_ONLY);
                for specifier in &it.specifiers {
                    self.export_specifier(specifier, true);
                }
                self.attributes(it.with_clause.as_deref());
                self.out.close();
            }
            ModuleDeclaration::TSExportAssignment(it) => {
                let id = self.out.open(Kind::Export, span, role);
                self.out.flag(id, Flags::DEFAULT);
                self.expression(&it.expression, Role::Item);
                self.out.close();
            }
            ModuleDeclaration::TSNamespaceExportDeclaration(_) => {
                let id = self.out.hollow(Kind::Export, span, role, "");
                self.out.flag(id, Flags::TYPE_ONLY);
            }
        }
    }

    /// Names an import or export after its module.
    fn name_after_module(&mut self, id: NodeId, source: Span) {
        let module = self.string_value(source);
        self.out.name(id, &module);
    }

    fn import(&mut self, it: &ImportDeclaration<'_>, role: Role) {
        if it.phase.is_some() {
            self.unsupported();
            return;
        }
        let id = self.out.open(Kind::Import, at(it.span), role);
        self.name_after_module(id, at(it.source.span));
        self.out.flag_if(it.import_kind == ImportOrExportKind::Type, id, Flags::TYPE_ONLY);
        for specifier in it.specifiers.iter().flatten() {
            match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(it) => self.named_import(it),
                ImportDeclarationSpecifier::ImportDefaultSpecifier(it) => {
                    self.imported(at(it.span), "default", at(it.local.span));
                }
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(it) => {
                    self.imported(at(it.span), "*", at(it.local.span));
                }
            }
        }
        self.attributes(it.with_clause.as_deref());
        self.out.close();
    }

    fn named_import(&mut self, it: &ImportSpecifier<'_>) {
        let name = self.key_text(at(it.imported.span()));
        let id = self.out.open_named(Kind::ImportName, at(it.span), Role::Item, &name);
        self.out.flag_if(it.import_kind == ImportOrExportKind::Type, id, Flags::TYPE_ONLY);
        self.out.text_leaf(Kind::Identifier, at(it.local.span), Role::Target);
        self.out.close();
    }

    /// An import name over `span` with the local name at `local`.
    fn imported(&mut self, span: Span, name: &str, local: Span) {
        self.out.open_named(Kind::ImportName, span, Role::Item, name);
        self.out.text_leaf(Kind::Identifier, local, Role::Target);
        self.out.close();
    }

    /// `with { type: 'json' }`: its object.
    fn attributes(&mut self, it: Option<&WithClause<'_>>) {
        let Some(it) = it else { return };
        let start = self.out.find_token(it.span.start, b'{');
        self.out.open(Kind::Object, Span { start, end: it.span.end }, Role::Value);
        for attribute in &it.with_entries {
            let key = match &attribute.key {
                ImportAttributeKey::Identifier(key) => at(key.span),
                ImportAttributeKey::StringLiteral(key) => at(key.span),
            };
            let key = self.key_text(key);
            self.out.open_named(Kind::Property, at(attribute.span), Role::Item, &key);
            self.string(at(attribute.value.span), Role::Value);
            self.out.close();
        }
        self.out.close();
    }

    /// `import x = require('m')`, the whole module, or `import Short = Long.Name`.
    pub(super) fn import_equals(&mut self, it: &TSImportEqualsDeclaration<'_>, role: Role) {
        let span = at(it.span);
        if let TSModuleReference::ExternalModuleReference(module) = &it.module_reference {
            let id = self.out.open(Kind::Import, span, role);
            self.name_after_module(id, at(module.expression.span));
            self.out.flag_if(it.import_kind == ImportOrExportKind::Type, id, Flags::TYPE_ONLY);
            self.imported(at(it.id.span), "*", at(it.id.span));
            self.out.close();
            return;
        }
        let id = self.out.open_named(Kind::Assignment, span, role, "=");
        self.out.flag(id, Flags::CONST);
        self.out.text_leaf(Kind::Identifier, at(it.id.span), Role::Target);
        match &it.module_reference {
            TSModuleReference::IdentifierReference(name) => {
                self.out.text_leaf(Kind::Identifier, at(name.span), Role::Value);
            }
            TSModuleReference::QualifiedName(name) => self.qualified_name(name, Role::Value),
            TSModuleReference::ExternalModuleReference(_) => {}
        }
        self.out.close();
    }

    fn qualified_name(&mut self, it: &TSQualifiedName<'_>, role: Role) {
        if !self.out.enter() {
            return;
        }
        let name = self.out.text(at(it.right.span));
        self.out.open_named(Kind::Member, at(it.span), role, name);
        match &it.left {
            TSTypeName::QualifiedName(left) => self.qualified_name(left, Role::Object),
            left => _ = self.out.text_leaf(Kind::Identifier, at(left.span()), Role::Object),
        }
        self.out.close();
        self.out.leave();
    }

    fn export_default(&mut self, it: &ExportDefaultDeclaration<'_>, role: Role) {
        let class = match &it.declaration {
            ExportDefaultDeclarationKind::ClassDeclaration(it) => Some(&**it),
            _ => None,
        };
        let id = self.out.open(Kind::Export, export_span(at(it.span), class), role);
        self.out.flag(id, Flags::DEFAULT);
        match &it.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(it) => self.function(it, Role::Item),
            ExportDefaultDeclarationKind::ClassDeclaration(it) => self.class(it, Role::Item),
            ExportDefaultDeclarationKind::TSInterfaceDeclaration(it) => {
                self.type_declaration(at(it.span), it.id.span, Role::Item);
            }
            value => self.expression(value.to_expression(), Role::Item),
        }
        self.out.close();
    }

    fn export_all(&mut self, it: &ExportAllDeclaration<'_>, role: Role) {
        let id = self.out.open(Kind::Export, at(it.span), role);
        self.name_after_module(id, at(it.source.span));
        self.out.flag_if(it.export_kind == ImportOrExportKind::Type, id, Flags::TYPE_ONLY);
        let star = self.out.find_token(it.span.start, b'*');
        if let Some(exported) = &it.exported {
            let exported = at(exported.span());
            self.imported(Span { start: star, end: exported.end }, "*", exported);
        } else {
            self.out.leaf(Kind::ImportName, Span { start: star, end: star + 1 }, Role::Item, "*");
        }
        self.attributes(it.with_clause.as_deref());
        self.out.close();
    }

    /// `{ a as b }`: a property named `b` with the value `a`; with a module behind it, an import name.
    fn export_specifier(&mut self, it: &ExportSpecifier<'_>, from: bool) {
        let (local, exported) = (at(it.local.span()), at(it.exported.span()));
        let (local_name, exported_name) = (self.key_text(local), self.key_text(exported));
        let kind = if from { Kind::ImportName } else { Kind::Property };
        // A re-export is named after what it takes, an export after what it gives.
        let name = if from { &local_name } else { &exported_name };
        let id = self.out.open_named(kind, at(it.span), Role::Item, name);
        self.out.flag_if(it.export_kind == ImportOrExportKind::Type, id, Flags::TYPE_ONLY);
        self.out.flag_if(!from && local == exported, id, Flags::SHORTHAND);
        if from {
            self.out.leaf(Kind::Identifier, exported, Role::Target, &exported_name);
        } else {
            self.out.leaf(Kind::Identifier, local, Role::Value, &local_name);
        }
        self.out.close();
    }

    /// `namespace A.B { … }`: a block with a name.
    pub(super) fn namespace(&mut self, it: &TSNamespaceDeclaration<'_>, role: Role) {
        let name = Self::namespace_name(it);
        let name = self.out.text(at(name));
        self.out.open_named(Kind::Block, at(it.span), role, name);
        let mut inner = it;
        while let TSNamespaceDeclarationBody::TSNamespaceDeclaration(next) = &inner.body {
            inner = next;
        }
        if let TSNamespaceDeclarationBody::TSModuleBlock(body) = &inner.body {
            self.directives(&body.directives);
            self.statements(&body.body, Role::Item);
        }
        self.out.close();
    }

    /// The whole of `A.B`.
    pub(super) fn namespace_name(it: &TSNamespaceDeclaration<'_>) -> oxc_span::Span {
        let mut inner = it;
        while let TSNamespaceDeclarationBody::TSNamespaceDeclaration(next) = &inner.body {
            inner = next;
        }
        oxc_span::Span::new(it.id.span.start, inner.id.span.end)
    }
}

/// An export begins at the decorators before it, which belong to the class that it exports.
fn export_span(span: Span, class: Option<&Class<'_>>) -> Span {
    let decorated = class.and_then(|class| class.decorators.first()).map_or(span.start, |first| first.span.start);
    Span { start: span.start.min(decorated), end: span.end }
}
