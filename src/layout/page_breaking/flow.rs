//! The chapter as the search reads it: prefix sums of heights and notes, and the cost of one page.
//!
//! Here stand the rules of a page: what fits, which notes come with it, what it costs and which rules it breaks. It does
//! not choose. Start at [`Flow::page_end`].

use std::collections::BTreeSet;

use super::{Break, Float, FloatPlace, FlowBlock, FlowLine, Note, PageBox, PageCosts, ViolationKind};
use crate::geometry::Length;

/// The cost of a broken rule: beyond all faults of a few pages, and small enough to be added up over millions of lines.
pub(super) const FORCED: i64 = 10_000_000;

/// The most that a single fault, variant or break may cost.
const DEAREST: i64 = 1_000_000;

/// No distance in a flow is larger; sums of millions of lines stay far from overflow.
const LONGEST: Length = Length::from_raw(1 << 40);

/// A last page of fewer lines is tiny, and so is the text beside floats.
const LEAST_LAST_LINES: i64 = 4;

/// So many floats may wait for a page; each more costs as much as a tiny page.
const MOST_WAITING: usize = 3;

/// How many floats that wait are told apart by what they cost.
const MOST_COUNTED: usize = 40;

/// Facing pages that are shorter than this many lines count as equally deep.
pub(super) const SHORTEST: u8 = 8;

/// A chapter, its page and the costs, ready to be searched.
pub(super) struct Flow {
    /// The blocks that have lines, in order.
    pub(super) blocks: Vec<Block>,
    /// How many blocks there were.
    pub(super) block_count: usize,
    /// The notes that the text refers to, in order of first reference.
    pub(super) notes: Vec<PlacedNote>,
    /// The height of all note lines before each, and of all at the end.
    note_depth: Vec<Length>,
    /// The floats, in the order in which they are set.
    pub(super) floats: Vec<QueuedFloat>,
    pub(super) page: PageBox,
    pub(super) costs: PageCosts,
}

/// A block that has lines.
pub(super) struct Block {
    /// Its index among all blocks.
    pub(super) index: usize,
    space_before: Length,
    on_grid: bool,
    space_after: Length,
    pub(super) repeated_head: Length,
    pub(super) keep_with_next: bool,
    /// The block with which its section began; `None` where that was before the flow.
    section: Option<usize>,
    /// The number of floats that the sections before its own call for: they stand above it.
    pub(super) settled: usize,
    /// The ways to set it; never empty, nor is one without lines.
    pub(super) shapes: Vec<Shape>,
}

/// A way to set a block.
pub(super) struct Shape {
    /// The index of the variant.
    pub(super) variant: usize,
    pub(super) cost: i64,
    /// The height of the first 0, 1, 2 … lines.
    pub(super) depth: Vec<Length>,
    /// What ending a page below each line does.
    breaks: Vec<Break>,
    /// The number of note lines that the flow calls for up to 0, 1, 2 … lines of this block: where a note ends.
    pub(super) calls: Vec<usize>,
    /// The number of the flow's floats that are called for up to 0, 1, 2 … lines of this block, each with all before it.
    pub(super) float_calls: Vec<usize>,
}

/// A float as it is given: its index in the list of floats, and whether it was called for before the flow.
#[derive(Clone, Copy, Debug)]
pub(super) struct FloatCall {
    pub(super) index: usize,
    pub(super) float: Float,
    pub(super) is_called_before: bool,
}

/// A float that waits for its turn.
pub(super) struct QueuedFloat {
    /// Its index in the list of floats.
    pub(super) index: usize,
    pub(super) height: Length,
    pub(super) place: FloatPlace,
    pub(super) goes_on: bool,
    /// The block that calls for it, or for the one before it if that is later.
    pub(super) block: usize,
}

/// A note that the text refers to.
pub(super) struct PlacedNote {
    /// Its index in the list of notes.
    pub(super) index: usize,
    /// The index of the block that refers to it, among all blocks.
    pub(super) block: usize,
    /// The number of note lines before it.
    pub(super) start: usize,
}

/// The rules that ending a page somewhere breaks.
pub(super) type BrokenRules = [Option<ViolationKind>; 2];

