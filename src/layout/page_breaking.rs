//! Breaks a chapter into pages: the best pages of the whole chapter, not the first that fit.
//!
//! Blocks of lines, notes and floats in, pages of pieces out. It knows nothing of documents, fonts or painting: the caller measures lines
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
#[expect(clippy::struct_excessive_bools, reason = "each is a rule of its own, all independent")]
pub struct FlowBlock {
    /// Space above, from the block before. It vanishes at the top of a page, of the first too: where a chapter starts
    /// lower, [`PageBox::first_height`] says so.
    pub space_before: Length,
    /// Whether it stands on the grid: what is above it on the page is made up to whole lines.
    pub on_grid: bool,
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
    /// Whether it begins a section, out of which no float is carried: those called for above it stand above it, those
    /// called for below it stand below it.
    pub starts_section: bool,
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
    /// The floats that it calls for, as indices in the list of floats. The first call for a float counts.
    pub floats: Vec<usize>,
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
            on_grid: false,
            space_after: Length::ZERO,
            variants: vec![natural],
            keep_with_next: false,
            repeated_head: Length::ZERO,
            starts_page: false,
            starts_section: false,
        }
    }
}

impl Variant {
    /// Lines of which at least `least` stay together at each end of the block: two for a paragraph, four for code.
    /// They call for no notes and no floats; add those to [`lines`](Self::lines).
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
        let line = |(index, &height): (usize, &Length)| FlowLine::new(height, rule(index + 1));
        Self { cost: 0, lines: heights.iter().enumerate().map(line).collect() }
    }
}

impl FlowLine {
    /// A line that calls for nothing.
    #[must_use]
    pub fn new(height: Length, break_after: Break) -> Self {
        Self { height, notes: Vec::new(), floats: Vec::new(), break_after }
    }
}

/// A note at the foot of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Note {
    /// The heights of its lines. It may go on overleaf, with at least two lines on each side.
    pub lines: Vec<Length>,
}

/// A figure, table or listing that needs no place in the text.
///
/// It never stands on a page before that of the line which first calls for it, nor before a float with a lower index. One
/// that no line calls for comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Float {
    /// How high it is, with all that belongs to it. It is never divided.
    pub height: Length,
    /// Where it may stand.
    pub place: FloatPlace,
    /// Whether it is a part of what the float before it begins, and is to follow that one on the next page.
    pub goes_on: bool,
}

/// Where a float may stand. Where there is no other way, any of them may stand on a page of floats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloatPlace {
    /// At the top of a page of text.
    Top,
    /// At the foot of a page of text.
    Bottom,
    /// On a page of floats, without text.
    Page,
    /// In any of these places.
    Any,
}

/// The room on the pages of a chapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageBox {
    /// The height of the type area, which text and notes share. A page holds at most 500 lines of text.
    pub height: Length,
    /// What of it the first page offers, where a chapter starts lower.
    pub first_height: Length,
    /// The distance of two baselines: the unit in which the depth of pages is compared. What follows the rest of a block
    /// that the page before began counts from a line of the grid.
    pub grid: Length,
    /// Between the text and the notes: once on each page that has notes.
    pub note_separation: Length,
    /// Between a float and the text, the notes, or another float.
    pub float_separation: Length,
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
    /// A last page of fewer than four lines after others; a page of notes alone, or of fewer than four lines beside
    /// floats, before the text's end. Also the most that a page of floats costs for what is left over on it, and what it
    /// costs that a float which is to stand with text has none; and each float beyond three that waits for a page.
    pub tiny_page: i64,
    /// A float that waits at a page's end, for each page.
    pub deferred_float: i64,
}

impl Default for PageCosts {
    fn default() -> Self {
        Self {
            orphan: 5_000,
            widow: 8_000,
            split_note: 300,
            uneven_spread: 200,
            short_page: 40,
            tiny_page: 2_000,
            deferred_float: 150,
        }
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
    /// What it took to find them.
    pub effort: Effort,
}

/// What a search took, in steps: near-linear in the lines of a chapter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effort {
    /// Places where a page may start that were pursued.
    pub places: usize,
    /// Pages that were tried.
    pub pages: usize,
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
    /// The floats, from the top.
    pub floats: Vec<PlacedFloat>,
    /// From the top of the page to the text: below a float, else zero.
    pub text_top: Length,
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

/// A float on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlacedFloat {
    /// The index of the float.
    pub float: usize,
    /// From the top of the page to its own.
    pub top: Length,
}

