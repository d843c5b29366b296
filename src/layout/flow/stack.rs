//! Finished lines, one below the other: how they are set, made up to the grid, and taken from a flow of their own.

use super::super::book::{FlowPosition, FrameItem, ItemKind};
use super::super::content::Content;
use super::super::page_breaking::{Break, FlowBlock, FlowLine, Variant};
use super::super::paragraph::Fill;
use super::piece::{FixedLine, tinted, translate};
use super::{Flow, FlowBuilder, Inputs, Piece, PieceContent, Place};
use crate::geometry::{Length, Point, Rect};
use crate::style::Style;

/// A finished line, and the rules for it.
#[derive(Clone, Debug)]
pub(super) struct StackLine {
    pub height: Length,
    /// What to paint, from the line's top left corner.
    pub items: Vec<FrameItem>,
    pub starts_at: Option<FlowPosition>,
    /// The notes that it refers to, as indices into the division's.
    pub notes: Vec<usize>,
    pub break_after: Break,
}

impl StackLine {
    /// White of this height.
    pub(super) fn blank(height: Length) -> Self {
        Self { height, items: Vec::new(), starts_at: None, notes: Vec::new(), break_after: Break::Forbidden }
    }

    /// Moves what is painted.
    pub(super) fn shift(&mut self, by: Point) {
        let items = std::mem::take(&mut self.items);
        self.items = items.into_iter().map(|item| translate(item, by)).collect();
    }
}

/// Where the white lies that makes a stack up to whole lines of the grid.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Padding {
    /// Half above and half below.
    Around,
    /// All of it below.
    Below,
}

/// Among so many items of a stack are the first letters, if it begins with letters.
const FIRST_ITEMS: usize = 8;

/// The baseline of letters.
fn first_baseline(item: &FrameItem) -> Option<Length> {
    if let ItemKind::Glyphs(run) = &item.kind { Some(run.origin.y) } else { None }
}

/// Lets a page end between lines as between those of a block of which `least` stay together at each end.
pub(super) fn make_breakable(lines: &mut [StackLine], least: usize) {
    let heights: Vec<Length> = lines.iter().map(|line| line.height).collect();
    for (line, rule) in lines.iter_mut().zip(Variant::breakable(&heights, least).lines) {
        line.break_after = rule.break_after;
    }
}

/// How high the lines are together.
pub(super) fn height_of(lines: &[StackLine]) -> Length {
    lines.iter().map(|line| line.height).sum()
}

