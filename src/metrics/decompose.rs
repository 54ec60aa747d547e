//! Where the time of a change went: its lead time cut at the milestones, so that the parts sum exactly to the whole
//! (metrics documentation, "Wait-time decomposition").

use std::collections::BTreeMap;

use super::milestone::{Milestone, Spent};

/// The lead time of a change in parts, in the order of its way.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decomposition {
    /// The parts.
    pub segments: Vec<Segment>,
}

/// The time from the milestone before to this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The milestone at its end.
    pub to: Milestone,
    /// How long it took. Never negative; 0 for a milestone that came out of order.
    pub seconds: i64,
    /// Work or waiting. Unknown where work and waiting are not told apart because a milestone is missing.
    pub spent: Spent,
    /// It holds the time of milestones before it that are not known.
    pub missing: bool,
    /// An environment that the change reached only after production.
    pub bypassed: bool,
}

/// Work and waiting of one or many changes, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// Somebody or something worked.
    pub active: i64,
    /// Nothing happened.
    pub waiting: i64,
    /// Cannot be told.
    pub unknown: i64,
}

/// A part of many changes on average. A change that lacks the part adds 0, so the means add up to the mean lead time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mean {
    /// The milestone at its end.
    pub to: Milestone,
    /// Seconds.
    pub seconds: f64,
    /// In how many changes it holds the time of milestones that are not known.
    pub missing: usize,
}

/// Cuts the time from `start` to the last of `milestones`, which stand in the order of the way. Instants are seconds of
/// any one clock. `None` if the last milestone is not known: what has not arrived has no lead time.
///
/// With t the instants and n the last, m(k) = min(t(n), max(m(k-1), t(k))) and a segment is m(k) - m(k-1). A milestone
/// that is not known is skipped and its time falls into the next known one; an environment that was reached after the end
/// takes none. An end before the start makes all parts 0, as it does the lead time.
pub fn decompose(start: i64, milestones: &[(Milestone, Option<i64>)]) -> Option<Decomposition> {
    let end = milestones.last()?.1?.max(start);
    let mut segments = Vec::with_capacity(milestones.len());
    let (mut reached, mut skipped) = (start, None);
    for (to, at) in milestones {
        let before = to.spent_before();
        let Some(at) = at else {
            skipped = Some(blend(skipped, before));
            continue;
        };
        if *at > end && to.can_be_bypassed() {
            segments.push(Segment { to: *to, seconds: 0, spent: before, missing: false, bypassed: true });
            continue;
        }
        let (from, missing) = (reached, skipped.is_some());
        reached = (*at).max(reached).min(end);
        let spent = blend(skipped.take(), before);
        segments.push(Segment { to: *to, seconds: reached.saturating_sub(from), spent, missing, bypassed: false });
    }
    Some(Decomposition { segments })
}

/// What time is that was spent in both ways.
fn blend(one: Option<Spent>, other: Spent) -> Spent {
    if one.is_none_or(|it| it == other) { other } else { Spent::Unknown }
}

impl Decomposition {
    /// The lead time: the sum of the parts, in seconds.
    pub fn total(&self) -> i64 {
        self.segments.iter().fold(0, |sum: i64, it| sum.saturating_add(it.seconds))
    }
}

impl Flow {
    /// Work and waiting of all these changes together.
    pub fn of<'a>(changes: impl IntoIterator<Item = &'a Decomposition>) -> Self {
        let mut flow = Self::default();
        for segment in changes.into_iter().flat_map(|it| &it.segments) {
            let sum = match segment.spent {
                Spent::Active => &mut flow.active,
                Spent::Waiting => &mut flow.waiting,
                Spent::Unknown => &mut flow.unknown,
            };
            *sum = sum.saturating_add(segment.seconds);
        }
        flow
    }

    /// Flow efficiency, active / total, as its least and its greatest possible value: they are equal when all milestones
    /// are known. `None` if no time passed.
    #[expect(clippy::cast_precision_loss, reason = "a share needs no more than 52 bits")]
    pub fn efficiency(&self) -> Option<(f64, f64)> {
        let (active, waiting, unknown) = (self.active as f64, self.waiting as f64, self.unknown as f64);
        let total = active + waiting + unknown;
        (total > 0.0).then(|| (active / total, (active + unknown) / total))
    }
}

/// The mean of each part, in the order of the way. Unlike medians they can be stacked.
#[expect(clippy::cast_precision_loss, reason = "a mean needs no more than 52 bits")]
pub fn means(changes: &[Decomposition]) -> Vec<Mean> {
    let mut sums: BTreeMap<Milestone, (f64, usize)> = BTreeMap::new();
    for segment in changes.iter().flat_map(|it| &it.segments) {
        let (seconds, missing) = sums.entry(segment.to).or_default();
        *seconds += segment.seconds as f64;
        *missing += usize::from(segment.missing);
    }
    let count = changes.len() as f64;
    sums.into_iter().map(|(to, (sum, missing))| Mean { to, seconds: sum / count, missing }).collect()
}

