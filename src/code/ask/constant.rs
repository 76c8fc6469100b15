//! The value of an expression that does not depend on anything outside its file.

use crate::code::tree::{Kind, NodeRef, Role};

/// A value known without running the program.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    String(String),
    Number(f64),
    Boolean(bool),
    /// `null`, `undefined`, `None`.
    Null,
}

impl Constant {
    pub fn as_str(&self) -> Option<&str> {
        if let Self::String(value) = self { Some(value) } else { None }
    }

    pub fn as_number(&self) -> Option<f64> {
        if let Self::Number(value) = self { Some(*value) } else { None }
    }

    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Boolean(value) = self { Some(*value) } else { None }
    }

    /// Whether a condition takes it for true.
    pub fn is_truthy(&self) -> bool {
        match self {
            Self::String(value) => !value.is_empty(),
            Self::Number(value) => *value != 0.0 && !value.is_nan(),
            Self::Boolean(value) => *value,
            Self::Null => false,
        }
    }

    /// What a template or a concatenation makes of it.
    fn text(&self) -> String {
        match self {
            Self::String(value) => value.clone(),
            Self::Number(value) => value.to_string(),
            Self::Boolean(value) => value.to_string(),
            Self::Null => "null".to_owned(),
        }
    }
}

/// Nodes looked at for one constant. Long concatenations stay below it, cycles of constants end at it.
const STEPS: u32 = 300;

/// References looked at to see that nothing writes into an object.
const MAX_REFERENCES: usize = 1000;

impl NodeRef<'_> {
    /// The value of this expression when the file alone decides it: literals, templates, arithmetic, concatenation,
    /// operators on them, and names or members of objects that are declared once with such a value and never written.
    pub fn constant(self) -> Option<Constant> {
        let mut steps = STEPS;
        fold(self, &mut steps)
    }

    /// The value of this expression when it is a constant string.
    pub fn constant_str(self) -> Option<String> {
        match self.constant()? {
            Constant::String(value) => Some(value),
            _ => None,
        }
    }
}

fn fold(node: NodeRef<'_>, steps: &mut u32) -> Option<Constant> {
    *steps = steps.checked_sub(1)?;
    match node.kind() {
        Kind::String => Some(Constant::String(node.name().to_owned())),
        Kind::Number => number(node.name()).map(Constant::Number),
        Kind::Boolean => Some(Constant::Boolean(node.name() == "true")),
        Kind::Null => Some(Constant::Null),
        Kind::Template => template(node, steps),
        Kind::Binary => binary(node, steps),
        Kind::Unary => unary(node, steps),
        Kind::Logical => logical(node, steps),
        Kind::Conditional => {
            let taken =
                if fold(node.child(Role::Condition)?, steps)?.is_truthy() { Role::Consequent } else { Role::Alternate };
            fold(node.child(taken)?, steps)
        }
        Kind::Identifier if node.name() == "undefined" && node.binding().is_none() => Some(Constant::Null),
        Kind::Identifier => fold(node.definition()?, steps),
        Kind::Member => fold(member(node)?, steps),
        _ => None,
    }
}

fn template(node: NodeRef<'_>, steps: &mut u32) -> Option<Constant> {
    let mut text = String::new();
    for piece in node.children_in(Role::Item) {
        text.push_str(&fold(piece, steps)?.text());
    }
    Some(Constant::String(text))
}

fn binary(node: NodeRef<'_>, steps: &mut u32) -> Option<Constant> {
    let left = fold(node.child(Role::Left)?, steps)?;
    let right = fold(node.child(Role::Right)?, steps)?;
    if let (Constant::Number(left), Constant::Number(right)) = (&left, &right) {
        return arithmetic(node.name(), *left, *right).map(Constant::Number);
    }
    let joins = node.name() == "+" && (left.as_str().is_some() || right.as_str().is_some());
    joins.then(|| Constant::String(left.text() + &right.text()))
}

fn arithmetic(operator: &str, left: f64, right: f64) -> Option<f64> {
    Some(match operator {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        "/" => left / right,
        "//" => (left / right).floor(),
        "%" => left % right,
        "**" => left.powf(right),
        _ => return None,
    })
}

fn unary(node: NodeRef<'_>, steps: &mut u32) -> Option<Constant> {
    let value = fold(node.child(Role::Value)?, steps)?;
    match (node.name(), value) {
        ("!", value) => Some(Constant::Boolean(!value.is_truthy())),
        ("-", Constant::Number(value)) => Some(Constant::Number(-value)),
        ("+", Constant::Number(value)) => Some(Constant::Number(value)),
        ("void", _) => Some(Constant::Null),
        _ => None,
    }
}

fn logical(node: NodeRef<'_>, steps: &mut u32) -> Option<Constant> {
    let left = fold(node.child(Role::Left)?, steps)?;
    let decided = match node.name() {
        "&&" => !left.is_truthy(),
        "||" => left.is_truthy(),
        _ => left != Constant::Null,
    };
    if decided { Some(left) } else { fold(node.child(Role::Right)?, steps) }
}

/// The value of `Name.key` where `Name` is an object literal that nothing in this file writes into.
fn member(node: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let object = node.child(Role::Object)?;
    let literal = object.definition().filter(|value| value.is(Kind::Object) && !value.has_spread())?;
    let binding = object.binding_id()?;
    if object.tree().references(binding).nth(MAX_REFERENCES).is_some() {
        return None;
    }
    let is_written = object.tree().references(binding).any(|reference| {
        reference.parent().is_some_and(|access| {
            reference.role() == Role::Object
                && (access.role() == Role::Target || access.parent().is_some_and(|around| around.is(Kind::Unary)))
        })
    });
    literal.property(node.name()).filter(|_| !is_written)
}

/// The value of a number as TypeScript, JavaScript or Python writes it.
fn number(text: &str) -> Option<f64> {
    let digits: String = text.chars().filter(|char| *char != '_').collect::<String>().to_ascii_lowercase();
    let digits = digits.strip_suffix('n').unwrap_or(&digits);
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] {
        if let Some(digits) = digits.strip_prefix(prefix) {
            #[expect(clippy::cast_precision_loss, reason = "a script number has no more precision either")]
            return u64::from_str_radix(digits, radix).ok().map(|value| value as f64);
        }
    }
    digits.parse().ok()
}
