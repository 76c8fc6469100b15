//! `password-policy-weak`: a password that somebody chooses has eight characters or more.

use crate::{
    code::{Constant, Flags, Kind, Language, NodeRef, Role as NodeRole},
    facts::{
        Fact,
        side::{Side, side_of},
        tier::{self, Tier},
    },
    model::{Confidence, Message, Observation, Place, Tone, Verdict},
    rule::{Context, Out, Rule, Visit, Watch},
    rules::observed::{decided, judged, measured},
};

pub(in crate::rules) static RULE: PasswordPolicyWeak = PasswordPolicyWeak;

pub(in crate::rules) struct PasswordPolicyWeak;

/// Calls that store a password as this service's own.
const STORES: &[&str] = &[
    "bcrypt.hash",
    "bcrypt.hashSync",
    "bcryptjs.hash",
    "bcryptjs.hashSync",
    "argon2.hash",
    "bcrypt.hashpw",
    "werkzeug.security.generate_password_hash",
    "django.contrib.auth.hashers.make_password",
];

impl Rule for PasswordPolicyWeak {
    fn id(&self) -> &'static str {
        "password-policy-weak"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Side]
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call, Kind::Property, Kind::Binary, Kind::Decorator, Kind::Assignment])
            .keywords(&["assword", "ASSWORD"])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        let script = file.file.language.is_some_and(Language::is_script);
        if node.is(Kind::Call)
            && let Some(api) = node.callee_api()
            && (STORES.contains(&api.as_str()) || api.ends_with(".set_password"))
        {
            // Said only where no minimum is found.
            out.note(file.place(node), "unclear");
            return;
        }
        if let Some(validators) = validators(node).filter(|_| !node.is_dev_only()) {
            if tier::of_path(&file.file.path) != Tier::Development {
                of_validators(file, validators, out);
            }
            return;
        }
        let found = if script { in_script(node) } else { in_python(node) };
        let Some((number, field)) = found else { return };
        // One character says that the field is there, and nothing of what is chosen.
        if number < 2.0 || !is_chosen(&field) || is_about_log_in(file, node) || is_of_a_link(node) {
            return;
        }
        observe(file.place(node), number, out);
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let minimum = cx.number("minimum");
        let is_server = |seen: &&Observation| {
            seen.place.file().is_none_or(|file| side_of(cx.repo, cx.facts, cx.repo.file(file)).side != Side::Client)
        };
        let told = || cx.seen.iter().filter(|seen| seen.tone != Tone::Note);
        let server: Vec<&Observation> = told().filter(is_server).collect();
        // A form says what people may choose only where no server decides.
        let asked = if server.is_empty() { told().collect() } else { server };
        let seen = decided(&asked, |_, number| number < minimum);
        let stored = cx.seen.iter().any(|seen| seen.tone == Tone::Note);
        judged(&seen.iter().collect::<Vec<_>>(), || {
            if stored { Verdict::unknown("unclear") } else { Verdict::not_applicable("none") }
        })
    }
}

/// Notes a minimum; whether it is enough is decided later.
fn observe(place: Place, number: f64, out: &mut Out<'_>) {
    let key = measured("minimum", number);
    let message = |text: &'static str| Message::new(text).with("n", number.to_string());
    let bad = out.bad(place.clone(), message("short"));
    bad.key.clone_from(&key);
    bad.confidence = Confidence::Likely;
    out.good(place, message("long")).key = key;
}

