//! Two versions side by side, in lines: for the dialog, the command line, and as text to paste elsewhere.

use std::borrow::Cow;

use super::plan::changes::{change, sentence};
use super::{Filter, Line, Present, Role, format};
use crate::model::{ChangeLine, Changes, CommitId, Kind, Status};
use crate::operation::Comparison;
use crate::query::{Meaning, Point};

/// The fields that a filter over changes can ask for.
pub const FIELDS: [&str; 5] = ["commit", "subject", "author", "request", "risk"];

/// A line below the head: a change, or what stands above some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The change.
    pub commit: Option<CommitId>,
    /// What is said.
    pub line: Line,
}

/// From what to what, whether the bytes are the same, how much is gained and lost, what is risky.
pub fn head(it: &Comparison, present: &Present) -> Vec<Line> {
    let mut lines = vec![point("from", &it.answer.from, present), point("to  ", &it.answer.to, present), verdict(it)];
    lines.extend(sentence(&it.answer.added, true));
    lines.extend(sentence(&it.answer.removed, false));
    lines.extend(it.risks.iter().map(|risk| Line::of(Role::Warning, format!("risk: {}", risk.says))));
    let unread = it.unread.as_ref();
    lines.extend(unread.map(|why| Line::of(Role::Warning, format!("the changes were not checked for risks: {why}"))));
    lines
}

/// The changes that pass the filter, those added first.
pub fn entries(it: &Comparison, filter: &Filter, present: &Present) -> Vec<Entry> {
    let mut all = Vec::new();
    for (changes, role, sign, title) in
        [(&it.answer.added, Role::Added, "+ ", "added"), (&it.answer.removed, Role::Removed, "- ", "removed")]
    {
        let passing: Vec<&ChangeLine> = changes.list.iter().filter(|it| passes(filter, it)).collect();
        if passing.is_empty() {
            continue;
        }
        let of = match passing.len() == changes.count as usize {
            true => format!(" {}", format::count(changes.count.into())),
            false => format!(" {} of {}", format::count_of(passing.len()), format::count(changes.count.into())),
        };
        all.push(Entry { commit: None, line: Line::of(Role::Heading, title).with(Role::Muted, of) });
        all.extend(
            passing.into_iter().map(|it| Entry {
                commit: Some(it.commit),
                line: Line::of(role.clone(), sign).then(change(it, present)),
            }),
        );
        let left = (changes.count as usize).saturating_sub(changes.list.len());
        if left > 0 && filter.is_empty() {
            let line = Line::of(Role::Muted, format!("  and {} more", format::count_of(left)));
            all.push(Entry { commit: None, line });
        }
    }
    all
}

/// All of it.
pub fn lines(it: &Comparison, present: &Present) -> Vec<Line> {
    let mut lines = vec![Line::of(Role::Strong, it.answer.service.to_string())];
    lines.extend(head(it, present));
    for entry in entries(it, &Filter::default(), present) {
        if entry.commit.is_none() && entry.line.0.first().is_some_and(|span| span.role == Role::Heading) {
            lines.push(Line::blank());
        }
        lines.push(entry.line);
    }
    lines
}

/// As text to paste into a message or a release note: without ages, which grow old there.
pub fn changelog(it: &Comparison) -> String {
    let answer = &it.answer;
    let mut lines = vec![format!("{}: {} to {}", answer.service, name(&answer.from), name(&answer.to)), words(it)];
    for (changes, title, sign) in [(&answer.added, "Added", '+'), (&answer.removed, "Removed", '-')] {
        if changes.count == 0 {
            continue;
        }
        lines.extend([String::new(), format!("{title}:")]);
        lines.extend(changes.list.iter().map(|it| {
            let request = it.pull_request.iter().map(|number| format!("#{number}"));
            let aside: Vec<String> =
                request.chain([it.author.to_string()]).chain(it.risks.iter().map(ToString::to_string)).collect();
            format!("{sign} {} {} ({})", it.commit.short(), it.subject, aside.join(", "))
        }));
        let left = (changes.count as usize).saturating_sub(changes.list.len());
        if left > 0 {
            lines.push(format!("  and {} more", format::count_of(left)));
        }
    }
    lines.join("\n") + "\n"
}

