//! The deployments of one track in order, with what the commit graph says of each.

use std::cmp::Reverse;
use std::sync::Arc;

use super::snapshot::{Delivered, Deployed};
use crate::graph::{CommitGraph, Deliveries, Pos};
use crate::model::{Deployment, Kind, Outcome, SourceId, Time};

/// What a track's deployments say together with the graph.
pub struct History {
    /// Newest first.
    pub deployments: Vec<Deployed>,
    /// Which commits ever came here.
    pub deliveries: Deliveries,
    /// The deployments that were painted, oldest first.
    pub painted: Vec<Arc<Deployment>>,
    /// Every counted change that was delivered after the baseline, in the order of delivery.
    pub delivered: Vec<Delivered>,
}

/// Whether a commit counts as a change of the service: the filters are applied after painting.
pub type Counts<'a> = dyn Fn(Pos) -> bool + 'a;

/// Orders and judges the deployments of one track.
pub fn of(
    mut deployments: Vec<(SourceId, Arc<Deployment>)>,
    graph: Option<&CommitGraph>,
    counts: &Counts<'_>,
) -> History {
    deployments.sort_by(|(a_source, a), (b_source, b)| {
        (a.at(), a.started_at, &a.id, a_source).cmp(&(b.at(), b.started_at, &b.id, b_source))
    });
    let mut walk =
        Walk { graph, counts, deliveries: Deliveries::default(), painted: Vec::new(), delivered: Vec::new() };
    let mut judged: Vec<Deployed> =
        deployments.into_iter().map(|(source, deployment)| walk.judge(source, deployment)).collect();
    judged.reverse();
    // What is under way has no end yet: it comes before everything that has.
    judged.sort_by_key(|it| Reverse(it.deployment.outcome == Outcome::Running));
    History { deployments: judged, deliveries: walk.deliveries, painted: walk.painted, delivered: walk.delivered }
}

struct Walk<'a> {
    graph: Option<&'a CommitGraph>,
    counts: &'a Counts<'a>,
    deliveries: Deliveries,
    painted: Vec<Arc<Deployment>>,
    delivered: Vec<Delivered>,
}

impl Walk<'_> {
    fn judge(&mut self, source: SourceId, deployment: Arc<Deployment>) -> Deployed {
        let kind = match deployment.outcome {
            Outcome::Success => None,
            Outcome::Failed => Some(Kind::Failed),
            Outcome::Running | Outcome::Cancelled | Outcome::Superseded => Some(Kind::Unknown),
        };
        let (Some(graph), None) = (self.graph, kind) else {
            let kind = kind.unwrap_or(Kind::Unknown);
            return Deployed { deployment, source, kind, new_commits: None, changes: None };
        };
        let commit = deployment.commit.as_ref().and_then(|commit| graph.position(commit));
        let delivery = self.deliveries.deploy(graph, commit);
        self.painted.push(Arc::clone(&deployment));
        let changes: Vec<Pos> = delivery.new.iter().copied().filter(|&pos| (self.counts)(pos)).collect();
        let timed = deployment.at().filter(|_| !delivery.truncated);
        let delivered = timed.into_iter().flat_map(|at| {
            changes.iter().map(move |&pos| Delivered { at, seconds: seconds_between(graph.authored(pos), at) })
        });
        self.delivered.extend(delivered);
        // The baseline delivers nothing that could be counted, and neither does a commit that nobody knows.
        let countable = !matches!(delivery.kind, Kind::Initial | Kind::Unknown);
        let count = |all: &[Pos]| u32::try_from(all.len()).ok().filter(|_| countable);
        Deployed {
            deployment,
            source,
            kind: delivery.kind,
            new_commits: count(&delivery.new),
            changes: count(&changes),
        }
    }
}

/// Seconds from a commit's author time to an instant, never below 0: a clock that ran ahead is not a delivery before
/// the work.
#[expect(clippy::cast_precision_loss, reason = "seconds of some years fit a double exactly")]
fn seconds_between(authored: i64, finished: Time) -> f64 {
    finished.timestamp().saturating_sub(authored).max(0) as f64
}
