//! The report as one self-contained page: no request leaves it, and everything that it shows is escaped by the
//! template.

mod code;
mod view;
mod words;

use std::io;

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, syntax::SyntaxConfig, value::Serde};

use super::Report;

/// Decisions that belong to the caller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Shown in the header as it is; without it there is no date.
    pub date: Option<String>,
}

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Writes the page.
///
/// # Errors
/// What `out` cannot take.
pub fn write(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().map_err(io::Error::other)?;
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(syntax);
    environment.add_template("page", PAGE).map_err(io::Error::other)?;
    // Style and script are ours, and the only text that the template does not escape.
    environment.add_global("style", Value::from_safe_string(STYLE.to_owned()));
    environment.add_global("script", Value::from_safe_string(SCRIPT.to_owned()));
    let page = environment.get_template("page").map_err(io::Error::other)?;
    let view = Value::from(Serde(view::of(report, options.date.as_deref())));
    out.write_all(page.render(view).map_err(io::Error::other)?.as_bytes())?;
    out.write_all(b"\n")
}
