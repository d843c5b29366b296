//! The search for the breaks of the least demerits: one pass over the legal breaks with the lines that are still open.
//!
//! Start at [`Search`].

use super::{
    Alternative, Breakpoint, Breaks, EXACT_FIRST_LINES, Fit, Hyphen, INFINITELY_BAD, LADDERS, Line, MAX_ACTIVE,
    Paragraph,
};

/// The limits of one pass over the paragraph.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pass {
    pub(super) hyphens: bool,
    pub(super) tolerance: i32,
    pub(super) emergency: i64,
    /// Whether lines that nothing can set well have to be set all the same.
    pub(super) last: bool,
}

/// The best way to the start of a line: TeX's active or passive node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node {
    /// The breakpoint before the line.
    pub(super) point: usize,
    /// The number of lines before.
    pub(super) line: usize,
    /// Fitness class of the line before.
    pub(super) class: u8,
    /// How many lines running end in a hyphen here, as far as the limit needs to know.
    pub(super) ladder: u8,
    pub(super) demerits: i64,
    pub(super) previous: usize,
    /// Whether the line before is the paragraph's last and too short.
    pub(super) runt: bool,
}

impl Node {
    /// Whether whatever follows is at most as dear after `self` as after `other`.
    pub(super) fn dominates(&self, other: &Self, fitness_demerits: i64) -> bool {
        let change = if self.class == other.class { 0 } else { fitness_demerits };
        self.line == other.line && self.ladder <= other.ladder && self.demerits.saturating_add(change) <= other.demerits
    }
}

/// One pass.
pub(super) struct Search<'a> {
    pub(super) paragraph: &'a Paragraph<'a>,
    pub(super) pass: Pass,
    pub(super) nodes: Vec<Node>,
    /// Nodes from which a line may still be open, the oldest first.
    pub(super) active: Vec<usize>,
    /// The best nodes at the breakpoint in hand, one for each line count, class and ladder.
    pub(super) candidates: Vec<Node>,
    pub(super) steps: u64,
}

impl<'a> Search<'a> {
    pub(super) fn new(paragraph: &'a Paragraph<'a>, pass: Pass) -> Self {
        let start = Node { point: 0, line: 0, class: 1, ladder: 0, demerits: 0, previous: 0, runt: false };
        Self { paragraph, pass, nodes: vec![start], active: vec![0], candidates: Vec::new(), steps: 0 }
    }

    /// Follows every feasible line to the paragraph's end; false if there is no way within the pass.
    pub(super) fn run(&mut self) -> bool {
        let paragraph = self.paragraph;
        let mut to = 1;
        let mut closed = Vec::new();
        while let Some(point) = paragraph.points.get(to) {
            if !self.usable(point) {
                to += 1;
                continue;
            }
            closed.clear();
            let mut active = std::mem::take(&mut self.active);
            active.retain(|&from| {
                self.steps += 1;
                let Node { point: start, line, .. } = self.nodes[from];
                let fit = paragraph.fit(start, to, line, self.pass.emergency);
                if fit.over == 0 && fit.badness <= self.pass.tolerance {
                    self.offer(from, to, &fit, true);
                }
                let least = point.least_end.saturating_sub(
                    paragraph.points[start]
                        .start_sums
                        .width
                        .saturating_sub(paragraph.points[start].start_sums.shrink()),
                );
                let open = !point.forced && least <= paragraph.measure.of(line).saturating_add(paragraph.max_hang);
                if !open {
                    closed.push(from);
                }
                open
            });
            self.active = active;
            self.settle();
            if self.active.is_empty() {
                if !self.pass.last {
                    return false;
                }
                to = self.rescue(to, &closed);
            }
            to += 1;
        }
        true
    }

    pub(super) fn usable(&self, point: &Breakpoint) -> bool {
        self.pass.hyphens || point.forced || point.hyphen != Hyphen::Inserted
    }

    /// Proposes the line from a node to a breakpoint. False if it would make a ladder that `limited` forbids.
    pub(super) fn offer(&mut self, from: usize, to: usize, fit: &Fit, limited: bool) -> bool {
        let Paragraph { points, style, .. } = self.paragraph;
        let (node, point) = (self.nodes[from], &points[to]);
        let after_hyphen = points[node.point].hyphen != Hyphen::None;
        let hyphenated = point.hyphen != Hyphen::None;
        let is_last = to + 1 == points.len();

        let limit = style.max_ladder.max(1);
        let ladder = match (hyphenated, limit < LADDERS) {
            (false, _) => 0,
            (true, false) => 1,
            (true, true) if node.ladder >= limit && limited && !point.forced => return false,
            (true, true) => (node.ladder + 1).min(limit),
        };

        let bounded = |demerits: i64| demerits.clamp(0, 1_000_000_000_000);
        let square = |value: i32| i64::from(value) * i64::from(value);
        let mut own = square(style.line_penalty.saturating_add(fit.badness).clamp(0, INFINITELY_BAD));
        if !point.forced {
            let hyphen = if hyphenated { style.hyphen_penalty } else { 0 };
            let cost = point.cost.saturating_add(hyphen).clamp(-9_999, 9_999);
            own += square(cost) * i64::from(cost.signum());
        }
        if after_hyphen && is_last {
            own += bounded(style.final_hyphen_demerits);
        } else if after_hyphen && hyphenated {
            own += bounded(style.consecutive_hyphen_demerits);
        }
        let class = fit.class();
        if class.abs_diff(node.class) > 1 {
            own += bounded(style.fitness_demerits);
        }
        let runt = is_last && node.line > 0 && fit.sums.width < style.runt_width.raw();
        if runt {
            own += bounded(style.runt_demerits);
        }

        let demerits = node.demerits.saturating_add(own);
        let new = Node { point: to, line: node.line + 1, class, ladder, demerits, previous: from, runt };
        let same = |old: &&mut Node| (old.line, old.class, old.ladder) == (new.line, class, ladder);
        match self.candidates.iter_mut().find(same) {
            Some(old) if old.demerits <= demerits => {}
            Some(old) => *old = new,
            None => self.candidates.push(new),
        }
        true
    }

