//! What page breaking promises, on random chapters; its costs against those of every division into pages, computed naively.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::flow::FORCED;
use super::super::search::{Limits, solve_within};
use super::super::*;
use super::{EXACT, LINE, assert_lines_in_order, flow, note, page_of};

/// The same costs, computed naively: every division into pages of every choice of variants. Heights in points.
struct Naive<'a> {
    page: &'a PageBox,
    costs: PageCosts,
    blocks: &'a [FlowBlock],
    floats: &'a [Float],
    /// Block, line, number of the block's lines, and what the line is, for the variants chosen.
    lines: Vec<(usize, usize, usize, &'a FlowLine)>,
    /// The number of note lines called for after each line, and where the last note called for begins.
    calls: Vec<(usize, usize)>,
    /// The number of floats called for, each with all before it, after each line, and before the section of each line.
    float_calls: Vec<(usize, usize)>,
    /// The line with which the section begins that calls for each float.
    sections: Vec<usize>,
    note_lines: Vec<i64>,
    known: BTreeMap<(Start, bool, Option<i64>, bool), i64>,
}

/// Where a page starts: the line, the note lines set, the floats set.
type Start = (usize, usize, usize);

/// A page: its end, cost, and shortness, and whether it may differ from the page that faces it.
type NaivePage = (Start, i64, i64, bool);

impl<'a> Naive<'a> {
    fn new(blocks: &'a [FlowBlock], notes: &[Note], floats: &'a [Float], page: &'a PageBox, chosen: &[usize]) -> Self {
        let mut naive = Self {
            page,
            costs: PageCosts::default(),
            blocks,
            floats,
            lines: Vec::new(),
            calls: Vec::new(),
            float_calls: Vec::new(),
            sections: Vec::new(),
            note_lines: Vec::new(),
            known: BTreeMap::new(),
        };
        let mut start = 0;
        let mut called = vec![false; floats.len()];
        let (mut settled, mut section) = (0, 0);
        for (block, &variant) in chosen.iter().enumerate() {
            let lines = &blocks[block].variants[variant].lines;
            for (index, line) in lines.iter().enumerate() {
                for &note in &line.notes {
                    start = naive.note_lines.len();
                    naive.note_lines.extend(notes[note].lines.iter().map(|height| points(*height)));
                }
                if blocks[block].starts_section && index == 0 {
                    settled = naive.sections.len();
                    section = naive.lines.len();
                }
                line.floats.iter().for_each(|float| called[*float] = true);
                let count = called.iter().take_while(|called| **called).count();
                naive.sections.resize(count, section);
                naive.float_calls.push((count, settled));
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
                let (before, of) = (&self.blocks[self.lines[at - 1].0], &self.blocks[block]);
                let grid = points(self.page.grid);
                let on_grid = |height: i64| (height + grid - 1) / grid * grid;
                let (first, first_line, ..) = self.lines[start];
                if first_line > 0 && block == first + 1 {
                    height = on_grid(height);
                }
                height += points(before.space_after).max(points(of.space_before));
                height = if of.on_grid { on_grid(height) } else { height };
            }
            height += points(of.height);
        }
        height
    }

    /// The page from `start` to line `end` with floats `top` or `foot` or both, if it is possible at all.
    fn text_page(&self, start: Start, end: usize, (top, foot): (bool, bool), is_first: bool) -> Option<NaivePage> {
        let (line, _, float) = start;
        let next = float + usize::from(top) + usize::from(foot);
        let called = end.checked_sub(1).map_or(0, |last| self.float_calls[last].0);
        if end > line {
            let settled = self.float_calls[end - 1].1;
            let before = next - usize::from(foot);
            let above_section = top && self.sections.get(float).is_none_or(|&section| section >= line);
            if next > called || before < settled || above_section {
                return None;
            }
        } else if next > float {
            return None;
        }
        if top && !matches!(self.floats[float].place, FloatPlace::Top | FloatPlace::Any)
            || foot && !matches!(self.floats[next - 1].place, FloatPlace::Bottom | FloatPlace::Any)
        {
            return None;
        }
        let separation = points(self.page.float_separation);
        let height: i64 = self.floats[float..next].iter().map(|float| points(float.height) + separation).sum();
        let text = self.text_height(line, end);
        let (mut cost, note, slack) = self.page(start, end, text, height, is_first)?;
        let ends_text = end == self.lines.len();
        if !(ends_text && note == self.note_lines.len()) {
            let few = 4 * points(self.page.grid);
            let is_bare = if line == end { !ends_text } else { !ends_text && next > float && text < few };
            cost += if is_bare { self.costs.tiny_page } else { 0 } + self.shortness(slack);
        }
        if end > line && !ends_text {
            let (block, index, count, of) = self.lines[end - 1];
            let begins_after_kept = end >= line + index + 2 && self.blocks[block - 1].keep_with_next;
            let orphan = if begins_after_kept { FORCED } else { self.costs.orphan };
            cost += match of.break_after {
                _ if index + 1 == count && self.blocks[block].keep_with_next => FORCED,
                Break::Cost(cost) => cost,
                Break::Orphan => orphan,
                Break::Widow => self.costs.widow,
                Break::OrphanAndWidow => orphan + self.costs.widow,
                Break::Forbidden => FORCED,
            };
        }
        cost += self.waiting(called.max(next) - next);
        let grid = points(self.page.grid);
        let short = ((slack.max(0) + grid / 2) / grid).min(8);
        Some(((end, note, next), cost, short, ends_text && note == self.note_lines.len()))
    }

