//! Text as people read it: lines and columns, excerpts, and the masking of secrets.

mod read;

pub use read::{DecodeError, decode};
