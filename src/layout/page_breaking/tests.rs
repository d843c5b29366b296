//! The rules of page breaking by example; in `random`, its promises on random chapters.

mod random;

use super::flow::Flow;
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
    PageBox {
        height: LINE * count,
        first_height: LINE * count,
        grid: LINE,
        note_separation: LINE,
        float_separation: LINE,
        facing: None,
    }
}

fn break_by_default(blocks: &[FlowBlock], notes: &[Note], page: &PageBox) -> PageBreaks {
    break_pages(blocks, notes, &[], page, &PageCosts::default())
}

/// A whole chapter, as the search reads it.
fn flow(blocks: &[FlowBlock], notes: &[Note], floats: &[Float], page: &PageBox) -> Flow {
    let calls = calls_by_part(blocks, floats, &[blocks.len()]).remove(0);
    Flow::new(blocks, notes, &calls, page, &PageCosts::default(), true)
}

/// Each page from its top as "block:first-last line …", lines counted from 1, its floats as "float", and its notes as
/// "note:first-last".
fn show(breaks: &PageBreaks) -> Vec<String> {
    let text = |piece: &Piece| format!("{}:{}-{}", piece.block, piece.lines.start + 1, piece.lines.end);
    let foot = |piece: &NotePiece| format!("note {}:{}-{}", piece.note, piece.lines.start + 1, piece.lines.end);
    let page = |page: &PageContent| -> Vec<String> {
        let is_above = |float: &&PlacedFloat| page.pieces.is_empty() || float.top < page.text_top;
        let name = |float: &PlacedFloat| format!("float {}", float.float);
        let above = page.floats.iter().filter(is_above).map(name);
        let below = page.floats.iter().filter(|float| !is_above(float)).map(name);
        above.chain(page.pieces.iter().map(text)).chain(below).chain(page.notes.iter().map(foot)).collect()
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

fn float(count: i64, place: FloatPlace) -> Float {
    Float { height: LINE * count, place, goes_on: false }
}

/// Calls for `float` on a line, in every variant.
fn call(mut block: FlowBlock, line: usize, float: usize) -> FlowBlock {
    for variant in &mut block.variants {
        variant.lines[line].floats.push(float);
    }
    block
}

/// Begins a section.
fn section(block: FlowBlock) -> FlowBlock {
    FlowBlock { starts_section: true, ..block }
}

#[track_caller]
fn check_floats(blocks: &[FlowBlock], floats: &[Float], page: &PageBox, expected: &[&str]) -> PageBreaks {
    let breaks = break_pages(blocks, &[], floats, page, &PageCosts::default());
    assert_eq!(show(&breaks), expected, "{breaks:?}");
    breaks
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
fn what_stands_on_the_grid_returns_to_it_and_the_room_for_that_is_counted() {
    let on_grid = |count| FlowBlock { on_grid: true, ..paragraph(count) };
    let half = |count| FlowBlock { space_before: LINE / 2, space_after: LINE / 2, ..code(count) };
    let tops = |breaks: &PageBreaks, page: usize| -> Vec<i64> {
        breaks.pages[page].pieces.iter().map(|piece| piece.top.raw() * 2 / LINE.raw()).collect()
    };
    // Half a line is gone at the top of the page, and half at its foot: still the text between is on the grid.
    let blocks = [half(4), on_grid(3), half(4), on_grid(9)];
    let breaks = check(&blocks, &[], &page_of(13), &["0:1-4, 1:1-3, 2:1-4", "3:1-9"]);
    assert_eq!(tops(&breaks, 0), [0, 10, 17], "in half lines");
    let breaks = check(&blocks, &[], &page_of(12), &["0:1-4, 1:1-3", "2:1-4, 3:1-5", "3:6-9"]);
    assert_eq!(tops(&breaks, 1), [0, 10]);
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
        let breaks = break_pages(&blocks, &[], &[], &page, &PageCosts { uneven_spread, ..PageCosts::default() });
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
fn a_heading_before_a_page_that_is_forced_is_reported() {
    let blocks = [paragraph(2), heading(), paragraph(0), on_a_new_page(paragraph(3)), heading()];
    let breaks = check(&blocks, &[], &page_of(10), &["0:1-2, 1:1-1", "3:1-3, 4:1-1"]);
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
        let page = PageBox {
            height,
            first_height: height,
            grid: height,
            note_separation: height,
            float_separation: height,
            facing: None,
        };
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

#[test]
fn a_float_stands_at_the_top_or_the_foot_of_a_page_as_it_may() {
    let blocks = [paragraph(10), call(paragraph(12), 0, 0), paragraph(10)];
    let at = |place| [float(4, place)];
    let page = page_of(10);
    check_floats(&blocks, &at(FloatPlace::Top), &page, &["0:1-10", "float 0, 1:1-5", "1:6-12, 2:1-3", "2:4-10"]);
    check_floats(&blocks, &at(FloatPlace::Any), &page, &["0:1-10", "float 0, 1:1-5", "1:6-12, 2:1-3", "2:4-10"]);
    check_floats(&blocks, &at(FloatPlace::Bottom), &page, &["0:1-10", "1:1-5, float 0", "1:6-12, 2:1-3", "2:4-10"]);
    check_floats(&blocks, &at(FloatPlace::Page), &page, &["0:1-10", "1:1-9", "float 0", "1:10-12, 2:1-6", "2:7-10"]);
}

#[test]
fn a_page_has_a_float_above_its_text_and_one_below() {
    let blocks = [paragraph(12), call(call(paragraph(12), 1, 0), 2, 1), paragraph(10)];
    let floats = [float(2, FloatPlace::Any), float(3, FloatPlace::Any)];
    let expected = ["0:1-12", "float 0, 1:1-5, float 1", "1:6-12, 2:1-5", "2:6-10"];
    let breaks = check_floats(&blocks, &floats, &page_of(12), &expected);
    let tops: Vec<i64> = breaks.pages[1].floats.iter().map(|float| float.top.raw() / LINE.raw()).collect();
    assert_eq!((tops, breaks.pages[1].text_top), (vec![0, 9], LINE * 3));
}

#[test]
fn a_float_waits_for_a_page_with_room_and_those_behind_it_wait_too() {
    let blocks = [call(call(paragraph(10), 8, 0), 9, 1), paragraph(16)];
    let floats = [float(5, FloatPlace::Any), float(1, FloatPlace::Bottom)];
    check_floats(&blocks, &floats, &page_of(12), &["0:1-10, 1:1-2", "float 0, 1:3-6, float 1", "1:7-16"]);
}

#[test]
fn no_float_stands_above_the_beginning_of_its_chapter_or_section() {
    let blocks = [call(paragraph(6), 0, 0), paragraph(10)];
    let page = page_of(10);
    check_floats(&blocks, &[float(3, FloatPlace::Any)], &page, &["0:1-6, float 0", "1:1-10"]);
    check_floats(&blocks, &[float(3, FloatPlace::Top)], &page, &["0:1-6, 1:1-4", "float 0, 1:5-10"]);
    let blocks = [paragraph(10), section(call(paragraph(6), 0, 0)), paragraph(10)];
    check_floats(&blocks, &[float(3, FloatPlace::Any)], &page, &["0:1-10", "1:1-6, float 0", "2:1-10"]);
}

#[test]
fn no_float_is_carried_past_the_end_of_its_section() {
    let blocks = [paragraph(5), call(paragraph(4), 3, 0), section(paragraph(20))];
    let page = page_of(12);
    // It may stand above the next section, not below its beginning.
    check_floats(
        &blocks,
        &[float(4, FloatPlace::Any)],
        &page,
        &["0:1-5, 1:1-4", "float 0, 2:1-5", "2:6-16", "2:17-20"],
    );
    check_floats(
        &blocks,
        &[float(8, FloatPlace::Bottom)],
        &page,
        &["0:1-5, 1:1-2", "1:3-4, float 0", "2:1-12", "2:13-20"],
    );
}

#[test]
fn a_float_is_not_carried_past_a_forced_page_break() {
    let blocks = [call(paragraph(8), 7, 0), on_a_new_page(paragraph(4))];
    check_floats(&blocks, &[float(4, FloatPlace::Any)], &page_of(10), &["0:1-8", "float 0", "1:1-4"]);
}

#[test]
fn floats_share_a_page_where_they_ask_for_one_or_nothing_else_is_left() {
    let blocks = [call(call(paragraph(10), 1, 0), 2, 1), paragraph(10)];
    let floats = [float(4, FloatPlace::Page), float(5, FloatPlace::Page)];
    let breaks = check_floats(&blocks, &floats, &page_of(10), &["0:1-10", "float 0, float 1", "1:1-10"]);
    assert_eq!(breaks.pages[1].cost, 0);
    assert_eq!(breaks.pages[1].floats[1].top, LINE * 5);
    let floats = [float(4, FloatPlace::Any), float(4, FloatPlace::Any), float(4, FloatPlace::Any)];
    let blocks = [call(call(call(paragraph(6), 5, 0), 5, 1), 5, 2)];
    check_floats(&blocks, &floats, &page_of(15), &["0:1-6, float 0", "float 1, float 2"]);
}

#[test]
fn what_goes_on_from_a_float_follows_on_the_next_page() {
    let blocks = [call(call(image(10), 0, 0), 0, 1), image(10), image(7), image(7)];
    let page = PageBox { facing: Some(Side::Recto), ..page_of(10) };
    let mut floats = [float(10, FloatPlace::Page), float(10, FloatPlace::Page)];
    let apart = ["0:1-1", "float 0", "1:1-1", "2:1-1", "float 1", "3:1-1"];
    check_floats(&blocks, &floats, &page, &apart);
    floats[1].goes_on = true;
    check_floats(&blocks, &floats, &page, &["0:1-1", "float 0", "float 1", "1:1-1", "2:1-1", "3:1-1"]);
}

#[test]
fn a_float_that_ends_a_chapter_stands_right_below_its_text() {
    let breaks =
        check_floats(&[call(paragraph(4), 0, 0)], &[float(3, FloatPlace::Any)], &page_of(20), &["0:1-4, float 0"]);
    assert_eq!(breaks.pages[0].floats[0].top, LINE * 5);
}

#[test]
fn a_float_below_the_text_stands_above_the_notes() {
    let blocks = [call(refer(paragraph(6), 1, 0), 0, 0), paragraph(12)];
    let breaks = break_pages(&blocks, &[note(2)], &[float(3, FloatPlace::Bottom)], &page_of(13), &PageCosts::default());
    assert_eq!(show(&breaks), ["0:1-6, float 0, note 0:1-2", "1:1-12"]);
    assert_eq!(breaks.pages[0].floats[0].top, LINE * 7);
}

#[test]
fn a_float_without_a_call_comes_last_and_one_too_high_for_any_page_is_reported() {
    let breaks = check_floats(&[paragraph(4)], &[float(3, FloatPlace::Any)], &page_of(10), &["0:1-4, float 0"]);
    assert_eq!(breaks.violations, []);
    check_floats(&[], &[float(3, FloatPlace::Any)], &page_of(10), &["float 0"]);
    let blocks = [paragraph(4), call(paragraph(8), 0, 0)];
    let breaks =
        check_floats(&blocks, &[float(12, FloatPlace::Any)], &page_of(10), &["0:1-4, 1:1-4", "float 0", "1:5-8"]);
    assert_eq!(kinds(&breaks), [(ViolationKind::Overfull, 1, 1)]);
}

#[test]
fn a_thousand_floats_behind_one_paragraph_are_all_set() {
    let floats = vec![float(3, FloatPlace::Any); 1_000];
    let mut block = paragraph(4);
    for variant in &mut block.variants {
        variant.lines[3].floats = (0..floats.len()).collect();
    }
    let breaks = break_pages(&[block, paragraph(40)], &[], &floats, &page_of(12), &PageCosts::default());
    let set: Vec<usize> = breaks.pages.iter().flat_map(|page| &page.floats).map(|float| float.float).collect();
    assert_eq!(set, (0..1_000).collect::<Vec<_>>());
    assert!(breaks.pages.len() < 400, "{}", breaks.pages.len());
}

/// A long chapter of paragraphs of every length, headings, code, notes and floats, always the same.
fn chapter(blocks: usize) -> (Vec<FlowBlock>, Vec<Note>, Vec<Float>) {
    let mut state = 7_u32;
    let mut draw = move |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) % below
    };
    let mut flow = Vec::new();
    let (mut notes, mut floats) = (Vec::new(), Vec::new());
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
        if draw(15) == 0 {
            for variant in &mut block.variants {
                variant.lines[0].floats.push(floats.len());
            }
            floats.push(float(5 + i64::from(draw(12)), FloatPlace::Any));
        }
        flow.push(block);
    }
    (flow, notes, floats)
}

#[test]
fn a_ten_times_longer_chapter_takes_at_most_twelve_times_the_steps() {
    for facing in [None, Some(Side::Recto)] {
        let page = PageBox { facing, ..page_of(20) };
        let effort = |count| {
            let (blocks, notes, floats) = chapter(count);
            solve_within(&flow(&blocks, &notes, &floats, &page), &Limits::USUAL).effort
        };
        let (short, long) = (effort(400), effort(4_000));
        assert!(long.pages <= short.pages * 12, "{short:?} {long:?}");
        assert!(long.places <= short.places * 12, "{short:?} {long:?}");
    }
}

#[test]
fn a_long_chapter_has_no_violation_and_costs_little_more_than_the_optimum() {
    let (blocks, notes, floats) = chapter(60);
    let page = PageBox { facing: Some(Side::Recto), ..page_of(38) };
    let flow = flow(&blocks, &notes, &floats, &page);
    let (usual, exact) = (solve_within(&flow, &Limits::USUAL), solve_within(&flow, &EXACT));
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