    /// A page of so many floats.
    fn float_page(&self, start: Start, count: usize, is_first: bool) -> Option<NaivePage> {
        let (line, _, float) = start;
        let called = line.checked_sub(1).map_or(0, |last| self.float_calls[last].0);
        let next = float + count;
        if next > called {
            return None;
        }
        let separation = points(self.page.float_separation);
        let height = self.floats[float..next].iter().map(|float| points(float.height) + separation).sum::<i64>();
        let height = height - separation;
        let capacity = points(if is_first { self.page.first_height } else { self.page.height });
        if count > 1 && height > capacity {
            return None;
        }
        let ends_text = line == self.lines.len();
        let (mut cost, note, slack) = self.page_of_height(start, line, height, is_first, next == self.floats.len());
        let places: Vec<FloatPlace> = self.floats[float..next].iter().map(|float| float.place).collect();
        if !(ends_text && note == self.note_lines.len() && next == self.floats.len())
            && places.iter().any(|place| *place != FloatPlace::Page)
        {
            cost += self.shortness(slack).min(self.costs.tiny_page);
        }
        if places.iter().any(|place| matches!(place, FloatPlace::Top | FloatPlace::Bottom)) && !ends_text {
            cost += self.costs.tiny_page;
        }
        Some(((line, note, next), cost + self.waiting(called - next), 0, true))
    }

    fn waiting(&self, floats: usize) -> i64 {
        let floats = i64::try_from(floats).unwrap();
        floats * self.costs.deferred_float + (floats - 3).max(0) * self.costs.tiny_page
    }

    fn shortness(&self, slack: i64) -> i64 {
        let sixteenths = slack.max(0) * 16 / points(self.page.grid);
        self.costs.short_page * sixteenths * sixteenths / 256
    }

    /// The cost of what a page holds, the note lines set up to its foot, and what is left over.
    fn page(&self, start: Start, end: usize, text: i64, floats: i64, is_first: bool) -> Option<(i64, usize, i64)> {
        let capacity = points(if is_first { self.page.first_height } else { self.page.height });
        if text + floats > capacity && (end > start.0 + 1 || floats > 0) {
            return None;
        }
        Some(self.page_of_height(start, end, text + floats, is_first, true))
    }

    fn page_of_height(
        &self,
        (line, set, _): Start,
        end: usize,
        height: i64,
        is_first: bool,
        sets_floats: bool,
    ) -> (i64, usize, i64) {
        let capacity = points(if is_first { self.page.first_height } else { self.page.height });
        let called = end.checked_sub(1).map_or(0, |last| self.calls[last].0);
        let separation = points(self.page.note_separation);
        let notes_height = |to: usize| self.note_lines[set..to].iter().sum::<i64>();
        let mut cost = 0;
        let mut note = called;
        if called > set && height + separation + notes_height(called) > capacity {
            let most = (set..=called).rev().find(|&to| height + separation + notes_height(to) <= capacity);
            let most = most.unwrap_or(set);
            let last = self.note_start(called).max(set);
            note = most.min(called.saturating_sub(2));
            if note >= last + 2 {
                cost += self.costs.split_note;
            } else {
                note = if line == end && height == 0 { most.max(set + 1) } else { most };
                cost += FORCED;
            }
        }
        let slack = capacity - height - if note > set { separation + notes_height(note) } else { 0 };
        cost += if slack < 0 { FORCED } else { 0 };
        if end == self.lines.len() && note == self.note_lines.len() && sets_floats {
            let is_tiny = capacity - slack < 4 * points(self.page.grid) && !is_first;
            cost += if is_tiny { self.costs.tiny_page } else { 0 };
        }
        (cost, note, slack)
    }

