//! What is measured of a snapshot: its tracks, and groups of environments as one track each.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono_tz::Tz;

use crate::metrics::group::{self, Member};
use crate::metrics::{Codebase, Entry, Ledger, Policy};
use crate::model::{Environment, EnvironmentId, Incident, TrackId};
use crate::picture::{ServicePicture, Snapshot, Track};

/// One thing to measure.
pub struct Piece<'a> {
    pub service: &'a ServicePicture,
    pub track: TrackId,
    pub production: bool,
    pub zone: Tz,
    pub ledger: Arc<Ledger>,
    pub incidents: Vec<Arc<Incident>>,
}

/// Everything that `pick` picks, service by service: tracks in the order of promotion, then groups by name.
pub fn of<'a>(snapshot: &'a Snapshot, policy: &Policy, pick: &dyn Fn(&TrackId) -> bool) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    for service in snapshot.services.values() {
        let tracks = service.tracks.iter().filter(|track| pick(&track.id));
        pieces.extend(tracks.map(|track| single(snapshot, service, track, policy)));
        for (name, tracks) in groups(snapshot, service) {
            let track = TrackId { service: service.service.id.clone(), environment: name };
            if pick(&track) {
                pieces.push(grouped(snapshot, service, track, &tracks, policy));
            }
        }
    }
    pieces
}

/// Whether a track, or a group, is what a person means who names none: where users are, each environment of a group within
/// its group; everything where no environment is known to have users.
pub fn is_headline(snapshot: &Snapshot, track: &TrackId) -> bool {
    let users = snapshot.environments.iter().any(|it| it.production);
    let members = || snapshot.environments.iter().filter(|it| it.group.as_ref() == Some(&track.environment));
    match snapshot.environment(&track.environment) {
        Some(it) => it.group.is_none() && (it.production || !users),
        None => members().any(|it| it.production || !users) || (!users && members().next().is_none()),
    }
}

fn single<'a>(snapshot: &'a Snapshot, service: &'a ServicePicture, track: &Track, policy: &Policy) -> Piece<'a> {
    let environment = snapshot.environment(&track.id.environment);
    Piece {
        service,
        track: track.id.clone(),
        production: environment.is_some_and(|it| it.production),
        zone: environment.map_or(Tz::UTC, |it| it.time_zone),
        ledger: ledger(snapshot, track, policy),
        incidents: incidents(snapshot, service, &|it| *it == track.id.environment),
    }
}

/// The track's own ledger, or one with the baseline that is asked for.
fn ledger(snapshot: &Snapshot, track: &Track, policy: &Policy) -> Arc<Ledger> {
    if *track.ledger.baseline() == policy.baseline {
        return Arc::clone(&track.ledger);
    }
    let reported = track.ledger.entries().iter().map(Entry::reported);
    Arc::new(Ledger::new(reported.collect(), &codebases(snapshot, &[track]), &policy.baseline))
}

fn codebases<'a>(snapshot: &'a Snapshot, tracks: &[&'a Track]) -> Vec<Codebase<'a>> {
    let mut codebases: Vec<Codebase<'a>> = Vec::new();
    for id in tracks.iter().flat_map(|it| it.ledger.repository_ids()) {
        let known = codebases.iter().any(|it| it.id == id);
        let repository = snapshot.repositories.get(id).filter(|_| !known);
        codebases.extend(repository.map(|it| Codebase { id: &it.id, graph: &it.graph }));
    }
    codebases
}

/// The tracks of the service in each group of environments.
fn groups<'a>(snapshot: &Snapshot, service: &'a ServicePicture) -> BTreeMap<EnvironmentId, Vec<&'a Track>> {
    let mut groups: BTreeMap<EnvironmentId, Vec<&Track>> = BTreeMap::new();
    for track in &service.tracks {
        let group = snapshot.environment(&track.id.environment).and_then(|it| it.group.clone());
        group.into_iter().for_each(|group| groups.entry(group).or_default().push(track));
    }
    groups
}

fn grouped<'a>(
    snapshot: &'a Snapshot,
    service: &'a ServicePicture,
    track: TrackId,
    tracks: &[&Track],
    policy: &Policy,
) -> Piece<'a> {
    let environments: Vec<&Environment> =
        tracks.iter().filter_map(|it| snapshot.environment(&it.id.environment)).collect();
    let members: Vec<Member> = tracks
        .iter()
        .map(|it| Member {
            environment: it.id.environment.clone(),
            deployments: it.ledger.entries().iter().map(Entry::reported).collect(),
        })
        .collect();
    let of_group = group::group(&track.environment, &members, policy.group);
    let is_member = |it: &EnvironmentId| members.iter().any(|member| member.environment == *it);
    let incidents = incidents(snapshot, service, &is_member);
    let incidents = group::incidents(&track.environment, &members, &of_group, &incidents);
    let reported = of_group.into_iter().map(|it| it.reported).collect();
    Piece {
        service,
        production: environments.iter().any(|it| it.production),
        zone: environments.first().map_or(Tz::UTC, |it| it.time_zone),
        ledger: Arc::new(Ledger::new(reported, &codebases(snapshot, tracks), &policy.baseline)),
        incidents,
        track,
    }
}

/// The incidents of the service in an environment, and those that name no place and may name a deployment.
fn incidents(
    snapshot: &Snapshot,
    service: &ServicePicture,
    here: &dyn Fn(&EnvironmentId) -> bool,
) -> Vec<Arc<Incident>> {
    let is_here = |it: &&Arc<Incident>| it.environment.as_ref().is_none_or(here);
    let shared = snapshot.incidents.iter().filter(|it| it.caused_by.is_some()).cloned().map(Arc::new);
    service.incidents.iter().filter(is_here).cloned().chain(shared).collect()
}
