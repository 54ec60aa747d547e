//! What can be configured. The doc comments are the reference that `flightdeck config schema` prints.

use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::metrics::MetricsEntry;

/// Everything that can be configured.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Config {
    /// The project.
    pub project: ProjectEntry,
    /// Environments, in the order of promotion.
    pub environment: Vec<EnvironmentEntry>,
    /// Services, by name or by pattern. The first entry that fits a service holds.
    pub service: Vec<ServiceEntry>,
    /// Where facts come from and who is asked to act.
    pub backend: Vec<BackendEntry>,
    /// Windows of time in which nothing is deployed.
    pub freeze: Vec<Freeze>,
    /// What makes operations safe.
    pub policy: Policy,
    /// What delivery metrics count, and how.
    pub metrics: MetricsEntry,
    /// How the cockpit looks and behaves.
    pub ui: UiEntry,
    /// Keys: rows that add to the preset. `run = "none"` takes a binding away.
    pub key: Vec<KeyRow>,
    /// Views: screens as one likes them, under names. Of several with one name the last holds.
    pub view: Vec<ViewEntry>,
}

/// The project.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ProjectEntry {
    /// What it is called on the screen. Default: the name of the directory.
    pub name: Option<String>,
    /// Where the store and the journal are kept, relative to this file. Default: the user's state directory.
    pub state: Option<PathBuf>,
}

/// An environment.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["name"]))]
pub struct EnvironmentEntry {
    /// Its name.
    #[schemars(length(min = 1))]
    pub name: String,
    /// Its place in the order of promotion. Default: the order in which environments are written.
    pub rank: Option<u16>,
    /// Whether users are there.
    pub production: bool,
    /// Whether operations have to be confirmed by typing its name. Default: the value of `production`.
    pub protected: Option<bool>,
    /// The IANA name of its time zone. Default: `UTC`.
    pub time_zone: Option<String>,
    /// Whether the release tags of the repositories are its deployments.
    pub release_line: bool,
    /// The name under which several environments (regions, clusters) are measured as one.
    pub group: Option<String>,
    /// The name of the backend that is asked to change what runs here, where several can: a forge that deploys and the
    /// cluster that it deploys to. Default: the first of the configuration that can.
    pub operator: Option<String>,
    /// Its colour on the screen: a name of the theme's palette, `#rrggbb`, `red` … `bright-white`, or one of the 256.
    /// Default: the theme's.
    #[schemars(regex(pattern = COLOR), example = "bright-yellow", example = "#ff9e64")]
    pub accent: Option<String>,
}

/// A colour as themes write it.
const COLOR: &str = r"^(#[0-9a-fA-F]{6}|[a-zA-Z][a-zA-Z0-9_-]*|\d{1,3})$";

/// A service, or many alike.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct ServiceEntry {
    /// Its name.
    pub name: Option<String>,
    /// A glob (`team-*`) that takes in every service that a backend reports under a fitting name.
    #[serde(rename = "match")]
    pub pattern: Option<String>,
    /// The repository that holds its code; `{service}` stands for the service's name. Default: `{service}`.
    pub repository: Option<String>,
    /// Globs over the repository's paths that make up the service; `{service}` stands for its name. Default: all.
    pub paths: Vec<String>,
    /// The branch that is deployed. Default: the repository's default branch.
    pub branch: Option<String>,
    /// The regular expression that a whole tag name has to match to be a release of it; `{service}` stands for its name.
    pub release_tags: Option<String>,
    /// What it is shown under on a crowded board.
    pub group: Option<String>,
}

/// A backend. What else it takes depends on its kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["name", "kind"]))]
pub struct BackendEntry {
    /// Its name, unique in the project.
    #[schemars(length(min = 1))]
    pub name: String,
    /// What it is: `git`, `file`, `kubernetes`, `stages`, `releases`.
    #[schemars(length(min = 1))]
    pub kind: String,
    /// The settings of its kind.
    #[serde(flatten)]
    #[schemars(skip)]
    pub settings: BTreeMap<String, toml::Value>,
}