    fn note_start(&self, called: usize) -> usize {
        self.calls.iter().find(|calls| calls.0 == called).map_or(0, |calls| calls.1)
    }

    /// Every page that starts at `start`.
    fn pages(&self, start: Start, is_first: bool) -> Vec<NaivePage> {
        let (line, set, _) = start;
        let mut pages = Vec::new();
        for end in line..=self.lines.len() {
            let called = end.checked_sub(1).map_or(0, |last| self.calls[last].0);
            if end == line && called == set {
                continue;
            }
            for top in [false, true] {
                for foot in [false, true] {
                    let count = usize::from(top) + usize::from(foot);
                    if start.2 + count <= self.floats.len() {
                        pages.extend(self.text_page(start, end, (top, foot), is_first));
                    }
                }
            }
        }
        let most = (self.floats.len() - start.2).min(3);
        pages.extend((1..=most).filter_map(|count| self.float_page(start, count, is_first)));
        pages
    }

    fn is_end(&self, start: Start) -> bool {
        start == (self.lines.len(), self.note_lines.len(), self.floats.len())
    }

    /// The least cost of the pages from a place on.
    fn least(&mut self, start: Start, is_first: bool, faces: Option<i64>, is_open: bool) -> i64 {
        if self.is_end(start) {
            return 0;
        }
        let key = (start, is_first, faces, is_open);
        if let Some(&known) = self.known.get(&key) {
            return known;
        }
        let mut least = i64::MAX;
        for (end, cost, short, is_free) in self.pages(start, is_first) {
            let uneven = faces.filter(|_| !is_free).map_or(0, |other| (other - short).abs() * self.costs.uneven_spread);
            let (faces, is_open) = match self.page.facing {
                Some(_) if is_open => (Some(short), false),
                Some(_) | None => (None, true),
            };
            least = least.min(cost + uneven + self.least(end, false, faces, is_open));
        }
        self.known.insert(key, least);
        least
    }

    /// The cost where each page takes the most that breaks no rule, or else the most.
    fn first_fit(&self) -> i64 {
        let (mut start, mut total) = ((0, 0, 0), 0);
        let mut faces = None;
        let mut is_open = self.page.facing != Some(Side::Recto);
        let mut is_first = true;
        while !self.is_end(start) {
            let mut best: Option<NaivePage> = None;
            for page in self.pages(start, is_first) {
                if best.is_none_or(|old| page.1 < FORCED || old.1 >= FORCED) {
                    best = Some(page);
                }
            }
            let Some((end, cost, short, is_free)) = best else { break };
            let uneven: Option<i64> = faces.filter(|_| !is_free).map(|other: i64| (other - short).abs());
            total += cost + uneven.unwrap_or(0) * self.costs.uneven_spread;
            faces = (self.page.facing.is_some() && is_open).then_some(short);
            is_open = self.page.facing.is_none() || !is_open;
            (start, is_first) = (end, false);
        }
        total
    }
}

fn points(length: Length) -> i64 {
    length.raw() / 65_536
}

/// The least cost over all choices of variants.
fn least_cost(blocks: &[FlowBlock], notes: &[Note], floats: &[Float], page: &PageBox) -> i64 {
    let mut choices: Vec<Vec<usize>> = vec![Vec::new()];
    for block in blocks {
        let extend = |choice: &Vec<usize>| -> Vec<Vec<usize>> {
            (0..block.variants.len()).map(|variant| choice.iter().copied().chain([variant]).collect()).collect()
        };
        choices = choices.iter().flat_map(extend).collect();
    }
    let cost = |choice: Vec<usize>| {
        let variants: i64 = blocks.iter().zip(&choice).map(|(block, &variant)| block.variants[variant].cost).sum();
        let mut naive = Naive::new(blocks, notes, floats, page, &choice);
        variants + naive.least((0, 0, 0), true, None, page.facing != Some(Side::Recto))
    };
    choices.into_iter().map(cost).min().unwrap_or(0)
}

