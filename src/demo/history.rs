//! The history of one demo repository as a plan: commits, branches and tags before there are any objects.
//!
//! A commit is known by its mark, its index in the plan; `import` turns marks into commit ids.

use std::collections::BTreeMap;

use super::names::Person;
use crate::model::Time;

/// A commit's index in the plan.
pub type Mark = usize;

/// Everything that one repository will hold.
#[derive(Debug, Default)]
pub struct History {
    /// Commits, parents before children.
    pub commits: Vec<Planned>,
    /// Branches and their heads.
    pub branches: Vec<(String, Mark)>,
    /// Tags.
    pub tags: Vec<Tag>,
}

/// A commit before it has an id.
#[derive(Debug)]
pub struct Planned {
    /// Parents, in order.
    pub parents: Vec<Mark>,
    /// Who wrote it.
    pub author: &'static Person,
    /// When it was written.
    pub authored: Time,
    /// When it was committed.
    pub committed: Time,
    /// The first line of the message.
    pub subject: String,
    /// A sentence in the message that names another commit.
    pub trailer: Option<Trailer>,
    /// Files that differ from the first parent, with their whole new content.
    pub files: Vec<(String, String)>,
}

/// A sentence in a message that names another commit.
#[derive(Clone, Copy, Debug)]
pub enum Trailer {
    /// `This reverts commit …`
    Reverts(Mark),
    /// `(cherry picked from commit …)`
    PickedFrom(Mark),
}

/// A tag.
#[derive(Debug)]
pub struct Tag {
    /// Its name.
    pub name: String,
    /// What it names.
    pub mark: Mark,
    /// When and with which words it was made; absent for a light tag.
    pub annotation: Option<(Time, String)>,
}

/// One line that a change puts into a file.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The file.
    pub path: String,
    /// The line.
    pub line: String,
}

/// A branch that things land on.
#[derive(Clone, Debug)]
pub struct Line {
    /// The branch's name.
    pub name: String,
    /// What landed, oldest first: the first-parent chain.
    pub landings: Vec<Landing>,
    files: Files,
}

/// A commit of a line's first-parent chain.
#[derive(Clone, Copy, Debug)]
pub struct Landing {
    /// The commit.
    pub mark: Mark,
    /// When it landed.
    pub at: Time,
}

/// A commit of a branch that is going to be merged.
#[derive(Debug)]
pub struct Step {
    /// Who wrote it.
    pub author: &'static Person,
    /// When.
    pub authored: Time,
    /// The first line of the message.
    pub subject: String,
    /// A sentence that names another commit.
    pub trailer: Option<Trailer>,
    /// What it writes.
    pub edits: Vec<Edit>,
}

/// What every line of every file is, and since which landing: enough to say what a file held at any of them.
#[derive(Clone, Debug, Default)]
struct Files(BTreeMap<String, Vec<Stroke>>);

#[derive(Clone, Debug)]
struct Stroke {
    line: String,
    since: usize,
    until: Option<usize>,
}

impl Files {
    fn write(&mut self, edit: &Edit, landing: usize) {
        let strokes = self.0.entry(edit.path.clone()).or_default();
        strokes.push(Stroke { line: edit.line.clone(), since: landing, until: None });
    }

    fn content(&self, path: &str, landing: usize) -> String {
        let strokes = self.0.get(path).map(Vec::as_slice).unwrap_or_default();
        let there = strokes.iter().filter(|it| it.since <= landing && it.until.is_none_or(|until| until > landing));
        there.flat_map(|it| [it.line.as_str(), "\n"]).collect()
    }

    /// Takes away what came with `landing`, as of `now`, and says which files that touches.
    fn take_back(&mut self, landing: usize, now: usize) -> Vec<String> {
        let mut touched = Vec::new();
        for (path, strokes) in &mut self.0 {
            let gone = strokes.iter_mut().filter(|it| it.since == landing && it.until.is_none());
            if gone.map(|it| it.until = Some(now)).count() > 0 {
                touched.push(path.clone());
            }
        }
        touched
    }
}

