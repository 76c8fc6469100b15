//! `env-contract-conflict`: what is set for a variable is something that the code which reads it takes.

use std::collections::BTreeMap;

use crate::{
    code::{Kind, Language, NodeRef, Role as NodeRole},
    doc::Node,
    facts::{
        compose,
        credentials::{Given, Setting, services},
        images::is_development,
    },
    model::{Confidence, Evidence, FileId, Message, Observation, Place, Site, Span, Verdict},
    repo::{File, FileKind, Role},
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: EnvContractConflict = EnvContractConflict;

pub(in crate::rules) struct EnvContractConflict;

/// Values that a finding lists.
const NAMED: usize = 6;

/// Places that a pass names.
const SHOWN: usize = 5;

impl Rule for EnvContractConflict {
    fn id(&self) -> &'static str {
        "env-contract-conflict"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call, Kind::Property, Kind::Assignment])
            .keywords(&["z.enum(", "choices", ".valid(", "BaseSettings", "'hex'", "\"hex\"", "'base64'", "\"base64\""])
            .roles(&[Role::Source, Role::Config])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        let script = file.file.language.is_some_and(Language::is_script);
        if let Some((name, encoding)) = decoded(node).filter(|_| script && !node.is_dev_only()) {
            let noted = out.note(file.place(node), "decoded");
            noted.key = format!("{name}={encoding}");
            return;
        }
        let rule = if script { allowed(file, node) } else { in_settings_class(file, node) };
        if let Some((name, kind)) = rule {
            out.note(file.place(node), "contract").key = match kind {
                Takes::OneOf(values) => format!("{name}|{}", values.join("|")),
                Takes::Json => format!("{name}:"),
            };
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine) = (decoded_differently(cx.seen), Vec::new());
        let contracts: Vec<&Observation> = cx.seen.iter().filter(|seen| seen.message.key == "contract").collect();
        let given = if contracts.is_empty() { Vec::new() } else { given(cx) };
        for contract in contracts {
            let (name, takes) = read(&contract.key);
            for setting in given.iter().filter(|setting| setting.name == name) {
                match conflict(&takes, &setting.text) {
                    Some(message) => {
                        let site = Site::new(setting.place.clone(), message.with("name", name));
                        let site = site.confidence(Confidence::Likely).key(name);
                        sites.push(site.related(contract.place.clone(), "contract"));
                    }
                    None => fine.push(Evidence::At {
                        place: setting.place.clone(),
                        note: Message::new("fits").with("name", name),
                    }),
                }
            }
        }
        sites.sort_by(|a, b| a.place.cmp(&b.place));
        sites.dedup_by(|a, b| a.place == b.place);
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        fine.truncate(SHOWN);
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("none")).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("none")).also_fine(fine).sites(total, ok)
    }
}

/// What a variable may hold.
enum Takes {
    OneOf(Vec<String>),
    /// A list or a map that is read as JSON.
    Json,
}

fn read(key: &str) -> (&str, Takes) {
    match key.strip_suffix(':') {
        Some(name) => (name, Takes::Json),
        None => {
            let mut parts = key.split('|');
            let name = parts.next().unwrap_or_default();
            (name, Takes::OneOf(parts.map(str::to_owned).collect()))
        }
    }
}

/// What is wrong with a value, if anything is.
fn conflict(takes: &Takes, value: &str) -> Option<Message> {
    match takes {
        Takes::OneOf(values) => {
            let listed = values.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
            (!values.iter().any(|one| one == value))
                .then(|| Message::new("not-one").with("value", value).with("values", listed))
        }
        Takes::Json => (!value.starts_with(['[', '{', '"'])).then(|| Message::new("not-json").with("value", value)),
    }
}

/// A variable whose value is decoded, with the encoding: `Buffer.from(process.env.KEY, 'hex')`.
fn decoded(call: NodeRef<'_>) -> Option<(String, &str)> {
    if !call.is(Kind::Call) || call.callee_path().as_deref() != Some("Buffer.from") {
        return None;
    }
    let encoding = call.argument(1).filter(|encoding| encoding.is(Kind::String))?.name();
    let name = call.argument(0)?.resolved().env_expression().env_read()?.name;
    matches!(encoding, "hex" | "base64" | "base64url").then_some((name, encoding))
}

/// Variables that two places decode in different ways.
fn decoded_differently(seen: &[Observation]) -> Vec<Site> {
    let mut by_name: BTreeMap<&str, Vec<(&str, &Observation)>> = BTreeMap::new();
    for one in seen.iter().filter(|one| one.message.key == "decoded") {
        if let Some((name, encoding)) = one.key.split_once('=') {
            by_name.entry(name).or_default().push((encoding, one));
        }
    }
    let mut sites = Vec::new();
    for (name, places) in by_name {
        let Some((first, place)) = places.first() else { continue };
        if let Some((other, second)) = places.iter().find(|(encoding, _)| encoding != first) {
            let message = Message::new("encodings").with("name", name).with("one", *first).with("other", *other);
            let site = Site::new(second.place.clone(), message).confidence(Confidence::Likely).key(name);
            sites.push(site.related(place.place.clone(), "decoded"));
        }
    }
    sites
}

