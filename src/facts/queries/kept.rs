//! Credentials of other services that are put into rows: keys and tokens that the program must be able to read again.

use super::{Kept, plain, source::source, written::row};
use crate::code::{Kind, NodeRef, Role};

/// Steps from a value to what makes it.
const HOPS: usize = 4;

/// The credentials that this call writes.
pub(super) fn kept(call: NodeRef<'_>) -> Vec<Kept> {
    let Some((table, row)) = row(call) else { return Vec::new() };
    let rows = match row.resolved() {
        object if object.is(Kind::Object) => vec![object],
        array if array.is(Kind::Array) => array.children_in(Role::Item).collect(),
        _ => Vec::new(),
    };
    let properties = rows.into_iter().flat_map(|row| row.children_in(Role::Item).collect::<Vec<_>>());
    properties
        .filter(|property| property.is(Kind::Property) && is_credential(property.name()))
        .filter_map(|property| {
            let value = property.child(Role::Value)?;
            let empty = matches!(value.kind(), Kind::Null | Kind::Boolean | Kind::Number | Kind::String | Kind::Object);
            (!empty && value.name() != "undefined").then(|| Kept {
                span: property.span(),
                table: table.clone(),
                column: property.name().to_owned(),
                source: source(value),
                sealed: is_sealed(value, HOPS),
            })
        })
        .collect()
}

fn is_credential(column: &str) -> bool {
    matches!(
        plain(column).as_str(),
        "accesstoken"
            | "refreshtoken"
            | "clientsecret"
            | "bottoken"
            | "apikey"
            | "apisecret"
            | "oauthtoken"
            | "privatekey"
            | "secretkey"
            | "secretaccesskey"
            | "smtppassword"
    )
}

/// Whether a value is encrypted or hashed on its way, by the names of what it goes through.
fn is_sealed(value: NodeRef<'_>, hops: usize) -> bool {
    if hops == 0 || speaks_of_sealing(value.text()) {
        return true;
    }
    std::iter::once(value).chain(value.descendants()).filter(|part| part.is(Kind::Identifier)).any(|name| {
        let Some(binding) = name.binding() else { return false };
        let declaration = name.tree().at(binding.declaration);
        let made = declaration.child(Role::Value).filter(|_| declaration.is(Kind::Assignment));
        binding.writes > 0 || made.is_some_and(|made| is_sealed(made, hops - 1))
    })
}

/// Whether text names something that makes a value unreadable.
pub fn speaks_of_sealing(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["encrypt", "cipher", "seal", "kms", "vault", "hash", "protect", "mask", "enc(", "secure"]
        .iter()
        .any(|word| text.contains(word))
}
