//! Text as people read it: lines and columns, excerpts, and the masking of secrets.

pub mod comments;
pub mod excerpt;
mod line_changes;
pub mod mask;
mod read;
pub mod remembered;
pub mod secrets;

pub use line_changes::{LineChange, line_changes};
pub use read::{DecodeError, decode};
