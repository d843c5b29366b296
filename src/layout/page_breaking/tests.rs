//! The rules of page breaking by example, and its promises on random chapters.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::flow::{FORCED, Flow};
use super::search::{Limits, solve_within};
use super::*;

const LINE: Length = Length::pt(12);

/// Nothing is left out: for small chapters.
const EXACT: Limits = Limits { margin: i64::MAX / 4, drift: 1_000, heights: usize::MAX };

fn lines(count: usize) -> Vec<Length> {
    vec![LINE; count]
}

fn paragraph(count: usize) -> FlowBlock {
    FlowBlock::new(Variant::breakable(&lines(count), 2))
}

/// A paragraph that can be a line shorter or longer, at `cost`.
fn flexible(count: usize, cost: i64) -> FlowBlock {
    let mut block = paragraph(count);
    for other in [count - 1, count + 1] {
        block.variants.push(Variant { cost, ..Variant::breakable(&lines(other), 2) });
    }
    block
}

fn heading() -> FlowBlock {
    FlowBlock { keep_with_next: true, ..FlowBlock::new(Variant::unbreakable(&lines(1))) }
}

fn code(count: usize) -> FlowBlock {
    FlowBlock::new(Variant::breakable(&lines(count), 4))
}

fn image(count: i64) -> FlowBlock {
    FlowBlock::new(Variant::unbreakable(&[LINE * count]))
}

fn note(count: usize) -> Note {
    Note { lines: lines(count) }
}

/// Refers to `note` on a line, in the natural variant.
fn refer(mut block: FlowBlock, line: usize, note: usize) -> FlowBlock {
    block.variants[0].lines[line].notes.push(note);
    block
}

fn page_of(count: i64) -> PageBox {
    PageBox { height: LINE * count, first_height: LINE * count, grid: LINE, note_separation: LINE, facing: None }
}

fn break_by_default(blocks: &[FlowBlock], notes: &[Note], page: &PageBox) -> PageBreaks {
    break_pages(blocks, notes, page, &PageCosts::default())
}

/// Each page as "block:first-last line …", lines counted from 1, and its notes as "note:first-last".
fn show(breaks: &PageBreaks) -> Vec<String> {
    let text = |piece: &Piece| format!("{}:{}-{}", piece.block, piece.lines.start + 1, piece.lines.end);
    let foot = |piece: &NotePiece| format!("note {}:{}-{}", piece.note, piece.lines.start + 1, piece.lines.end);
    let page = |page: &PageContent| -> Vec<String> {
        page.pieces.iter().map(text).chain(page.notes.iter().map(foot)).collect()
    };
    breaks.pages.iter().map(|content| page(content).join(", ")).collect()
}

#[track_caller]
fn check(blocks: &[FlowBlock], notes: &[Note], page: &PageBox, expected: &[&str]) -> PageBreaks {
    let breaks = break_by_default(blocks, notes, page);
    assert_eq!(show(&breaks), expected, "{breaks:?}");
    breaks
}

fn kinds(breaks: &PageBreaks) -> Vec<(ViolationKind, usize, usize)> {
    breaks.violations.iter().map(|violation| (violation.kind, violation.page, violation.block)).collect()
}

/// Begins a page.
fn on_a_new_page(block: FlowBlock) -> FlowBlock {
    FlowBlock { starts_page: true, ..block }
}

#[test]
fn a_block_that_starts_a_page_stands_at_its_top() {
    let blocks = [paragraph(2), on_a_new_page(paragraph(2)), paragraph(3), on_a_new_page(paragraph(12))];
    check(&blocks, &[], &page_of(10), &["0:1-2", "1:1-2, 2:1-3", "3:1-8", "3:9-12"]);
    check(&[on_a_new_page(paragraph(2))], &[], &page_of(10), &["0:1-2"]);
}

#[test]
fn a_note_is_set_once_though_a_page_is_forced_between_its_references() {
    let blocks = [refer(paragraph(2), 0, 0), on_a_new_page(refer(paragraph(2), 1, 0))];
    check(&blocks, &[note(2)], &page_of(10), &["0:1-2, note 0:1-2", "1:1-2"]);
}