impl Line {
    /// A line that begins with a root commit.
    pub fn begin(history: &mut History, name: &str, at: Time, step: Step) -> Self {
        let mut line = Self { name: name.to_owned(), landings: Vec::new(), files: Files::default() };
        line.land_squashed(history, at, step);
        line
    }

    /// A line that leaves this one at its landing number `index`.
    pub fn branch(&self, name: &str, index: usize) -> Self {
        let landings: Vec<Landing> = self.landings.iter().take(index + 1).copied().collect();
        let mut files = self.files.clone();
        for strokes in files.0.values_mut() {
            strokes.retain(|it| it.since <= index);
            for stroke in strokes {
                stroke.until = stroke.until.filter(|until| *until <= index);
            }
        }
        Self { name: name.to_owned(), landings, files }
    }

    /// The newest commit; every line has one from its beginning.
    pub fn head(&self) -> Mark {
        self.landings.last().map_or(0, |landing| landing.mark)
    }

    /// When the newest commit landed.
    pub fn newest(&self) -> Option<Time> {
        self.landings.last().map(|landing| landing.at)
    }

    /// The number of the landing that `mark` is.
    pub fn index_of(&self, mark: Mark) -> Option<usize> {
        self.landings.iter().position(|landing| landing.mark == mark)
    }

    /// Lands one commit on top.
    pub fn land_squashed(&mut self, history: &mut History, at: Time, step: Step) -> Mark {
        let index = self.landings.len();
        for edit in &step.edits {
            self.files.write(edit, index);
        }
        let files = self.contents(step.edits.iter().map(|edit| edit.path.as_str()), index);
        let parents = self.landings.last().map(|landing| landing.mark).into_iter().collect();
        let mark = history.push(Planned {
            parents,
            author: step.author,
            authored: step.authored,
            committed: at,
            subject: step.subject,
            trailer: step.trailer,
            files,
        });
        self.landings.push(Landing { mark, at });
        mark
    }

    /// Lands a branch with a merge commit and says which commits it holds.
    pub fn land_merged(&mut self, history: &mut History, merge: Merge, steps: Vec<Step>) -> (Mark, Vec<Mark>) {
        let edits: Vec<Edit> = steps.iter().flat_map(|step| step.edits.clone()).collect();
        let commits = self.grow(history, steps);
        let mark = self.merge(history, merge, commits.last().copied(), &edits);
        (mark, commits)
    }

    /// Lands what was committed elsewhere, `edits` in all, with a merge commit.
    pub fn merge(&mut self, history: &mut History, merge: Merge, head: Option<Mark>, edits: &[Edit]) -> Mark {
        let index = self.landings.len();
        for edit in edits {
            self.files.write(edit, index);
        }
        let files = self.contents(edits.iter().map(|edit| edit.path.as_str()), index);
        let mark = history.push(Planned {
            parents: [Some(self.head()), head].into_iter().flatten().collect(),
            author: merge.author,
            authored: merge.at,
            committed: merge.at,
            subject: merge.subject,
            trailer: None,
            files,
        });
        self.landings.push(Landing { mark, at: merge.at });
        mark
    }

    /// Writes a branch's commits without landing them, from what had landed when the first was written.
    pub fn grow(&self, history: &mut History, steps: Vec<Step>) -> Vec<Mark> {
        let start = steps.first().map(|step| step.authored);
        let landed = self.landings.iter().take_while(|landing| start.is_none_or(|start| landing.at <= start)).count();
        let base = landed.saturating_sub(1);
        let mut parent = self.landings.get(base).map(|landing| landing.mark);
        let mut own: BTreeMap<String, String> = BTreeMap::new();
        let mut commits = Vec::new();
        for step in steps {
            let mut files = BTreeMap::new();
            for edit in &step.edits {
                let added = own.entry(edit.path.clone()).or_default();
                added.push_str(&edit.line);
                added.push('\n');
                files.insert(edit.path.clone(), self.files.content(&edit.path, base) + added);
            }
            let mark = history.push(Planned {
                parents: parent.into_iter().collect(),
                author: step.author,
                authored: step.authored,
                committed: step.authored,
                subject: step.subject,
                trailer: step.trailer,
                files: files.into_iter().collect(),
            });
            parent = Some(mark);
            commits.push(mark);
        }
        commits
    }