/// A window of time in which nothing is deployed: once from a date to a date, or every week.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Freeze {
    /// What it is called on the screen.
    pub name: String,
    /// Why.
    pub why: String,
    /// The environments that it holds. Default: all that are `production`.
    pub environments: Vec<String>,
    /// The services that it holds, as globs. Default: all.
    pub services: Vec<String>,
    /// When it holds.
    #[serde(flatten)]
    pub period: Period,
    /// Whether a reason is enough to pass it. Default: yes.
    pub override_with_reason: Option<bool>,
}

/// A day, or a minute of one.
const MOMENT: &str = r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?)?$";
/// A day of the week, short or in full.
const DAY: &str = r"^([Mm]on|[Tt]ue(s)?|[Ww]ed(nes)?|[Tt]hu(rs)?|[Ff]ri|[Ss]at(ur)?|[Ss]un)(day)?$";
/// Two times of a day.
const HOURS: &str = r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$";

/// When a freeze holds, in the environment's time zone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Period {
    /// First moment, `2026-12-20` or `2026-12-20T18:00`.
    #[schemars(regex(pattern = MOMENT), example = "2026-12-20", example = "2026-12-20T18:00")]
    pub from: Option<String>,
    /// First moment after it, in the same form. A date alone means the end of that day.
    #[schemars(regex(pattern = MOMENT), example = "2026-12-20", example = "2026-12-20T18:00")]
    pub until: Option<String>,
    /// Days of the week (`fri`, `sat`, `sun` …) on which it holds, every week.
    #[schemars(extend("items" = { "type": "string", "pattern": DAY, "examples": ["fri"] }))]
    pub days: Vec<String>,
    /// Hours of such a day, `16:00-24:00`. Default: the whole day.
    #[schemars(regex(pattern = HOURS), example = "16:00-24:00")]
    pub hours: Option<String>,
}

/// What makes operations safe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Policy {
    /// Whether the cockpit may change the outside world without `--write` or `:write`. Default: no.
    pub write: bool,
    /// Minutes without a key after which `:write` ends. Default: 15.
    pub write_idle_minutes: u32,
    /// Seconds after which an operation that has not settled is called timed out. Default: 300.
    pub verify_timeout_seconds: u64,
    /// Paths that make a change risky, with what they are called.
    pub risk: Vec<RiskRule>,
}

impl Default for Policy {
    fn default() -> Self {
        let rule = |name: &str, paths: &[&str]| RiskRule {
            name: name.to_owned(),
            paths: paths.iter().map(|&path| path.to_owned()).collect(),
        };
        Self {
            write: false,
            write_idle_minutes: 15,
            verify_timeout_seconds: 300,
            risk: vec![
                rule("schema migration", &["**/migrations/**", "**/migrate/**", "**/*.sql"]),
                rule("protocol definition", &["**/*.proto", "**/*.avsc", "**/openapi*.{json,yaml,yml}"]),
                rule("infrastructure definition", &["**/*.tf", "**/Chart.yaml", "**/helm/**", "**/terraform/**"]),
            ],
        }
    }
}

/// Paths that make a change risky.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["name"]))]
pub struct RiskRule {
    /// What such a change is called, in the singular: `schema migration`.
    #[schemars(length(min = 1))]
    pub name: String,
    /// Globs over paths.
    pub paths: Vec<String>,
}

