//! How everything is, in a few words: for a terminal that has room for no more.

use std::collections::BTreeSet;

use super::board::{flags, is_marked_bad, standing};
use super::lens::{Lens, target};
use super::{Line, Role, Sources, Wish, format, gates, screen::Screen, words};
use crate::model::Status;
use crate::picture::{ServicePicture, Track};

/// What is worth a count, the gravest first.
const COUNTED: [(Status, &str); 6] = [
    (Status::Failed, "failing"),
    (Status::Drift, "drifting"),
    (Status::Held, "held"),
    (Status::Running, "running"),
    (Status::Frozen, "frozen"),
    (Status::Unknown, "unknown"),
];

/// The worst track with what is wrong with it, then how many services stand otherwise than well: `search production
/// 4.3.22 failed`, `3 frozen`. Each is a line of its own, to be joined where there is room.
pub fn lines(sources: &Sources) -> Vec<Line> {
    let lens = Lens::new(&Wish::of(Screen::Board), sources, &[], &[]);
    let snapshot = lens.snapshot();
    let aim = target(snapshot).map(|it| &it.id);
    let of_service = |service: &ServicePicture, track: &Track| {
        standing(service, track, &gates::holding(snapshot, &track.id, &lens.present))
    };
    let services = || snapshot.services.values();
    let tracks = services().flat_map(|service| service.tracks.iter().map(move |track| (service, track)));
    let ranked = tracks.map(|(service, track)| (of_service(service, track), service, track));
    let named = ranked.filter(|(status, ..)| matches!(status, Status::Failed | Status::Drift | Status::Held));
    // Of equals the first by name counts, that of production before others.
    let rank = |status: Status, track: &Track| (status.urgency(), aim == Some(&track.id.environment));
    let worst = named.reduce(|best, it| if rank(it.0, it.2) > rank(best.0, best.2) { it } else { best });
    let mut lines: Vec<Line> =
        worst.iter().map(|(status, service, track)| worst_line(&lens, *status, service, track)).collect();
    let stands: Vec<BTreeSet<&str>> = services()
        .map(|service| service.tracks.iter().map(|track| of_service(service, track).word()).collect())
        .collect();
    for (status, word) in COUNTED {
        let all = stands.iter().filter(|it| it.contains(status.word())).count();
        let (count, more) = match &worst {
            Some((worst, ..)) if *worst == status => (all.saturating_sub(1), "more "),
            _ => (all, ""),
        };
        if count > 0 {
            lines.push(Line::of(Role::Status(status), format!("{} {more}{word}", format::count_of(count))));
        }
    }
    let unread = snapshot.sources.values().filter(|source| !source.problems.is_empty()).count();
    if unread > 0 {
        let backends = format::counted(u64::try_from(unread).unwrap_or(u64::MAX), "backend");
        lines.push(Line::of(Role::Warning, format!("{backends} cannot be read")));
    }
    if lines.is_empty() {
        let known = services().any(|service| !service.tracks.is_empty());
        lines.push(Line::of(Role::Text, if known { "all is well" } else { "nothing is known yet" }));
    }
    lines
}

fn worst_line(lens: &Lens, status: Status, service: &ServicePicture, track: &Track) -> Line {
    let held = gates::holding(lens.snapshot(), &track.id, &lens.present);
    let flag = flags(track, &held).into_iter().find(|(role, _)| *role == Role::Status(status)).map(|(_, words)| words);
    let failed = || words::failed_last(track).map(|it| format!("{} failed", words::deployed(it)));
    let bad = || is_marked_bad(service, track).then(|| "marked bad".to_owned());
    let what = flag.or_else(failed).or_else(bad).unwrap_or_else(|| status.word().to_owned());
    Line::of(Role::Strong, service.service.id.to_string())
        .with(Role::Text, format!(" {} ", words::environment(&track.id.environment)))
        .with(Role::Status(status), what)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::view::fixture;

    fn words(sources: &Sources) -> String {
        lines(sources).iter().map(Line::plain).collect::<Vec<_>>().join(" · ")
    }

    #[test]
    fn the_worst_is_named_and_what_is_frozen_is_not_well() {
        let said = words(&fixture::sources());
        assert!(said.starts_with("payments production ") && said.contains("frozen"), "{said}");
        assert_eq!(words(&fixture::sources_of(fixture::empty())), "nothing is known yet");
    }

    #[test]
    fn what_failed_is_named_by_its_version() {
        let mut snapshot = fixture::small();
        snapshot.gates = Arc::from([]);
        snapshot.services.retain(|id, _| id.as_str() == fixture::CHECKOUT);
        let checkout = snapshot.services.get_mut(&fixture::CHECKOUT.into()).map(Arc::make_mut).unwrap();
        checkout.tracks.retain(|track| track.id.environment.as_str() == "production");
        for track in &mut checkout.tracks {
            track.history.retain(|it| it.deployment.id.as_str() != "p5");
            track.status = Status::Failed;
        }
        let said = words(&fixture::sources_of(snapshot));
        assert!(said.starts_with("checkout production 1.4.3 failed"), "{said}");
    }
}
