//! Looking again before the first write: is the world the one that was confirmed?

use crate::model::Installed;
use crate::operation::{Confirm, Engine, Finding, Intent, Plan, Stopped, Weight};
use crate::picture::Snapshot;

use super::Confirmation;
use crate::operation::planner::Planner;

impl Engine {
    /// Whether the confirmation is the one that the plan asks for.
    pub(super) fn confirmed(plan: &Plan, confirmation: &Confirmation) -> Result<(), Stopped> {
        let denials: Vec<Finding> = plan.denials().cloned().collect();
        if !denials.is_empty() {
            return Err(Stopped::Denied(denials));
        }
        let held: Vec<Finding> =
            plan.overrides().filter(|finding| !confirmation.overrides.contains(&finding.guard)).cloned().collect();
        if !held.is_empty() {
            return Err(Stopped::Held(held));
        }
        let reason = confirmation.reason.as_ref().or(plan.intent.reason.as_ref());
        if plan.overrides().next().is_some() && reason.is_none_or(|reason| reason.as_str().trim().is_empty()) {
            return Err(Stopped::Unconfirmed("a guard is passed with a reason, and none was given".into()));
        }
        if !plan.confirm.accepts(&confirmation.typed) {
            return Err(Stopped::Unconfirmed(plan.confirm.asks_for().into()));
        }
        Ok(())
    }

    /// Reads the world again and compares it with the plan: what is live, the token, and what the guards say.
    pub(super) async fn look_again(&self, plan: &Plan, snapshot: &Snapshot) -> Result<(), Stopped> {
        // The version that was confirmed is meant, even where it is no longer the default.
        let version = Some(plan.order.to.version.clone());
        let intent = Intent { version, source: plan.order.source.clone(), ..plan.intent.clone() };
        let fresh = Planner::new(&self.deps, snapshot).plan((self.deps.ids)(), &intent, &plan.actor).await?;
        match what_changed(plan, &fresh) {
            Some(why) => Err(Stopped::Changed { why: why.into(), plan: Box::new(fresh) }),
            None => Ok(()),
        }
    }
}

fn what_changed(plan: &Plan, fresh: &Plan) -> Option<String> {
    let (before, now) = (&plan.order, &fresh.order);
    let identity = |installed: &Installed| (installed.version.clone(), installed.digest.clone());
    if before.from.as_ref().map(identity) != now.from.as_ref().map(identity) {
        let live = now.from.as_ref().map_or_else(|| "nothing".to_owned(), |live| live.version.to_string());
        return Some(format!("{live} is live now"));
    }
    if before.expected != now.expected {
        return Some(format!("{} was changed by somebody else", plan.order.track));
    }
    if before.coming.as_ref().map(identity) != now.coming.as_ref().map(identity) {
        let coming = now.coming.as_ref().map_or_else(|| "nothing".to_owned(), |coming| coming.version.to_string());
        return Some(format!("{coming} is on its way now"));
    }
    if identity(&before.to) != identity(&now.to) {
        return Some(format!("{} is not the same build any more", before.to.version));
    }
    let graver = |finding: &&Finding| {
        let known = |it: &Finding| it.guard == finding.guard && it.weight >= finding.weight && it.why == finding.why;
        finding.weight >= Weight::Override && !plan.findings.iter().any(known)
    };
    fresh.findings.iter().find(graver).map(|finding| format!("{}: {}", finding.guard, finding.why))
}

impl Plan {
    /// The findings that hold it until they are overridden.
    pub fn overrides(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.weight == Weight::Override)
    }
}

impl Confirm {
    /// Whether what was typed confirms.
    pub fn accepts(&self, typed: &str) -> bool {
        let typed = typed.trim();
        match self {
            Self::Yes => matches!(typed, "y" | "yes"),
            Self::Environment(id) => typed == id.as_str(),
            Self::Count(count) => typed == count.to_string(),
        }
    }

    /// What has to be typed, in words.
    pub fn asks_for(&self) -> String {
        match self {
            Self::Yes => "`y` was not said".to_owned(),
            Self::Environment(id) => format!("the environment's name, `{id}`, has to be typed"),
            Self::Count(count) => format!("the number of tracks, {count}, has to be typed"),
        }
    }
}
