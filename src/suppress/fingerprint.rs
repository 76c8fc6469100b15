//! Names a finding so that it keeps its name when lines move: rule, path and content, never a line number.

use std::collections::BTreeMap;

/// What identifies a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identity<'a> {
    pub rule: &'a str,
    /// Relative to the scanned root.
    pub path: &'a str,
    /// What the rule says identifies it besides its path (a variable's name); else its excerpt, secrets masked.
    /// Space is folded, so that indentation and line breaks do not matter. Empty for what has no content.
    pub content: &'a str,
}

/// Sixteen hexadecimal digits for each finding, in the same order. Of several that are alike, the second and later
/// ones are told apart by their number, so the order must be that of the file.
pub fn fingerprints(identities: &[Identity<'_>]) -> Vec<String> {
    let mut seen: BTreeMap<(&str, &str, String), u32> = BTreeMap::new();
    identities
        .iter()
        .map(|identity| {
            let folded = identity.content.split_whitespace().collect::<Vec<_>>().join(" ");
            let print = |ordinal: u32| digest(identity.rule, identity.path, &folded, ordinal);
            let ordinal = seen.entry((identity.rule, identity.path, folded.clone())).or_default();
            let mine = print(*ordinal);
            *ordinal += 1;
            mine
        })
        .collect()
}

/// Sixteen hexadecimal digits of rule and content alone: they stay when a file is renamed and when lines move.
pub fn content_fingerprint(rule: &str, content: &str) -> String {
    let folded = content.split_whitespace().collect::<Vec<_>>().join(" ");
    digest(rule, "", &folded, 0)
}

fn digest(rule: &str, path: &str, content: &str, ordinal: u32) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in [rule, path, content] {
        hasher.update(part.as_bytes());
        // The length keeps `ab` + `` and `a` + `b` apart.
        hasher.update(&(part.len() as u64).to_le_bytes());
    }
    hasher.update(&ordinal.to_le_bytes());
    hasher.finalize().to_hex()[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(rule: &str, path: &str, content: &str) -> String {
        fingerprints(&[Identity { rule, path, content }]).remove(0)
    }

    #[test]
    fn it_is_sixteen_digits_and_stable() {
        // A change of this value loses every baseline that users have.
        assert_eq!(one("schema-push", "package.json", "\"push\": \"drizzle-kit push\""), "f38053748f45ab5c");
    }

    #[test]
    fn space_does_not_matter_and_everything_else_does() {
        let original = one("a", "b.ts", "cors({\n  origin: true\n})");
        assert_eq!(one("a", "b.ts", "  cors({ origin:   true })\n"), original);
        assert_ne!(one("a", "b.ts", "cors({ origin: false })"), original);
        assert_ne!(one("a", "c.ts", "cors({ origin: true })"), original);
        assert_ne!(one("b", "b.ts", "cors({ origin: true })"), original);
        assert_ne!(one("ab", "", ""), one("a", "b", ""));
    }

    #[test]
    fn content_has_a_name_of_its_own() {
        assert_eq!(content_fingerprint("a", "cors( x )"), content_fingerprint("a", "cors(\n  x )"));
        assert_ne!(content_fingerprint("a", "cors()"), content_fingerprint("b", "cors()"));
    }

    #[test]
    fn alike_findings_are_numbered() {
        let alike = Identity { rule: "a", path: "b.ts", content: "console.log(x)" };
        let other = Identity { content: "console.log(y)", ..alike };
        let prints = fingerprints(&[alike, other, alike, alike]);
        assert_eq!(prints[0], one("a", "b.ts", "console.log(x)"));
        assert_eq!(prints[1], one("a", "b.ts", "console.log(y)"));
        let distinct: std::collections::BTreeSet<&String> = prints.iter().collect();
        assert_eq!(distinct.len(), 4);
    }
}
