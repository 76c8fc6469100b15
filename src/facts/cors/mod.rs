//! Who may call this service from another site: every place that configures CORS, and what decides there.
//!
//! Libraries differ in what an unset option or a `*` means; [`Library`] knows that, so that rules need not.

mod check;
mod condition;
mod documents;
mod grant;
mod headers;
mod identity;
mod join;
mod library;
mod naming;
mod options;
mod origin;
mod path;
mod pattern;
mod python;
mod reader;
mod script;
mod settings;
mod weakness;

use std::cell::Cell;

pub use grant::{Audience, Fixed, Grant, Laxness, Setting, Stage, When};
pub use identity::Identity;
pub use join::{JoinedSite, Placed, Source, joined};
pub use library::Library;
pub use settings::{Demand, OriginSetting, Refusal};
pub use weakness::{Weak, Weakness};

use super::{Extractor, Fact, FileFacts, Visit, Watch};
use crate::{
    code::{Kind, NodeRef},
    model::Span,
    repo::Role,
};

/// What one file says about CORS.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CorsFacts {
    pub sites: Vec<CorsSite>,
    /// Options that are defined here by name and used elsewhere.
    pub definitions: Vec<(String, CorsSite)>,
    pub settings: Vec<OriginSetting>,
    pub demands: Vec<Demand>,
    pub identity: Identity,
    /// How many expressions were looked at, to end the search in files that are made to be slow.
    steps: u32,
}

/// One place that configures cross-origin access.
#[derive(Debug, Clone, PartialEq)]
pub struct CorsSite {
    pub span: Span,
    pub library: Library,
    /// Every way through it, in order of place. Never empty.
    pub grants: Vec<Grant>,
    pub credentials: Credentials,
    pub reach: Reach,
    /// Only methods that read are allowed.
    pub reads_only: bool,
    /// The name of options that another file defines.
    pub options: Option<String>,
    /// The class whose method this is in, where a header is set by hand.
    pub class: Option<String>,
}

/// Whether browsers may send cookies along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credentials {
    No,
    Yes,
    /// A setting decides, or code that is not understood.
    Perhaps,
}

/// What of the service a site is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    Whole,
    /// Below this path.
    Path(String),
    /// One route, or what one function answers.
    Route,
    /// Files that anybody may load: scripts, fonts, images.
    Static,
}

/// What is kept of one file; no file that people write comes near.
const MAX_FOUND: usize = 500;
const SMALL: u32 = 50;

pub(super) struct Cors;

impl Extractor for Cors {
    fn fact(&self) -> Fact {
        Fact::Cors
    }

    fn watch(&self) -> Watch {
        Watch {
            text: true,
            ..Watch::nodes(&[
                Kind::Call,
                Kind::Property,
                Kind::Assignment,
                Kind::Decorator,
                Kind::Throw,
                Kind::Import,
                Kind::Member,
                Kind::String,
            ])
            .keywords(&[
                "cors",
                "Cors",
                "CORS",
                "rigin",
                "ORIGIN",
                "llow-origin",
                "uthorization",
                "ookie",
                "ession",
                "_URL",
                "Bearer",
                "access-control",
                "next-auth",
                "@clerk/",
                "lucia",
                "login_required",
                "clerkMiddleware",
            ])
            .roles(&[Role::Source, Role::Config])
        }
    }

    fn text(&self, file: &Visit<'_>, facts: &mut FileFacts) {
        if file.tree.is_none() {
            facts.cors.sites.extend(documents::sites(file));
        }
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, facts: &mut FileFacts) {
        let left = reader::MAX_FILE_STEPS.saturating_sub(facts.cors.steps);
        let steps = Cell::new(0);
        let reader = reader::Reader::new(&steps, left);
        let cors = &mut facts.cors;
        cors.identity.see(node);
        if cors.sites.len() + cors.settings.len() + cors.demands.len() > MAX_FOUND {
            return;
        }
        match node.kind() {
            Kind::Call => {
                cors.sites.extend(script::site(&reader, node));
                cors.sites.extend(python::site(&reader, node));
                cors.sites.extend(headers::of_call(&reader, file, node));
                cors.demands.extend(settings::demanded_by_call(&reader, node));
            }
            Kind::Property => {
                cors.sites.extend(headers::of_property(&reader, file, node));
                cors.settings.extend(settings::of_property(&reader, node));
            }
            Kind::Assignment => {
                cors.sites.extend(python::django(&reader, file, node));
                cors.sites.extend(headers::of_assignment(&reader, file, node));
                cors.settings.extend(settings::of_assignment(&reader, node));
                cors.settings.extend(settings::destructured(node));
                cors.definitions.extend(script::definition(&reader, node));
            }
            Kind::Decorator => cors.sites.extend(python::bare_decorator(node)),
            Kind::Throw => {
                cors.demands.extend(settings::demanded_by_throw(&reader, node));
                settings::refuse(&reader, node, &mut cors.settings);
            }
            _ => {}
        }
        let spent = left.min(reader::MAX_STEPS).saturating_sub(steps.get());
        // Small change is not counted, so that a file without CORS leaves no facts.
        if spent > SMALL {
            cors.steps += spent;
        }
    }
}
