//! How a repository is deployed, in the words of `[deploy] method`.

/// The answer of a team whose repository does not tell how it is deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DeployMethod {
    AppEngine,
    AppService,
    CloudRun,
    Cloudflare,
    Compose,
    Docker,
    Ecs,
    Fly,
    Heroku,
    Kubernetes,
    Netlify,
    /// Not deployed at all: a library, a tool, a template.
    None,
    /// Deployed by means that this list does not name.
    Other,
    /// Published to a package registry.
    Package,
    Railway,
    Render,
    Serverless,
    Ssh,
    Systemd,
    Vercel,
}

impl DeployMethod {
    pub const ALL: [Self; 20] = [
        Self::AppEngine,
        Self::AppService,
        Self::CloudRun,
        Self::Cloudflare,
        Self::Compose,
        Self::Docker,
        Self::Ecs,
        Self::Fly,
        Self::Heroku,
        Self::Kubernetes,
        Self::Netlify,
        Self::None,
        Self::Other,
        Self::Package,
        Self::Railway,
        Self::Render,
        Self::Serverless,
        Self::Ssh,
        Self::Systemd,
        Self::Vercel,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::AppEngine => "app-engine",
            Self::AppService => "app-service",
            Self::CloudRun => "cloud-run",
            Self::Cloudflare => "cloudflare",
            Self::Compose => "compose",
            Self::Docker => "docker",
            Self::Ecs => "ecs",
            Self::Fly => "fly",
            Self::Heroku => "heroku",
            Self::Kubernetes => "kubernetes",
            Self::Netlify => "netlify",
            Self::None => "none",
            Self::Other => "other",
            Self::Package => "package",
            Self::Railway => "railway",
            Self::Render => "render",
            Self::Serverless => "serverless",
            Self::Ssh => "ssh",
            Self::Systemd => "systemd",
            Self::Vercel => "vercel",
        }
    }

    /// The method of that name; `k8s` is short for Kubernetes.
    pub fn named(name: &str) -> Option<Self> {
        let name = if name == "k8s" { "kubernetes" } else { name };
        Self::ALL.into_iter().find(|method| method.as_str() == name)
    }

    /// The platform builds and runs the code itself, so the repository needs no image and no Compose file.
    pub fn is_platform(self) -> bool {
        matches!(
            self,
            Self::AppEngine
                | Self::AppService
                | Self::Cloudflare
                | Self::Fly
                | Self::Heroku
                | Self::Netlify
                | Self::Railway
                | Self::Render
                | Self::Serverless
                | Self::Vercel
        )
    }
}
