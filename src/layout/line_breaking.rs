//! Breaks paragraphs into lines: Knuth and Plass's total fit.
//!
//! Measured items in, ranges of items out, with the exact widths that set each line to its measure. Everything is
//! integer arithmetic, so equal items break equally on every machine. Knows nothing of fonts, of the text behind an
//! item, or of pages. Start at [`break_lines`].

mod search;
#[cfg(test)]
mod tests;

use std::ops::Range;

use crate::geometry::Length;
use search::{Pass, Search};

/// One piece of a paragraph, in the order in which it is set.
///
/// A line may end at a glue that directly follows a box, or at a penalty below [`Item::FORBIDDEN`]. Glue and penalties
/// around a break vanish, so a line runs from a box to a box (or to a [`Item::Fill`]). To join two boxes by a space that
/// never breaks, put a forbidden penalty before the glue.
///
/// A single distance beyond ±2³⁸ units (four million points) counts as that much, and negative stretch or shrink as none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// Something that stays whole: glyphs, an inline image, a formula.
    Box {
        /// The advance.
        width: Length,
        /// How much wider glyph expansion may make it. Never exceeded, however loose the line.
        stretch: Length,
        /// How much narrower glyph expansion may make it.
        shrink: Length,
        /// How far it hangs into the margin when a line starts with it.
        hang_start: Length,
        /// How far it hangs into the margin when a line ends with it.
        hang_end: Length,
    },
    /// A space, which may end a line.
    Glue {
        /// The width before adjustment.
        width: Length,
        /// How much wider it becomes in a line of badness 100. A looser line exceeds it.
        stretch: Length,
        /// How much narrower it becomes in a line of badness 100. Exceeded by two thirds at most.
        shrink: Length,
    },
    /// Space that takes all that the line has left, shared with the line's other fills; no width of its own. Put one
    /// before a forced break to end a line short, or between boxes to push them apart. Vanishes at a line's start.
    Fill,
    /// A place where a line may, must or must not end.
    Penalty {
        /// What ending a line here adds to its width: the hyphen, with whatever reshaping the syllable before it costs.
        width: Length,
        /// How far the hyphen hangs into the margin; read for [`Hyphen::Inserted`] only.
        hang_end: Length,
        /// From [`Item::FORCED`] to [`Item::FORBIDDEN`]; squared into the demerits.
        cost: i32,
        /// Which hyphen a reader sees at the end of a line that ends here.
        hyphen: Hyphen,
    },
}

impl Item {
    /// The cost of a penalty at which the line must end.
    pub const FORCED: i32 = -10_000;
    /// The cost of a penalty at which no line may end.
    pub const FORBIDDEN: i32 = 10_000;

    /// A box without expansion or protrusion.
    #[must_use]
    pub const fn plain(width: Length) -> Self {
        let zero = Length::ZERO;
        Self::Box { width, stretch: zero, shrink: zero, hang_start: zero, hang_end: zero }
    }

    /// A penalty that shows nothing.
    #[must_use]
    pub const fn penalty(cost: i32) -> Self {
        Self::Penalty { width: Length::ZERO, hang_end: Length::ZERO, cost, hyphen: Hyphen::None }
    }
}

/// The hyphen at the end of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hyphen {
    /// None shows.
    #[default]
    None,
    /// The author's own, part of the box before the break. It counts in ladders, and is there in every pass.
    Written,
    /// One that the program adds when the line ends here. Only where [`Justification::hyphenate`] allows it, and only
    /// when the paragraph cannot be set well without.
    Inserted,
}

/// The widths of a paragraph's lines.
#[derive(Clone, Copy, Debug)]
pub struct Measure<'a> {
    /// Widths of the first lines, where they differ: one for an indent, several beside a drop cap.
    pub first: &'a [Length],
    /// The width of every line after those.
    pub rest: Length,
}

impl Measure<'_> {
    /// Lines that are all `width` wide.
    #[must_use]
    pub const fn uniform(width: Length) -> Self {
        Measure { first: &[], rest: width }
    }

    fn of(&self, line: usize) -> i64 {
        self.first.get(line).unwrap_or(&self.rest).raw().clamp(-Length::MAX.raw(), Length::MAX.raw())
    }
}

/// How the lines meet the right margin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    /// Both edges straight: glue and boxes give way.
    Justified,
    /// Glue keeps its width. `stretch` is the white at the line's end (or ends, where centred) that counts as badness
    /// 100; two ems are usual.
    Ragged {
        /// The white of badness 100.
        stretch: Length,
    },
}

