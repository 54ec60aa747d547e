//! Who manages an object beside people: what is written to it directly, they will write over.

use serde_json::Value;

use super::json::{annotation, flag, label, list, text};
use crate::model::{Gate, GateKind, Holds, Override, Scope, Text, TrackId, Verb};

/// Who manages an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// `Argo CD application shop`.
    pub who: String,
    /// What it does with what is written here.
    pub does: &'static str,
    /// The way that lasts.
    pub lasting: &'static str,
}

/// Ways to tell an owner, the surest first.
const SIGNS: [fn(&Value) -> Option<Owner>; 5] = [controller, argo, flux_kustomization, flux_release, helm];

/// Who manages it, where somebody does.
pub fn of(object: &Value) -> Option<Owner> {
    SIGNS.iter().find_map(|sign| sign(object))
}

fn controller(object: &Value) -> Option<Owner> {
    let owners = list(object, "/metadata/ownerReferences");
    let owner = owners.iter().find(|it| flag(it, "/controller"))?;
    Some(Owner {
        who: format!("{} {}", text(owner, "/kind"), text(owner, "/name")),
        does: "it makes this object and will make it so again",
        lasting: "change that object instead",
    })
}

fn argo(object: &Value) -> Option<Owner> {
    let tracked = annotation(object, "argocd.argoproj.io/tracking-id").and_then(|id| id.split(':').next());
    // Many others set this label too: it counts only where Argo CD wrote to the object.
    let labelled = || label(object, "app.kubernetes.io/instance").filter(|_| wrote(object, "argocd"));
    let application = tracked.or_else(labelled).filter(|it| !it.is_empty())?;
    Some(Owner {
        who: format!("Argo CD application {application}"),
        does: "it will revert this at its next sync, at once where it heals itself",
        lasting: "change the application's source in git",
    })
}

fn flux_kustomization(object: &Value) -> Option<Owner> {
    let name = label(object, "kustomize.toolkit.fluxcd.io/name")?;
    if annotation(object, "kustomize.toolkit.fluxcd.io/reconcile") == Some("disabled") {
        return None;
    }
    let namespace = label(object, "kustomize.toolkit.fluxcd.io/namespace").unwrap_or_default();
    Some(Owner {
        who: format!("Flux Kustomization {}", within(namespace, name)),
        does: "it will revert this when it reconciles",
        lasting: "change its source in git",
    })
}

fn flux_release(object: &Value) -> Option<Owner> {
    let name = label(object, "helm.toolkit.fluxcd.io/name")?;
    let namespace = label(object, "helm.toolkit.fluxcd.io/namespace").unwrap_or_default();
    Some(Owner {
        who: format!("Flux HelmRelease {}", within(namespace, name)),
        does: "its next upgrade will revert this, at once where it corrects drift",
        lasting: "change its values or chart version in git",
    })
}

fn helm(object: &Value) -> Option<Owner> {
    (label(object, "app.kubernetes.io/managed-by") == Some("Helm")).then(|| {
        let release = annotation(object, "meta.helm.sh/release-name").unwrap_or("of unknown name");
        Owner {
            who: format!("Helm release {release}"),
            does: "its next upgrade or rollback may revert this",
            lasting: "upgrade the release with the values of what is wanted",
        }
    })
}

fn wrote(object: &Value, manager: &str) -> bool {
    list(object, "/metadata/managedFields").iter().any(|it| text(it, "/manager").contains(manager))
}

fn within(namespace: &str, name: &str) -> String {
    if namespace.is_empty() { name.to_owned() } else { format!("{namespace}/{name}") }
}

impl Owner {
    /// The gate that it is for what it would revert.
    pub fn gate(&self, track: &TrackId) -> Gate {
        Gate {
            kind: GateKind::Automation,
            scope: Scope { service: Some(track.service.clone()), environment: Some(track.environment.clone()) },
            holds: Holds::Humans,
            who: self.who.as_str().into(),
            why: self.words(),
            since: None,
            until: None,
            overridden_by: Override::Reason,
            verbs: vec![Verb::Promote, Verb::RollBack, Verb::Abort],
            url: None,
        }
    }

    fn words(&self) -> Text {
        format!("{} manages it: {}; what lasts: {}", self.who, self.does, self.lasting).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn owners_are_told_by_what_they_leave_on_an_object() {
        let instance = json!({ "app.kubernetes.io/instance": "shop" });
        let cases = [
            (json!({}), None),
            (
                json!({ "annotations": { "argocd.argoproj.io/tracking-id": "shop:apps/Deployment:prod/web" } }),
                Some("Argo CD application shop"),
            ),
            (json!({ "labels": instance.clone() }), None),
            (
                json!({ "labels": instance, "managedFields": [{ "manager": "argocd-controller" }] }),
                Some("Argo CD application shop"),
            ),
            (
                json!({ "labels": { "kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux" } }),
                Some("Flux Kustomization flux/apps"),
            ),
            (
                json!({
                    "labels": { "kustomize.toolkit.fluxcd.io/name": "apps" },
                    "annotations": { "kustomize.toolkit.fluxcd.io/reconcile": "disabled" },
                }),
                None,
            ),
            (json!({ "labels": { "helm.toolkit.fluxcd.io/name": "shop" } }), Some("Flux HelmRelease shop")),
            (
                json!({
                    "labels": { "app.kubernetes.io/managed-by": "Helm" },
                    "annotations": { "meta.helm.sh/release-name": "shop" },
                }),
                Some("Helm release shop"),
            ),
            (
                json!({ "ownerReferences": [{ "kind": "Rollout", "name": "web", "controller": true }] }),
                Some("Rollout web"),
            ),
            (json!({ "ownerReferences": [{ "kind": "ConfigMap", "name": "web" }] }), None),
        ];
        for (metadata, expected) in cases {
            let found = of(&json!({ "metadata": metadata })).map(|it| it.who);
            assert_eq!(found.as_deref(), expected, "{metadata}");
        }
    }
}
