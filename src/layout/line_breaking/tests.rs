//! Lines as the breaker chooses them: small paragraphs by hand, odd ones by chance, and all ways tried.

use super::*;
use proptest::prelude::*;

/// Boxes of the given widths in points, joined by spaces of 3 pt, plus 1.5, minus 1.
fn words(widths: &[i64]) -> Vec<Item> {
    let mut items = Vec::new();
    for &width in widths {
        if !items.is_empty() {
            items.push(space());
        }
        items.push(Item::plain(Length::pt(width)));
    }
    items
}

fn space() -> Item {
    Item::Glue { width: Length::pt(3), stretch: Length::millipoints(1500), shrink: Length::pt(1) }
}

fn hyphen() -> Item {
    Item::Penalty { width: Length::pt(3), hang_end: Length::pt(1), cost: 0, hyphen: Hyphen::Inserted }
}

/// Breaks with a style whose emergency pass is real, and holds what is true of all lines.
fn check(items: &[Item], measure: &Measure<'_>, style: &Justification) -> Breaks {
    let breaks = break_lines(items, measure, style);
    check_lines(items, &breaks.best);
    let pass = Pass { hyphens: style.hyphenate, tolerance: style.tolerance, emergency: 0, last: false };
    let paragraph = Paragraph::new(items, measure, style);
    if style.max_ladder < LADDERS && Search::new(&paragraph, pass).run() {
        let limit = usize::from(style.max_ladder.max(1));
        let ladder = breaks.best.windows(limit + 1).find(|run| run.iter().all(|line| line.hyphen != Hyphen::None));
        assert_eq!(ladder, None);
    }
    for (alternative, step) in [(&breaks.tighter, 0), (&breaks.looser, 2)] {
        if let Some(alternative) = alternative {
            check_lines(items, &alternative.lines);
            assert_eq!(alternative.lines.len() + 1, breaks.best.len() + step);
            assert!(alternative.extra_demerits >= 0);
        }
    }
    breaks
}

fn check_lines(items: &[Item], lines: &[Line]) {
    let is_box = |index: &usize| matches!(items[*index], Item::Box { .. });
    let placed: Vec<usize> = lines.iter().flat_map(|line| line.items.clone()).filter(is_box).collect();
    assert_eq!(placed, (0..items.len()).filter(is_box).collect::<Vec<_>>(), "each box once and in order");
    for line in lines {
        assert_eq!(line.shortfall, line.measure - line.natural);
        let too_wide = !line.items.is_empty() && line.shortfall + line.shrink < Length::ZERO;
        assert_eq!(line.overfull.is_some(), too_wide);
        if line.adjustment == Adjustment::Stretch {
            assert!(line.shortfall >= Length::ZERO);
        }
    }
}

fn ends(breaks: &Breaks) -> Vec<usize> {
    breaks.best.iter().map(|line| line.break_at).collect()
}

#[test]
fn total_fit_gives_up_a_full_line_to_spare_the_next() {
    // Seven short words fill the first line best, but leave a second line of two words and 7 pt too few.
    let items = words(&[4, 4, 4, 4, 4, 4, 4, 4, 35, 20]);
    let style = Justification { pretolerance: 500, ..Justification::default() };
    let breaks = check(&items, &Measure::uniform(Length::pt(49)), &style);
    assert_eq!(ends(&breaks), [11, 17, 19]);
    assert_eq!(breaks.best[1].shortfall, Length::ZERO);
}

#[test]
fn alternatives_are_found_beyond_the_tolerance_of_the_best_lines() {
    let items = words(&[10; 40]);
    let (measure, style) = (Measure::uniform(Length::pt(128)), Justification::default());
    let tight = Justification { pretolerance: 10, ..style };
    let mut breaks = break_lines(&items, &measure, &tight);
    assert_eq!((breaks.tighter.is_some(), breaks.looser.is_some()), (false, false));
    let best = breaks.best.clone();
    add_alternatives(&items, &measure, &Justification { tolerance: 9_000, ..tight }, &mut breaks);
    assert_eq!(breaks.best, best);
    let looser = breaks.looser.unwrap();
    check_lines(&items, &looser.lines);
    assert_eq!((looser.lines.len(), looser.extra_demerits > 0), (best.len() + 1, true));
}

