//! Accounts of administrators that code and SQL create, and whether their password is written there.

use crate::{
    code::{Flags, Kind, NodeRef},
    model::Span,
    repo::File,
};

/// An account that code creates.
#[derive(Debug, Clone, Copy)]
pub struct Account<'t> {
    /// Where the password is given.
    pub shown: NodeRef<'t>,
    /// The password is a literal, also inside a hash.
    pub is_literal: bool,
}

/// The administrator's account that an object or a call with keywords describes, where code creates accounts.
pub fn in_code<'t>(file: &File, node: NodeRef<'t>) -> Option<Account<'t>> {
    if node.is(Kind::Call)
        && let Some(account) = superuser_call(node)
    {
        return Some(account);
    }
    let fields: Vec<NodeRef<'t>> = node.children().filter(|child| child.is(Kind::Property)).collect();
    let password = *fields.iter().find(|field| is_password_field(field.name()))?;
    let value = password.child(crate::code::Role::Value)?;
    if !fields.iter().any(|field| tells_admin(*field)) || !creates(file, node) {
        return None;
    }
    account(password, value)
}

/// `User.objects.create_superuser("admin", "admin@…", "password")`.
fn superuser_call(node: NodeRef<'_>) -> Option<Account<'_>> {
    if !matches!(node.callee_name()?, "create_superuser" | "createSuperuser" | "createSuperUser") {
        return None;
    }
    let value = node.keyword("password").or_else(|| node.argument(2))?;
    account(value, value)
}

fn account<'t>(shown: NodeRef<'t>, value: NodeRef<'t>) -> Option<Account<'t>> {
    let value = value.resolved();
    if is_written(value) {
        return Some(Account { shown, is_literal: true });
    }
    let outside = value.env_read().is_some() || value.descendants().any(|below| below.env_read().is_some());
    outside.then_some(Account { shown, is_literal: false })
}

/// A literal, or a literal that is hashed on the spot.
fn is_written(value: NodeRef<'_>) -> bool {
    let literal = |node: NodeRef<'_>| {
        let resolved = node.resolved();
        matches!(resolved.kind(), Kind::String | Kind::Template)
            && resolved.constant_str().is_some_and(|text| text.len() >= 3)
    };
    if literal(value) {
        return true;
    }
    let hashes = value.is(Kind::Call)
        && value.callee_name().is_some_and(|name| {
            let name = name.to_ascii_lowercase();
            ["hash", "encrypt", "password", "encode", "crypt"].iter().any(|part| name.contains(part))
        });
    hashes
        && value
            .argument(0)
            .is_some_and(|first| literal(first) || first.is(Kind::Call) && first.argument(0).is_some_and(literal))
}

fn is_password_field(name: &str) -> bool {
    let plain = name.replace('_', "").to_ascii_lowercase();
    matches!(
        plain.as_str(),
        "password"
            | "passwordhash"
            | "hashedpassword"
            | "encryptedpassword"
            | "passhash"
            | "pass"
            | "passwd"
            | "pwd"
            | "passworddigest"
    )
}

/// `email: "admin@…"`, `username: "admin"`, `role: "ADMIN"`, `role: Role.ADMIN`, `is_superuser=True`.
fn tells_admin(field: NodeRef<'_>) -> bool {
    let name = field.name().replace('_', "").to_ascii_lowercase();
    let Some(value) = field.child(crate::code::Role::Value) else { return false };
    let value = value.resolved();
    let text = value.constant_str().unwrap_or_default().to_ascii_lowercase();
    match name.as_str() {
        "email" | "username" | "login" | "user" | "mail" => {
            is_admin_name(&text)
                || text.starts_with("admin@")
                || text.starts_with("root@")
                || text.starts_with("superadmin@")
        }
        "role" | "roles" | "usertype" | "accounttype" | "rolename" | "type" => {
            is_admin_name(&text) || value.is(Kind::Member) && is_admin_name(&value.name().to_ascii_lowercase())
        }
        "issuperuser" | "isadmin" | "admin" | "superuser" => value.is(Kind::Boolean) && value.name() == "true",
        _ => false,
    }
}

fn is_admin_name(text: &str) -> bool {
    matches!(
        text,
        "admin" | "administrator" | "root" | "superadmin" | "super_admin" | "superuser" | "super-admin" | "sysadmin"
    )
}

/// Whether the node is handed to something that creates a record, or stands in a file that fills a database.
fn creates(file: &File, node: NodeRef<'_>) -> bool {
    let by_call = |call: NodeRef<'_>| {
        let Some(name) = call.callee_name() else { return false };
        let lower = name.to_ascii_lowercase();
        let class = name.starts_with(|first: char| first.is_ascii_uppercase())
            && ["User", "Account", "Admin", "Member", "Operator"].iter().any(|end| name.ends_with(end));
        let verb = [
            "create",
            "insert",
            "upsert",
            "findorcreate",
            "bulkcreate",
            "save",
            "register",
            "seed",
            "ensure",
            "getorcreate",
        ];
        class || verb.iter().any(|verb| lower.replace('_', "").starts_with(verb))
    };
    let own = node.is(Kind::Call) && by_call(node);
    let around = || {
        node.ancestors()
            .take(6)
            .take_while(|above| !above.is(Kind::Function))
            .any(|above| above.is(Kind::Call) && by_call(above) && !above.has(Flags::TAGGED))
    };
    own || around() || fills_database(file)
}

