//! The same cause in many places, said once.

use std::collections::BTreeMap;

use super::At;

/// What has the same cause, by what tells causes apart; in that order.
pub(super) struct Groups<K>(BTreeMap<K, Group>);

/// Places with one cause.
pub(super) struct Group {
    /// The first of them.
    pub(super) at: At,
    /// How many pages have one.
    pages: usize,
    /// The last of those.
    last: usize,
}

impl<K: Ord> Groups<K> {
    pub(super) fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Adds a place on a page; pages come in order.
    pub(super) fn add(&mut self, cause: K, page: usize, at: impl FnOnce() -> At) {
        let group = self.0.entry(cause).or_insert_with(|| Group { at: at(), pages: 1, last: page });
        if group.last != page {
            (group.pages, group.last) = (group.pages + 1, page);
        }
    }
}

impl Group {
    /// How many pages more there are, in words that follow what is wrong.
    pub(super) fn more(&self) -> String {
        match self.pages - 1 {
            0 => String::new(),
            1 => " (and one page more)".to_owned(),
            more => format!(" (and {more} pages more)"),
        }
    }
}

impl<K> IntoIterator for Groups<K> {
    type Item = (K, Group);
    type IntoIter = std::collections::btree_map::IntoIter<K, Group>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
