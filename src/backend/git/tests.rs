//! The backend against repositories that the `git` program made, good ones and bad ones.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use crate::backend::repository::fixture::Fixture;
use crate::backend::{Backend, BackendError, CommitBatch, Cursor, ErrorKind, Opening, Reading};
use crate::fact::Body;
use crate::graph::{CommitGraph, NewCommit};
use crate::model::{Clock, CommitId, Reference, ReferenceKind, RepositoryId, SourceId, Text, Time};

/// The backend for `path`, relative to the directory of the fixture.
fn backend(fixture: &Fixture, path: &str) -> Arc<dyn Backend> {
    let settings = [("path".to_owned(), toml::Value::from(path))].into();
    let clock: Clock = Arc::new(|| Time::from_timestamp(1_800_000_000, 0).expect("a time"));
    let opening = Opening {
        id: SourceId::from("code"),
        settings: &settings,
        base: fixture.root(),
        environments: &[],
        cache: fixture.root(),
        clock,
    };
    super::open(&opening).expect("settings")
}

fn block<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(future)
}

fn read(fixture: &Fixture, path: &str, cursor: Option<&Cursor>) -> Result<Reading, BackendError> {
    block(backend(fixture, path).reader().expect("reads").read(cursor))
}

fn batch(fixture: &Fixture, path: &str, known: CommitGraph) -> Result<CommitBatch, BackendError> {
    let backend = backend(fixture, path);
    let changes = backend.changes().expect("reads commits");
    let repository = changes.repositories().pop().unwrap_or_else(|| RepositoryId::from("app"));
    block(changes.commits(&repository, Arc::new(known)))
}

fn graph_of(batch: &CommitBatch, mut graph: CommitGraph) -> CommitGraph {
    graph.append_all(batch.commits.iter().map(|it| NewCommit {
        id: it.id,
        parents: &it.parents,
        authored: it.authored,
        committed: it.committed,
        reverts: &it.reverts,
        picked_from: &it.picked_from,
        author: None,
    }));
    batch.boundary.iter().for_each(|id| graph.cut_off_at(id));
    graph
}

fn references(reading: &Reading) -> BTreeMap<String, Reference> {
    let all = reading.facts.iter().filter_map(|fact| match &fact.body {
        Body::Reference(it) => Some((it.name.as_str().to_owned(), (**it).clone())),
        _ => None,
    });
    all.collect()
}

fn touched(fixture: &Fixture, path: &str, commits: &[CommitId], filters: &[&[&str]]) -> Result<Vec<u64>, BackendError> {
    let backend = backend(fixture, path);
    let changes = backend.changes().expect("reads commits");
    let repository = changes.repositories().pop().expect("a repository");
    let filters: Vec<Vec<String>> = filters.iter().map(|it| it.iter().map(|&it| it.to_owned()).collect()).collect();
    block(changes.touched(&repository, commits, &filters))
}

fn id(hex: &str) -> CommitId {
    hex.parse().expect("an id")
}

/// Everything below a directory with its contents, to show that nothing was written.
fn contents(directory: &Path) -> BTreeMap<std::path::PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut waiting = vec![directory.to_owned()];
    while let Some(directory) = waiting.pop() {
        for entry in std::fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                all.insert(path.clone(), std::fs::read(path).expect("a file"));
            }
        }
    }
    all
}