/// The list that Django checks new passwords with.
fn validators(node: NodeRef<'_>) -> Option<NodeRef<'_>> {
    let target = node.child(NodeRole::Target).filter(|target| target.name() == "AUTH_PASSWORD_VALIDATORS")?;
    let list = node.child(NodeRole::Value).filter(|list| list.is(Kind::Array) && node.is(Kind::Assignment))?;
    target.is(Kind::Identifier).then_some(list)
}

fn of_validators(file: &Visit<'_>, list: NodeRef<'_>, out: &mut Out<'_>) {
    let mut items = list.children_in(NodeRole::Item).peekable();
    if items.peek().is_none() {
        out.bad(file.place(list), "validators").confidence = Confidence::Likely;
    }
    for item in items {
        let named = item.property("NAME").and_then(NodeRef::constant_str);
        if named.is_some_and(|name| name.ends_with(".MinimumLengthValidator")) {
            let given = item.property("OPTIONS").and_then(|options| options.property("min_length"));
            // Django's own minimum is eight.
            let Some(minimum) = given.map_or(Some(8.0), number) else { continue };
            observe(file.place(item), minimum, out);
        }
    }
}

/// A minimum in a script, with the name of what it is asked of.
fn in_script(node: NodeRef<'_>) -> Option<(f64, String)> {
    match node.kind() {
        // `z.string().min(6)`, `Joi.string().min(6)`, `yup.string().min(6)`.
        Kind::Call if node.callee_name() == Some("min") => {
            let begins = chain_root(node)?;
            let text = ["string", "String"].contains(&begins);
            Some((number(node.argument(0)?)?, holder(node)?)).filter(|_| text)
        }
        // `body('password').isLength({ min: 6 })`.
        Kind::Call if node.callee_name() == Some("isLength") => {
            let minimum = number(node.argument(0)?.property("min")?)?;
            Some((minimum, chain_text(node)?))
        }
        // `@MinLength(6) password: string`, `@Length(6, 100)`.
        Kind::Decorator => {
            let call = node.child(NodeRole::Value).filter(|call| call.is(Kind::Call))?;
            let path = call.callee_api()?;
            let known = matches!(path.as_str(), "class-validator.MinLength" | "class-validator.Length");
            let field = node.parent().filter(|field| field.is(Kind::Assignment) && known)?;
            Some((number(call.argument(0)?)?, field.child(NodeRole::Target)?.name().to_owned()))
        }
        // `password: { type: String, minlength: 6 }`, JSON schema, `Type.String({ minLength: 6 })`.
        Kind::Property if matches!(node.name(), "minLength" | "minlength") => {
            Some((number(node.child(NodeRole::Value)?)?, holder(node.parent()?)?))
        }
        // `emailAndPassword: { minPasswordLength: 6 }`.
        Kind::Property if node.name() == "minPasswordLength" => {
            Some((number(node.child(NodeRole::Value)?)?, "password".to_owned()))
        }
        Kind::Binary => compared(node, |side| {
            let length = side.is(Kind::Member) && side.name() == "length";
            side.child(NodeRole::Object).filter(|_| length).and_then(last_name)
        }),
        _ => None,
    }
}

fn in_python(node: NodeRef<'_>) -> Option<(f64, String)> {
    match node.kind() {
        // `password: str = Field(min_length=6)`, `CharField(min_length=6)`, `{"password": {"min_length": 6}}`.
        Kind::Property if node.name() == "min_length" => {
            Some((number(node.child(NodeRole::Value)?)?, holder(node.parent()?)?))
        }
        // `PasswordField(validators=[Length(min=6)])`.
        Kind::Property if node.name() == "min" && node.has(Flags::KEYWORD) => {
            let call = node.parent().filter(|call| call.callee_name() == Some("Length"))?;
            Some((number(node.child(NodeRole::Value)?)?, holder(call)?))
        }
        Kind::Binary => compared(node, |side| {
            let length = side.is(Kind::Call) && side.callee_name() == Some("len");
            side.argument(0).filter(|_| length).and_then(last_name)
        }),
        _ => None,
    }
}

/// `password.length < 6` and its mirror images: what is asked, and the least that passes.
fn compared(node: NodeRef<'_>, subject: impl Fn(NodeRef<'_>) -> Option<String>) -> Option<(f64, String)> {
    let (left, right) = (node.child(NodeRole::Left)?, node.child(NodeRole::Right)?);
    let (name, bound, turned) = match subject(left) {
        Some(name) => (name, number(right)?, false),
        None => (subject(right)?, number(left)?, true),
    };
    let minimum = match (node.name(), turned) {
        ("<" | ">=", false) | (">" | "<=", true) => bound,
        ("<=", false) | (">=", true) => bound + 1.0,
        // `length > 5` asks for six, or for something to be shown: only a refusal counts.
        _ => return None,
    };
    // A comparison that refuses nothing chooses an icon or a class.
    let refuses = node.ancestors().take(4).any(|above| above.is(Kind::If));
    refuses.then_some((minimum, name))
}

