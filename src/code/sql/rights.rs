//! Policies of row-level security, and who may do what.

use super::{Grant, GrantOn, Kind, Policy, cursor::Cursor};

/// Behind `CREATE POLICY` and `ALTER POLICY`.
pub(super) fn policy(cursor: &mut Cursor<'_>) -> Option<Policy> {
    cursor.eat(&["if", "exists"]);
    cursor.eat(&["if", "not", "exists"]);
    let (name, _) = cursor.identifier()?;
    if !cursor.eat(&["on"]) {
        return None;
    }
    let mut policy = Policy { name, table: cursor.name()?, command: "all".to_owned(), ..Policy::default() };
    while !cursor.is_done() {
        if cursor.eat(&["as"]) {
            policy.restrictive = cursor.at_word("restrictive");
            cursor.advance();
        } else if cursor.eat(&["for"]) {
            policy.command = cursor.identifier()?.0;
        } else if cursor.eat(&["to"]) {
            policy.roles = roles(cursor);
        } else if cursor.eat(&["using"]) {
            policy.using = cursor.condition();
        } else if cursor.eat(&["with", "check"]) {
            policy.check = cursor.condition();
        } else {
            cursor.advance();
        }
    }
    Some(policy)
}

fn roles(cursor: &mut Cursor<'_>) -> Vec<String> {
    let mut found = Vec::new();
    loop {
        cursor.eat(&["group"]);
        let Some((role, _)) = cursor.identifier() else { break };
        found.push(role);
        if !cursor.eat_mark(b',') {
            break;
        }
    }
    found
}

pub(super) fn grant(cursor: &mut Cursor<'_>, revoke: bool) -> Grant {
    let mut grant = Grant { revoke, ..Grant::default() };
    cursor.eat(&["grant", "option", "for"]);
    while !cursor.is_done() && !cursor.at_any(&["on", "to", "from"]) {
        if let Some((word, _)) = cursor.identifier() {
            grant.privileges.push(word);
        } else if cursor.group().is_none() {
            cursor.advance();
        }
    }
    if cursor.eat(&["on"]) {
        grant.on = object(cursor);
    }
    while !cursor.is_done() && !cursor.at_any(&["to", "from"]) {
        cursor.advance();
    }
    cursor.advance();
    grant.roles = roles(cursor);
    grant
}

fn object(cursor: &mut Cursor<'_>) -> GrantOn {
    for all in ["functions", "routines", "procedures"] {
        if cursor.eat(&["all", all, "in", "schema"]) {
            return GrantOn::AllFunctions(cursor.names().into_iter().map(|name| name.name).collect());
        }
    }
    if cursor.eat(&["function"]) || cursor.eat(&["routine"]) || cursor.eat(&["procedure"]) {
        return GrantOn::Functions(cursor.names());
    }
    if cursor.at_any(&["all", "schema", "sequence", "type", "database", "language", "large", "foreign", "domain"]) {
        return GrantOn::Other;
    }
    cursor.eat(&["table"]);
    GrantOn::Tables(cursor.names())
}

/// Behind `ALTER DEFAULT PRIVILEGES`.
pub(super) fn default_privileges(cursor: &mut Cursor<'_>) -> Kind {
    while !cursor.is_done() && !cursor.at_any(&["grant", "revoke"]) {
        cursor.advance();
    }
    let revoke = cursor.at_word("revoke");
    cursor.advance();
    let mut grant = grant(cursor, revoke);
    let functions = match &grant.on {
        GrantOn::Tables(names) => names.iter().any(|name| matches!(name.name.as_str(), "functions" | "routines")),
        _ => false,
    };
    grant.on = if functions { GrantOn::DefaultFunctions } else { GrantOn::Other };
    Kind::Grant(grant)
}
