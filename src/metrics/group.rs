//! A group of environments, such as the regions of production, as one track (metrics documentation, "Ordering").
//!
//! The group's deployments are made from those of its members: by [`GroupRule::All`] there is one when the last member
//! has what the others have, by [`GroupRule::Any`] when the first member brings something that the group does not have.
//! What failed in a member failed in the group.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::ledger::{Reported, ordered};
use super::policy::GroupRule;
use crate::model::{CommitId, Deployment, DeploymentId, EnvironmentId, Incident, Outcome, RepositoryId, Time};

/// An environment of a group.
#[derive(Clone, Debug)]
pub struct Member {
    /// The environment.
    pub environment: EnvironmentId,
    /// Its deployments, in any order.
    pub deployments: Vec<Reported>,
}

/// A deployment of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grouped {
    /// The deployment: that of the member which decided, begun when the first of its parts began, with the labels of all.
    pub reported: Reported,
    /// When the first users had it.
    pub exposed_at: Option<Time>,
    /// The members' deployments that it is made of, oldest first.
    pub parts: Vec<DeploymentId>,
}

/// What is deployed, as far as that can be told: by the commits, else by the version, else by the content.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Content {
    Commits(CommitId, Vec<(RepositoryId, CommitId)>),
    Name(String),
}

impl Content {
    fn of(deployment: &Deployment) -> Option<Self> {
        let also = || deployment.also.iter().map(|it| (it.repository.clone(), it.commit)).collect();
        let version = || deployment.version.as_ref().map(|it| it.as_str().to_owned());
        let digest = || deployment.digest.as_ref().map(|it| it.as_str().to_owned());
        let commits = deployment.commit.map(|commit| Self::Commits(commit, also()));
        commits.or_else(|| version().or_else(digest).map(Self::Name))
    }
}

/// The deployments of the group called `environment`, oldest first. What names no content belongs to no deployment of the
/// group. A member that was added later counts from its first deployment on.
pub fn group(environment: &EnvironmentId, members: &[Member], rule: GroupRule) -> Vec<Grouped> {
    let of = members.iter().map(|it| (it.environment.clone(), it.deployments.iter().cloned()));
    let by_member: BTreeMap<EnvironmentId, Vec<Reported>> =
        of.map(|(environment, all)| (environment, ordered(all.collect()))).collect();
    let mut state = State::new(&by_member);
    let of_member =
        |(member, all): (usize, &Vec<Reported>)| all.iter().map(|it| (member, it.clone())).collect::<Vec<_>>();
    let mut all: Vec<(usize, Reported)> = by_member.values().enumerate().flat_map(of_member).collect();
    all.sort_by(|(_, a), (_, b)| a.order(b));
    let parts = |(member, it): (usize, Reported)| match rule {
        _ if it.deployment.outcome != Outcome::Success => Some(vec![it]),
        GroupRule::All => state.last(member, it),
        GroupRule::Any => state.first(member, it),
    };
    let mut grouped: Vec<Grouped> = all.into_iter().filter_map(parts).filter_map(Grouped::of).collect();
    let whole = wholes(&grouped);
    for it in &mut grouped {
        let mut deployment = Deployment::clone(&it.reported.deployment);
        deployment.environment = environment.clone();
        deployment.fixes = deployment.fixes.map(|it| whole.get(&it).cloned().unwrap_or(it));
        it.reported.deployment = Arc::new(deployment);
    }
    grouped
}

/// The deployment of the group that each deployment of a member became a part of.
fn wholes(grouped: &[Grouped]) -> HashMap<DeploymentId, DeploymentId> {
    let of = |it: &Grouped| {
        let whole = it.reported.deployment.id.clone();
        it.parts.iter().map(|part| (part.clone(), whole.clone())).collect::<Vec<_>>()
    };
    grouped.iter().flat_map(of).collect()
}

/// Incidents of members as incidents of the group: they name the group, and its deployment instead of the part of it that
/// caused them.
pub fn incidents(
    environment: &EnvironmentId,
    members: &[Member],
    grouped: &[Grouped],
    incidents: &[Arc<Incident>],
) -> Vec<Arc<Incident>> {
    let whole = wholes(grouped);
    let of_group = |it: &Arc<Incident>| {
        let mut incident = Incident::clone(it);
        let here = |named: &EnvironmentId| members.iter().any(|member| member.environment == *named);
        incident.environment = incident.environment.map(|it| if here(&it) { environment.clone() } else { it });
        incident.caused_by = incident.caused_by.map(|it| whole.get(&it).cloned().unwrap_or(it));
        Arc::new(incident)
    };
    incidents.iter().map(of_group).collect()
}

