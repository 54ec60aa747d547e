//! Where tracks lie: from environments to contexts and namespaces, and from workloads back to tracks.

use std::collections::{BTreeMap, BTreeSet};

use super::kind::Kind;
use super::settings::{Environments, Settings, WatchScope};
use crate::backend::SettingsProblem;
use crate::backend::pattern::{self, Pattern};
use crate::model::{EnvironmentId, ServiceId, TrackId};

/// How many namespaces of one cluster are watched one by one.
const NAMESPACES: usize = 6;

/// Where the environments of a backend are.
#[derive(Clone, Debug)]
pub struct Places {
    places: Vec<Place>,
    service_label: Option<String>,
    watch: WatchScope,
    /// The kinds that are looked at, in the order in which one goes before another of the same name.
    pub kinds: Vec<Kind>,
}

/// Where one environment is.
#[derive(Clone, Debug)]
struct Place {
    environment: EnvironmentId,
    /// What stands for it in the patterns.
    value: String,
    context: String,
    namespace: Option<Pattern>,
    workload: Pattern,
}

/// What one watch covers: a cluster, or a namespace of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    /// The context of the cluster; empty for the current one.
    pub context: String,
    /// The namespace; absent for all.
    pub namespace: Namespace,
}

/// Which namespaces a watch covers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Namespace {
    /// All of the cluster.
    All,
    /// The one that the context names.
    OfContext,
    /// This one.
    Named(String),
}

/// What a workload is called, as far as places ask for it.
pub struct Named<'a> {
    /// The context of its cluster.
    pub context: &'a str,
    /// Its namespace.
    pub namespace: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its labels.
    pub labels: &'a BTreeMap<String, String>,
}

impl Places {
    /// The places that settings mean.
    ///
    /// # Errors
    /// When it cannot be told which environment is where.
    pub fn new(settings: &Settings, project: &[EnvironmentId]) -> Result<Self, SettingsProblem> {
        let problem = |key: &str, what: &str| SettingsProblem { key: key.to_owned(), what: what.into() };
        let environments: Vec<(String, String)> = match &settings.environments {
            Some(Environments::Named(names)) => names.iter().map(|it| (it.clone(), it.clone())).collect(),
            Some(Environments::Mapped(map)) => map.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
            None => project.iter().map(|it| (it.as_str().to_owned(), it.as_str().to_owned())).collect(),
        };
        if environments.is_empty() {
            return Err(problem("environments", "name at least one"));
        }
        if settings.in_cluster && settings.context.is_some() {
            return Err(problem("context", "inside a cluster there is none: leave it out, or `in_cluster`"));
        }
        let context = settings.context.as_deref().unwrap_or_default();
        let by_context = pattern::names_environments(context);
        let namespace = settings.namespace.as_deref().or((!by_context).then_some("{environment}"));
        let workload = settings.workload.as_deref().unwrap_or("{service}");
        let told_apart = [Some(context), namespace, Some(workload)].into_iter().flatten();
        if environments.len() > 1 && !told_apart.into_iter().any(pattern::names_environments) {
            let what =
                "several environments would be one: put `{environment}` into `context`, `namespace` or `workload`";
            return Err(problem("environments", what));
        }
        let values: BTreeSet<&String> = environments.iter().map(|(_, value)| value).collect();
        if values.len() < environments.len() {
            return Err(problem("environments", "two of them stand for the same"));
        }
        let places = environments.iter().map(|(name, value)| Place {
            environment: name.as_str().into(),
            value: value.clone(),
            context: pattern::fill(context, value),
            namespace: namespace.map(|it| Pattern::new(it, value)),
            workload: Pattern::new(workload, value),
        });
        let mut kinds = settings.kinds.clone();
        if kinds.is_empty() {
            kinds = Kind::ALL.to_vec();
        }
        kinds.sort();
        kinds.dedup();
        Ok(Self {
            places: places.collect(),
            service_label: settings.service_label.clone().filter(|it| !it.is_empty()),
            watch: settings.watch,
            kinds,
        })
    }

    /// The contexts that are spoken to, sorted.
    pub fn contexts(&self) -> BTreeSet<String> {
        self.places.iter().map(|it| it.context.clone()).collect()
    }

    /// Whether an environment is here.
    pub fn has(&self, environment: &EnvironmentId) -> bool {
        self.places.iter().any(|it| it.environment == *environment)
    }

    /// The context of an environment.
    pub fn context_of(&self, environment: &EnvironmentId) -> Option<&str> {
        self.places.iter().find(|it| it.environment == *environment).map(|it| it.context.as_str())
    }

    /// What has to be watched, one scope however many tracks lie in it.
    pub fn scopes(&self) -> BTreeSet<Scope> {
        let contexts = self.contexts();
        contexts.into_iter().flat_map(|context| self.scopes_of(&context)).collect()
    }

    fn scopes_of(&self, context: &str) -> BTreeSet<Scope> {
        let scope = |namespace: Namespace| Scope { context: context.to_owned(), namespace };
        let own = self.places.iter().filter(|it| it.context == context);
        let each: Option<BTreeSet<Scope>> = own
            .map(|it| match &it.namespace {
                None => Some(scope(Namespace::OfContext)),
                Some(Pattern::Exactly(name)) => Some(scope(Namespace::Named(name.clone()))),
                Some(Pattern::Many(_)) => None,
            })
            .collect();
        let whole = || BTreeSet::from([scope(Namespace::All)]);
        match (each, self.watch) {
            (None, _) | (Some(_), WatchScope::Cluster) => whole(),
            (Some(each), WatchScope::Auto) if each.len() > NAMESPACES => whole(),
            (Some(each), _) => each,
        }
    }

