//! The report as one self-contained page: no request leaves it, and everything that it shows is escaped by the
//! template.

mod code;
mod document;
mod view;
mod words;

use std::io;

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, syntax::SyntaxConfig, value::Serde};
use serde::Serialize;

pub use document::document;

use super::Report;

/// Decisions that belong to the caller.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// Shown in the header as it is; without it there is no date.
    pub date: Option<String>,
}

/// Both pages begin with the same head; only the review has a script.
const PAGE: &str = concat!("{% set scripted = true %}", include_str!("head.html"), include_str!("page.html"));
const DOCUMENT: &str = concat!("{% set scripted = false %}", include_str!("head.html"), include_str!("document.html"));
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Writes the review as a page.
///
/// # Errors
/// What `out` cannot take.
pub fn write(report: &Report, options: &Options, out: &mut dyn io::Write) -> io::Result<()> {
    environment()?.write("page", view::of(report, options.date.as_deref()), out)
}

/// The templates, with everything that they show escaped.
struct Templates(Environment<'static>);

fn environment() -> io::Result<Templates> {
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build().map_err(io::Error::other)?;
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_syntax(syntax);
    environment.add_template("page", PAGE).map_err(io::Error::other)?;
    environment.add_template("document", DOCUMENT).map_err(io::Error::other)?;
    // Style and script are ours, and need no escape.
    environment.add_global("style", Value::from_safe_string(STYLE.to_owned()));
    environment.add_global("script", Value::from_safe_string(SCRIPT.to_owned()));
    Ok(Templates(environment))
}

impl Templates {
    fn write(&self, name: &str, view: impl Serialize, out: &mut dyn io::Write) -> io::Result<()> {
        let template = self.0.get_template(name).map_err(io::Error::other)?;
        let text = template.render(Value::from(Serde(view))).map_err(io::Error::other)?;
        out.write_all(text.as_bytes())?;
        out.write_all(b"\n")
    }
}