#[test]
fn a_chapter_without_lines_has_no_pages() {
    let empty = FlowBlock { variants: Vec::new(), ..paragraph(0) };
    check(&[], &[], &page_of(5), &[]);
    let breaks = check(&[paragraph(0), empty], &[note(3)], &page_of(5), &[]);
    assert_eq!(breaks.chosen, [0, 0]);
}

#[test]
fn a_heading_keeps_two_lines_of_the_next_paragraph() {
    check(&[paragraph(4), heading(), paragraph(4)], &[], &page_of(6), &["0:1-4", "1:1-1, 2:1-4"]);
    check(&[paragraph(3), heading(), paragraph(6)], &[], &page_of(6), &["0:1-3, 1:1-1, 2:1-2", "2:3-6"]);
}

#[test]
fn a_chain_of_headings_stays_together() {
    let blocks = [paragraph(4), heading(), heading(), paragraph(4)];
    let breaks = check(&blocks, &[], &page_of(7), &["0:1-4", "1:1-1, 2:1-1, 3:1-4"]);
    assert_eq!(breaks.violations, []);
}

#[test]
fn a_heading_keeps_through_a_block_without_lines() {
    let blocks = [paragraph(4), heading(), paragraph(0), paragraph(4)];
    check(&blocks, &[], &page_of(6), &["0:1-4", "1:1-1, 3:1-4"]);
}

#[test]
fn a_widow_is_avoided_by_a_short_page() {
    let breaks =
        check(&[paragraph(5), paragraph(6), paragraph(4)], &[], &page_of(10), &["0:1-5, 1:1-4", "1:5-6, 2:1-4"]);
    assert_eq!(breaks.violations, []);
}

#[test]
fn a_widow_is_avoided_by_a_shorter_variant_where_that_costs_less() {
    let page = page_of(10);
    let cheap = check(&[flexible(5, 20), paragraph(6), paragraph(9)], &[], &page, &["0:1-4, 1:1-6", "2:1-9"]);
    assert_eq!(cheap.chosen, [1, 0, 0]);
    let dear = break_by_default(&[flexible(5, 5_000), paragraph(6), paragraph(9)], &[], &page);
    assert_eq!(dear.chosen, [0, 0, 0]);
}

#[test]
fn three_lines_are_not_divided() {
    check(&[paragraph(8), paragraph(3), paragraph(9)], &[], &page_of(10), &["0:1-8", "1:1-3, 2:1-5", "2:6-9"]);
}

#[test]
fn code_keeps_four_lines_at_both_ends() {
    check(&[paragraph(7), code(9)], &[], &page_of(10), &["0:1-7", "1:1-9"]);
    check(&[paragraph(5), code(9)], &[], &page_of(10), &["0:1-5, 1:1-5", "1:6-9"]);
    check(&[paragraph(3), code(9)], &[], &page_of(10), &["0:1-3, 1:1-5", "1:6-9"]);
}

#[test]
fn a_divided_variant_goes_on_as_it_began() {
    let blocks = [paragraph(6), flexible(7, 10), paragraph(6), paragraph(8)];
    let breaks = check(&blocks, &[], &page_of(10), &["0:1-6, 1:1-4", "1:5-8, 2:1-6", "3:1-8"]);
    assert_eq!(breaks.chosen, [0, 2, 0, 0], "a line more fills the second page");
}

#[test]
fn of_two_spaces_the_larger_counts_and_none_at_the_edges_of_a_page() {
    let mut heading = heading();
    heading.space_before = LINE * 2;
    heading.space_after = LINE;
    let spaced = |count| FlowBlock { space_after: LINE, space_before: LINE * 2, ..paragraph(count) };
    let breaks = check(&[heading, spaced(5), spaced(8)], &[], &page_of(8), &["0:1-1, 1:1-5", "2:1-8"]);
    assert_eq!(breaks.pages[0].pieces.iter().map(|piece| piece.top).collect::<Vec<_>>(), [Length::ZERO, LINE * 3]);
    assert_eq!(breaks.pages[0].slack, Length::ZERO);
    assert_eq!(breaks.pages[1].slack, Length::ZERO);
}

