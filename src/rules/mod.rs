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
        ddl_outside_migrations,
        deploy_method_missing,
        destructive_migration,
        docker_compose_missing,
        dockerfile_healthcheck_missing,
        dockerfile_missing,
        drizzle_config_incomplete,
        duplicate_declaration,
        migrate_script_missing,
        migration_order_broken,
        migration_rollback_missing,
        migration_unknown_column,
        migrations_dir_missing,
        schema_push,
    }
    ci_cd {
        ci_workflow_missing,
    }
    data_security {
        runtime_data_committed,
        sql_definer_function_exposed,
        supabase_rls_missing,
        supabase_rls_permissive,
        supabase_service_role_in_client,
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
        db_index_missing,
        db_pool_not_configured,
        index_not_concurrent,
        pool_pre_ping_missing,
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
