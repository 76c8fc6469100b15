//! What the repository answers, with what stands in front of it.

use serde::{Deserialize, Serialize};

/// A route that is no page, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// `GET`, …; `ALL` when every method is handled. Empty for anything but HTTP.
    pub method: String,
    /// `/api/users/:id`, secrets masked; the name of a procedure or a server action.
    pub route: String,
    /// `http`, `server-action`, `procedure`, `web-socket`: an open set.
    pub kind: String,
    pub framework: String,
    pub component: String,
    /// Where it is registered.
    pub place: Lines,
    /// Its function, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handler: Option<Lines>,
    pub access: Access,
    /// Why everybody may call it (`health`, `webhook`, ...), or why not everything is known (`mount`, `handler`, ...).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// In the order in which they run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guards: Vec<Guard>,
    pub rate_limited: bool,
    pub validated: bool,
    /// Fingerprints of the open findings on these lines, in the order of the report. Guesses are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<String>,
}

/// A part of a file; without lines the file as a whole.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Lines {
    pub path: String,
    pub first: Option<u32>,
    pub last: Option<u32>,
}

/// Who may call an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// Callers are checked.
    Guarded,
    /// Everybody, on purpose.
    Public,
    /// The whole way of a request is known, and nothing on it checks the caller.
    Open,
    /// Not everything about it is known.
    Unresolved,
}

/// Something that runs before the handler or decides inside it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Guard {
    /// `authenticates`, `authorizes`, `verifies`, `identifies`, `rate-limits`, `validates`, `csrf`, `unknown`.
    pub does: String,
    /// As the code names it.
    pub name: String,
}

impl Lines {
    /// Whether `line` of `path` lies in it; what has no lines holds none.
    pub fn holds(&self, path: &str, line: u32) -> bool {
        let (Some(first), Some(last)) = (self.first, self.last) else { return false };
        self.path == path && (first..=last).contains(&line)
    }
}
