//! A flow → pages: the page builder's choice, painted into frames.
//!
//! [`build`] gives the pages of one chapter without labels and furniture. Start there.

use std::collections::BTreeMap;

use super::book::{FlowPosition, Frame, FrameItem, ItemKind, LinkTarget};
use super::flow::{Flow, Piece, Plate, rule, translate};
use super::page_breaking::{FlowBlock, PageBox, PageBreaks, PageCosts, ViolationKind, break_pages};
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
    /// The first and the last node of each float on it.
    pub floats: Vec<(NodeId, NodeId)>,
    /// Whether it holds text of the flow, and not floats or notes alone.
    pub has_text: bool,
    /// Whether a chapter opens on it.
    pub opener: bool,
    /// The notes that it refers to first, in order.
    pub notes: Vec<NodeId>,
    /// Whether notes stand at its foot.
    pub has_notes: bool,
    /// What stands in the margin beside it, its left edge at the left of the column.
    pub aside: Vec<FrameItem>,
    /// The image that fills it up to its edges.
    pub plate: Option<Plate>,
    /// The rules that had to be broken on it, and where the block concerned begins, or the nearest.
    pub violations: Vec<(ViolationKind, Option<NodeId>)>,
}

impl Draft {
    /// The page's main frame, on a page of this side.
    pub(super) fn frame(self, style: &Style, side: Side) -> Frame {
        let rect = style.page.type_area(side);
        let plate = self.plate.map(|plate| plate.item(style.page.trim));
        let text = self.items.into_iter().map(|item| translate(item, rect.origin));
        let mut items: Vec<FrameItem> = plate.into_iter().chain(text).collect();
        let margin = Point::new(rect.origin.x + margin_column(style, side), rect.origin.y);
        items.extend(self.aside.into_iter().map(|item| translate(item, margin)));
        Frame { rect, items }
    }
}

/// The distance from the last line of text to the rule above the notes, and from there to the notes.
const NOTE_SEPARATION: Length = Length::pt(14);

/// Notes that don't fit the margin are sent to the foot so many times, before all are.
const ASIDE_ROUNDS: usize = 8;

/// Builds the pages of `flow`, the first of which lies `sinkage` lower than the others.
///
/// Notes in the margin take no room of the page; those that find none there stand at its foot. Since they do take room of
/// it, pages are broken anew then, with more and more notes at the foot.
pub(super) fn build(
    flow: &Flow,
    style: &Style,
    first: Side,
    sinkage: Length,
    composer: &mut Composer<'_>,
) -> Vec<Draft> {
    let mut aside: Vec<bool> = flow.notes.iter().map(|note| !note.aside.is_empty()).collect();
    for _ in 0..ASIDE_ROUNDS {
        let (drafts, homeless) = attempt(flow, style, first, sinkage, &aside, composer);
        if homeless.is_empty() {
            return drafts;
        }
        for note in homeless {
            aside[note] = false;
        }
    }
    attempt(flow, style, first, sinkage, &vec![false; aside.len()], composer).0
}

/// Builds the pages with the notes in the margin that `aside` has there; gives those that find no room in it as well.
fn attempt(
    flow: &Flow,
    style: &Style,
    first: Side,
    sinkage: Length,
    aside: &[bool],
    composer: &mut Composer<'_>,
) -> (Vec<Draft>, Vec<usize>) {
    let area = style.page.type_area(first);
    let grid = style.page.baseline;
    let height = grid * style.page.lines();
    let page_box = PageBox {
        height,
        first_height: height - sinkage,
        grid,
        note_separation: NOTE_SEPARATION,
        float_separation: grid,
        facing: style.page.facing.then_some(first),
    };
    let costs = PageCosts::default();
    let breaks = break_pages(&flow.blocks, &flow.page_notes(aside), &flow.page_floats(), &page_box, &costs);
    let mut drafts = Vec::new();
    let mut homeless = Vec::new();
    for number in 0..breaks.pages.len() {
        let top = if number == 0 { sinkage } else { Length::ZERO };
        let mut calls = Vec::new();
        let mut draft = page(flow, &breaks, number, top, composer, &mut calls);
        draft.opener = number == 0;
        floats(flow, &breaks, number, top, height, &mut draft, composer);
        let here = breaks.violations.iter().filter(|violation| violation.page == number);
        draft.violations = here.map(|violation| (violation.kind, nearest_node(flow, violation.block))).collect();
        draft.notes = calls.iter().filter_map(|(note, _)| Some(flow.notes.get(*note)?.id)).collect();
        calls.retain(|(note, _)| aside.get(*note).copied().unwrap_or(false));
        homeless.extend(beside(flow, calls, top, height, style, &mut draft));
        notes(flow, &breaks, number, area.size.width, height, style, &mut draft);
        drafts.push(draft);
    }
    place_textless(flow, &breaks, &mut drafts);
    (drafts, homeless)
}

