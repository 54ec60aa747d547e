//! What people look at now, so that a system that has to be asked is asked about that first, and about nothing else often.

use std::collections::BTreeSet;

use super::{RunId, Scope, ServiceId, TrackId};

/// What people look at now. Before it is told for the first time nobody knows: whoever only asks once asks for everything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attention {
    /// Nobody looks: the terminal says that it is not in front.
    Away,
    /// Somebody looks, and these are on the screen. What is not among them is not seen now.
    At(BTreeSet<Sight>),
}

/// Something that is on the screen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sight {
    /// How tracks stand: one, a service, an environment, or all.
    Tracks(Scope),
    /// The changes of a service on their way.
    Changes(ServiceId),
    /// The list of runs, of one service or of all.
    Runs(Option<ServiceId>),
    /// One run: its jobs and steps, or its output.
    Run(RunId),
}

impl Attention {
    /// Whether nobody looks.
    pub fn is_away(&self) -> bool {
        *self == Self::Away
    }

    /// What is on the screen; nothing while nobody looks.
    pub fn sights(&self) -> impl Iterator<Item = &Sight> {
        match self {
            Self::Away => None,
            Self::At(sights) => Some(sights.iter()),
        }
        .into_iter()
        .flatten()
    }

    /// Whether the state of `track` is on the screen.
    pub fn sees_track(&self, track: &TrackId) -> bool {
        self.sights().any(|sight| matches!(sight, Sight::Tracks(scope) if scope.covers(track)))
    }

    /// Whether anything of `service` is on the screen: a track, its changes, its runs.
    pub fn sees_service(&self, service: &ServiceId) -> bool {
        self.sights().any(|sight| match sight {
            Sight::Tracks(scope) => scope.service.as_ref().is_none_or(|it| it == service),
            Sight::Changes(it) => it == service,
            Sight::Runs(of) => of.as_ref().is_none_or(|it| it == service),
            Sight::Run(_) => false,
        })
    }

    /// Whether runs of `service` are listed on the screen.
    pub fn sees_runs(&self, service: Option<&ServiceId>) -> bool {
        self.sights().any(|sight| matches!(sight, Sight::Runs(of) if of.is_none() || of.as_ref() == service))
    }

    /// Whether `run` is opened.
    pub fn sees_run(&self, run: &RunId) -> bool {
        self.sights().any(|sight| matches!(sight, Sight::Run(it) if it == run))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at<const N: usize>(sights: [Sight; N]) -> Attention {
        Attention::At(sights.into())
    }

    #[test]
    fn nobody_sees_anything_while_away() {
        assert!(Attention::Away.is_away());
        assert!(!Attention::Away.sees_track(&TrackId::new("checkout", "production")));
        assert_eq!(Attention::Away.sights().count(), 0);
    }

    #[test]
    fn a_scope_is_seen_as_far_as_it_covers() {
        let production = Scope { service: None, environment: Some("production".into()) };
        let seen = at([Sight::Tracks(production)]);
        assert!(seen.sees_track(&TrackId::new("checkout", "production")));
        assert!(!seen.sees_track(&TrackId::new("checkout", "staging")));
        assert!(seen.sees_service(&"checkout".into()));
        assert!(!seen.sees_runs(Some(&"checkout".into())));
    }

    #[test]
    fn runs_are_seen_where_they_are_listed_or_opened() {
        let listed = at([Sight::Runs(Some("checkout".into()))]);
        assert!(listed.sees_runs(Some(&"checkout".into())) && !listed.sees_runs(Some(&"search".into())));
        assert!(!listed.sees_runs(None), "a run of no known service is only among all runs");
        assert!(at([Sight::Runs(None)]).sees_runs(None));
        let opened = at([Sight::Run("812".into())]);
        assert!(opened.sees_run(&"812".into()) && !opened.sees_run(&"813".into()));
        assert!(!opened.sees_service(&"checkout".into()));
    }
}
