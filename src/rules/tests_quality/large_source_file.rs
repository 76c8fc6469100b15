//! `large-source-file`: files and functions are small enough to be understood.

use crate::{
    code::{Kind, NodeRef, Role},
    facts::Visit,
    model::{Confidence, Message, Observation, Place, Site, Verdict},
    repo::{File, FileKind},
    rule::{Context, Out, Rule, Watch, site_of},
};

pub(in crate::rules) static RULE: LargeSourceFile = LargeSourceFile;

pub(in crate::rules) struct LargeSourceFile;

/// Functions with fewer lines are short for everybody: the least that `function-lines` may be.
const SHORT: usize = 50;

/// Findings that a verdict names: the worst.
const SHOWN: usize = 10;

impl Rule for LargeSourceFile {
    fn id(&self) -> &'static str {
        "large-source-file"
    }

    fn watch(&self) -> Watch {
        let mut watch = Watch::nodes(&[Kind::Function]);
        watch.text = true;
        watch
    }

    fn text(&self, file: &Visit<'_>, out: &mut Out<'_>) {
        if !is_code(file.file) || is_data(file) {
            return;
        }
        let lines = file.text.lines().count();
        out.note(Place::File(file.file.id), Message::new("file").count("n", lines)).key = format!("{lines:08}");
    }

    fn node(&self, file: &Visit<'_>, function: NodeRef<'_>, out: &mut Out<'_>) {
        // Shorter text cannot have as many lines.
        if function.text().lines().count() <= SHORT
            || !is_code(file.file)
            || holds_markup(function)
            || gives_table(function)
        {
            return;
        }
        let lines = own_lines(function);
        if lines > SHORT {
            let name = function.function_name().unwrap_or("function");
            let found = out.note(file.place(function), Message::new("function").with("name", name).count("n", lines));
            found.key = format!("{lines:08}");
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let files = cx.seen.iter().filter(|seen| matches!(seen.place, Place::File(_))).count();
        if files == 0 {
            return Verdict::not_applicable("no-code");
        }
        let (long_file, long_function) = (cx.whole("file-lines"), cx.whole("function-lines"));
        let is_long = |seen: &&Observation| {
            let most = if matches!(seen.place, Place::File(_)) { long_file } else { long_function };
            seen.key.parse::<usize>().is_ok_and(|lines| lines > most)
        };
        let mut bad: Vec<_> = cx.seen.iter().filter(is_long).collect();
        bad.sort_by(|a, b| (&b.key, &a.place).cmp(&(&a.key, &b.place)));
        let of_files = bad.iter().filter(|seen| matches!(seen.place, Place::File(_))).count();
        let limits = |message: Message| message.count("most", long_file).count("longest", long_function);
        let detail = limits(Message::new("detail").count("files", of_files).count("functions", bad.len() - of_files));
        let sites: Vec<Site> = bad
            .iter()
            .take(SHOWN)
            .map(|seen| {
                let mut site = site_of(seen).confidence(Confidence::Certain);
                site.key.clear();
                site
            })
            .collect();
        if sites.is_empty() {
            return Verdict::pass(cx.searched(limits(Message::new("searched")), files), []);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-code")).detail(detail).sites(files, files - of_files)
    }
}

/// Code that people write and read.
fn is_code(file: &File) -> bool {
    let path = file.path.as_str().to_ascii_lowercase();
    let told = [
        "migrat",
        "locale",
        "i18n",
        "translation",
        "schema",
        "fixture",
        "generated",
        "constants",
        ".d.ts",
        "vendor/",
        "seed",
        // Components of user interfaces are judged elsewhere.
        ".tsx",
        ".jsx",
    ];
    file.kind == FileKind::Code && !told.iter().any(|part| path.contains(part))
}

/// Tables of data in the form of code: most lines stand in no function and no class.
fn is_data(file: &Visit<'_>) -> bool {
    let Some(tree) = file.tree else { return false };
    let inside: usize = tree
        .nodes()
        .filter(|node| {
            matches!(node.kind(), Kind::Function | Kind::Class)
                && !node.ancestors().any(|above| matches!(above.kind(), Kind::Function | Kind::Class))
        })
        .map(|node| node.text().len())
        .sum();
    inside * 2 < file.text.len()
}

/// A component of a user interface, which is judged elsewhere.
fn holds_markup(function: NodeRef<'_>) -> bool {
    function.descendants().any(|node| node.is(Kind::JsxElement))
}

/// A function that gives a table: nothing in it branches, and nearly all of it is the value that it returns.
fn gives_table(function: NodeRef<'_>) -> bool {
    let Some(body) = function.child(Role::Body) else { return false };
    let last = body.children_in(Role::Item).last();
    let given = if body.is(Kind::Block) {
        last.filter(|last| last.is(Kind::Return)).and_then(|last| last.child(Role::Value))
    } else {
        Some(body)
    };
    let Some(table) = given.filter(|given| matches!(given.kind(), Kind::Object | Kind::Array)) else { return false };
    let branches = [Kind::If, Kind::Switch, Kind::Loop, Kind::Try];
    !body.descendants().any(|node| branches.contains(&node.kind()))
        && table.text().lines().count() * 5 >= function.text().lines().count() * 4
}

/// The lines of a function without those of the functions and the long texts in it.
fn own_lines(function: NodeRef<'_>) -> usize {
    let inner: usize = function
        .descendants()
        .filter(|node| matches!(node.kind(), Kind::Function | Kind::Template | Kind::String))
        .filter(|node| node.enclosing_function().map(NodeRef::id) == Some(function.id()))
        .filter(|node| !node.parent().is_some_and(|parent| parent.is(Kind::Template)))
        .map(|node| node.text().lines().count().saturating_sub(1))
        .sum();
    function.text().lines().count().saturating_sub(inner)
}