fn a_block() -> impl Strategy<Value = FlowBlock> {
    let height = prop_oneof![8 => Just(12_i64), 1 => Just(18), 1 => Just(30)];
    let space = || prop_oneof![3 => Just(0_i64), 1 => Just(12), 1 => Just(6)];
    let parts = (1..7_usize, height, 1..5_usize, prop::bool::weighted(0.2), space(), space(), 0..100_i64, 0..8_usize);
    parts.prop_map(|(count, height, least, keep_with_next, before, after, cost, kind)| {
        let (kind, on_grid) = (kind % 4, kind < 4);
        let of = |count: usize, cost| Variant { cost, ..Variant::breakable(&vec![Length::pt(height); count], least) };
        let mut variants = vec![of(count, 0)];
        if kind < 2 && count > 1 {
            variants.extend([of(count - 1, cost), of(count + 1, cost)]);
        } else if kind == 2 {
            variants = vec![Variant::unbreakable(&vec![Length::pt(height); count])];
        }
        FlowBlock {
            space_before: Length::pt(before),
            on_grid,
            space_after: Length::pt(after),
            variants,
            keep_with_next,
            repeated_head: if kind == 3 { Length::pt(12) } else { Length::ZERO },
            starts_page: false,
            starts_section: false,
        }
    })
}

/// What a generated block has beside its lines: a note (the line that refers to it, its lines), a float (the line that
/// calls for it, its height in points, its place), and whether it starts a section.
type Extras = (Option<(usize, usize)>, Option<(usize, i64, FloatPlace)>, bool);

fn extras() -> impl Strategy<Value = Extras> {
    let place = prop_oneof![
        3 => Just(FloatPlace::Any),
        1 => Just(FloatPlace::Top),
        1 => Just(FloatPlace::Bottom),
        1 => Just(FloatPlace::Page),
    ];
    (
        prop::option::weighted(0.2, (0..9_usize, 1..8_usize)),
        prop::option::weighted(0.25, (0..9_usize, prop_oneof![4 => 6..80_i64, 1 => 80..200_i64], place)),
        prop::bool::weighted(0.15),
    )
}

/// A chapter's blocks, notes and floats.
type Chapter = (Vec<FlowBlock>, Vec<Note>, Vec<Float>);

