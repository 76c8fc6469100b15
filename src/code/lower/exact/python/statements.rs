//! Statements.

use ruff_python_ast::{
    Alias, ExceptHandler, ExceptHandlerExceptHandler, Expr, Identifier, Stmt, StmtAssign, StmtDelete, StmtFor, StmtIf,
    StmtImport, StmtImportFrom, StmtTry, StmtWith,
};
use ruff_text_size::Ranged;

use super::{Python, at};
use crate::{
    code::tree::{Flags, Kind, Role},
    model::Span,
};

impl Python<'_> {
    pub(super) fn statements(&mut self, statements: &[Stmt]) {
        for statement in statements {
            self.statement(statement);
        }
    }

    pub(super) fn statement(&mut self, statement: &Stmt) {
        if self.out.enter() {
            self.any_statement(statement);
            self.out.leave();
        }
    }

    fn any_statement(&mut self, statement: &Stmt) {
        let span = Span { start: at(statement.range()).start, end: self.statement_end(statement) };
        match statement {
            Stmt::Expr(it) => self.expression(&it.value, Role::Item),
            Stmt::Pass(_) => {}
            Stmt::Break(_) => _ = self.out.leaf(Kind::Jump, span, Role::Item, "break"),
            Stmt::Continue(_) => _ = self.out.leaf(Kind::Jump, span, Role::Item, "continue"),
            Stmt::Assign(it) => self.assignment(it),
            Stmt::AugAssign(it) => {
                let operator = format!("{}=", it.op.as_str());
                self.out.open_named(Kind::Assignment, span, Role::Item, &operator);
                self.expression(&it.target, Role::Target);
                self.expression(&it.value, Role::Value);
                self.out.close();
            }
            Stmt::AnnAssign(it) => {
                let id = self.out.open(Kind::Assignment, span, Role::Item);
                self.expression(&it.target, Role::Target);
                self.expression(&it.annotation, Role::Annotation);
                if let Some(value) = &it.value {
                    self.out.name(id, "=");
                    self.expression(value, Role::Value);
                }
                self.out.close();
            }
            Stmt::TypeAlias(it) => {
                if it.type_params.is_some() {
                    self.unsupported();
                    return;
                }
                self.out.open_named(Kind::Assignment, span, Role::Item, "=");
                self.plain(|this| this.expression(&it.name, Role::Target));
                self.expression(&it.value, Role::Value);
                self.out.close();
            }
            Stmt::Return(it) => {
                self.out.open(Kind::Return, span, Role::Item);
                self.optional(it.value.as_deref(), Role::Value);
                self.out.close();
            }
            Stmt::Raise(it) => {
                self.out.open(Kind::Throw, span, Role::Item);
                self.optional(it.exc.as_deref(), Role::Value);
                self.optional(it.cause.as_deref(), Role::Item);
                self.out.close();
            }
            Stmt::Assert(it) => {
                self.out.open_named(Kind::Other, span, Role::Item, "assert_statement");
                self.expression(&it.test, Role::Item);
                self.optional(it.msg.as_deref(), Role::Item);
                self.out.close();
            }
            Stmt::Global(it) => self.names("global_statement", span, &it.names),
            Stmt::Nonlocal(it) => self.names("nonlocal_statement", span, &it.names),
            Stmt::Delete(it) => self.delete(it),
            Stmt::Import(it) => self.import(it),
            Stmt::ImportFrom(it) => self.import_from(it),
            Stmt::IpyEscapeCommand(_) => self.unsupported(),
            _ => self.compound(statement, span),
        }
    }

    fn compound(&mut self, statement: &Stmt, span: Span) {
        match statement {
            Stmt::FunctionDef(it) => self.function(it, span),
            Stmt::ClassDef(it) => self.class(it, span),
            Stmt::If(it) => self.if_statement(it, span),
            Stmt::For(it) => self.for_loop(it, span),
            Stmt::While(it) => {
                self.out.open_named(Kind::Loop, span, Role::Item, "while");
                self.expression(&it.test, Role::Condition);
                self.suite(&it.body, Role::Body);
                self.suite_if_any(&it.orelse, Role::Alternate);
                self.out.close();
            }
            Stmt::With(it) => self.with(it, span),
            Stmt::Try(it) => self.try_statement(it, span),
            Stmt::Match(it) => self.match_statement(it, span),
            _ => {}
        }
    }

    fn suite_if_any(&mut self, body: &[Stmt], role: Role) {
        if !body.is_empty() {
            self.suite(body, role);
        }
    }

    pub(super) fn optional(&mut self, expression: Option<&Expr>, role: Role) {
        if let Some(expression) = expression {
            self.expression(expression, role);
        }
    }

    /// Lowers what is bound as the expression that it looks like.
    pub(super) fn plain(&mut self, lower: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.plain_targets, true);
        lower(self);
        self.plain_targets = before;
    }

    /// `a = b = c`: an assignment whose value is one.
    fn assignment(&mut self, it: &StmtAssign) {
        let end = at(it.range).end;
        let mut role = Role::Item;
        for target in &it.targets {
            let start = if role == Role::Item { at(it.range).start } else { self.opened(target) };
            self.out.open_named(Kind::Assignment, Span { start, end }, role, "=");
            self.expression(target, Role::Target);
            role = Role::Value;
        }
        self.expression(&it.value, Role::Value);
        for _ in &it.targets {
            self.out.close();
        }
    }

    /// Where a target begins with the parentheses that open before it.
    fn opened(&self, target: &Expr) -> u32 {
        self.with_parentheses(at(target.range())).start
    }

    fn names(&mut self, kind: &str, span: Span, names: &[Identifier]) {
        self.out.open_named(Kind::Other, span, Role::Item, kind);
        for name in names {
            self.out.text_leaf(Kind::Identifier, at(name.range), Role::Item);
        }
        self.out.close();
    }

    /// `del a, b`: one unary `delete` for each.
    fn delete(&mut self, it: &StmtDelete) {
        let targets = match it.targets.as_slice() {
            [Expr::Tuple(tuple)] => &tuple.elts,
            targets => targets,
        };
        for target in targets {
            let span = self.with_parentheses(at(target.range()));
            let span = if targets.len() > 1 || matches!(it.targets.first(), Some(Expr::Tuple(_))) {
                at(target.range())
            } else {
                span
            };
            self.out.open_named(Kind::Unary, span, Role::Item, "delete");
            self.expression(target, Role::Value);
            self.out.close();
        }
    }

    /// `import a.b, c as d`: one import for each module. Without an alias the local name is the first of the path.
    fn import(&mut self, it: &StmtImport) {
        for alias in &it.names {
            let span = at(alias.range);
            let module = self.dotted(&alias.name);
            self.out.open_named(Kind::Import, span, Role::Item, &module);
            let local = alias.asname.as_ref().map_or_else(
                || {
                    let path = at(alias.name.range);
                    let first = self.out.text(path).split(|char: char| char == '.' || char.is_whitespace()).next();
                    Span::new(path.start as usize, path.start as usize + first.unwrap_or_default().len())
                },
                |name| at(name.range),
            );
            self.import_name(span, "*", Some(local));
            self.out.close();
        }
    }

    /// `from a import b as c`; the dots of a relative import belong to the name.
    fn import_from(&mut self, it: &StmtImportFrom) {
        let mut module = ".".repeat(it.level as usize);
        if let Some(name) = &it.module {
            module.push_str(&self.dotted(name));
        }
        self.out.open_named(Kind::Import, at(it.range), Role::Item, &module);
        for alias in &it.names {
            self.imported(alias);
        }
        self.out.close();
    }

    fn imported(&mut self, alias: &Alias) {
        let span = at(alias.range);
        if self.text(&alias.name) == "*" {
            self.import_name(span, "*", None);
            return;
        }
        let name = self.dotted(&alias.name);
        self.import_name(span, &name, Some(at(alias.asname.as_ref().unwrap_or(&alias.name).range)));
    }

    fn import_name(&mut self, span: Span, name: &str, local: Option<Span>) {
        self.out.open_named(Kind::ImportName, span, Role::Item, name);
        if let Some(local) = local {
            self.out.text_leaf(Kind::Identifier, local, Role::Target);
        }
        self.out.close();
    }

    /// A path as written, without blanks.
    fn dotted(&self, path: &Identifier) -> String {
        self.text(path).split_whitespace().collect()
    }

    /// `elif` becomes an `if` in the alternate of the one before it, as `else if` does.
    fn if_statement(&mut self, it: &StmtIf, span: Span) {
        self.out.open(Kind::If, span, Role::Item);
        self.expression(&it.test, Role::Condition);
        self.suite(&it.body, Role::Consequent);
        let mut opened = 1;
        for clause in &it.elif_else_clauses {
            let Some(test) = &clause.test else {
                self.suite(&clause.body, Role::Alternate);
                continue;
            };
            if !self.out.enter() {
                break;
            }
            self.out.open(Kind::If, Span { start: at(clause.range).start, end: span.end }, Role::Alternate);
            opened += 1;
            self.expression(test, Role::Condition);
            self.suite(&clause.body, Role::Consequent);
        }
        for level in 0..opened {
            if level > 0 {
                self.out.leave();
            }
            self.out.close();
        }
    }

    fn for_loop(&mut self, it: &StmtFor, span: Span) {
        let id = self.out.open_named(Kind::Loop, span, Role::Item, "for-of");
        self.out.flag_if(it.is_async, id, Flags::AWAIT);
        self.expression(&it.target, Role::Target);
        self.expression(&it.iter, Role::Iterated);
        self.suite(&it.body, Role::Body);
        self.suite_if_any(&it.orelse, Role::Alternate);
        self.out.close();
    }

    /// A block with its managers as `Value`, each followed by the name that it is bound to as `Target`.
    fn with(&mut self, it: &StmtWith, span: Span) {
        let id = self.out.open(Kind::Block, span, Role::Item);
        self.out.flag(id, Flags::WITH);
        self.out.flag_if(it.is_async, id, Flags::AWAIT);
        for item in &it.items {
            self.expression(&item.context_expr, Role::Value);
            self.plain(|this| this.optional(item.optional_vars.as_deref(), Role::Target));
        }
        self.statements(&it.body);
        self.out.close();
    }

    fn try_statement(&mut self, it: &StmtTry, span: Span) {
        self.out.open(Kind::Try, span, Role::Item);
        self.suite(&it.body, Role::Body);
        for ExceptHandler::ExceptHandler(handler) in &it.handlers {
            self.catch(handler);
        }
        self.suite_if_any(&it.orelse, Role::Alternate);
        self.suite_if_any(&it.finalbody, Role::Finally);
        self.out.close();
    }

    /// `except (A, B) as e`: the name is an identifier in role `Parameter`.
    fn catch(&mut self, it: &ExceptHandlerExceptHandler) {
        let span = Span { start: at(it.range).start, end: self.suite_end(&it.body) };
        let id = self.out.open(Kind::Catch, span, Role::Item);
        self.optional(it.type_.as_deref(), Role::Condition);
        if let Some(name) = &it.name {
            let text = self.text(name);
            self.out.name(id, text);
            self.out.leaf(Kind::Identifier, at(name.range), Role::Parameter, text);
        }
        self.suite(&it.body, Role::Body);
        self.out.close();
    }
}
