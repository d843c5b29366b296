//! What goes into which file: a chapter has one, and one that is too large for old reading systems has several.
//!
//! The size is that of the markup, estimated before any is written, so that links know their files. A chapter is divided
//! before a heading where there is one in the second half of a full file, else between two blocks; never within a block. A
//! note goes where it is first referred to. Start at [`groups`].

use std::collections::BTreeSet;

use super::walk_shown;
use crate::document::{Block, BlockKind, Division, DivisionKind, Inline, InlineKind, Node, NodeId, Note};
use crate::layout::book::{Book, LinkTarget};
use crate::style::Opening;

/// How large a file of text may grow, in bytes of markup, where it can be divided.
pub(super) const LARGEST: usize = 250_000;

/// What an element and its attributes take, beside its words.
const ELEMENT: usize = 40;

/// What a word of code takes that has a look of its own.
const TOKEN: usize = 28;

/// What a formula takes as MathML, for each character of its source.
const FORMULA: usize = 40;

/// A division, or a part of one that is too large for a file.
pub(super) struct Piece<'a> {
    /// The index of the division.
    pub(super) index: usize,
    pub(super) division: &'a Division,
    pub(super) blocks: &'a [Block],
    /// The notes that are shown here, in order.
    pub(super) notes: Vec<&'a Note>,
    /// Whether it is the division's first, and its last.
    pub(super) opens: bool,
    pub(super) closes: bool,
}

/// The pieces of one file; never empty.
pub(super) struct Group<'a> {
    pub(super) pieces: Vec<Piece<'a>>,
}

/// Divisions that run on share a file while there is room, and so do the notes of a chapter, or of the book; others have one
/// each, or several. Linear in the document.
pub(super) fn groups(book: &Book) -> Vec<Group<'_>> {
    let is_notes = |division: &Division| division.kind == DivisionKind::Notes;
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut above: Option<&Division> = None;
    let mut size = 0;
    for (index, division) in book.document.divisions.iter().enumerate() {
        let sizes: Vec<usize> = division.blocks.iter().map(|block| size_of(book, block)).collect();
        let notes: usize = division.notes.iter().flat_map(|note| &note.blocks).map(|block| size_of(book, block)).sum();
        let own = sizes.iter().sum::<usize>() + notes;
        let keeps = above.is_some_and(|above| {
            book.style.opening == Opening::RunOn || is_notes(above) && is_notes(division) && division.level > 0
        });
        let pieces = pieces(book, index, division, &sizes);
        let joins = keeps && pieces.len() == 1 && size + own <= LARGEST;
        match groups.last_mut().filter(|_| joins) {
            Some(group) => group.pieces.extend(pieces),
            None => groups.extend(pieces.into_iter().map(|piece| Group { pieces: vec![piece] })),
        }
        size = if joins { size + own } else { own };
        above = Some(division);
    }
    groups
}

/// The pieces of a division whose blocks have these sizes; at least one.
fn pieces<'a>(book: &Book, index: usize, division: &'a Division, sizes: &[usize]) -> Vec<Piece<'a>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    for end in cuts(&division.blocks, sizes).into_iter().chain([division.blocks.len()]) {
        ranges.push(start..end);
        start = end;
    }
    let count = ranges.len();
    let mut left: BTreeSet<NodeId> = division.notes.iter().map(|note| note.id).collect();
    let piece = |(number, range): (usize, std::ops::Range<usize>)| {
        let blocks = &division.blocks[range];
        let closes = number + 1 == count;
        let mut here = BTreeSet::new();
        if closes {
            here = std::mem::take(&mut left);
        } else {
            // What a note refers to comes with it.
            let mut open: Vec<&[Block]> = vec![blocks];
            while let Some(blocks) = open.pop() {
                for note in referred(book, blocks) {
                    if left.remove(&note) {
                        here.insert(note);
                        open.extend(
                            division.notes.iter().filter(|one| one.id == note).map(|one| one.blocks.as_slice()),
                        );
                    }
                }
            }
        }
        let notes = division.notes.iter().filter(|note| here.contains(&note.id)).collect();
        Piece { index, division, blocks, notes, opens: number == 0, closes }
    };
    ranges.into_iter().enumerate().map(piece).collect()
}

/// The notes that `blocks` refer to.
fn referred(book: &Book, blocks: &[Block]) -> Vec<NodeId> {
    let mut notes = Vec::new();
    walk_shown(blocks, &mut |node| {
        if let Node::Inline(Inline { id, kind: InlineKind::NoteReference(_), .. }) = node
            && let Some(LinkTarget::Node(note)) = book.facts.links.get(id)
        {
            notes.push(*note);
        }
    });
    notes
}

