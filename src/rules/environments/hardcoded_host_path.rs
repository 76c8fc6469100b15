//! `hardcoded-host-path`: code names no path that one machine or one image alone has.

use crate::{
    code::{Kind, NodeRef},
    model::{Confidence, Message, Verdict},
    repo::Role,
    rule::{Context, Out, Rule, Visit, Watch},
};

pub(in crate::rules) static RULE: HardcodedHostPath = HardcodedHostPath;

pub(in crate::rules) struct HardcodedHostPath;

impl Rule for HardcodedHostPath {
    fn id(&self) -> &'static str {
        "hardcoded-host-path"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::String, Kind::Call]).keywords(&["/home/", "Users", "sys.path"])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        if node.is(Kind::Call) {
            if let Some(path) = import_path(node) {
                let observation = out.bad(file.place(node), Message::new("import").with("path", path));
                observation.confidence = Confidence::Likely;
            }
            return;
        }
        if let Some(owner) = home_of(node.name())
            && !node.is_dev_only()
        {
            let observation = out.bad(file.place(node), Message::new("home").with("owner", owner));
            observation.confidence = Confidence::Likely;
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let files = cx.files(Role::Source).filter(|file| file.language.is_some()).count();
        if files == 0 {
            return Verdict::not_applicable("no-code");
        }
        cx.judged(|| Verdict::pass(cx.searched("searched", files), []))
    }
}

/// `sys.path.insert(0, "/app/src")`.
fn import_path(node: NodeRef<'_>) -> Option<String> {
    let index = match node.callee_path()?.as_str() {
        "sys.path.insert" => 1,
        "sys.path.append" => 0,
        _ => return None,
    };
    node.argument(index)?.constant_str().filter(|path| path.starts_with('/') && path.len() > 1)
}

/// The owner of the home folder that a text is a path in. A route of the web (`/home/orders`) is none.
fn home_of(text: &str) -> Option<&str> {
    if text.len() > 200 || text.contains(char::is_whitespace) {
        return None;
    }
    let rest = text.strip_prefix("/home/").or_else(|| text.strip_prefix("/Users/")).or_else(|| {
        text.get(1..).and_then(|rest| rest.strip_prefix(":\\Users\\").or_else(|| rest.strip_prefix(":/Users/")))
    })?;
    let mut parts = rest.split(['/', '\\']);
    let owner = parts.next()?;
    let below = parts.next()?;
    let anybody = [
        "user",
        "username",
        "node",
        "app",
        "you",
        "me",
        "runner",
        "example",
        "name",
        "your-name",
        "yourname",
        "foo",
        "test",
        "someone",
    ];
    let plain = !owner.is_empty() && owner.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    let folders = [
        "documents",
        "desktop",
        "downloads",
        "projects",
        "project",
        "repos",
        "work",
        "workspace",
        "code",
        "dev",
        "src",
        "data",
        "bin",
        "library",
        "appdata",
        "pictures",
        "videos",
        "music",
        "www",
        "public_html",
        "venv",
        "miniconda3",
        "anaconda3",
    ];
    let known = folders.contains(&below.to_ascii_lowercase().as_str()) || below.starts_with('.') && below.len() > 1;
    let last = rest.rsplit(['/', '\\']).next().unwrap_or_default();
    let file = last.rsplit_once('.').is_some_and(|(stem, end)| !stem.is_empty() && (1..=5).contains(&end.len()));
    (plain && !anybody.contains(&owner.to_ascii_lowercase().as_str()) && (known || file)).then_some(owner)
}

#[cfg(test)]
mod tests {
    use super::home_of;

    #[test]
    fn only_folders_of_people_count() {
        for (text, expected) in [
            ("/home/kim/projects/shop/fonts", true),
            ("/Users/kim/data.csv", true),
            ("C:\\Users\\Kim\\Desktop\\out", true),
            ("/home/kim/.ssh/id", true),
            ("/home/orders/list", false),
            ("/Users/", false),
            ("/home/user/data.csv", false),
            ("/home/node/app/index.js", false),
            ("/Users/{id}/photo.png", false),
        ] {
            assert_eq!(home_of(text).is_some(), expected, "{text}");
        }
    }
}