#[test]
fn the_first_page_holds_less_where_the_chapter_starts_lower() {
    let page = PageBox { first_height: LINE * 6, ..page_of(10) };
    check(&[paragraph(20)], &[], &page, &["0:1-6", "0:7-16", "0:17-20"]);
}

#[test]
fn a_repeated_head_takes_its_room_on_every_later_page() {
    let rows = Variant::breakable(&lines(20), 1);
    let table = FlowBlock { repeated_head: LINE * 2, ..FlowBlock::new(rows) };
    let breaks = check(&[table], &[], &page_of(8), &["0:1-8", "0:9-14", "0:15-20"]);
    assert_eq!(breaks.pages[1].text_height, LINE * 8);
}

#[test]
fn a_last_page_has_four_lines() {
    check(&[paragraph(22)], &[], &page_of(10), &["0:1-9", "0:10-18", "0:19-22"]);
    let alone = check(&[paragraph(2)], &[], &page_of(10), &["0:1-2"]);
    assert_eq!(alone.pages[0].cost, 0);
}

#[test]
fn facing_pages_are_equally_deep() {
    // The first page must be two lines short; the second could be full.
    let blocks = [paragraph(8), image(3), paragraph(51)];
    let depths = |facing, uneven_spread| {
        let page = PageBox { facing, ..page_of(10) };
        let breaks = break_pages(&blocks, &[], &page, &PageCosts { uneven_spread, ..PageCosts::default() });
        breaks.pages.iter().take(2).map(|page| page.slack.raw() / LINE.raw()).collect::<Vec<_>>()
    };
    assert_eq!(depths(Some(Side::Verso), 200), [2, 2]);
    assert_eq!(depths(Some(Side::Verso), 0), [2, 0]);
    assert_eq!(depths(Some(Side::Recto), 200), [2, 0], "the first two are a leaf");
    assert_eq!(depths(None, 200), [2, 0]);
}

#[test]
fn a_note_stands_on_the_page_of_its_reference() {
    let blocks = [refer(paragraph(12), 7, 0)];
    check(&blocks, &[note(2)], &page_of(10), &["0:1-7", "0:8-12, note 0:1-2"]);
    let early = [refer(paragraph(12), 2, 0)];
    check(&early, &[note(2)], &page_of(10), &["0:1-7, note 0:1-2", "0:8-12"]);
}

#[test]
fn a_divided_note_has_two_lines_on_each_side_and_goes_on_first() {
    let blocks = [refer(refer(paragraph(16), 5, 0), 10, 1)];
    let breaks = check(
        &blocks,
        &[note(5), note(1)],
        &page_of(10),
        &["0:1-6, note 0:1-3", "0:7-12, note 0:4-5, note 1:1-1", "0:13-16"],
    );
    assert_eq!(breaks.violations, []);
    assert_eq!(breaks.pages[0].cost, 300);
}

#[test]
fn a_note_of_three_lines_is_not_divided() {
    let blocks = [refer(paragraph(16), 6, 0)];
    let breaks = check(&blocks, &[note(3)], &page_of(10), &["0:1-6", "0:7-12, note 0:1-3", "0:13-16"]);
    assert_eq!(breaks.violations, []);
}

#[test]
fn a_note_longer_than_pages_goes_on_until_it_ends() {
    let breaks = break_by_default(&[refer(paragraph(4), 0, 0)], &[note(25)], &page_of(10));
    let set: usize = breaks.pages.iter().flat_map(|page| &page.notes).map(|piece| piece.lines.len()).sum();
    assert_eq!(set, 25, "{breaks:?}");
    assert_eq!(breaks.violations, []);
}

