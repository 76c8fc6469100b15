//! Shell commands inside scripts, `RUN` lines and workflow steps.
