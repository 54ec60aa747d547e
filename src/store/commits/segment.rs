//! Columns of commits as bytes.

use super::bytes::Bytes;
use crate::graph::{Author, Columns, Pos};
use crate::model::{CommitId, Text};

/// The columns as bytes: six counts, then column after column, then the authors.
pub fn encode(columns: &Columns) -> Vec<u8> {
    let counts = [
        columns.ids.len(),
        columns.parents.len(),
        columns.boundary.len(),
        columns.reverts.len(),
        columns.picked_from.len(),
        columns.authors.len(),
    ];
    let mut out = Vec::with_capacity(64 + columns.ids.len() * 44 + columns.parents.len() * 4);
    for count in counts {
        // A graph holds fewer than 2³² commits; a count that does not fit is caught by the checks on reading.
        out.extend_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes());
    }
    columns.ids.iter().for_each(|id| out.extend_from_slice(&id.0));
    columns.parent_end.iter().for_each(|end| out.extend_from_slice(&end.to_le_bytes()));
    columns.parents.iter().for_each(|pos| out.extend_from_slice(&pos.0.to_le_bytes()));
    columns.authored.iter().for_each(|time| out.extend_from_slice(&time.to_le_bytes()));
    columns.committed.iter().for_each(|time| out.extend_from_slice(&time.to_le_bytes()));
    columns.author.iter().for_each(|author| out.extend_from_slice(&author.to_le_bytes()));
    for (pos, missing) in &columns.boundary {
        out.extend_from_slice(&pos.0.to_le_bytes());
        out.extend_from_slice(&missing.to_le_bytes());
    }
    for (pos, id) in columns.reverts.iter().chain(&columns.picked_from) {
        out.extend_from_slice(&pos.0.to_le_bytes());
        out.extend_from_slice(&id.0);
    }
    for text in columns.authors.iter().flat_map(|author| [&author.name, &author.email]) {
        let text = text.as_str().as_bytes();
        out.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
        out.extend_from_slice(text);
    }
    out
}

/// Appends the columns that `bytes` hold to `columns`; `None` when they hold something else.
pub fn decode(bytes: &[u8], columns: &mut Columns) -> Option<()> {
    let mut bytes = Bytes(bytes);
    let mut count = || bytes.u32().map(|count| count as usize);
    let (commits, parents, boundary, reverts, picked, authors) =
        (count()?, count()?, count()?, count()?, count()?, count()?);
    bytes.column(commits, &mut columns.ids, CommitId)?;
    bytes.column(commits, &mut columns.parent_end, u32::from_le_bytes)?;
    bytes.column(parents, &mut columns.parents, |it| Pos(u32::from_le_bytes(it)))?;
    bytes.column(commits, &mut columns.authored, i64::from_le_bytes)?;
    bytes.column(commits, &mut columns.committed, i64::from_le_bytes)?;
    bytes.column(commits, &mut columns.author, u32::from_le_bytes)?;
    bytes.column(boundary, &mut columns.boundary, |it: [u8; 8]| (pos(&it), number(&it, 4)))?;
    bytes.column(reverts, &mut columns.reverts, link)?;
    bytes.column(picked, &mut columns.picked_from, link)?;
    for _ in 0..authors {
        columns.authors.push(Author { name: text(&mut bytes)?, email: text(&mut bytes)? });
    }
    bytes.0.is_empty().then_some(())
}

fn text(bytes: &mut Bytes<'_>) -> Option<Text> {
    let length = usize::try_from(bytes.u32()?).ok()?;
    bytes.take(length).map(Text::from_bytes)
}

fn link(entry: [u8; 24]) -> (Pos, CommitId) {
    let mut id = [0; 20];
    id.copy_from_slice(&entry[4..]);
    (pos(&entry), CommitId(id))
}

fn pos(entry: &[u8]) -> Pos {
    Pos(number(entry, 0))
}

fn number(entry: &[u8], at: usize) -> u32 {
    entry.get(at..at + 4).and_then(|it| it.try_into().ok()).map_or(0, u32::from_le_bytes)
}
