//! Path filters, arranged so that a comparison of two trees looks only where a filter may still say yes.

use std::collections::HashMap;

use gix::bstr::ByteSlice;
use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// The most filters that one set holds: one bit each.
pub const MOST: usize = 64;

/// Filters over paths. A glob that names a directory takes everything below it; `dir` and `dir/**` mean the same.
#[derive(Debug)]
pub struct Filters {
    /// Directories by what filters say of them; the first is the root.
    nodes: Vec<Node>,
    /// For each filter, the globs that have to be tried on whole paths.
    globs: Vec<GlobSet>,
    /// Filters without any glob: everything belongs to them, even a commit that changes nothing.
    pub always: u64,
}

/// What filters say of one path.
#[derive(Debug, Default)]
struct Node {
    children: HashMap<Vec<u8>, usize>,
    /// Filters that take this path and everything below.
    whole: u64,
    /// Filters with globs that begin below this directory.
    open: u64,
    /// Filters that may take something below.
    below: u64,
}

/// Where a comparison is: a directory, as the filters see it.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    node: Option<usize>,
    open: u64,
}

impl Filters {
    /// Arranges lists of globs. At most [`MOST`]; more are left out.
    ///
    /// # Errors
    /// When a glob is none.
    pub fn new(filters: &[Vec<String>]) -> Result<Self, globset::Error> {
        let mut all = Self { nodes: vec![Node::default()], globs: Vec::new(), always: 0 };
        for (number, globs) in filters.iter().take(MOST).enumerate() {
            let bit = 1 << number;
            let mut open = GlobSetBuilder::new();
            if globs.is_empty() {
                all.always |= bit;
            }
            for glob in globs {
                if let Some(rest) = all.add(glob, bit) {
                    for form in [rest.clone(), format!("{rest}/**")] {
                        open.add(GlobBuilder::new(&form).literal_separator(true).build()?);
                    }
                }
            }
            all.globs.push(open.build()?);
        }
        Ok(all)
    }

    /// Enters a glob below the directories that it names; the whole of it, where it does not end there.
    fn add(&mut self, glob: &str, bit: u64) -> Option<String> {
        let glob = glob.trim_start_matches("./").trim_matches('/');
        let parts: Vec<&str> = glob.split('/').filter(|part| !part.is_empty()).collect();
        let named = parts.iter().take_while(|part| !part.contains(['*', '?', '[', ']', '{', '}', '\\'])).count();
        let mut at = 0;
        for part in parts.iter().take(named) {
            self.nodes[at].below |= bit;
            at = self.child_or_new(at, part.as_bytes());
        }
        if named == parts.len() || parts[named..] == ["**"] {
            self.nodes[at].whole |= bit;
            return None;
        }
        self.nodes[at].open |= bit;
        Some(parts.join("/"))
    }

    fn child_or_new(&mut self, at: usize, name: &[u8]) -> usize {
        if let Some(child) = self.nodes[at].children.get(name) {
            return *child;
        }
        let new = self.nodes.len();
        self.nodes.push(Node::default());
        self.nodes[at].children.insert(name.to_vec(), new);
        new
    }

    /// Whether no filter asks for any path, so that trees need not be read.
    pub fn only_always(&self) -> bool {
        self.nodes.len() == 1 && self.nodes[0].whole | self.nodes[0].open == 0
    }

    /// The root, and the filters that take every change.
    pub fn root(&self) -> (Place, u64) {
        let root = &self.nodes[0];
        (Place { node: Some(0), open: root.open }, root.whole)
    }

    /// The place of an entry of a directory, and the filters that take the entry by its name.
    pub fn enter(&self, place: Place, name: &[u8]) -> (Place, u64) {
        let node = place.node.and_then(|node| self.nodes[node].children.get(name).copied());
        let (open, whole) = node.map_or((0, 0), |node| (self.nodes[node].open, self.nodes[node].whole));
        (Place { node, open: place.open | open }, whole)
    }

    /// The filters that may take something below `place`.
    pub fn may_take_below(&self, place: Place) -> u64 {
        place.open | place.node.map_or(0, |node| self.nodes[node].below)
    }

    /// The filters among `wanted` that take the file at `path`, which lies directly in `place`.
    pub fn take(&self, place: Place, wanted: u64, path: &[u8]) -> u64 {
        let mut taken = 0;
        let mut candidates = place.open & wanted;
        while candidates != 0 {
            let number = candidates.trailing_zeros();
            candidates &= candidates - 1;
            if self.globs.get(number as usize).is_some_and(|globs| globs.is_match(path.to_path_lossy())) {
                taken |= 1 << number;
            }
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Walks to `path` as a comparison would.
    fn takes(globs: &[&str], path: &str) -> bool {
        let filters = Filters::new(&[globs.iter().map(|&glob| glob.to_owned()).collect()]).expect("globs");
        let (mut place, mut taken) = filters.root();
        taken |= filters.always;
        let parts: Vec<&str> = path.split('/').collect();
        for (at, part) in parts.iter().enumerate() {
            let (entered, by_name) = filters.enter(place, part.as_bytes());
            taken |= by_name;
            if at + 1 == parts.len() {
                taken |= filters.take(place, !taken, path.as_bytes());
            } else if filters.may_take_below(entered) == 0 {
                break;
            }
            place = entered;
        }
        taken == 1
    }

    #[rstest]
    #[case("services/checkout", "services/checkout/src/main.rs", true)]
    #[case("services/checkout/", "services/checkout/src/main.rs", true)]
    #[case("./services/checkout/**", "services/checkout/a", true)]
    #[case("services/checkout", "services/checkout2/a", false)]
    #[case("services/checkout", "services", false)]
    #[case("**", "any/thing", true)]
    #[case("*.md", "README.md", true)]
    #[case("*.md", "docs/README.md", false)]
    #[case("**/*.md", "docs/a/README.md", true)]
    #[case("**/*.md", "README.md", true)]
    #[case("**/migrations/**", "a/b/migrations/1.sql", true)]
    #[case("**/migrations/**", "a/b/other/1.sql", false)]
    #[case("services/*/src", "services/a/src/x.rs", true)]
    #[case("services/*/src", "services/a/b/src/x.rs", false)]
    #[case("services/{a,b}/**", "services/b/x", true)]
    #[case("services/{a,b}/**", "services/c/x", false)]
    #[case("libs/core/*.rs", "libs/core/x.rs", true)]
    #[case("libs/core/*.rs", "libs/core/deep/x.rs", false)]
    #[case("file.txt", "file.txt", true)]
    fn a_glob_takes_what_people_expect(#[case] glob: &str, #[case] path: &str, #[case] expected: bool) {
        assert_eq!(takes(&[glob], path), expected);
    }

    #[test]
    fn no_glob_takes_everything_and_bad_ones_are_told() {
        assert!(takes(&[], "a"));
        assert!(takes(&["x", "a/b"], "a/b/c") && !takes(&["x", "a/b"], "a/c"));
        assert!(Filters::new(&[vec!["a[".to_owned()]]).is_err());
    }
}