/// What a page holds before its notes are set.
pub(super) struct PageText {
    /// Whether it is the chapter's first page.
    pub(super) is_first: bool,
    /// What floats take of the page.
    pub(super) floats_height: Length,
    /// The height of its text; `None` for a page of notes alone.
    pub(super) height: Option<Length>,
    /// The number of the flow's note lines on the pages before.
    pub(super) set: usize,
    /// The number of note lines that the flow calls for up to the end of the page: where a note ends.
    pub(super) called: usize,
    /// Whether no text follows.
    pub(super) ends_flow: bool,
}

/// How a page ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PageEnd {
    /// The number of the flow's note lines on this page and those before.
    pub(super) note: usize,
    /// What is left over; below zero where a single line is too high.
    pub(super) slack: Length,
    /// What the page costs, but for its break and its variants.
    pub(super) cost: i64,
    /// Whether a note stands apart from its reference, or with a single line on one side.
    pub(super) displaced_note: bool,
}

impl Shape {
    pub(super) fn lines(&self) -> usize {
        self.breaks.len()
    }

    pub(super) fn height(&self) -> Length {
        self.depth[self.lines()]
    }
}

impl Flow {
    /// Measures a chapter. Linear in the number of lines of all variants.
    pub(super) fn new(
        blocks: &[FlowBlock],
        notes: &[Note],
        floats: &[FloatCall],
        page: &PageBox,
        costs: &PageCosts,
        opens_chapter: bool,
    ) -> Self {
        let mut flow = Self {
            blocks: Vec::new(),
            block_count: blocks.len(),
            notes: Vec::new(),
            note_depth: vec![Length::ZERO],
            floats: Vec::new(),
            page: PageBox {
                height: bounded(page.height),
                first_height: bounded(page.first_height),
                grid: bounded(page.grid).max(Length::from_raw(1)),
                note_separation: bounded(page.note_separation),
                float_separation: bounded(page.float_separation),
                facing: page.facing,
            },
            costs: PageCosts {
                orphan: costs.orphan.clamp(0, DEAREST),
                widow: costs.widow.clamp(0, DEAREST),
                split_note: costs.split_note.clamp(0, DEAREST),
                uneven_spread: costs.uneven_spread.clamp(0, DEAREST),
                short_page: costs.short_page.clamp(0, DEAREST),
                tiny_page: costs.tiny_page.clamp(0, DEAREST),
                deferred_float: costs.deferred_float.clamp(0, DEAREST),
            },
        };
        let queued = |call: &FloatCall| QueuedFloat {
            index: call.index,
            height: bounded(call.float.height),
            place: call.float.place,
            goes_on: call.float.goes_on,
            block: usize::MAX,
        };
        flow.floats = floats.iter().map(queued).collect();
        let mut ends = vec![None; notes.len()];
        let mut queue = Queue::new(floats);
        for float in &mut flow.floats[..queue.called] {
            float.block = 0;
        }
        let mut section = opens_chapter.then_some(0);
        let mut settled = 0;
        for (index, block) in blocks.iter().enumerate() {
            if block.starts_section {
                (section, settled) = (Some(flow.blocks.len()), queue.called);
            }
            flow.push(index, block, notes, &mut ends, &mut queue);
            if let Some(block) = flow.blocks.last_mut().filter(|block| block.index == index) {
                (block.section, block.settled) = (section, settled);
            }
        }
        // What no line calls for is called for by the last.
        let last = flow.blocks.len().saturating_sub(1);
        for shape in flow.blocks.last_mut().iter_mut().flat_map(|block| &mut block.shapes) {
            if let Some(called) = shape.float_calls.last_mut() {
                *called = floats.len();
            }
        }
        for float in flow.floats.iter_mut().filter(|float| float.block == usize::MAX) {
            float.block = last;
        }
        flow
    }

