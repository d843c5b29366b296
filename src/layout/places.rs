//! On which page each node is, and what is shown of it: "see page 42", the pages of an index.
//!
//! A page knows where in the flow it starts; a node is on the last page that starts at its first leaf or before it.

use std::collections::BTreeMap;

use super::assembly::Plan;
use super::book::{Facts, FlowPosition, LinkTarget, PageLabel};
use super::content::{Locator, PageTexts};
use crate::document::{BlockKind, DivisionKind, Document, Inline, InlineKind, Node, NodeId, PageForm, walk};
use crate::terms::{self, Term};

/// Where the nodes of a document are.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// The page of text at whose top each position stands, counted through all chapters.
    starts: BTreeMap<FlowPosition, u32>,
    /// The floats: the last node of each and its page of text, by its first.
    floats: BTreeMap<NodeId, (NodeId, u32)>,
    /// The index of each page of text among all pages.
    pages: Vec<u32>,
    /// The nodes to be found: those with labels, and index marks with the blocks that hold them.
    wanted: Vec<(NodeId, Option<NodeId>)>,
    /// The leaves of the main text, ascending.
    leaves: Vec<NodeId>,
    /// Where the reference to a note stands, by the first node of the note.
    notes: BTreeMap<NodeId, NodeId>,
    /// The pages of labelled nodes and of index marks.
    pub named: BTreeMap<NodeId, u32>,
}

impl Places {
    /// Takes down the nodes of `document`. `starts` has the position at which each page of text starts, and `floats` the last
    /// node of each float and its page of text, by its first. Linear in the document.
    pub(super) fn new(
        document: &Document,
        starts: BTreeMap<FlowPosition, u32>,
        floats: BTreeMap<NodeId, (NodeId, u32)>,
    ) -> Self {
        let mut places = Self { starts, floats, ..Self::default() };
        for division in &document.divisions {
            let leaves = &mut places.leaves;
            let notes = &mut places.notes;
            let gathered = division.notes.iter().filter(|_| division.kind == DivisionKind::Notes);
            let main = division.blocks.iter().chain(gathered.flat_map(|note| &note.blocks));
            walk(main, &mut |node| {
                if is_leaf(node) {
                    leaves.push(id_of(node));
                }
                if let Node::Inline(Inline { id, kind: InlineKind::NoteReference(index), .. }) = node
                    && let Some(note) = division.notes_apart().get(*index)
                {
                    notes.entry(note.id).or_insert(*id);
                }
            });
            // The innermost block that was met last.
            let mut block_id = NodeId::UNNAMED;
            let wanted = &mut places.wanted;
            walk(division.all_blocks(), &mut |node| match node {
                Node::Block(block) => {
                    block_id = block.id;
                    wanted.extend(block.attributes.label.is_some().then_some((block.id, None)));
                    if let BlockKind::DefinitionList(definitions) = &block.kind {
                        let labelled = definitions.iter().filter(|one| one.attributes.label.is_some());
                        wanted.extend(labelled.map(|definition| (definition.id, None)));
                    }
                    if let BlockKind::Bibliography(works) = &block.kind {
                        wanted.extend(works.iter().map(|work| (work.id, None)));
                    }
                }
                Node::Inline(inline) => {
                    wanted.extend(inline.attributes.label.is_some().then_some((inline.id, None)));
                    if matches!(inline.kind, InlineKind::IndexMark(_)) {
                        wanted.push((inline.id, Some(block_id)));
                    }
                }
            });
        }
        places
    }

    /// Finds the page of each labelled node and each index mark, where each page of text has the index that `pages` gives.
    pub(super) fn settle(&mut self, pages: Vec<u32>) {
        self.pages = pages;
        let page = |(node, block): &(NodeId, Option<NodeId>)| match block {
            Some(block) => self.page_of_mark(*node, *block),
            None => self.page_of(*node),
        };
        self.named = self.wanted.iter().filter_map(|wanted| Some((wanted.0, page(wanted)?))).collect();
    }

    /// The page on which `node` begins.
    pub(super) fn page_of(&self, node: NodeId) -> Option<u32> {
        let node = self.in_main_text(node);
        if let Some(page) = self.page_of_float(node) {
            return Some(page);
        }
        let next = self.leaves.partition_point(|leaf| *leaf < node);
        let leaf = self.leaves.get(next).filter(|leaf| leaf.division == node.division).copied().unwrap_or(node);
        self.page_at(FlowPosition { node: leaf, offset: 0 })
    }

