//! Dockerfiles as stages and instructions.
