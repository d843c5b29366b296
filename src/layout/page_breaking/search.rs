//! The search for the best pages: a dynamic programme over the places where a page may start.
//!
//! Every way to reach a place is a way to fill the pages before it; only the cheapest is kept, once for each state of the
//! spread. From a place, the next page's ends are found from its foot upwards ([`Search::page_ends`]). Paragraphs that are
//! whole on a page can each be a line longer or shorter: for each height that they reach together, only the cheapest
//! choice is kept ([`Run`]). The places are visited in the order of the flow, so each is final when its turn comes.
//!
//! The recurrence is that of Plass (1981) for pages, with the flexible paragraphs of Mittelbach (2019). Start at
//! [`solve`].

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::ops::Range;

use super::flow::{FORCED, Flow, PageEnd, PageText};
use super::{NotePiece, PageBreaks, PageContent, Piece, Side, Violation, ViolationKind};
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
    pub(super) const USUAL: Self = Self { margin: 1_000, drift: 3, heights: 15 };

    /// A few times as much work: for chapters in which it seems that a rule has to be broken.
    pub(super) const WIDE: Self = Self { margin: 10_000, ..Self::USUAL };

    /// No place is given up: for short chapters in which it still seems that a rule has to be broken.
    pub(super) const PATIENT: Self = Self { margin: i64::MAX / 4, ..Self::USUAL };
}

/// What a search took, in steps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Effort {
    /// Page starts that were pursued.
    pub(super) places: usize,
    /// Pages that were tried.
    pub(super) pages: usize,
}

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

/// A way to end a page.
#[derive(Clone, Copy, Debug)]
struct Candidate {
    to: Place,
    /// How many lines the page is short.
    short: u8,
    cost: i64,
    last: LastPiece,
    /// Whether it is the last page.
    is_last: bool,
}

/// The ways to set whole blocks one below the other, from one block on, as far as a page reaches.
#[derive(Debug)]
struct Run {
    /// The first block.
    first: usize,
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

/// A chapter of no more lines is short.
const SHORT: usize = 1_000;

/// Finds the pages, with as much patience as the chapter needs: where the usual search breaks a rule, a wider one may not.
pub(super) fn solve(flow: &Flow) -> PageBreaks {
    let lines: usize = flow.blocks.iter().map(|block| block.shapes[0].lines()).sum();
    let mut best = solve_within(flow, &Limits::USUAL).0;
    if !best.violations.is_empty() {
        best = cheaper(best, solve_within(flow, &Limits::WIDE).0);
    }
    if best.cost() >= FORCED && lines <= SHORT {
        best = cheaper(best, solve_within(flow, &Limits::PATIENT).0);
    }
    best
}

fn cheaper(one: PageBreaks, other: PageBreaks) -> PageBreaks {
    if other.cost() < one.cost() { other } else { one }
}

/// Finds the pages whose demerits add up to the least, but for what `limits` leaves out.
pub(super) fn solve_within(flow: &Flow, limits: &Limits) -> (PageBreaks, Effort) {
    let mut search = Search {
        flow,
        limits,
        nodes: Vec::new(),
        pending: BTreeMap::new(),
        ahead: BinaryHeap::new(),
        effort: Effort::default(),
    };
    let end = search.run();
    (search.page_breaks(end), search.effort)
}

struct Search<'a> {
    flow: &'a Flow,
    limits: &'a Limits,
    nodes: Vec<Node>,
    /// The places that are reached and not yet visited, as indices in `nodes`.
    pending: BTreeMap<Place, usize>,
    /// The costs at which pending places were reached; those of places already visited are dropped lazily.
    ahead: BinaryHeap<Reverse<(i64, Place)>>,
    effort: Effort,
}

