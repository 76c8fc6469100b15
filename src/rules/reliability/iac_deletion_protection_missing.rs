//! `iac-deletion-protection-missing`: what holds data is not deleted by one command.

use crate::{
    facts::infrastructure::{Resource, Setting, resources},
    model::{Evidence, Message, Severity, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: IacDeletionProtectionMissing = IacDeletionProtectionMissing;

pub(in crate::rules) struct IacDeletionProtectionMissing;

impl Rule for IacDeletionProtectionMissing {
    fn id(&self) -> &'static str {
        "iac-deletion-protection-missing"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let (mut sites, mut fine) = (Vec::new(), Vec::new());
        let mut open = None;
        for resource in resources(cx.repo) {
            match judge(&resource) {
                Some(Judged::Bad(site)) => sites.push(site),
                Some(Judged::Good(evidence)) => fine.push(evidence),
                Some(Judged::Open(message)) => open = Some(message),
                None => {}
            }
        }
        let (total, ok) = (sites.len() + fine.len(), fine.len());
        if !sites.is_empty() {
            return Verdict::fail_or(sites, || Verdict::not_applicable("none")).also_fine(fine).sites(total, ok);
        }
        match open {
            Some(message) => Verdict::unknown(message),
            None => Verdict::pass_or(fine, || Verdict::not_applicable("none")).sites(total, ok),
        }
    }
}

enum Judged {
    Bad(Site),
    Good(Evidence),
    Open(Message),
}

/// Databases, each with the attribute that protects it.
const DATABASES: [(&str, &str); 5] = [
    ("aws_db_instance", "deletion_protection"),
    ("aws_rds_cluster", "deletion_protection"),
    ("aws_docdb_cluster", "deletion_protection"),
    ("aws_neptune_cluster", "deletion_protection"),
    ("google_sql_database_instance", "deletion_protection"),
];

fn judge(resource: &Resource<'_>) -> Option<Judged> {
    let about = |key: &'static str| Message::new(key).with("resource", resource.name.as_str());
    let head = resource.place(resource.head);
    let good = || Judged::Good(Evidence::At { place: head.clone(), note: about("fine") });
    let kept = matches!(resource.setting("lifecycle.prevent_destroy"), Setting::Is("true", _));
    if let Some((kind, setting)) = DATABASES.iter().find(|(kind, _)| *kind == resource.kind) {
        if resource.has("replicate_source_db") || resource.has("replication_source_identifier") {
            return None;
        }
        // The provider protects this one unless told otherwise.
        let default = *kind == "google_sql_database_instance";
        return Some(match resource.setting(setting) {
            Setting::Is("true", _) => good(),
            Setting::Open => Judged::Open(about("open")),
            Setting::Unset if default || kept => good(),
            Setting::Is(_, span) if !kept => Judged::Bad(Site::new(resource.place(span), about("protection"))),
            _ if kept => good(),
            _ => match resource.setting("skip_final_snapshot") {
                Setting::Is("true", _) => Judged::Bad(Site::new(head, about("snapshot"))),
                _ => Judged::Bad(Site::new(head, about("protection"))),
            },
        });
    }
    match resource.kind.as_str() {
        "aws_lb" | "aws_alb" => Some(match resource.setting("enable_deletion_protection") {
            Setting::Is("true", _) => good(),
            Setting::Open => Judged::Open(about("open")),
            Setting::Is(_, span) => {
                Judged::Bad(Site::new(resource.place(span), about("balancer")).severity(Severity::Medium))
            }
            Setting::Unset => Judged::Bad(Site::new(head, about("balancer")).severity(Severity::Medium)),
        }),
        "aws_s3_bucket" => match resource.setting("force_destroy") {
            Setting::Is("true", span) => {
                Some(Judged::Bad(Site::new(resource.place(span), about("bucket")).severity(Severity::Medium)))
            }
            _ => None,
        },
        // CloudFormation keeps a snapshot of a database unless told otherwise.
        "AWS::RDS::DBInstance" | "AWS::RDS::DBCluster" => match resource.setting("DeletionPolicy") {
            Setting::Is("Delete", span) => Some(Judged::Bad(Site::new(resource.place(span), about("snapshot")))),
            _ => Some(good()),
        },
        _ => None,
    }
}