#[test]
fn variants_move_references_but_a_variant_with_other_notes_is_not_chosen() {
    let mut block = refer(flexible(5, 0), 1, 0);
    block.variants[1].lines[2].notes.push(0);
    let breaks = check(&[block, paragraph(4)], &[note(2)], &page_of(11), &["0:1-4, 1:1-4, note 0:1-2"]);
    assert_eq!(breaks.chosen, [1, 0]);
}

#[test]
fn a_line_higher_than_the_page_stands_alone_and_is_reported() {
    let breaks = check(&[paragraph(3), image(12), paragraph(3)], &[], &page_of(10), &["0:1-3", "1:1-1", "2:1-3"]);
    assert_eq!(kinds(&breaks), [(ViolationKind::Overfull, 1, 1)]);
    assert_eq!(breaks.pages[1].slack, LINE * -2);
}

#[test]
fn a_block_that_cannot_stay_whole_is_broken_and_reported() {
    let block = FlowBlock::new(Variant::unbreakable(&lines(15)));
    let breaks = check(&[block], &[], &page_of(10), &["0:1-10", "0:11-15"]);
    assert_eq!(kinds(&breaks), [(ViolationKind::BrokenBlock, 0, 0)]);
}

#[test]
fn a_heading_that_cannot_stay_with_the_next_block_is_reported() {
    let breaks = check(&[paragraph(2), heading(), image(10)], &[], &page_of(10), &["0:1-2, 1:1-1", "2:1-1"]);
    assert_eq!(kinds(&breaks), [(ViolationKind::StrandedHeading, 0, 1)]);
}

#[test]
fn what_no_break_can_avoid_is_reported_where_it_shows() {
    let breaks = check(&[paragraph(2)], &[], &page_of(1), &["0:1-1", "0:2-2"]);
    assert_eq!(kinds(&breaks), [(ViolationKind::Orphan, 0, 0), (ViolationKind::Widow, 1, 0)]);
}

#[test]
fn a_note_without_room_is_set_later_and_reported() {
    let blocks = [refer(image(10), 0, 0), paragraph(4)];
    let breaks = check(&blocks, &[note(2)], &page_of(10), &["0:1-1", "1:1-4, note 0:1-2"]);
    assert_eq!(kinds(&breaks), [(ViolationKind::DisplacedNote, 0, 0)]);
}

#[test]
fn pages_without_height_hold_a_line_each() {
    for height in [Length::ZERO, Length::MAX * -1] {
        let page = PageBox { height, first_height: height, grid: height, note_separation: height, facing: None };
        let breaks = break_by_default(&[refer(paragraph(3), 1, 0)], &[note(2)], &page);
        assert_eq!(breaks.pages.iter().map(|page| page.pieces.len() + page.notes.len()).max(), Some(1));
        assert_lines_in_order(&[refer(paragraph(3), 1, 0)], &[note(2)], &breaks);
    }
}

#[test]
fn distances_beyond_all_measure_do_not_overflow() {
    let high = FlowBlock {
        space_before: Length::MAX,
        space_after: Length::MAX,
        repeated_head: Length::MAX,
        ..FlowBlock::new(Variant::breakable(&[Length::MAX; 3], 2))
    };
    let blocks = [refer(high.clone(), 0, 0), high];
    let notes = [Note { lines: vec![Length::MAX; 3] }];
    for page in [page_of(10), PageBox { height: Length::MAX, ..page_of(1) }] {
        assert_lines_in_order(&blocks, &notes, &break_by_default(&blocks, &notes, &page));
    }
}

/// A long chapter of paragraphs of every length, headings, code and notes, always the same.
fn chapter(blocks: usize) -> (Vec<FlowBlock>, Vec<Note>) {
    let mut state = 7_u32;
    let mut draw = move |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    let mut flow = Vec::new();
    let mut notes = Vec::new();
    for _ in 0..blocks {
        let count = 1 + draw(11) as usize;
        let mut block = match draw(20) {
            0 => FlowBlock { space_before: LINE * 2, space_after: LINE, ..heading() },
            1 => code(count + 8),
            _ if count < 4 => paragraph(count),
            _ => flexible(count, 20 + i64::from(draw(100))),
        };
        if draw(12) == 0 {
            for variant in &mut block.variants {
                variant.lines[0].notes.push(notes.len());
            }
            notes.push(note(1 + draw(6) as usize));
        }
        flow.push(block);
    }
    (flow, notes)
}

