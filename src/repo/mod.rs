//! The index of the repository: files, kinds, roles, components, technology profile, what git tracks.
