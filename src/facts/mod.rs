//! What many rules ask of a repository, extracted once per file and joined once per repository.