fn number(node: NodeRef<'_>) -> Option<f64> {
    node.constant().as_ref().and_then(Constant::as_number)
}

/// The innermost method of a chain: `string` of `z.string().min(6)`.
fn chain_root(call: NodeRef<'_>) -> Option<&str> {
    let mut at = call;
    for _ in 0..20 {
        match at.receiver() {
            Some(inner) if inner.is(Kind::Call) => at = inner,
            _ => return at.callee_name(),
        }
    }
    None
}

/// The text that a chain begins with: `password` of `body('password').isLength(…)`.
fn chain_text(call: NodeRef<'_>) -> Option<String> {
    let mut at = call;
    for _ in 0..20 {
        match at.receiver() {
            Some(inner) if inner.is(Kind::Call) => at = inner,
            _ => return at.argument(0).filter(|text| text.is(Kind::String)).map(|text| text.name().to_owned()),
        }
    }
    None
}

/// The name of the field or variable that an expression is the value of, through the calls around it.
fn holder(node: NodeRef<'_>) -> Option<String> {
    let mut at = node;
    for _ in 0..12 {
        let parent = at.parent()?;
        match parent.kind() {
            Kind::Call | Kind::Member | Kind::Array | Kind::Conditional | Kind::Index | Kind::Binary => {}
            // `validators=[Length(min=6)]`, `{ schema: { minLength: 6 } }` are inside of what has the name.
            Kind::Property if parent.has(Flags::KEYWORD) => {}
            Kind::Property => return Some(parent.name().to_owned()).filter(|name| !name.is_empty()),
            Kind::Assignment => return parent.child(NodeRole::Target).and_then(last_name),
            Kind::Parameter => return Some(parent.name().to_owned()),
            _ => return None,
        }
        at = parent;
    }
    None
}

fn last_name(node: NodeRef<'_>) -> Option<String> {
    matches!(node.kind(), Kind::Identifier | Kind::Member).then(|| node.name().to_owned())
}

/// Whether a field of this name holds a password that somebody chooses now, and not the one that is asked for.
fn is_chosen(field: &str) -> bool {
    let plain: String = field.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let chosen = [
        "password",
        "newpassword",
        "password1",
        "newpassword1",
        "passwordnew",
        "userpassword",
        "plainpassword",
        "passwordhash",
        "rawpassword",
        "adminpassword",
        "passwordschema",
        "strongpassword",
        "passwordvalidator",
        "passwordminlength",
    ];
    chosen.contains(&plain.as_str())
}

/// Whether the fields beside a password are those of an address that is shared, which a password may close:
/// `[body("target"), body("password"), body("customurl")]`.
fn is_of_a_link(node: NodeRef<'_>) -> bool {
    let Some(list) = node.ancestors().find(|above| {
        matches!(above.kind(), Kind::Array | Kind::Object) && { above.children_in(NodeRole::Item).count() > 1 }
    }) else {
        return false;
    };
    let names: Vec<String> = list
        .children_in(NodeRole::Item)
        .filter_map(|item| match item.kind() {
            Kind::Call => chain_text(item),
            Kind::Property => Some(item.name().to_owned()),
            _ => None,
        })
        .map(|name| name.to_ascii_lowercase())
        .collect();
    let has = |words: &[&str]| names.iter().any(|name| words.iter().any(|word| name.contains(word)));
    has(&["url", "link", "target", "slug"]) && !has(&["mail", "user", "login", "name", "phone"])
}

/// Whether the place checks the password that somebody has: a log-in must let everybody in who chose before.
fn is_about_log_in(file: &Visit<'_>, node: NodeRef<'_>) -> bool {
    let speaks = |name: &str| {
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
        ["login", "signin", "logon", "credential", "authenticate", "confirm", "current", "unlock", "protected"]
            .iter()
            .any(|word| plain.contains(word))
    };
    if speaks(file.file.name()) {
        return true;
    }
    node.ancestors().any(|above| match above.kind() {
        Kind::Assignment => above.child(NodeRole::Target).is_some_and(|target| speaks(target.name())),
        Kind::Class | Kind::Function | Kind::Property => speaks(above.name()),
        _ => false,
    })
}
