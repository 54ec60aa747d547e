//! The performance clusters of the State of DevOps reports, as data: `bands.toml` says what the reports state and how
//! it is read. They are off by default, and a name is given only where a whole interval lies inside one band.

use std::sync::LazyLock;

use serde::Deserialize;

const DATA: &str = include_str!("bands.toml");

/// The clusters of one report.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// The year of the report.
    pub year: u16,
    /// Where the numbers are from.
    pub source: String,
    /// The bands of all metrics.
    pub band: Vec<Band>,
}

/// One cluster's range in one metric.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Of what.
    pub metric: Metric,
    /// Which cluster.
    pub name: Name,
    /// The wording of the report.
    pub stated: String,
    /// The lower edge, inclusive, in the metric's unit.
    pub from: f64,
    /// The upper edge, exclusive, in the metric's unit.
    pub to: f64,
}

/// What the reports have clusters for, and the unit of its edges.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Deployments per week.
    DeploymentFrequency,
    /// Median change lead time, seconds.
    LeadTime,
    /// Share of deployments, 0..=1.
    ChangeFailRate,
    /// Median failed deployment recovery time, seconds.
    RecoveryTime,
}

/// The names of the clusters, best first.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum Name {
    /// The best.
    Elite,
    /// The second.
    High,
    /// The third.
    Medium,
    /// The last.
    Low,
}

/// All reports, oldest first.
pub fn tables() -> &'static [Table] {
    static TABLES: LazyLock<Vec<Table>> = LazyLock::new(|| parse(DATA).unwrap_or_default());
    &TABLES
}

fn parse(text: &str) -> Result<Vec<Table>, toml::de::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct File {
        table: Vec<Table>,
    }
    toml::from_str(text).map(|it: File| it.table)
}

impl Table {
    /// The report of a year.
    pub fn of(year: u16) -> Option<&'static Self> {
        tables().iter().find(|it| it.year == year)
    }

    /// The band of a metric in which the whole of `low..=high` lies. `None` if it lies in several, reaches beyond one, or
    /// lies in none.
    pub fn band(&self, metric: Metric, low: f64, high: f64) -> Option<&Band> {
        let holds = |it: &&Band| it.metric == metric && it.from <= low && low <= high && high < it.to;
        let mut holding = self.band.iter().filter(holds);
        let band = holding.next()?;
        holding.next().is_none().then_some(band)
    }
}

impl Name {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Elite => "elite",
            Self::High => "high",
            Self::Medium => "medium",
            Self::Low => "low",
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const HOUR: f64 = 3_600.0;
    const DAY: f64 = 24.0 * HOUR;

    #[test]
    fn each_report_names_each_cluster_of_each_metric_once() {
        let tables = parse(DATA).unwrap();
        assert_eq!(tables.iter().map(|it| it.year).collect::<Vec<_>>(), [2023, 2024]);
        for table in tables {
            let metrics = [Metric::DeploymentFrequency, Metric::LeadTime, Metric::ChangeFailRate, Metric::RecoveryTime];
            let names: Vec<(Metric, Name)> = table.band.iter().map(|it| (it.metric, it.name)).collect();
            let all = metrics
                .into_iter()
                .flat_map(|it| [(it, Name::Elite), (it, Name::High), (it, Name::Medium), (it, Name::Low)]);
            assert_eq!(names, all.collect::<Vec<_>>());
            assert!(table.band.iter().all(|it| it.from < it.to && !it.stated.is_empty()));
        }
    }

    #[rstest]
    #[case::inside(2024, Metric::LeadTime, HOUR, 5.0 * HOUR, Some("elite"))]
    #[case::across(2024, Metric::LeadTime, HOUR, 2.0 * DAY, None)]
    #[case::an_edge_begins_the_next(2024, Metric::LeadTime, DAY, DAY, Some("high"))]
    #[case::a_month_or_two(2024, Metric::LeadTime, 31.0 * DAY, 62.0 * DAY, Some("low"))]
    #[case::two_clusters_alike(2023, Metric::LeadTime, 8.0 * DAY, 9.0 * DAY, None)]
    #[case::beyond(2024, Metric::LeadTime, 300.0 * DAY, 400.0 * DAY, None)]
    #[case::not_reached(2024, Metric::RecoveryTime, HOUR, f64::INFINITY, None)]
    #[case::between(2023, Metric::RecoveryTime, 10.0 * DAY, 11.0 * DAY, None)]
    #[case::none_in_ten(2024, Metric::ChangeFailRate, 0.0, 0.278, None)]
    #[case::none_in_a_hundred(2024, Metric::ChangeFailRate, 0.0, 0.037, Some("elite"))]
    #[case::worse_is_called_higher(2024, Metric::ChangeFailRate, 0.06, 0.09, None)]
    #[case::several_a_day(2024, Metric::DeploymentFrequency, 20.0, 20.0, Some("elite"))]
    #[case::not_a_number(2024, Metric::DeploymentFrequency, f64::NAN, 20.0, None)]
    #[case::backwards(2024, Metric::LeadTime, 5.0 * HOUR, HOUR, None)]
    fn names(
        #[case] year: u16,
        #[case] metric: Metric,
        #[case] low: f64,
        #[case] high: f64,
        #[case] expected: Option<&str>,
    ) {
        let band = Table::of(year).and_then(|it| it.band(metric, low, high));
        assert_eq!(band.map(|it| it.name.word()), expected);
    }

    #[test]
    fn other_years_have_no_clusters() {
        assert_eq!(Table::of(2025), None);
    }
}