#[test]
fn a_ten_times_longer_chapter_takes_at_most_twelve_times_the_steps() {
    for facing in [None, Some(Side::Recto)] {
        let page = PageBox { facing, ..page_of(20) };
        let effort = |count| {
            let (blocks, notes) = chapter(count);
            solve_within(&Flow::new(&blocks, &notes, &page, &PageCosts::default()), &Limits::USUAL).1
        };
        let (short, long) = (effort(400), effort(4_000));
        assert!(long.pages <= short.pages * 12, "{short:?} {long:?}");
        assert!(long.places <= short.places * 12, "{short:?} {long:?}");
    }
}

#[test]
fn a_long_chapter_has_no_violation_and_costs_little_more_than_the_optimum() {
    let (blocks, notes) = chapter(60);
    let page = PageBox { facing: Some(Side::Recto), ..page_of(38) };
    let flow = Flow::new(&blocks, &notes, &page, &PageCosts::default());
    let (usual, exact) = (solve_within(&flow, &Limits::USUAL).0, solve_within(&flow, &EXACT).0);
    assert_eq!(usual.violations, []);
    assert!(usual.cost() * 100 <= exact.cost() * 101, "{} {}", usual.cost(), exact.cost());
}

#[test]
fn a_hundred_thousand_blocks_or_a_chain_of_headings_or_lines_without_height_are_broken() {
    let page = page_of(40);
    for (block, count) in [(paragraph(1), 100_000), (heading(), 5_000), (image(0), 1_000)] {
        let blocks = vec![block; count];
        let breaks = break_by_default(&blocks, &[], &page);
        assert_lines_in_order(&blocks, &[], &breaks);
    }
}

/// Every line of the chosen variants and of the notes referred to is set once, in order.
#[track_caller]
fn assert_lines_in_order(blocks: &[FlowBlock], notes: &[Note], breaks: &PageBreaks) {
    let set = breaks.pages.iter().flat_map(|page| &page.pieces);
    let set: Vec<_> = set.flat_map(|piece| piece.lines.clone().map(|line| (piece.block, line))).collect();
    let chosen = |block: usize| blocks[block].variants.get(breaks.chosen[block]).map_or(0, |of| of.lines.len());
    let all: Vec<_> = (0..blocks.len()).flat_map(|block| (0..chosen(block)).map(move |line| (block, line))).collect();
    assert_eq!(set, all);
    let set = breaks.pages.iter().flat_map(|page| &page.notes);
    let set: Vec<_> = set.flat_map(|piece| piece.lines.clone().map(|line| (piece.note, line))).collect();
    let mut all = Vec::new();
    for note in
        blocks.iter().filter_map(|block| block.variants.first()).flat_map(|of| &of.lines).flat_map(|of| &of.notes)
    {
        if notes.get(*note).is_some() && !all.iter().any(|&(other, _)| other == *note) {
            all.extend((0..notes[*note].lines.len()).map(|line| (*note, line)));
        }
    }
    assert_eq!(set, all);
}

/// The same costs, computed naively: every division into pages of every choice of variants. Heights in points.
struct Naive<'a> {
    page: &'a PageBox,
    costs: PageCosts,
    blocks: &'a [FlowBlock],
    /// Block, line, number of the block's lines, and what the line is, for the variants chosen.
    lines: Vec<(usize, usize, usize, &'a FlowLine)>,
    /// The number of note lines called for after each line, and where the last note called for begins.
    calls: Vec<(usize, usize)>,
    note_lines: Vec<i64>,
    known: BTreeMap<(usize, usize, bool, Option<i64>, bool), i64>,
}

