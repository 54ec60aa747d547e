//! The commits, made by git itself.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use chrono::Duration;

use super::super::world::{Commit, Repository, Time};
use super::Size;

/// Hours from one pull request to the next.
const PACE: i64 = 14;

/// One pull request to be.
pub struct Change {
    pub author: String,
    pub title: String,
    pub branch: String,
    pub opened_at: Time,
    pub commits: Vec<String>,
    /// The merge commit, and when.
    pub merge: Option<(String, Time)>,
    /// Closed without a merge.
    pub dropped: bool,
}

/// A commit that has a mark but no id yet.
struct Draft {
    reference: String,
    parents: Vec<usize>,
    author: String,
    message: String,
    at: Time,
}

/// Makes the repository, and knows its commits.
pub fn made(shop: &mut Repository, size: Size, directory: &Path) -> Vec<Change> {
    let end = shop.clock.now();
    let start = end - Duration::hours(PACE * (size.pulls as i64 + 1));
    let mut drafts = vec![draft("refs/heads/main", vec![], "author-1", "Begin the shop", start)];
    let mut head = 0;
    let mut plans = Vec::new();
    for number in 1..=size.pulls {
        let opened_at = start + Duration::hours(PACE * number as i64);
        let author = format!("author-{}", number % 5 + 1);
        let title = format!("Change {number} of the shop");
        let reference = format!("refs/pull/{number}/head");
        let mut own = Vec::new();
        for part in 1..=(number * 7 % 3 + 1) {
            let parent = own.last().copied().unwrap_or(head);
            let at = opened_at - Duration::hours(8) + Duration::minutes(90 * part as i64);
            drafts.push(draft(&reference, vec![parent], &author, &format!("{title}, part {part}"), at));
            own.push(drafts.len() - 1);
        }
        // The last ones are open; some were given up.
        let open = number + 6 > size.pulls;
        let dropped = !open && number.is_multiple_of(23);
        let merge = (!open && !dropped).then(|| {
            let at = opened_at + Duration::minutes(40 + (number * 131 % 420) as i64);
            let message = format!("Merge pull request #{number} from acme/change-{number}\n\n{title}");
            let parents = vec![head, *own.last().unwrap_or(&head)];
            drafts.push(draft("refs/heads/main", parents, &author, &message, at));
            head = drafts.len() - 1;
            (head, at)
        });
        plans.push((author, title, opened_at, own, merge, dropped));
    }
    let ids = imported(&drafts, directory);
    for (draft, (sha, tree)) in drafts.iter().zip(&ids) {
        shop.add_commit(Commit {
            sha: sha.clone(),
            tree: tree.clone(),
            parents: draft.parents.iter().map(|it| ids[*it].0.clone()).collect(),
            author: draft.author.clone(),
            message: draft.message.clone(),
            authored_at: draft.at,
            committed_at: draft.at,
        });
    }
    shop.branches.insert("main".to_owned(), ids[head].0.clone());
    shop.git = Some(directory.to_owned());
    shop.created_at = start;
    let changes = plans.into_iter().zip(1..).map(|((author, title, opened_at, own, merge, dropped), number)| Change {
        author,
        title,
        branch: format!("change-{number}"),
        opened_at,
        commits: own.into_iter().map(|it: usize| ids[it].0.clone()).collect(),
        merge: merge.map(|(it, at)| (ids[it].0.clone(), at)),
        dropped,
    });
    changes.collect()
}

fn draft(reference: &str, parents: Vec<usize>, author: &str, message: &str, at: Time) -> Draft {
    let text = str::to_owned;
    Draft { reference: text(reference), parents, author: text(author), message: text(message), at }
}

/// Writes all commits into a new bare repository; the id and the tree of each.
fn imported(drafts: &[Draft], directory: &Path) -> Vec<(String, String)> {
    git(&["init", "--quiet", "--bare", "--initial-branch=main", &directory.display().to_string()], Path::new("."), "");
    let mut stream = String::new();
    for (mark, it) in drafts.iter().enumerate() {
        let who = format!("{0} <{0}@users.noreply.example.com> {1} +0000", it.author, it.at.timestamp());
        let _ = write!(stream, "commit {}\nmark :{}\nauthor {who}\ncommitter {who}\n", it.reference, mark + 1);
        let _ = writeln!(stream, "data {}\n{}", it.message.len(), it.message);
        for (place, parent) in it.parents.iter().enumerate() {
            let _ = writeln!(stream, "{} :{}", if place == 0 { "from" } else { "merge" }, parent + 1);
        }
        let content = format!("{mark}\n");
        let _ = writeln!(stream, "M 644 inline part-{}.txt\ndata {}\n{content}", mark % 40, content.len());
    }
    git(&["fast-import", "--quiet", "--export-marks=marks"], directory, &stream);
    let marks = std::fs::read_to_string(directory.join("marks")).expect("the marks of fast-import");
    let by_mark: BTreeMap<usize, String> = marks
        .lines()
        .filter_map(|it| it.trim_start_matches(':').split_once(' '))
        .map(|(mark, sha)| (mark.parse().expect("a mark"), sha.to_owned()))
        .collect();
    let trees = git(&["log", "--all", "--format=%H %T"], directory, "");
    let trees: BTreeMap<&str, &str> = trees.lines().filter_map(|it| it.split_once(' ')).collect();
    by_mark
        .into_values()
        .map(|sha| (sha.clone(), trees.get(sha.as_str()).copied().unwrap_or_default().to_owned()))
        .collect()
}

/// What git says, with nobody's configuration.
pub fn git(arguments: &[&str], directory: &Path, input: &str) -> String {
    let mut program = Command::new("git");
    program
        .args(arguments)
        .current_dir(directory)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1");
    program.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = program.spawn().expect("git");
    let (mut pipe, input) = (child.stdin.take().expect("a pipe"), input.to_owned());
    let writer = std::thread::spawn(move || pipe.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("git");
    let _ = writer.join();
    assert!(output.status.success(), "git {arguments:?} failed");
    String::from_utf8_lossy(&output.stdout).into_owned()
}