impl<'f> FlowBuilder<'_, 'f> {
    /// Sets `content` at once, in its best lines, `leading` apart and `x` from the left. No page ends between them.
    pub(super) fn set_lines(&mut self, content: Content, fill: &Fill, leading: Length, x: Length) -> Vec<StackLine> {
        if content.text.is_empty() {
            return Vec::new();
        }
        let ascent = self.ascent(leading);
        let paragraph = self.composer.paragraph(content, fill);
        let lines = paragraph.variants()[0].0.to_vec();
        let mut set = Vec::with_capacity(lines.len());
        for (index, line) in lines.iter().enumerate() {
            let above = paragraph.extra_height(line, ascent);
            let below = paragraph.extra_depth(line, leading - ascent);
            let composed = paragraph.compose(line, fill, index, self.composer);
            let mut stacked = StackLine {
                items: composed.items,
                starts_at: composed.starts_at,
                notes: paragraph.notes(line),
                ..StackLine::blank(above + leading + below)
            };
            stacked.shift(Point::new(x, above + ascent));
            set.push(stacked);
        }
        set
    }

    /// Adds lines as a piece of their own, made up to whole lines of the grid.
    pub(super) fn push_stack(&mut self, lines: Vec<StackLine>, place: &Place, padding: Padding) {
        self.push_repeating(lines, place, padding, Vec::new(), Length::ZERO);
    }

    /// The same, with what each later page repeats above them, and its height. Nobody knows how much of such a stack its last
    /// page has, so in running text what follows goes back to the grid by itself, and the white below is not here.
    pub(super) fn push_repeating(
        &mut self,
        lines: Vec<StackLine>,
        place: &Place,
        padding: Padding,
        repeated: Vec<FrameItem>,
        repeated_head: Length,
    ) {
        if lines.is_empty() {
            return;
        }
        let total = height_of(&lines);
        let missing = total.round_up(self.unit) - total;
        let shift = if padding == Padding::Around { missing / 2 } else { Length::ZERO };
        let last = lines.len() - 1;
        let snaps = !repeated.is_empty() && place.depth == 0;
        let below = if snaps { Length::ZERO } else { missing - shift };
        let (mut flow_lines, mut fixed) = (Vec::new(), Vec::new());
        for (index, line) in lines.into_iter().enumerate() {
            let mut height = line.height;
            height += if index == 0 { shift } else { Length::ZERO };
            height += if index == last { below } else { Length::ZERO };
            let notes = line.notes.into_iter().map(|note| note + self.note_base).collect();
            flow_lines.push(FlowLine { notes, ..FlowLine::new(height, line.break_after) });
            fixed.push(FixedLine { items: line.items, starts_at: line.starts_at });
        }
        if let Some(line) = flow_lines.last_mut() {
            line.break_after = Break::Cost(0);
        }
        // What waits to stand beside it stands on the baseline of its first letters, or near the top of an image.
        let first = fixed.iter().flat_map(|line| &line.items).take(FIRST_ITEMS).find_map(first_baseline);
        let marker = self.take_marker(place.x, first.unwrap_or(self.style.page.first_baseline));
        let piece = Piece { x: place.x, shift, marker, repeated, ..Piece::new(PieceContent::Lines(fixed)) };
        let variant = Variant { cost: 0, lines: flow_lines };
        self.push(FlowBlock { repeated_head, ..FlowBlock::new(variant) }, piece);
        self.pending_snap = snaps;
    }

    /// Builds a flow apart, off the grid and in `style`, and gives its lines, measured from the left edge of the type area.
    pub(super) fn apart(&mut self, style: &Style, add: impl FnOnce(&mut FlowBuilder<'_, 'f>)) -> Vec<StackLine> {
        let inputs = Inputs { style, ..self.inputs };
        let mut builder = FlowBuilder { unit: Length::from_raw(1), ..FlowBuilder::new(inputs, self.composer) };
        add(&mut builder);
        lines_of(&builder.flow, builder.composer)
    }
}

/// The lines of a flow, each variant the natural one, with the space between its pieces.
fn lines_of(flow: &Flow, composer: &mut super::Composer<'_>) -> Vec<StackLine> {
    let mut lines = Vec::new();
    let mut space_after = Length::ZERO;
    for (number, (piece, block)) in flow.pieces.iter().zip(&flow.blocks).enumerate() {
        let gap = if number == 0 { Length::ZERO } else { block.space_before.max(space_after) };
        space_after = block.space_after;
        let Some(natural) = block.variants.first() else { continue };
        let rows = 0..natural.lines.len();
        for (index, line) in natural.lines.iter().enumerate() {
            let (mut items, starts_at) = piece.line_items(0, index, &rows, composer);
            let gap = if index == 0 { gap } else { Length::ZERO };
            for rule in piece.side_rules.iter().filter_map(|rule| flow.side_rules.get(*rule)) {
                let rect = Rect::new(rule.x - piece.x, Length::ZERO, rule.width, line.height);
                items.push(tinted(rect, super::super::book::Ink::Black));
            }
            let top = gap + if index == 0 { piece.shift } else { Length::ZERO };
            let mut stacked = StackLine {
                items,
                starts_at,
                notes: line.notes.clone(),
                break_after: line.break_after,
                ..StackLine::blank(gap + line.height)
            };
            stacked.shift(Point::new(piece.x, top));
            lines.push(stacked);
        }
    }
    lines
}