/// Where in the document a block begins: one without a place there takes that of the nearest above it, else below it.
fn nearest_node(flow: &Flow, block: usize) -> Option<NodeId> {
    let (above, below) = flow.pieces.split_at((block + 1).min(flow.pieces.len()));
    above.iter().rev().chain(below).find_map(Piece::first_node)
}

/// A page that holds notes or floats alone begins where the next one does; behind the last words, with the first float
/// that was written behind them, else at their end.
fn place_textless(flow: &Flow, breaks: &PageBreaks, drafts: &mut [Draft]) {
    let last = flow.pieces.iter().rev().find_map(Piece::first_node);
    let mut next = last.map(|node| FlowPosition { node, offset: u32::MAX });
    for (draft, content) in drafts.iter_mut().zip(&breaks.pages).rev() {
        if draft.starts_at.is_none() && (draft.has_notes || !draft.floats.is_empty()) {
            let mut floats = content.floats.iter().filter_map(|placed| flow.floats.get(placed.float)?.piece.start());
            draft.starts_at = floats.find(|start| last.is_some_and(|last| last < start.node)).or(next);
        }
        next = draft.starts_at.or(next);
    }
}

/// From the left edge of the type area to that of the column for notes in the outer margin, on a page of this side.
fn margin_column(style: &Style, side: Side) -> Length {
    let is_recto = side == Side::Recto || !style.page.facing;
    match (is_recto, style.page.binding) {
        (true, Binding::Left) | (false, Binding::Right) => style.page.type_area(side).size.width + style.notes.side_gap,
        (false, Binding::Left) | (true, Binding::Right) => -(style.notes.side_gap + style.notes.side_width),
    }
}

/// Sets notes beside the lines that refer to them, whose baselines `calls` has: further down where the one above needs
/// the room, further up at the foot of the page. Gives those that find no room, which are the last.
fn beside(
    flow: &Flow,
    calls: Vec<(usize, Length)>,
    top: Length,
    height: Length,
    style: &Style,
    draft: &mut Draft,
) -> Vec<usize> {
    let note_style = style.paragraph(ParagraphRole::Note);
    let ascent = note_style.leading.scale(style.page.first_baseline.raw(), style.page.baseline.raw());
    let gap = note_style.leading / 2;
    // The column ends with the page's last baseline.
    let foot = height - style.page.baseline + style.page.first_baseline + note_style.leading - ascent;
    let mut placed: Vec<(usize, Length, Length)> = Vec::new();
    let mut homeless = Vec::new();
    let mut room = foot - top + gap;
    for (note, baseline) in calls {
        let Some(lines) = flow.notes.get(note) else { continue };
        let own: Length = lines.aside.iter().map(|(height, _)| *height).sum();
        room -= own + gap;
        if room < Length::ZERO || !homeless.is_empty() {
            homeless.push(note);
            continue;
        }
        let above = placed.last().map_or(top, |(_, y, height)| *y + *height + gap);
        placed.push((note, above.max(baseline - ascent), own));
    }
    let mut below = foot;
    for (note, y, own) in placed.iter_mut().rev() {
        *y = (*y).min(below - *own);
        below = *y - gap;
        let _ = note;
    }
    for (note, top, _) in placed {
        let mut y = top;
        for (height, items) in &flow.notes[note].aside {
            let at = Point::new(Length::ZERO, y);
            draft.aside.extend(items.iter().cloned().map(|item| translate(item, at)));
            y += *height;
        }
    }
    homeless
}

/// The baseline of the reference to a note in a line's items, from the line's top: that of the words around it.
fn baseline_of(note: NodeId, items: &[FrameItem]) -> Option<Length> {
    let reference = items.iter().find_map(|item| match &item.kind {
        ItemKind::Link { target: LinkTarget::Node(target), .. } if *target == note => Some(item.owner),
        ItemKind::Link { .. }
        | ItemKind::Glyphs(_)
        | ItemKind::Path { .. }
        | ItemKind::Rule { .. }
        | ItemKind::Image { .. }
        | ItemKind::Turned { .. } => None,
    })?;
    let runs = || {
        items.iter().filter_map(|item| match &item.kind {
            ItemKind::Glyphs(run) => Some((item.owner, run)),
            ItemKind::Path { .. }
            | ItemKind::Rule { .. }
            | ItemKind::Image { .. }
            | ItemKind::Turned { .. }
            | ItemKind::Link { .. } => None,
        })
    };
    let (_, own) = runs().find(|(owner, _)| *owner == reference)?;
    let near = own.origin.y..own.origin.y + own.size;
    let around = runs().filter(|(owner, run)| *owner != reference && near.contains(&run.origin.y));
    Some(around.map(|(_, run)| run.origin.y).min().unwrap_or(own.origin.y))
}

