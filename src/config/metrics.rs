//! The `[metrics]` table. Its doc comments are the reference that `flightdeck config schema` prints.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A day.
const DAY: &str = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$";
/// An abbreviated commit id or a whole one.
const COMMIT: &str = r"^[0-9a-fA-F]{7,40}$";

/// What delivery metrics count, and how. `flightdeck metrics --explain all` says in words what is in force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct MetricsEntry {
    /// Days that the window reaches back. Default: 90.
    #[schemars(range(min = 1, max = 36_500))]
    pub window_days: u32,
    /// When the clock of a change starts: `author`, `commit`, `landed` or `first-commit`. Default: `author`.
    #[schemars(extend("enum" = ["author", "commit", "landed", "first-commit"]))]
    pub start: String,
    /// Commits, by their whole ids: what they hold had been delivered before anything is counted. Default: what the first
    /// deployment of each track holds.
    #[schemars(extend("items" = { "type": "string", "pattern": COMMIT }))]
    pub baseline: Vec<String>,
    /// Count only changes written on this day (UTC) or later, and let the first deployment bring changes like any other.
    #[schemars(regex(pattern = DAY), example = "2026-01-01")]
    pub baseline_date: Option<String>,
    /// Whether merges are changes. Default: no.
    pub count_merges: bool,
    /// The regular expression for authors, `name <address>`, that are programs; `none` counts everybody. Default: what
    /// forges and their helpers call themselves.
    pub bots: Option<String>,
    /// What shows that two commits are one change: `trailer` (a pick says so), `forge` (a squash commit stands for its pull
    /// request), `patch` (they make the same difference). Default: the first two.
    #[schemars(extend("items" = { "type": "string", "enum": ["trailer", "forge", "patch"] }))]
    pub equivalence: Vec<String>,
    /// Which deployments the frequency counts: `new`, those that brought something new, or `all`. Default: `new`.
    #[schemars(extend("enum" = ["new", "all"]))]
    pub count: String,
    /// Whether deployments that changed nothing within a service's paths count too. Default: no.
    pub count_noop: bool,
    /// Which of the deployments that a rollback took back it blames: `earliest`, `latest` or `all`. Default: `earliest`.
    #[schemars(extend("enum" = ["earliest", "latest", "all"]))]
    pub blame: String,
    /// Days after a deployment in which a rollback or a revert is its failure. Default: 7.
    #[schemars(range(min = 1, max = 365))]
    pub horizon_days: u32,
    /// Hours after a deployment in which an incident without a cause is shown as its possible failure. Default: never.
    #[schemars(range(min = 1, max = 8_760))]
    pub infer_hours: Option<u32>,
    /// When the clock of a recovery starts: `deployment` or `detection`. Default: `deployment`.
    #[schemars(extend("enum" = ["deployment", "detection"]))]
    pub recovery_from: String,
    /// The regular expression for labels and versions of hotfix deployments; `none` knows none. Default: `hotfix`.
    pub hotfix: Option<String>,
    /// When a group of environments counts as deployed: when `all` of its members have a version, or when `any` has it.
    /// Default: `all`.
    #[schemars(extend("enum" = ["all", "any"]))]
    pub group: String,
    /// The year of the bands (elite, high, medium, low) that are named beside numbers: 2023 or 2024. Default: none is.
    #[schemars(extend("enum" = [2023, 2024, null]))]
    pub bands: Option<u16>,
}

impl Default for MetricsEntry {
    fn default() -> Self {
        Self {
            window_days: 90,
            start: "author".to_owned(),
            baseline: Vec::new(),
            baseline_date: None,
            count_merges: false,
            bots: None,
            equivalence: ["trailer", "forge"].map(str::to_owned).into(),
            count: "new".to_owned(),
            count_noop: false,
            blame: "earliest".to_owned(),
            horizon_days: 7,
            infer_hours: None,
            recovery_from: "deployment".to_owned(),
            hotfix: None,
            group: "all".to_owned(),
            bands: None,
        }
    }
}