fn passes(filter: &Filter, it: &ChangeLine) -> bool {
    let mut fields: Vec<(&'static str, Cow<'_, str>)> = vec![
        ("commit", it.commit.to_string().into()),
        ("subject", it.subject.as_str().into()),
        ("author", it.author.as_str().into()),
    ];
    fields.extend(it.pull_request.iter().map(|it| ("request", format!("#{it}").into())));
    fields.extend(it.risks.iter().map(|it| ("risk", it.as_str().into())));
    filter.matches(&fields)
}

/// `from 1.4.2  f495bc9  live in production for 4d  sha256:1f2e3d4c`.
fn point(label: &str, it: &Point, present: &Present) -> Line {
    let line = Line::of(Role::Muted, format!("{label} "))
        .with(Role::Strong, it.version.as_ref().map_or_else(|| it.asked.to_string(), ToString::to_string))
        .with(Role::Muted, format!("  {}", it.commit.short()));
    let stands = match it.is_asked_as.kind {
        Meaning::Environment => {
            let since = it.at.map(|at| format!(" {}", present.so_long(at))).unwrap_or_default();
            format!("live in {}{since}", it.asked)
        }
        Meaning::Version => it.at.map(|at| format!("built {}", present.ago(at))).unwrap_or_default(),
        kind => {
            let committed = it.at.map(|at| format!(", committed {}", present.ago(at))).unwrap_or_default();
            format!("{}{committed}", kind.word())
        }
    };
    let line = if stands.is_empty() { line } else { line.with(Role::Text, format!("  {stands}")) };
    match &it.digest {
        Some(digest) => line.with(Role::Muted, format!("  {}", format::short_digest(Some(digest)))),
        None => line,
    }
}

fn name(it: &Point) -> String {
    match (&it.version, it.is_asked_as.kind) {
        (Some(version), Meaning::Environment) => format!("{version} ({})", it.asked),
        _ => it.asked.to_string(),
    }
}

/// What going from one to the other would be, and whether the bytes are the same.
fn verdict(it: &Comparison) -> Line {
    let loud = matches!(it.answer.kind, Kind::Divergent | Kind::Unknown);
    let (status, words) = bytes(it.same_bytes);
    Line::of(if loud { Role::Warning } else { Role::Text }, kind(it.answer.kind))
        .with(Role::Muted, " · ")
        .with(Role::Status(status), words)
}

fn bytes(same: Option<bool>) -> (Status, &'static str) {
    match same {
        Some(true) => (Status::Ok, "the same bytes"),
        Some(false) => (Status::Drift, "different bytes"),
        None => (Status::Unknown, "whether the bytes are the same is not known"),
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Redeploy => "the same code",
        Kind::Divergent => "two lines of history: new code comes, and some goes",
        Kind::Rollback => "rollback: older code",
        Kind::Unknown => "the commits cannot be compared",
        other => other.word(),
    }
}

fn counted(changes: &Changes) -> String {
    let merges = match changes.merges {
        0 => String::new(),
        n => format!(" and {}", format::counted(n.into(), "merge")),
    };
    format!("{}{merges}", format::counted(changes.count.into(), "change"))
}

/// The verdict in one sentence of text.
fn words(it: &Comparison) -> String {
    let parts = [(&it.answer.added, "added"), (&it.answer.removed, "removed")];
    let parts = parts.into_iter().filter(|(changes, _)| changes.count > 0 || changes.merges > 0);
    let parts: Vec<String> = parts.map(|(changes, verb)| format!("{} {verb}", counted(changes))).collect();
    let counts = if parts.is_empty() { "nothing changed".to_owned() } else { parts.join(", ") };
    let risks: Vec<&str> = it.risks.iter().map(|risk| risk.says.as_str()).collect();
    let risks = if risks.is_empty() { String::new() } else { format!("; {}", risks.join(", ")) };
    let same = if it.same_bytes == Some(true) { "; the same bytes" } else { "" };
    format!("{counts}{risks}{same}")
}
