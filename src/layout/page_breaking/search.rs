//! The search for the best pages: a dynamic programme over the places where a page may start.
//!
//! Every way to reach a place is a way to fill the pages before it; only the cheapest is kept, once for each state of the
//! spread. From a place, the next page's ends are found from its foot upwards ([`Search::page_ends`]). Paragraphs that are
//! whole on a page can each be a line longer or shorter: for each height that they reach together, only the cheapest
//! choice is kept ([`Run`]). Floats are set in their order, so that a place says how many stand before it; each choice of
//! floats for a page leaves its text so much less room ([`Search::float_choices`]). The places are visited in the order of the flow, so each is final when its turn comes.
//!
//! The recurrence is that of Plass (1981) for pages, with the flexible paragraphs of Mittelbach (2019). Start at
//! [`solve`].

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::Range;

use super::flow::{FORCED, Flow, PageEnd, PageText};
use super::{Effort, NotePiece, PageBreaks, PageContent, Piece, PlacedFloat, Side, Violation, ViolationKind};
use crate::geometry::Length;

/// A page holds no more lines of text: a bound on the work where lines have no height.
const MOST_LINES: usize = 500;

/// How much of the search space is left out.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// A place is given up when one further on can be reached for so much less.
    pub(super) margin: i64,
    /// The most lines by which the whole paragraphs of a page together depart from their natural height.
    pub(super) drift: i64,
    /// The most heights of whole paragraphs that are pursued, the cheapest.
    pub(super) heights: usize,
}

impl Limits {
    /// Near-linear, and seldom worse than the optimum.
    pub(super) const USUAL: Self = Self { margin: 400, drift: 3, heights: 15 };

    /// No place is given up for what a tiny last page costs: for chapters of a few pages.
    pub(super) const CAREFUL: Self = Self { margin: 2_500, ..Self::USUAL };

    /// A few times as much work: for chapters in which it seems that a rule has to be broken.
    pub(super) const WIDE: Self = Self { margin: 10_000, ..Self::USUAL };

    /// No place is given up: for short chapters in which it still seems that a rule has to be broken.
    pub(super) const PATIENT: Self = Self { margin: i64::MAX / 4, ..Self::USUAL };
}

/// A page of floats has at most so many.
const MOST_FLOATS: usize = 3;

/// Where a page may start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    /// Among the flow's blocks; their number at the end of the text.
    block: usize,
    line: usize,
    /// How the block is set, if a piece of it stands above; else 0.
    shape: usize,
    /// The number of note lines that stand above.
    note: usize,
    /// The number of floats that stand on the pages before.
    float: usize,
}

/// The state of the spread at a page's start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Spread {
    /// No page faces this one, or the one that does comes after it.
    Open,
    /// It faces a page that is so many lines short.
    Facing(u8),
    /// It is the right-hand page that a chapter starts on.
    Alone,
}

/// The cheapest way to reach a place in a state of the spread.
#[derive(Clone, Copy, Debug)]
struct Way {
    spread: Spread,
    cost: i64,
    /// The page before: its start, as an index among the nodes, and its state of the spread.
    from: Option<(usize, Spread)>,
    last: LastPiece,
    floats: Floats,
}

/// A place and the ways to it.
#[derive(Debug)]
struct Node {
    place: Place,
    ways: Vec<Way>,
}

/// The foot of a page's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct LastPiece {
    block: usize,
    shape: usize,
    /// The number of the block's lines down to the foot.
    above: usize,
    /// The index of the choice for the whole blocks above it in [`Run::above`].
    choice: usize,
}

/// The floats of a page: the next in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Floats {
    None,
    /// One above the text.
    Top,
    /// One below the text.
    Foot,
    /// One above the text, and the next below it.
    Both,
    /// As many as stand between the page's start and its end, without text.
    Alone,
}

impl Floats {
    /// How many stand on a page of text.
    fn count(self) -> usize {
        match self {
            Self::None | Self::Alone => 0,
            Self::Top | Self::Foot => 1,
            Self::Both => 2,
        }
    }
}

/// A way to end a page.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    to: Place,
    /// How many lines the page is short.
    short: u8,
    cost: i64,
    last: LastPiece,
    floats: Floats,
    /// Whether it may differ from the page that faces it: where the text ends, and where there is none but floats.
    is_free: bool,
}