#[test]
fn an_empty_paragraph_has_no_lines() {
    for items in [vec![], vec![space(); 3], vec![Item::Fill], vec![hyphen(), Item::penalty(0)]] {
        assert_eq!(break_lines(&items, &Measure::uniform(Length::pt(50)), &Justification::default()).best, []);
    }
}

#[test]
fn a_word_wider_than_the_measure_gets_its_own_overfull_line() {
    let items = words(&[20, 90, 20]);
    let breaks = check(&items, &Measure::uniform(Length::pt(50)), &Justification::default());
    let overfull: Vec<_> = breaks.best.iter().map(|line| line.overfull).collect();
    assert_eq!(overfull, [None, Some(Length::pt(40)), None]);
    assert_eq!(ends(&breaks), [1, 3, 5]);
}

#[test]
fn a_loose_line_is_better_than_an_overfull_one() {
    let items = words(&[20, 10, 45, 20]);
    let breaks = check(&items, &Measure::uniform(Length::pt(50)), &Justification::default());
    assert!(breaks.best.iter().all(|line| line.overfull.is_none()));
    assert_eq!(breaks.best.len(), 3);
}

#[test]
fn hyphens_are_inserted_only_when_needed_and_allowed() {
    let half = Item::plain(Length::pt(20));
    let items = [vec![half, space(), half], vec![hyphen(), half, space(), half]].concat();
    let narrow = Measure::uniform(Length::pt(45));
    let breaks = check(&items, &narrow, &Justification::default());
    assert_eq!(breaks.best[0].hyphen, Hyphen::Inserted);
    assert_eq!(breaks.best[0].natural, Length::pt(45), "the hyphen counts, less what hangs");
    let style = Justification { hyphenate: false, ..Justification::default() };
    assert!(check(&items, &narrow, &style).best.iter().all(|line| line.hyphen == Hyphen::None));
    let wide = Measure::uniform(Length::pt(86));
    assert!(check(&items, &wide, &Justification::default()).best.iter().all(|line| line.hyphen == Hyphen::None));
}

#[test]
fn ladders_stop_at_their_limit() {
    // Words of four syllables of 10 pt: left alone, most lines would end in a hyphen.
    let syllable = Item::plain(Length::pt(10));
    let mut items = Vec::new();
    for _ in 0..20 {
        for _ in 0..3 {
            items.extend([syllable, hyphen()]);
        }
        items.extend([syllable, space()]);
    }
    for limit in 1..=3_u8 {
        let style = Justification { max_ladder: limit, tolerance: 9_999, ..Justification::default() };
        let breaks = check(&items, &Measure::uniform(Length::pt(62)), &style);
        let mut run = 0;
        for line in &breaks.best {
            run = if line.hyphen == Hyphen::None { 0 } else { run + 1 };
            assert!(run <= limit);
        }
    }
}

#[test]
fn edges_hang_into_the_margins() {
    let hanging = Item::Box {
        width: Length::pt(20),
        stretch: Length::ZERO,
        shrink: Length::ZERO,
        hang_start: Length::pt(1),
        hang_end: Length::pt(2),
    };
    let anchor = Item::plain(Length::ZERO);
    let items = [anchor, hanging, space(), hanging, anchor, space(), hanging];
    let breaks = check(&items, &Measure::uniform(Length::pt(40)), &Justification::default());
    assert_eq!(breaks.best[0].natural, Length::pt(40));
    assert_eq!((breaks.best[0].hang_start, breaks.best[0].hang_end), (Length::pt(1), Length::pt(2)));
    assert_eq!(breaks.best[0].items, 0..5);
}

