//! Runtimes of languages: which version the project asks for, and which one images, pipelines and platforms provide.

mod provided;
pub mod range;
mod required;

pub use provided::{By, Provided, provided, varied};
pub use required::{Required, required};

/// A runtime whose version matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Runtime {
    Node,
    Python,
    Go,
    Java,
    Ruby,
    Php,
    Rust,
}

impl Runtime {
    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Node => "Node.js",
            Self::Python => "Python",
            Self::Go => "Go",
            Self::Java => "Java",
            Self::Ruby => "Ruby",
            Self::Php => "PHP",
            Self::Rust => "Rust",
        }
    }

    /// Numbers by which its releases differ in what programs notice.
    pub fn numbers(self) -> usize {
        match self {
            Self::Node | Self::Java => 1,
            Self::Python | Self::Go | Self::Ruby | Self::Php | Self::Rust => 2,
        }
    }
}