/// The ways to set whole blocks one below the other, from one block on, as far as a page reaches.
#[derive(Debug)]
struct Run {
    /// The first block.
    first: usize,
    /// Whether the rest of the block before it stands above.
    is_below_rest: bool,
    /// For each further block, the choices for those above it; for the first, a single empty one.
    above: Vec<Vec<Choice>>,
}

/// The cheapest way to set some blocks in a height.
#[derive(Clone, Copy, Debug)]
struct Choice {
    height: Length,
    cost: i64,
    /// How the last of the blocks is set.
    shape: usize,
    /// The choice for the blocks above that one.
    above: usize,
}

impl Candidate {
    /// Whether one of the latest in `others`, for the same place, is as good whatever page faces this one; `uneven` is the
    /// cost of each line by which facing pages differ.
    fn is_beaten(&self, others: &[Self], uneven: i64) -> bool {
        let beats = |other: &Self| self.cost >= other.cost + i64::from(self.short.abs_diff(other.short)) * uneven;
        others.iter().rev().take_while(|other| other.to == self.to).any(beats)
    }
}

impl Choice {
    /// No blocks.
    const NONE: Self = Self { height: Length::ZERO, cost: 0, shape: 0, above: 0 };
}

/// A chapter of no more lines takes little time in a careful search.
const FEW: usize = 120;

/// A chapter of no more lines is short.
const SHORT: usize = 1_000;

/// Finds the pages, with as much patience as the chapter needs: where the usual search breaks a rule, a wider one may not.
pub(super) fn solve(flow: &Flow) -> PageBreaks {
    let lines: usize = flow.blocks.iter().map(|block| block.shapes[0].lines()).sum();
    let first = if lines <= FEW { &Limits::CAREFUL } else { &Limits::USUAL };
    let mut best = solve_within(flow, first);
    if !best.violations.is_empty() {
        best = cheaper(best, solve_within(flow, &Limits::WIDE));
    }
    if best.cost() >= FORCED && lines + flow.floats.len() * 10 <= SHORT {
        best = cheaper(best, solve_within(flow, &Limits::PATIENT));
    }
    best
}

/// The cheaper of two results, for the effort of both.
fn cheaper(one: PageBreaks, other: PageBreaks) -> PageBreaks {
    let effort =
        Effort { places: one.effort.places + other.effort.places, pages: one.effort.pages + other.effort.pages };
    PageBreaks { effort, ..if other.cost() < one.cost() { other } else { one } }
}

/// Finds the pages whose demerits add up to the least, but for what `limits` leaves out.
pub(super) fn solve_within(flow: &Flow, limits: &Limits) -> PageBreaks {
    let mut search = Search {
        flow,
        limits,
        nodes: Vec::new(),
        pending: BTreeMap::new(),
        ahead: Ahead::default(),
        effort: Effort::default(),
    };
    let end = search.run();
    PageBreaks { effort: search.effort, ..search.page_breaks(end) }
}

struct Search<'a> {
    flow: &'a Flow,
    limits: &'a Limits,
    nodes: Vec<Node>,
    /// The places that are reached and not yet visited, as indices in `nodes`.
    pending: BTreeMap<Place, usize>,
    ahead: Ahead,
    effort: Effort,
}

/// How cheaply one can get beyond a place: the places reached that no place further on beats, from the furthest, which is
/// the dearest, to the nearest.
#[derive(Default)]
struct Ahead {
    steps: Vec<(Place, i64)>,
}

impl Ahead {
    /// Forgets the places up to `place`.
    fn pass(&mut self, place: Place) {
        while self.steps.last().is_some_and(|(step, _)| *step <= place) {
            self.steps.pop();
        }
    }

    /// The least cost of a place beyond `place`.
    fn least_beyond(&self, place: Place) -> i64 {
        let beyond = self.steps.partition_point(|(step, _)| *step > place);
        beyond.checked_sub(1).map_or(i64::MAX, |nearest| self.steps[nearest].1)
    }

    /// Notes that a place was reached.
    fn reach(&mut self, place: Place, cost: i64) {
        let beyond = self.steps.partition_point(|(step, _)| *step > place);
        if beyond > 0 && self.steps[beyond - 1].1 <= cost {
            return;
        }
        let beaten = self.steps[beyond..].partition_point(|(_, other)| *other >= cost);
        self.steps.splice(beyond..beyond + beaten, [(place, cost)]);
    }
}

