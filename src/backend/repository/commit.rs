//! Reading the bytes of commits and tags. Lenient, because histories hold what no git would write today: only a commit
//! without a tree or with a parent that is no id is refused.

use std::borrow::Cow;
use std::sync::LazyLock;

use gix::bstr::{ByteSlice, Finder};

use super::open::commit_id;
use crate::model::CommitId;

/// What a commit's bytes say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawCommit<'a> {
    /// The root tree.
    pub tree: CommitId,
    /// Parents, in order.
    pub parents: Vec<CommitId>,
    /// The author.
    pub author: Ident<'a>,
    /// The committer.
    pub committer: Ident<'a>,
    /// Whether the text is Latin-1 rather than UTF-8.
    pub latin1: bool,
    /// The message.
    pub message: &'a [u8],
}

/// Who, and when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ident<'a> {
    /// The name.
    pub name: &'a [u8],
    /// The address.
    pub email: &'a [u8],
    /// Seconds since 1970 UTC; 0 where the bytes hold no time, as git has it.
    pub time: i64,
}

impl<'a> RawCommit<'a> {
    /// Reads a commit.
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        let (tree, mut rest) = line(bytes);
        let mut commit = Self {
            tree: id(tree.strip_prefix(b"tree ")?)?,
            parents: Vec::new(),
            author: Ident::default(),
            committer: Ident::default(),
            latin1: false,
            message: b"",
        };
        while !rest.is_empty() {
            let (field, after) = line(rest);
            rest = after;
            if field.is_empty() {
                commit.message = after;
                break;
            }
            let (key, value) = field.find_byte(b' ').map_or((field, &b""[..]), |at| (&field[..at], &field[at + 1..]));
            match key {
                b"parent" => commit.parents.push(id(value)?),
                b"author" => commit.author = Ident::read(value),
                b"committer" => commit.committer = Ident::read(value),
                b"encoding" => {
                    commit.latin1 = [&b"iso-8859-1"[..], b"latin1", b"latin-1"].contains(&&*value.to_ascii_lowercase())
                }
                _ => {}
            }
        }
        Some(commit)
    }

    /// Bytes of this commit as text.
    pub fn decode<'b>(&self, raw: &'b [u8]) -> Cow<'b, str> {
        match std::str::from_utf8(raw) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) if self.latin1 => raw.iter().map(|byte| char::from(*byte)).collect(),
            Err(_) => String::from_utf8_lossy(raw),
        }
    }

    /// The first paragraph of the message as one line, as git shows a subject. At most some kilobytes of it.
    pub fn subject(&self) -> Cow<'a, [u8]> {
        const ENOUGH: usize = 32 * 1024;
        let message = self.message.get(..ENOUGH).unwrap_or(self.message);
        let mut lines =
            message.lines().skip_while(|it| it.trim_ascii().is_empty()).take_while(|it| !it.trim_ascii().is_empty());
        let Some(first) = lines.next().map(<[u8]>::trim_ascii_end) else { return Cow::Borrowed(b"") };
        let mut subject = Cow::Borrowed(first);
        for line in lines {
            let subject = subject.to_mut();
            subject.push(b' ');
            subject.extend_from_slice(line.trim_ascii());
        }
        subject
    }

    /// The commits that the message says it reverts: the first whole id of each `This reverts commit …`.
    pub fn reverts(&self) -> Vec<CommitId> {
        REVERTS.ids_after(self.message)
    }

    /// The commits that the message says it was picked from.
    pub fn picked_from(&self) -> Vec<CommitId> {
        PICKED.ids_after(self.message)
    }
}

impl<'a> Ident<'a> {
    /// Reads `Name <address> seconds zone`, as far as it is one.
    fn read(value: &'a [u8]) -> Self {
        let Some(end) = value.rfind_byte(b'>') else { return Self { name: value.trim_ascii(), ..Self::default() } };
        let (who, when) = (&value[..end], &value[end + 1..]);
        let (name, email) = who.find_byte(b'<').map_or((who, &b""[..]), |at| (&who[..at], &who[at + 1..]));
        let seconds = when.trim_ascii().split(|byte| *byte == b' ').next().and_then(|it| it.to_str().ok());
        Self {
            name: name.trim_ascii(),
            email: email.trim_ascii(),
            time: seconds.and_then(|it| it.parse().ok()).unwrap_or_default(),
        }
    }
}

/// What an annotated tag's bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawTag {
    /// The object that it tags.
    pub target: CommitId,
    /// When it was made, seconds since 1970 UTC; absent in tags of old.
    pub made: Option<i64>,
}

impl RawTag {
    /// Reads a tag.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        let header = bytes.split_once_str(b"\n\n").map_or(bytes, |(header, _)| header);
        let mut lines = header.split(|byte| *byte == b'\n');
        let target = id(lines.next()?.strip_prefix(b"object ")?)?;
        let made = lines.find_map(|line| line.strip_prefix(b"tagger ")).map(|tagger| Ident::read(tagger).time);
        Some(Self { target, made })
    }
}

fn id(hex: &[u8]) -> Option<CommitId> {
    commit_id(&gix::ObjectId::from_hex(hex).ok()?)
}

/// The first line without its end, and what follows it.
fn line(bytes: &[u8]) -> (&[u8], &[u8]) {
    bytes.find_byte(b'\n').map_or((bytes, b""), |end| (&bytes[..end], &bytes[end + 1..]))
}

static REVERTS: LazyLock<Marker> = LazyLock::new(|| Marker::new(b"This reverts commit "));
static PICKED: LazyLock<Marker> = LazyLock::new(|| Marker::new(b"(cherry picked from commit "));