    /// The page of a mark in `block`: where the words before it end, or where the block begins.
    fn page_of_mark(&self, mark: NodeId, block: NodeId) -> Option<u32> {
        if self.in_main_text(mark) != mark || self.page_of_float(mark).is_some() {
            return self.page_of(mark);
        }
        let before = self.leaves.partition_point(|leaf| *leaf < mark).checked_sub(1);
        match before.and_then(|before| self.leaves.get(before)).filter(|leaf| **leaf > block) {
            Some(&leaf) => self.page_at(FlowPosition { node: leaf, offset: u32::MAX }),
            None => self.page_of(mark),
        }
    }

    /// The node itself, or where the note that holds it is referred to.
    fn in_main_text(&self, node: NodeId) -> NodeId {
        let note = self.notes.range(..=node).next_back().filter(|(note, _)| note.division == node.division);
        note.map_or(node, |(_, reference)| *reference)
    }

    /// The page of the float that holds the node.
    fn page_of_float(&self, node: NodeId) -> Option<u32> {
        let (_, (last, page)) = self.floats.range(..=node).next_back()?;
        if node <= *last { self.pages.get(*page as usize).copied() } else { None }
    }

    fn page_at(&self, position: FlowPosition) -> Option<u32> {
        let (_, page) = self.starts.range(..=position).next_back()?;
        self.pages.get(*page as usize).copied()
    }
}

/// From this round on, what says where a page is keeps to the page's number once it has changed.
const LAST_CHANGES: usize = 2;

/// What `document` shows of pages, as they are in `plan` after `round`; `before` is what was shown in it.
///
/// Words such as "on the opposite page" can push away what they speak of, whose place then asks for other words that let it
/// come back. So a reference whose words change late says the page's number from then on.
pub(super) fn page_texts(
    document: &Document,
    facts: &Facts,
    plan: &Plan,
    facing: bool,
    round: usize,
    before: &PageTexts,
) -> PageTexts {
    let language = document.metadata.language.as_str();
    let mut texts = PageTexts { numbered: before.numbered.clone(), ..PageTexts::default() };
    let mut marks: BTreeMap<u32, NodeId> = BTreeMap::new();
    let blocks = || document.divisions.iter().flat_map(crate::document::Division::all_blocks);
    walk(blocks(), &mut |node| {
        let Node::Inline(inline) = node else { return };
        if let InlineKind::IndexMark(mark) = &inline.kind {
            marks.insert(mark.ordinal, inline.id);
        }
        if let InlineKind::PageReference { form, .. } = &inline.kind {
            let page = match facts.links.get(&inline.id) {
                Some(LinkTarget::Node(target)) => plan.places.page_of(*target),
                Some(LinkTarget::External(_) | LinkTarget::Broken) | None => None,
            };
            let label = page.and_then(|page| plan.labels.get(page as usize));
            let label = label.map_or_else(|| "?".to_owned(), PageLabel::text);
            let own = plan.places.page_of(inline.id);
            let words = match (form, own.zip(page)) {
                (PageForm::Where, Some((own, page))) => relative(own, page, facing),
                (PageForm::Number | PageForm::Where, _) => None,
            };
            let words = words.map(|words| terms::term(words, language).to_owned());
            let words = words.filter(|words| {
                let changes = before.references.get(&inline.id) != Some(words);
                if round >= LAST_CHANGES && changes {
                    texts.numbered.insert(inline.id);
                }
                !texts.numbered.contains(&inline.id)
            });
            let text = match form {
                PageForm::Number => label,
                PageForm::Where => words.unwrap_or_else(|| terms::on_page(&label, language)),
            };
            texts.references.insert(inline.id, text);
        }
    });
    walk(blocks(), &mut |node| {
        let Node::Block(block) = node else { return };
        let BlockKind::Index(entries) = &block.kind else { return };
        for entry in entries {
            let marks = entry.marks.iter().filter_map(|ordinal| marks.get(ordinal));
            let mut pages: BTreeMap<u32, NodeId> = BTreeMap::new();
            for mark in marks {
                if let Some(page) = plan.places.named.get(mark) {
                    pages.entry(*page).or_insert(*mark);
                }
            }
            if !pages.is_empty() {
                let pages: Vec<(u32, NodeId)> = pages.into_iter().collect();
                texts.locators.insert(entry.id, merged(&pages, &plan.labels));
            }
        }
    });
    texts
}

