//! `explicit-any`: TypeScript code says its types instead of `any`. One finding for each file.

use crate::{
    code::{Kind, Language, NodeRef, Tree},
    model::{Message, Place, Severity, Site, Span, Tone, Verdict},
    repo::{File, Role},
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: ExplicitAny = ExplicitAny;

pub(in crate::rules) struct ExplicitAny;

/// Places besides the first that a finding names.
const NAMED: usize = 5;

impl Rule for ExplicitAny {
    fn id(&self) -> &'static str {
        "explicit-any"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Module]).keywords(&["any", "@ts-nocheck"])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        if !is_typescript(file.file) {
            return;
        }
        let id = file.file.id;
        if let Some(span) = nocheck(node) {
            out.bad(Place::At(id, span), "unchecked");
        }
        for span in places(node.tree()) {
            out.note(Place::At(id, span), "bad");
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let files = cx.files(Role::Source).filter(|file| is_typescript(file)).count();
        if files == 0 {
            return Verdict::not_applicable("no-typescript");
        }
        let mut sites: Vec<Site> =
            cx.seen.iter().filter(|seen| seen.tone == Tone::Bad).map(|seen| unchecked(&seen.place)).collect();
        let noted: Vec<&Place> =
            cx.seen.iter().filter(|seen| seen.tone == Tone::Note).map(|seen| &seen.place).collect();
        let groups: Vec<_> = noted.chunk_by(|one, next| one.file() == next.file()).collect();
        // As many make a file a place where types are not used.
        let many = cx.whole("many");
        sites.extend(groups.iter().map(|places| in_file(places, many)));
        let detail = Message::new("density").count("n", noted.len()).count("files", groups.len()).count("all", files);
        let fine = files.saturating_sub(groups.len());
        if sites.is_empty() {
            return Verdict::pass(cx.searched("searched", files), []).sites(files, files);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-typescript")).detail(detail).sites(files, fine)
    }
}

fn unchecked(place: &Place) -> Site {
    Site::new(place.clone(), "unchecked").severity(Severity::Medium).key("nocheck")
}

fn in_file(places: &[&Place], most: usize) -> Site {
    let n = places.len();
    let many = n >= most;
    let message = Message::new(if many { "many" } else { "bad" }).count("n", n);
    let mut site = Site::new(places[0].clone(), message).key("any");
    if many {
        site = site.severity(Severity::Medium);
    }
    for place in places.iter().skip(1).take(NAMED) {
        site = site.related((*place).clone(), "next");
    }
    site
}

/// Declarations (`.d.ts`) describe what others wrote.
fn is_typescript(file: &File) -> bool {
    matches!(file.language, Some(Language::TypeScript | Language::Tsx)) && !file.name().contains(".d.")
}

/// The comment at the top that switches the compiler off.
fn nocheck(module: NodeRef<'_>) -> Option<Span> {
    let first = module.children().take_while(|child| child.is(Kind::Comment));
    let mut said =
        first.filter(|comment| comment.text().trim_start_matches(['/', '*', ' ']).starts_with("@ts-nocheck"));
    said.next().map(NodeRef::span)
}

/// Every `any` that is a type. Types have no nodes of their own, so the words are found in the text, outside of what
/// is no code and of what has a name of its own.
fn places(tree: &Tree<'_>) -> Vec<Span> {
    let source = tree.source();
    let mut quoted: Vec<Span> = Vec::new();
    let mut named: Vec<u32> = Vec::new();
    for node in tree.nodes() {
        match node.kind() {
            Kind::String | Kind::Comment | Kind::Regex => quoted.push(node.span()),
            Kind::Identifier | Kind::Property | Kind::Function | Kind::Parameter | Kind::ImportName
                if node.name() == "any" =>
            {
                named.push(node.span().start);
            }
            _ => {}
        }
    }
    let mut found = Vec::new();
    // Strings and comments are in source order and do not overlap, so one cursor is enough.
    let mut next = 0;
    for (start, _) in source.match_indices("any") {
        let span = Span::new(start, start + 3);
        while quoted.get(next).is_some_and(|quote| quote.end <= span.start) {
            next += 1;
        }
        let inside = quoted.get(next).is_some_and(|quote| quote.start <= span.start);
        if !inside && named.binary_search(&span.start).is_err() && is_type(source, start) && !is_waived(source, start) {
            found.push(span);
        }
    }
    found
}

/// Whether the word at `start` stands where a type can stand, and for something that could have a better one.
fn is_type(source: &str, start: usize) -> bool {
    let (before, after) = (&source[..start], &source[start + 3..]);
    let in_word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '-');
    if before.ends_with(in_word) || after.starts_with(in_word) {
        return false;
    }
    let before = before.trim_end();
    let after = after.trim_start();
    let behind_type = before.ends_with([':', '<', ',', '|', '&', '='])
        || before.ends_with("=>")
        || before.ends_with('(')
        || ["as", "extends", "is", "keyof", "readonly"].iter().any(|word| ends_with_word(before, word));
    // The name of a member or a parameter of a type, which has no node: `(any: string) => void`.
    let named = before.ends_with([',', '(']) && (after.starts_with([':', '(']) || after.starts_with("?:"));
    behind_type && !named && !is_idiom(before, after)
}

fn ends_with_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word).is_some_and(|rest| rest.ends_with(char::is_whitespace) || rest.ends_with([')', ']', '}']))
}

/// "Any function" can only be said with `any`: `(...args: any[]) => any`, and `T extends any[]` or `T extends any`.
fn is_idiom(before: &str, after: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or(before);
    if ends_with_word(before, "extends") {
        return true;
    }
    // An interface is assignable to no record of `unknown`: `T extends Record<string, any>`.
    let record = before.strip_suffix(',').and_then(|rest| rest.trim_end().strip_suffix("Record<string"));
    if record.is_some_and(|rest| ends_with_word(rest.trim_end(), "extends")) {
        return true;
    }
    let rest = line.rsplit(['(', ',']).next().unwrap_or(line).trim_start();
    let spread = rest.starts_with("...") && after.starts_with("[]");
    spread || (before.ends_with("=>") && line.contains("(..."))
}

/// A linter's comment permits it on this line.
fn is_waived(source: &str, start: usize) -> bool {
    const WAIVERS: [&str; 2] = ["no-explicit-any", "noExplicitAny"];
    let begin = source[..start].rfind('\n').map_or(0, |at| at + 1);
    let end = source[start..].find('\n').map_or(source.len(), |at| start + at);
    let above = source[..begin].trim_end_matches('\n').rsplit('\n').next().unwrap_or_default().trim_start();
    let says = |line: &str| WAIVERS.iter().any(|waiver| line.contains(waiver));
    (above.starts_with(['/', '*', '{'])
        && (above.contains("disable-next-line") || above.contains("biome-ignore"))
        && says(above))
        || (source[begin..end].contains("disable-line") && says(&source[begin..end]))
}