/// What makes a good paragraph. Badness is TeX's: 100 × (ratio of adjustment)³, at most 10,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Justification {
    /// How the lines meet the right margin.
    pub setting: Setting,
    /// The worst badness of a line in a first pass without inserted hyphens; below zero skips that pass.
    pub pretolerance: i32,
    /// The worst badness of a line in the second pass, with hyphens.
    pub tolerance: i32,
    /// Stretch that a third pass adds to every line, so that paragraphs without good breaks share the looseness.
    pub emergency_stretch: Length,
    /// Added to every line's badness before it is squared.
    pub line_penalty: i32,
    /// Whether hyphens may be inserted at all.
    pub hyphenate: bool,
    /// Added to the cost of each break at a hyphen, written or inserted.
    pub hyphen_penalty: i32,
    /// Most lines running that may end in a hyphen. Zero counts as one, and four or more as no limit.
    pub max_ladder: u8,
    /// Demerits of two lines running that end in a hyphen.
    pub consecutive_hyphen_demerits: i64,
    /// Demerits of a hyphen at the end of the last line but one.
    pub final_hyphen_demerits: i64,
    /// Demerits of a tight line beside a loose one, or a decent one beside a very loose one.
    pub fitness_demerits: i64,
    /// A last line narrower than this is a runt.
    pub runt_width: Length,
    /// Demerits of a runt, in a paragraph of two lines or more.
    pub runt_demerits: i64,
    /// Whether the last line may be short. Otherwise it is justified like the others.
    pub last_line_fill: bool,
}

impl Default for Justification {
    /// Plain TeX's values, with ladders of at most two, and neither emergency stretch nor runts.
    fn default() -> Self {
        Self {
            setting: Setting::Justified,
            pretolerance: 100,
            tolerance: 200,
            emergency_stretch: Length::ZERO,
            line_penalty: 10,
            hyphenate: true,
            hyphen_penalty: 50,
            max_ladder: 2,
            consecutive_hyphen_demerits: 10_000,
            final_hyphen_demerits: 5_000,
            fitness_demerits: 10_000,
            runt_width: Length::ZERO,
            runt_demerits: 0,
            last_line_fill: true,
        }
    }
}

/// A paragraph's lines.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Breaks {
    /// The lines of the fewest demerits; empty for a paragraph without boxes and forced breaks.
    pub best: Vec<Line>,
    /// The sum of the best lines' demerits.
    pub demerits: i64,
    /// The best way to set the paragraph one line shorter, in the same tolerance.
    pub tighter: Option<Alternative>,
    /// The best way to set the paragraph one line longer, in the same tolerance.
    pub looser: Option<Alternative>,
}

/// The same paragraph in another number of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alternative {
    /// The lines.
    pub lines: Vec<Line>,
    /// Demerits beyond those of the best lines; never negative.
    pub extra_demerits: i64,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The items on the line, without the glue and penalties that vanished at its ends.
    pub items: Range<usize>,
    /// The glue or penalty at which the line ends, or the number of items.
    pub break_at: usize,
    /// The hyphen at the line's end.
    pub hyphen: Hyphen,
    /// The width that was asked for.
    pub measure: Length,
    /// How far the first box hangs into the margin: set it that much before the line's start.
    pub hang_start: Length,
    /// How far the last box or the hyphen hangs into the margin.
    pub hang_end: Length,
    /// The width between the margins before adjustment: advances, and the inserted hyphen, less what hangs.
    pub natural: Length,
    /// What the boxes and glue may grow by; none in ragged text.
    pub stretch: Length,
    /// What the boxes and glue may shrink by; none in ragged text.
    pub shrink: Length,
    /// What is left of the measure: `measure − natural`, below zero where the line has to shrink.
    pub shortfall: Length,
    /// What takes up the shortfall.
    pub adjustment: Adjustment,
    /// 0 (perfect) to 10,000. Beyond the tolerance only in a paragraph that nothing else could set.
    pub badness: i32,
    /// How far the line reaches beyond its measure when all its shrink is used.
    pub overfull: Option<Length>,
}

/// What takes up the difference between a line and its measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adjustment {
    /// Nothing: a last line, or a ragged one.
    None,
    /// The line's fills.
    Fill,
    /// Boxes and glue grow.
    Stretch,
    /// Boxes and glue shrink, as far as they can.
    Shrink,
}

