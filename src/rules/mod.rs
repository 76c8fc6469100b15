//! The coded rules, one file each, by category. This list is the only place that a new rule's code is named.

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
        ci_deploy_staging_missing,
        ci_gate_non_blocking,
        ci_lint_typecheck_not_run,
        ci_playwright_cache_missing,
        ci_security_non_blocking,
        ci_security_scan_missing,
        ci_tests_not_run,
        ci_workflow_missing,
        codeowners_missing,
        dependency_unpinned,
        dependency_update_bot_missing,
        deploy_approval_gate_missing,
        deploy_branch_unrestricted,
        deploy_health_check_missing,
        deploy_without_tests,
        lockfile_missing,
        package_script_missing,
        workflow_action_unpinned,
        workflow_hardcoded_url,
        workflow_invalid,
        workflow_permissions_missing,
        workflow_secrets_inherit,
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
        cors_allow_all_fallback,
        cors_credentials_wildcard,
        cors_wildcard_origin,
        dockerfile_user_missing,
        env_file_committed,
        fallback_secret,
        gitignore_env_missing,
        hardcoded_secret,
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
