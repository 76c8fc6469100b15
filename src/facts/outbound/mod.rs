//! Requests that this repository sends to others: through which client, to what address, and for how long they wait.
//!
//! Per file everything that the file alone decides is settled; what a caller gives is left to [`Waits`].

mod address;
mod client;
mod limit;
mod runs;

pub use address::{Address, Origin};
pub use client::Client;
pub use runs::{Runs, Waits};

use super::{Extractor, Fact, FileFacts, Visit, Watch, modules::Name};
use crate::{
    code::{Kind, NodeRef, Role},
    model::Span,
};

/// What one file sends.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outbound {
    /// In order of place.
    pub requests: Vec<Request>,
    /// What is called with a time limit or a signal among its options.
    pub limited_calls: Vec<Name>,
    /// A limit for every request of a client that sets none itself.
    pub defaults: Vec<(Client, Span)>,
    /// It speaks of private addresses or of lists of hosts, as code does that checks where an address leads.
    pub checks_addresses: bool,
}

/// One request, or the making of a client with its own settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub span: Span,
    pub client: Client,
    /// What a reader sees: `fetch`, `axios.post`, `requests.get`.
    pub call: String,
    /// A client is made; its requests are not counted one by one.
    pub makes_client: bool,
    pub address: Address,
    pub limit: Limit,
}

/// How long a request waits for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Nothing limits it.
    None,
    /// A limit or a signal, where it is given.
    Given(Span),
    /// The library's own limit holds.
    Library,
    /// A limit is switched off on purpose.
    Off(Span),
    /// The options come from whoever calls the function around the request.
    Caller,
    /// The options come from elsewhere.
    Open,
}

/// Literals of which a file must hold one to send anything or to be asked about.
const KEYWORDS: [&str; 14] = [
    "fetch",
    "axios",
    "got",
    "ky",
    "superagent",
    "http",
    "undici",
    "requests",
    "httpx",
    "aiohttp",
    "urlopen",
    "signal",
    "timeout",
    "Timeout",
];

pub(super) struct OutboundExtractor;

impl Extractor for OutboundExtractor {
    fn fact(&self) -> Fact {
        Fact::Outbound
    }

    fn watch(&self) -> Watch {
        Watch { text: true, ..Watch::nodes(&[Kind::Call, Kind::Assignment]).words(&KEYWORDS) }
    }

    fn text(&self, file: &Visit<'_>, facts: &mut FileFacts) {
        facts.outbound.checks_addresses = address::speaks_of_checks(file.text);
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, facts: &mut FileFacts) {
        let script = file.file.language.is_some_and(crate::code::Language::is_script);
        let outbound = &mut facts.outbound;
        outbound.defaults.extend(limit::default_for_all(node));
        if !node.is(Kind::Call) {
            return;
        }
        if let Some(request) = request(node, script) {
            outbound.requests.push(request);
        } else if limit::gives_limit(node) {
            outbound.limited_calls.extend(node.child(Role::Callee).and_then(Name::of));
        }
    }
}

/// The request that a call sends, if it is one.
pub fn request(call: NodeRef<'_>, script: bool) -> Option<Request> {
    let sender = client::sender(call, script)?;
    let address =
        if sender.makes_client { Address::Open } else { sender.address.map_or(Address::Open, address::address) };
    Some(Request {
        span: call.span(),
        limit: limit::limit(call, &sender),
        client: sender.client,
        call: sender.name,
        makes_client: sender.makes_client,
        address,
    })
}