fn fills_database(file: &File) -> bool {
    let lower = file.path.as_str().to_ascii_lowercase();
    let words = ["seed", "seeds", "seeder", "seeders", "populate", "bootstrap", "fixtures", "init", "setup"];
    let name = lower.rsplit('/').next().unwrap_or_default();
    let database = lower.contains("seed")
        || name.contains("database")
        || name.contains("db")
        || name.contains("user")
        || name.contains("admin");
    database && lower.split(['/', '.', '-', '_']).any(|word| words.contains(&word))
}

/// Longest statement that is read.
const STATEMENT: usize = 8000;

/// The rows of `INSERT` statements that create an administrator with a password, each with its place.
pub fn in_sql(text: &str) -> Vec<Span> {
    let lower = text.to_ascii_lowercase();
    let mut found = Vec::new();
    for (at, _) in lower.match_indices("insert into") {
        let line = lower[..at].rfind('\n').map_or(0, |newline| newline + 1);
        if lower[line..at].contains("--") {
            continue;
        }
        let mut end = (at + STATEMENT).min(lower.len());
        while !lower.is_char_boundary(end) {
            end -= 1;
        }
        if let Some(span) = admin_row(&lower[at..end]) {
            found.push(Span::new(at + span.start, at + span.end));
        }
    }
    found
}

/// The row of an administrator in a statement in small letters that begins with `insert into`.
fn admin_row(statement: &str) -> Option<std::ops::Range<usize>> {
    let rest = statement.strip_prefix("insert into")?;
    let open = rest.find('(')?;
    let table =
        rest[..open].trim().trim_matches(['"', '`', '[', ']']).rsplit('.').next()?.trim_matches(['"', '`']).to_owned();
    let person = ["user", "account", "admin", "member", "operator"]
        .iter()
        .any(|word| table.trim_end_matches('s').ends_with(word));
    let (columns, after) = list(rest, open)?;
    let password = columns.iter().position(|column| {
        let name = column.trim_matches(['"', '`', '[', ']', ' ']);
        name.contains("password") || name.contains("passwd") || name == "pwd" || name == "pass"
    })?;
    let values = rest[after..].find("values")? + after;
    if !person || !rest[after..values].trim().is_empty() {
        return None;
    }
    let mut at = values + "values".len();
    for _ in 0..50 {
        let gap = rest[at..].find('(')?;
        if !rest[at..at + gap].trim_matches([',', ' ', '\n', '\r', '\t']).is_empty() {
            return None;
        }
        let (row, end) = list(rest, at + gap)?;
        let literal = |text: &str| {
            text.contains('\'') && !text.contains("${") && !text.contains("{{") && text.trim_matches('\'').len() > 2
        };
        let admin = row.iter().enumerate().any(|(index, value)| {
            let value = value.trim_matches('\'');
            index != password && (is_admin_name(value) || value.starts_with("admin@"))
        });
        if admin && row.get(password).is_some_and(|value| literal(value)) {
            let start = "insert into".len();
            // The row where it stands on a line of its own, else the statement.
            let own_line = rest[..at + gap].contains('\n');
            return Some(if own_line { start + at + gap..start + end } else { 0..start + end });
        }
        at = end;
    }
    None
}

/// The items of a list in parentheses that opens at `open`, and where it ends.
fn list(text: &str, open: usize) -> Option<(Vec<&str>, usize)> {
    let mut items = Vec::new();
    let (mut depth, mut quoted, mut start) = (0_u32, false, open + 1);
    for (offset, char) in text[open..].char_indices() {
        let at = open + offset;
        match char {
            '\'' => quoted = !quoted,
            _ if quoted => {}
            '(' => depth += 1,
            ')' => {
                depth -= 1;
                if depth == 0 {
                    items.push(text[start..at].trim());
                    return Some((items, at + 1));
                }
            }
            ',' if depth == 1 => {
                items.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_administrators_are_found() {
        for (text, expected) in [
            (
                "INSERT INTO \"user\" (id, username, role, password) VALUES ('1', 'admin', 'admin', '$2b$10$BUli');",
                true,
            ),
            (
                "insert into public.users (email, password_hash) values\n ('kim@shop.example', 'x1y'),\n ('admin@shop.example', crypt('harbour', gen_salt('bf')));",
                true,
            ),
            ("INSERT INTO users (email, password) VALUES ('kim@shop.example', 'harbour');", false),
            ("INSERT INTO users (email, password) SELECT email, password FROM old WHERE role = 'admin';", false),
            ("INSERT INTO roles (name, password_policy) VALUES ('admin', 'strict');", false),
            ("INSERT INTO users (name, password) VALUES ('admin', '${PASSWORD}');", false),
            ("INSERT INTO users (name, password) VALUES ('admin', NULL);", false),
        ] {
            assert_eq!(!in_sql(text).is_empty(), expected, "{text}");
        }
    }
}
