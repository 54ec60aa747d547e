//! What can be configured of clusters.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;

use super::kind::Kind;

/// Workloads in Kubernetes clusters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The kubeconfig, relative to the configuration file. Default: `$KUBECONFIG`, else `~/.kube/config`.
    pub kubeconfig: Option<PathBuf>,
    /// Whether Flightdeck runs in the cluster that it shows and speaks to it as its service account.
    pub in_cluster: bool,
    /// The context of the kubeconfig. `{environment}` makes it one for each environment: `prod-{environment}`. Default:
    /// the current one.
    pub context: Option<String>,
    /// The namespace. `{environment}` and `{service}` stand for names, `*` for anything: `shop-{environment}`. Default:
    /// `{environment}`, or the context's own where each environment has a context.
    pub namespace: Option<String>,
    /// How workloads are called. Default: `{service}`.
    pub workload: Option<String>,
    /// The label of a workload that names its service, where it has it: `app.kubernetes.io/name`. Default: its name does.
    pub service_label: Option<String>,
    /// The environments that are here: names, or a table from environment to what `{environment}` stands for. Default:
    /// all of the project.
    pub environments: Option<Environments>,
    /// A label selector that workloads have to meet: `app.kubernetes.io/part-of=shop`.
    pub selector: Option<String>,
    /// The kinds of workloads. Default: all.
    pub kinds: Vec<Kind>,
    /// The container whose image is the version, `{service}` for its name. Default: the one that the annotation
    /// `kubectl.kubernetes.io/default-container` names, that is called like the service or the workload, or the first.
    pub container: Option<String>,
    /// Where a version is called what: `tag` (of the image) or `label KEY`, `annotation KEY` of the pod template; the
    /// first that is there holds. Default: `tag`, then `label app.kubernetes.io/version`, then the digest.
    pub version: Vec<String>,
    /// Where the commit of a version stands: `label KEY` or `annotation KEY` of the pod template or the workload, or
    /// `tag REGEX` with a group `commit`. Default: `annotation org.opencontainers.image.revision`, then a tag that ends
    /// with forty digits of one.
    pub commit: Vec<String>,
    /// Tags that move, as globs: their versions are told apart by digest. Default: `latest`, `main`, `master`, `edge`,
    /// `nightly`, `stable`.
    pub moving_tags: Option<Vec<String>>,
    /// From where the repository of an image comes when it is promoted: `source` takes the whole reference as it runs
    /// there, `target` keeps the environment's own registry and takes tag and digest.
    pub repository: RepositoryOf,
    /// Whether one watch covers a whole cluster or each namespace has its own. Default: namespaces, where they are known
    /// by name and at most six.
    pub watch: WatchScope,
}

/// Which environments are where.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Environments {
    /// Environments that `{environment}` names as they are.
    Named(Vec<String>),
    /// Environment = what `{environment}` stands for.
    Mapped(BTreeMap<String, String>),
}

/// From where the repository of an image comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RepositoryOf {
    /// From the environment that it is promoted from.
    #[default]
    Source,
    /// From the environment that it is promoted to.
    Target,
}

/// What one watch covers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WatchScope {
    /// Whatever asks for less.
    #[default]
    Auto,
    /// A namespace.
    Namespaces,
    /// A cluster.
    Cluster,
}
