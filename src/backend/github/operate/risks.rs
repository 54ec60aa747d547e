//! What could go wrong with an order, as far as GitHub tells: what its environment asks for, and what each way means.

use super::gates::Checks;
use super::ground::Ground;
use super::rerun;
use super::way::{Way, called};
use super::words::tells_versions_apart;
use crate::backend::github::settings::{Dispatch, Promote, Rollback};
use crate::backend::github::wire::{Environment, ProtectionRule, Reviewer};
use crate::backend::{Order, Verb};
use crate::model::{CommitId, Text};

/// What is looked at.
pub struct Look<'a> {
    /// Where.
    pub ground: &'a Ground<'a>,
    /// What is asked for.
    pub order: &'a Order,
    /// What it comes down to.
    pub way: &'a Way,
    /// The environment with its rules, where they could be read; in it none where GitHub has no such environment yet.
    pub environment: Option<Option<&'a Environment>>,
    /// The commit and its checks, where they are known.
    pub checks: Option<(&'a CommitId, &'a Checks)>,
}

/// What could go wrong.
pub async fn of(look: &Look<'_>) -> Vec<Text> {
    let mut all = Vec::new();
    if look.order.verb != Verb::Abort {
        all.extend(protection(look));
        all.extend(look.checks.iter().flat_map(|(commit, checks)| checks.risks(commit, look.order.verb)));
    }
    match look.way {
        Way::Dispatch { reference, .. } => all.extend(dispatched(look, reference)),
        Way::Deploy { body } => {
            all.push("GitHub notes the deployment and does not carry it out: your automation has to act on it".into());
            if body.get("required_contexts").is_none() {
                all.push("GitHub refuses it unless every check of the commit is green (`required_contexts`)".into());
            }
        }
        Way::Rerun { run, .. } => {
            all.push("what comes after the job in its run runs again too".into());
            all.extend(rerun::risks(&look.ground.place, run).await);
        }
        Way::Cancel { run } => {
            let number = called(run);
            all.push(format!("all of run {number} ends, and what it has begun stays as it is then").into());
        }
    }
    all
}

/// What the rules of the environment will ask for.
fn protection(look: &Look<'_>) -> Vec<Text> {
    let name = &look.ground.environment;
    let Some(read) = look.environment else { return Vec::new() };
    let Some(environment) = read else {
        return vec![
            format!("GitHub has no environment {name} yet: the deployment makes it, without any protection").into(),
        ];
    };
    // Only jobs of workflows are held by them.
    if matches!(look.way, Way::Deploy { .. }) {
        let guarded = !environment.protection_rules.is_empty();
        let what = format!("the protection rules of {name} hold jobs of workflows, and not this deployment");
        return guarded.then(|| what.into()).into_iter().collect();
    }
    environment.protection_rules.iter().filter_map(|rule| rule_in_words(rule, name)).collect()
}

fn rule_in_words(rule: &ProtectionRule, environment: &str) -> Option<Text> {
    let words = match rule.kind.as_str() {
        "required_reviewers" => {
            let all: Vec<String> = rule.reviewers.iter().map(Reviewer::called).collect();
            let own = if rule.prevent_self_review { ", and not of who starts it" } else { "" };
            format!("the run will wait for an answer of {}{own}", all.join(" or "))
        }
        "wait_timer" => format!("the run will wait {} min", rule.wait_timer.unwrap_or_default()),
        "branch_policy" => format!("{environment} takes only some branches and tags: the run fails on another"),
        "" => return None,
        other => format!("{environment} has a rule of its own: {}", other.replace('_', " ")),
    };
    Some(words.into())
}

/// What a dispatch means for what GitHub will know of it.
fn dispatched(look: &Look<'_>, reference: &str) -> Vec<Text> {
    let settings = look.ground.settings();
    let dispatch: Option<&Dispatch> = match (look.order.verb, &settings.rollback, &settings.promote) {
        (Verb::RollBack, Some(Rollback::Workflow(dispatch)), _) | (_, _, Some(Promote::Workflow(dispatch))) => {
            Some(dispatch)
        }
        _ => None,
    };
    let Some(dispatch) = dispatch else { return Vec::new() };
    let mut all = Vec::new();
    let names_it = dispatch.reference.as_deref().is_some_and(tells_versions_apart);
    if !names_it {
        let what = format!(
            "GitHub notes the deployment with the commit of {reference}, whatever the inputs say: `ref = \"{{version}}\"` \
             notes the right one where versions are tags"
        );
        all.push(what.into());
        if !dispatch.inputs.values().any(|it| tells_versions_apart(it)) {
            let file = &dispatch.workflow;
            all.push(format!("neither `ref` nor `inputs` names the version: {file} cannot know which is meant").into());
        }
    }
    all
}