#[test]
fn first_lines_have_their_own_measures() {
    let items = words(&[10; 40]);
    let first = [Length::pt(36), Length::pt(49)];
    let breaks = check(&items, &Measure { first: &first, rest: Length::pt(62) }, &Justification::default());
    let counts: Vec<_> = breaks.best.iter().take(3).map(|line| line.items.len().div_ceil(2)).collect();
    assert_eq!(counts, [3, 4, 5]);
    assert_eq!(breaks.best[2].measure, Length::pt(62));
}

#[test]
fn an_explicit_break_ends_a_line_short_and_two_leave_an_empty_line() {
    let forced = [Item::Fill, Item::penalty(Item::FORCED)];
    let items = [words(&[10, 10]), forced.to_vec(), forced.to_vec(), words(&[10])].concat();
    let breaks = check(&items, &Measure::uniform(Length::pt(100)), &Justification::default());
    let lines: Vec<_> = breaks.best.iter().map(|line| (line.items.clone(), line.adjustment)).collect();
    assert_eq!(lines[0], (0..4, Adjustment::Fill));
    assert!(lines[1].0.is_empty());
    assert_eq!(lines[2], (7..8, Adjustment::None));
    let closed = [words(&[10]), forced.to_vec()].concat();
    assert_eq!(check(&closed, &Measure::uniform(Length::pt(100)), &Justification::default()).best.len(), 1);
}

#[test]
fn ragged_lines_keep_their_spaces() {
    let items = words(&[20, 13, 9, 24, 17, 30, 8, 21, 15]);
    let style = Justification { setting: Setting::Ragged { stretch: Length::pt(15) }, ..Justification::default() };
    let breaks = check(&items, &Measure::uniform(Length::pt(60)), &style);
    assert!(breaks.best.len() > 2);
    for line in &breaks.best {
        assert_eq!(line.adjustment, Adjustment::None);
        assert_eq!(line.overfull, None);
        assert_eq!(line.stretch, Length::ZERO);
    }
}

#[test]
fn a_runt_is_avoided_where_the_paragraph_can_be_set_otherwise() {
    let items = words(&[6; 12]);
    let measure = Measure::uniform(Length::pt(96));
    let plain = check(&items, &measure, &Justification::default());
    assert_eq!(plain.best[1].natural, Length::pt(6));
    let style = Justification { runt_width: Length::pt(10), runt_demerits: 10_000, ..Justification::default() };
    let breaks = check(&items, &measure, &style);
    assert_eq!(breaks.best[1].natural, Length::pt(15));
}

#[test]
fn letters_take_what_they_can_before_the_white_does() {
    let elastic = Item::Box {
        width: Length::pt(20),
        stretch: Length::pt(1),
        shrink: Length::ZERO,
        hang_start: Length::ZERO,
        hang_end: Length::ZERO,
    };
    let items = [elastic, space(), elastic];
    let style = Justification { last_line_fill: false, ..Justification::default() };
    let badness = |measure| check(&items, &Measure::uniform(Length::pt(measure)), &style).best[0].badness;
    assert_eq!((badness(43), badness(44), badness(45)), (0, 0, 4));
    assert!(badness(46) > 30, "a point more is two thirds of what the space can give");
}

#[test]
fn a_line_more_or_less_is_offered_where_the_tolerance_allows_it() {
    let items = words(&[10; 60]);
    let style = Justification { pretolerance: 2_000, ..Justification::default() };
    let breaks = check(&items, &Measure::uniform(Length::pt(128)), &style);
    assert!(breaks.looser.is_some());
    let tight = Justification { pretolerance: 1, tolerance: 1, ..Justification::default() };
    assert!(check(&items, &Measure::uniform(Length::pt(127)), &tight).looser.is_none());
}

