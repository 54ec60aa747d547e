//! The workload that is written to, as it was read.

use serde_json::Value;

use super::json::{flag, text};
use super::request::ObjectName;
use super::template;
use crate::backend::kubernetes::kind::Kind;

/// The workload that is written to, as it was read.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// What it is.
    pub kind: Kind,
    /// Which one.
    pub name: &'a ObjectName,
    /// The object itself.
    pub object: &'a Value,
}

impl<'a> Subject<'a> {
    /// What its pods are to be made from.
    pub fn template(&self) -> &'a Value {
        self.object.pointer(template::AT).unwrap_or(&Value::Null)
    }

    /// Whether somebody paused it.
    pub fn is_paused(&self) -> bool {
        flag(self.object, "/spec/paused")
    }

    /// How pods are replaced: `RollingUpdate`, `Recreate`, `OnDelete`.
    pub fn strategy(&self) -> &'a str {
        match self.kind {
            Kind::Deployment => text(self.object, "/spec/strategy/type"),
            Kind::StatefulSet | Kind::DaemonSet => text(self.object, "/spec/updateStrategy/type"),
        }
    }

    /// Whether pods are replaced only when somebody deletes them.
    pub fn is_on_delete(&self) -> bool {
        self.strategy() == "OnDelete"
    }

    /// What people call it: `deployments/checkout`.
    pub fn short(&self) -> String {
        self.name.short()
    }
}
