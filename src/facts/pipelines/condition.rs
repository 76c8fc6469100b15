//! When a job can run: triggers as moments, and conditions answered for each moment.

use super::{Pipeline, Trigger};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    Push,
    Tag,
    PullRequest,
    Release,
    Manual,
    Schedule,
    /// Called by another workflow.
    Call,
    /// Another workflow of this repository ended.
    WorkflowRun,
    Other,
}

/// One occasion on which something runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    pub event: Event,
    /// The event's own name.
    pub name: String,
    /// The branch pushed to, or that a pull request goes to; `None` for any other than those listed.
    pub branch: Option<String>,
}

impl Moment {
    /// A change that is proposed or merged.
    pub fn is_change(&self) -> bool {
        match self.event {
            Event::PullRequest | Event::Push => true,
            Event::Other => self.name == "merge_group",
            _ => false,
        }
    }

    pub fn is_any_branch(&self) -> bool {
        self.event == Event::Push && self.branch.is_none()
    }

    fn reference(&self) -> Option<String> {
        match self.event {
            Event::Push => {
                self.branch.as_ref().filter(|name| !is_pattern(name)).map(|name| format!("refs/heads/{name}"))
            }
            Event::Tag => Some("refs/tags/".to_owned()),
            Event::PullRequest => Some("refs/pull/".to_owned()),
            _ => None,
        }
    }
}

fn is_pattern(branch: &str) -> bool {
    branch.contains(['*', '?', '[', '!'])
}

/// The moments that triggers allow.
pub(super) fn moments(triggers: &[Trigger]) -> Vec<Moment> {
    triggers.iter().flat_map(of_trigger).collect()
}

fn of_trigger(trigger: &Trigger) -> Vec<Moment> {
    let moment =
        |event, branch: Option<&String>| Moment { event, name: trigger.event.clone(), branch: branch.cloned() };
    let event = match trigger.event.as_str() {
        "push" => {
            let mut found = Vec::new();
            match &trigger.branches {
                Some(branches) => {
                    found.extend(branches.iter().filter(|name| !name.starts_with('!')).map(|name| {
                        let any = matches!(name.as_str(), "**" | "*" | "*/*");
                        moment(Event::Push, Some(name).filter(|_| !any))
                    }));
                }
                None if trigger.tags.is_none() || trigger.branches_ignored => found.push(moment(Event::Push, None)),
                None => {}
            }
            let unfiltered = trigger.branches.is_none() && !trigger.branches_ignored;
            if trigger.tags.is_some() || unfiltered {
                found.push(moment(Event::Tag, None));
            }
            return found;
        }
        // What is closed was merged or given up: no proposal any more.
        "pull_request" | "pull_request_target" if trigger.types == ["closed"] => Event::Other,
        "pull_request" | "pull_request_target" => {
            return match &trigger.branches {
                Some(branches) => branches.iter().map(|name| moment(Event::PullRequest, Some(name))).collect(),
                None => vec![moment(Event::PullRequest, None)],
            };
        }
        "release" => Event::Release,
        "workflow_dispatch" | "repository_dispatch" => Event::Manual,
        "schedule" => Event::Schedule,
        "workflow_call" => Event::Call,
        "workflow_run" => Event::WorkflowRun,
        "create" => Event::Tag,
        _ => Event::Other,
    };
    vec![moment(event, None)]
}

/// Narrows the moments of every job by its condition and by the jobs it needs.
pub(super) fn narrow(pipeline: &mut Pipeline) {
    let all = moments(&pipeline.triggers);
    for job in &mut pipeline.jobs {
        let condition = job.condition.as_ref().map(|stated| stated.text.clone());
        let spread = all.iter().flat_map(|moment| spread(moment, condition.as_deref()));
        job.moments = spread.filter(|moment| allows(condition.as_deref(), moment)).collect();
        for moment in &mut job.moments {
            moment.branch.take_if(|branch| *branch == OTHER);
        }
        job.moments.dedup();
    }
    // As many rounds as a chain of needs can be long, bounded.
    for _ in 0..pipeline.jobs.len().min(32) {
        let known: Vec<(String, Vec<Moment>)> =
            pipeline.jobs.iter().map(|job| (job.id.clone(), job.moments.clone())).collect();
        for job in &mut pipeline.jobs {
            let always = job.condition.as_ref().is_some_and(|stated| {
                ["always()", "cancelled()", "failure()"].iter().any(|word| stated.text.contains(word))
            });
            if always {
                continue;
            }
            for need in &job.needs {
                if let Some((_, moments)) = known.iter().find(|(id, _)| *id == need.text) {
                    job.moments.retain(|moment| moments.contains(moment));
                }
            }
        }
    }
}

/// Stands for a branch that the condition does not name.
const OTHER: &str = "<other>";

