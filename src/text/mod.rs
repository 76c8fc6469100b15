//! Text as people read it: lines and columns, excerpts, and the masking of secrets.

pub mod excerpt;
pub mod mask;
mod read;
pub mod secrets;

pub use read::{DecodeError, decode};
