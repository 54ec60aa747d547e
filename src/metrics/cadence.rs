//! How often a service is deployed, in a word.

/// The bucket of deployment frequency that DORA's "Four Keys" project drew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cadence {
    /// On most days of a working week.
    Daily,
    /// In most weeks.
    Weekly,
    /// In most months.
    Monthly,
    /// Less often.
    Yearly,
}

impl Cadence {
    /// From the median of deploy days in a week and the median of weeks with a deployment in a month: daily from 3 days,
    /// weekly from 1 day, monthly from 1 week, else yearly (Four Keys, deployment frequency query). `None` if what
    /// decides is not known.
    pub fn of(days_per_week: Option<f64>, weeks_per_month: Option<f64>) -> Option<Self> {
        let days = days_per_week?;
        if days >= 3.0 {
            return Some(Self::Daily);
        }
        if days >= 1.0 {
            return Some(Self::Weekly);
        }
        Some(if weeks_per_month? >= 1.0 { Self::Monthly } else { Self::Yearly })
    }

    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Daily => "daily",
            Self::Weekly => "weekly",
            Self::Monthly => "monthly",
            Self::Yearly => "yearly",
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(Some(3.0), None, Some("daily"))]
    #[case(Some(2.5), Some(3.0), Some("weekly"))]
    #[case(Some(1.0), None, Some("weekly"))]
    #[case(Some(0.5), Some(1.0), Some("monthly"))]
    #[case(Some(0.0), Some(0.5), Some("yearly"))]
    #[case(Some(0.0), None, None)]
    #[case(None, Some(4.0), None)]
    fn buckets(#[case] days: Option<f64>, #[case] weeks: Option<f64>, #[case] expected: Option<&str>) {
        assert_eq!(Cadence::of(days, weeks).map(Cadence::word), expected);
    }
}
