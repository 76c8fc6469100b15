//! What a README says the repository is for.

use super::is_readme;
use crate::repo::Repo;

/// Words in the title of what others copy.
const COPIED: [&str; 6] = ["template", "boilerplate", "starter", "skeleton", "scaffold", "blueprint"];

/// Whether the README of the root says that the repository is a template or a demonstration: others build on it, or look
/// at it, and nobody runs it in production.
pub fn is_showcase(repo: &Repo) -> bool {
    let mut readmes = repo.files().iter().filter(|file| file.folder().as_str().is_empty() && is_readme(&file.path));
    readmes.any(|file| repo.read(file.id).is_ok_and(|text| says_showcase(&text)))
}

fn says_showcase(text: &str) -> bool {
    /// A README says it at its beginning.
    const LINES: usize = 60;
    let head: Vec<String> = text.lines().take(LINES).map(|line| line.trim().to_lowercase()).collect();
    let all = head.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| all.contains(phrase));
    let title = head.iter().find_map(|line| line.strip_prefix("# ")).unwrap_or_default();
    let named = title.split(|char: char| !char.is_alphanumeric()).any(|word| COPIED.contains(&word));
    let copied = COPIED.iter().any(|word| says(&[&format!("this {word}"), &format!("{word} for ")]));
    let shown = says(&["for demonstration", "for educational purposes", "demonstration purposes", "demo purposes"]);
    let no_production = says(&[
        "not a full-fledged production",
        "not a production",
        "not for production",
        "not intended for production",
    ]);
    named && copied || shown && (no_production || says(&["purely for", "only for", "purposes only"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_and_a_demonstration_say_so() {
        for (text, expected) in [
            ("# Express application template\n\nThe purpose of this template is to speed up new applications.", true),
            ("# Real World App\n\n> This application is purely for demonstration and educational purposes.", true),
            ("# Shop\n\nA demo for demonstration purposes; it is not a production system.", true),
            ("# Template Editor\n\nEdit the templates of your mails.", false),
            ("# Shop\n\nCopy this template of an environment file to `.env`.", false),
            ("# Shop\n\nA video for demonstration of all features.", false),
        ] {
            assert_eq!(says_showcase(text), expected, "{text}");
        }
    }
}
