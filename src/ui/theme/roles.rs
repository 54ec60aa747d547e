//! The names of all that a theme can give a style to.

use crate::model::Status;
use crate::view::Role;

/// Parts of the screen that are not text of a view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What is behind everything.
    Screen,
    /// The frame of a dialog and lines between panes.
    Frame,
    /// What is behind a dialog.
    Dialog,
    /// The tab of a screen.
    Tab,
    /// The tab of the screen that is seen.
    SelectedTab,
    /// The selected row.
    Selected,
    /// The selected cell of the selected row.
    SelectedCell,
    /// What is older than it should be.
    Stale,
    /// The badge that says that nothing can be changed.
    ReadOnly,
    /// The badge that says that the world can be changed.
    Writing,
}

impl Part {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Screen,
        Self::Frame,
        Self::Dialog,
        Self::Tab,
        Self::SelectedTab,
        Self::Selected,
        Self::SelectedCell,
        Self::Stale,
        Self::ReadOnly,
        Self::Writing,
    ];

    /// Its name in themes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Screen => "screen",
            Self::Frame => "frame",
            Self::Dialog => "dialog",
            Self::Tab => "tab",
            Self::SelectedTab => "tab.selected",
            Self::Selected => "row.selected",
            Self::SelectedCell => "cell.selected",
            Self::Stale => "row.stale",
            Self::ReadOnly => "badge.read-only",
            Self::Writing => "badge.write",
        }
    }
}

const SERIES: [&str; 8] =
    ["series.0", "series.1", "series.2", "series.3", "series.4", "series.5", "series.6", "series.7"];

const HEAT: [&str; 5] = ["heat.0", "heat.1", "heat.2", "heat.3", "heat.4"];

/// What roles of single environments begin with: `env.staging`.
pub const ENVIRONMENT: &str = "env.";

/// The name of what a text means.
pub fn name(role: &Role) -> &'static str {
    match role {
        Role::Text => "text",
        Role::Muted => "text.muted",
        Role::Strong => "text.strong",
        Role::Heading => "text.heading",
        Role::Key => "text.key",
        Role::Link => "text.link",
        Role::Warning => "text.warning",
        Role::Added => "text.added",
        Role::Removed => "text.removed",
        Role::Match => "text.match",
        Role::Status(status) => of_status(*status),
        Role::Environment(_, true) => "env.production",
        Role::Environment(_, false) => "env.ordinary",
        Role::Heat(level) => HEAT.get(usize::from(*level).min(HEAT.len() - 1)).copied().unwrap_or("heat.0"),
        Role::Series(at) => SERIES.get(usize::from(*at) % SERIES.len()).copied().unwrap_or("series.0"),
    }
}

fn of_status(status: Status) -> &'static str {
    match status {
        Status::Ok => "status.ok",
        Status::Running => "status.running",
        Status::Waiting => "status.waiting",
        Status::Failed => "status.failed",
        Status::Cancelled => "status.cancelled",
        Status::Skipped => "status.skipped",
        Status::Held => "status.held",
        Status::Frozen => "status.frozen",
        Status::Drift => "status.drift",
        Status::Unknown => "status.unknown",
    }
}

/// The names of everything that a theme can give a style to.
pub const ROLES: &[&str] = &[
    "text",
    "text.muted",
    "text.strong",
    "text.heading",
    "text.key",
    "text.link",
    "text.warning",
    "text.added",
    "text.removed",
    "text.match",
    "status.ok",
    "status.running",
    "status.waiting",
    "status.failed",
    "status.cancelled",
    "status.skipped",
    "status.held",
    "status.frozen",
    "status.drift",
    "status.unknown",
    "env.ordinary",
    "env.production",
    "series.0",
    "series.1",
    "series.2",
    "series.3",
    "series.4",
    "series.5",
    "series.6",
    "series.7",
    "heat.0",
    "heat.1",
    "heat.2",
    "heat.3",
    "heat.4",
    "screen",
    "frame",
    "dialog",
    "tab",
    "tab.selected",
    "row.selected",
    "cell.selected",
    "row.stale",
    "badge.read-only",
    "badge.write",
];

/// Everything that a theme can give a style to, with what it is for.
pub const ABOUT: &[(&str, &str)] = &[
    ("text", "ordinary text"),
    ("text.muted", "what matters less: ages, units, ids"),
    ("text.strong", "what matters more: names, the value asked for"),
    ("text.heading", "headings and titles of columns"),
    ("text.key", "a key to press"),
    ("text.link", "an address, a thing that can be opened"),
    ("text.warning", "what is to be read before going on"),
    ("text.added", "what was added"),
    ("text.removed", "what was removed"),
    ("text.match", "what the filter matches"),
    ("status.ok", "all is well, or it ended well"),
    ("status.running", "it is under way"),
    ("status.waiting", "it has not begun"),
    ("status.failed", "it ended badly"),
    ("status.cancelled", "somebody stopped it"),
    ("status.skipped", "it was passed over"),
    ("status.held", "something holds it back"),
    ("status.frozen", "a freeze or lock holds it"),
    ("status.drift", "it differs from what it should be"),
    ("status.unknown", "not known, or too old to be believed"),
    ("env.ordinary", "an environment that is not production"),
    ("env.production", "a production environment"),
    ("series.0", "charts: work, the first of several"),
    ("series.1", "charts: waiting, the second of several"),
    ("series.2", "charts: the third of several"),
    ("series.3", "charts: the fourth of several"),
    ("series.4", "charts: the fifth of several"),
    ("series.5", "charts: the sixth of several"),
    ("series.6", "charts: the seventh of several"),
    ("series.7", "charts: the eighth of several"),
    ("heat.0", "calendars: nothing that day"),
    ("heat.1", "calendars: little"),
    ("heat.2", "calendars: more"),
    ("heat.3", "calendars: much"),
    ("heat.4", "calendars: nearly the most"),
    ("screen", "what is behind everything, and its ink"),
    ("frame", "frames of dialogs, lines between panes"),
    ("dialog", "what is behind a dialog, and its ink"),
    ("tab", "the tab of a screen"),
    ("tab.selected", "the tab of the screen that is seen"),
    ("row.selected", "the selected row"),
    ("cell.selected", "the selected cell of the selected row"),
    ("row.stale", "what is older than it should be"),
    ("badge.read-only", "the badge that says that nothing can be changed"),
    ("badge.write", "the badge that says that the world can be changed"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_and_state_has_its_name_in_the_list() {
        let statuses = Status::ALL.iter().map(|&status| name(&Role::Status(status)));
        let charts = (0..20).flat_map(|at| [name(&Role::Series(at)), name(&Role::Heat(at))]);
        for name in Part::ALL.map(Part::name).into_iter().chain(statuses).chain(charts) {
            assert!(ROLES.contains(&name), "{name}");
        }
        assert_eq!(ABOUT.iter().map(|(name, _)| *name).collect::<Vec<_>>(), ROLES);
    }
}
