//! `datastore-no-auth`: datastores other than Redis ask for a password.

use crate::{
    facts::credentials::{access, datastores::Datastore},
    model::Verdict,
    rule::{Context, Rule},
    rules::store_access,
};

pub(in crate::rules) static RULE: DatastoreNoAuth = DatastoreNoAuth;

pub(in crate::rules) struct DatastoreNoAuth;

impl Rule for DatastoreNoAuth {
    fn id(&self) -> &'static str {
        "datastore-no-auth"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let mut stores = access::stores(cx.repo);
        stores.retain(|store| store.datastore != Datastore::Redis);
        store_access::judged(&stores)
    }
}
