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
        container_image_unpinned,
        container_init_missing,
        deploy_method_missing,
        docker_compose_missing,
        dockerfile_copy_source_missing,
        dockerfile_healthcheck_missing,
        dockerfile_missing,
        dockerfile_not_multistage,
        dockerfile_stage_input_missing,
        dockerignore_missing,
        entrypoint_signal_swallowed,
        k8s_hpa_missing,
        k8s_manifests_missing,
        k8s_probes_missing,
        k8s_resource_limits_missing,
        migrate_script_missing,
        migration_rollback_missing,
        migrations_dir_missing,
        schema_push,
    }
    ci_cd {
        ci_workflow_missing,
    }
    data_security {
        iac_encryption_missing,
    }
    documentation {
    }
    environments {
    }
    observability {
        console_usage,
        iac_monitoring_disabled,
        structured_logger_missing,
    }
    operations_docs {
    }
    performance {
    }
    reliability {
        iac_deletion_protection_missing,
        k8s_pdb_missing,
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
        iac_public_access,
        iam_wildcard_permission,
        k8s_network_policy_missing,
        k8s_security_context_missing,
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