/// What stands before the id of another commit in a message. Made once: making one costs more than looking through most
/// messages.
struct Marker {
    finder: Finder<'static>,
}

impl Marker {
    fn new(marker: &'static [u8]) -> Self {
        Self { finder: Finder::new(marker) }
    }

    /// The whole ids that follow the marker, each once, in order.
    fn ids_after(&self, message: &[u8]) -> Vec<CommitId> {
        let mut found = Vec::new();
        let mut rest = message;
        while let Some(at) = self.finder.find(rest) {
            rest = &rest[at + self.finder.needle().len()..];
            if let Some(id) = rest.get(..40).and_then(id)
                && !found.contains(&id)
            {
                found.push(id);
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const TREE: &str = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
    const ONE: &str = "1111111111111111111111111111111111111111";
    const TWO: &str = "2222222222222222222222222222222222222222";

    fn whole(message: &str) -> Vec<u8> {
        format!(
            "tree {TREE}\nparent {ONE}\nparent {TWO}\nauthor Ada <ada@example.org> 1700000000 +0100\n\
             committer Bo <bo@example.org> 1700000060 -0500\ngpgsig -----BEGIN\n author nobody\n -----END\n\n{message}"
        )
        .into_bytes()
    }

    #[test]
    fn a_commit_is_read_whole() {
        let bytes = whole("Fix it\n\nBecause.\n");
        let commit = RawCommit::read(&bytes).expect("a commit");
        assert_eq!(commit.parents.iter().map(ToString::to_string).collect::<Vec<_>>(), [ONE, TWO]);
        assert_eq!(commit.author, Ident { name: b"Ada", email: b"ada@example.org", time: 1_700_000_000 });
        assert_eq!(commit.committer.time, 1_700_000_060);
        assert_eq!(commit.tree.to_string(), TREE);
    }

    #[rstest]
    #[case("Fix it\n\nBecause.", "Fix it")]
    #[case("\n\n  \nFix it  \nand that\n\nrest", "Fix it and that")]
    #[case("", "")]
    #[case("one line", "one line")]
    fn the_subject_is_the_first_paragraph(#[case] message: &str, #[case] subject: &str) {
        let bytes = whole(message);
        let commit = RawCommit::read(&bytes).expect("a commit");
        assert_eq!(commit.subject().to_str(), Ok(subject));
    }

    #[rstest]
    #[case("Ada <ada@example.org> 17 +0000", "Ada", "ada@example.org", 17)]
    #[case("Ada <a<b>c@x> -5 +0000", "Ada", "a<b>c@x", -5)]
    #[case("Ada <ada@example.org>", "Ada", "ada@example.org", 0)]
    #[case("<> 99999999999999999999 +0000", "", "", 0)]
    #[case("nothing at all", "nothing at all", "", 0)]
    #[case("", "", "", 0)]
    fn an_ident_is_read_as_far_as_it_goes(
        #[case] raw: &str,
        #[case] name: &str,
        #[case] email: &str,
        #[case] time: i64,
    ) {
        let expected = Ident { name: name.as_bytes(), email: email.as_bytes(), time };
        assert_eq!(Ident::read(raw.as_bytes()), expected);
    }

    #[test]
    fn bytes_that_are_no_commit_are_refused() {
        for bad in ["", "tree", "tree 12", "parent x", &format!("tree {TREE}\nparent nothing\n\n")] {
            assert_eq!(RawCommit::read(bad.as_bytes()), None, "{bad:?}");
        }
        assert!(RawCommit::read(format!("tree {TREE}").as_bytes()).is_some(), "no author, no message");
    }

    #[test]
    fn trailers_name_other_commits() {
        let message = format!(
            "Revert \"x\"\n\nThis reverts commit {ONE}, reversing\nchanges made to {TWO}.\nThis reverts commit {ONE}.\n\
             This reverts commit abc123.\n(cherry picked from commit {TWO})\n"
        );
        let bytes = whole(&message);
        let commit = RawCommit::read(&bytes).expect("a commit");
        assert_eq!(commit.reverts().iter().map(ToString::to_string).collect::<Vec<_>>(), [ONE]);
        assert_eq!(commit.picked_from().iter().map(ToString::to_string).collect::<Vec<_>>(), [TWO]);
    }

    #[test]
    fn text_that_is_not_utf8_is_read_by_its_encoding() {
        let mut bytes = format!("tree {TREE}\nencoding ISO-8859-1\n\ncaf").into_bytes();
        bytes.push(0xe9);
        let commit = RawCommit::read(&bytes).expect("a commit");
        assert_eq!(commit.decode(&commit.subject()), "café");
        assert_eq!(RawCommit { latin1: false, ..commit.clone() }.decode(&commit.subject()), "caf\u{fffd}");
    }

    #[test]
    fn a_tag_has_a_target_and_mostly_a_date() {
        let tag = format!("object {ONE}\ntype commit\ntag v1\ntagger Ada <a@x> 42 +0000\n\nnotes");
        assert_eq!(
            RawTag::read(tag.as_bytes()).map(|tag| (tag.target.to_string(), tag.made)),
            Some((ONE.into(), Some(42)))
        );
        let old = format!("object {ONE}\ntype commit\ntag v0\n\ntagger not a header");
        assert_eq!(RawTag::read(old.as_bytes()).and_then(|tag| tag.made), None);
        assert_eq!(RawTag::read(b"nothing"), None);
    }
}
