//! `cors-methods-headers-wildcard`: other sites may use the methods and headers that they need, with a cookie or not.

use crate::{
    code::{Kind, NodeRef, Role as NodeRole},
    facts::{Visit, Watch},
    model::{Message, Place, Verdict},
    rule::{Context, Out, Rule},
};

pub(in crate::rules) static RULE: CorsMethodsHeadersWildcard = CorsMethodsHeadersWildcard;

pub(in crate::rules) struct CorsMethodsHeadersWildcard;

const METHODS: &[&str] = &["allow_methods", "methods"];
const HEADERS: &[&str] = &["allow_headers", "allowedHeaders"];
const CREDENTIALS: &[&str] = &["allow_credentials", "credentials"];

impl Rule for CorsMethodsHeadersWildcard {
    fn id(&self) -> &'static str {
        "cors-methods-headers-wildcard"
    }

    fn watch(&self) -> Watch {
        Watch::nodes(&[Kind::Call]).keywords(&["cors", "Cors", "CORS"])
    }

    fn node(&self, file: &Visit<'_>, node: NodeRef<'_>, out: &mut Out<'_>) {
        let Some(options) = Options::of(node).filter(|_| !node.is_dev_only()) else { return };
        let sends = options.value(CREDENTIALS).is_some_and(is_on);
        let mut open = false;
        for (keys, key) in [(METHODS, "methods"), (HEADERS, "headers")] {
            let Some(value) = options.value(keys).filter(|value| is_star(*value)) else { continue };
            if sends {
                open = true;
                let message = if key == "methods" { Message::new("methods") } else { Message::new("headers") };
                out.bad(Place::At(file.file.id, value.span()), message);
            }
        }
        if !open {
            let key = if sends { "listed" } else { "without-cookies" };
            let message = if key == "listed" { Message::new("listed") } else { Message::new("without-cookies") };
            out.good(file.place(node), message);
        }
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        cx.judged(|| Verdict::not_applicable("no-cors"))
    }
}

/// What a call tells a library about other sites.
enum Options<'t> {
    Keywords(NodeRef<'t>),
    Object(NodeRef<'t>),
}

impl<'t> Options<'t> {
    fn of(call: NodeRef<'t>) -> Option<Self> {
        let object =
            |index: usize| call.argument(index).map(NodeRef::resolved).filter(|options| options.is(Kind::Object));
        let name = call.callee_name()?;
        match name {
            "add_middleware" | "Middleware" => {
                let class = call.argument(0).or_else(|| call.keyword("middleware_class"))?;
                (class.name() == "CORSMiddleware").then_some(Self::Keywords(call))
            }
            "enableCors" => object(0).map(Self::Object),
            "register" => {
                let plugin = call.argument(0)?.api_path()?;
                object(1).filter(|_| matches!(plugin.as_str(), "@fastify/cors" | "fastify-cors")).map(Self::Object)
            }
            _ => {
                let path = call.callee_api()?;
                let known = matches!(path.as_str(), "cors" | "@koa/cors" | "koa2-cors" | "hono/cors.cors");
                object(0).filter(|_| known).map(Self::Object)
            }
        }
    }

    fn value(&self, keys: &[&str]) -> Option<NodeRef<'t>> {
        keys.iter().find_map(|key| match self {
            Self::Keywords(call) => call.keyword(key),
            Self::Object(object) => object.property(key),
        })
    }
}

fn is_on(node: NodeRef<'_>) -> bool {
    node.constant().and_then(|value| value.as_bool()) == Some(true)
}

/// `"*"` and `["*"]`.
fn is_star(node: NodeRef<'_>) -> bool {
    let value = node.resolved();
    let star = |node: NodeRef<'_>| node.is(Kind::String) && node.name() == "*";
    star(value) || value.is(Kind::Array) && value.children_in(NodeRole::Item).any(star)
}
