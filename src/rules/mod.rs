//! The coded rules, one file each, by category. This list is the only place that a new rule's code is named.

mod compose;
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
        broken_import,
        container_image_unpinned,
        container_init_missing,
        compose_depends_on_no_condition,
        compose_healthcheck_missing,
        compose_reference_broken,
        compose_resource_limits_missing,
        compose_restart_policy_missing,
        ddl_outside_migrations,
        deploy_method_missing,
        deploy_not_repeatable,
        deploy_rollback_missing,
        destructive_migration,
        docker_compose_missing,
        dockerfile_copy_source_missing,
        dockerfile_healthcheck_missing,
        dockerfile_missing,
        localhost_in_container,
        dockerfile_not_multistage,
        dockerfile_stage_input_missing,
        dockerignore_missing,
        entrypoint_signal_swallowed,
        k8s_hpa_missing,
        k8s_manifests_missing,
        k8s_probes_missing,
        k8s_resource_limits_missing,
        drizzle_config_incomplete,
        duplicate_declaration,
        migrate_script_missing,
        migration_order_broken,
        migration_rollback_missing,
        migration_unknown_column,
        migrations_dir_missing,
        migrations_not_run_on_deploy,
        rollback_script_stub,
        schema_push,
        undeclared_dependency,
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
        runtime_data_committed,
        sql_definer_function_exposed,
        supabase_rls_missing,
        supabase_rls_permissive,
        db_ssl_not_enforced,
        iac_encryption_missing,
        supabase_service_role_in_client,
    }
    documentation {
    }
    environments {
        config_env_not_expanded,
        datastore_credentials_mismatch,
        env_not_passed,
        example_env_file_used,
        staging_deploy_script_missing,
        staging_environment_missing,
        hardcoded_host_path,
    }
    observability {
        alert_channel_not_configured,
        alert_rules_missing,
        alertmanager_placeholder,
        console_usage,
        grafana_default_password,
        iac_monitoring_disabled,
        error_tracking_missing,
        grafana_dashboard_missing,
        health_always_ok,
        health_check_shallow,
        health_endpoint_missing,
        metrics_endpoint_missing,
        readiness_endpoint_missing,
        request_id_missing,
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
        redis_persistence_missing,
        backup_automation_missing,
        backup_before_migrate,
        backup_not_compressed,
        backup_plan_missing,
        backup_retention_missing,
        dead_letter_queue_missing,
        graceful_shutdown_missing,
        job_timeout_missing,
        process_error_handler_missing,
        queue_name_mismatch,
        restore_procedure_missing,
        iac_deletion_protection_missing,
        k8s_pdb_missing,
        session_store_memory,
        shell_error_masked,
        worker_graceful_shutdown_missing,
    }
    security {
        allowed_origins_not_required,
        compose_inline_password,
        container_privileged,
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
        iac_public_access,
        iam_wildcard_permission,
        k8s_network_policy_missing,
        k8s_security_context_missing,
        secret_on_command_line,
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