/// Where page `page` is for who reads page `own`, as far as there are words for it. Pages that face each other are a verso and
/// the recto after it; a leaf is a recto and the verso after it.
fn relative(own: u32, page: u32, facing: bool) -> Option<Term> {
    let is_recto = own.is_multiple_of(2);
    if page == own {
        Some(Term::OnThisPage)
    } else if page == own + 1 {
        Some(match (facing, is_recto) {
            (false, _) => Term::OnNextPage,
            (true, true) => Term::Overleaf,
            (true, false) => Term::OnOppositePage,
        })
    } else if page + 1 == own {
        Some(if facing && is_recto { Term::OnOppositePage } else { Term::OnPreviousPage })
    } else {
        None
    }
}

/// The labels of pages, given in order with the first mark on each: `3`, `12–14`, `20`. Three pages running and more are a range.
fn merged(pages: &[(u32, NodeId)], labels: &[PageLabel]) -> Vec<Locator> {
    let mut locators = Vec::new();
    let mut rest = pages;
    while let Some(&(first, mark)) = rest.first() {
        let numbering = |page: u32| labels.get(page as usize).map(|label| label.numbering);
        let follows =
            |(index, (page, _)): (u32, &(u32, NodeId))| *page == first + index && numbering(*page) == numbering(first);
        let run = (0..).zip(rest).take_while(|next| follows(*next)).count();
        let run = if run < 3 { 1 } else { run };
        let (last, _) = rest[run - 1];
        let label = |page: u32| labels.get(page as usize).map(PageLabel::text).unwrap_or_default();
        let text = if last > first { format!("{}–{}", label(first), label(last)) } else { label(first) };
        locators.push(Locator { text, mark });
        rest = &rest[run..];
    }
    locators
}

/// The name of a node.
pub(super) fn id_of(node: Node<'_>) -> NodeId {
    match node {
        Node::Block(block) => block.id,
        Node::Inline(inline) => inline.id,
    }
}

/// Whether a page can start at the node (see [`FlowPosition`]).
pub(super) fn is_leaf(node: Node<'_>) -> bool {
    match node {
        Node::Block(block) => matches!(
            block.kind,
            BlockKind::Code(_) | BlockKind::Figure { .. } | BlockKind::Formula(_) | BlockKind::Break
        ),
        Node::Inline(inline) => matches!(
            inline.kind,
            InlineKind::Text(_)
                | InlineKind::Code(_)
                | InlineKind::Image(_)
                | InlineKind::Formula(_)
                | InlineKind::PageReference { .. }
                | InlineKind::NoteReference(_)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::Numbering;

    #[test]
    fn three_pages_running_are_a_range() {
        let labels: Vec<PageLabel> =
            (1..30).map(|number| PageLabel { numbering: Numbering::Decimal, number }).collect();
        let mark = |index| NodeId { division: 0, index };
        let pages: Vec<(u32, NodeId)> = [2, 3, 5, 6, 7, 8, 20].into_iter().map(|page| (page, mark(page))).collect();
        let found: Vec<(String, NodeId)> =
            merged(&pages, &labels).into_iter().map(|locator| (locator.text, locator.mark)).collect();
        let expected = [("3", 2), ("4", 3), ("6–9", 5), ("21", 20)];
        assert_eq!(found, expected.map(|(text, page)| (text.to_owned(), mark(page))));
    }

    #[test]
    fn a_page_is_where_the_reader_sees_it() {
        // Pages 3 and 5 are rectos, page 4 is a verso; the first has the index 0.
        assert_eq!(relative(3, 3, true), Some(Term::OnThisPage));
        assert_eq!(relative(3, 4, true), Some(Term::OnOppositePage));
        assert_eq!(relative(4, 3, true), Some(Term::OnOppositePage));
        assert_eq!(relative(4, 5, true), Some(Term::Overleaf));
        assert_eq!(relative(3, 2, true), Some(Term::OnPreviousPage));
        assert_eq!(relative(3, 4, false), Some(Term::OnNextPage));
        assert_eq!(relative(4, 3, false), Some(Term::OnPreviousPage));
        assert_eq!(relative(3, 5, true), None);
    }
}
