//! Real release histories with known answers: the kinds of their releases, how many changes they brought and how long
//! these had taken, and git's own count of what was new in each.

#[path = "histories/history.rs"]
mod history;
#[path = "histories/measured.rs"]
mod measured;
#[path = "histories/replay.rs"]
mod replay;

use std::collections::BTreeMap;

use flightdeck::graph::Pos;
use flightdeck::metrics::Ledger;
use flightdeck::metrics::policy::Start;
use rstest::rstest;

use self::history::{History, history};
use self::measured::{deployed, ledger, measures};
use self::replay::Replayed;

struct Known {
    releases: usize,
    /// Commits that some release holds.
    commits: usize,
    /// New commits that are no merges, the first release being the baseline.
    changes: usize,
    kinds: &'static [(&'static str, u32)],
    /// Lead times in days from the author date: P50, P75, P90.
    authored: [f64; 3],
    /// From the committer date: P50, P90.
    committed: [f64; 2],
}

const RIPGREP: Known = Known {
    releases: 79,
    commits: 2_262,
    changes: 2_162,
    kinds: &[("divergent", 1), ("forward", 77), ("initial", 1)],
    authored: [16.81, 91.28, 246.27],
    committed: [12.93, 194.09],
};

const K9S: Known = Known {
    releases: 178,
    commits: 2_134,
    changes: 1_378,
    kinds: &[("divergent", 6), ("forward", 171), ("initial", 1)],
    authored: [4.29, 29.02, 82.56],
    committed: [4.03, 82.27],
};

const LAZYGIT: Known = Known {
    releases: 238,
    commits: 8_139,
    changes: 6_351,
    kinds: &[("divergent", 12), ("forward", 217), ("initial", 1), ("redeploy", 8)],
    authored: [16.90, 50.23, 101.90],
    committed: [10.62, 81.34],
};

const NEXTEST: Known = Known {
    releases: 144,
    commits: 4_962,
    changes: 4_687,
    kinds: &[("forward", 143), ("initial", 1)],
    authored: [4.81, 13.15, 23.71],
    committed: [4.34, 22.92],
};

const GIT: Known = Known {
    releases: 601,
    commits: 81_353,
    changes: 59_159,
    // 36 releases bring nothing new: maintenance lines are tagged in turns.
    kinds: &[("divergent", 48), ("forward", 516), ("initial", 1), ("rollback", 16), ("rollforward", 20)],
    authored: [47.50, 73.25, 101.33],
    committed: [45.09, 95.51],
};

/// The releases as deployments of one track.
fn released(history: &History) -> Ledger {
    let graph = &history.graph;
    let all = history.releases.iter().map(|it| deployed(graph, &it.tag, it.at, it.commit));
    ledger(graph, all.collect(), None)
}

fn hundredths<const N: usize>(seconds: [Option<f64>; N]) -> [i64; N] {
    seconds.map(|it| (it.expect("changes") / 864.0).round() as i64)
}

#[rstest]
#[case("ripgrep", &RIPGREP)]
#[case("k9s", &K9S)]
#[case("lazygit", &LAZYGIT)]
#[case("nextest", &NEXTEST)]
#[case("git", &GIT)]
fn releases_bring_what_is_known_of_them(#[case] name: &str, #[case] known: &Known) {
    let history = history(name);
    let ledger = released(&history);
    let mut kinds: BTreeMap<&str, u32> = BTreeMap::new();
    ledger.entries().iter().for_each(|it| *kinds.entry(it.kind.word()).or_default() += 1);
    assert_eq!(kinds, known.kinds.iter().copied().collect());
    let commits = history.graph.positions().filter(|pos| ledger.first(*pos).is_some()).count();
    assert_eq!((history.releases.len(), commits), (known.releases, known.commits));

    let authored = measures(&history.graph, &ledger, Start::Author).lead_time;
    let committed = measures(&history.graph, &ledger, Start::Commit).lead_time;
    assert_eq!((authored.n(), committed.n()), (known.changes, known.changes));
    let expected = |days: f64| (days * 100.0).round() as i64;
    assert_eq!(hundredths([authored.p50, authored.p75, authored.p90]), known.authored.map(expected));
    assert_eq!(hundredths([committed.p50, committed.p90]), known.committed.map(expected));
}

#[rstest]
#[case("ripgrep")]
#[case("k9s")]
fn git_counts_as_many_new_commits_in_each_release(#[case] name: &str) {
    let history = history(name);
    let ledger = released(&history);
    let replayed = Replayed::new(&history);
    replayed.write_commit_graph();
    let commits: Vec<Pos> = history.releases.iter().map(|it| it.commit).collect();
    for (at, release) in history.releases.iter().enumerate() {
        let counted = replayed.count(commits[at], &commits[..at]);
        assert_eq!(ledger.new_commits(0, at).len(), counted, "{}", release.tag);
    }
}
