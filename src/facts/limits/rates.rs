//! How much a limiter lets through, where the code writes it out.

use crate::{
    code::{Flags, Kind, NodeRef, Role},
    model::Span,
};

/// A limiter with its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    pub span: Span,
    /// What the code calls the limiter; empty when it has no name.
    pub name: String,
    /// What stands around it: the path that it is mounted on, the function that it decorates.
    pub about: Vec<String>,
    pub max: u64,
    pub seconds: u64,
}

impl Rate {
    /// Requests in an hour, when somebody asks all the time.
    pub fn per_hour(&self) -> u64 {
        self.max.saturating_mul(3_600) / self.seconds.max(1)
    }
}

/// The limiter that `node` makes, when its numbers do not come from elsewhere.
pub(super) fn rate(node: NodeRef<'_>) -> Option<Rate> {
    let (max, seconds) = match node.kind() {
        Kind::Call => made(node)?,
        Kind::Property if node.name() == "rateLimit" => fastify(node.child(Role::Value)?.resolved())?,
        _ => return None,
    };
    if max == 0 || seconds == 0 || node.is_dev_only() {
        return None;
    }
    let (name, about) = around(node);
    Some(Rate { span: node.span(), name, about, max, seconds })
}

fn made(call: NodeRef<'_>) -> Option<(u64, u64)> {
    let name = call.callee_name()?;
    let path = call.callee_api().unwrap_or_default();
    let options = || call.argument(0).map(NodeRef::resolved).filter(|options| options.is(Kind::Object));
    match path.as_str() {
        "express-rate-limit" | "express-rate-limit.rateLimit" | "hono-rate-limiter.rateLimiter" => {
            return window_options(options()?);
        }
        "@nestjs/throttler.Throttle" => {
            let options = options()?;
            let inner = options.children_in(Role::Item).find_map(|item| item.child(Role::Value))?.resolved();
            let ttl = number(inner.property("ttl")?)?;
            // Since version 5 in milliseconds.
            return Some((number(inner.property("limit")?)?, if ttl < 1_000 { ttl } else { ttl / 1_000 }));
        }
        _ => {}
    }
    match name {
        "register" => {
            let plugin = call.argument(0)?.api_path()?;
            let known = matches!(plugin.as_str(), "@fastify/rate-limit" | "fastify-rate-limit");
            fastify(call.argument(1).filter(|_| known)?.resolved())
        }
        "slidingWindow" | "fixedWindow" | "tokenBucket" if path.contains("atelimit") => {
            Some((number(call.argument(0)?)?, period(&call.argument(1)?.constant_str()?)?))
        }
        _ if call.has(Flags::NEW) && path.starts_with("rate-limiter-flexible.RateLimiter") => {
            let options = options()?;
            Some((number(options.property("points")?)?, number(options.property("duration")?)?))
        }
        "limit" | "shared_limit" => {
            let limiter = call.receiver().is_some_and(|receiver| receiver.name().contains("imiter"));
            tightest(&call.argument(0).filter(|_| limiter)?.constant_str()?)
        }
        _ => None,
    }
}

/// `{ windowMs, limit }` with the defaults of the library: five in a minute.
fn window_options(options: NodeRef<'_>) -> Option<(u64, u64)> {
    if options.has_spread() {
        return None;
    }
    let window = options.property("windowMs").map_or(Some(60_000), number)?;
    let max = options.property("limit").or_else(|| options.property("max"));
    Some((max.map_or(Some(5), number)?, window / 1_000))
}

/// `{ max, timeWindow }`; a window is in milliseconds or in words.
fn fastify(options: NodeRef<'_>) -> Option<(u64, u64)> {
    if !options.is(Kind::Object) {
        return None;
    }
    let max = number(options.property("max")?)?;
    let seconds = match options.property("timeWindow") {
        None => 60,
        Some(window) => match number(window) {
            Some(milliseconds) => milliseconds / 1_000,
            None => period(&window.constant_str()?)?,
        },
    };
    Some((max, seconds))
}

fn number(node: NodeRef<'_>) -> Option<u64> {
    let value = node.constant()?.as_number()?;
    // Larger numbers mean that nothing is limited.
    (0.0..1e12).contains(&value).then(|| format!("{value:.0}").parse().ok()).flatten()
}

/// `10 s`, `1 minute`, `15m`.
fn period(text: &str) -> Option<u64> {
    let text = text.trim();
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let count: u64 = if digits.is_empty() { 1 } else { digits.parse().ok()? };
    let unit = text[digits.len()..].trim().to_ascii_lowercase();
    let seconds = match unit.as_str() {
        "ms" | "millisecond" | "milliseconds" => return Some(count / 1_000),
        "s" | "sec" | "second" | "seconds" => 1,
        "m" | "min" | "minute" | "minutes" => 60,
        "h" | "hr" | "hour" | "hours" => 3_600,
        "d" | "day" | "days" => 86_400,
        "month" | "months" => 2_592_000,
        _ => return None,
    };
    count.checked_mul(seconds)
}

/// `5/minute`, `10 per 15 minutes`, `200 per day;50 per hour`: the tightest of them.
fn tightest(text: &str) -> Option<(u64, u64)> {
    text.split([';', ','])
        .filter_map(|one| {
            let (max, window) = one.split_once('/').or_else(|| one.split_once(" per "))?;
            Some((max.trim().parse::<u64>().ok()?, period(window)?))
        })
        .filter(|(_, seconds)| *seconds > 0)
        .min_by_key(|(max, seconds)| max.saturating_mul(3_600) / seconds)
}

/// What the code calls a limiter, and the texts and names around it.
fn around(node: NodeRef<'_>) -> (String, Vec<String>) {
    let (mut name, mut about) = (String::new(), Vec::new());
    let mut child = node;
    for above in node.ancestors().take(12) {
        match above.kind() {
            Kind::Assignment if name.is_empty() && child.role() == Role::Value => {
                above.child(Role::Target).map(NodeRef::name).unwrap_or_default().clone_into(&mut name);
            }
            Kind::Property if !above.name().is_empty() => about.push(above.name().to_owned()),
            Kind::Call if child.role() == Role::Argument => {
                let texts = above.positional().filter(|argument| argument.is(Kind::String));
                about.extend(texts.map(|text| text.name().to_owned()).take(2));
            }
            Kind::Function => {
                if child.role() == Role::Decorator {
                    about.push(above.name().to_owned());
                }
                break;
            }
            _ => {}
        }
        child = above;
    }
    (name, about)
}
