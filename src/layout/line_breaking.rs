//! Breaks paragraphs into lines: Knuth and Plass's total fit.
//!
//! Measured items in, ranges of items out, with the exact widths that set each line to its measure. Everything is
//! integer arithmetic, so equal items break equally on every machine. Knows nothing of fonts, of the text behind an
//! item, or of pages. Start at [`break_lines`].

mod search;

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
fn at_most(shrink: i64) -> i64 {
    shrink.saturating_add(shrink / 3 * 2)
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
        self.box_shrink.saturating_add(at_most(self.glue_shrink))
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

#[cfg(test)]
mod tests {
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
        for (width, hyphens, tolerance) in [(300, false, 200), (300, true, 200), (60, true, 9_999), (500, true, 9_999)]
        {
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
}