/// A push to any branch, split into the branches that the condition names and all others.
fn spread(moment: &Moment, condition: Option<&str>) -> Vec<Moment> {
    let Some(condition) = condition.filter(|_| moment.is_any_branch()) else { return vec![moment.clone()] };
    let mut found: Vec<Moment> = Vec::new();
    for marker in ["refs/heads/", "github.ref_name == '", "github.ref_name=='"] {
        for part in condition.split(marker).skip(1) {
            let name = part.split('\'').next().unwrap_or_default();
            if !name.is_empty() && !found.iter().any(|known| known.branch.as_deref() == Some(name)) {
                found.push(Moment { branch: Some(name.to_owned()), ..moment.clone() });
            }
        }
    }
    found.push(Moment { branch: Some(OTHER.to_owned()), ..moment.clone() });
    found
}

/// Whether something behind `condition` may run at `moment`; what is not understood may.
pub(super) fn allows(condition: Option<&str>, moment: &Moment) -> bool {
    let Some(text) = condition else { return true };
    let text = text.trim();
    let text = text.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")).unwrap_or(text);
    Reader { rest: text, moment, depth: 0 }.either() != Some(false)
}

/// Reads a condition and answers it at once; `None` is "depends".
struct Reader<'c> {
    rest: &'c str,
    moment: &'c Moment,
    depth: u8,
}

impl Reader<'_> {
    fn take(&mut self, token: &str) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn either(&mut self) -> Option<bool> {
        let mut answer = self.both();
        while self.take("||") {
            let next = self.both();
            answer = match (answer, next) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            };
        }
        answer
    }

    fn both(&mut self) -> Option<bool> {
        let mut answer = self.one();
        while self.take("&&") {
            let next = self.one();
            answer = match (answer, next) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
        }
        answer
    }

    fn one(&mut self) -> Option<bool> {
        if self.depth > 20 {
            self.rest = "";
            return None;
        }
        self.rest = self.rest.trim_start();
        if !self.rest.starts_with("!=") && self.take("!") {
            self.depth += 1;
            let answer = self.one().map(|answer| !answer);
            self.depth -= 1;
            return answer;
        }
        if self.take("(") {
            self.depth += 1;
            let answer = self.either();
            self.depth -= 1;
            self.take(")");
            return answer;
        }
        self.atom()
    }

    /// A comparison, a call or a name, up to the next operator outside brackets and quotes.
    fn atom(&mut self) -> Option<bool> {
        let (mut depth, mut quoted) = (0_u32, false);
        let bytes = self.rest.as_bytes();
        let mut end = bytes.len();
        for (index, byte) in bytes.iter().enumerate() {
            match byte {
                b'\'' => quoted = !quoted,
                _ if quoted => {}
                b'(' => depth += 1,
                b')' if depth == 0 => {
                    end = index;
                    break;
                }
                b')' => depth -= 1,
                b'&' | b'|' if depth == 0 && bytes.get(index + 1) == Some(byte) => {
                    end = index;
                    break;
                }
                _ => {}
            }
        }
        let (atom, rest) = self.rest.split_at(end);
        self.rest = rest;
        self.answer(atom.trim())
    }

    fn answer(&self, atom: &str) -> Option<bool> {
        match atom {
            "true" | "always()" | "success()" => return Some(true),
            "false" => return Some(false),
            _ => {}
        }
        for (operator, equal) in [("==", true), ("!=", false)] {
            if let Some((left, right)) = atom.split_once(operator) {
                return self.equals(left.trim(), unquote(right)?).map(|same| same == equal);
            }
        }
        let inside = atom.strip_suffix(')')?;
        if let Some(arguments) = inside.strip_prefix("startsWith(") {
            let (left, right) = arguments.split_once(',')?;
            return self.starts_with(left.trim(), unquote(right)?);
        }
        None
    }

    fn equals(&self, left: &str, value: &str) -> Option<bool> {
        match left {
            "github.event_name" => match self.moment.event {
                // Inside a called workflow the event is the caller's.
                Event::Call => None,
                _ => Some(self.moment.name == value),
            },
            "github.ref" => match self.moment.event {
                Event::Tag => (!value.starts_with("refs/tags/")).then_some(false),
                Event::PullRequest => (!value.starts_with("refs/pull/")).then_some(false),
                _ => self.moment.reference().map(|reference| reference == value),
            },
            "github.ref_name" => match self.moment.event {
                Event::Push => self.moment.branch.as_ref().filter(|name| !is_pattern(name)).map(|name| name == value),
                Event::PullRequest => Some(false),
                _ => None,
            },
            "github.ref_type" => match self.moment.event {
                Event::Push => Some(value == "branch"),
                Event::Tag => Some(value == "tag"),
                _ => None,
            },
            "github.base_ref" => match self.moment.event {
                Event::PullRequest => self.moment.branch.as_ref().map(|name| name == value),
                Event::Push | Event::Tag => Some(value.is_empty()),
                _ => None,
            },
            _ => None,
        }
    }

    fn starts_with(&self, left: &str, value: &str) -> Option<bool> {
        if left != "github.ref" {
            return None;
        }
        let reference = match (self.moment.event, &self.moment.branch) {
            (Event::Push, None) => "refs/heads/".to_owned(),
            _ => self.moment.reference()?,
        };
        if reference.starts_with(value) {
            return Some(true);
        }
        // The rest of the name is not known.
        (!value.starts_with(&reference)).then_some(false)
    }
}

fn unquote(text: &str) -> Option<&str> {
    text.trim().strip_prefix('\'')?.strip_suffix('\'')
}
