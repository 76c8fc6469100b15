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
        deploy_not_repeatable,
        deploy_rollback_missing,
        docker_compose_missing,
        dockerfile_healthcheck_missing,
        dockerfile_missing,
        migrate_script_missing,
        migration_rollback_missing,
        migrations_dir_missing,
        migrations_not_run_on_deploy,
        rollback_script_stub,
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
        staging_deploy_script_missing,
        staging_environment_missing,
    }
    observability {
        alert_channel_not_configured,
        alert_rules_missing,
        alertmanager_placeholder,
        console_usage,
        grafana_dashboard_missing,
        structured_logger_missing,
    }
    operations_docs {
    }
    performance {
    }
    reliability {
        backup_automation_missing,
        backup_before_migrate,
        backup_not_compressed,
        backup_plan_missing,
        backup_retention_missing,
        restore_procedure_missing,
        shell_error_masked,
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
        secret_on_command_line,
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
