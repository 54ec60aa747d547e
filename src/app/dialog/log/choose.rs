//! Choosing among the outputs of what runs in a track: all of them, one instance, one of its containers, or what ran
//! before it.

use super::Log;
use crate::app::dialog::paper::{leaves, scrolls};
use crate::app::effect::{Effect, Request};
use crate::app::gate::Slot;
use crate::app::key::{Key, Named};
use crate::app::message::Message;
use crate::app::scroll::Scroll;
use crate::app::state::State;
use crate::app::world::{Failure, LogOf};
use crate::backend::{Output, Which};
use crate::model::Text;
use crate::view::{Align, Line, Role, Span, fit, format};

/// What there is to choose from.
#[derive(Clone, Debug, Default)]
pub enum Outputs {
    /// It is one output, and there is nothing to choose.
    #[default]
    One,
    /// It is being asked what there is.
    Asked,
    /// That could not be told.
    Untold(Failure),
    /// These.
    All(Vec<Output>),
}

/// One choice: which outputs, and the one that it is where it is one.
struct Choice<'a> {
    which: Which,
    output: Option<&'a Output>,
}

impl Outputs {
    fn all(&self) -> &[Output] {
        match self {
            Self::All(all) => all,
            _ => &[],
        }
    }

    /// Everything, then each instance with all of its containers where it has several, then each container.
    fn choices(&self) -> Vec<Choice<'_>> {
        let mut choices = vec![Choice { which: Which::default(), output: None }];
        let mut last: Option<&Text> = None;
        for output in self.all() {
            let several = self.all().iter().filter(|it| it.pod == output.pod).count() > 1;
            let pod = Some(output.pod.clone());
            if several && last != Some(&output.pod) {
                choices.push(Choice { which: Which { pod: pod.clone(), ..Which::default() }, output: None });
            }
            let container = output.container.clone().filter(|_| several);
            choices.push(Choice { which: Which { pod, container, previous: false }, output: Some(output) });
            last = Some(&output.pod);
        }
        choices
    }
}

impl Log {
    /// Asks what there is to choose from, where there is anything.
    pub(super) fn list(&mut self, state: &mut State) -> Vec<Effect> {
        let LogOf::Track(track, _) = &self.of else { return Vec::new() };
        self.outputs = Outputs::Asked;
        vec![Effect::Ask(state.slots.issue(Slot::Outputs), Request::Outputs(track.clone()))]
    }

    /// What there is to choose from came.
    pub(super) fn listed(&mut self, result: Result<Vec<Output>, Failure>) {
        self.outputs = match result {
            Ok(all) => Outputs::All(all),
            Err(failure) => Outputs::Untold(failure),
        };
    }

    /// Whether it is the output of what runs, so that there is something to choose.
    pub(super) fn chooses(&self) -> bool {
        matches!(self.of, LogOf::Track(..))
    }

    /// Shows the list, with what is looked at selected; asked anew, because instances come and go.
    pub(super) fn choose(&mut self, state: &mut State) -> Vec<Effect> {
        let LogOf::Track(_, which) = &self.of else { return Vec::new() };
        let looked_at = Which { previous: false, ..which.clone() };
        let at = self.outputs.choices().iter().position(|it| it.which == looked_at).unwrap_or(0);
        let scroll = Scroll { at, ..Scroll::default() };
        self.choosing = Some(scroll);
        match &self.outputs {
            Outputs::All(_) => {
                let before = std::mem::take(&mut self.outputs);
                let effects = self.list(state);
                // The list stays until the new one is there.
                self.outputs = before;
                effects
            }
            _ => self.list(state),
        }
    }

    /// Keys while the list is shown.
    pub(super) fn key_choosing(&mut self, state: &mut State, key: Key) -> Vec<Effect> {
        let Some(mut scroll) = self.choosing.take() else { return Vec::new() };
        if leaves(key) || matches!(key.typed(), Some('q' | 'p')) {
            return Vec::new();
        }
        if key.is(Named::Enter) {
            let choice = self.outputs.choices().into_iter().nth(scroll.at).map(|it| it.which);
            return choice.map(|which| self.look_at(state, which)).unwrap_or_default();
        }
        let rows = self.rows(state);
        if let Some(by) = scrolls(key, rows) {
            scroll.step(by, self.outputs.choices().len(), rows);
        }
        self.choosing = Some(scroll);
        Vec::new()
    }

    /// To what ran before what is looked at, and back.
    pub(super) fn previous(&mut self, state: &mut State) -> Vec<Effect> {
        let LogOf::Track(_, which) = &self.of else { return Vec::new() };
        let meant = |it: &&Output| {
            which.pod.as_ref().is_none_or(|pod| *pod == it.pod)
                && which.container.as_ref().is_none_or(|name| Some(name) == it.container.as_ref())
        };
        if !which.previous && !self.outputs.all().iter().filter(meant).any(|it| it.previous) {
            state.tell(Message::note("nothing ran there before what runs now, or its output is gone"));
            return Vec::new();
        }
        let which = Which { previous: !which.previous, ..which.clone() };
        self.look_at(state, which)
    }

    fn look_at(&mut self, state: &mut State, which: Which) -> Vec<Effect> {
        let LogOf::Track(_, now) = &mut self.of else { return Vec::new() };
        // What has ended writes no more.
        self.following = !which.previous;
        *now = which;
        self.cursor = None;
        self.ask(state)
    }

    /// The list: each with how it stands.
    pub(super) fn list_lines(&self, cells: usize) -> Vec<Line> {
        if let Outputs::Untold(failure) = &self.outputs {
            return vec![Line::of(Role::Warning, failure.what.as_str())];
        }
        let choices = self.outputs.choices();
        let name = |it: &Choice<'_>| match (&it.which.pod, &it.which.container) {
            (None, _) => "all".to_owned(),
            (Some(pod), None) => pod.to_string(),
            (Some(_), Some(container)) => format!("  {container}"),
        };
        let widest = choices.iter().map(|it| fit::width(&name(it))).max().unwrap_or(0).min(cells / 2);
        let line = |it: &Choice<'_>| {
            let mut line = Line::of(Role::Strong, fit::pad(&fit::cut_middle(&name(it), widest), widest, Align::Left));
            match it.output {
                Some(output) => {
                    line = line.with(Role::Text, "  ");
                    line.0.push(Span::status(output.status));
                    line = line.with(Role::Text, format!("  {}", output.state));
                    if output.restarts > 0 {
                        let count = format::counted(output.restarts.into(), "restart");
                        line = line.with(Role::Warning, format!(" · {count}"));
                    }
                    if output.previous {
                        line = line.with(Role::Muted, " · P shows the one before");
                    }
                }
                None if it.which.pod.is_none() => {
                    let count = format::counted(self.outputs.all().len() as u64, "output");
                    line = line.with(Role::Muted, format!("  {count}"));
                }
                None => {}
            }
            fit::cut_line(&line, cells)
        };
        choices.iter().map(line).collect()
    }
}

/// Which of the outputs it is, for a title.
pub(super) fn titled(which: &Which) -> String {
    let mut title = match (&which.pod, &which.container) {
        (None, None) => "all".to_owned(),
        (Some(pod), None) => pod.to_string(),
        (None, Some(container)) => format!("every {container}"),
        (Some(pod), Some(container)) => format!("{pod}/{container}"),
    };
    if which.previous {
        title += ", the one before";
    }
    title
}