prop_compose! {
    /// A chapter with some notes and floats, each called for once, in order.
    fn a_chapter(most: usize)(blocks in prop::collection::vec((a_block(), extras()), 0..most)) -> Chapter {
        let (mut notes, mut floats) = (Vec::new(), Vec::new());
        let place = |(mut block, (reference, wanted, starts_section)): (FlowBlock, Extras)| {
            for variant in &mut block.variants {
                let count = variant.lines.len();
                if let Some((line, _)) = reference {
                    variant.lines[line % count].notes.push(notes.len());
                }
                if let Some((line, ..)) = wanted {
                    variant.lines[line % count].floats.push(floats.len());
                }
            }
            notes.extend(reference.map(|(_, count)| note(count)));
            floats.extend(wanted.map(|(_, height, place)| Float { height: Length::pt(height), place, goes_on: false }));
            FlowBlock { starts_section, ..block }
        };
        let blocks = blocks.into_iter().map(place).collect();
        (blocks, notes, floats)
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

/// Every float is set once, in order, on the page of its call or later, and on no page after the one where the next
/// section begins.
#[track_caller]
fn assert_floats_in_place(blocks: &[FlowBlock], floats: &[Float], breaks: &PageBreaks) {
    let pages = || breaks.pages.iter().enumerate();
    let set: Vec<(usize, usize)> =
        pages().flat_map(|(page, of)| of.floats.iter().map(move |float| (page, float.float))).collect();
    assert_eq!(set.iter().map(|(_, float)| *float).collect::<Vec<_>>(), (0..floats.len()).collect::<Vec<_>>());
    let page_of = |block: usize, line: usize| {
        pages()
            .find(|(_, page)| page.pieces.iter().any(|piece| piece.block == block && piece.lines.contains(&line)))
            .map(|(page, _)| page)
    };
    for &(page, float) in &set {
        let chosen = |block: usize| &blocks[block].variants[breaks.chosen[block]].lines;
        let call = (0..blocks.len()).find_map(|block| {
            chosen(block).iter().position(|line| line.floats.contains(&float)).map(|line| (block, line))
        });
        let Some((block, line)) = call else { continue };
        assert!(Some(page) >= page_of(block, line), "float {float} stands before its call");
        let next = (block + 1..blocks.len()).find(|block| blocks[*block].starts_section);
        if let Some(next) = next.and_then(|next| page_of(next, 0)) {
            assert!(page <= next, "float {float} is carried out of its section");
        }
    }
}

proptest! {
    #[test]
    fn no_line_is_lost_or_doubled_and_pages_hold_what_they_can(
        (blocks, notes, floats) in a_chapter(24),
        page in a_page(),
    ) {
        let breaks = break_pages(&blocks, &notes, &floats, &page, &PageCosts::default());
        assert_lines_in_order(&blocks, &notes, &breaks);
        assert_floats_in_place(&blocks, &floats, &breaks);
        for (index, content) in breaks.pages.iter().enumerate() {
            let is_reported = breaks
                .violations
                .iter()
                .any(|violation| violation.page == index && violation.kind == ViolationKind::Overfull);
            prop_assert_eq!(content.slack < Length::ZERO, is_reported);
            let capacity = if index == 0 { page.first_height } else { page.height };
            let separation = if content.notes.is_empty() { Length::ZERO } else { page.note_separation };
            let notes = separation + content.notes_height;
            let above: Length = content.floats.iter().map(|float| floats[float.float].height).sum();
            let between = content.floats.len() - usize::from(content.pieces.is_empty() && !content.floats.is_empty());
            let above = above + page.float_separation * i64::try_from(between).unwrap();
            prop_assert_eq!(content.text_height + above + notes + content.slack, capacity);
            // Nothing lies on anything else.
            let mut foot = Length::ZERO;
            for float in &content.floats {
                prop_assert!(float.top >= foot);
                foot = float.top + floats[float.float].height;
                prop_assert!(foot <= content.text_top || float.top >= content.text_top + content.text_height);
            }
            prop_assert!(foot <= capacity - notes || content.slack < Length::ZERO);
        }
    }

    #[test]
    fn a_float_that_several_lines_call_for_comes_with_the_first(
        (mut blocks, notes, floats) in a_chapter(16),
        page in a_page(),
        calls in prop::collection::vec((0..20_usize, 0..9_usize), 0..6),
        forced in prop::option::of(0..20_usize),
    ) {
        for (block, float) in calls {
            if let Some(block) = blocks.get_mut(block) {
                for variant in &mut block.variants {
                    variant.lines[0].floats.push(float);
                }
            }
        }
        if let Some(block) = forced.and_then(|block| blocks.get_mut(block)) {
            block.starts_page = true;
        }
        let breaks = break_pages(&blocks, &notes, &floats, &page, &PageCosts::default());
        assert_lines_in_order(&blocks, &notes, &breaks);
        let set: Vec<usize> = breaks.pages.iter().flat_map(|page| &page.floats).map(|float| float.float).collect();
        prop_assert_eq!(set, (0..floats.len()).collect::<Vec<_>>());
    }

    #[test]
    fn rules_beyond_all_costs_are_broken_only_with_a_report(
        (blocks, notes, floats) in a_chapter(24),
        page in a_page(),
    ) {
        let breaks = break_pages(&blocks, &notes, &floats, &page, &PageCosts::default());
        prop_assert!(breaks.cost() < FORCED || !breaks.violations.is_empty());
        prop_assert_eq!(&breaks, &break_pages(&blocks, &notes, &floats, &page, &PageCosts::default()));
    }

    #[test]
    fn nothing_costs_more_than_the_first_fit((blocks, notes, floats) in a_chapter(16), page in a_page()) {
        let first_fit = Naive::new(&blocks, &notes, &floats, &page, &vec![0; blocks.len()]).first_fit();
        let breaks = break_pages(&blocks, &notes, &floats, &page, &PageCosts::default());
        prop_assert!(breaks.cost() <= first_fit, "{} {}", breaks.cost(), first_fit);
    }

    #[test]
    fn the_pages_are_the_best_of_all((blocks, notes, floats) in a_chapter(6), page in a_page()) {
        let flow = flow(&blocks, &notes, &floats, &page);
        let (exact, usual) = (solve_within(&flow, &EXACT), solve_within(&flow, &Limits::USUAL));
        prop_assert_eq!(exact.cost(), least_cost(&blocks, &notes, &floats, &page));
        prop_assert!(usual.cost() >= exact.cost());
    }
}