/// How the cockpit looks and behaves.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct UiEntry {
    /// The theme's name: one that ships, or a file of yours in the user's `themes` directory. `auto` follows the terminal:
    /// its own colours, and `light` where its ground is light.
    pub theme: ThemeChoice,
    /// Which symbols: `unicode`, `ascii`, `nerd` (a font patched with Nerd Fonts, version 3), or `auto`: ASCII where the
    /// locale is not UTF-8.
    #[schemars(extend("enum" = ["auto", "unicode", "ascii", "nerd"]))]
    pub glyphs: String,
    /// The preset of keys: `vim`, `emacs` or `plain`.
    #[schemars(extend("enum" = ["vim", "emacs", "plain"]))]
    pub keys: String,
    /// No borders, no charts, words for states, the terminal's cursor on the selected row.
    pub accessible: bool,
    /// Whether frames are wrapped in synchronized-update marks.
    pub synchronized_updates: bool,
    /// The program that takes what is copied on its standard input, as an argument vector: `["wl-copy"]`. Default: what
    /// is found here, else the terminal.
    pub copy: Vec<String>,
    /// Whether addresses on the screen are links that the terminal opens: `auto` where that is safe, `always`, `never`.
    #[schemars(extend("enum" = ["auto", "always", "never"]))]
    pub links: String,
    /// The view with which the cockpit starts. Default: the board.
    pub start: Option<String>,
    /// Whether the mouse scrolls and selects. It never changes anything outside.
    pub mouse: bool,
    /// Who you are in filters (`author:me`): names and addresses. Default: git's `user.name` and `user.email`.
    pub me: Vec<String>,
}

impl Default for UiEntry {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::default(),
            glyphs: "auto".to_owned(),
            keys: "vim".to_owned(),
            accessible: false,
            synchronized_updates: true,
            copy: Vec::new(),
            links: "auto".to_owned(),
            start: None,
            mouse: false,
            me: Vec::new(),
        }
    }
}

/// One theme, or one for each ground that a terminal can have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ThemeChoice {
    /// One by its name, or `auto`.
    Name(String),
    /// One for each ground.
    Pair(ThemePair),
}

/// A theme for each ground that a terminal can have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ThemePair {
    /// Where the ground is dark, or not known.
    pub dark: String,
    /// Where the ground is light.
    pub light: String,
}

impl Default for ThemeChoice {
    fn default() -> Self {
        Self::Name("auto".to_owned())
    }
}

impl From<&str> for ThemeChoice {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

impl ThemeChoice {
    /// The themes for a dark and for a light ground.
    pub fn pair(&self) -> (&str, &str) {
        match self {
            Self::Name(name) if name == "auto" => ("default", "light"),
            Self::Name(name) => (name, name),
            Self::Pair(pair) => (&pair.dark, &pair.light),
        }
    }

    /// Whether the ground makes a difference.
    pub fn follows_the_ground(&self) -> bool {
        let (dark, light) = self.pair();
        dark != light
    }
}

/// A row of the keymap.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["run"]))]
pub struct KeyRow {
    /// The keys: `["p"]`, `["g", "g"]` is written `["g g"]`, `["ctrl-d", "PgDn"]`.
    pub keys: Vec<String>,
    /// The id of a command, or `none`.
    #[schemars(length(min = 1))]
    pub run: String,
    /// Where it holds: a screen's name, `row`, `dialog`; absent means everywhere.
    pub when: Option<String>,
}

/// A view: a screen as one likes it, under a name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(extend("required" = ["name", "screen"]))]
pub struct ViewEntry {
    /// Its name, one word: `:view NAME`.
    #[schemars(regex(pattern = VIEW_NAME), example = "on-call", example = "payments.today")]
    pub name: String,
    /// Its screen.
    #[schemars(extend("enum" = ["board", "flow", "runs", "track", "metrics", "activity", "journal"]))]
    pub screen: String,
    /// What it shows, in a few words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shows: Option<String>,
    /// Which rows pass, as it is typed after `/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// By what rows are ordered; `-` before it turns the order around.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// The service that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The environment that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
}

/// One word of letters, digits, `-`, `_` and `.`.
const VIEW_NAME: &str = r"^[\p{L}\p{N}][\p{L}\p{N}_.-]{0,39}$";

impl ViewEntry {
    /// Whether a view can be called that: one word.
    pub fn is_name(name: &str) -> bool {
        let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        let begins = name.chars().next().is_some_and(char::is_alphanumeric);
        begins && name.chars().count() <= 40 && name.chars().all(fits)
    }
}
