//! On which page each node is, and what is shown of it: "see page 42", the pages of an index.
//!
//! A page knows where in the flow it starts; a node is on the last page that starts at its first leaf or before it.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::assembly::Plan;
use super::book::{Facts, FlowPosition, LinkTarget, PageLabel};
use super::content::PageTexts;
use crate::document::{BlockKind, DivisionKind, Document, Inline, InlineKind, Node, NodeId, walk};
use crate::terms;

/// Where the nodes of a document are.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// The page at whose top each position stands, as an index.
    starts: BTreeMap<FlowPosition, u32>,
    /// The floats: the last node of each and its page, by its first.
    floats: BTreeMap<NodeId, (NodeId, u32)>,
    /// The leaves of the main text, ascending.
    leaves: Vec<NodeId>,
    /// Where the reference to a note stands, by the first node of the note.
    notes: BTreeMap<NodeId, NodeId>,
    /// The pages of labelled nodes and of index marks.
    pub named: BTreeMap<NodeId, u32>,
}

impl Places {
    /// Finds the page of each labelled node and each index mark. `starts` has the position at which each page starts, and
    /// `floats` the last node of each float and its page, by its first. Linear in the document, but for logarithms.
    pub(super) fn new(
        document: &Document,
        starts: BTreeMap<FlowPosition, u32>,
        floats: BTreeMap<NodeId, (NodeId, u32)>,
    ) -> Self {
        let mut places = Self { starts, floats, ..Self::default() };
        let mut named: Vec<NodeId> = Vec::new();
        let mut marks: Vec<(NodeId, NodeId)> = Vec::new();
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
            walk(division.all_blocks(), &mut |node| match node {
                Node::Block(block) => {
                    block_id = block.id;
                    named.extend(block.attributes.label.is_some().then_some(block.id));
                    if let BlockKind::DefinitionList(definitions) = &block.kind {
                        let labelled = definitions.iter().filter(|one| one.attributes.label.is_some());
                        named.extend(labelled.map(|definition| definition.id));
                    }
                    if let BlockKind::Bibliography(works) = &block.kind {
                        named.extend(works.iter().map(|work| work.id));
                    }
                }
                Node::Inline(inline) => {
                    named.extend(inline.attributes.label.is_some().then_some(inline.id));
                    if matches!(inline.kind, InlineKind::IndexMark(_)) {
                        marks.push((inline.id, block_id));
                    }
                }
            });
        }
        for node in named {
            if let Some(page) = places.page_of(node) {
                places.named.insert(node, page);
            }
        }
        for (mark, block) in marks {
            if let Some(page) = places.page_of_mark(mark, block) {
                places.named.insert(mark, page);
            }
        }
        places
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
        (node <= *last).then_some(*page)
    }

    fn page_at(&self, position: FlowPosition) -> Option<u32> {
        self.starts.range(..=position).next_back().map(|(_, page)| *page)
    }
}

/// What `document` shows of pages, as they are in `plan`.
pub(super) fn page_texts(document: &Document, facts: &Facts, plan: &Plan) -> PageTexts {
    let mut texts = PageTexts::default();
    let mut marks: BTreeMap<u32, NodeId> = BTreeMap::new();
    let blocks = || document.divisions.iter().flat_map(crate::document::Division::all_blocks);
    walk(blocks(), &mut |node| {
        let Node::Inline(inline) = node else { return };
        if let InlineKind::IndexMark(mark) = &inline.kind {
            marks.insert(mark.ordinal, inline.id);
        }
        if let InlineKind::PageReference { .. } = &inline.kind {
            let page = match facts.links.get(&inline.id) {
                Some(LinkTarget::Node(target)) => plan.places.page_of(*target),
                Some(LinkTarget::External(_) | LinkTarget::Broken) | None => None,
            };
            let label = page.and_then(|page| plan.labels.get(page as usize));
            texts.references.insert(inline.id, label.map_or_else(|| "?".to_owned(), PageLabel::text));
        }
    });
    walk(blocks(), &mut |node| {
        let Node::Block(block) = node else { return };
        let BlockKind::Index(entries) = &block.kind else { return };
        for entry in entries {
            let pages = entry.marks.iter().filter_map(|ordinal| marks.get(ordinal));
            let mut pages: Vec<u32> = pages.filter_map(|mark| plan.places.named.get(mark).copied()).collect();
            pages.sort_unstable();
            pages.dedup();
            if !pages.is_empty() {
                let comma = terms::comma(&document.metadata.language);
                texts.locators.insert(entry.id, merged(&pages, &plan.labels, comma));
            }
        }
    });
    texts
}

/// The labels of pages, given in order, with the language's `comma` between them: `3, 12–14, 20`. Three pages running and more are a range.
fn merged(pages: &[u32], labels: &[PageLabel], comma: &str) -> String {
    let mut text = String::new();
    let mut rest = pages;
    while let Some(&first) = rest.first() {
        let numbering = |page: u32| labels.get(page as usize).map(|label| label.numbering);
        let follows = |(index, page): (u32, &u32)| *page == first + index && numbering(*page) == numbering(first);
        let run = (0..).zip(rest).take_while(|next| follows(*next)).count();
        let run = if run < 3 { 1 } else { run };
        let last = rest[run - 1];
        let label = |page: u32| labels.get(page as usize).map(PageLabel::text).unwrap_or_default();
        if !text.is_empty() {
            let _ = write!(text, "{comma} ");
        }
        text.push_str(&label(first));
        if last > first {
            let _ = write!(text, "–{}", label(last));
        }
        rest = &rest[run..];
    }
    text
}

fn id_of(node: Node<'_>) -> NodeId {
    match node {
        Node::Block(block) => block.id,
        Node::Inline(inline) => inline.id,
    }
}

/// Whether a page can start at the node (see [`FlowPosition`]).
fn is_leaf(node: Node<'_>) -> bool {
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
        assert_eq!(merged(&[2, 3, 5, 6, 7, 8, 20], &labels, ","), "3, 4, 6–9, 21");
    }
}
