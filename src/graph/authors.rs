//! Who wrote commits: each name with each address once.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::model::Text;

/// Who wrote a commit, as the commit says.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Author {
    /// The name.
    pub name: Text,
    /// The address.
    pub email: Text,
}

/// Authors by number, in the order in which they were first met.
#[derive(Clone, Debug, Default)]
pub(super) struct Authors {
    list: Vec<Author>,
    /// Made when the first number is asked for: who only reads a graph needs none.
    numbers: OnceLock<HashMap<Author, u32>>,
}

impl Authors {
    /// All of them, by number.
    pub fn list(&self) -> &[Author] {
        &self.list
    }

    /// The number of `author`, a new one at the first meeting. Nobody known is one without name and address.
    pub fn number(&mut self, author: Option<&Author>) -> u32 {
        let list = &mut self.list;
        self.numbers.get_or_init(|| list.iter().cloned().zip(0..).collect());
        let Some(numbers) = self.numbers.get_mut() else { return 0 };
        let nobody = Author::default();
        let author = author.unwrap_or(&nobody);
        if let Some(known) = numbers.get(author) {
            return *known;
        }
        let number = u32::try_from(list.len()).unwrap_or(u32::MAX);
        list.push(author.clone());
        numbers.insert(author.clone(), number);
        number
    }
}

impl From<Vec<Author>> for Authors {
    fn from(list: Vec<Author>) -> Self {
        Self { list, numbers: OnceLock::new() }
    }
}
