//! Figures, tables and listings that need no place in the text: set apart, and called for by a line.
//!
//! What calls for one is the first reference to it in its section, between the heading before it and the next; where none
//! leads to it there, the line above the place where it was written. It knows nothing of pages: the page builder finds a
//! place for it. A table that is turned comes here too, as the pages that it fills. Start at [`FlowBuilder::float`].

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::super::page_breaking::{Float, FloatPlace, FlowBlock};
use super::super::places::{id_of, is_leaf};
use super::{FlowBuilder, Piece, Place};
use crate::diagnostics::Diagnostic;
use crate::document::{Block, BlockKind, Division, Edition, Node, NodeId, Placement, walk};
use crate::geometry::Length;
use crate::style::Style;

/// A float, set.
#[derive(Debug)]
pub(in super::super) struct SetFloat {
    /// What is painted.
    pub piece: Piece,
    /// The same for the page builder: one way to set it, of which every line stays on one page.
    pub block: FlowBlock,
    /// Where it may stand.
    pub place: FloatPlace,
    /// Whether it is a part of what the float before it begins.
    pub goes_on: bool,
    /// Its first node and its last.
    pub nodes: (NodeId, NodeId),
}

impl SetFloat {
    /// What the page builder needs to know of it.
    pub(in super::super) fn measured(&self) -> Float {
        Float { height: height_of(&self.block), place: self.place, goes_on: self.goes_on }
    }
}

/// The floats of a flow under way.
#[derive(Debug, Default)]
pub(super) struct Floats {
    /// The blocks that may float, numbered as they come; lines note by these numbers what they refer to.
    numbers: BTreeMap<NodeId, usize>,
    /// The first block of this section.
    section: usize,
    /// Those of this section that are set.
    written: Vec<Written>,
}

/// A block that floats, where it was written.
#[derive(Clone, Debug)]
struct Written {
    /// Its number among the blocks that may float; none where no reference can call for it.
    number: Option<usize>,
    /// The indices of its parts among the flow's floats.
    parts: Range<usize>,
    /// Where it was written: below the last line of this block, or above its first.
    block: usize,
    is_above: bool,
}

impl Floats {
    /// Numbers those of a division's blocks that may float.
    pub(super) fn number(&mut self, blocks: &[Block], style: &Style) {
        for block in blocks {
            if wanted(block, style).is_some() && block.attributes.edition != Some(Edition::Epub) {
                self.numbers.insert(block.id, self.numbers.len());
            }
        }
    }

    /// The number of a block, if it may float.
    pub(super) fn number_of(&self, block: NodeId) -> Option<usize> {
        self.numbers.get(&block).copied()
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.numbers.is_empty()
    }
}

/// Whether the author says that a block may stand elsewhere than where it was written.
pub(super) fn asks_to_move(block: &Block) -> bool {
    block.attributes.placement.is_some_and(|placement| placement != Placement::Here)
}

/// Where a block asks to stand other than where it was written.
fn wanted(block: &Block, style: &Style) -> Option<FloatPlace> {
    let (floats, has_caption) = match &block.kind {
        BlockKind::Figure { caption, .. } | BlockKind::FigureGroup { caption, .. } => (true, !caption.is_empty()),
        BlockKind::Table(_) | BlockKind::Code(_) => (true, false),
        BlockKind::Heading { .. }
        | BlockKind::Paragraph(_)
        | BlockKind::Quote(_)
        | BlockKind::List { .. }
        | BlockKind::DefinitionList(_)
        | BlockKind::Verse(_)
        | BlockKind::Break
        | BlockKind::PageBreak
        | BlockKind::Formula(_)
        | BlockKind::Admonition { .. }
        | BlockKind::Container { .. }
        | BlockKind::Bibliography(_)
        | BlockKind::Index(_) => (false, false),
    };
    match block.attributes.placement.filter(|_| floats) {
        Some(Placement::Top) => Some(FloatPlace::Top),
        Some(Placement::Bottom) => Some(FloatPlace::Bottom),
        Some(Placement::Page) => Some(FloatPlace::Page),
        Some(Placement::FullBleed) => matches!(block.kind, BlockKind::Figure { .. }).then_some(FloatPlace::Page),
        Some(Placement::Float) => Some(FloatPlace::Any),
        Some(Placement::Here) => None,
        None => (style.floats && has_caption).then_some(FloatPlace::Any),
    }
}

fn height_of(block: &FlowBlock) -> Length {
    block.variants.iter().take(1).flat_map(|variant| &variant.lines).map(|line| line.height).sum()
}

impl FlowBuilder<'_, '_> {
    /// The index of the block with which this section begins.
    pub(super) fn floats_section(&self) -> usize {
        self.floats.section
    }

