//! Breaks a chapter into pages: the best pages of the whole chapter, not the first that fit.
//!
//! Blocks of lines in, pages of pieces out. It knows nothing of documents, fonts or painting: the caller measures lines
//! beforehand, and sets the pieces down at the distances that it gets back. Start at [`break_pages`].
//!
//! In `flow` stands what the search reads, in prefix sums; in `search` the dynamic programme.

mod flow;
mod search;
#[cfg(test)]
mod tests;

use std::ops::Range;

use super::book::Side;
use crate::geometry::Length;

/// A paragraph, heading, table, code block, figure: lines, with rules about where pages may end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowBlock {
    /// Space above, from the block before. It vanishes at the top of a page, of the first too: where a chapter starts
    /// lower, [`PageBox::first_height`] says so.
    pub space_before: Length,
    /// Space below. Of two neighbours' spaces the larger counts; at the foot of a page none does.
    pub space_after: Length,
    /// The ways to set it, the natural one first; others may be a line shorter or longer. All refer to the same notes in
    /// the same order (one that does not is never chosen). A block without lines takes no space, and keeps nothing.
    pub variants: Vec<Variant>,
    /// Whether it stays on the page of the next block's beginning: no page ends after it, nor after a beginning of the
    /// next block that would be an [orphan](Break::Orphan).
    pub keep_with_next: bool,
    /// The height of what each later page repeats above its piece, as a table's head: zero for most.
    pub repeated_head: Length,
    /// Whether it begins a page, whatever stands before it.
    pub starts_page: bool,
}

/// A way to set a block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variant {
    /// How much worse it looks than the best way, on the scale of [`PageCosts`].
    pub cost: i64,
    /// Its lines, from the top.
    pub lines: Vec<FlowLine>,
}

/// What never parts at a page's end: a line of text, a table's row, an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowLine {
    /// How far it pushes down what follows: the leading, for a line of text. A negative height counts as zero.
    pub height: Length,
    /// The notes that it refers to, as indices in the list of notes. A further reference to a note that was referred to
    /// before, or to no note in the list, is ignored.
    pub notes: Vec<usize>,
    /// Whether a page may end below it.
    pub break_after: Break,
}

/// What it costs to end a page below a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Break {
    /// So much, on the scale of [`PageCosts`]; zero where it does no harm.
    Cost(i64),
    /// Too few lines of the block stand above.
    Orphan,
    /// Too few lines of the block follow.
    Widow,
    /// Both.
    OrphanAndWidow,
    /// Only where there is no other way, and then it is a violation.
    Forbidden,
}

impl FlowBlock {
    /// A block with one way to set it, without space around, that does not keep to the next.
    #[must_use]
    pub fn new(natural: Variant) -> Self {
        Self {
            space_before: Length::ZERO,
            space_after: Length::ZERO,
            variants: vec![natural],
            keep_with_next: false,
            repeated_head: Length::ZERO,
            starts_page: false,
        }
    }
}

impl Variant {
    /// Lines of which at least `least` stay together at each end of the block: two for a paragraph, four for code.
    /// They refer to no notes; add those to [`lines`](Self::lines).
    #[must_use]
    pub fn breakable(heights: &[Length], least: usize) -> Self {
        let count = heights.len();
        let rule = |above: usize| match (above < least, above < count && count - above < least) {
            (true, true) => Break::OrphanAndWidow,
            (true, false) if above < count => Break::Orphan,
            (false, true) => Break::Widow,
            (true | false, false) => Break::Cost(0),
        };
        Self::with_breaks(heights, rule)
    }

    /// Lines that stay on one page: a heading, a caption.
    #[must_use]
    pub fn unbreakable(heights: &[Length]) -> Self {
        Self::with_breaks(heights, |above| if above < heights.len() { Break::Forbidden } else { Break::Cost(0) })
    }

    /// Lines after which a page ends as `rule` says for each number of lines above the break.
    fn with_breaks(heights: &[Length], rule: impl Fn(usize) -> Break) -> Self {
        let line =
            |(index, &height): (usize, &Length)| FlowLine { height, notes: Vec::new(), break_after: rule(index + 1) };
        Self { cost: 0, lines: heights.iter().enumerate().map(line).collect() }
    }
}

/// A note at the foot of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// The heights of its lines. It may go on overleaf, with at least two lines on each side.
    pub lines: Vec<Length>,
}

/// The room on the pages of a chapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageBox {
    /// The height of the type area, which text and notes share. A page holds at most 500 lines of text.
    pub height: Length,
    /// What of it the first page offers, where a chapter starts lower.
    pub first_height: Length,
    /// The distance of two baselines: the unit in which the depth of pages is compared.
    pub grid: Length,
    /// Between the text and the notes: once on each page that has notes.
    pub note_separation: Length,
    /// The first page's side, where pages face each other.
    pub facing: Option<Side>,
}

/// What the faults of a page cost, in demerits. Only their proportions matter; they are taken as at least zero and at
/// most a million, as are the costs of variants and breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageCosts {
    /// A block's first lines alone at the foot of a page.
    pub orphan: i64,
    /// A block's last lines alone at the head of a page.
    pub widow: i64,
    /// A note that goes on overleaf.
    pub split_note: i64,
    /// Facing pages of unequal depth, for each line of difference.
    pub uneven_spread: i64,
    /// A page, other than the last, that is a line short; growing with the square of the number of lines.
    pub short_page: i64,
    /// A last page of fewer than four lines after others, or a page of notes alone before the text's end.
    pub tiny_page: i64,
}