/// Returns the breaks that minimise total demerits over the paragraph (Knuth & Plass 1981, as in TeX's `line_break`),
/// with the best ones that are a line shorter and a line longer.
///
/// Four passes, each only if the one before found no breaks within its tolerance: without inserted hyphens; with them; with
/// lines that are very loose; with emergency stretch and any badness below 10,000. A first pass that ends in a runt is not good
/// enough either. What even the last cannot set gets a line that is filled as far as possible, and only a box that is wider than the
/// measure (or a row of boxes without a break) an overfull line.
///
/// The best breaks are the optimum within their pass but for two limits that ordinary text does not meet: at most
/// 600 open lines are followed at a time, and the last pass goes on greedily where it has to.
/// Linear in `items` for ordinary text: breakpoints × the breakpoints that can start the line they end.
#[must_use]
pub fn break_lines(items: &[Item], measure: &Measure<'_>, style: &Justification) -> Breaks {
    break_counting(items, measure, style).0
}

/// Adds the best breaks that are a line shorter and a line longer where the pass that found the best ones had none: within
/// twice the tolerance of the second pass. Costs about as much as [`break_lines`], in paragraphs of several lines only.
pub fn add_alternatives(items: &[Item], measure: &Measure<'_>, style: &Justification, breaks: &mut Breaks) {
    let count = breaks.best.len();
    if count < 2 || (breaks.tighter.is_some() && breaks.looser.is_some()) {
        return;
    }
    let paragraph = Paragraph::new(items, measure, style);
    let tolerance = style.tolerance.saturating_mul(2);
    let pass = Pass { hyphens: style.hyphenate, tolerance, emergency: 0, last: false };
    let mut search = Search::new(&paragraph, pass);
    if search.run() {
        let best = breaks.demerits;
        let alternative = |lines: usize| {
            let node = search.cheapest(Some(lines))?;
            let extra_demerits = (search.nodes[node].demerits - best).max(0);
            Some(Alternative { lines: search.lines(node), extra_demerits })
        };
        breaks.tighter = breaks.tighter.take().or_else(|| alternative(count - 1));
        breaks.looser = breaks.looser.take().or_else(|| alternative(count + 1));
    }
}

/// [`break_lines`], with the number of lines that were tried.
fn break_counting(items: &[Item], measure: &Measure<'_>, style: &Justification) -> (Breaks, u64) {
    let paragraph = Paragraph::new(items, measure, style);
    let Some(last) = paragraph.points.len().checked_sub(1).filter(|&last| last > 0) else {
        return (Breaks::default(), 0);
    };
    let mut steps = 0;
    let passes = [
        Pass { hyphens: false, tolerance: style.pretolerance, emergency: 0, last: false },
        Pass { hyphens: style.hyphenate, tolerance: style.tolerance, emergency: 0, last: false },
        Pass { hyphens: style.hyphenate, tolerance: style.tolerance.max(LOOSEST), emergency: 0, last: false },
        Pass {
            hyphens: style.hyphenate,
            tolerance: style.tolerance.max(INFINITELY_BAD - 1),
            emergency: clamped(style.emergency_stretch).max(0),
            last: true,
        },
    ];
    for pass in passes {
        if pass.tolerance < 0 {
            continue;
        }
        let mut search = Search::new(&paragraph, pass);
        let done = search.run();
        steps += search.steps;
        if !done {
            continue;
        }
        let best = search.cheapest(None);
        let runt = best.is_some_and(|node| search.nodes[node].runt);
        if runt && !pass.hyphens && style.hyphenate && style.tolerance >= pass.tolerance {
            continue;
        }
        if let Some(best) = best {
            debug_assert_eq!(search.nodes[best].point, last);
            return (search.breaks(best), steps);
        }
    }
    (Breaks::default(), steps)
}

/// How much narrower glue with this shrink may become at most.
#[must_use]
pub fn at_most(shrink: Length) -> Length {
    Length::from_raw(shrink.raw().saturating_add(shrink.raw() / 3 * 2))
}