/// Paints the text of a page; adds the notes that it refers to first, and the baseline of each reference, to `calls`.
fn page(
    flow: &Flow,
    breaks: &PageBreaks,
    number: usize,
    page_top: Length,
    composer: &mut Composer<'_>,
    calls: &mut Vec<(usize, Length)>,
) -> Draft {
    let content = &breaks.pages[number];
    let mut draft = Draft { has_text: !content.pieces.is_empty(), ..Draft::default() };
    let mut beside: Vec<(usize, Length)> = Vec::new();
    for placed in &content.pieces {
        let Some(piece) = flow.pieces.get(placed.block) else { continue };
        draft.plate = draft.plate.or(piece.plate);
        let mut y = page_top + content.text_top + placed.top;
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
            let line = flow_block.variants.get(variant).and_then(|variant| variant.lines.get(index));
            for &note in line.iter().flat_map(|line| &line.notes) {
                let baseline = flow.notes.get(note).and_then(|note| baseline_of(note.id, &items));
                // A note within a note stands where that one does.
                let above = calls.last().map_or(at.y, |(_, above)| *above);
                calls.push((note, baseline.map_or(above, |baseline| at.y + baseline)));
            }
            draft.items.extend(items.into_iter().map(|item| translate(item, at)));
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

/// Sets down the floats of a page whose text area begins at `page_top` and ends at `height`. One at the top stands close
/// to it, one at the foot close to that.
fn floats(
    flow: &Flow,
    breaks: &PageBreaks,
    number: usize,
    page_top: Length,
    height: Length,
    draft: &mut Draft,
    composer: &mut Composer<'_>,
) {
    let content = &breaks.pages[number];
    for placed in &content.floats {
        let Some(float) = flow.floats.get(placed.float) else { continue };
        let top = page_top + placed.top;
        let shift = if placed.top == Length::ZERO {
            Length::ZERO
        } else if top + float.measured().height == height {
            float.piece.shift * 2
        } else {
            float.piece.shift
        };
        draft.plate = draft.plate.or(float.piece.plate);
        lines(&float.piece, &float.block, (top, shift), draft, composer);
        draft.floats.push(float.nodes);
    }
}

/// Sets down all lines of a float from `top` on, its first line `shift` lower.
fn lines(
    piece: &Piece,
    block: &FlowBlock,
    (top, shift): (Length, Length),
    draft: &mut Draft,
    composer: &mut Composer<'_>,
) {
    let rows = 0..piece.line_count(0);
    let mut y = top + shift;
    for index in rows.clone() {
        let (items, _) = piece.line_items(0, index, &rows, composer);
        let at = Point::new(piece.x, y);
        draft.items.extend(items.into_iter().map(|item| translate(item, at)));
        let line = block.variants.first().and_then(|variant| variant.lines.get(index));
        y += line.map_or(Length::ZERO, |line| line.height);
        if index == 0 {
            y -= piece.shift;
        }
    }
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
    // Above a note that goes on from the page before, the rule is as long as the lines.
    let goes_on = content.notes.first().is_some_and(|first| first.lines.start > 0);
    let length = if goes_on { measure } else { measure / 5 };
    let rule_x = match style.page.binding {
        Binding::Left => Length::ZERO,
        Binding::Right => measure - length,
    };
    draft.items.push(rule(Rect::new(rule_x, rule_y, length, Length::millipoints(400))));
    draft.has_notes = true;
    for placed in &content.notes {
        let Some(note) = flow.notes.get(placed.note) else { continue };
        for (line_height, items) in note.lines.get(placed.lines.clone()).unwrap_or_default() {
            let at = Point::new(Length::ZERO, y);
            draft.items.extend(items.iter().cloned().map(|item| translate(item, at)));
            y += *line_height;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::flow::PieceContent;
    use super::super::page_breaking::Variant;
    use super::*;
    use crate::font::FontBook;
    use crate::style::themes;

    /// A block of one line, `height` high, at a node if it has one.
    fn add(flow: &mut Flow, height: Length, node: Option<NodeId>) {
        let starts_at = node.map(|node| FlowPosition { node, offset: 0 });
        let line = super::super::flow::FixedLine { starts_at, ..Default::default() };
        flow.pieces.push(Piece::new(PieceContent::Lines(vec![line])));
        flow.blocks.push(FlowBlock::new(Variant::unbreakable(&[height])));
    }

    #[test]
    fn a_broken_rule_is_told_at_the_nearest_place_that_the_document_has() {
        let (style, fonts) = (themes::by_name("book").unwrap(), FontBook::bundled());
        let node = |index| NodeId { division: 0, index };
        let high = style.page.type_area(Side::Recto).size.height * 2;
        for (nodes, nearest) in [
            ([Some(node(3)), None, Some(node(9))], Some(node(3))),
            ([None, None, Some(node(9))], Some(node(9))),
            ([None, None, None], None),
        ] {
            let mut flow = Flow::default();
            for (index, node) in nodes.into_iter().enumerate() {
                add(&mut flow, if index == 1 { high } else { style.page.baseline }, node);
            }
            let mut composer = Composer::new(&fonts, &style, "en");
            let drafts = build(&flow, &style, Side::Recto, Length::ZERO, &mut composer);
            let told: Vec<_> = drafts.into_iter().flat_map(|draft| draft.violations).collect();
            assert_eq!(told, [(ViolationKind::Overfull, nearest)]);
        }
    }
}