/// A fixed pseudo-random sequence of words: prose without a seed.
fn prose(words: usize) -> Vec<Item> {
    let mut state = 12_345_u64;
    let mut items = Vec::new();
    for _ in 0..words {
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % 100
        };
        for syllable in 0..=next() / 40 {
            if syllable > 0 {
                items.push(hyphen());
            }
            items.push(Item::plain(Length::millipoints(8_000 + 150 * next().cast_signed())));
        }
        items.push(space());
    }
    items
}

#[test]
fn the_number_of_lines_tried_grows_linearly_in_each_pass() {
    let style = Justification::default();
    for (width, hyphens, tolerance) in [(300, false, 200), (300, true, 200), (60, true, 9_999), (500, true, 9_999)] {
        let steps = |words| {
            let (items, measure) = (prose(words), Measure::uniform(Length::pt(width)));
            let paragraph = Paragraph::new(&items, &measure, &style);
            let pass = Pass { hyphens, tolerance, emergency: Length::pt(20).raw(), last: true };
            let mut search = Search::new(&paragraph, pass);
            assert!(search.run());
            search.steps
        };
        // Once the line counts within a line of the best are all there, which takes some thousand words.
        let (small, large) = (steps(6_000), steps(24_000));
        assert!(large < 5 * small, "{small} steps for 6,000 words, {large} for 24,000, {width} pt");
    }
}

#[test]
fn a_flood_of_breaks_without_width_stays_in_bounds() {
    let flood = [words(&[90]), [Item::plain(Length::ZERO), Item::penalty(0)].repeat(20_000), words(&[40, 90, 120])];
    let (breaks, steps) =
        break_counting(&flood.concat(), &Measure::uniform(Length::pt(100)), &Justification::default());
    assert!(breaks.best.len() >= 3);
    assert!(steps < 3 * 20_010 * MAX_ACTIVE as u64);
}

#[test]
fn ten_thousand_boxes_without_a_break_are_one_overfull_line() {
    let items = vec![Item::plain(Length::pt(5)); 10_000];
    let breaks = check(&items, &Measure::uniform(Length::pt(300)), &Justification::default());
    assert_eq!(breaks.best.len(), 1);
    assert_eq!(breaks.best[0].overfull, Some(Length::pt(49_700)));
}

#[test]
fn absurd_distances_neither_overflow_nor_lose_a_box() {
    let huge = Length::from_raw(i64::MAX);
    let glue = Item::Glue { width: -huge, stretch: huge, shrink: huge };
    let items = [Item::plain(huge), glue, Item::plain(-huge), glue, Item::plain(huge), hyphen(), Item::plain(huge)];
    for measure in [huge, -huge, Length::ZERO, Length::MAX, Length::from_raw(i64::MIN), Length::from_raw(1)] {
        let style = Justification { emergency_stretch: huge, runt_width: huge, ..Justification::default() };
        check(&items, &Measure::uniform(measure), &style);
    }
}

/// The fewest demerits of all ways to break, by trying each: the definition, without the search.
fn brute_force(paragraph: &Paragraph<'_>, pass: Pass) -> Option<i64> {
    fn go(search: &mut Search<'_>, from: usize, best: &mut Option<i64>) {
        let node = search.nodes[from];
        let last = search.paragraph.points.len() - 1;
        if node.point == last {
            *best = Some(best.map_or(node.demerits, |best| best.min(node.demerits)));
            return;
        }
        for to in node.point + 1..=last {
            let point = &search.paragraph.points[to];
            if search.usable(point) {
                let fit = search.paragraph.fit(node.point, to, node.line, search.pass.emergency);
                if fit.over == 0 && fit.badness <= search.pass.tolerance && search.offer(from, to, &fit, true) {
                    let next = search.candidates[0];
                    search.candidates.clear();
                    search.nodes.push(next);
                    go(search, search.nodes.len() - 1, best);
                }
            }
            if point.forced {
                break;
            }
        }
    }
    let mut best = None;
    go(&mut Search::new(paragraph, pass), 0, &mut best);
    best
}

