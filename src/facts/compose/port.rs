//! Published ports: who can reach them.

use crate::model::Place;

/// One entry of `ports`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Port {
    pub place: Place,
    /// As written.
    pub text: String,
    /// The port on the host; `None` when the engine picks one or a variable decides.
    pub published: Option<u16>,
    /// The port in the container; `None` for a range or when a variable decides.
    pub target: Option<u16>,
    pub exposure: Exposure,
    pub udp: bool,
}

/// Where a published port can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exposure {
    /// No address is given, or that of all interfaces.
    AllInterfaces,
    /// From the host alone.
    Loopback,
    /// On one address of the host.
    Address(String),
    /// A variable decides.
    Variable,
}

impl Exposure {
    fn of(host: &str) -> Self {
        let host = host.trim_matches(['[', ']']);
        match host {
            "" | "0.0.0.0" | "::" | "0" | "*" => Self::AllInterfaces,
            "localhost" | "::1" => Self::Loopback,
            host if host.starts_with("127.") => Self::Loopback,
            host if host.contains('$') => Self::Variable,
            host => Self::Address(host.to_owned()),
        }
    }
}

/// Reads the short form, its variables filled in: `8080:80`, `127.0.0.1:5432:5432`, `[::1]:80:80/udp`, `3000`.
pub(super) fn short(text: &str, place: Place, written: &str) -> Option<Port> {
    let (address, protocol) = text.trim().split_once('/').unwrap_or((text.trim(), "tcp"));
    let (head, target) = address.rsplit_once(':').unwrap_or(("", address));
    let (host, published) = if head.ends_with(']') { (head, "") } else { head.rsplit_once(':').unwrap_or(("", head)) };
    let known = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    if !known(target) && !target.contains('$') {
        return None;
    }
    Some(Port {
        place,
        text: written.to_owned(),
        published: number(published),
        target: number(target),
        exposure: Exposure::of(host),
        udp: protocol == "udp",
    })
}

/// Reads the long form from its texts, variables filled in.
pub(super) fn long(
    target: Option<&str>,
    published: Option<&str>,
    host: Option<&str>,
    protocol: Option<&str>,
    place: Place,
) -> Port {
    let text = match (published, target) {
        (Some(published), Some(target)) => format!("{published}:{target}"),
        (None, Some(target)) => target.to_owned(),
        _ => String::new(),
    };
    Port {
        place,
        text,
        published: published.and_then(number),
        target: target.and_then(number),
        exposure: Exposure::of(host.unwrap_or_default()),
        udp: protocol == Some("udp"),
    }
}

fn number(text: &str) -> Option<u16> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FileId;

    #[test]
    fn short_ports_are_read_in_every_form() {
        for (text, published, target, exposure) in [
            ("5432", None, Some(5432), Exposure::AllInterfaces),
            ("8080:80", Some(8080), Some(80), Exposure::AllInterfaces),
            ("0.0.0.0:8080:80/tcp", Some(8080), Some(80), Exposure::AllInterfaces),
            ("127.0.0.1:5432:5432", Some(5432), Some(5432), Exposure::Loopback),
            ("127.0.0.1::5432", None, Some(5432), Exposure::Loopback),
            ("[::1]:53:53/udp", Some(53), Some(53), Exposure::Loopback),
            ("localhost:53:53", Some(53), Some(53), Exposure::Loopback),
            ("${BIND}:53:53", Some(53), Some(53), Exposure::Variable),
            ("${PORT}:53", None, Some(53), Exposure::AllInterfaces),
            ("10.0.0.4:53:53", Some(53), Some(53), Exposure::Address("10.0.0.4".to_owned())),
            ("3000-3005:3000-3005", None, None, Exposure::AllInterfaces),
        ] {
            let port = short(text, Place::File(FileId(0)), text).unwrap();
            assert_eq!((port.published, port.target, port.exposure), (published, target, exposure), "{text}");
        }
        assert_eq!(short("no port", Place::File(FileId(0)), ""), None);
    }
}
