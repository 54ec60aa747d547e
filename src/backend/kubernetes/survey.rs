//! What clusters hold, for a first configuration: names and labels alone are asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::Api;
use kube::api::ListParams;

use super::cluster::Cluster;
use super::fresh::PATIENCE;
use super::kind::Kind;
use super::raw::Raw;
use super::settings::Settings;
use crate::backend::{ErrorKind, Result};
use crate::model::SourceId;

/// The label that names what a workload is.
const NAME: &str = "app.kubernetes.io/name";
/// How many workloads of one kind are looked at in a cluster: it is a first guess.
const MOST: u32 = 5_000;

/// A proposal for settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    /// The environments.
    pub environments: Vec<String>,
    /// The pattern of contexts.
    pub context: Option<String>,
    /// The pattern of namespaces.
    pub namespace: Option<String>,
    /// The label that names services.
    pub service_label: Option<String>,
    /// How many workloads were seen there.
    pub workloads: usize,
}

/// A workload that was seen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    context: String,
    namespace: String,
    name: String,
    label: Option<String>,
}

/// Looks into the clusters of some contexts, or of the current one, and proposes settings.
///
/// # Errors
/// When one of them cannot be read.
pub async fn survey(base: &Path, kubeconfig: Option<&Path>, contexts: &[String]) -> Result<Proposal> {
    let settings = Settings { kubeconfig: kubeconfig.map(Path::to_path_buf), ..Settings::default() };
    let source = SourceId::from("cluster");
    let current = [String::new()];
    let contexts = if contexts.is_empty() { &current[..] } else { contexts };
    let clusters = contexts.iter().map(|context| Cluster::new(&source, context, &settings, base));
    let mut all = Vec::new();
    for cluster in clusters {
        for kind in Kind::ALL {
            all.extend(seen(&cluster, kind).await?);
        }
    }
    Ok(propose(contexts, all))
}

async fn seen(cluster: &Cluster, kind: Kind) -> Result<Vec<Seen>> {
    let client = cluster.client().await?;
    let resource = kind.resource();
    let everywhere: Api<Raw> = Api::all_with(client.clone(), &resource);
    let list = match list(cluster, &everywhere, kind).await {
        // Who may not look everywhere may look where the context points to.
        Err(error) if error.kind == ErrorKind::Forbidden => {
            let here: Api<Raw> = Api::namespaced_with(client.clone(), client.default_namespace(), &resource);
            list(cluster, &here, kind).await?
        }
        other => other?,
    };
    let named = |meta: ObjectMeta| {
        Some(Seen {
            context: cluster.context.clone(),
            namespace: meta.namespace?,
            name: meta.name?,
            label: meta.labels.and_then(|mut labels| labels.remove(NAME)),
        })
    };
    Ok(list.into_iter().filter_map(named).collect())
}

async fn list(cluster: &Cluster, api: &Api<Raw>, kind: Kind) -> Result<Vec<ObjectMeta>> {
    let what = format!("list {}s", kind.lower());
    let asked = cluster.asked(&what);
    let params = ListParams::default().limit(MOST);
    match tokio::time::timeout(PATIENCE, api.list_metadata(&params)).await {
        Ok(Ok(list)) => Ok(list.items.into_iter().map(|it| it.metadata).collect()),
        Ok(Err(error)) => Err(asked.failed(&error)),
        Err(_) => Err(asked.timed_out()),
    }
}

/// Settings for what was seen: contexts are environments where there are several, else namespaces that hold the same
/// workloads.
fn propose(contexts: &[String], mut all: Vec<Seen>) -> Proposal {
    all.retain(|it| !it.namespace.starts_with("kube-"));
    let namespaces: BTreeSet<&str> = all.iter().map(|it| it.namespace.as_str()).collect();
    let mut proposal = Proposal::default();
    if let [one] = contexts {
        proposal.context = Some(one.clone()).filter(|it| !it.is_empty());
        let alike = alike(&all);
        let chosen = if alike.len() > 1 { alike } else { namespaces };
        let (pattern, names) = pattern(&chosen.into_iter().collect::<Vec<_>>());
        all.retain(|it| pattern_has(&pattern, &names, &it.namespace));
        proposal.namespace = Some(pattern);
        proposal.environments = names;
    } else {
        let (pattern, names) = pattern(&contexts.iter().map(String::as_str).collect::<Vec<_>>());
        proposal.context = Some(pattern);
        proposal.environments = names;
        proposal.namespace = match namespaces.iter().copied().collect::<Vec<_>>().as_slice() {
            [only] => Some((*only).to_owned()),
            _ => Some("*".to_owned()),
        };
    }
    proposal.workloads = all.len();
    proposal.service_label = label_that_names(&all).then(|| NAME.to_owned());
    proposal
}