fn any_item() -> impl Strategy<Value = Item> {
    prop_oneof![
        5 => (0..40_i64, 0..3_i64, 0..3_i64, -2..4_i64, -2..4_i64).prop_map(|(width, stretch, shrink, start, end)| {
            Item::Box {
                width: Length::pt(width),
                stretch: Length::millipoints(stretch * 100),
                shrink: Length::millipoints(shrink * 100).min(Length::pt(width)),
                hang_start: Length::pt(start),
                hang_end: Length::pt(end),
            }
        }),
        4 => Just(space()),
        2 => Just(hyphen()),
        1 => (-300..300).prop_map(Item::penalty),
        1 => prop_oneof![Just(Item::Fill), Just(Item::penalty(Item::FORCED)), Just(Item::penalty(Item::FORBIDDEN))],
        1 => Just(Item::Penalty {
            width: Length::ZERO,
            hang_end: Length::ZERO,
            cost: 20,
            hyphen: Hyphen::Written,
        }),
    ]
}

fn any_style() -> impl Strategy<Value = Justification> {
    (prop::bool::ANY, 1..5_u8, 0..3_000, 0..20_i64, prop::bool::ANY, 0..30_i64).prop_map(
        |(ragged, max_ladder, tolerance, emergency, last_line_fill, runt)| Justification {
            setting: if ragged { Setting::Ragged { stretch: Length::pt(12) } } else { Setting::Justified },
            pretolerance: tolerance / 2,
            tolerance,
            emergency_stretch: Length::pt(emergency),
            max_ladder,
            last_line_fill,
            runt_width: Length::pt(runt),
            runt_demerits: 100_000,
            ..Justification::default()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_items_are_set_without_loss(
        items in prop::collection::vec(any_item(), 0..120),
        style in any_style(),
        width in prop_oneof![Just(Length::from_raw(1)), Just(-Length::pt(3)), (0..200_i64).prop_map(Length::pt)],
        first in prop::collection::vec((0..200_i64).prop_map(Length::pt), 0..4),
    ) {
        let measure = Measure { first: &first, rest: width };
        check(&items, &measure, &style);
    }

    #[test]
    fn an_overfull_line_has_no_break_that_fits(
        items in prop::collection::vec(any_item(), 0..60),
        style in any_style(),
        width in (0..120_i64).prop_map(Length::pt),
    ) {
        let measure = Measure::uniform(width);
        let paragraph = Paragraph::new(&items, &measure, &style);
        for line in check(&items, &measure, &style).best.iter().filter(|line| line.overfull.is_some()) {
            let at = |item: usize| paragraph.points.iter().position(|point| point.item == item);
            let to = paragraph.points.iter().rposition(|point| point.item == line.break_at).unwrap_or(0);
            let from = paragraph.points[..to].iter().rposition(|point| point.start == line.items.start);
            prop_assert!(at(line.break_at).is_some());
            for earlier in from.unwrap_or(0) + 1..to {
                prop_assert!(paragraph.fit(from.unwrap_or(0), earlier, 0, 0).over > 0);
            }
        }
    }

    #[test]
    fn the_best_breaks_are_those_that_trying_all_would_find(
        items in prop::collection::vec(any_item(), 0..26),
        style in any_style(),
        width in 20..120_i64,
        first in prop::collection::vec((20..120_i64).prop_map(Length::pt), 0..3),
    ) {
        let measure = Measure { first: &first, rest: Length::pt(width) };
        let paragraph = Paragraph::new(&items, &measure, &style);
        prop_assume!(paragraph.points.len() > 1);
        for (hyphens, tolerance) in [(false, style.pretolerance), (true, style.tolerance)] {
            let pass = Pass { hyphens, tolerance, emergency: 0, last: false };
            let mut search = Search::new(&paragraph, pass);
            let found = search.run().then(|| search.cheapest(None)).flatten();
            let found = found.map(|node| search.nodes[node].demerits);
            prop_assert_eq!(found, brute_force(&paragraph, pass));
        }
    }
}