impl<'a> Naive<'a> {
    fn new(blocks: &'a [FlowBlock], notes: &[Note], page: &'a PageBox, chosen: &[usize]) -> Self {
        let mut naive = Self {
            page,
            costs: PageCosts::default(),
            blocks,
            lines: Vec::new(),
            calls: Vec::new(),
            note_lines: Vec::new(),
            known: BTreeMap::new(),
        };
        let mut start = 0;
        for (block, &variant) in chosen.iter().enumerate() {
            let lines = &blocks[block].variants[variant].lines;
            for (index, line) in lines.iter().enumerate() {
                for &note in &line.notes {
                    start = naive.note_lines.len();
                    naive.note_lines.extend(notes[note].lines.iter().map(|height| points(*height)));
                }
                naive.calls.push((naive.note_lines.len(), start));
                naive.lines.push((block, index, lines.len(), line));
            }
        }
        naive
    }

    fn text_height(&self, start: usize, end: usize) -> i64 {
        let mut height = 0;
        for at in start..end {
            let (block, line, _, of) = self.lines[at];
            if at == start && line > 0 {
                height += points(self.blocks[block].repeated_head);
            }
            if at > start && line == 0 {
                let before = &self.blocks[self.lines[at - 1].0];
                height += points(before.space_after).max(points(self.blocks[block].space_before));
            }
            height += points(of.height);
        }
        height
    }

    /// The cost of a page from line `start` to `end`, the note lines set up to its foot, and its shortness, if it is
    /// possible at all.
    fn page(&self, start: usize, end: usize, set: usize, is_first: bool) -> Option<(i64, usize, i64)> {
        let capacity = points(if is_first { self.page.first_height } else { self.page.height });
        let called = end.checked_sub(1).map_or(0, |last| self.calls[last].0);
        let text = self.text_height(start, end);
        if text > capacity && end > start + 1 {
            return None;
        }
        let mut cost = 0;
        let grid = points(self.page.grid);
        let separation = points(self.page.note_separation);
        let notes_height = |to: usize| self.note_lines[set..to].iter().sum::<i64>();
        let mut note = called;
        if called > set && text + separation + notes_height(called) > capacity {
            let most = (set..=called).rev().find(|&to| text + separation + notes_height(to) <= capacity);
            let most = most.unwrap_or(set);
            let last = self.note_start(called).max(set);
            note = most.min(called.saturating_sub(2));
            if note >= last + 2 {
                cost += self.costs.split_note;
            } else {
                note = if start == end { most.max(set + 1) } else { most };
                cost += FORCED;
            }
        }
        let slack = capacity - text - if note > set { separation + notes_height(note) } else { 0 };
        cost += if slack < 0 { FORCED } else { 0 };
        if end == self.lines.len() && note == self.note_lines.len() {
            cost += if capacity - slack < 4 * grid && !is_first { self.costs.tiny_page } else { 0 };
        } else {
            let sixteenths = slack.max(0) * 16 / grid;
            cost += self.costs.short_page * sixteenths * sixteenths / 256;
            cost += if start == end && end < self.lines.len() { self.costs.tiny_page } else { 0 };
        }
        if end > start && end < self.lines.len() {
            let (block, line, count, of) = self.lines[end - 1];
            let begins_after_kept = end >= start + line + 2 && self.blocks[block - 1].keep_with_next;
            let orphan = if begins_after_kept { FORCED } else { self.costs.orphan };
            cost += match of.break_after {
                _ if line + 1 == count && self.blocks[block].keep_with_next => FORCED,
                Break::Cost(cost) => cost,
                Break::Orphan => orphan,
                Break::Widow => self.costs.widow,
                Break::OrphanAndWidow => orphan + self.costs.widow,
                Break::Forbidden => FORCED,
            };
        }
        let short = ((slack.max(0) + grid / 2) / grid).min(8);
        Some((cost, note, short))
    }

