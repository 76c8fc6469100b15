//! Report v1 and its renderers.