impl Search<'_> {
    /// Visits the places from the first on, and returns the node of the end.
    fn run(&mut self) -> usize {
        let place = Place { block: 0, line: 0, shape: 0, note: 0 };
        let spread = match self.flow.page.facing {
            Some(Side::Recto) => Spread::Alone,
            Some(Side::Verso) | None => Spread::Open,
        };
        let last = LastPiece { block: 0, shape: 0, above: 0, choice: 0 };
        self.nodes.push(Node { place, ways: vec![Way { spread, cost: 0, from: None, last }] });
        self.pending.insert(place, 0);
        let mut run = Run { first: usize::MAX, above: Vec::new() };
        let mut end = 0;
        while let Some((place, index)) = self.pending.pop_first() {
            end = index;
            while self.ahead.peek().is_some_and(|Reverse((_, other))| *other <= place) {
                self.ahead.pop();
            }
            self.keep_best_ways(index);
            if self.nodes[index].ways.is_empty() || self.is_end(place) {
                continue;
            }
            self.effort.places += 1;
            let first = whole_from(place);
            if run.first != first {
                run = self.run_from(first);
            }
            for candidate in self.page_ends(place, index == 0, &run) {
                self.relax(index, &candidate);
            }
        }
        end
    }

    /// Whether text and notes are all set above a place.
    fn is_end(&self, place: Place) -> bool {
        place.block == self.flow.blocks.len() && place.note == self.flow.note_lines()
    }

    /// Continues every way to a node with a page.
    fn relax(&mut self, from: usize, page: &Candidate) {
        let next = self.nodes.len();
        let to = *self.pending.entry(page.to).or_insert(next);
        if to == next {
            self.nodes.push(Node { place: page.to, ways: Vec::new() });
        }
        for index in 0..self.nodes[from].ways.len() {
            self.effort.pages += 1;
            let way = self.nodes[from].ways[index];
            let (spread, uneven) = match (self.flow.page.facing, way.spread) {
                (None, _) | (Some(_), Spread::Alone) => (Spread::Open, 0),
                (Some(_), Spread::Open) => (Spread::Facing(page.short), 0),
                (Some(_), Spread::Facing(short)) => (Spread::Open, i64::from(short.abs_diff(page.short))),
            };
            let uneven = if page.is_last { 0 } else { uneven * self.uneven_spread() };
            let cost = way.cost + page.cost + uneven;
            let new = Way { spread, cost, from: Some((from, way.spread)), last: page.last };
            let ways = &mut self.nodes[to].ways;
            match ways.iter_mut().find(|old| old.spread == spread) {
                Some(old) if old.cost <= cost => continue,
                Some(old) => *old = new,
                None => ways.push(new),
            }
            self.ahead.push(Reverse((cost, page.to)));
        }
    }

    /// The ways to set the blocks from `first` on, as far as the higher page reaches.
    fn run_from(&self, first: usize) -> Run {
        let blocks = &self.flow.blocks;
        let reach = self.flow.page.height.max(self.flow.page.first_height);
        let drift = self.flow.page.grid * self.limits.drift;
        let mut above = vec![vec![Choice::NONE]];
        let (mut natural, mut lines) = (Length::ZERO, 0);
        for block in first..blocks.len().saturating_sub(1) {
            let shapes = &blocks[block].shapes;
            let space = if block > first { self.flow.space_above(block) } else { Length::ZERO };
            natural += space + shapes[0].height();
            lines += shapes[0].lines();
            let mut choices: Vec<Choice> = Vec::new();
            for (index, choice) in above[block - first].iter().enumerate() {
                for (shape, of) in shapes.iter().enumerate() {
                    let height = choice.height + space + of.height();
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
        Run { first, above }
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
            margin: self.limits.margin,
            uneven_spread: self.uneven_spread(),
            least: i64::MAX,
            found: Vec::with_capacity(128),
        };
        let rest = flow.blocks.get(from.block).filter(|_| from.line > 0).map(|block| {
            let of = &block.shapes[from.shape];
            (block.repeated_head - of.depth[from.line], of.lines() - from.line, of.height())
        });
        let (top, lines) = match rest {
            Some((top, lines, height)) if run.first < flow.blocks.len() => {
                (top + height + flow.space_above(run.first), lines)
            }
            Some(_) | None => (Length::ZERO, 0),
        };
        let mut lines_above = vec![lines];
        for offset in 1..run.above.len() {
            lines_above.push(lines_above[offset - 1] + flow.blocks[run.first + offset - 1].shapes[0].lines());
        }
        // From the foot of the page upwards, until the pages are too short.
        let mut is_done = false;
        for (offset, choices) in run.above.iter().enumerate().rev() {
            let block = run.first + offset;
            let Some(of) = flow.blocks.get(block) else { break };
            let room = MOST_LINES.saturating_sub(lines_above[offset]);
            let space = if offset > 0 { flow.space_above(block) } else { Length::ZERO };
            let least = scan.least;
            let mut least_here = least;
            for shape in 0..of.shapes.len() {
                scan.least = least;
                scan.ends_in(block, shape, 0..room, top + space, choices);
                least_here = least_here.min(scan.least);
            }
            scan.least = least_here;
            let highest = choices.last().map_or(top, |choice| top + choice.height);
            if scan.is_too_short(highest, of.shapes[0].calls[0]) {
                is_done = true;
                break;
            }
        }
        if let Some((top, ..)) = rest.filter(|_| !is_done) {
            scan.ends_in(from.block, from.shape, from.line..from.line + MOST_LINES, top, &[Choice::NONE]);
        }
        if scan.found.is_empty() {
            scan.single_line();
        }
        scan.notes_alone();
        self.best_candidates(scan.found)
    }

    /// Leaves out candidates that are no better than another for the same place, whatever page faces them, and those that
    /// are dearer than one further on by the margin.
    fn best_candidates(&self, mut candidates: Vec<Candidate>) -> Vec<Candidate> {
        candidates.sort_unstable_by_key(|page| (Reverse(page.to), page.cost, page.short, page.last));
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
        let least_ahead = self.ahead.peek().map_or(i64::MAX, |Reverse((least, _))| *least);
        let dearest = least_ahead.saturating_add(self.limits.margin);
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
            let content = self.page_content(page, self.nodes[from].place, self.nodes[to].place, way.last, &mut result);
            result.pages.push(PageContent { cost, ..content });
        }
        result.violations.sort_by_key(|violation| (violation.page, violation.block, violation.kind));
        result
    }

    /// The content of a page between two places; notes the variants chosen and the rules broken in `result`.
    fn page_content(
        &self,
        page: usize,
        from: Place,
        to: Place,
        last: LastPiece,
        result: &mut PageBreaks,
    ) -> PageContent {
        let flow = self.flow;
        let has_text = (from.block, from.line) != (to.block, to.line);
        let mut content = PageContent { notes: self.note_pieces(from.note..to.note), ..PageContent::default() };
        if has_text {
            for (block, shape, lines) in self.pieces(from, last) {
                let of = &flow.blocks[block];
                let space = if content.pieces.is_empty() { Length::ZERO } else { flow.space_above(block) };
                let top = content.text_height + space;
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
        let end = flow.page_end(&PageText {
            is_first: page == 0,
            height: has_text.then_some(content.text_height),
            set: from.note,
            called: flow.called_above(to.block, to.line, to.shape),
            ends_flow: to.block == flow.blocks.len(),
        });
        content.slack = end.slack;
        content.notes_height = flow.notes_height(from.note, to.note);
        let note_block = |line: usize| flow.note_of(line).map_or(0, |note| note.block);
        if end.displaced_note {
            let block = note_block(to.note);
            result.violations.push(Violation { kind: ViolationKind::DisplacedNote, page, block });
        }
        if end.slack < Length::ZERO {
            let block = content.pieces.first().map_or_else(|| note_block(from.note), |piece| piece.block);
            result.violations.push(Violation { kind: ViolationKind::Overfull, page, block });
        }
        content
    }

    /// The blocks of a page, how each is set, and its lines.
    fn pieces(&self, from: Place, last: LastPiece) -> Vec<(usize, usize, Range<usize>)> {
        if last.block == from.block {
            return vec![(last.block, last.shape, from.line..last.above)];
        }
        let run = self.run_from(whole_from(from));
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
    margin: i64,
    uneven_spread: i64,
    /// The least cost of the page ends that are known to lie further on than those being looked at.
    least: i64,
    found: Vec<Candidate>,
}

impl Scan<'_> {
    /// Adds the page ends in a block, set in a shape, of which `lines` may stand on the page. Its first line would be at
    /// `top`, below the least of `choices` for the whole blocks above it.
    fn ends_in(&mut self, block: usize, shape: usize, lines: Range<usize>, top: Length, choices: &[Choice]) {
        let of = &self.flow.blocks[block].shapes[shape];
        let most = lines.end.min(of.lines());
        let (Some(lowest), Some(highest)) = (choices.first(), choices.last()) else { return };
        if most <= lines.start {
            return;
        }
        let capacity = self.flow.capacity(self.is_first);
        let fits = |&depth: &Length| top + lowest.height + depth <= capacity;
        let fitting = of.depth[lines.start + 1..=most].partition_point(fits);
        for above in (lines.start + 1..=lines.start + fitting).rev() {
            let depth = top + of.depth[above];
            if self.is_too_short(depth + highest.height, of.calls[above]) {
                break;
            }
            self.add(block, shape, above, depth, choices.iter().take_while(|way| depth + way.height <= capacity));
        }
    }

    /// Adds the end of a page that holds nothing but a single line, which is too high.
    fn single_line(&mut self) {
        let Place { block, line, .. } = self.from;
        let Some(of) = self.flow.blocks.get(block) else { return };
        let (shapes, head) = match line {
            0 => (0..of.shapes.len(), Length::ZERO),
            _ => (self.from.shape..self.from.shape + 1, of.repeated_head),
        };
        for shape in shapes {
            let depth = &of.shapes[shape].depth;
            self.add(block, shape, line + 1, head + depth[line + 1] - depth[line], [&Choice::NONE]);
        }
    }

    /// Adds the end of a page that holds nothing but the notes that are still to be set.
    fn notes_alone(&mut self) {
        let Place { block, line, shape, note } = self.from;
        let called = self.flow.called_above(block, line, shape);
        if called > note {
            let ends_flow = block == self.flow.blocks.len();
            let text = PageText { is_first: self.is_first, height: None, set: note, called, ends_flow };
            let end = self.flow.page_end(&text);
            let last = LastPiece { block, shape, above: line, choice: 0 };
            self.push(self.from, &end, last, 0);
        }
    }

    /// Adds the page ends below the first `above` lines of a block, `depth` from the top of the page but for the whole
    /// blocks above, which are set in each of `choices`.
    fn add<'c>(
        &mut self,
        block: usize,
        shape: usize,
        above: usize,
        depth: Length,
        choices: impl IntoIterator<Item = &'c Choice>,
    ) {
        let flow = self.flow;
        let of = &flow.blocks[block].shapes[shape];
        let to = if above == of.lines() {
            Place { block: block + 1, line: 0, shape: 0, note: 0 }
        } else {
            Place { block, line: above, shape, note: 0 }
        };
        let is_kept = block > self.from.block && flow.blocks[block - 1].keep_with_next;
        let (break_cost, _) = flow.end_below(block, shape, above, is_kept);
        let begins_here = block > self.from.block || self.from.line == 0;
        let cost = break_cost + if begins_here { of.cost } else { 0 };
        let mut text = PageText {
            is_first: self.is_first,
            height: None,
            set: self.from.note,
            called: of.calls[above],
            ends_flow: to.block == flow.blocks.len(),
        };
        let mut least = self.least;
        for (choice, way) in choices.into_iter().enumerate() {
            if cost + way.cost > self.dearest() {
                continue;
            }
            text.height = Some(depth + way.height);
            let end = flow.page_end(&text);
            self.push(to, &end, LastPiece { block, shape, above, choice }, cost + way.cost);
            least = least.min(cost + way.cost + end.cost);
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
            let is_last = to.block == self.flow.blocks.len() && end.note == self.flow.note_lines();
            let to = Place { note: end.note, ..to };
            let page = Candidate { to, short: self.flow.lines_short(end.slack), cost, last, is_last };
            if !page.is_beaten(&self.found, self.uneven_spread) {
                self.found.push(page);
            }
        }
    }

    /// Whether a page whose text is `height` high or less is given up for being short.
    fn is_too_short(&self, height: Length, called: usize) -> bool {
        let (is_first, set) = (self.is_first, self.from.note);
        let text = PageText { is_first, height: Some(height), set, called: called.max(set), ends_flow: false };
        self.flow.least_cost(&text) > self.dearest()
    }
}
