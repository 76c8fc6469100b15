//! `iac-encryption-missing`: storage is encrypted at rest.

use crate::{
    facts::infrastructure::{Resource, Setting, resources},
    model::{Evidence, Message, Severity, Site, Verdict},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: IacEncryptionMissing = IacEncryptionMissing;

pub(in crate::rules) struct IacEncryptionMissing;

impl Rule for IacEncryptionMissing {
    fn id(&self) -> &'static str {
        "iac-encryption-missing"
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

/// Storage that is not encrypted by default, with the attribute that encrypts it.
const STORAGE: [(&str, &str); 11] = [
    ("aws_db_instance", "storage_encrypted"),
    ("aws_rds_cluster", "storage_encrypted"),
    ("aws_docdb_cluster", "storage_encrypted"),
    ("aws_ebs_volume", "encrypted"),
    ("aws_efs_file_system", "encrypted"),
    ("aws_elasticache_replication_group", "at_rest_encryption_enabled"),
    ("AWS::RDS::DBInstance", "Properties.StorageEncrypted"),
    ("AWS::RDS::DBCluster", "Properties.StorageEncrypted"),
    ("AWS::EC2::Volume", "Properties.Encrypted"),
    ("AWS::EFS::FileSystem", "Properties.Encrypted"),
    ("AWS::ElastiCache::ReplicationGroup", "Properties.AtRestEncryptionEnabled"),
];

fn judge(resource: &Resource<'_>) -> Option<Judged> {
    let about = |key: &'static str| Message::new(key).with("resource", resource.name.as_str());
    let head = resource.place(resource.head);
    if resource.kind == "backend.s3" {
        return match resource.setting("encrypt") {
            Setting::Is("true", span) => {
                Some(Judged::Good(Evidence::At { place: resource.place(span), note: about("fine") }))
            }
            Setting::Open => None,
            _ => Some(Judged::Bad(Site::new(head, about("state")).severity(Severity::Low))),
        };
    }
    let (_, setting) = STORAGE.iter().find(|(kind, _)| *kind == resource.kind)?;
    // A copy or a member of a cluster takes it from its source.
    let inherits = [
        "replicate_source_db",
        "snapshot_identifier",
        "Properties.SourceDBInstanceIdentifier",
        "Properties.DBClusterIdentifier",
        "Properties.DBSnapshotIdentifier",
    ];
    if inherits.iter().any(|key| resource.has(key)) {
        return None;
    }
    let off = || about("off").with("setting", setting.rsplit('.').next().unwrap_or(setting));
    Some(match resource.setting(setting) {
        Setting::Is("true", _) => Judged::Good(Evidence::At { place: head, note: about("fine") }),
        Setting::Is("false", span) => Judged::Bad(Site::new(resource.place(span), off())),
        Setting::Unset => Judged::Bad(Site::new(head, off())),
        Setting::Is(..) | Setting::Open => Judged::Open(about("open")),
    })
}