/// The badness that stands for "worse than can be told apart", TeX's `inf_bad`.
const INFINITELY_BAD: i32 = 10_000;
/// The worst badness of a line in the third pass, before stretch is added: two and a half times the stretch.
const LOOSEST: i32 = 1_600;
/// How many open lines are followed at a time.
const MAX_ACTIVE: usize = 600;
/// From this ladder on there is no limit.
const LADDERS: u8 = 4;
/// Up to this many first widths, line counts are kept apart while the widths differ.
const EXACT_FIRST_LINES: usize = 16;
/// The bound of one distance, so that sums of millions of items stay exact.
const MAX_DISTANCE: i64 = 1 << 38;

fn clamped(length: Length) -> i64 {
    length.raw().clamp(-MAX_DISTANCE, MAX_DISTANCE)
}

/// Sums over a row of items, in units of [`Length`].
#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    width: i64,
    box_stretch: i64,
    glue_stretch: i64,
    box_shrink: i64,
    glue_shrink: i64,
    fills: i64,
}

impl Sums {
    fn of(item: &Item) -> Self {
        match *item {
            Item::Box { width, stretch, shrink, .. } => Self {
                width: clamped(width),
                box_stretch: clamped(stretch).max(0),
                box_shrink: clamped(shrink).max(0),
                ..Self::default()
            },
            Item::Glue { width, stretch, shrink } => Self {
                width: clamped(width),
                glue_stretch: clamped(stretch).max(0),
                glue_shrink: clamped(shrink).max(0),
                ..Self::default()
            },
            Item::Fill => Self { fills: 1, ..Self::default() },
            Item::Penalty { .. } => Self::default(),
        }
    }

    fn plus(self, other: Self) -> Self {
        Self {
            width: self.width.saturating_add(other.width),
            box_stretch: self.box_stretch.saturating_add(other.box_stretch),
            glue_stretch: self.glue_stretch.saturating_add(other.glue_stretch),
            box_shrink: self.box_shrink.saturating_add(other.box_shrink),
            glue_shrink: self.glue_shrink.saturating_add(other.glue_shrink),
            fills: self.fills.saturating_add(other.fills),
        }
    }

    /// Sums from `start` to here. Sums start at zero and only their width can fall, so nothing overflows but a width.
    fn since(self, start: Self) -> Self {
        Self {
            width: self.width.saturating_sub(start.width),
            box_stretch: self.box_stretch - start.box_stretch,
            glue_stretch: self.glue_stretch - start.glue_stretch,
            box_shrink: self.box_shrink - start.box_shrink,
            glue_shrink: self.glue_shrink - start.glue_shrink,
            fills: self.fills - start.fills,
        }
    }

    /// How much narrower the row may become at most.
    fn shrink(&self) -> i64 {
        self.box_shrink.saturating_add(at_most(Length::from_raw(self.glue_shrink)).raw())
    }
}

/// A legal breakpoint, with all that a line needs to know of its end, and of its start when the line before ended here.
///
/// Between two of them lies a box, unless the first is forced (or the paragraph's start) and the second is forced too.
#[derive(Clone, Debug)]
struct Breakpoint {
    /// The glue or penalty, or the number of items.
    item: usize,
    /// One past the last item of a line that ends here.
    end: usize,
    /// The first item of a line that starts here.
    start: usize,
    /// Sums at the end, with the hyphen and without what hangs.
    end_sums: Sums,
    /// Sums at the start, with what hangs.
    start_sums: Sums,
    /// The least width of everything before the end. A line is beyond hope when it exceeds the measure by this.
    least_end: i64,
    hang_start: i64,
    hang_end: i64,
    cost: i32,
    hyphen: Hyphen,
    forced: bool,
}

/// What every pass reads: the breakpoints (the first is the paragraph's start, the last its end) and the wishes.
struct Paragraph<'a> {
    points: Vec<Breakpoint>,
    measure: &'a Measure<'a>,
    style: &'a Justification,
    /// The white of ragged text that counts as badness 100.
    ragged: Option<i64>,
    /// The farthest that a line's end can hang.
    max_hang: i64,
}

impl<'a> Paragraph<'a> {
    fn new(items: &[Item], measure: &'a Measure<'a>, style: &'a Justification) -> Self {
        let ragged = match style.setting {
            Setting::Justified => None,
            Setting::Ragged { stretch } => Some(clamped(stretch).max(0)),
        };
        let mut points = legal_breaks(items);
        let mut sums = Vec::with_capacity(items.len() + 1);
        sums.push(Sums::default());
        for item in items {
            let own = Sums::of(item);
            let own =
                if ragged.is_some() { Sums { width: own.width, fills: own.fills, ..Sums::default() } } else { own };
            sums.push(sums[sums.len() - 1].plus(own));
        }
        place_ends(items, &sums, &mut points);
        place_starts(items, &sums, &mut points);
        let max_hang = points.iter().map(|point| point.hang_end).fold(0, Ord::max);
        Self { points, measure, style, ragged, max_hang }
    }

