//! What a report says and how its renderers show it.

mod samples;

use readiness::report::Report;
use readiness::report::markdown;
use readiness::report::terminal::{self, Options, Palette};
use samples::{bot, hostile, report, shop};

fn terminal(report: &Report, options: Options) -> String {
    let mut out = Vec::new();
    terminal::write(report, &options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn look() {
    let width = std::env::var("W").ok().and_then(|w| w.parse().ok()).unwrap_or(80);
    let palette = if std::env::var("C").is_ok() { Palette::coloured() } else { Palette::plain() };
    let all = std::env::var("A").is_ok();
    let options = Options { width, palette, all, quiet: false };
    let draft = match std::env::var("R").as_deref() {
        Ok("bot") => bot(),
        Ok("evil") => hostile(),
        _ => shop(),
    };
    if std::env::var("M").is_ok() {
        let mut out = Vec::new();
        markdown::write(&report(draft), &markdown::Options { date: Some("2025-11-24".into()) }, &mut out).unwrap();
        println!("{}", String::from_utf8(out).unwrap());
        return;
    }
    println!("{}", terminal(&report(draft), options));
}
