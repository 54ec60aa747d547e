//! How well what is shown could be read: what to say in place of rows, and of sources that cannot be read.

use super::lens::Lens;
use super::{Line, Present, Role};
use crate::model::SourceId;
use crate::picture::Snapshot;

/// The sources that are being read for the first time, where nothing has been read from any yet.
pub fn first(snapshot: &Snapshot) -> Option<Vec<&SourceId>> {
    let sources = &snapshot.sources;
    let untouched = sources.values().all(|it| it.read_at.is_none() && it.problems.is_empty());
    let reading: Vec<&SourceId> = sources.iter().filter(|(_, it)| it.reading).map(|(id, _)| id).collect();
    (untouched && !reading.is_empty()).then_some(reading)
}

/// What cannot be read, why, and how old what is shown in its place is; then what to press. Nothing where all is well.
pub fn problems(snapshot: &Snapshot, present: &Present) -> Vec<Line> {
    let mut lines = Vec::new();
    for (id, source) in &snapshot.sources {
        lines.extend(source.restricted.iter().map(|it| {
            Line::of(Role::Warning, format!("{id}: {} is restricted", it.scope))
                .with(Role::Text, format!(": {}", it.why))
        }));
        let Some((last, before)) = source.problems.split_last() else { continue };
        let shown = match source.read_at {
            Some(at) => format!("shown is what was read {}", present.ago(at)),
            None => "nothing was read yet".to_owned(),
        };
        lines.extend(before.iter().map(|it| Line::of(Role::Warning, format!("{id}: {it}"))));
        lines.push(Line::of(Role::Warning, format!("{id}: {last}")).with(Role::Muted, format!(" · {shown}")));
    }
    if !lines.is_empty() {
        let keys = Line::of(Role::Key, "r").with(Role::Text, " reads again, ");
        lines.push(keys.with(Role::Key, "flightdeck doctor").with(Role::Text, " says what to do"));
    }
    lines
}

impl Lens {
    /// What stands in place of rows: that `nothing` passes the filter, where that is why; that everything is still being
    /// read, or that only a glance is there; else what the screen says of itself, with what cannot be read in the place of its advice.
    pub(crate) fn no_rows(&self, nothing: Option<&str>, says: impl FnOnce() -> Vec<Line>) -> Vec<Line> {
        if let Some(nothing) = nothing {
            return vec![
                Line::of(Role::Strong, format!("{nothing} passes the filter")),
                Line::of(Role::Key, "Esc").with(Role::Text, " shows all again"),
            ];
        }
        if let Some(sources) = first(self.snapshot()) {
            let names: Vec<String> = sources.iter().map(ToString::to_string).collect();
            return vec![
                Line::of(Role::Strong, "everything is being read for the first time"),
                Line::of(Role::Text, format!("what is found appears here by itself; under way: {}", names.join(", "))),
            ];
        }
        if self.snapshot().glance {
            return vec![
                Line::of(Role::Strong, "what is stored is being put together"),
                Line::of(Role::Text, "it appears here by itself, in a moment"),
            ];
        }
        let mut lines = says();
        let problems = problems(self.snapshot(), &self.present);
        if !problems.is_empty() {
            lines.truncate(1);
            lines.extend(problems);
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::picture::Snapshot;
    use crate::view::{Screen, Sources, Wish, fixture, open};

    fn says(screen: Screen, glance: bool) -> String {
        let snapshot = Snapshot { glance, ..Snapshot::default() };
        let sources = Sources { operations: Arc::from([]), ..fixture::sources_of(snapshot) };
        let lines = open(&Wish::of(screen), &sources).empty();
        lines.first().map(super::Line::plain).unwrap_or_default()
    }

    #[test]
    fn a_glance_says_of_nothing_that_it_is_not_there() {
        for screen in [Screen::Board, Screen::Runs, Screen::Activity] {
            assert_eq!(says(screen, true), "what is stored is being put together", "{screen:?}");
            assert_ne!(says(screen, false), says(screen, true), "{screen:?}");
        }
    }
}