impl Search<'_> {
    /// Visits the places from the first on, and returns the node of the end.
    fn run(&mut self) -> usize {
        let place = Place { block: 0, line: 0, shape: 0, note: 0, float: 0 };
        let spread = match self.flow.page.facing {
            Some(Side::Recto) => Spread::Alone,
            Some(Side::Verso) | None => Spread::Open,
        };
        let last = LastPiece { block: 0, shape: 0, above: 0, choice: 0 };
        self.nodes.push(Node { place, ways: vec![Way { spread, cost: 0, from: None, last, floats: Floats::None }] });
        self.pending.insert(place, 0);
        let mut run = Run { first: usize::MAX, is_below_rest: false, above: Vec::new() };
        let mut end = 0;
        while let Some((place, index)) = self.pending.pop_first() {
            end = index;
            self.ahead.pass(place);
            self.keep_best_ways(index);
            if self.nodes[index].ways.is_empty() || self.is_end(place) {
                continue;
            }
            self.effort.places += 1;
            if run.first != whole_from(place) || run.is_below_rest != (place.line > 0) {
                run = self.run_from(place);
            }
            for candidate in self.page_ends(place, index == 0, &run) {
                self.relax(index, &candidate);
            }
        }
        end
    }

    /// Whether text, notes and floats are all set above a place.
    fn is_end(&self, place: Place) -> bool {
        place.block == self.flow.blocks.len()
            && place.note == self.flow.note_lines()
            && place.float == self.flow.floats.len()
    }

    /// Continues every way to a node with a page.
    fn relax(&mut self, from: usize, page: &Candidate) {
        let dearest = self.ahead.least_beyond(page.to).saturating_add(self.limits.margin);
        let debt = self.debt(page.to);
        let mut to = None;
        for index in 0..self.nodes[from].ways.len() {
            self.effort.pages += 1;
            let way = self.nodes[from].ways[index];
            let (spread, uneven) = match (self.flow.page.facing, way.spread) {
                (None, _) | (Some(_), Spread::Alone) => (Spread::Open, 0),
                (Some(_), Spread::Open) => (Spread::Facing(page.short), 0),
                (Some(_), Spread::Facing(short)) => (Spread::Open, i64::from(short.abs_diff(page.short))),
            };
            let uneven = if page.is_free { 0 } else { uneven * self.uneven_spread() };
            let cost = way.cost + page.cost + uneven;
            if cost > dearest {
                continue;
            }
            let to = *to.get_or_insert_with(|| {
                let next = self.nodes.len();
                let to = *self.pending.entry(page.to).or_insert(next);
                if to == next {
                    self.nodes.push(Node { place: page.to, ways: Vec::new() });
                }
                to
            });
            let new = Way { spread, cost, from: Some((from, way.spread)), last: page.last, floats: page.floats };
            let ways = &mut self.nodes[to].ways;
            match ways.iter_mut().find(|old| old.spread == spread) {
                Some(old) if old.cost <= cost => continue,
                Some(old) => *old = new,
                None => ways.push(new),
            }
            self.ahead.reach(page.to, cost + debt);
        }
    }

    /// What the floats that wait at a place may cost yet: a place is not given up for one that has put them off.
    fn debt(&self, place: Place) -> i64 {
        let waiting = self.flow.floats_above(place.block, place.line, place.shape).saturating_sub(place.float);
        i64::try_from(waiting.min(MOST_FLOATS)).unwrap_or(0) * self.flow.costs.tiny_page
    }

    /// The ways to set the blocks that are whole on a page which starts at `place`, as far as the higher page reaches.
    fn run_from(&self, place: Place) -> Run {
        let (first, is_below_rest) = (whole_from(place), place.line > 0);
        let blocks = &self.flow.blocks;
        let reach = self.flow.page.height.max(self.flow.page.first_height);
        let drift = self.flow.page.grid * self.limits.drift;
        let mut above = vec![vec![Choice::NONE]];
        let (mut natural, mut lines) = (Length::ZERO, 0);
        for block in first..blocks.len().saturating_sub(1) {
            let shapes = &blocks[block].shapes;
            let start = |height| {
                if block > first || is_below_rest { self.flow.start_below(block, height) } else { height }
            };
            natural = start(natural) + shapes[0].height();
            lines += shapes[0].lines();
            let mut choices: Vec<Choice> = Vec::new();
            for (index, choice) in above[block - first].iter().enumerate() {
                for (shape, of) in shapes.iter().enumerate() {
                    let height = start(choice.height) + of.height();
                    if (height - natural).abs() <= drift && height <= reach {
                        choices.push(Choice { height, cost: choice.cost + of.cost, shape, above: index });
                    }
                }
            }
            choices.sort_by_key(|choice| (choice.height, choice.cost));
            choices.dedup_by_key(|choice| choice.height);
            self.keep_cheapest(&mut choices);
            if choices.is_empty() || lines >= MOST_LINES {
                break;
            }
            above.push(choices);
        }
        Run { first, is_below_rest, above }
    }

    /// Leaves out choices beyond the limits.
    fn keep_cheapest(&self, choices: &mut Vec<Choice>) {
        let least = choices.iter().map(|choice| choice.cost).min().unwrap_or(0);
        let dearest = least.saturating_add(self.limits.margin);
        choices.retain(|choice| choice.cost <= dearest);
        if choices.len() > self.limits.heights {
            choices.sort_by_key(|choice| (choice.cost, choice.height));
            choices.truncate(self.limits.heights);
            choices.sort_by_key(|choice| choice.height);
        }
    }

    /// The ways to end a page that starts at `from`; never empty but at the end, and each further on than `from`.
    fn page_ends(&self, from: Place, is_first: bool, run: &Run) -> Vec<Candidate> {
        let flow = self.flow;
        let mut scan = Scan {
            flow,
            from,
            is_first,
            floats: Floats::None,
            room: flow.capacity(is_first),
            margin: self.limits.margin,
            uneven_spread: self.uneven_spread(),
            least: i64::MAX,
            found: Vec::with_capacity(128),
        };
        for floats in self.float_choices(from, run) {
            scan.floats = floats;
            scan.room = flow.capacity(is_first) - scan.floats_height();
            scan.least = i64::MAX;
            self.text_ends(&mut scan, run);
            if floats == Floats::None && scan.found.is_empty() {
                scan.single_line();
            }
        }
        scan.notes_alone();
        scan.floats_alone();
        self.best_candidates(scan.found)
    }

    /// The floats that a page of text which starts at `from` may have, as far as it may reach their calls.
    fn float_choices(&self, from: Place, run: &Run) -> Vec<Floats> {
        let flow = self.flow;
        let next = from.float;
        let mut choices = vec![Floats::None];
        let last = (run.first + run.above.len() - 1).min(flow.blocks.len().saturating_sub(1));
        let Some(of) = flow.blocks.get(last) else { return choices };
        let called = of.shapes[0].float_calls[of.shapes[0].lines()];
        if next < called {
            let may_top = flow.may_top(next, from.block, from.line);
            choices.extend(may_top.then_some(Floats::Top));
            choices.extend(flow.may_foot(next).then_some(Floats::Foot));
            if next + 1 < called && may_top && flow.may_foot(next + 1) {
                choices.push(Floats::Both);
            }
        }
        choices
    }

    /// Adds the ends of a page of text, from its foot upwards, until the pages are too short.
    fn text_ends(&self, scan: &mut Scan<'_>, run: &Run) {
        let (flow, from) = (self.flow, scan.from);
        let rest = flow.blocks.get(from.block).filter(|_| from.line > 0).map(|block| {
            let of = &block.shapes[from.shape];
            (block.repeated_head - of.depth[from.line], of.lines() - from.line, of.height())
        });
        let (top, lines) = match rest {
            Some((top, lines, height)) => ((top + height).round_up(flow.page.grid), lines),
            None => (Length::ZERO, 0),
        };
        let mut lines_above = vec![lines];
        for offset in 1..run.above.len() {
            lines_above.push(lines_above[offset - 1] + flow.blocks[run.first + offset - 1].shapes[0].lines());
        }
        let mut is_done = false;
        for (offset, choices) in run.above.iter().enumerate().rev() {
            let block = run.first + offset;
            let Some(of) = flow.blocks.get(block) else { break };
            let room = MOST_LINES.saturating_sub(lines_above[offset]);
            let start = |way: &Choice| {
                let is_below = offset > 0 || run.is_below_rest;
                (if is_below { flow.start_below(block, way.height) } else { way.height }, way.cost)
            };
            let starts: Vec<(Length, i64)> = choices.iter().map(start).collect();
            let least = scan.least;
            let mut least_here = least;
            for shape in 0..of.shapes.len() {
                scan.least = least;
                scan.ends_in(block, shape, 0..room, top, &starts);
                least_here = least_here.min(scan.least);
            }
            scan.least = least_here;
            // Where what stands above ends, at most: a page that ends there is shorter than one that ends in the block.
            let highest = choices.last().map_or(top, |choice| top + choice.height);
            if scan.is_too_short(highest, of.shapes[0].calls[0]) {
                is_done = true;
                break;
            }
        }
        if let Some((top, ..)) = rest.filter(|_| !is_done) {
            scan.ends_in(from.block, from.shape, from.line..from.line + MOST_LINES, top, &[(Length::ZERO, 0)]);
        }
    }

    /// Leaves out candidates that are no better than another for the same place, whatever page faces them, and those that
    /// are dearer than one further on by the margin.
    fn best_candidates(&self, mut candidates: Vec<Candidate>) -> Vec<Candidate> {
        candidates.sort_by_key(|page| (Reverse(page.to), page.cost, page.short, page.floats, page.last));
        let uneven = self.uneven_spread();
        let mut least = i64::MAX;
        let mut best: Vec<Candidate> = Vec::new();
        for page in candidates {
            least = least.min(page.cost);
            let beats =
                |other: &Candidate| page.cost >= other.cost + i64::from(page.short.abs_diff(other.short)) * uneven;
            let is_beaten = best.iter().rev().take_while(|other| other.to == page.to).any(beats);
            if !is_beaten && page.cost <= least.saturating_add(self.limits.margin) {
                best.push(page);
            }
        }
        best
    }

    /// The cost of each line by which facing pages differ.
    fn uneven_spread(&self) -> i64 {
        if self.flow.page.facing.is_some() { self.flow.costs.uneven_spread } else { 0 }
    }

    /// Leaves out the ways to a node that are dearer than a place further on by the margin, or no better than another way
    /// to it, whatever page follows.
    fn keep_best_ways(&mut self, node: usize) {
        let dearest = self.ahead.least_beyond(self.nodes[node].place).saturating_add(self.limits.margin);
        let uneven = self.uneven_spread();
        let ways = &mut self.nodes[node].ways;
        ways.sort_unstable_by_key(|way| (way.cost, way.spread));
        let mut best: Vec<Way> = Vec::new();
        for way in ways.iter().take_while(|way| way.cost <= dearest) {
            let beats = |other: &Way| match (other.spread, way.spread) {
                (Spread::Facing(one), Spread::Facing(two)) => {
                    way.cost >= other.cost + i64::from(one.abs_diff(two)) * uneven
                }
                (Spread::Open | Spread::Alone, _) | (_, Spread::Open | Spread::Alone) => false,
            };
            if !best.iter().any(beats) {
                best.push(*way);
            }
        }
        *ways = best;
    }

    /// Follows the cheapest way back from the end.
    fn page_breaks(&self, end: usize) -> PageBreaks {
        let mut result = PageBreaks { chosen: vec![0; self.flow.block_count], ..PageBreaks::default() };
        let cheapest = self.nodes[end].ways.iter().min_by_key(|way| (way.cost, way.spread));
        let mut next = cheapest.map(|way| (end, way));
        let mut ways = Vec::new();
        while let Some((node, way)) = next {
            let Some((from, spread)) = way.from else { break };
            let before = self.nodes[from].ways.iter().find(|way| way.spread == spread);
            ways.push((from, node, way, way.cost - before.map_or(0, |before| before.cost)));
            next = before.map(|before| (from, before));
        }
        for (page, (from, to, way, cost)) in ways.into_iter().rev().enumerate() {
            let ends = (self.nodes[from].place, self.nodes[to].place);
            let content = self.page_content(page, ends, way.last, way.floats, &mut result);
            result.pages.push(PageContent { cost, ..content });
        }
        // A widow shows where the text goes on.
        for violation in result.violations.iter_mut().filter(|violation| violation.kind == ViolationKind::Widow) {
            let rest = result.pages.get(violation.page..).unwrap_or_default();
            violation.page += rest.iter().take_while(|page| page.pieces.is_empty()).count();
        }
        result.violations.sort_by_key(|violation| (violation.page, violation.block, violation.kind));
        result
    }

    /// The content of a page between two places; notes the variants chosen and the rules broken in `result`.
    fn page_content(
        &self,
        page: usize,
        (from, to): (Place, Place),
        last: LastPiece,
        floats: Floats,
        result: &mut PageBreaks,
    ) -> PageContent {
        let flow = self.flow;
        let has_text = (from.block, from.line) != (to.block, to.line);
        let mut content = PageContent { notes: self.note_pieces(from.note..to.note), ..PageContent::default() };
        if has_text {
            for (block, shape, lines) in self.pieces(from, last) {
                let of = &flow.blocks[block];
                let above = match content.pieces.as_slice() {
                    [rest] if rest.lines.start > 0 => content.text_height.round_up(flow.page.grid),
                    _ => content.text_height,
                };
                let top = if content.pieces.is_empty() { above } else { flow.start_below(block, above) };
                let head = if lines.start > 0 { of.repeated_head } else { Length::ZERO };
                let depth = &of.shapes[shape].depth;
                content.text_height = top + head + depth[lines.end] - depth[lines.start];
                result.chosen[of.index] = of.shapes[shape].variant;
                content.pieces.push(Piece { block: of.index, lines, top });
            }
            let is_kept = last.block > from.block && flow.blocks[last.block - 1].keep_with_next;
            let (_, broken) = flow.end_below(last.block, last.shape, last.above, is_kept);
            let block = flow.blocks[last.block].index;
            result.violations.extend(broken.into_iter().flatten().map(|kind| Violation {
                kind,
                page: if kind == ViolationKind::Widow { page + 1 } else { page },
                block,
            }));
        }
        let mut text = PageText {
            is_first: page == 0,
            floats_height: Length::ZERO,
            height: has_text.then_some(content.text_height),
            set: from.note,
            called: flow.called_above(to.block, to.line, to.shape),
            ends_flow: to.block == flow.blocks.len(),
        };
        let end = if floats == Floats::Alone {
            flow.float_page_end(from.float, to.float - from.float, &text).unwrap_or_else(|| flow.page_end(&text))
        } else {
            text.floats_height = flow.floats_height(from.float..to.float);
            flow.page_end(&text)
        };
        content.slack = end.slack;
        content.notes_height = flow.notes_height(from.note, to.note);
        self.place_floats(&mut content, from.float..to.float, floats, &text);
        let note_block = |line: usize| flow.note_of(line).map_or(0, |note| note.block);
        if end.displaced_note {
            let block = note_block(to.note);
            result.violations.push(Violation { kind: ViolationKind::DisplacedNote, page, block });
        }
        if end.slack < Length::ZERO {
            let block = match (content.pieces.first(), flow.floats.get(from.float)) {
                (Some(piece), _) => piece.block,
                (None, Some(float)) if floats == Floats::Alone => {
                    flow.blocks.get(float.block).map_or(0, |block| block.index)
                }
                (None, _) => note_block(from.note),
            };
            result.violations.push(Violation { kind: ViolationKind::Overfull, page, block });
        }
        content
    }

    /// Sets down the floats of a page: those below the text at the foot of the page, above its notes; where the text ends,
    /// right below it.
    fn place_floats(&self, content: &mut PageContent, which: Range<usize>, floats: Floats, text: &PageText) {
        let flow = self.flow;
        let separation = flow.page.float_separation;
        let mut top = Length::ZERO;
        for (number, float) in flow.floats[which].iter().enumerate() {
            if floats == Floats::Foot || (floats == Floats::Both && number == 1) {
                top += content.text_height + separation;
                top += if text.ends_flow { Length::ZERO } else { content.slack.max(Length::ZERO) };
            }
            content.floats.push(PlacedFloat { float: float.index, top });
            top += float.height + separation;
            if matches!(floats, Floats::Top | Floats::Both) && number == 0 {
                content.text_top = top;
            }
        }
    }

    /// The blocks of a page, how each is set, and its lines.
    fn pieces(&self, from: Place, last: LastPiece) -> Vec<(usize, usize, Range<usize>)> {
        if last.block == from.block {
            return vec![(last.block, last.shape, from.line..last.above)];
        }
        let run = self.run_from(from);
        let mut pieces = vec![(last.block, last.shape, 0..last.above)];
        let mut index = last.choice;
        for block in (run.first..last.block).rev() {
            let choice = run.above[block + 1 - run.first][index];
            pieces.push((block, choice.shape, 0..self.flow.blocks[block].shapes[choice.shape].lines()));
            index = choice.above;
        }
        if from.line > 0 {
            pieces.push((from.block, from.shape, from.line..self.flow.blocks[from.block].shapes[from.shape].lines()));
        }
        pieces.reverse();
        pieces
    }

    /// The notes to which some note lines belong.
    fn note_pieces(&self, lines: Range<usize>) -> Vec<NotePiece> {
        if lines.is_empty() {
            return Vec::new();
        }
        let notes = &self.flow.notes;
        let first = notes.partition_point(|note| note.start <= lines.start).saturating_sub(1);
        let ends = notes.iter().skip(1).map(|note| note.start).chain([self.flow.note_lines()]).skip(first);
        let within = |(note, end): (&super::flow::PlacedNote, usize)| NotePiece {
            note: note.index,
            lines: lines.start.max(note.start) - note.start..lines.end.min(end) - note.start,
        };
        notes[first..].iter().zip(ends).take_while(|(note, _)| note.start < lines.end).map(within).collect()
    }
}

