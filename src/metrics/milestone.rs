//! The stations on a change's way to its users (metrics documentation, "Wait-time decomposition").

/// A station, in the order of the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Milestone {
    /// Its author wrote it.
    Authored,
    /// Its pull request was opened.
    Opened,
    /// Somebody else looked at it for the first time.
    FirstReview,
    /// It was approved.
    Approved,
    /// It landed on the deployable branch.
    Landed,
    /// Its pipeline was queued.
    Queued,
    /// Its pipeline started.
    Started,
    /// Its pipeline finished.
    Finished,
    /// The artifact that carries it was published.
    Published,
    /// An environment before production, by its place in the order of promotion.
    Environment(u16, Deploy),
    /// Production.
    Production(Deploy),
}

/// The two ends of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Deploy {
    /// It began.
    Started,
    /// Users of the environment have it.
    Finished,
}

/// What a change did for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Spent {
    /// Somebody or something worked on it.
    Active,
    /// It waited.
    Waiting,
    /// Both may be: a milestone in between is not known.
    Unknown,
}

impl Milestone {
    /// What a change does just before it gets here.
    pub fn spent_before(self) -> Spent {
        match self {
            Self::Authored | Self::Opened | Self::Approved => Spent::Active,
            Self::FirstReview | Self::Landed | Self::Queued | Self::Started => Spent::Waiting,
            Self::Finished | Self::Published => Spent::Active,
            Self::Environment(_, step) | Self::Production(step) => step.spent_before(),
        }
    }

    /// What the way to here is called. Which environment, the caller knows.
    pub fn stage(self) -> &'static str {
        match self {
            Self::Authored => "before",
            Self::Opened => "coding",
            Self::FirstReview => "waiting for review",
            Self::Approved => "review",
            Self::Landed => "waiting to land",
            Self::Queued => "waiting for a pipeline",
            Self::Started => "queue",
            Self::Finished => "pipeline",
            Self::Published => "publishing",
            Self::Environment(_, Deploy::Started) | Self::Production(Deploy::Started) => "waiting for deployment",
            Self::Environment(_, Deploy::Finished) | Self::Production(Deploy::Finished) => "deployment",
        }
    }

    /// Whether a change can reach production without it and get here later, as a hotfix does.
    pub fn can_be_bypassed(self) -> bool {
        matches!(self, Self::Environment(..))
    }
}

impl Deploy {
    fn spent_before(self) -> Spent {
        match self {
            Self::Started => Spent::Waiting,
            Self::Finished => Spent::Active,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_leads_through_environments_to_production() {
        use Deploy::{Finished, Started};
        let way = [
            Milestone::Authored,
            Milestone::Landed,
            Milestone::Published,
            Milestone::Environment(0, Started),
            Milestone::Environment(0, Finished),
            Milestone::Environment(1, Started),
            Milestone::Environment(1, Finished),
            Milestone::Production(Started),
            Milestone::Production(Finished),
        ];
        assert!(way.is_sorted());
        let waits: Vec<bool> = way.iter().skip(1).map(|it| it.spent_before() == Spent::Waiting).collect();
        assert_eq!(waits, [true, false, true, false, true, false, true, false]);
    }
}
