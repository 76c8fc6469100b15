//! The coded rules, one file each, by category. This list is the only place that a new rule's code is named.

mod cors;

use crate::rule::Rule;

macro_rules! rules {
    ($($category:ident { $($rule:ident),* $(,)? })*) => {
        $(mod $category { $(pub(super) mod $rule;)* })*

        /// Every coded rule, in the order of this list.
        pub fn coded() -> &'static [&'static dyn Rule] {
            &[$($(&$category::$rule::RULE),*),*]
        }
    };
}

rules! {
    security {
        allowed_origins_not_required,
        cors_allow_all_fallback,
        cors_credentials_wildcard,
        cors_wildcard_origin,
    }
}