/// Which change has the median lead time, the lower of two; of equal ones the earlier in the list.
pub fn median_change(changes: &[Decomposition]) -> Option<usize> {
    let mut order: Vec<(i64, usize)> = changes.iter().map(Decomposition::total).zip(0..).collect();
    order.sort_unstable();
    order.get(changes.len().checked_sub(1)? / 2).map(|(_, at)| *at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::metrics::milestone::Deploy::{Finished as Done, Started as Begun};
    use Milestone::{
        Approved, Environment, Finished, FirstReview, Landed, Opened, Production, Published, Queued, Started,
    };

    const WAY: [Milestone; 13] = [
        Opened,
        FirstReview,
        Approved,
        Landed,
        Queued,
        Started,
        Finished,
        Published,
        Environment(0, Begun),
        Environment(0, Done),
        Environment(1, Done),
        Production(Begun),
        Production(Done),
    ];

    fn seconds(of: &Decomposition) -> Vec<i64> {
        of.segments.iter().map(|it| it.seconds).collect()
    }

    #[test]
    fn what_has_not_arrived_has_no_parts() {
        assert_eq!(decompose(0, &[]), None);
        assert_eq!(decompose(0, &[(Landed, Some(4)), (Production(Done), None)]), None);
    }

    #[test]
    fn an_environment_after_production_takes_no_time() {
        let hotfix = [(Published, Some(5)), (Environment(0, Done), Some(90)), (Production(Done), Some(30))];
        let parts = decompose(0, &hotfix).unwrap();
        assert_eq!(seconds(&parts), [5, 0, 25]);
        assert_eq!(parts.segments.iter().map(|it| it.bypassed).collect::<Vec<_>>(), [false, true, false]);
    }

    #[test]
    fn a_missing_milestone_blends_work_and_waiting_unless_both_sides_agree() {
        let known =
            [(Landed, Some(1)), (Queued, None), (Started, Some(4)), (Finished, None), (Production(Begun), Some(9))];
        let parts = decompose(0, &known).unwrap();
        let found: Vec<(Spent, bool)> = parts.segments.iter().map(|it| (it.spent, it.missing)).collect();
        assert_eq!(found, [(Spent::Waiting, false), (Spent::Waiting, true), (Spent::Unknown, true)]);
        let flow = Flow::of([&parts]);
        assert_eq!(flow, Flow { active: 0, waiting: 4, unknown: 5 });
        assert_eq!(flow.efficiency(), Some((0.0, 5.0 / 9.0)));
        assert_eq!(Flow::default().efficiency(), None);
    }

    #[test]
    fn the_median_change_is_one_of_them() {
        let change = |lead: i64| decompose(0, &[(Landed, Some(1)), (Production(Done), Some(lead))]).unwrap();
        let changes = [change(9), change(2), change(5), change(5)];
        assert_eq!((median_change(&changes), median_change(&[])), (Some(2), None));
    }

    #[test]
    fn no_instant_is_too_far() {
        let parts = decompose(i64::MIN, &[(Landed, Some(i64::MAX)), (Production(Done), Some(i64::MAX))]).unwrap();
        let _ = (Flow::of([&parts, &parts]), means(&[parts.clone(), parts]));
    }

    fn change() -> impl Strategy<Value = (i64, Vec<(Milestone, Option<i64>)>)> {
        let times = prop::collection::vec(prop::option::of(0i64..1_000), WAY.len());
        (0i64..1_000, times, 0i64..1_000).prop_map(|(start, mut times, end)| {
            *times.last_mut().unwrap() = Some(end);
            (start, WAY.into_iter().zip(times).collect())
        })
    }

    proptest! {
        #[test]
        fn parts_sum_exactly_to_the_lead_time((start, milestones) in change()) {
            let parts = decompose(start, &milestones).unwrap();
            let end = milestones.last().and_then(|it| it.1).unwrap();
            prop_assert_eq!(parts.total(), (end - start).max(0));
            prop_assert!(parts.segments.iter().all(|it| it.seconds >= 0));
            prop_assert_eq!(parts.segments.len(), milestones.iter().filter(|it| it.1.is_some()).count());
            let flow = Flow::of([&parts]);
            prop_assert_eq!(flow.active + flow.waiting + flow.unknown, parts.total());
        }

        #[test]
        fn means_add_up(changes in prop::collection::vec(change(), 1..20)) {
            let parts: Vec<Decomposition> =
                changes.iter().filter_map(|(start, milestones)| decompose(*start, milestones)).collect();
            let means = means(&parts);
            let lead = parts.iter().map(|it| it.total() as f64).sum::<f64>() / parts.len() as f64;
            prop_assert!((means.iter().map(|it| it.seconds).sum::<f64>() - lead).abs() < 1e-6);
            prop_assert!(means.is_sorted_by_key(|it| it.to));
        }
    }
}
