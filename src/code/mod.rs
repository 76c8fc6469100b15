//! Source code as rules see it: one lowered tree for every language, its bindings, and the questions asked of it.
//!
//! Dockerfiles and shell have their own small trees. No parser type leaves this folder's `lower/`.

mod ask;
mod binding;
pub mod docker;
mod dump;
mod lower;
pub mod shell;
pub mod sql;
mod tree;
mod vocabulary;

pub use ask::{Constant, EnvRead, Guard, env_reads};
pub use binding::{Binding, BindingId, BindingKind};
pub use dump::dump;
#[doc(hidden)]
#[cfg(feature = "exact")]
pub use lower::lower_exactly;
pub use lower::{Census, census, lower_tolerantly};
pub use lower::{Language, Lowered, lower};
pub use tree::{Flags, Kind, NodeId, NodeRef, Role, Tree, TreeBuilder};
