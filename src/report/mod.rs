//! Report v1 and its renderers. A renderer sees a [`Report`] and nothing else, and neither sorts, filters nor counts:
//! what it shows is in the report already, in the order in which it is shown.

pub mod agent;
pub mod badge;
mod basis;
pub mod compare;
mod endpoint;
mod first;
pub mod github;
pub mod gitlab;
mod headline;
pub mod html;
pub mod json;
pub mod junit;
mod lines;
pub mod markdown;
mod place;
pub mod sarif;
mod syntax;
pub mod terminal;
pub(crate) mod text;
mod v1;

pub use v1::*;
