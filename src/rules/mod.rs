//! The coded rules, one file each, by category. This list is the only place that a new rule's code is named.

mod compose;
mod cookies;
mod cors;
mod documents;
mod headers;
mod log_exposure;
mod observed;
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
        webhook_behind_auth,
        react_error_boundary_missing,
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
        next_route_invalid,
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
        api_key_logging,
        pii_logging,
        sensitive_object_logging,
        token_logging,
        runtime_data_committed,
        sql_definer_function_exposed,
        supabase_rls_missing,
        supabase_rls_permissive,
        db_ssl_not_enforced,
        iac_encryption_missing,
        supabase_service_role_in_client,
    }
    documentation {
        architecture_diagrams_missing,
        changelog_missing,
        contributing_guide_missing,
        readme_doc_links_missing,
        readme_missing,
        security_md_missing,
        troubleshooting_guide_missing,
    }
    environments {
        config_env_not_expanded,
        datastore_credentials_mismatch,
        env_boolean_coercion,
        env_example_missing,
        env_not_passed,
        env_undocumented_variable,
        env_validation_missing,
        example_env_file_used,
        hardcoded_localhost_url,
        next_config_localhost,
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
        health_always_200,
        health_check_shallow,
        health_endpoint_missing,
        metrics_endpoint_missing,
        readiness_endpoint_missing,
        request_id_missing,
        structured_logger_missing,
    }
    operations_docs {
        access_policy_missing,
        deployment_guide_missing,
        disaster_recovery_plan_missing,
        incident_response_plan_missing,
        rollback_docs_missing,
        runbook_missing,
        secrets_management_docs_missing,
    }
    performance {
        db_index_missing,
        db_pool_not_configured,
        index_not_concurrent,
        n_plus_one_query,
        pagination_missing,
        pool_pre_ping_missing,
    }
    reliability {
        fetch_no_timeout,
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
        allowlist_substring_match,
        compose_inline_password,
        container_privileged,
        command_injection,
        cookie_httponly_missing,
        cookie_samesite_missing,
        cookie_secure_missing,
        cors_allow_all_fallback,
        cors_credentials_wildcard,
        cors_wildcard_origin,
        csp_missing,
        csrf_protection_missing,
        datastore_no_auth,
        default_admin_account,
        dockerfile_secret_baked,
        dockerfile_user_missing,
        dynamic_code_execution,
        env_file_committed,
        error_details_in_response,
        fallback_secret,
        gitignore_env_missing,
        hardcoded_secret,
        hsts_missing,
        insecure_random,
        jwt_no_expiry,
        jwt_verify_missing,
        k8s_inline_secret,
        middleware_not_mounted,
        oauth_state_not_validated,
        password_hashing_weak,
        path_traversal,
        redis_no_auth,
        test_secret_in_production,
        vendor_default_credentials,
        iac_public_access,
        iam_wildcard_permission,
        k8s_network_policy_missing,
        k8s_security_context_missing,
        secret_on_command_line,
        ssrf_user_url,
        tls_verification_disabled,
        published_port_all_interfaces,
        public_env_secret,
        token_in_web_storage,
        weak_cryptography,
        xss_dangerous_html,
        security_headers_missing,
        weak_secret_length_unchecked,
        admin_endpoint_unprotected,
        api_auth_missing,
        auth_fail_open,
        signature_compare_not_timing_safe,
        webhook_body_reserialized,
        webhook_signature_always_true,
        webhook_signature_missing,
        websocket_auth_missing,
        api_docs_public,
        link_from_host_header,
        test_endpoint_in_production,
        management_endpoint_exposed,
        health_details_exposed,
        rate_limit_auth_missing,
        rate_limit_memory_fallback,
        rate_limit_missing,
    }
    tests_quality {
        coverage_threshold_missing,
        e2e_tests_missing,
        explicit_any,
        generated_file_committed,
        leftover_file_committed,
        lint_config_ineffective,
        lint_config_missing,
        package_without_tests,
        pre_commit_hooks_missing,
        source_syntax_error,
        tests_missing,
        todo_comments,
        ts_strict_disabled,
        vendored_dependencies_committed,
    }
    ux {
        native_dialog,
        next_error_pages_missing,
    }
}

/// Every coded rule, in the order of the list above.
pub fn coded() -> &'static [&'static dyn Rule] {
    CODED
}
