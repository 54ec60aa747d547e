//! The end of the cockpit while something is carried out: nothing further begins, what is under way comes to its end,
//! and what became of all of it is said.

use super::dialog::bulk;
use super::state::State;
use crate::model::{OperationId, Text};
use crate::operation::{Ending, OperationSummary, Plan};

/// What was under way when the cockpit was asked to end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parting {
    /// What of several had been carried out already, each with whether it went well.
    before: Vec<(String, bool)>,
    /// What is being carried out.
    under_way: Vec<(OperationId, String)>,
    /// What had yet to begin, and does not.
    not_begun: Vec<String>,
}

/// What is said at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Farewell {
    /// A sentence each.
    pub told: Vec<Text>,
    /// Whether something that was asked for was not carried out, or did not end well.
    pub left: bool,
}

impl Parting {
    /// Gives up what has not begun.
    pub fn begin(state: &mut State) -> Self {
        let (before, not_begun) = bulk::give_up(state);
        let under_way = state.flying.iter().map(|it| (it.plan.operation.clone(), named(&it.plan))).collect();
        Self { before, under_way, not_begun }
    }

    /// What is waited for, if anything is.
    pub fn waits(&self, state: &State) -> Option<String> {
        let names: Vec<&str> = self.under_way.iter().map(|(_, name)| name.as_str()).collect();
        match (names.is_empty(), is_over(state)) {
            (_, true) => None,
            (true, false) => Some("what is being noted is written down before the cockpit ends".to_owned()),
            (false, false) => Some(format!("{} comes to its end before the cockpit does", names.join(", "))),
        }
    }

    /// What became of it, as the journal tells it now.
    pub fn ended(self, state: &State, operations: &[OperationSummary]) -> Farewell {
        let mut farewell = Farewell::default();
        let mut tell = |what: String, well: bool| {
            farewell.told.push(Text::from(what));
            farewell.left |= !well;
        };
        for (name, well) in self.before {
            tell(format!("{name}: {}", if well { "carried out" } else { "did not succeed" }), well);
        }
        for (operation, name) in self.under_way {
            let summary = operations.iter().find(|it| it.operation == operation);
            match summary.map(|it| &it.ending) {
                _ if state.flying(&operation).is_some() => {
                    tell(format!("{name}: interrupted; the next start says what became of it"), false);
                }
                Some(Ending::Succeeded(_)) => tell(format!("{name}: carried out"), true),
                Some(ending) => tell(format!("{name}: {}", ending.why()), false),
                None => tell(format!("{name}: not carried out"), false),
            }
        }
        for name in self.not_begun {
            tell(format!("{name}: not begun"), false);
        }
        farewell
    }
}

/// Whether nothing that changes something is under way any more.
pub fn is_over(state: &State) -> bool {
    state.flying.is_empty() && !state.slots.changes_something()
}

/// `promote checkout in production to 4.4.0`.
pub fn named(plan: &Plan) -> String {
    let verb = plan.intent.verb;
    let to = if verb.chooses() { format!(" to {}", plan.to.version) } else { String::new() };
    format!("{} {}{to}", verb.word(), plan.intent.track)
}