/// A rule that had to be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which.
    pub kind: ViolationKind,
    /// The index of the page where it shows.
    pub page: usize,
    /// The index of the block concerned: for a note or a float, the one that calls for it.
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
    /// A line, row, image or float that is higher than the page.
    Overfull,
    /// A note that starts on a later page than its reference, or with a single line on one side.
    DisplacedNote,
}

/// Breaks a chapter into the pages whose demerits add up to the least, with variants chosen to that end.
///
/// A block that [starts a page](FlowBlock::starts_page) parts the chapter: what stands before it and what follows are
/// broken apart, each as well as can be, and no float is carried past it. A heading right before it is stranded, and so is one at the text's end
/// whose floats stand overleaf.
///
/// There is a result for every input. Rules that nothing can satisfy are broken at a cost beyond all others and reported;
/// a single line that is too high has a page to itself. Equal input gives equal pages. Linear in the number of lines for
/// ordinary text: page starts that cost much more than one further on are not pursued, so the result may, if seldom, be
/// some demerits from the optimum.
#[must_use]
pub fn break_pages(
    blocks: &[FlowBlock],
    notes: &[Note],
    floats: &[Float],
    page: &PageBox,
    costs: &PageCosts,
) -> PageBreaks {
    let mut starts: Vec<usize> = (1..blocks.len()).filter(|&block| blocks[block].starts_page).collect();
    starts.push(blocks.len());
    let calls = calls_by_part(blocks, floats, &starts);
    if let ([_], [calls]) = (starts.as_slice(), calls.as_slice()) {
        let mut breaks = search::solve(&flow::Flow::new(blocks, notes, calls, page, costs, true));
        breaks.tell_stranded(blocks, false);
        return breaks;
    }
    let mut whole = PageBreaks::default();
    let mut known = vec![false; notes.len()];
    let mut page = *page;
    let mut start = 0;
    for (end, calls) in starts.into_iter().zip(calls) {
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
        let mut breaks = search::solve(&flow::Flow::new(&part, notes, &calls, &page, costs, start == 0));
        let count = breaks.pages.len();
        breaks.tell_stranded(&part, end < blocks.len());
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

/// The floats of each part of a chapter, which end at `ends`. A float belongs to the part of its call, or to that of an
/// earlier float whose call comes later.
fn calls_by_part(blocks: &[FlowBlock], floats: &[Float], ends: &[usize]) -> Vec<Vec<flow::FloatCall>> {
    let mut first = vec![None; floats.len()];
    for (index, block) in blocks.iter().enumerate() {
        let Some(natural) = block.variants.first() else { continue };
        for &float in natural.lines.iter().flat_map(|line| &line.floats) {
            if let Some(first @ None) = first.get_mut(float) {
                *first = Some(index);
            }
        }
    }
    let mut parts = vec![Vec::new(); ends.len()];
    let mut uncalled = Vec::new();
    let mut least = 0;
    for (index, (float, block)) in floats.iter().zip(first).enumerate() {
        let call = flow::FloatCall { index, float: *float, is_called_before: false };
        let Some(block) = block else {
            uncalled.push(call);
            continue;
        };
        let part = ends.partition_point(|&end| end <= block);
        least = least.max(part);
        parts[least].push(flow::FloatCall { is_called_before: part < least, ..call });
    }
    if let Some(last) = parts.last_mut() {
        last.append(&mut uncalled);
    }
    parts
}

impl PageBreaks {
    /// Notes that the last of `blocks` keeps to the next, and ends a page: text goes on upon the next, or floats stand there.
    fn tell_stranded(&mut self, blocks: &[FlowBlock], goes_on: bool) {
        let is_set = |block: &FlowBlock| block.variants.iter().any(|way| !way.lines.is_empty());
        let last = blocks.iter().rposition(is_set).filter(|&block| blocks[block].keep_with_next);
        let page = self.pages.iter().rposition(|page| !page.pieces.is_empty());
        if let Some((block, page)) = last.zip(page)
            && (goes_on || self.pages[page + 1..].iter().any(|page| !page.floats.is_empty()))
        {
            self.violations.push(Violation { kind: ViolationKind::StrandedHeading, page, block });
        }
    }

    /// Adds the pages of what follows, whose blocks were counted from `first`.
    fn append(&mut self, part: Self, first: usize) {
        let pages = self.pages.len();
        self.effort.places += part.effort.places;
        self.effort.pages += part.effort.pages;
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
