//! What changed, in words.

use super::ago;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::model::{ChangeLine, Changes, Kind, Time};
use crate::query::{ChangesAnswer, Point};
use crate::view::{Line, Role, format};

/// Says what changed between two points.
pub fn changes(answer: &ChangesAnswer, now: Time, out: &mut Output) -> Result<(), Failure> {
    out.line(
        &Line::of(Role::Strong, answer.service.to_string())
            .with(Role::Text, " from ")
            .with(Role::Strong, point(&answer.from))
            .with(Role::Text, " to ")
            .with(Role::Strong, point(&answer.to)),
    )?;
    out.text(verdict(answer))?;
    set(&answer.added, true, now, out)?;
    set(&answer.removed, false, now, out)
}

fn point(point: &Point) -> String {
    format!("{} ({})", point.is_asked_as.name, point.commit.short())
}

fn verdict(answer: &ChangesAnswer) -> String {
    let ChangesAnswer { kind, added, removed, .. } = answer;
    let (added, removed) = (counted(added), counted(removed));
    match kind {
        Kind::Redeploy => "the same code".to_owned(),
        Kind::Divergent => format!("two lines of history: {added} more, and {removed} less"),
        Kind::Rollback => format!("older code: {removed} less"),
        _ => format!("{added} more"),
    }
}

fn counted(changes: &Changes) -> String {
    let merges = match changes.merges {
        0 => String::new(),
        1 => " and 1 merge".to_owned(),
        many => format!(" and {} merges", format::count(many.into())),
    };
    let word = if changes.count == 1 { "change" } else { "changes" };
    format!("{} {word}{merges}", format::count(changes.count.into()))
}

fn set(changes: &Changes, added: bool, now: Time, out: &mut Output) -> Result<(), Failure> {
    let Changes { count, authors, list, .. } = changes;
    if *count == 0 {
        return Ok(());
    }
    let (role, sign, title) = match added {
        true => (Role::Added, "+", "added"),
        false => (Role::Removed, "-", "removed"),
    };
    let authors: Vec<&str> = authors.iter().map(crate::model::Text::as_str).collect();
    out.text("")?;
    out.line(&Line::of(Role::Heading, title).with(Role::Muted, format!(", by {}", authors.join(", "))))?;
    for it in list {
        out.line(&line(it, &role, sign, now))?;
    }
    let left = (*count as usize).saturating_sub(list.len());
    if left > 0 {
        out.line(&Line::of(Role::Muted, format!("… and {} more", format::count(left as u64))))?;
    }
    Ok(())
}

fn line(it: &ChangeLine, role: &Role, sign: &str, now: Time) -> Line {
    let request = it.pull_request.as_ref().map(|number| format!("  #{number}")).unwrap_or_default();
    Line::of(role.clone(), format!("{sign} {}", it.commit.short()))
        .with(Role::Text, format!("  {}", it.subject))
        .with(Role::Muted, format!("  {}, {}{request}", it.author, ago(now, it.authored_at)))
}