    /// Makes nodes of the candidates that can still matter, and keeps the number of open lines in bounds.
    pub(super) fn settle(&mut self) {
        let Paragraph { measure, style, .. } = self.paragraph;
        let candidates = std::mem::take(&mut self.candidates);
        // Where every later line is equally wide, only the line counts around the cheapest are kept.
        let exact = measure.first.len().min(EXACT_FIRST_LINES);
        let cheapest = candidates.iter().filter(|node| node.line >= exact).min_by_key(|node| node.demerits);
        let fitness_demerits = style.fitness_demerits.clamp(0, 1_000_000_000_000);
        for (index, node) in candidates.iter().enumerate() {
            let near = node.line < exact || cheapest.is_some_and(|best| best.line.abs_diff(node.line) <= 1);
            let best_of_its_kind = || {
                !candidates.iter().any(|other| {
                    other.line >= exact
                        && (other.class, other.ladder) == (node.class, node.ladder)
                        && other.demerits < node.demerits
                })
            };
            let dominated = candidates.iter().enumerate().any(|(rank, other)| {
                rank != index
                    && other.dominates(node, fitness_demerits)
                    && (rank < index || !node.dominates(other, fitness_demerits))
            });
            if !dominated && (near || best_of_its_kind()) {
                self.active.push(self.nodes.len());
                self.nodes.push(*node);
            }
        }
        self.candidates = candidates;
        self.candidates.clear();
        if self.active.len() > MAX_ACTIVE {
            self.active.sort_by_key(|&node| (self.nodes[node].demerits, node));
            self.active.truncate(MAX_ACTIVE / 2);
            self.active.sort_unstable();
        }
    }

    /// Goes on where no line fits: fills one as far as possible, or lets it be too wide. `closed`, the nodes whose lines
    /// ended at the breakpoint `to`, has at least one. Returns the breakpoint from which the only open line starts.
    pub(super) fn rescue(&mut self, to: usize, closed: &[usize]) -> usize {
        let paragraph = self.paragraph;
        if paragraph.points[to].forced {
            for &from in closed {
                let Node { point, line, .. } = self.nodes[from];
                let fit = paragraph.fit(point, to, line, self.pass.emergency);
                if fit.over == 0 {
                    self.offer(from, to, &fit, false);
                }
            }
            self.settle();
            if !self.active.is_empty() {
                return to;
            }
        }
        let latest = closed.iter().copied().max_by_key(|&node| (self.nodes[node].point, -self.nodes[node].demerits));
        let from = latest.unwrap_or(0);
        let Node { point: start, line, .. } = self.nodes[from];
        let ends: Vec<usize> = (start + 1..=to).filter(|&end| self.usable(&paragraph.points[end])).collect();
        for limited in [true, false] {
            for &end in ends.iter().rev() {
                let fit = paragraph.fit(start, end, line, self.pass.emergency);
                if fit.over == 0 && self.offer(from, end, &fit, limited) {
                    self.settle();
                    return end;
                }
            }
        }
        let end = ends.first().copied().unwrap_or(to);
        let fit = paragraph.fit(start, end, line, self.pass.emergency);
        self.offer(from, end, &fit, false);
        self.settle();
        end
    }

    /// The node of the fewest demerits at the paragraph's end, of those with `lines` lines if that is given.
    pub(super) fn cheapest(&self, lines: Option<usize>) -> Option<usize> {
        let fitting =
            self.active.iter().copied().filter(|&node| lines.is_none_or(|lines| self.nodes[node].line == lines));
        fitting.min_by_key(|&node| self.nodes[node].demerits)
    }

    pub(super) fn breaks(&self, best: usize) -> Breaks {
        let Node { line, demerits, .. } = self.nodes[best];
        let alternative = |lines: usize| {
            let node = self.cheapest(Some(lines))?;
            Some(Alternative { lines: self.lines(node), extra_demerits: self.nodes[node].demerits - demerits })
        };
        Breaks { best: self.lines(best), demerits, tighter: alternative(line - 1), looser: alternative(line + 1) }
    }

    pub(super) fn lines(&self, last: usize) -> Vec<Line> {
        let mut lines = Vec::with_capacity(self.nodes[last].line);
        let mut node = &self.nodes[last];
        while node.line > 0 {
            let previous = &self.nodes[node.previous];
            lines.push(self.paragraph.line(previous.point, node.point, previous.line));
            node = previous;
        }
        lines.reverse();
        lines
    }
}