/// What the members have, while their deployments are taken in one by one.
struct State {
    /// What each member has.
    has: Vec<Option<Content>>,
    /// What each member will have first: a group that waits for it waits for nothing else of it.
    begins_with: Vec<Option<Content>>,
    /// For each member its successes since the last deployment of the group.
    since: Vec<Vec<Reported>>,
    /// What the group has, and everything that it ever had.
    current: Option<Content>,
    seen: HashSet<Content>,
}

impl State {
    fn new(members: &BTreeMap<EnvironmentId, Vec<Reported>>) -> Self {
        let first = |all: &Vec<Reported>| {
            let mut successes = all.iter().filter(|it| it.deployment.outcome == Outcome::Success);
            successes.find_map(|it| Content::of(&it.deployment))
        };
        Self {
            has: vec![None; members.len()],
            begins_with: members.values().map(first).collect(),
            since: vec![Vec::new(); members.len()],
            current: None,
            seen: HashSet::new(),
        }
    }

    /// Takes in a success. When every member has got the same since the group's last deployment: the parts of the next.
    fn last(&mut self, member: usize, it: Reported) -> Option<Vec<Reported>> {
        let content = Content::of(&it.deployment)?;
        *self.has.get_mut(member)? = Some(content.clone());
        self.since.get_mut(member)?.push(it);
        let members = self.has.iter().zip(&self.begins_with).zip(&self.since);
        let complete = members.into_iter().all(|((has, begins_with), since)| match has {
            Some(has) => *has == content && !since.is_empty(),
            None => *begins_with != Some(content.clone()),
        });
        complete.then(|| {
            let parts = self.since.iter_mut().flat_map(std::mem::take);
            ordered(parts.filter(|it| Content::of(&it.deployment).as_ref() == Some(&content)).collect())
        })
    }

    /// Takes in a success. A member that catches up with what the group had brings nothing, one that leaves what the
    /// group has does.
    fn first(&mut self, member: usize, it: Reported) -> Option<Vec<Reported>> {
        let content = Content::of(&it.deployment)?;
        let had = self.has.get_mut(member)?.replace(content.clone());
        let leaves = had.is_some() && had == self.current && had.as_ref() != Some(&content);
        if !self.seen.insert(content.clone()) && !leaves {
            return None;
        }
        self.current = Some(content);
        Some(vec![it])
    }
}