    /// Adds a block. `ends` holds, for each note that was referred to, the number of note lines up to its end.
    fn push(
        &mut self,
        index: usize,
        block: &FlowBlock,
        notes: &[Note],
        ends: &mut [Option<usize>],
        queue: &mut Queue<'_>,
    ) {
        let Some(natural) = block.variants.first().filter(|natural| !natural.lines.is_empty()) else { return };
        let before = self.note_depth.len() - 1;
        for &note in natural.lines.iter().flat_map(|line| &line.notes) {
            let (Some(end @ None), Some(Note { lines })) = (ends.get_mut(note), notes.get(note)) else { continue };
            let start = self.note_depth.len() - 1;
            if !lines.is_empty() {
                self.notes.push(PlacedNote { index: note, block: index, start });
            }
            for &height in lines {
                self.note_depth.push(extend(&self.note_depth, height));
            }
            *end = Some(start + lines.len());
        }
        let references =
            |lines: &[FlowLine]| -> Vec<usize> { lines.iter().flat_map(|line| line.notes.iter().copied()).collect() };
        let expected = references(&natural.lines);
        let mut shapes = Vec::new();
        for (variant, of) in block.variants.iter().enumerate() {
            if of.lines.is_empty() || (variant > 0 && references(&of.lines) != expected) {
                continue;
            }
            let mut depth = vec![Length::ZERO];
            let mut calls = vec![before];
            let mut called = before;
            for line in &of.lines {
                depth.push(extend(&depth, line.height));
                for &note in &line.notes {
                    called = called.max(ends.get(note).copied().flatten().unwrap_or(0));
                }
                calls.push(called);
            }
            let breaks = of.lines.iter().map(|line| line.break_after).collect();
            let float_calls = queue.calls(&of.lines);
            shapes.push(Shape { variant, cost: of.cost.clamp(0, DEAREST), depth, breaks, calls, float_calls });
        }
        let called = queue.called;
        queue.advance(&natural.lines);
        for float in &mut self.floats[called..queue.called] {
            float.block = self.blocks.len();
        }
        self.blocks.push(Block {
            index,
            space_before: bounded(block.space_before),
            on_grid: block.on_grid,
            space_after: bounded(block.space_after),
            repeated_head: bounded(block.repeated_head),
            keep_with_next: block.keep_with_next,
            section: None,
            settled: 0,
            shapes,
        });
    }

    /// Where `block` begins below a height of other blocks.
    pub(super) fn start_below(&self, block: usize, height: Length) -> Length {
        let space = match block.checked_sub(1) {
            Some(above) => self.blocks[above].space_after.max(self.blocks[block].space_before),
            None => Length::ZERO,
        };
        let start = height + space;
        if self.blocks[block].on_grid { start.round_up(self.page.grid) } else { start }
    }

    /// The room on the first page or on a later one.
    pub(super) fn capacity(&self, is_first: bool) -> Length {
        if is_first { self.page.first_height } else { self.page.height }
    }

    /// The number of note lines that the whole text calls for.
    pub(super) fn note_lines(&self) -> usize {
        self.note_depth.len() - 1
    }

    /// The height of the note lines from `start` up to `end`.
    pub(super) fn notes_height(&self, start: usize, end: usize) -> Length {
        self.note_depth[end] - self.note_depth[start]
    }

    /// The note in which a note line, counted over the flow, stands.
    pub(super) fn note_of(&self, line: usize) -> Option<&PlacedNote> {
        let after = self.notes.partition_point(|note| note.start <= line);
        self.notes.get(after.checked_sub(1)?)
    }

    /// The number of note lines that the text above a place calls for.
    pub(super) fn called_above(&self, block: usize, line: usize, shape: usize) -> usize {
        self.blocks.get(block).map_or(self.note_lines(), |block| block.shapes[shape].calls[line])
    }

    /// The number of floats that the text above a place calls for.
    pub(super) fn floats_above(&self, block: usize, line: usize, shape: usize) -> usize {
        self.blocks.get(block).map_or(self.floats.len(), |block| block.shapes[shape].float_calls[line])
    }

    /// Whether a float may stand at the top of a page whose text starts with a line of a block: not above the beginning
    /// of its own section.
    pub(super) fn may_top(&self, float: usize, block: usize, line: usize) -> bool {
        let queued = &self.floats[float];
        let section = self.blocks.get(queued.block).and_then(|block| block.section);
        matches!(queued.place, FloatPlace::Top | FloatPlace::Any)
            && section.is_none_or(|section| section < block || (section == block && line > 0))
    }

    /// Whether a float may stand at the foot of a page.
    pub(super) fn may_foot(&self, float: usize) -> bool {
        matches!(self.floats[float].place, FloatPlace::Bottom | FloatPlace::Any)
    }

    /// What floats, from one up to another, take of a page that has text too.
    pub(super) fn floats_height(&self, floats: std::ops::Range<usize>) -> Length {
        self.floats[floats].iter().map(|float| float.height + self.page.float_separation).sum()
    }

