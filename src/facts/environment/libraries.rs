//! Variables that libraries and helpers read: convict, schemas of zod and envalid, settings classes, configuration services.

use super::{Demand, EnvRead, Fallback, Via, fallback_of, is_variable, made, stops};
use crate::code::{Constant, Flags, Kind, NodeRef, Role as NodeRole};

/// `config('X', default=d)` of decouple, `env('X', d)` and `env.str('X', d)` of django-environ and environs.
pub(super) fn by_library(call: NodeRef<'_>) -> Option<EnvRead> {
    let callee = call.child(NodeRole::Callee)?;
    let base = if callee.is(Kind::Member) { callee.child(NodeRole::Object)? } else { callee };
    let is_reader = |node: NodeRef<'_>| {
        node.definition().and_then(NodeRef::callee_api).is_some_and(|api| {
            matches!(api.as_str(), "environ.Env" | "environs.Env" | "environ.FileAwareEnv" | "decouple.Config")
        })
    };
    let decouple = callee.is(Kind::Identifier) && callee.api_path().is_some_and(|path| path == "decouple.config");
    let reads = decouple || (base.is(Kind::Identifier) && is_reader(base));
    if !reads {
        return None;
    }
    let Constant::String(name) = call.argument(0)?.constant()? else { return None };
    if !is_variable(&name) {
        return None;
    }
    let default = call.keyword("default").or_else(|| call.argument(1));
    let demand = if default.is_none() { Demand::Required } else { Demand::Unsaid };
    let fallback = default.map_or(Fallback::None, fallback_of);
    Some(EnvRead { demand, ..made(call, name, fallback, Via::Settings) })
}

/// `{ env: 'X', default: d, format: … }` of convict.
pub(super) fn convict_key(property: NodeRef<'_>) -> Option<EnvRead> {
    let name = property.child(NodeRole::Value).filter(|_| property.name() == "env")?.constant_str()?;
    let object = property.parent().filter(|object| object.property("format").is_some() && is_variable(&name))?;
    let default = object.property("default");
    let fallback = default.map_or(Fallback::None, fallback_of);
    Some(made(property, name, fallback, Via::Schema))
}

/// `config.get('X', d)` of Nest's and convict's kind: the receiver is named like a configuration.
pub(super) fn config_service(call: NodeRef<'_>) -> Option<EnvRead> {
    let callee = call.child(NodeRole::Callee)?;
    let receiver = callee.child(NodeRole::Object)?;
    let is_config = receiver.name().to_ascii_lowercase().contains("config");
    if !is_config || !matches!(callee.name(), "get" | "getOrThrow") {
        return None;
    }
    let Constant::String(name) = call.argument(0)?.constant()? else { return None };
    let fallback = match call.argument(1) {
        Some(default) if !default.is(Kind::Object) => fallback_of(default),
        _ => Fallback::None,
    };
    let demand = if callee.name() == "getOrThrow" { Demand::Required } else { Demand::Unsaid };
    Some(EnvRead { demand, ..made(call, name, fallback, Via::ConfigService) })
}

/// `required("X")`, where this file defines `required` as a function that reads `process.env[name]`.
pub(super) fn by_helper(call: NodeRef<'_>) -> Option<EnvRead> {
    let callee = call.child(NodeRole::Callee).filter(|callee| callee.is(Kind::Identifier))?;
    let Constant::String(name) = call.argument(0)?.constant()? else { return None };
    let upper = name.chars().all(|char| char.is_ascii_uppercase() || char.is_ascii_digit() || char == '_');
    let declaration = callee.tree().at(callee.binding()?.declaration);
    let function = if declaration.is(Kind::Function) { declaration } else { callee.definition()? };
    if !function.is(Kind::Function) || !upper {
        return None;
    }
    let parameter = function.children_in(NodeRole::Parameter).next()?.name();
    let reads = function.descendants().take(400).any(|node| {
        node.is(Kind::Index)
            && node.child(NodeRole::Index).is_some_and(|index| index.is(Kind::Identifier) && index.name() == parameter)
            && node
                .child(NodeRole::Object)
                .and_then(NodeRef::api_path)
                .is_some_and(|path| matches!(path.as_str(), "process.env" | "os.environ"))
    });
    let fallback = call.argument(1).map_or(Fallback::None, fallback_of);
    let demand = if call.argument(1).is_none() && stops(function) { Demand::Required } else { Demand::Unsaid };
    let read = EnvRead { demand, ..made(call, name, fallback, Via::Code) };
    let required_in_production = read.required_in_production || (stops(function) && demands_in_production(call));
    reads.then_some(EnvRead { required_in_production, ..read })
}

/// Whether an option of a helper says that its default is for other places than production:
/// `get("KEY", "dev", requiredInProduction)`, `get("KEY", "dev", { requireInProduction: true })`.
fn demands_in_production(call: NodeRef<'_>) -> bool {
    let says = |name: &str| {
        let name = name.to_ascii_lowercase().replace('_', "");
        name.contains("require") && name.contains("prod")
    };
    call.children_in(NodeRole::Argument).skip(2).any(|option| {
        let properties = option.children().filter(|property| property.is(Kind::Property));
        let holds =
            |property: NodeRef<'_>| property.child(NodeRole::Value).is_some_and(|value| value.name() != "false");
        says(option.name()) || properties.filter(|property| says(property.name())).any(holds)
    })
}