/// The indexes of the blocks before which a division is cut.
fn cuts(blocks: &[Block], sizes: &[usize]) -> Vec<usize> {
    let mut cuts = Vec::new();
    let (mut start, mut size) = (0, 0);
    let mut index = 0;
    while index < blocks.len() {
        let own = sizes.get(index).copied().unwrap_or(0);
        if size + own > LARGEST && index > start {
            let cut = best_cut(blocks, sizes, start, index);
            cuts.push(cut);
            (start, size, index) = (cut, 0, cut);
            continue;
        }
        size += own;
        index += 1;
    }
    cuts
}

/// The best place after block `start` to cut, where `end` is the first block that has no room: before the highest heading of
/// the second half, of equals the last; else at `end`, but not behind a heading, nor before a description.
fn best_cut(blocks: &[Block], sizes: &[usize], start: usize, end: usize) -> usize {
    let level = |index: usize| match blocks.get(index).map(|block| &block.kind) {
        Some(BlockKind::Heading { level, .. }) => Some(*level),
        Some(_) | None => None,
    };
    let mut size = 0;
    let mut best: Option<(u8, usize)> = None;
    for index in start..=end {
        if size >= LARGEST / 2
            && let Some(level) = level(index)
            && best.is_none_or(|(least, _)| level <= least)
        {
            best = Some((level, index));
        }
        size += sizes.get(index).copied().unwrap_or(0);
    }
    // A description stays with what it describes.
    let is_tied = |index: usize| {
        let pair = blocks.get(index - 1).zip(blocks.get(index));
        level(index - 1).is_some() || pair.is_some_and(|(before, block)| block.describes(before))
    };
    let mut last = end;
    while last > start + 1 && is_tied(last) {
        last -= 1;
    }
    best.map_or(last, |(_, index)| index)
}

/// About how many bytes the markup of a block takes.
fn size_of(book: &Book, block: &Block) -> usize {
    let mut size = 0;
    walk_shown(std::slice::from_ref(block), &mut |node| {
        size += ELEMENT;
        match node {
            Node::Block(Block { id, kind: BlockKind::Code(code), .. }) => {
                size += code.text.len() + code.text.lines().count() * TOKEN;
                size += book.facts.tokens.get(id).map_or(0, Vec::len) * TOKEN;
            }
            Node::Block(Block { kind: BlockKind::Formula(formula), .. })
            | Node::Inline(Inline { kind: InlineKind::Formula(formula), .. }) => size += formula.tex.len() * FORMULA,
            Node::Inline(Inline { kind: InlineKind::Text(words) | InlineKind::Code(words), .. }) => size += words.len(),
            Node::Block(_) | Node::Inline(_) => {}
        }
    });
    size
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Span;
    use crate::document::Attributes;

    fn block(kind: BlockKind) -> Block {
        Block { id: NodeId::UNNAMED, span: Span::default(), attributes: Attributes::default(), kind }
    }

    /// Cuts blocks of these sizes, where some are headings of a level.
    fn cut(sizes: &[(usize, Option<u8>)]) -> Vec<usize> {
        let blocks: Vec<Block> = sizes
            .iter()
            .map(|(_, level)| match level {
                Some(level) => block(BlockKind::Heading { level: *level, unnumbered: false, content: Vec::new() }),
                None => block(BlockKind::Paragraph(Vec::new())),
            })
            .collect();
        cuts(&blocks, &sizes.iter().map(|(size, _)| *size).collect::<Vec<_>>())
    }

    #[test]
    fn a_chapter_that_fits_is_not_divided() {
        assert!(cut(&[]).is_empty());
        assert!(cut(&[(LARGEST / 2, None), (LARGEST / 2, None)]).is_empty());
        assert!(cut(&[(LARGEST * 3, None)]).is_empty(), "a block is never divided");
    }

    #[test]
    fn a_large_chapter_is_divided_before_the_highest_heading_of_the_second_half() {
        let part = LARGEST / 10;
        let mut sizes = vec![(part, None); 14];
        assert_eq!(cut(&sizes), [10]);
        sizes[2].1 = Some(1);
        sizes[6].1 = Some(2);
        sizes[8].1 = Some(3);
        assert_eq!(cut(&sizes), [6]);
    }

    #[test]
    fn a_heading_stays_with_what_follows() {
        let part = LARGEST / 4;
        assert_eq!(cut(&[(part * 3, None), (0, Some(2)), (part * 2, None)]), [1]);
        assert_eq!(cut(&[(0, Some(2)), (LARGEST * 2, None), (LARGEST * 2, None)]), [1, 2]);
    }
}
