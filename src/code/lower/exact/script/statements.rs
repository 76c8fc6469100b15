//! Statements and variable declarations.

use oxc_ast::ast::{
    BindingPattern, CatchClause, Declaration, Directive, ForStatementInit, ForStatementLeft, IfStatement, Statement,
    SwitchStatement, TryStatement, VariableDeclaration, VariableDeclarationKind, VariableDeclarator,
};
use oxc_span::GetSpan;

use super::{Script, at};
use crate::code::tree::{Flags, Kind, Role};

impl Script<'_> {
    pub(super) fn directives(&mut self, directives: &[Directive<'_>]) {
        for directive in directives {
            self.string(at(directive.expression.span), Role::Item);
        }
    }

    pub(super) fn statements(&mut self, statements: &[Statement<'_>], role: Role) {
        for statement in statements {
            self.statement(statement, role);
        }
    }

    pub(super) fn block(&mut self, statements: &[Statement<'_>], span: oxc_span::Span, role: Role) {
        self.out.open(Kind::Block, at(span), role);
        self.statements(statements, Role::Item);
        self.out.close();
    }

    pub(super) fn statement(&mut self, statement: &Statement<'_>, role: Role) {
        if self.out.enter() {
            self.any_statement(statement, role);
            self.out.leave();
        }
    }

    fn any_statement(&mut self, statement: &Statement<'_>, role: Role) {
        let span = at(statement.span());
        match statement {
            Statement::EmptyStatement(_) => {}
            Statement::ExpressionStatement(it) => self.expression(&it.expression, role),
            Statement::BlockStatement(it) => self.block(&it.body, it.span, role),
            Statement::BreakStatement(_) => _ = self.out.hollow(Kind::Jump, span, role, "break"),
            Statement::ContinueStatement(_) => _ = self.out.hollow(Kind::Jump, span, role, "continue"),
            Statement::DebuggerStatement(_) => _ = self.out.hollow(Kind::Other, span, role, "debugger_statement"),
            Statement::IfStatement(it) => self.if_statement(it, role),
            Statement::SwitchStatement(it) => self.switch(it, role),
            Statement::TryStatement(it) => self.try_statement(it, role),
            Statement::ReturnStatement(it) => {
                self.out.open(Kind::Return, span, role);
                if let Some(value) = &it.argument {
                    self.expression(value, Role::Value);
                }
                self.out.close();
            }
            Statement::ThrowStatement(it) => {
                self.out.open(Kind::Throw, span, role);
                self.expression(&it.argument, Role::Value);
                self.out.close();
            }
            Statement::LabeledStatement(it) => {
                self.out.open_named(Kind::Other, span, role, "labeled_statement");
                self.statement(&it.body, Role::Item);
                self.out.close();
            }
            Statement::WithStatement(it) => {
                self.out.open_named(Kind::Other, span, role, "with_statement");
                self.expression(&it.object, Role::Item);
                self.statement(&it.body, Role::Item);
                self.out.close();
            }
            _ => self.loop_or_declaration(statement, role),
        }
    }

    fn loop_or_declaration(&mut self, statement: &Statement<'_>, role: Role) {
        let span = at(statement.span());
        match statement {
            Statement::WhileStatement(it) => {
                self.out.open_named(Kind::Loop, span, role, "while");
                self.expression(&it.test, Role::Condition);
                self.statement(&it.body, Role::Body);
                self.out.close();
            }
            Statement::DoWhileStatement(it) => {
                self.out.open_named(Kind::Loop, span, role, "do");
                self.statement(&it.body, Role::Body);
                self.expression(&it.test, Role::Condition);
                self.out.close();
            }
            Statement::ForStatement(it) => {
                self.out.open_named(Kind::Loop, span, role, "for");
                match &it.init {
                    Some(ForStatementInit::VariableDeclaration(init)) => self.variables(init, Role::Init),
                    Some(init) => self.expression(init.to_expression(), Role::Init),
                    None => {}
                }
                if let Some(test) = &it.test {
                    self.expression(test, Role::Condition);
                }
                if let Some(update) = &it.update {
                    self.expression(update, Role::Update);
                }
                self.statement(&it.body, Role::Body);
                self.out.close();
            }
            Statement::ForInStatement(it) => {
                let id = self.out.open_named(Kind::Loop, span, role, "for-in");
                let declared = self.loop_target(&it.left);
                self.out.flag(id, declared);
                self.expression(&it.right, Role::Iterated);
                self.statement(&it.body, Role::Body);
                self.out.close();
            }
            Statement::ForOfStatement(it) => {
                let id = self.out.open_named(Kind::Loop, span, role, "for-of");
                let declared = self.loop_target(&it.left);
                self.out.flag(id, declared);
                self.out.flag_if(it.r#await, id, Flags::AWAIT);
                self.expression(&it.right, Role::Iterated);
                self.statement(&it.body, Role::Body);
                self.out.close();
            }
            _ => {
                if let Some(declaration) = statement.as_declaration() {
                    self.declaration(declaration, role);
                } else if let Some(module) = statement.as_module_declaration() {
                    self.module_declaration(module, role);
                }
            }
        }
    }

    fn if_statement(&mut self, it: &IfStatement<'_>, role: Role) {
        self.out.open(Kind::If, at(it.span), role);
        self.expression(&it.test, Role::Condition);
        self.statement(&it.consequent, Role::Consequent);
        if let Some(alternate) = &it.alternate {
            self.statement(alternate, Role::Alternate);
        }
        self.out.close();
    }

    /// The target of a loop over something, and how it is declared.
    fn loop_target(&mut self, left: &ForStatementLeft<'_>) -> Flags {
        let ForStatementLeft::VariableDeclaration(declaration) = left else {
            self.assignment_target(left.to_assignment_target(), Role::Target);
            return Flags::NONE;
        };
        for declarator in &declaration.declarations {
            self.pattern(&declarator.id, Role::Target);
            if let Some(init) = &declarator.init {
                self.expression(init, Role::Init);
            }
        }
        declared_as(declaration.kind)
    }

    fn switch(&mut self, it: &SwitchStatement<'_>, role: Role) {
        self.out.open(Kind::Switch, at(it.span), role);
        self.expression(&it.discriminant, Role::Condition);
        for case in &it.cases {
            self.out.open(Kind::Case, at(case.span), Role::Item);
            if let Some(test) = &case.test {
                self.expression(test, Role::Condition);
            }
            self.statements(&case.consequent, Role::Item);
            self.out.close();
        }
        self.out.close();
    }

    fn try_statement(&mut self, it: &TryStatement<'_>, role: Role) {
        self.out.open(Kind::Try, at(it.span), role);
        self.block(&it.block.body, it.block.span, Role::Body);
        if let Some(handler) = &it.handler {
            self.catch(handler);
        }
        if let Some(last) = &it.finalizer {
            self.block(&last.body, last.span, Role::Finally);
        }
        self.out.close();
    }

    fn catch(&mut self, it: &CatchClause<'_>) {
        let id = self.out.open(Kind::Catch, at(it.span), Role::Item);
        if let Some(parameter) = &it.param {
            if let BindingPattern::BindingIdentifier(name) = &parameter.pattern {
                let name = self.out.text(at(name.span));
                self.out.name(id, name);
            }
            self.pattern(&parameter.pattern, Role::Parameter);
            self.annotation(parameter.type_annotation.as_deref());
        }
        self.block(&it.body.body, it.body.span, Role::Body);
        self.out.close();
    }

    pub(super) fn declaration(&mut self, declaration: &Declaration<'_>, role: Role) {
        if declaration.declare() {
            self.ambient(declaration, role);
            return;
        }
        let span = at(declaration.span());
        match declaration {
            Declaration::VariableDeclaration(it) => self.variables(it, role),
            Declaration::FunctionDeclaration(it) => self.function(it, role),
            Declaration::ClassDeclaration(it) => self.class(it, role),
            Declaration::TSTypeAliasDeclaration(it) => self.type_declaration(span, it.id.span, role),
            Declaration::TSInterfaceDeclaration(it) => self.type_declaration(span, it.id.span, role),
            Declaration::TSEnumDeclaration(it) => self.enumeration(it, role),
            Declaration::TSExternalModuleDeclaration(it) => {
                let name = self.string_value(at(it.id.span));
                self.out.hollow(Kind::Type, span, role, &name);
            }
            Declaration::TSNamespaceDeclaration(it) => self.namespace(it, role),
            Declaration::TSGlobalDeclaration(_) => self.unsupported(),
            Declaration::TSImportEqualsDeclaration(it) => self.import_equals(it, role),
        }
    }

    /// `declare …`: named after what it declares.
    fn ambient(&mut self, declaration: &Declaration<'_>, role: Role) {
        let name = match declaration {
            Declaration::VariableDeclaration(it) => it.declarations.first().map(|first| first.id.span()),
            Declaration::FunctionDeclaration(it) => it.id.as_ref().map(|name| name.span),
            Declaration::ClassDeclaration(it) => it.id.as_ref().map(|name| name.span),
            Declaration::TSNamespaceDeclaration(it) => Some(Self::namespace_name(it)),
            Declaration::TSGlobalDeclaration(_) => None,
            Declaration::TSTypeAliasDeclaration(it) => Some(it.id.span),
            Declaration::TSInterfaceDeclaration(it) => Some(it.id.span),
            Declaration::TSEnumDeclaration(it) => Some(it.id.span),
            Declaration::TSExternalModuleDeclaration(it) => Some(it.id.span),
            Declaration::TSImportEqualsDeclaration(it) => Some(it.id.span),
        };
        let name = name.map(|name| self.key_text(at(name))).unwrap_or_default();
        let span = match declaration {
            Declaration::TSExternalModuleDeclaration(it) => self.without_semicolon(at(it.span)),
            _ => at(declaration.span()),
        };
        let id = self.out.hollow(Kind::Type, span, role, &name);
        self.out.flag(id, Flags::TYPE_ONLY);
    }

    /// One assignment for each name, without a node around them.
    pub(super) fn variables(&mut self, it: &VariableDeclaration<'_>, role: Role) {
        let mut flags = declared_as(it.kind);
        if it.kind == VariableDeclarationKind::AwaitUsing {
            flags |= Flags::AWAIT;
        }
        for declarator in &it.declarations {
            self.declarator(declarator, role, flags);
        }
    }

    fn declarator(&mut self, it: &VariableDeclarator<'_>, role: Role, flags: Flags) {
        let id = self.out.open(Kind::Assignment, at(it.span), role);
        self.out.flag(id, flags);
        self.pattern(&it.id, Role::Target);
        self.annotation(it.type_annotation.as_deref());
        if let Some(value) = &it.init {
            self.out.name(id, "=");
            self.expression(value, Role::Value);
        }
        self.out.close();
    }
}

/// The flag for the keyword that declares; `using` binds as `const` does.
fn declared_as(kind: VariableDeclarationKind) -> Flags {
    match kind {
        VariableDeclarationKind::Var => Flags::VAR,
        VariableDeclarationKind::Let => Flags::LET,
        _ => Flags::CONST,
    }
}