#[test]
fn references_are_peeled_and_dated_as_git_does() {
    let mut fixture = Fixture::new();
    let first = fixture.commit("a", "one");
    fixture.git(&["tag", "light"]);
    fixture.tick().tick();
    fixture.git(&["tag", "-a", "-m", "notes", "1.0.0", &first]);
    fixture.git(&["tag", "-a", "-m", "a tag of a tag", "nested", "1.0.0"]);
    fixture.git(&["tag", "tree", "HEAD^{tree}"]);
    fixture.git(&["update-ref", "refs/remotes/origin/main", &first]);
    fixture.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
    let second = fixture.commit("a", "two");
    fixture.git(&["pack-refs", "--all"]);
    fixture.git(&["branch", "feature/x", &first]);

    let reading = read(&fixture, "app", None).expect("a reading");
    assert_eq!(reading.problems, []);
    let found = references(&reading);
    let names: Vec<&str> = found.keys().map(String::as_str).collect();
    let expected = [
        "HEAD",
        "refs/heads/feature/x",
        "refs/heads/main",
        "refs/remotes/origin/HEAD",
        "refs/remotes/origin/main",
        "refs/tags/1.0.0",
        "refs/tags/light",
        "refs/tags/nested",
    ];
    assert_eq!(names, expected);
    assert_eq!((found["HEAD"].commit, found["HEAD"].kind), (id(&second), ReferenceKind::Head));
    assert!(found["refs/tags/1.0.0"].annotated && !found["refs/tags/light"].annotated);
    assert_eq!(found["refs/tags/nested"].commit, id(&first));
    let format = "--format=%(refname) %(creatordate:unix)";
    for line in fixture.git(&["for-each-ref", format]).lines().filter(|line| !line.starts_with("refs/tags/tree")) {
        let (name, date) = line.split_once(' ').expect("two words");
        assert_eq!(found[name].created_at.timestamp().to_string(), date, "{name}");
    }
}

#[test]
fn what_did_not_move_is_not_read_again() {
    let mut fixture = Fixture::new();
    fixture.commit("a", "one");
    let first = read(&fixture, "*", None).expect("a reading");
    assert_eq!(first.facts.len(), 2);
    let again = read(&fixture, "*", first.cursor.as_ref()).expect("a reading");
    assert!(again.facts.is_empty() && again.complete.is_empty());
    assert_eq!(again.cursor, first.cursor);
    fixture.git(&["tag", "v1"]);
    let moved = read(&fixture, "*", again.cursor.as_ref()).expect("a reading");
    assert_eq!(moved.facts.len(), 3);
    assert_eq!(moved.complete.first().map(|it| it.within.clone()), Some(vec!["app".to_owned()]));
    let broken = read(&fixture, "*", Some(&Cursor("nonsense".to_owned()))).expect("a reading");
    assert_eq!(broken.facts.len(), 3);
}

#[test]
fn a_repository_that_is_gone_takes_its_references_along() {
    let mut fixture = Fixture::new();
    fixture.commit("a", "one");
    fixture.git_in(fixture.root(), &["clone", "-q", "app", "other"]);
    let both = read(&fixture, "*", None).expect("a reading");
    std::fs::remove_dir_all(fixture.root().join("other")).expect("gone");
    let one = read(&fixture, "*", both.cursor.as_ref()).expect("a reading");
    assert_eq!(one.facts.len(), 2);
    assert_eq!(
        one.complete.iter().map(|it| it.within.len()).collect::<Vec<_>>(),
        [0],
        "everything, not one repository"
    );
    let told: Vec<&str> = one.problems.iter().map(Text::as_str).collect();
    assert_eq!(told, ["the repository other was there at the last reading and is gone"]);
    let after = read(&fixture, "*", one.cursor.as_ref()).expect("a reading");
    assert!(after.problems.is_empty(), "told once");
}

