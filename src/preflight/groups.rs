//! The same cause in many places, said once.

use std::collections::BTreeMap;

use super::At;

/// What has the same cause, by what tells causes apart; in that order.
pub(super) struct Groups<K>(BTreeMap<K, Group>);

/// Places with one cause.
pub(super) struct Group {
    /// The first of them.
    pub(super) at: At,
    /// The pages that have one, in order.
    pages: Vec<usize>,
}

impl<K: Ord> Groups<K> {
    pub(super) fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Adds a place on a page; pages come in order.
    pub(super) fn add(&mut self, cause: K, page: usize, at: impl FnOnce() -> At) {
        let group = self.0.entry(cause).or_insert_with(|| Group { at: at(), pages: Vec::new() });
        if group.pages.last() != Some(&page) {
            group.pages.push(page);
        }
    }
}

impl Group {
    /// Which pages have it besides the first, in words that follow what is wrong.
    pub(super) fn more(&self) -> String {
        others(&self.pages)
    }
}

/// Which pages there are besides the first, in words: their numbers, counted from 1, or how many if they are many.
pub(super) fn others(pages: &[usize]) -> String {
    /// How many are named.
    const NAMED: usize = 6;
    let names: Vec<String> = pages.iter().skip(1).take(NAMED + 1).map(|page| (page + 1).to_string()).collect();
    match &names[..] {
        [] => String::new(),
        [one] => format!(" (so on page {one} too)"),
        [first @ .., last] if names.len() <= NAMED => format!(" (so on pages {} and {last} too)", first.join(", ")),
        _ => format!(" (and {} pages more)", pages.len() - 1),
    }
}

impl<K> IntoIterator for Groups<K> {
    type Item = (K, Group);
    type IntoIter = std::collections::btree_map::IntoIter<K, Group>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_pages_are_named_and_many_are_counted() {
        assert_eq!(others(&[4]), "");
        assert_eq!(others(&[4, 6]), " (so on page 7 too)");
        assert_eq!(others(&[0, 1, 2, 3]), " (so on pages 2, 3 and 4 too)");
        assert_eq!(others(&(0..7).collect::<Vec<_>>()), " (so on pages 2, 3, 4, 5, 6 and 7 too)");
        assert_eq!(others(&(0..8).collect::<Vec<_>>()), " (and 7 pages more)");
        let mut groups = Groups::new();
        [3, 3, 5].into_iter().for_each(|page| groups.add((), page, || At::Page(page)));
        let more: Vec<String> = groups.into_iter().map(|((), group)| group.more()).collect();
        assert_eq!(more, [" (so on page 6 too)"]);
    }
}