    /// A block that may float, with its number. It stands where it was written if nothing stands above it in the flow, if
    /// it has notes, which must follow the text's, or if no page is high enough for it.
    pub(super) fn float(&mut self, number: usize, block: &Block, division: &Division, place: &Place) {
        let (count, set_before) = (self.flow.blocks.len(), self.flow.floats.len());
        let before = (self.pending_space, self.pending_page, self.after_heading, self.pending_snap);
        self.block(block, division, place);
        if self.flow.floats.len() > set_before {
            // It has pages of its own, for which a reference may call.
            if let Some(written) = self.floats.written.last_mut() {
                written.number = Some(number);
            }
            if matches!(wanted(block, self.style), Some(FloatPlace::Top | FloatPlace::Bottom)) {
                self.warn_unmoved(block);
            }
            return;
        }
        let page = self.grid() * self.style.page.lines();
        let can_float = |set: &FlowBlock| {
            let mut lines = set.variants.iter().flat_map(|variant| &variant.lines);
            lines.all(|line| line.notes.is_empty()) && height_of(set) <= page
        };
        let is_one = self.flow.blocks.len() == count + 1 && count > 0;
        let (Some(place), true) = (wanted(block, self.style), is_one && self.flow.blocks.last().is_some_and(can_float))
        else {
            let has_page = self.flow.pieces.get(count).is_some_and(|piece| piece.plate.is_some());
            if asks_to_move(block) && !has_page {
                self.warn_unmoved(block);
            }
            return;
        };
        let (Some(mut set), Some(piece)) = (self.flow.blocks.pop(), self.flow.pieces.pop()) else { return };
        // What stands below it on a page begins on the grid.
        let height = height_of(&set);
        if let Some(last) = set.variants.first_mut().and_then(|natural| natural.lines.last_mut()) {
            last.height += height.round_up(self.unit) - height;
        }
        // To the text it is as if nothing had been here.
        (self.pending_space, self.pending_page, self.after_heading, self.pending_snap) = before;
        let is_above = self.pending_page;
        self.floats.written.push(Written {
            number: Some(number),
            parts: set_before..set_before + 1,
            block: if is_above { count } else { count - 1 },
            is_above,
        });
        let nodes = (block.id, last_node(block));
        self.flow.floats.push(SetFloat { piece, block: set, place, goes_on: false, nodes });
    }

    /// Lets the blocks from `first` on, the parts of one block of the document, stand on pages without text, as soon as a
    /// page ends below the text above. What follows goes on there.
    pub(super) fn float_pages(&mut self, first: usize, block: &Block) {
        let parts: Vec<_> = self.flow.blocks.drain(first..).zip(self.flow.pieces.drain(first..)).collect();
        let start = self.flow.floats.len();
        let mut begin = block.id;
        let last = last_node(block);
        let beginnings = beginnings(block, parts.iter().filter_map(|(_, piece)| piece.first_node()));
        for (set, piece) in parts {
            let node = piece.first_node().and_then(|leaf| beginnings.get(&leaf).copied());
            // What goes on from the part before belongs to that one.
            if let Some(node) = node.filter(|node| *node > begin && self.flow.floats.len() > start) {
                let ends = NodeId { index: node.index - 1, ..node };
                for part in &mut self.flow.floats[start..] {
                    part.nodes.1 = part.nodes.1.min(ends);
                }
                begin = node;
            }
            let goes_on = self.flow.floats.len() > start;
            let (place, nodes) = (FloatPlace::Page, (begin, last));
            self.flow.floats.push(SetFloat { piece, block: set, place, goes_on, nodes });
        }
        let parts = start..self.flow.floats.len();
        self.floats.written.push(Written { number: None, parts, block: first.saturating_sub(1), is_above: false });
    }

    /// Says that a block stands where it was written though its author asks for another place.
    pub(super) fn warn_unmoved(&mut self, block: &Block) {
        let message = "this stands where it was written, not where its placement says";
        let finding = Diagnostic::warning("unmoved-float", block.span, message);
        let help = "only what stands in the text itself, has no notes and fits a page can be moved: see to that, or write \
                    `placement=here`";
        self.composer.diagnostics.push(finding.help(help));
    }

    /// Ends a section before the next block: what lines noted of floats become calls, one at least for each float.
    pub(super) fn end_section(&mut self) {
        let first = std::mem::replace(&mut self.floats.section, self.flow.blocks.len());
        if self.floats.is_empty() && self.floats.written.is_empty() {
            return;
        }
        let written = std::mem::take(&mut self.floats.written);
        let numbers = written.iter().filter_map(|written| Some((written.number?, written.parts.clone())));
        let numbers: BTreeMap<usize, Range<usize>> = numbers.collect();
        let mut called = BTreeSet::new();
        for variant in self.flow.blocks[first..].iter_mut().flat_map(|block| &mut block.variants) {
            for line in variant.lines.iter_mut().filter(|line| !line.floats.is_empty()) {
                let parts = line.floats.iter().filter_map(|number| numbers.get(number).cloned());
                line.floats = parts.flatten().collect();
                called.extend(line.floats.iter().copied());
            }
        }
        for float in written.into_iter().filter(|float| !called.contains(&float.parts.start)) {
            let Some(block) = self.flow.blocks.get_mut(float.block) else {
                // What it stands above is still to come.
                self.floats.written.push(float);
                continue;
            };
            for variant in &mut block.variants {
                let line = if float.is_above { variant.lines.first_mut() } else { variant.lines.last_mut() };
                if let Some(line) = line {
                    line.floats.extend(float.parts.clone());
                }
            }
        }
    }
}

/// The outermost block that begins with each of these leaves of a block, or the leaf itself.
fn beginnings(block: &Block, leaves: impl Iterator<Item = NodeId>) -> BTreeMap<NodeId, NodeId> {
    let mut beginnings: BTreeMap<NodeId, NodeId> = leaves.map(|leaf| (leaf, leaf)).collect();
    // The first block behind the last leaf.
    let mut opened = None;
    walk([block], &mut |node| {
        if let Node::Block(block) = node {
            opened = opened.or(Some(block.id));
        }
        if is_leaf(node) {
            if let (Some(beginning), Some(opened)) = (beginnings.get_mut(&id_of(node)), opened) {
                *beginning = opened;
            }
            opened = None;
        }
    });
    beginnings
}

/// The last node within a block, or the block.
fn last_node(block: &Block) -> NodeId {
    let mut last = block.id;
    walk([block], &mut |node| last = last.max(id_of(node)));
    last
}
