//! `iac-public-access`: only what is meant for the public is reachable from the internet.

use crate::{
    facts::infrastructure::{Attribute, Resource, Setting, resources},
    model::{Evidence, Message, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: IacPublicAccess = IacPublicAccess;

pub(in crate::rules) struct IacPublicAccess;

impl Rule for IacPublicAccess {
    fn id(&self) -> &'static str {
        "iac-public-access"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for resource in resources(cx.repo) {
            let before = sites.len();
            sites.extend(open_ports(&resource));
            sites.extend(exposed(&resource));
            let guards = resource.kind.contains("security_group") || resource.kind.contains("SecurityGroup");
            let private = matches!(resource.setting("publicly_accessible"), Setting::Is("false", _));
            if sites.len() == before && (guards || private) {
                let note = Message::new("fine").with("resource", resource.name.as_str());
                fine.push(Evidence::At { place: resource.place(resource.head), note });
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if !sites.is_empty() {
            return Verdict::fail_or(sites, || Verdict::not_applicable("none")).also_fine(fine).sites(total, ok);
        }
        Verdict::pass_or(fine, || Verdict::not_applicable("none")).sites(total, ok)
    }
}

/// Ports that a service for everybody listens on.
const WEB: [&str; 2] = ["80", "443"];

fn is_everybody(value: &str) -> bool {
    value.contains("0.0.0.0/0") || value.contains("::/0")
}

/// Rules that let the whole internet in at other ports than the web's.
fn open_ports(resource: &Resource<'_>) -> Vec<Site> {
    let groups = match resource.kind.as_str() {
        "aws_security_group" => resource.blocks("ingress"),
        "aws_security_group_rule" if !matches!(resource.setting("type"), Setting::Is("ingress", _)) => {
            return Vec::new();
        }
        "aws_security_group_rule" | "aws_vpc_security_group_ingress_rule" | "AWS::EC2::SecurityGroupIngress" => {
            vec![resource.attributes.iter().collect()]
        }
        "AWS::EC2::SecurityGroup" => resource.blocks("Properties.SecurityGroupIngress"),
        _ => return Vec::new(),
    };
    groups.iter().filter_map(|group| open_port(resource, group)).collect()
}

fn open_port(resource: &Resource<'_>, rule: &[&Attribute]) -> Option<Site> {
    let last =
        |names: &[&str]| rule.iter().find(|one| one.path.rsplit('.').next().is_some_and(|key| names.contains(&key)));
    let from = rule.iter().find(|one| {
        let key = one.path.rsplit('.').next().unwrap_or_default();
        matches!(key, "cidr_blocks" | "ipv6_cidr_blocks" | "cidr_ipv4" | "cidr_ipv6" | "CidrIp" | "CidrIpv6")
            && is_everybody(&one.value)
    })?;
    let protocol = last(&["protocol", "ip_protocol", "IpProtocol"]).map(|one| one.value.as_str());
    let about = |key: &'static str| Message::new(key).with("resource", resource.name.as_str());
    let place = resource.place(from.span);
    if protocol == Some("-1") {
        return Some(Site::new(place, about("all")));
    }
    if matches!(protocol, Some("icmp" | "icmpv6")) {
        return None;
    }
    let first = last(&["from_port", "FromPort"])?.value.as_str();
    let to = last(&["to_port", "ToPort"])?.value.as_str();
    let literal = [first, to].iter().all(|port| port.chars().all(|char| char.is_ascii_digit()) && !port.is_empty());
    if !literal || WEB.contains(&first) && first == to {
        return None;
    }
    let port = if first == to { first.to_owned() } else { format!("{first}-{to}") };
    Some(Site::new(place, about("port").with("port", port)))
}

/// Databases and buckets that are public.
fn exposed(resource: &Resource<'_>) -> Option<Site> {
    let about = |key: &'static str| Message::new(key).with("resource", resource.name.as_str());
    for path in ["publicly_accessible", "Properties.PubliclyAccessible"] {
        if let Setting::Is("true", span) = resource.setting(path) {
            return Some(Site::new(resource.place(span), about("database")));
        }
    }
    for path in ["acl", "Properties.AccessControl"] {
        let bucket = resource.kind.contains("s3_bucket") || resource.kind == "AWS::S3::Bucket";
        if let Setting::Is(value, span) = resource.setting(path)
            && bucket
            && value.to_ascii_lowercase().replace('-', "").starts_with("publicread")
        {
            return Some(Site::new(resource.place(span), about("bucket").with("value", value)));
        }
    }
    if resource.kind != "aws_s3_bucket_public_access_block" {
        return None;
    }
    ["block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"].iter().find_map(
        |key| {
            let Setting::Is("false", span) = resource.setting(key) else { return None };
            Some(Site::new(resource.place(span), about("block").with("setting", *key)))
        },
    )
}