    fn note_start(&self, called: usize) -> usize {
        self.calls.iter().find(|calls| calls.0 == called).map_or(0, |calls| calls.1)
    }

    /// The least cost of the pages from a line on.
    fn least(&mut self, start: usize, set: usize, is_first: bool, faces: Option<i64>, is_open: bool) -> i64 {
        if start == self.lines.len() && set == self.note_lines.len() {
            return 0;
        }
        let key = (start, set, is_first, faces, is_open);
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        let mut least = i64::MAX;
        for end in start..=self.lines.len() {
            let called = end.checked_sub(1).map_or(0, |last| self.calls[last].0);
            if end == start && called == set {
                continue;
            }
            let Some((cost, note, short)) = self.page(start, end, set, is_first) else { break };
            let is_last = end == self.lines.len() && note == self.note_lines.len();
            let uneven = faces.filter(|_| !is_last).map_or(0, |other| (other - short).abs() * self.costs.uneven_spread);
            let (faces, is_open) = match self.page.facing {
                Some(_) if is_open => (Some(short), false),
                Some(_) | None => (None, true),
            };
            least = least.min(cost + uneven + self.least(end, note, false, faces, is_open));
        }
        self.known.insert(key, least);
        least
    }

    /// The cost where each page takes the most that breaks no rule, or else the most.
    fn first_fit(&self) -> i64 {
        let (mut start, mut set, mut total) = (0, 0, 0);
        let mut faces = None;
        let mut is_open = self.page.facing != Some(Side::Recto);
        let mut is_first = true;
        while start < self.lines.len() || set < self.note_lines.len() {
            let mut best: Option<(usize, i64, usize, i64)> = None;
            for end in start..=self.lines.len() {
                let called = end.checked_sub(1).map_or(0, |last| self.calls[last].0);
                if end == start && called == set {
                    continue;
                }
                let Some((cost, note, short)) = self.page(start, end, set, is_first) else { break };
                if best.is_none_or(|(_, old, ..)| cost < FORCED || old >= FORCED) {
                    best = Some((end, cost, note, short));
                }
            }
            let Some((end, cost, note, short)) = best else { break };
            let is_last = end == self.lines.len() && note == self.note_lines.len();
            let uneven: Option<i64> = faces.filter(|_| !is_last).map(|other: i64| (other - short).abs());
            total += cost + uneven.unwrap_or(0) * self.costs.uneven_spread;
            faces = (self.page.facing.is_some() && is_open).then_some(short);
            is_open = self.page.facing.is_none() || !is_open;
            (start, set, is_first) = (end, note, false);
        }
        total
    }
}

fn points(length: Length) -> i64 {
    length.raw() / 65_536
}

/// The least cost over all choices of variants.
fn least_cost(blocks: &[FlowBlock], notes: &[Note], page: &PageBox) -> i64 {
    let mut choices: Vec<Vec<usize>> = vec![Vec::new()];
    for block in blocks {
        let extend = |choice: &Vec<usize>| -> Vec<Vec<usize>> {
            (0..block.variants.len()).map(|variant| choice.iter().copied().chain([variant]).collect()).collect()
        };
        choices = choices.iter().flat_map(extend).collect();
    }
    let cost = |choice: Vec<usize>| {
        let variants: i64 = blocks.iter().zip(&choice).map(|(block, &variant)| block.variants[variant].cost).sum();
        variants + Naive::new(blocks, notes, page, &choice).least(0, 0, true, None, page.facing != Some(Side::Recto))
    };
    choices.into_iter().map(cost).min().unwrap_or(0)
}