    /// The environments that a scope holds.
    pub fn environments_in<'a>(&'a self, scope: &'a Scope) -> impl Iterator<Item = &'a EnvironmentId> + 'a {
        let within = move |it: &&Place| {
            it.context == scope.context
                && match (&scope.namespace, &it.namespace) {
                    (Namespace::All, _) => true,
                    (Namespace::OfContext, namespace) => namespace.is_none(),
                    (Namespace::Named(name), Some(pattern)) => pattern.fits(name).is_some(),
                    (Namespace::Named(_), None) => false,
                }
        };
        self.places.iter().filter(within).map(|it| &it.environment)
    }

    /// The track that a workload is, where it is one.
    pub fn track(&self, named: &Named<'_>, default_namespace: &str) -> Option<TrackId> {
        // Of two that fit, as `eu` and `prod-eu` do `shop-prod-eu`, the one that says more is meant.
        let fits = self.places.iter().filter_map(|place| {
            if place.context != named.context {
                return None;
            }
            let of_namespace = match &place.namespace {
                Some(pattern) => pattern.fits(named.namespace)?,
                None => (named.namespace == default_namespace).then_some(None)?,
            };
            let of_name = place.workload.fits(named.name)?;
            let labelled = self.service_label.as_ref().and_then(|label| named.labels.get(label)).map(String::as_str);
            let service = match (labelled, of_namespace, of_name) {
                (Some(label), _, _) => label,
                (None, Some(one), Some(other)) if one != other => return None,
                (None, found, other) => other.or(found).unwrap_or(named.name),
            };
            let track = TrackId { service: ServiceId::from(service), environment: place.environment.clone() };
            (!service.is_empty()).then_some((place.value.len(), track))
        });
        fits.max_by_key(|(length, _)| *length).map(|(_, track)| track)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(text: &str) -> Settings {
        toml::from_str(text).expect("settings")
    }

    fn places(text: &str) -> Places {
        Places::new(&settings(text), &["dev".into(), "production".into()]).expect("places")
    }

    fn track(places: &Places, context: &str, namespace: &str, name: &str, label: &str) -> Option<String> {
        let labels = BTreeMap::from([("app.kubernetes.io/name".to_owned(), label.to_owned())]);
        let labels = if label.is_empty() { BTreeMap::new() } else { labels };
        places.track(&Named { context, namespace, name, labels: &labels }, "default").map(|it| it.to_string())
    }

    #[test]
    fn without_settings_a_namespace_is_an_environment_and_a_workload_a_service() {
        let places = places("");
        assert_eq!(track(&places, "", "dev", "checkout", ""), Some("checkout in dev".into()));
        assert_eq!(track(&places, "", "kube-system", "coredns", ""), None);
        assert_eq!(places.scopes().len(), 2);
    }

    #[test]
    fn three_hundred_services_take_a_few_lines() {
        let places = places(
            r#"
            context = "{environment}-eu"
            namespace = "team-*"
            workload = "{service}-web"
            environments = { production = "prd" }
            service_label = "app.kubernetes.io/name"
            "#,
        );
        assert_eq!(track(&places, "prd-eu", "team-a", "checkout-web", ""), Some("checkout in production".into()));
        assert_eq!(track(&places, "prd-eu", "team-a", "x-web", "search"), Some("search in production".into()));
        assert_eq!(track(&places, "prd-eu", "team-a", "checkout", ""), None);
        assert_eq!(track(&places, "dev-eu", "team-a", "checkout-web", ""), None);
        let scopes: Vec<Scope> = places.scopes().into_iter().collect();
        assert_eq!(scopes, [Scope { context: "prd-eu".into(), namespace: Namespace::All }]);
    }

    #[test]
    fn a_context_for_each_environment_has_its_own_namespace() {
        let places = places("context = \"{environment}\"");
        assert_eq!(track(&places, "dev", "default", "checkout", ""), Some("checkout in dev".into()));
        assert_eq!(track(&places, "dev", "other", "checkout", ""), None);
    }

    #[test]
    fn a_namespace_and_a_name_have_to_agree_on_the_service() {
        let places = places("namespace = \"{service}-{environment}\"");
        assert_eq!(track(&places, "", "checkout-dev", "checkout", ""), Some("checkout in dev".into()));
        assert_eq!(track(&places, "", "checkout-dev", "worker", ""), None);
    }

    #[test]
    fn of_two_environments_that_fit_the_longer_is_meant() {
        let places = places("namespace = \"{service}-{environment}\"\nenvironments = [\"eu\", \"prod-eu\"]");
        assert_eq!(track(&places, "", "shop-prod-eu", "shop", ""), Some("shop in prod-eu".into()));
        let twice = settings("environments = { dev = \"prd\", production = \"prd\" }");
        assert!(Places::new(&twice, &[]).is_err());
    }

    #[test]
    fn environments_that_nothing_tells_apart_are_refused() {
        let problem = Places::new(&settings("namespace = \"shop\""), &["dev".into(), "production".into()]).err();
        assert_eq!(problem.map(|it| it.key), Some("environments".to_owned()));
    }
}
