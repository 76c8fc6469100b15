//! Audits a repository for production readiness: a verdict with evidence for every criterion.

pub mod assemble;
pub mod code;
pub mod config;
pub mod doc;
pub mod engine;
pub mod facts;
pub mod i18n;
pub mod model;
pub mod repo;
pub mod report;
pub mod rule;
pub mod rules;
pub mod score;
pub mod suppress;
pub mod text;