/// A key of a schema of the environment that lists what it takes.
fn allowed(file: &Visit<'_>, property: NodeRef<'_>) -> Option<(String, Takes)> {
    if !property.is(Kind::Property) || !is_variable(property.name()) || !speaks_of_environment(file) {
        return None;
    }
    let mut at = property.child(NodeRole::Value)?;
    for _ in 0..8 {
        if !at.is(Kind::Call) {
            return None;
        }
        let values = match at.callee_name()? {
            "enum" => at.argument(0).map(NodeRef::resolved).filter(|list| list.is(Kind::Array)),
            "str" => at.argument(0)?.property("choices").map(NodeRef::resolved).filter(|list| list.is(Kind::Array)),
            "valid" => Some(at),
            // These change what the list is asked about.
            "transform" | "preprocess" | "catch" | "pipe" | "insensitive" | "lowercase" | "or" => return None,
            _ => None,
        };
        if let Some(values) = values {
            return Some((property.name().to_owned(), Takes::OneOf(texts(values)?)));
        }
        at = at.receiver()?;
    }
    None
}

/// The texts of a list or of the arguments of a call, when nothing else is among them.
fn texts(list: NodeRef<'_>) -> Option<Vec<String>> {
    let role = if list.is(Kind::Call) { NodeRole::Argument } else { NodeRole::Item };
    let values: Option<Vec<String>> = list.children_in(role).map(NodeRef::constant_str).collect();
    values.filter(|values| !values.is_empty() && values.iter().all(|value| !value.contains('|')))
}

fn is_variable(name: &str) -> bool {
    name.contains('_') && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

fn speaks_of_environment(file: &Visit<'_>) -> bool {
    file.text.contains("process.env") || file.text.contains("cleanEnv") || file.file.name().contains("env")
}

/// A field of pydantic's settings that takes one of some texts, or a list that is read as JSON.
fn in_settings_class(file: &Visit<'_>, field: NodeRef<'_>) -> Option<(String, Takes)> {
    let class = field.parent().filter(|class| field.is(Kind::Assignment) && class.is(Kind::Class))?;
    let settings = class
        .children_in(NodeRole::Base)
        .any(|base| base.api_path().is_some_and(|path| path.ends_with("BaseSettings") && path.starts_with("pydantic")));
    // Names and values may be read in another way than pydantic's own.
    let other = ["env_prefix", "alias", "NoDecode", "enable_decoding", "parse_env_var", "prepare_field_value", "env="];
    if !settings || other.iter().any(|word| file.text.contains(word)) {
        return None;
    }
    let name = field.child(NodeRole::Target).filter(|target| target.is(Kind::Identifier))?.name().to_ascii_uppercase();
    let annotation = field.child(NodeRole::Annotation)?.text().replace(' ', "");
    if let Some(inner) = annotation.strip_prefix("Literal[").and_then(|rest| rest.strip_suffix(']')) {
        let values: Option<Vec<String>> = inner
            .split(',')
            .map(|one| ['"', '\''].iter().find_map(|quote| one.strip_prefix(*quote)?.strip_suffix(*quote)))
            .map(|one| one.map(str::to_owned))
            .collect();
        return Some((name, Takes::OneOf(values?)));
    }
    let listed = ["list[", "List[", "set[", "Set[", "tuple[", "Tuple[", "dict[", "Dict[", "Sequence["];
    // A union takes the text as it is when it is no JSON.
    let plain = annotation.ends_with(']') && !annotation.contains('|');
    (plain && listed.iter().any(|start| annotation.starts_with(start))).then_some((name, Takes::Json))
}

/// A value that a tracked file sets.
struct GivenValue {
    name: String,
    text: String,
    place: Place,
}

/// What templates, files of variables and Compose set for the component.
fn given(cx: &Context<'_>) -> Vec<GivenValue> {
    let mut found = Vec::new();
    let alone = cx.repo.components().iter().filter(|component| component.kind.is_deployable()).count() <= 1;
    for file in cx.repo.files() {
        if matches!(file.kind, FileKind::Env | FileKind::EnvExample) && (cx.covers(file.id) || is_shared(file, alone)) {
            found.extend(in_file(cx, file));
        }
    }
    for service in compose::services(cx.repo) {
        let Some(build) = &service.build else { continue };
        if build.context != *cx.component.folder() || service.file.role == Role::Test {
            continue;
        }
        found.extend(services::variables(&service).iter().filter_map(in_compose));
    }
    found.retain(|one| is_meant(&one.text));
    found
}

/// A file in the root of a repository with one service is that service's.
fn is_shared(file: &File, alone: bool) -> bool {
    alone && file.folder().as_str().is_empty()
}

fn in_file(cx: &Context<'_>, file: &File) -> Vec<GivenValue> {
    let test = file.name().split('.').any(|part| matches!(part, "test" | "testing" | "ci"));
    let Some(root) = cx.repo.doc(file.id).and_then(|doc| doc.root()).filter(|_| !test) else { return Vec::new() };
    let value = |entry: &crate::doc::Entry| {
        let text = Node::text(&entry.value)?.to_owned();
        Some(GivenValue { name: entry.key.clone(), text, place: at(file.id, entry.span()) })
    };
    root.entries().iter().filter_map(value).collect()
}

fn at(file: FileId, span: Span) -> Place {
    Place::At(file, span)
}

fn in_compose(setting: &Setting<'_>) -> Option<GivenValue> {
    let text = match setting.given() {
        Given::Literal(text) | Given::Default { text, .. } => text.to_owned(),
        Given::Empty | Given::Reference | Given::Mixed => return None,
    };
    (!is_development(setting.file)).then(|| GivenValue { name: setting.name.clone(), text, place: setting.place() })
}

/// Whether a value is meant to be used as it is, and not to be filled in.
fn is_meant(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    !text.is_empty()
        && !text.contains(['$', '<', '|'])
        && !["your", "change", "xxx", "todo", "replace", "..."].iter().any(|word| lower.contains(word))
}