    /// The cost of a page of text at whose end the floats from one up to another wait, where the first of them is a part of
    /// the one that was set before.
    pub(super) fn parting_cost(&self, waiting: std::ops::Range<usize>) -> i64 {
        let is_parted = !waiting.is_empty() && self.floats[waiting.start].goes_on;
        if is_parted { self.costs.tiny_page } else { 0 }
    }

    /// The cost of so many floats that are called for and wait at a page's end.
    pub(super) fn waiting_cost(&self, floats: usize) -> i64 {
        let count = |floats: usize| i64::try_from(floats.min(MOST_COUNTED)).unwrap_or(0);
        count(floats) * self.costs.deferred_float + count(floats.saturating_sub(MOST_WAITING)) * self.costs.tiny_page
    }

    /// The cost of ending a page below the first `above` lines (at least one) of a block set in a shape, and the rules
    /// that this breaks. `is_kept` says that the block before keeps to this one, and stands on the page.
    pub(super) fn end_below(&self, block: usize, shape: usize, above: usize, is_kept: bool) -> (i64, BrokenRules) {
        use ViolationKind::{BrokenBlock, Orphan, StrandedHeading, Widow};
        let of = &self.blocks[block].shapes[shape];
        let is_whole = above == of.lines();
        if is_whole && block + 1 == self.blocks.len() {
            return (0, [None; 2]);
        }
        if is_whole && self.blocks[block].keep_with_next {
            return (FORCED, [Some(StrandedHeading), None]);
        }
        let orphan = if is_kept { FORCED } else { self.costs.orphan };
        match of.breaks[above - 1] {
            Break::Cost(cost) => (cost.clamp(0, DEAREST), [None; 2]),
            Break::Orphan => (orphan, [Some(Orphan), None]),
            Break::Widow => (self.costs.widow, [Some(Widow), None]),
            Break::OrphanAndWidow => (orphan + self.costs.widow, [Some(Orphan), Some(Widow)]),
            Break::Forbidden => (FORCED, [Some(BrokenBlock), None]),
        }
    }

    /// How a page with this text ends.
    ///
    /// As many note lines are set as the room and the rules allow: all, or all but some of the last note's, with at least
    /// two of it on each side. Where this cannot be, as many as there is room for, at a [`FORCED`] cost.
    pub(super) fn page_end(&self, text: &PageText) -> PageEnd {
        let PageText { set, called, .. } = *text;
        let capacity = self.capacity(text.is_first);
        let height = text.height.unwrap_or_default() + text.floats_height;
        let room = capacity - height - self.page.note_separation;
        let mut end = PageEnd { note: called, slack: capacity - height, cost: 0, displaced_note: false };
        if called > set && self.notes_height(set, called) > room {
            let fits = |&depth: &Length| depth - self.note_depth[set] <= room;
            let fitting = set + self.note_depth[set + 1..=called].partition_point(fits);
            let start = self.note_of(called - 1).map_or(set, |note| note.start.max(set));
            end.note = fitting.min(called.saturating_sub(2));
            end.cost = self.costs.split_note;
            if end.note < start + 2 {
                // A page without text takes at least one line, however high.
                end.note = if text.height.is_none() { fitting.max(set + 1) } else { fitting };
                end.cost = FORCED;
                end.displaced_note = true;
            }
        }
        if end.note > set {
            end.slack = end.slack - self.page.note_separation - self.notes_height(set, end.note);
        }
        if end.slack < Length::ZERO {
            end.cost += FORCED;
        }
        if text.ends_flow && end.note == called {
            let is_tiny = capacity - end.slack < self.page.grid * LEAST_LAST_LINES && !text.is_first;
            end.cost += if is_tiny { self.costs.tiny_page } else { 0 };
        } else {
            let few = self.page.grid * LEAST_LAST_LINES;
            let is_bare = match text.height {
                None => !text.ends_flow,
                Some(height) => !text.ends_flow && text.floats_height > Length::ZERO && height < few,
            };
            end.cost += self.shortness(end.slack) + if is_bare { self.costs.tiny_page } else { 0 };
        }
        end
    }