impl Default for PageCosts {
    fn default() -> Self {
        Self { orphan: 5_000, widow: 8_000, split_note: 300, uneven_spread: 200, short_page: 40, tiny_page: 2_000 }
    }
}

/// A chapter in pages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageBreaks {
    /// The pages in order; none where no block has lines.
    pub pages: Vec<PageContent>,
    /// The variant chosen for each block.
    pub chosen: Vec<usize>,
    /// The rules that had to be broken, by page.
    pub violations: Vec<Violation>,
}

impl PageBreaks {
    /// The demerits of all pages.
    #[must_use]
    pub fn cost(&self) -> i64 {
        self.pages.iter().map(|page| page.cost).sum()
    }
}

/// What stands on a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageContent {
    /// The text, from the top: each line of the flow is in one piece of one page.
    pub pieces: Vec<Piece>,
    /// The notes, from the top, the one that goes on from the page before first. Each line of a note that is referred
    /// to is in one piece of one page.
    pub notes: Vec<NotePiece>,
    /// The height of the text.
    pub text_height: Length,
    /// The height of the notes, without the separation above them.
    pub notes_height: Length,
    /// How much of the type area is left over; below zero only where a single line is too high.
    pub slack: Length,
    /// The demerits of this page.
    pub cost: i64,
}

/// The lines of a block on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The index of the block.
    pub block: usize,
    /// The lines of its chosen variant. Where they do not start at 0, the repeated head stands above them.
    pub lines: Range<usize>,
    /// From the top of the page's text to the top of the piece: of the repeated head, where there is one.
    pub top: Length,
}

/// The lines of a note on a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotePiece {
    /// The index of the note.
    pub note: usize,
    /// Its lines.
    pub lines: Range<usize>,
}

/// A rule that had to be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which.
    pub kind: ViolationKind,
    /// The index of the page where it shows.
    pub page: usize,
    /// The index of the block concerned: for a note, the one that refers to it.
    pub block: usize,
}

/// The rules of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ViolationKind {
    /// Too few of a block's first lines at a page's foot.
    Orphan,
    /// Too few of a block's last lines at a page's head.
    Widow,
    /// A block that keeps to the next ends a page: a heading at the foot.
    StrandedHeading,
    /// A page ends where the block forbids it.
    BrokenBlock,
    /// A line, row or image that is higher than the page.
    Overfull,
    /// A note that starts on a later page than its reference, or with a single line on one side.
    DisplacedNote,
}

/// Breaks a chapter into the pages whose demerits add up to the least, with variants chosen to that end.
///
/// A block that [starts a page](FlowBlock::starts_page) parts the chapter: what stands before it and what follows are
/// broken apart, each as well as can be.
///
/// There is a result for every input. Rules that nothing can satisfy are broken at a cost beyond all others and reported;
/// a single line that is too high has a page to itself. Equal input gives equal pages. Linear in the number of lines for
/// ordinary text: page starts that cost much more than one further on are not pursued, so the result may, if seldom, be
/// some demerits from the optimum.
#[must_use]
pub fn break_pages(blocks: &[FlowBlock], notes: &[Note], page: &PageBox, costs: &PageCosts) -> PageBreaks {
    let mut starts: Vec<usize> = (1..blocks.len()).filter(|&block| blocks[block].starts_page).collect();
    if starts.is_empty() {
        return search::solve(&flow::Flow::new(blocks, notes, page, costs));
    }
    starts.push(blocks.len());
    let mut whole = PageBreaks::default();
    let mut known = vec![false; notes.len()];
    let mut page = *page;
    let mut start = 0;
    for end in starts {
        // A note that was referred to before is set already.
        let mut part = blocks[start..end].to_vec();
        for variant in part.iter_mut().flat_map(|block| &mut block.variants) {
            for line in &mut variant.lines {
                line.notes.retain(|&note| !known.get(note).copied().unwrap_or(false));
            }
        }
        for &note in
            part.iter().flat_map(|block| &block.variants).flat_map(|way| &way.lines).flat_map(|line| &line.notes)
        {
            if let Some(known) = known.get_mut(note) {
                *known = true;
            }
        }
        let breaks = search::solve(&flow::Flow::new(&part, notes, &page, costs));
        let count = breaks.pages.len();
        if count > 0 {
            page.first_height = page.height;
        }
        if count % 2 == 1 {
            page.facing = page.facing.map(|side| if side == Side::Recto { Side::Verso } else { Side::Recto });
        }
        whole.append(breaks, start);
        start = end;
    }
    whole
}

impl PageBreaks {
    /// Adds the pages of what follows, whose blocks were counted from `first`.
    fn append(&mut self, part: Self, first: usize) {
        let pages = self.pages.len();
        self.chosen.extend(part.chosen);
        self.violations.extend(part.violations.into_iter().map(|violation| Violation {
            page: violation.page + pages,
            block: violation.block + first,
            ..violation
        }));
        self.pages.extend(part.pages.into_iter().map(|mut page| {
            for piece in &mut page.pieces {
                piece.block += first;
            }
            page
        }));
    }
}
