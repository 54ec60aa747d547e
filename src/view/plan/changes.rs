//! The changes of a plan.

use super::super::{Line, Present, Role, format};
use crate::model::Text;
use crate::operation::{ChangeLine, Changes};

/// How many authors are named before the rest is counted.
const NAMED: usize = 5;

/// `adds 4 changes (1 merge left out) by Chloé, Ada, Ben and Emi`; absent for the side on which nothing changes.
pub fn sentence(changes: &Changes, added: bool) -> Option<Line> {
    if changes.count == 0 && changes.merges == 0 {
        return None;
    }
    let (role, verb) = if added { (Role::Added, "adds") } else { (Role::Removed, "removes") };
    let line = Line::of(role, format!("{verb} {}", format::counted(changes.count.into(), "change")));
    let merges = match changes.merges {
        0 => String::new(),
        n => format!(" and {}", format::counted(n.into(), "merge")),
    };
    let by = if changes.authors.is_empty() { String::new() } else { format!(" by {}", authors(&changes.authors)) };
    Some(line.with(Role::Text, format!("{merges}{by}")))
}

/// Names with commas, those beyond the first few counted.
pub fn authors(all: &[Text]) -> String {
    let mut named: Vec<String> = all.iter().take(NAMED).map(ToString::to_string).collect();
    if let Some(rest) = all.len().checked_sub(NAMED).filter(|rest| *rest > 0) {
        named.push(format!("{} more", format::count_of(rest)));
    }
    named.join(", ")
}

/// Every change that the plan lists, and how many more there are.
pub fn list(changes: &Changes, added: bool, present: &Present) -> Vec<Line> {
    let (role, sign) = if added { (Role::Added, "+ ") } else { (Role::Removed, "- ") };
    let mut lines: Vec<Line> =
        changes.list.iter().map(|it| Line::of(role.clone(), sign).then(change(it, present))).collect();
    let listed = u32::try_from(changes.list.len()).unwrap_or(u32::MAX);
    if changes.count > listed {
        let more = format::count((changes.count - listed).into());
        lines.push(Line::of(Role::Muted, format!("  and {more} more")));
    }
    lines
}

/// One change: `f495bc9 Gift wrapping  Emi 1d  #412  schema migration`.
pub fn change(it: &ChangeLine, present: &Present) -> Line {
    let subject = if it.subject.is_empty() { "no message".to_owned() } else { it.subject.to_string() };
    let mut line = Line::of(Role::Muted, format!("{} ", it.commit.short()))
        .with(Role::Text, subject)
        .with(Role::Muted, format!("  {} {}", it.author, present.age(it.authored_at)));
    if let Some(request) = &it.pull_request {
        line = line.with(Role::Link, format!("  #{request}"));
    }
    for risk in &it.risks {
        line = line.with(Role::Warning, format!("  [{risk}]"));
    }
    line
}
