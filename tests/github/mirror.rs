//! The mirror: commits, branches and tags without the API.

use std::sync::Arc;

use flightdeck::fact::Body;
use flightdeck::graph::CommitGraph;

use crate::desk::Desk;
use crate::forge::Forge;
use crate::forge::big::{NAME, Size};

#[tokio::test]
async fn commits_and_tags_come_from_the_mirror_and_cost_no_request() {
    let directory = tempfile::tempdir().expect("a directory");
    let forge = Arc::new(Forge::big(Size::SMALL, directory.path()));
    let url = forge.git_url(NAME);
    let mut desk = Desk::over(&forge, &format!("clone_url = \"{url}\""));
    let reading = desk.read().await.unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(reading.problems, Vec::<flightdeck::model::Text>::new());
    let references = desk.all(|it| if let Body::Reference(it) = it { Some(&**it) } else { None });
    let tags: Vec<&str> = references.iter().map(|it| it.name.as_str()).collect();
    assert!(tags.contains(&"refs/remotes/origin/main"), "{tags:?}");
    let changes = desk.backend.changes().expect("reads commits");
    let batch = changes.commits(&"shop".into(), Arc::new(CommitGraph::default())).await.expect("commits");
    let live = desk.state("production").live.as_ref().and_then(|it| it.commit).expect("a commit");
    assert!(batch.commits.iter().any(|it| it.id == live));
    // Nothing of the token stays behind.
    let config = std::fs::read_to_string(desk.cache().join("github/github/acme+shop.git/config")).expect("read");
    assert!(!config.contains(crate::forge::TOKEN) && !config.contains("127.0.0.1"), "{config}");
}
