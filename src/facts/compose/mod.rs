//! Compose: the services of each file ([`services`]), and the projects that are started from files together
//! ([`projects`]).

mod discover;
mod file;
mod ignored;
mod interpolate;
mod known;
mod merge;
mod mount;
mod network;
mod port;
mod project;
mod service;
mod stage;
mod start;
#[cfg(test)]
mod tests;

pub use file::{Build, ComposeService, MAX_SERVICES, file_at, inside, is_cut, normalised, services};
pub use ignored::is_ignored;
pub use interpolate::{Interpolated, Use, ValueOf, Variables, interpolate};
pub use known::{ServiceKind, datastore_of, default_ports, has_own_healthcheck, kind_of_image};
pub use mount::{Mount, MountKind};
pub use port::{Exposure, Port};
pub use project::{Declared, Missing, Project, Unresolved, projects};
pub use service::{Condition, Dependency, EnvFile, EnvVariable, Limit, Service, Setting};
pub use stage::{Sign, Stage, is_build_twin, made_for_development};
pub use start::{Start, starts};
