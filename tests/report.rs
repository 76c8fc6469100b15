//! What a report says and how its renderers show it.

mod samples;

use readiness::report::Report;
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
    println!("{}", terminal(&report(draft), options));
}