    /// The line from a breakpoint to a later one, as the `line`th (from zero) of the paragraph, with `emergency` stretch.
    fn fit(&self, from: usize, to: usize, line: usize, emergency: i64) -> Fit {
        let (from, end) = (&self.points[from], &self.points[to]);
        let measure = self.measure.of(line);
        if from.start >= end.end {
            // Two forced breaks running: an empty line.
            return Fit {
                sums: Sums::default(),
                shortfall: measure,
                adjustment: Adjustment::None,
                badness: 0,
                over: 0,
            };
        }
        let sums = end.end_sums.since(from.start_sums);
        let shortfall = measure.saturating_sub(sums.width);
        let filled = self.style.last_line_fill && to + 1 == self.points.len();
        let (adjustment, badness, over) = if shortfall < 0 {
            let excess = shortfall.saturating_neg();
            let over = (excess - sums.shrink()).max(0);
            let badness = if over > 0 { INFINITELY_BAD } else { shared(excess, sums.box_shrink, sums.glue_shrink) };
            (Adjustment::Shrink, badness, over)
        } else if sums.fills > 0 {
            (Adjustment::Fill, 0, 0)
        } else if filled {
            (Adjustment::None, 0, 0)
        } else {
            let extra = self.ragged.unwrap_or(0) + emergency;
            let badness = shared(shortfall, sums.box_stretch, sums.glue_stretch.saturating_add(extra));
            let adjustment = if self.ragged.is_some() { Adjustment::None } else { Adjustment::Stretch };
            (adjustment, badness, 0)
        };
        Fit { sums, shortfall, adjustment, badness, over }
    }

    fn line(&self, from: usize, to: usize, line: usize) -> Line {
        let fit = self.fit(from, to, line, 0);
        let (from, end) = (&self.points[from], &self.points[to]);
        let empty = from.start >= end.end;
        let hang = |hang: i64| if empty { Length::ZERO } else { Length::from_raw(hang) };
        Line {
            items: if empty { end.item..end.item } else { from.start..end.end },
            break_at: end.item,
            hyphen: end.hyphen,
            measure: Length::from_raw(self.measure.of(line)),
            hang_start: hang(from.hang_start),
            hang_end: hang(end.hang_end),
            natural: Length::from_raw(fit.sums.width),
            stretch: Length::from_raw(fit.sums.box_stretch.saturating_add(fit.sums.glue_stretch)),
            shrink: Length::from_raw(fit.sums.shrink()),
            shortfall: Length::from_raw(fit.shortfall),
            adjustment: fit.adjustment,
            badness: fit.badness,
            overfull: (fit.over > 0).then(|| Length::from_raw(fit.over)),
        }
    }
}

/// How a row of items meets its measure.
#[derive(Clone, Copy, Debug)]
struct Fit {
    sums: Sums,
    shortfall: i64,
    adjustment: Adjustment,
    badness: i32,
    /// What remains too wide when all the shrink is used.
    over: i64,
}

impl Fit {
    /// TeX's fitness class: 0 tight, 1 decent, 2 loose, 3 very loose.
    fn class(&self) -> u8 {
        match self.adjustment {
            Adjustment::Shrink => u8::from(self.badness <= 12),
            Adjustment::None | Adjustment::Fill | Adjustment::Stretch => {
                1 + u8::from(self.badness > 12) + u8::from(self.badness > 99)
            }
        }
    }
}

/// 100 × (`amount` / `available`)³, at most [`INFINITELY_BAD`]: TeX's `badness`, for amounts of zero or more.
fn badness(amount: i64, available: i64) -> i32 {
    if amount <= 0 {
        return 0;
    }
    if available <= 0 {
        return INFINITELY_BAD;
    }
    // 297³ is 99.94 × 2¹⁸.
    let ratio = match amount.checked_mul(297) {
        Some(product) => product / available,
        None => amount / (available / 297).max(1),
    };
    if ratio > 1290 {
        return INFINITELY_BAD;
    }
    i32::try_from((ratio * ratio * ratio + (1 << 17)) >> 18).unwrap_or(INFINITELY_BAD).min(INFINITELY_BAD)
}

