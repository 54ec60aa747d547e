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
    }
}
