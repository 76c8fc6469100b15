//! The coded rules, one file each, by category. This list is the only place that a new rule's code is named.

mod compose;
mod cors;

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
        compose_depends_on_no_condition,
        compose_healthcheck_missing,
        compose_reference_broken,
        compose_resource_limits_missing,
        compose_restart_policy_missing,
        deploy_method_missing,
        docker_compose_missing,
        dockerfile_healthcheck_missing,
        dockerfile_missing,
        migrate_script_missing,
        migration_rollback_missing,
        migrations_dir_missing,
        schema_push,
    }
    ci_cd {
        ci_workflow_missing,
    }
    data_security {
    }
    documentation {
    }
    environments {
    }
    observability {
        console_usage,
        structured_logger_missing,
    }
    operations_docs {
    }
    performance {
    }
    reliability {
    }
    security {
        allowed_origins_not_required,
        container_privileged,
        cors_allow_all_fallback,
        cors_credentials_wildcard,
        cors_wildcard_origin,
        dockerfile_user_missing,
        env_file_committed,
        fallback_secret,
        gitignore_env_missing,
        hardcoded_secret,
        published_port_all_interfaces,
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
