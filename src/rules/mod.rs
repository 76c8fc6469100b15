//! The coded rules, one file each, by category. This list is the only place that a new rule's code is named.

mod cors;
mod store_access;

use crate::rule::Rule;

macro_rules! rules {
    ($($category:ident { $($rule:ident),* $(,)? })*) => {
        $(mod $category { $(pub(super) mod $rule;)* })*

        static CODED: &[&dyn Rule] = &[$($(&$category::$rule::RULE,)*)*];
    };
}

rules! {
    api_contracts {
    }
    architecture_deploy {
        deploy_method_missing,
        docker_compose_missing,
        dockerfile_healthcheck_missing,
        dockerfile_missing,
        localhost_in_container,
        migrate_script_missing,
        migration_rollback_missing,
        migrations_dir_missing,
        schema_push,
    }
    ci_cd {
        ci_workflow_missing,
    }
    data_security {
        db_ssl_not_enforced,
    }
    documentation {
    }
    environments {
        config_env_not_expanded,
        datastore_credentials_mismatch,
        env_not_passed,
        example_env_file_used,
        hardcoded_host_path,
    }
    observability {
        console_usage,
        grafana_default_password,
        structured_logger_missing,
    }
    operations_docs {
    }
    performance {
    }
    reliability {
        redis_persistence_missing,
    }
    security {
        allowed_origins_not_required,
        compose_inline_password,
        cors_allow_all_fallback,
        cors_credentials_wildcard,
        cors_wildcard_origin,
        datastore_no_auth,
        default_admin_account,
        dockerfile_secret_baked,
        dockerfile_user_missing,
        env_file_committed,
        fallback_secret,
        gitignore_env_missing,
        hardcoded_secret,
        k8s_inline_secret,
        redis_no_auth,
        test_secret_in_production,
        vendor_default_credentials,
    }
    tests_quality {
        tests_missing,
    }
    ux {
    }
}

/// Every coded rule, in the order of the list above.
pub fn coded() -> &'static [&'static dyn Rule] {
    CODED
}
