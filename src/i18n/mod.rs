//! Interface strings in English and Russian, plural forms, and the templates of the catalogue's messages.

pub mod audit;
pub mod checklist;
mod engine;
pub mod gate;
mod machine;
mod phrase;
pub mod plan;
mod plural;
pub mod review;
pub mod scenario;
mod strings;
mod template;

pub use engine::engine_text;
pub use machine::{MachineStrings, machine_strings};
pub use phrase::{Noun, Phrase};
pub use plural::{Plural, forms};
pub use strings::{Strings, strings};
pub use template::{TemplateError, render};