#[test]
fn commits_come_parents_first_with_what_they_say() {
    let mut fixture = Fixture::new();
    let first = fixture.commit("a", "one");
    fixture.git(&["checkout", "-q", "-b", "side"]);
    let side =
        fixture.commit("b", &format!("two\n\nThis reverts commit {first}.\n(cherry picked from commit {first})"));
    fixture.git(&["checkout", "-q", "main"]);
    let main = fixture.commit("c", "three");
    fixture.tick();
    fixture.git(&["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    let merge = fixture.head();

    let batch = batch(&fixture, "app", CommitGraph::default()).expect("a batch");
    let ids: Vec<String> = batch.commits.iter().map(|it| it.id.to_string()).collect();
    assert_eq!(ids, [&*first, &side, &main, &merge]);
    assert_eq!((batch.boundary.len(), batch.restart), (0, false));
    let two = &batch.commits[1];
    assert_eq!((two.text.subject.as_str(), two.text.author.as_str()), ("two", "Ada"));
    assert_eq!(two.text.email.as_str(), "ada@example.org");
    assert_eq!((two.reverts.clone(), two.picked_from.clone()), (vec![id(&first)], vec![id(&first)]));
    assert_eq!(batch.commits[3].parents, [id(&main), id(&side)]);
}

#[test]
fn only_what_is_not_known_is_read() {
    let mut fixture = Fixture::new();
    fixture.commit("a", "one");
    let graph = graph_of(&batch(&fixture, "app", CommitGraph::default()).expect("a batch"), CommitGraph::default());
    assert_eq!(batch(&fixture, "app", graph.clone()).expect("a batch").commits.len(), 0);
    let second = fixture.commit("a", "two");
    let more = batch(&fixture, "app", graph.clone()).expect("a batch");
    assert_eq!(more.commits.iter().map(|it| it.id).collect::<Vec<_>>(), [id(&second)]);
    assert_eq!(graph_of(&more, graph).len(), 2);
}

#[test]
fn every_form_of_repository_is_read_and_none_is_written_to() {
    let mut fixture = Fixture::new();
    let first = fixture.commit("a", "one");
    fixture.commit("a", "two");
    fixture.git(&["worktree", "add", "-q", "--detach", "../linked", &first]);
    fixture.git_in(fixture.root(), &["clone", "-q", "--bare", "app", "bare.git"]);
    fixture.git_in(fixture.root(), &["clone", "-q", "--reference", "app", "app", "borrowing"]);
    fixture.git_in(fixture.root(), &["init", "-q", "empty"]);
    let before = contents(fixture.root());
    for (path, commits, references) in
        [("app", 2, 2), ("app/.git", 2, 2), ("linked", 2, 2), ("bare.git", 2, 2), ("borrowing", 2, 4), ("empty", 0, 0)]
    {
        let reading = read(&fixture, path, None).expect(path);
        assert_eq!((reading.facts.len(), reading.problems.len()), (references, 0), "{path}");
        assert_eq!(batch(&fixture, path, CommitGraph::default()).expect(path).commits.len(), commits, "{path}");
        assert!(!backend(&fixture, path).watched_paths().is_empty(), "{path}");
    }
    let linked = self::references(&read(&fixture, "linked", None).expect("a reading"));
    assert_eq!(linked["HEAD"].commit, id(&first), "the worktree's own HEAD");
    assert_eq!(contents(fixture.root()), before);
}

#[test]
fn a_linked_worktree_is_watched_where_its_references_are() {
    let mut fixture = Fixture::new();
    fixture.commit("a", "one");
    fixture.git(&["worktree", "add", "-q", "--detach", "../linked"]);
    let watched = backend(&fixture, "linked").watched_paths();
    let canonical: Vec<_> = watched.iter().filter_map(|path| path.canonicalize().ok()).collect();
    let app = fixture.app().canonicalize().expect("a path");
    assert!(canonical.contains(&app.join(".git/refs/heads")), "{canonical:?}");
    assert!(canonical.contains(&app.join(".git/worktrees/linked")), "{canonical:?}");
}

#[test]
fn a_shallow_clone_has_a_boundary_until_it_is_deepened() {
    let mut fixture = Fixture::new();
    for message in ["one", "two", "three"] {
        fixture.commit("a", message);
    }
    let url = format!("file://{}", fixture.app().display());
    fixture.git_in(fixture.root(), &["clone", "-q", "--depth", "2", &url, "shallow"]);
    let cut = batch(&fixture, "shallow", CommitGraph::default()).expect("a batch");
    assert_eq!((cut.commits.len(), cut.boundary.len(), cut.restart), (2, 1, false));
    let graph = graph_of(&cut, CommitGraph::default());
    assert!(graph.is_cut_off());
    let unchanged = batch(&fixture, "shallow", graph.clone()).expect("a batch");
    assert_eq!((unchanged.commits.len(), unchanged.boundary.len(), unchanged.restart), (0, 1, false));

    fixture.git_in(&fixture.root().join("shallow"), &["fetch", "-q", "--unshallow"]);
    let whole = batch(&fixture, "shallow", graph).expect("a batch");
    assert_eq!((whole.commits.len(), whole.boundary.len(), whole.restart), (3, 0, true));
}

#[test]
fn a_path_without_a_repository_is_an_error_that_says_so() {
    let fixture = Fixture::new();
    std::fs::create_dir(fixture.root().join("plain")).expect("a directory");
    let missing = read(&fixture, "nowhere", None).expect_err("nothing there");
    assert_eq!(missing.kind, ErrorKind::NotFound);
    let plain = read(&fixture, "plain", None).expect_err("no repository");
    assert!(plain.what.as_str().contains("not a repository"), "{plain}");
    assert!(batch(&fixture, "plain", CommitGraph::default()).is_err());
    assert_eq!(read(&fixture, "nothing-*", None).expect("an empty list").facts.len(), 0);
}

#[test]
fn formats_that_cannot_be_read_are_told_apart() {
    let fixture = Fixture::new();
    fixture.git_in(fixture.root(), &["init", "-q", "--object-format=sha256", "long"]);
    fixture.git_in(fixture.root(), &["init", "-q", "--ref-format=reftable", "table"]);
    for path in ["long", "table"] {
        let error = read(&fixture, path, None).expect_err(path);
        assert!(matches!(error.kind, ErrorKind::NotFound | ErrorKind::Protocol), "{error:?}");
    }
}

#[test]
fn one_bad_repository_does_not_hide_the_others() {
    let mut fixture = Fixture::new();
    fixture.commit("a", "one");
    fixture.git_in(fixture.root(), &["init", "-q", "--bare", "broken.git"]);
    std::fs::write(fixture.root().join("broken.git/config"), "[core\nnonsense").expect("damage");
    let reading = read(&fixture, "*", None).expect("a reading");
    assert_eq!(reading.facts.len(), 2);
    assert_eq!(reading.problems.len(), 1, "{:?}", reading.problems);
    assert_eq!(reading.complete.len(), 1);
}

#[test]
fn a_reference_to_nothing_is_a_problem_and_the_rest_is_read() {
    let mut fixture = Fixture::new();
    fixture.commit("a", "one");
    let nowhere = "1234567890123456789012345678901234567890";
    std::fs::write(fixture.app().join(".git/refs/heads/lost"), format!("{nowhere}\n")).expect("damage");
    std::fs::write(fixture.app().join(".git/refs/heads/garbage"), "not an id\n").expect("damage");
    std::fs::write(fixture.app().join(".git/refs/heads/loop"), "ref: refs/heads/loop\n").expect("damage");
    let reading = read(&fixture, "app", None).expect("a reading");
    assert_eq!(references(&reading).len(), 2);
    let problems = format!("{:?}", reading.problems);
    assert!(problems.contains("refs/heads/lost") && problems.contains(nowhere), "{problems}");
    let again = read(&fixture, "app", reading.cursor.as_ref()).expect("a reading");
    assert_eq!(again.problems, reading.problems, "a problem is told as long as it is there");
    assert_eq!(batch(&fixture, "app", CommitGraph::default()).expect("a batch").commits.len(), 1);
}

#[test]
fn a_missing_or_damaged_parent_is_an_error_that_names_it() {
    let mut fixture = Fixture::new();
    let first = fixture.commit("a", "one");
    fixture.commit("a", "two");
    let (directory, file) = first.split_at(2);
    let object = fixture.app().join(".git/objects").join(directory).join(file);
    std::fs::set_permissions(&object, std::os::unix::fs::PermissionsExt::from_mode(0o644)).expect("writable");
    std::fs::write(&object, b"damage").expect("damage");
    let damaged = batch(&fixture, "app", CommitGraph::default()).expect_err("damaged");
    assert!(damaged.kind == ErrorKind::Integrity && damaged.what.as_str().contains(&first), "{damaged}");
    std::fs::remove_file(&object).expect("gone");
    let missing = batch(&fixture, "app", CommitGraph::default()).expect_err("missing");
    assert!(missing.kind == ErrorKind::Integrity && missing.what.as_str().contains(&first), "{missing}");
    assert!(missing.hint.is_some());
}

#[test]
fn hostile_and_ancient_text_is_read() {
    let mut fixture = Fixture::new();
    fixture.commit("a", &"long ".repeat(2_000));
    let mut stream =
        b"commit refs/heads/odd\nauthor <> 1 +0000\ncommitter caf\xe9 <x@\x1b[31m> 99999999999 +0000\n".to_vec();
    stream.extend_from_slice(b"data 15\n\xff\xfe\x1b]0;own\x07\x00\n\nx\n");
    fixture.import(&fixture.app(), &stream);
    let batch = batch(&fixture, "app", CommitGraph::default()).expect("a batch");
    assert_eq!(batch.commits.len(), 2);
    let odd = batch.commits.iter().find(|it| it.authored == 1).expect("the odd one");
    assert_eq!(odd.text.subject.as_str(), "��␛]0;own␇␀");
    let long = batch.commits.iter().find(|it| it.authored != 1).expect("the long one");
    assert!(long.text.subject.as_str().ends_with('…') && long.text.subject.as_str().len() < 5_000);
}

#[test]
fn touched_compares_with_the_first_parent() {
    let mut fixture = Fixture::new();
    let first = fixture.commit("services/checkout/main.rs", "one");
    let second = fixture.commit("services/billing/main.rs", "two");
    let third = fixture.commit("docs/migrations/1.sql", "three");
    fixture.git(&["rm", "-q", "-r", "services/billing"]);
    fixture.tick();
    fixture.git(&["commit", "-q", "-m", "four"]);
    let fourth = fixture.head();
    fixture.git(&["commit", "-q", "--allow-empty", "-m", "five"]);
    let fifth = fixture.head();
    fixture.git(&["checkout", "-q", "-b", "side", &first]);
    fixture.commit("services/checkout/side.rs", "six");
    fixture.tick();
    fixture.git(&["merge", "-q", "--no-ff", "-m", "merge", &third]);
    let merge = fixture.head();
    let commits: Vec<CommitId> = [&first, &second, &third, &fourth, &fifth, &merge].map(|it| id(it)).to_vec();
    let filters: &[&[&str]] = &[&["services/checkout/**"], &["services/billing"], &["**/migrations/**"], &[], &["**"]];
    let rows = touched(&fixture, "app", &commits, filters).expect("rows");
    assert_eq!(rows, [0b11001, 0b11010, 0b11100, 0b11010, 0b01000, 0b11110]);
    assert!(touched(&fixture, "app", &commits, &[&["a["]]).is_err());
}

#[test]
fn touched_needs_trees_and_no_contents() {
    let mut fixture = Fixture::new();
    let first = fixture.commit("a/x", "one");
    let second = fixture.commit("b/y", "two");
    fixture.git(&["config", "uploadpack.allowFilter", "true"]);
    let url = format!("file://{}", fixture.app().display());
    for (filter, name) in [("blob:none", "blobless"), ("tree:0", "treeless")] {
        fixture.git_in(fixture.root(), &["clone", "-q", "--bare", &format!("--filter={filter}"), &url, name]);
    }
    let commits = [id(&first), id(&second)];
    assert_eq!(touched(&fixture, "blobless", &commits, &[&["a"], &["b"]]), Ok(vec![1, 2]));
    let error = touched(&fixture, "treeless", &commits, &[&["a"]]).expect_err("no trees");
    assert!(error.kind == ErrorKind::Integrity && error.what.as_str().contains("tree"), "{error}");
    assert_eq!(batch(&fixture, "treeless", CommitGraph::default()).expect("a batch").commits.len(), 2);
}

/// A random history as git and the graph see it: the same sets, whatever is asked.
#[test]
fn the_graph_agrees_with_git_on_a_random_history() {
    let fixture = Fixture::new();
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % u64::try_from(below.max(1)).expect("small")).expect("small")
    };
    let mut stream = String::new();
    for number in 0..120_usize {
        let parents: Vec<usize> = match number {
            0 | 40 => Vec::new(),
            _ => {
                let mut parents: Vec<usize> =
                    (0..1 + random(3) / 2 + random(12) / 11).map(|_| number - 1 - random(number.min(9))).collect();
                parents.dedup();
                parents
            }
        };
        if parents.is_empty() {
            stream += "reset refs/replay/tip\n\n";
        }
        let time = 1_600_000_000 + number * 50 + random(400);
        stream += &format!(
            "commit refs/replay/tip\nmark :{}\nauthor A <a@x> {time} +0000\ncommitter A <a@x> {time} +0000\ndata 4\nx{number:03}\n",
            number + 1
        );
        for (place, parent) in parents.iter().enumerate() {
            stream += &format!("{} :{}\n", if place == 0 { "from" } else { "merge" }, parent + 1);
        }
        stream += "\n";
        if number % 3 == 0 {
            stream += &format!(
                "tag t{number}\nfrom :{}\ntagger A <a@x> {} +0000\ndata 0\n\n",
                number + 1,
                time + random(3_000)
            );
        }
        if number % 7 == 0 {
            stream += &format!("reset refs/tags/light{number}\nfrom :{}\n\n", number + 1);
        }
    }
    fixture.import(&fixture.app(), stream.as_bytes());

    let batch = batch(&fixture, "app", CommitGraph::default()).expect("a batch");
    let graph = graph_of(&batch, CommitGraph::default());
    assert_eq!(graph.len().to_string(), fixture.git(&["rev-list", "--all", "--count"]));
    let reading = read(&fixture, "app", None).expect("a reading");
    let mut tags: Vec<Reference> =
        references(&reading).into_values().filter(|it| it.kind == ReferenceKind::Tag).collect();
    tags.sort_by(|a, b| a.created_at.cmp(&b.created_at).then_with(|| a.name.cmp(&b.name)));
    let at = |commit: &CommitId| graph.position(commit).expect("a commit of the graph");
    for pos in graph.positions() {
        let contains = format!("--contains={}", graph.id(pos));
        let expected =
            fixture.git(&["for-each-ref", &contains, "--sort=creatordate", "--format=%(refname)", "refs/tags"]);
        let reach = graph.descendants(pos);
        let found: Vec<&str> =
            tags.iter().filter(|tag| reach.contains(at(&tag.commit))).map(|tag| tag.name.as_str()).collect();
        assert_eq!(found, expected.lines().collect::<Vec<_>>());
    }
    for pair in tags.windows(2).chain(tags.windows(7)) {
        let (from, to) = (&pair[0], pair.last().expect("two"));
        let difference = graph.difference(at(&from.commit), at(&to.commit));
        let range = format!("{}...{}", from.name.as_str(), to.name.as_str());
        let expected = fixture.git(&["rev-list", "--left-right", "--count", &range]);
        assert_eq!(format!("{}\t{}", difference.removed.len(), difference.added.len()), expected, "{range}");
    }

    fixture.git(&["commit-graph", "write", "--reachable"]);
    let with_file = self::batch(&fixture, "app", CommitGraph::default()).expect("a batch");
    assert_eq!(with_file.commits, batch.commits, "the commit-graph file changes nothing but the speed");
}