/// Namespaces that hold a workload of the same name as another one.
fn alike(all: &[Seen]) -> BTreeSet<&str> {
    let mut by_name: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for it in all {
        by_name.entry(it.label.as_deref().unwrap_or(&it.name)).or_default().insert(&it.namespace);
    }
    by_name.into_values().filter(|namespaces| namespaces.len() > 1).flatten().collect()
}

/// What names have in common, with `{environment}` in the place of what they have not, and that.
fn pattern(names: &[&str]) -> (String, Vec<String>) {
    let whole = || ("{environment}".to_owned(), names.iter().map(|&it| it.to_owned()).collect());
    let [first, rest @ ..] = names else { return whole() };
    if rest.is_empty() {
        return whole();
    }
    let separator = |c: char| matches!(c, '-' | '_' | '.' | '/' | ':' | '@');
    let starts = first.char_indices().filter(|(_, c)| separator(*c)).map(|(at, c)| at + c.len_utf8());
    let prefix = starts.filter_map(|at| first.get(..at)).rfind(|it| rest.iter().all(|name| name.starts_with(it)));
    let prefix = prefix.unwrap_or_default();
    let ends = first.char_indices().filter(|(_, c)| separator(*c)).map(|(at, _)| at);
    let suffix = ends.filter_map(|at| first.get(at..)).find(|it| rest.iter().all(|name| name.ends_with(it)));
    let suffix = suffix.unwrap_or_default();
    let between = names.iter().map(|name| name.strip_prefix(prefix)?.strip_suffix(suffix).filter(|it| !it.is_empty()));
    match between.collect::<Option<Vec<&str>>>() {
        Some(between) => (format!("{prefix}{{environment}}{suffix}"), between.into_iter().map(str::to_owned).collect()),
        None => whole(),
    }
}

fn pattern_has(pattern: &str, names: &[String], namespace: &str) -> bool {
    names.iter().any(|name| crate::backend::pattern::fill(pattern, name) == namespace)
}

/// Whether the label names workloads better than their names do: all have it, each has its own, and they differ.
fn label_that_names(all: &[Seen]) -> bool {
    let mut known: BTreeSet<(&str, &str, &str)> = BTreeSet::new();
    let each_its_own =
        all.iter().all(|it| it.label.as_ref().is_some_and(|label| known.insert((&it.context, &it.namespace, label))));
    each_its_own && all.iter().any(|it| it.label.as_deref() != Some(&it.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(context: &str, namespace: &str, name: &str, label: Option<&str>) -> Seen {
        Seen { context: context.into(), namespace: namespace.into(), name: name.into(), label: label.map(Into::into) }
    }

    #[test]
    fn namespaces_with_the_same_workloads_are_environments() {
        let all = ["shop-dev", "shop-production", "tools"]
            .map(|it| seen("", it, if it == "tools" { "ci" } else { "web" }, None));
        let mut all = all.to_vec();
        all.push(seen("", "kube-system", "dns", None));
        let found = propose(&[String::new()], all);
        assert_eq!(found.namespace.as_deref(), Some("shop-{environment}"));
        assert_eq!(found.environments, ["dev", "production"]);
        assert_eq!((found.context, found.service_label, found.workloads), (None, None, 2));
    }

    #[test]
    fn several_contexts_are_environments() {
        let contexts = ["eu-testing-1".to_owned(), "eu-production-1".to_owned()];
        let all = contexts.iter().map(|it| seen(it, "shop", "web-7", Some("web"))).collect();
        let found = propose(&contexts, all);
        assert_eq!(found.context.as_deref(), Some("eu-{environment}-1"));
        assert_eq!(found.environments, ["testing", "production"]);
        assert_eq!(found.namespace.as_deref(), Some("shop"));
        assert_eq!(found.service_label.as_deref(), Some(NAME));
    }

    #[test]
    fn one_namespace_is_one_environment() {
        let found = propose(&["kind".to_owned()], vec![seen("kind", "default", "web", Some("web"))]);
        assert_eq!((found.namespace.as_deref(), found.service_label), (Some("{environment}"), None));
        assert_eq!(found.environments, ["default"]);
        assert_eq!(propose(&["kind".to_owned()], Vec::new()).environments, Vec::<String>::new());
    }

    #[test]
    fn what_names_share_is_left_out_of_environments() {
        let cases = [
            (&["a-dev", "a-prod"][..], "a-{environment}", &["dev", "prod"][..]),
            (&["dev", "prod"], "{environment}", &["dev", "prod"]),
            (&["dev.shop", "prod.shop"], "{environment}.shop", &["dev", "prod"]),
            (&["a-b", "a-b-c"], "a-{environment}", &["b", "b-c"]),
            (&["x"], "{environment}", &["x"]),
        ];
        for (names, expected, environments) in cases {
            let (found, names) = pattern(names);
            assert_eq!((found.as_str(), names), (expected, environments.iter().map(|&it| it.to_owned()).collect()));
        }
    }
}