/// The first block that can be whole on a page.
fn whole_from(place: Place) -> usize {
    if place.line > 0 { place.block + 1 } else { place.block }
}

/// The ends of one page, as far as they are found.
struct Scan<'a> {
    flow: &'a Flow,
    from: Place,
    is_first: bool,
    /// The floats of the page, and the room that they leave.
    floats: Floats,
    room: Length,
    margin: i64,
    uneven_spread: i64,
    /// The least cost of the page ends that are known to lie further on than those being looked at.
    least: i64,
    found: Vec<Candidate>,
}

impl Scan<'_> {
    /// The number of floats that stand on the page or before it.
    fn floats_set(&self) -> usize {
        self.from.float + self.floats.count()
    }

    /// What the floats take of the page.
    fn floats_height(&self) -> Length {
        self.flow.floats_height(self.from.float..self.floats_set())
    }

    /// Whether the page may hold the beginning of a block: the floats of the sections before are all set, and none of them
    /// below it.
    fn may_reach(&self, block: usize) -> bool {
        let settled = self.flow.blocks[block].settled;
        let before = match self.floats {
            Floats::None | Floats::Top | Floats::Alone => self.floats_set(),
            Floats::Foot | Floats::Both => self.floats_set() - 1,
        };
        before >= settled
    }

    /// Adds the page ends in a block, set in a shape, of which `lines` may stand on the page. Below `top`, its first line
    /// would be at each of `starts`, ascending, at the cost of the whole blocks above it.
    fn ends_in(&mut self, block: usize, shape: usize, lines: Range<usize>, top: Length, starts: &[(Length, i64)]) {
        let of = &self.flow.blocks[block].shapes[shape];
        let most = lines.end.min(of.lines());
        let (Some((lowest, _)), Some((highest, _))) = (starts.first(), starts.last()) else { return };
        if most <= lines.start || !self.may_reach(block) {
            return;
        }
        let (room, set) = (self.room, self.floats_set());
        let fits = |&depth: &Length| top + *lowest + depth <= room;
        let fitting = of.depth[lines.start + 1..=most].partition_point(fits);
        for above in (lines.start + 1..=lines.start + fitting).rev() {
            let depth = top + of.depth[above];
            if of.float_calls[above] < set || self.is_too_short(depth + *highest, of.calls[above]) {
                break;
            }
            self.add(block, shape, above, depth, starts.iter().take_while(|(start, _)| depth + *start <= room));
        }
    }

    /// Adds the end of a page that holds nothing but a single line, which is too high.
    fn single_line(&mut self) {
        let Place { block, line, .. } = self.from;
        let Some(of) = self.flow.blocks.get(block).filter(|_| self.may_reach(block)) else { return };
        let (shapes, head) = match line {
            0 => (0..of.shapes.len(), Length::ZERO),
            _ => (self.from.shape..self.from.shape + 1, of.repeated_head),
        };
        for shape in shapes {
            let depth = &of.shapes[shape].depth;
            self.add(block, shape, line + 1, head + depth[line + 1] - depth[line], [&(Length::ZERO, 0)]);
        }
    }

    /// Adds the end of a page that holds nothing but the notes that are still to be set.
    fn notes_alone(&mut self) {
        let Place { block, line, shape, note, .. } = self.from;
        if self.flow.called_above(block, line, shape) > note {
            let end = self.flow.page_end(&self.no_text());
            self.floats = Floats::None;
            self.add_textless(self.from.float, &end);
        }
    }

    /// Adds the ends of a page that holds nothing but floats that are called for above it, and the notes that are still to
    /// be set.
    fn floats_alone(&mut self) {
        let Place { block, line, shape, float, .. } = self.from;
        let waiting = self.flow.floats_above(block, line, shape).saturating_sub(float);
        self.floats = Floats::Alone;
        for count in 1..=waiting.min(MOST_FLOATS) {
            let Some(end) = self.flow.float_page_end(float, count, &self.no_text()) else { break };
            self.add_textless(float + count, &end);
        }
    }

    /// A page without text.
    fn no_text(&self) -> PageText {
        let Place { block, line, shape, note, .. } = self.from;
        PageText {
            is_first: self.is_first,
            floats_height: Length::ZERO,
            height: None,
            set: note,
            called: self.flow.called_above(block, line, shape),
            ends_flow: block == self.flow.blocks.len(),
        }
    }

    /// Adds the end of a page without text, with which so many floats are set.
    fn add_textless(&mut self, set: usize, end: &PageEnd) {
        let Place { block, line, shape, .. } = self.from;
        let waiting = self.flow.floats_above(block, line, shape).saturating_sub(set);
        let last = LastPiece { block, shape, above: line, choice: 0 };
        self.least = i64::MAX;
        self.push(Place { float: set, ..self.from }, end, last, self.flow.waiting_cost(waiting));
    }

    /// Adds the page ends below the first `above` lines of a block, `depth` from the top of the page but for the whole
    /// blocks above, which take each of `starts`.
    fn add<'c>(
        &mut self,
        block: usize,
        shape: usize,
        above: usize,
        depth: Length,
        starts: impl IntoIterator<Item = &'c (Length, i64)>,
    ) {
        let flow = self.flow;
        let of = &flow.blocks[block].shapes[shape];
        let float = self.floats_set();
        let to = if above == of.lines() {
            Place { block: block + 1, line: 0, shape: 0, note: 0, float }
        } else {
            Place { block, line: above, shape, note: 0, float }
        };
        let is_kept = block > self.from.block && flow.blocks[block - 1].keep_with_next;
        let (break_cost, _) = flow.end_below(block, shape, above, is_kept);
        let begins_here = block > self.from.block || self.from.line == 0;
        let cost = break_cost + if begins_here { of.cost } else { 0 };
        let called = of.float_calls[above];
        let cost = cost + flow.waiting_cost(called.saturating_sub(float)) + flow.parting_cost(float..called);
        let mut text = PageText {
            is_first: self.is_first,
            floats_height: self.floats_height(),
            height: None,
            set: self.from.note,
            called: of.calls[above],
            ends_flow: to.block == flow.blocks.len(),
        };
        let mut least = self.least;
        for (choice, &(start, way_cost)) in starts.into_iter().enumerate() {
            let cost = cost + way_cost;
            if cost > self.dearest() {
                continue;
            }
            text.height = Some(depth + start);
            let end = flow.page_end(&text);
            self.push(to, &end, LastPiece { block, shape, above, choice }, cost);
            least = least.min(cost + end.cost);
        }
        self.least = least;
    }

    /// The most that a page end may cost to be of use.
    fn dearest(&self) -> i64 {
        self.least.saturating_add(self.margin)
    }

    /// Adds a page end, if it does not cost too much.
    fn push(&mut self, to: Place, end: &PageEnd, last: LastPiece, cost: i64) {
        let cost = cost + end.cost;
        if cost <= self.dearest() {
            let is_alone = self.floats == Floats::Alone;
            let is_free = is_alone || (to.block == self.flow.blocks.len() && end.note == self.flow.note_lines());
            let to = Place { note: end.note, ..to };
            let short = if is_alone { 0 } else { self.flow.lines_short(end.slack) };
            let page = Candidate { to, short, cost, last, floats: self.floats, is_free };
            if !page.is_beaten(&self.found, self.uneven_spread) {
                self.found.push(page);
            }
        }
    }

    /// Whether a page whose text is `height` high or less is given up for being short.
    fn is_too_short(&self, height: Length, called: usize) -> bool {
        let (is_first, set) = (self.is_first, self.from.note);
        let text = PageText {
            is_first,
            floats_height: self.floats_height(),
            height: Some(height),
            set,
            called: called.max(set),
            ends_flow: false,
        };
        self.flow.least_cost(&text) > self.dearest()
    }
}
