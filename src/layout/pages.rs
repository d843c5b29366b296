//! A flow → pages: the page builder's choice, painted into frames.
//!
//! [`build`] gives the pages of one chapter without labels and furniture. Start there.

use std::collections::BTreeMap;

use super::book::{FlowPosition, Frame, FrameItem};
use super::flow::{Flow, Piece, rule, translate};
use super::page_breaking::{PageBox, PageBreaks, PageCosts, ViolationKind, break_pages};
use super::paragraph::Composer;
use crate::document::NodeId;
use crate::geometry::{Length, Point, Rect};
use crate::style::{Binding, ParagraphRole, Side, Style};

/// A page without its label and furniture. Positions count from the top left corner of the type area.
#[derive(Debug, Default)]
pub(super) struct Draft {
    /// What stands on it.
    pub items: Vec<FrameItem>,
    /// Where the flow is at its top.
    pub starts_at: Option<FlowPosition>,
    /// The headings on it, and how far down each stands.
    pub headings: Vec<(NodeId, Length)>,
    /// Whether a chapter opens on it.
    pub opener: bool,
    /// The rules that had to be broken on it, and where the block concerned begins.
    pub violations: Vec<(ViolationKind, Option<NodeId>)>,
}

impl Draft {
    /// The page's main frame, on a page of this side.
    pub(super) fn frame(self, style: &Style, side: Side) -> Frame {
        let rect = style.page.type_area(side);
        Frame { rect, items: self.items.into_iter().map(|item| translate(item, rect.origin)).collect() }
    }
}

/// The distance from the last line of text to the rule above the notes, and from there to the notes.
const NOTE_SEPARATION: Length = Length::pt(14);

/// Builds the pages of `flow`, the first of which lies `sinkage` lower than the others.
pub(super) fn build(
    flow: &Flow,
    style: &Style,
    first: Side,
    sinkage: Length,
    composer: &mut Composer<'_>,
) -> Vec<Draft> {
    let area = style.page.type_area(first);
    let grid = style.page.baseline;
    let height = grid * style.page.lines();
    let page_box =
        PageBox { height, first_height: height - sinkage, grid, note_separation: NOTE_SEPARATION, facing: Some(first) };
    let breaks = break_pages(&flow.blocks, &flow.page_notes(), &page_box, &PageCosts::default());
    let mut drafts = Vec::new();
    for number in 0..breaks.pages.len() {
        let top = if number == 0 { sinkage } else { Length::ZERO };
        let mut draft = page(flow, &breaks, number, top, height, style, composer);
        draft.opener = number == 0;
        let here = breaks.violations.iter().filter(|violation| violation.page == number);
        let place = |block: usize| flow.pieces.get(block).and_then(Piece::first_node);
        draft.violations = here.map(|violation| (violation.kind, place(violation.block))).collect();
        notes(flow, &breaks, number, area.size.width, height, style, &mut draft);
        drafts.push(draft);
    }
    drafts
}

fn page(
    flow: &Flow,
    breaks: &PageBreaks,
    number: usize,
    page_top: Length,
    height: Length,
    style: &Style,
    composer: &mut Composer<'_>,
) -> Draft {
    let grid = style.page.baseline;
    let content = &breaks.pages[number];
    let mut draft = Draft::default();
    // Blocks of odd height leave room over; what follows them goes back to the grid out of that room.
    let mut slack = content.slack.max(Length::ZERO).min(height);
    let mut snapped = Length::ZERO;
    let mut beside: Vec<(usize, Length)> = Vec::new();
    for placed in &content.pieces {
        let Some(piece) = flow.pieces.get(placed.block) else { continue };
        let mut y = placed.top + snapped;
        if piece.on_grid {
            let step = y.round_up(grid) - y;
            if step <= slack {
                snapped += step;
                slack -= step;
                y += step;
            }
        }
        y += page_top;
        let variant = breaks.chosen.get(placed.block).copied().unwrap_or(0);
        let flow_block = &flow.blocks[placed.block];
        if placed.lines.start > 0 && !piece.repeated.is_empty() {
            let at = Point::new(piece.x, y);
            draft.items.extend(piece.repeated.iter().cloned().map(|item| translate(item, at)));
            y += flow_block.repeated_head;
        }
        let at_top = placed.top == Length::ZERO;
        let shift = if placed.lines.start == 0 && !at_top { piece.shift } else { Length::ZERO };
        if placed.lines.start == 0
            && let Some(heading) = piece.heading
        {
            draft.headings.push((heading, y));
        }
        let count = piece.line_count(variant);
        beside.extend(piece.side_rules.iter().map(|rule| (*rule, y)));
        for index in placed.lines.clone() {
            let (items, starts_at) = piece.line_items(variant, index, &placed.lines, composer);
            draft.starts_at = draft.starts_at.or(starts_at);
            let at = Point::new(piece.x, y + shift);
            draft.items.extend(items.into_iter().map(|item| translate(item, at)));
            let line = flow_block.variants.get(variant).and_then(|variant| variant.lines.get(index));
            let mut step = line.map_or(Length::ZERO, |line| line.height);
            if index == 0 && count > 1 {
                step -= piece.shift;
            }
            y += step;
        }
        for rule in &piece.side_rules {
            beside.push((*rule, y));
        }
    }
    // Each side rule goes from the top of its first piece on the page to the foot of its last.
    let mut extents: BTreeMap<usize, (Length, Length)> = BTreeMap::new();
    for (rule, y) in beside {
        let extent = extents.entry(rule).or_insert((y, y));
        *extent = (extent.0.min(y), extent.1.max(y));
    }
    for (index, (top, bottom)) in extents {
        if let Some(side_rule) = flow.side_rules.get(index) {
            draft.items.push(rule(Rect::new(side_rule.x, top, side_rule.width, bottom - top)));
        }
    }
    draft
}

fn notes(
    flow: &Flow,
    breaks: &PageBreaks,
    number: usize,
    measure: Length,
    height: Length,
    style: &Style,
    draft: &mut Draft,
) {
    let content = &breaks.pages[number];
    if content.notes.is_empty() {
        return;
    }
    let leading = style.paragraph(ParagraphRole::Note).leading;
    // The last line of the notes stands on the page's last baseline.
    let drop = style.page.baseline
        - style.page.first_baseline
        - (leading - leading.scale(style.page.first_baseline.raw(), style.page.baseline.raw()));
    let mut y = height - content.notes_height - drop;
    let rule_y = y - NOTE_SEPARATION.permille(400);
    let rule_x = match style.page.binding {
        Binding::Left => Length::ZERO,
        Binding::Right => measure - measure / 5,
    };
    draft.items.push(rule(Rect::new(rule_x, rule_y, measure / 5, Length::millipoints(400))));
    for placed in &content.notes {
        let Some(note) = flow.notes.get(placed.note) else { continue };
        for (line_height, items) in note.lines.get(placed.lines.clone()).unwrap_or_default() {
            let at = Point::new(Length::ZERO, y);
            draft.items.extend(items.iter().cloned().map(|item| translate(item, at)));
            y += *line_height;
        }
    }
}