/// A key of a validating schema whose chain ends in `.default(d)`: `JWT_SECRET: z.string().default('…')`.
pub(super) fn schema_key(property: NodeRef<'_>) -> Option<EnvRead> {
    let name = property.name();
    let upper =
        !name.is_empty() && name.chars().all(|char| char.is_ascii_uppercase() || char.is_ascii_digit() || char == '_');
    let value = property.child(NodeRole::Value).filter(|value| value.is(Kind::Call))?;
    if !upper || property.parent()?.has(Flags::PATTERN) {
        return None;
    }
    let mut link = Some(value);
    let mut default = None;
    let mut steps = 0;
    let mut root = None;
    let mut said = Vec::new();
    while let Some(call) = link.filter(|_| steps < 16) {
        steps += 1;
        let callee = call.child(NodeRole::Callee)?;
        if callee.name() == "default" && callee.is(Kind::Member) {
            default = call.argument(0);
        }
        said.push(callee.name());
        root = Some(callee);
        link = callee.child(NodeRole::Object).filter(|object| object.is(Kind::Call));
    }
    let path = root?.path()?;
    let schema = ["zod.", "z.", "joi.", "Joi.", "yup.", "valibot.", "envalid.", "arktype."];
    if !schema.iter().any(|prefix| path.starts_with(prefix)) {
        return None;
    }
    let devdefault = value.argument(0).and_then(|options| options.property("default"));
    let default = default.or(devdefault);
    let optional = ["optional", "nullish", "nullable", "catch", "prefault"].iter().any(|word| said.contains(word));
    let by_default = !path.to_ascii_lowercase().starts_with("joi.") && !path.starts_with("yup.");
    let demand = match default {
        None if !optional && (by_default || said.contains(&"required")) => Demand::Required,
        _ => Demand::Optional,
    };
    let fallback = default.map_or(Fallback::None, fallback_of);
    Some(EnvRead { demand, ..made(property, name.to_owned(), fallback, Via::Schema) })
}

/// A field of a pydantic settings class: `secret_key: str = "…"`, `Field(default="…")`.
pub(super) fn settings_field(assignment: NodeRef<'_>) -> Option<EnvRead> {
    if !assignment.has(Flags::FIELD) {
        return None;
    }
    let target = assignment.child(NodeRole::Target).filter(|target| target.is(Kind::Identifier))?;
    let class = assignment.ancestors().find(|node| node.is(Kind::Class))?;
    let is_settings = class.children_in(NodeRole::Base).any(|base| {
        let name = base.path().unwrap_or_default();
        name.ends_with("BaseSettings") || name.ends_with("Settings")
    });
    // Pydantic fills no name with a leading underscore.
    if !is_settings || target.name() == "model_config" || target.name().starts_with('_') {
        return None;
    }
    let value = assignment.child(NodeRole::Value);
    let fallback = match value {
        None => Fallback::None,
        Some(call) if call.is(Kind::Call) && call.callee_name() == Some("Field") => {
            let default = call.keyword("default").or_else(|| call.argument(0));
            match default {
                Some(default) if default.text() != "..." => fallback_of(default),
                _ => Fallback::None,
            }
        }
        // `SecretStr("…")` wraps a literal; `os.getenv` is a read of its own.
        Some(call) if call.is(Kind::Call) && call.env_read().is_some() => return None,
        Some(call) if call.is(Kind::Call) && call.callee_name() == Some("SecretStr") => {
            call.argument(0).map_or(Fallback::None, fallback_of)
        }
        Some(value) if value.env_read().is_some() => return None,
        Some(value) => fallback_of(value),
    };
    let nothing = match value {
        None => true,
        Some(call) => {
            call.callee_name() == Some("Field")
                && fallback == Fallback::None
                && call.keyword("default").is_none_or(|default| default.text() == "...")
        }
    };
    let demand = if nothing && !has_factory(value) { Demand::Required } else { Demand::Optional };
    let variable = variable_of_field(class, target.name(), value);
    Some(EnvRead { variable, demand, ..made(assignment, target.name().to_owned(), fallback, Via::Settings) })
}

fn has_factory(value: Option<NodeRef<'_>>) -> bool {
    value.is_some_and(|call| call.is(Kind::Call) && call.keyword("default_factory").is_some())
}

/// The variable that fills a field: its alias, else its name in capitals behind the prefix of its class.
fn variable_of_field(class: NodeRef<'_>, field: &str, value: Option<NodeRef<'_>>) -> String {
    let alias = value
        .filter(|call| call.is(Kind::Call))
        .and_then(|call| ["validation_alias", "alias", "env"].iter().find_map(|key| call.keyword(key)?.constant_str()));
    if let Some(alias) = alias {
        return alias;
    }
    let prefix = class.descendants().take(4000).find_map(|node| {
        let value = node.child(NodeRole::Value)?;
        let named = match node.kind() {
            Kind::Property => node.name() == "env_prefix",
            Kind::Assignment => node.child(NodeRole::Target)?.name() == "env_prefix",
            _ => false,
        };
        if named { value.constant_str() } else { None }
    });
    format!("{}{}", prefix.unwrap_or_default(), field).to_ascii_uppercase()
}

/// A parameter named like a secret that has a literal default.
pub(super) fn parameter(parameter: NodeRef<'_>) -> Option<EnvRead> {
    let default = parameter.child(NodeRole::Default)?;
    let name = parameter.name();
    let secret = ["secret", "jwtSecret", "jwt_secret", "secretKey", "secret_key", "signingKey", "signing_key"];
    if !secret.contains(&name) || !default.is(Kind::String) {
        return None;
    }
    Some(made(parameter, name.to_owned(), fallback_of(default), Via::Parameter))
}
