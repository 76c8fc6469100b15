//! `redis-no-auth`: Redis asks for a password.

use crate::{
    facts::credentials::{access, datastores::Datastore},
    model::Verdict,
    rule::{Context, Rule},
    rules::store_access,
};

pub(in crate::rules) static RULE: RedisNoAuth = RedisNoAuth;

pub(in crate::rules) struct RedisNoAuth;

impl Rule for RedisNoAuth {
    fn id(&self) -> &'static str {
        "redis-no-auth"
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        let mut stores = access::stores(cx.repo);
        stores.retain(|store| store.datastore == Datastore::Redis);
        store_access::judged(&stores)
    }
}