    /// How a page ends that has floats from `first` on and no text, as many as `count`; `None` where they are too high
    /// together. `text` says what is called for above it. What is left over costs less than on a page of text.
    pub(super) fn float_page_end(&self, first: usize, count: usize, text: &PageText) -> Option<PageEnd> {
        let floats = &self.floats[first..first + count];
        let height = self.floats_height(first..first + count) - self.page.float_separation;
        if count > 1 && height > self.capacity(text.is_first) {
            return None;
        }
        let is_last = text.ends_flow && first + count == self.floats.len();
        let mut end = self.page_end(&PageText { height: Some(height), ends_flow: is_last, ..*text });
        if !(is_last && end.note == text.called) {
            let shortness = self.shortness(end.slack);
            let are_asked_for = floats.iter().all(|float| float.place == FloatPlace::Page);
            let counts = if are_asked_for { 0 } else { shortness.min(self.costs.tiny_page) };
            end.cost += counts - shortness;
        }
        let wants_text = floats.iter().any(|float| matches!(float.place, FloatPlace::Top | FloatPlace::Bottom));
        if wants_text && !text.ends_flow {
            end.cost += self.costs.tiny_page;
        }
        Some(end)
    }

    /// The least that a page with this text can cost: what is left over if all its notes fit.
    pub(super) fn least_cost(&self, text: &PageText) -> i64 {
        let notes = match self.notes_height(text.set, text.called) {
            Length::ZERO => Length::ZERO,
            height => height + self.page.note_separation,
        };
        let slack = self.capacity(text.is_first) - text.height.unwrap_or_default() - text.floats_height - notes;
        if text.ends_flow { 0 } else { self.shortness(slack) }
    }

    /// The cost of `slack` at the foot of a page that is not the last: quadratic, exact to a sixteenth of a line.
    fn shortness(&self, slack: Length) -> i64 {
        let sixteenths = (slack.max(Length::ZERO) * 16).raw() / self.page.grid.raw();
        let sixteenths = sixteenths.min(16_000);
        (self.costs.short_page * sixteenths * sixteenths / 256).min(DEAREST)
    }

    /// How many lines short a page with `slack` is, as facing pages are compared: at most [`SHORTEST`].
    pub(super) fn lines_short(&self, slack: Length) -> u8 {
        let lines = (slack.max(Length::ZERO) + self.page.grid / 2).raw() / self.page.grid.raw();
        u8::try_from(lines).map_or(SHORTEST, |lines| lines.min(SHORTEST))
    }
}

/// The floats of a flow as they are called for, line by line.
struct Queue<'a> {
    /// Those that are called for, in the order of their indices.
    floats: &'a [FloatCall],
    /// Whether each is called for.
    is_called: Vec<bool>,
    /// How many are called for with all before them.
    called: usize,
}

impl<'a> Queue<'a> {
    fn new(floats: &'a [FloatCall]) -> Self {
        let descends = floats.windows(2).position(|pair| pair[1].index < pair[0].index);
        let floats = &floats[..descends.map_or(floats.len(), |last| last + 1)];
        let is_called: Vec<bool> = floats.iter().map(|call| call.is_called_before).collect();
        let called = is_called.iter().take_while(|is_called| **is_called).count();
        Self { floats, is_called, called }
    }

    /// The place in the queue of a float, by its index in the list of floats.
    fn place(&self, index: usize) -> Option<usize> {
        self.floats.binary_search_by_key(&index, |call| call.index).ok()
    }

    /// How many floats are called for with all before them, up to 0, 1, 2 … of the lines.
    fn calls(&self, lines: &[FlowLine]) -> Vec<usize> {
        let mut called = self.called;
        let mut here: BTreeSet<usize> = BTreeSet::new();
        let mut calls = vec![called];
        for line in lines {
            if !line.floats.is_empty() {
                here.extend(line.floats.iter().filter_map(|&float| self.place(float)));
                while called < self.floats.len() && (self.is_called[called] || here.contains(&called)) {
                    called += 1;
                }
            }
            calls.push(called);
        }
        calls
    }

    /// Takes the calls of a block.
    fn advance(&mut self, lines: &[FlowLine]) {
        for float in lines.iter().flat_map(|line| &line.floats) {
            if let Some(place) = self.place(*float) {
                self.is_called[place] = true;
            }
        }
        while self.is_called.get(self.called) == Some(&true) {
            self.called += 1;
        }
    }
}

/// A distance within the bounds that the search computes with.
fn bounded(length: Length) -> Length {
    length.max(Length::ZERO).min(LONGEST)
}

/// The next of the prefix sums `depth`, for a line of `height`.
fn extend(depth: &[Length], height: Length) -> Length {
    let above = depth.last().copied().unwrap_or_default();
    (above + bounded(height)).min(LONGEST * (1 << 20))
}
