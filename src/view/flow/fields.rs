//! What a filter looks at in a change. Looked up one by one, so that a filter on authors costs no look at environments.

use super::super::filter::Fields;
use super::super::lens::{self, Lens};
use super::milestones::{Milestones, Standing};
use crate::graph::Pos;
use crate::model::CommitId;
use crate::picture::Arrival;

/// The names of the fields.
pub const FIELDS: [&str; 8] = ["change", "title", "author", "request", "ticket", "environment", "version", "is"];

/// A change as a filter sees it.
pub struct ChangeFields<'a> {
    pub lens: &'a Lens,
    pub milestones: &'a Milestones,
    pub pos: Pos,
}

impl Fields for ChangeFields<'_> {
    fn any(&self, field: Option<&str>, see: &mut dyn FnMut(&str) -> bool) -> bool {
        FIELDS.iter().filter(|name| field.is_none_or(|field| field == **name)).any(|name| self.one(name, see))
    }
}

impl ChangeFields<'_> {
    fn one(&self, field: &str, see: &mut dyn FnMut(&str) -> bool) -> bool {
        let repository = self.milestones.repository();
        match field {
            "change" => see(&hex(&repository.graph.id(self.pos))),
            "title" => see(repository.texts.text(self.pos).subject.as_str()),
            "author" => {
                let text = repository.texts.text(self.pos);
                see(text.author.as_str()) || see(text.email.as_str())
            }
            "request" => self.milestones.request(self.pos).is_some_and(|it| see(&format!("#{}", it.number))),
            "ticket" => {
                let request = self.milestones.request(self.pos);
                request.and_then(|it| it.ticket.as_ref()).is_some_and(|ticket| see(ticket.as_str()))
            }
            "is" => see(if waits(self.lens, self.milestones, self.pos) { "waiting" } else { "delivered" }),
            _ => self.any_environment(field == "environment", see),
        }
    }

    /// The environments that have the change, or the versions with which it came there.
    fn any_environment(&self, name: bool, see: &mut dyn FnMut(&str) -> bool) -> bool {
        self.lens.snapshot().environments.iter().any(|environment| {
            match self.milestones.standing(self.pos, &environment.id) {
                Standing::There(..) if name => see(environment.id.as_str()),
                Standing::There(_, Some(Arrival::With(deployment))) => {
                    deployment.version.as_ref().is_some_and(|version| see(version.as_str()))
                }
                _ => false,
            }
        })
    }
}

/// Whether the change has not come to the target. A change that was taken back waits again.
pub fn waits(lens: &Lens, milestones: &Milestones, pos: Pos) -> bool {
    let Some(aim) = lens::target(lens.snapshot()) else { return false };
    !matches!(milestones.standing(pos, &aim.id), Standing::There(..) | Standing::Earlier)
}

/// Forty digits, without the detour of formatting: a filter asks for them of every change.
fn hex(id: &CommitId) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| DIGITS.get(usize::from(value)).map_or('0', |digit| char::from(*digit));
    id.0.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_those_that_people_see() {
        let id = CommitId(std::array::from_fn(|at| u8::try_from(at * 13 % 256).unwrap_or_default()));
        assert_eq!(hex(&id), id.to_string());
    }
}