/// The badness of a line whose letters take as much of `amount` as they can, and the white between them the rest (as pdfTeX
/// has it: Thành 2000, section 4.3). What the letters take counts for little, but it does count.
fn shared(amount: i64, letters: i64, white: i64) -> i32 {
    let taken = amount.min(letters);
    badness(taken, letters) / 25 + badness(amount - taken, white)
}

/// The breakpoints of a paragraph, the start included; only where they are and what they cost.
fn legal_breaks(items: &[Item]) -> Vec<Breakpoint> {
    let at = |item, cost, hyphen| Breakpoint {
        item,
        end: 0,
        start: items.len(),
        end_sums: Sums::default(),
        start_sums: Sums::default(),
        least_end: 0,
        hang_start: 0,
        hang_end: 0,
        cost,
        hyphen,
        forced: cost <= Item::FORCED,
    };
    let mut points = vec![at(0, Item::FORCED, Hyphen::None)];
    let mut box_since = false;
    let mut add = |point: Breakpoint, box_since: &mut bool| {
        // Of the places between two boxes that may end a line, the cheapest will do; a forced one overrules them all.
        let rank = |point: &Breakpoint| (!point.forced, point.hyphen == Hyphen::Inserted, point.cost);
        match points.last_mut() {
            Some(last) if !*box_since && !last.forced => {
                if rank(&point) < rank(last) {
                    *last = point;
                }
            }
            Some(_) if !*box_since && !point.forced => {}
            Some(_) | None => points.push(point),
        }
        *box_since = false;
    };
    for (index, item) in items.iter().enumerate() {
        match *item {
            Item::Box { .. } => box_since = true,
            Item::Glue { .. } => {
                if index > 0 && matches!(items[index - 1], Item::Box { .. }) {
                    add(at(index, 0, Hyphen::None), &mut box_since);
                }
            }
            Item::Penalty { cost, hyphen, .. } => {
                if cost < Item::FORBIDDEN {
                    add(at(index, cost, hyphen), &mut box_since);
                }
            }
            Item::Fill => {}
        }
    }
    let ended = points.last().is_some_and(|last| last.forced) && !box_since;
    if !ended {
        let end = at(items.len(), Item::FORCED, Hyphen::None);
        if !box_since {
            points.pop();
        }
        points.push(end);
    }
    points
}

/// Finds where the line that ends at each breakpoint ends, and how wide it is up to there.
fn place_ends(items: &[Item], sums: &[Sums], points: &mut [Breakpoint]) {
    let (mut end, mut hang, mut index) = (0, 0, 0);
    for point in points {
        while index < point.item {
            match items[index] {
                Item::Box { width, hang_end, .. } => {
                    end = index + 1;
                    // What has no width (an anchor) leaves the letter before it at the line's end.
                    if width != Length::ZERO {
                        hang = clamped(hang_end);
                    }
                }
                Item::Fill => (end, hang) = (index + 1, 0),
                Item::Glue { .. } | Item::Penalty { .. } => {}
            }
            index += 1;
        }
        point.end = end;
        point.hang_end = hang;
        point.end_sums = sums[end];
        point.least_end = sums[end].width.saturating_sub(sums[end].shrink());
        if let Some(&Item::Penalty { width, hang_end, hyphen, .. }) = items.get(point.item) {
            point.end_sums.width = point.end_sums.width.saturating_add(clamped(width));
            if hyphen == Hyphen::Inserted {
                point.hang_end = clamped(hang_end);
            }
        }
        point.end_sums.width = point.end_sums.width.saturating_sub(point.hang_end);
    }
}

/// Finds where the line after each breakpoint starts.
fn place_starts(items: &[Item], sums: &[Sums], points: &mut [Breakpoint]) {
    let (mut start, mut hang, mut index) = (items.len(), 0, items.len());
    for point in points.iter_mut().rev() {
        while index > point.item {
            index -= 1;
            match items[index] {
                Item::Box { width, hang_start, .. } => {
                    start = index;
                    if width != Length::ZERO {
                        hang = clamped(hang_start);
                    }
                }
                Item::Fill => hang = 0,
                Item::Glue { .. } | Item::Penalty { .. } => {}
            }
        }
        point.start = start;
        point.hang_start = hang;
        point.start_sums = sums[start];
        point.start_sums.width = point.start_sums.width.saturating_add(hang);
    }
}