impl Grouped {
    /// The deployment of the group that is made of those; the last of them decides.
    fn of(parts: Vec<Reported>) -> Option<Self> {
        let (first, last) = (parts.first()?, parts.last()?);
        let mut labels = Vec::new();
        for label in parts.iter().flat_map(|it| &it.deployment.labels) {
            if !labels.contains(label) {
                labels.push(label.clone());
            }
        }
        let deployment = Deployment {
            started_at: parts.iter().filter_map(|it| it.deployment.started_at).min(),
            labels,
            fixes: parts.iter().find_map(|it| it.deployment.fixes.clone()),
            ..Deployment::clone(&last.deployment)
        };
        Some(Self {
            reported: Reported { source: last.source.clone(), deployment: Arc::new(deployment) },
            exposed_at: first.deployment.at(),
            parts: parts.iter().map(|it| it.deployment.id.clone()).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::super::fixture::{Choices, Deploy, Track, time};
    use super::*;

    /// Successes as (member, content), one an hour.
    fn grouped(rule: GroupRule, members: &str, deployments: &str) -> Vec<Grouped> {
        let all = deployments.split_whitespace().enumerate().map(|(hour, it)| {
            let (member, content) = it.split_at(1);
            let at = u32::try_from(hour).map(f64::from).unwrap();
            let ok = !content.ends_with('!');
            let content = content.trim_end_matches('!').to_owned();
            Deploy {
                id: it.to_owned() + &hour.to_string(),
                sha: content,
                at,
                ok,
                environment: Some(member.into()),
                ..Deploy::default()
            }
        });
        let group = members.chars().map(String::from).collect();
        let policy = Choices { group, any: rule == GroupRule::Any, ..Choices::default() };
        Track { deploys: all.collect(), policy, ..Track::default() }.grouped()
    }

    fn told(all: &[Grouped]) -> String {
        let hours = |it: &Grouped| (it.reported.deployment.finished_at.unwrap() - time(0.0)).num_hours();
        let exposed = |it: &Grouped| (it.exposed_at.unwrap() - time(0.0)).num_hours();
        let one = |it: &Grouped| format!("{}@{}-{}", it.reported.deployment.id, exposed(it), hours(it));
        all.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[rstest]
    #[case::last_decides("eu", "eA uA eB uB", "uA1@0-1 uB3@2-3")]
    #[case::one_behind("eu", "eA uA eB eC uC", "uA1@0-1 uC4@3-4")]
    #[case::restart_of_one("eu", "eA uA eA eB uB", "uA1@0-1 uB4@3-4")]
    #[case::restart_of_all("eu", "eA uA eA uA", "uA1@0-1 uA3@2-3")]
    #[case::back_in_one_only("eu", "eA uA eB uB eA eB", "uA1@0-1 uB3@2-3")]
    #[case::back_in_all("eu", "eA uA eB uB eA uA", "uA1@0-1 uB3@2-3 uA5@4-5")]
    #[case::failed("eu", "eA uA eB uB! uB", "uA1@0-1 uB!3@3-3 uB4@2-4")]
    #[case::added_later("eux", "eA uA eB uB xB eC uC xC", "uA1@0-1 xB4@2-4 xC7@5-7")]
    #[case::never_used("eux", "eA uA", "uA1@0-1")]
    #[case::alone("e", "eA eB eA", "eA0@0-0 eB1@1-1 eA2@2-2")]
    fn all_members_have_it(#[case] members: &str, #[case] deployments: &str, #[case] expected: &str) {
        assert_eq!(told(&grouped(GroupRule::All, members, deployments)), expected);
    }

    #[rstest]
    #[case::first_decides("eA uA eB uB", "eA0@0-0 eB2@2-2")]
    #[case::catching_up("eA uA eB eC uB uC", "eA0@0-0 eB2@2-2 eC3@3-3")]
    #[case::going_back("eA uA eB uB eA uA", "eA0@0-0 eB2@2-2 eA4@4-4")]
    #[case::restart("eA uA eA", "eA0@0-0")]
    #[case::failed("eA uB! uB", "eA0@0-0 uB!1@1-1 uB2@2-2")]
    fn any_member_has_it(#[case] deployments: &str, #[case] expected: &str) {
        assert_eq!(told(&grouped(GroupRule::Any, "eu", deployments)), expected);
    }

    #[test]
    fn what_names_a_part_names_the_whole() {
        let deploy = |id: &str, sha: &str, at: f64, environment: &str| Deploy {
            id: id.into(),
            sha: sha.into(),
            at,
            ok: true,
            environment: Some(environment.into()),
            ..Deploy::default()
        };
        let fix = Deploy { fixes: Some("e1".into()), labels: vec!["hotfix".into()], ..deploy("e2", "B", 2.0, "e") };
        let track = Track {
            deploys: vec![deploy("e1", "A", 0.0, "e"), deploy("u1", "A", 1.0, "u"), fix, deploy("u2", "B", 3.0, "u")],
            policy: Choices { group: vec!["e".into(), "u".into()], ..Choices::default() },
            ..Track::default()
        };
        let grouped = track.grouped();
        let last = &grouped[1].reported.deployment;
        assert_eq!((last.id.as_str(), last.fixes.as_ref().map(DeploymentId::as_str)), ("u2", Some("u1")));
        assert_eq!((last.labels.len(), last.environment.as_str()), (1, "group"));
        assert_eq!(grouped[1].parts, ["e2".into(), "u2".into()]);
        let incident = Incident {
            id: "i1".into(),
            service: None,
            environment: Some("e".into()),
            title: "it hurt".into(),
            opened_at: time(2.0),
            detected_at: None,
            resolved_at: None,
            caused_by: Some("e2".into()),
            url: None,
        };
        let told = incidents(&"group".into(), &track.members(), &grouped, &[Arc::new(incident)]);
        assert_eq!(told[0].caused_by, Some("u2".into()));
        assert_eq!(told[0].environment, Some("group".into()));
    }
}
