//! `iam-wildcard-permission`: roles may do what they need and no more.

use crate::{
    facts::infrastructure::{Attribute, Resource, resources},
    model::{Evidence, Message, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: IamWildcardPermission = IamWildcardPermission;

pub(in crate::rules) struct IamWildcardPermission;

impl Rule for IamWildcardPermission {
    fn id(&self) -> &'static str {
        "iam-wildcard-permission"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        for resource in resources(cx.repo) {
            let found: Vec<Site> = grants(&resource);
            if found.is_empty() && is_policy(&resource) {
                let note = Message::new("fine").with("resource", resource.name.as_str());
                fine.push(Evidence::At { place: resource.place(resource.head), note });
            }
            sites.extend(found);
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if !sites.is_empty() {
            return Verdict::fail_or(sites, || Verdict::not_applicable("none")).also_fine(fine).sites(total, ok);
        }
        Verdict::pass_or(fine, || Verdict::not_applicable("none")).sites(total, ok)
    }
}

fn is_policy(resource: &Resource<'_>) -> bool {
    let kinds = [
        "aws_iam_role_policy",
        "aws_iam_policy",
        "aws_iam_user_policy",
        "aws_iam_group_policy",
        "data.aws_iam_policy_document",
        "AWS::IAM::Policy",
        "AWS::IAM::ManagedPolicy",
        "AWS::IAM::Role",
    ];
    kinds.contains(&resource.kind.as_str())
}

fn grants(resource: &Resource<'_>) -> Vec<Site> {
    let about = |key: &'static str| Message::new(key).with("resource", resource.name.as_str());
    if resource.kind.contains("policy_attachment") {
        let admin = resource.attributes.iter().find(|one| one.path == "policy_arn" && is_admin(&one.value));
        let site =
            admin.map(|one| Site::new(resource.place(one.span), about("admin").with("policy", "AdministratorAccess")));
        return site.into_iter().collect();
    }
    if !is_policy(resource) {
        return Vec::new();
    }
    let mut sites = Vec::new();
    for one in &resource.attributes {
        if one.path.contains("ManagedPolicyArns") && is_admin(&one.value) {
            sites.push(Site::new(resource.place(one.span), about("admin").with("policy", "AdministratorAccess")));
        }
        if one.path == "policy"
            && let Some(action) = statements(&one.value).iter().find_map(|statement| wildcard(statement))
        {
            sites.push(Site::new(resource.place(one.span), about("wildcard").with("action", action)));
        }
    }
    let blocks = resource.blocks("statement").into_iter().chain(cloudformation(resource));
    sites.extend(blocks.filter_map(|block| {
        let (action, at) = open_block(&block)?;
        Some(Site::new(resource.place(at.span), about("wildcard").with("action", action)))
    }));
    sites
}

fn is_admin(value: &str) -> bool {
    value.ends_with("policy/AdministratorAccess")
}

/// The statements of a `CloudFormation` policy, each with its own values.
fn cloudformation<'r>(resource: &'r Resource<'_>) -> Vec<Vec<&'r Attribute>> {
    let inside: Vec<&Attribute> = resource
        .attributes
        .iter()
        .filter(|one| one.path.contains("PolicyDocument.Statement.") && !one.path.contains("AssumeRole"))
        .collect();
    inside.chunk_by(|one, two| one.block == two.block).map(<[&Attribute]>::to_vec).collect()
}

/// The open action of a statement that allows it on every resource.
fn open_block<'a>(block: &[&'a Attribute]) -> Option<(String, &'a Attribute)> {
    let key = |one: &&&Attribute, names: &[&str]| one.path.rsplit('.').next().is_some_and(|key| names.contains(&key));
    let denied = block.iter().any(|one| key(&one, &["effect", "Effect"]) && one.value == "Deny");
    let everywhere =
        block.iter().any(|one| key(&one, &["resources", "Resource"]) && matches!(one.value.as_str(), "*" | "[\"*\"]"));
    let limited = block.iter().any(|one| one.path.contains("ondition"));
    let found = block
        .iter()
        .filter(|one| key(one, &["actions", "Action"]))
        .find_map(|one| Some((open_action(&one.value)?, *one)))?;
    (!denied && everywhere && !limited).then_some(found)
}

/// The parts of a policy's text that begin with an effect.
fn statements(text: &str) -> Vec<String> {
    let text = text.replace("\\\"", "\"");
    let at: Vec<usize> = text.match_indices("Effect").map(|(at, _)| at).collect();
    // A statement may name its effect last; its braces bound it.
    at.iter()
        .filter_map(|&at| {
            let start = text[..at].rfind('{')?;
            let end = text[start..].find('}').map_or(text.len(), |end| start + end);
            Some(text[start..end].to_owned())
        })
        .collect()
}

fn wildcard(statement: &str) -> Option<String> {
    let value = |name: &str| {
        let at = statement.find(name)? + name.len();
        let rest = statement[at..].trim_start_matches('"').trim_start().trim_start_matches([':', '=']).trim_start();
        let end = if rest.starts_with('[') {
            rest.find(']').map_or(rest.len(), |end| end + 1)
        } else {
            rest.find([',', '\n']).unwrap_or(rest.len())
        };
        // Without commas between them the next name ends a value.
        Some(rest[..end].split("  ").next().unwrap_or_default().trim().to_owned())
    };
    let allowed = value("Effect").is_some_and(|effect| effect.contains("Allow"));
    let everywhere = value("Resource")
        .is_some_and(|resource| resource.starts_with("\"*\"") || resource.replace(' ', "").starts_with("[\"*\"]"));
    if !allowed || !everywhere || statement.contains("Condition") {
        return None;
    }
    open_action(&value("Action")?)
}

/// `*` or `service:*` among the actions.
fn open_action(actions: &str) -> Option<String> {
    actions
        .split([',', '[', ']', ' '])
        .map(|word| word.trim().trim_matches('"'))
        .find(|word| *word == "*" || word.ends_with(":*") && !word.contains("logs"))
        .map(str::to_owned)
}