    /// Lands a commit that takes back what landed with `bad`.
    pub fn land_revert(&mut self, history: &mut History, at: Time, author: &'static Person, bad: Mark) -> Option<Mark> {
        let landing = self.index_of(bad)?;
        let subject = format!("Revert \"{}\"", history.commits.get(bad)?.subject);
        let index = self.landings.len();
        let touched = self.files.take_back(landing, index);
        let files = self.contents(touched.iter().map(String::as_str), index);
        let mark = history.push(Planned {
            parents: vec![self.head()],
            author,
            authored: at,
            committed: at,
            subject,
            trailer: Some(Trailer::Reverts(bad)),
            files,
        });
        self.landings.push(Landing { mark, at });
        Some(mark)
    }

    fn contents<'a>(&self, paths: impl Iterator<Item = &'a str>, landing: usize) -> Vec<(String, String)> {
        let distinct: std::collections::BTreeSet<&str> = paths.collect();
        distinct.into_iter().map(|path| (path.to_owned(), self.files.content(path, landing))).collect()
    }
}

/// The merge commit that lands a branch.
#[derive(Debug)]
pub struct Merge {
    /// When it lands.
    pub at: Time,
    /// Who pressed the button.
    pub author: &'static Person,
    /// `Merge pull request #12 from …`
    pub subject: String,
}

impl History {
    fn push(&mut self, commit: Planned) -> Mark {
        self.commits.push(commit);
        self.commits.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::names::PEOPLE;

    fn step(at: i64, line: &str) -> Step {
        Step {
            author: &PEOPLE[0],
            authored: time(at),
            subject: line.to_owned(),
            trailer: None,
            edits: vec![Edit { path: "a.rs".into(), line: line.into() }],
        }
    }

    fn time(seconds: i64) -> Time {
        Time::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn a_branch_starts_where_the_line_was_and_a_merge_holds_both() {
        let mut history = History::default();
        let mut main = Line::begin(&mut history, "main", time(0), step(0, "root"));
        main.land_squashed(&mut history, time(100), step(90, "second"));
        let merge = Merge { at: time(200), author: &PEOPLE[0], subject: "Merge".into() };
        let (merged, commits) = main.land_merged(&mut history, merge, vec![step(50, "branch 1"), step(60, "branch 2")]);
        assert_eq!(history.commits[commits[0]].parents, [0], "begun before the second landed");
        assert_eq!(history.commits[commits[1]].files[0].1, "root\nbranch 1\nbranch 2\n");
        assert_eq!(history.commits[merged].files[0].1, "root\nsecond\nbranch 1\nbranch 2\n");
        assert_eq!(history.commits[merged].parents, [1, commits[1]]);
    }

    #[test]
    fn a_revert_takes_back_exactly_its_lines() {
        let mut history = History::default();
        let mut main = Line::begin(&mut history, "main", time(0), step(0, "root"));
        let bad = main.land_squashed(&mut history, time(1), step(1, "bad"));
        main.land_squashed(&mut history, time(2), step(2, "good"));
        let maintenance = main.branch("maint", 1);
        let revert = main.land_revert(&mut history, time(3), &PEOPLE[1], bad).unwrap();
        assert_eq!(history.commits[revert].files, [("a.rs".to_owned(), "root\ngood\n".to_owned())]);
        assert_eq!(history.commits[revert].subject, "Revert \"bad\"");
        assert_eq!(maintenance.files.content("a.rs", 9), "root\nbad\n");
    }
}