fn a_block() -> impl Strategy<Value = FlowBlock> {
    let height = prop_oneof![8 => Just(12_i64), 1 => Just(18), 1 => Just(30)];
    let space = || prop_oneof![3 => Just(0_i64), 1 => Just(12), 1 => Just(6)];
    let parts = (1..7_usize, height, 1..5_usize, prop::bool::weighted(0.2), space(), space(), 0..100_i64, 0..4_usize);
    parts.prop_map(|(count, height, least, keep_with_next, before, after, cost, kind)| {
        let of = |count: usize, cost| Variant { cost, ..Variant::breakable(&vec![Length::pt(height); count], least) };
        let mut variants = vec![of(count, 0)];
        if kind < 2 && count > 1 {
            variants.extend([of(count - 1, cost), of(count + 1, cost)]);
        } else if kind == 2 {
            variants = vec![Variant::unbreakable(&vec![Length::pt(height); count])];
        }
        FlowBlock {
            space_before: Length::pt(before),
            space_after: Length::pt(after),
            variants,
            keep_with_next,
            repeated_head: if kind == 3 { Length::pt(12) } else { Length::ZERO },
            starts_page: false,
        }
    })
}

prop_compose! {
    /// A chapter with some notes, each referred to once, in order.
    fn a_chapter(most: usize)
        (blocks in prop::collection::vec((a_block(), prop::option::weighted(0.25, (0..9_usize, 1..8_usize))), 0..most))
        -> (Vec<FlowBlock>, Vec<Note>)
    {
        let mut notes = Vec::new();
        let place = |(mut block, reference): (FlowBlock, Option<(usize, usize)>)| {
            if let Some((line, count)) = reference {
                for variant in &mut block.variants {
                    let line = line % variant.lines.len();
                    variant.lines[line].notes.push(notes.len());
                }
                notes.push(note(count));
            }
            block
        };
        let blocks = blocks.into_iter().map(place).collect();
        (blocks, notes)
    }
}

fn a_page() -> impl Strategy<Value = PageBox> {
    let facing = prop_oneof![Just(None), Just(Some(Side::Recto)), Just(Some(Side::Verso))];
    (1..16_i64, 0..5_i64, facing).prop_map(|(count, lower, facing)| PageBox {
        first_height: LINE * (count - lower).max(0),
        note_separation: Length::pt(6),
        facing,
        ..page_of(count)
    })
}

proptest! {
    #[test]
    fn no_line_is_lost_or_doubled_and_pages_hold_what_they_can((blocks, notes) in a_chapter(24), page in a_page()) {
        let breaks = break_by_default(&blocks, &notes, &page);
        assert_lines_in_order(&blocks, &notes, &breaks);
        for (index, content) in breaks.pages.iter().enumerate() {
            let is_reported = breaks
                .violations
                .iter()
                .any(|violation| violation.page == index && violation.kind == ViolationKind::Overfull);
            prop_assert_eq!(content.slack < Length::ZERO, is_reported);
            let capacity = if index == 0 { page.first_height } else { page.height };
            let separation = if content.notes.is_empty() { Length::ZERO } else { page.note_separation };
            prop_assert_eq!(content.text_height + separation + content.notes_height + content.slack, capacity);
        }
    }

    #[test]
    fn rules_beyond_all_costs_are_broken_only_with_a_report((blocks, notes) in a_chapter(24), page in a_page()) {
        let breaks = break_by_default(&blocks, &notes, &page);
        prop_assert!(breaks.cost() < FORCED || !breaks.violations.is_empty());
    }

    #[test]
    fn nothing_costs_more_than_the_first_fit((blocks, notes) in a_chapter(16), page in a_page()) {
        let first_fit = Naive::new(&blocks, &notes, &page, &vec![0; blocks.len()]).first_fit();
        let breaks = break_by_default(&blocks, &notes, &page);
        prop_assert!(breaks.cost() <= first_fit, "{} {}", breaks.cost(), first_fit);
    }

    #[test]
    fn the_pages_are_the_best_of_all((blocks, notes) in a_chapter(6), page in a_page()) {
        let flow = Flow::new(&blocks, &notes, &page, &PageCosts::default());
        let (exact, usual) = (solve_within(&flow, &EXACT).0, solve_within(&flow, &Limits::USUAL).0);
        prop_assert_eq!(exact.cost(), least_cost(&blocks, &notes, &page));
        prop_assert!(usual.cost() >= exact.cost());
    }
}
