//! Inline comments, configuration and fingerprints: what a team has accepted, with its reason.
