//! Text as people read it: lines and columns, excerpts, and the masking of secrets.

pub mod mask;
pub mod secrets;
