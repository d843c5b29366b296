//! Blocks → the pieces that pages are built from.
//!
//! A [`Flow`] is a chapter (or chapters that run on) as a sequence of [`Piece`]s, each a paragraph or a stack of finished
//! lines, with the rules that the page builder needs. It knows nothing of pages. Start at [`FlowBuilder::add_division`].

use std::sync::Arc;

use super::book::{Artifact, Facts, FlowPosition, FrameItem, Ink, ItemKind, Owner, PathSegment};
use super::content::{Content, Context};
use super::figure::natural_size;
use super::page_breaking::{FlowBlock, FlowLine, Note as PageNote, Variant};
use super::paragraph::{ComposedLine, Composer, Fill, Paragraph};
use super::table;
use crate::document::{Block, BlockKind, CodeBlock, Division, Edition, Inline, ListItem, NodeId, Part};
use crate::geometry::{Length, Point, Rect};
use crate::graphic::Graphics;
use crate::style::{ParagraphRole, ParagraphStyle, Style, TextAlignment};

/// What pages are built from.
#[derive(Debug, Default)]
pub(super) struct Flow {
    /// The pieces, in reading order; the page builder's blocks, one each.
    pub pieces: Vec<Piece>,
    /// The same for the page builder.
    pub blocks: Vec<FlowBlock>,
    /// The notes, in order.
    pub notes: Vec<NoteLines>,
}

/// A note, set.
#[derive(Debug, Default)]
pub(super) struct NoteLines {
    /// Its lines from the top: height, and what to paint from the line's top left corner.
    pub lines: Vec<(Length, Vec<FrameItem>)>,
}

/// A paragraph, or lines that are finished.
#[derive(Debug)]
pub(super) struct Piece {
    /// What it holds.
    pub content: PieceContent,
    /// From the left edge of the type area.
    pub x: Length,
    /// From a line's top to its baseline.
    pub ascent: Length,
    /// How far the text is let down in the room of the first line, where the piece is not at the top of a page.
    pub shift: Length,
    /// Whether its first baseline is on the grid.
    pub on_grid: bool,
    /// For a heading that the contents lists: its node.
    pub heading: Option<NodeId>,
    /// What stands to the left of the first line: a list's marker, placed from the line's left end and its baseline.
    pub marker: Vec<FrameItem>,
    /// What each later page repeats above: a table's head, from its top left corner.
    pub repeated: Vec<FrameItem>,
}

/// The two kinds of piece.
#[derive(Debug)]
pub(super) enum PieceContent {
    /// Text with a choice of line breaks.
    Paragraph(Box<Paragraph>, Fill),
    /// Lines to be placed as they are, from their top left corners.
    Lines(Vec<FixedLine>),
}

/// A finished line.
#[derive(Clone, Debug, Default)]
pub(super) struct FixedLine {
    /// What to paint, from the line's top left corner.
    pub items: Vec<FrameItem>,
    /// Where the flow is at its start.
    pub starts_at: Option<FlowPosition>,
}

/// Where in the nesting of blocks the builder is.
#[derive(Clone)]
struct Place {
    x: Length,
    measure: Length,
    role: ParagraphRole,
    language: Option<Arc<str>>,
    depth: u8,
}

/// Builds a flow.
pub(super) struct FlowBuilder<'a, 'f> {
    pub flow: Flow,
    pub composer: Composer<'f>,
    style: &'a Style,
    facts: &'a Facts,
    graphics: &'a Graphics,
    /// How many notes earlier divisions of this flow have.
    note_base: usize,
    pending_space: Length,
    marker: Vec<FrameItem>,
    after_heading: bool,
}

impl<'a, 'f> FlowBuilder<'a, 'f> {
    /// An empty flow.
    pub(super) fn new(style: &'a Style, facts: &'a Facts, graphics: &'a Graphics, composer: Composer<'f>) -> Self {
        Self {
            flow: Flow::default(),
            composer,
            style,
            facts,
            graphics,
            note_base: 0,
            pending_space: Length::ZERO,
            marker: Vec::new(),
            after_heading: true,
        }
    }

    fn measure(&self) -> Length {
        self.style.page.type_area(crate::style::Side::Recto).size.width
    }

    fn grid(&self) -> Length {
        self.style.page.baseline
    }

    /// Adds a division's blocks and notes.
    pub(super) fn add_division(&mut self, division: &Division) {
        self.note_base = self.flow.notes.len();
        let place =
            Place { x: Length::ZERO, measure: self.measure(), role: ParagraphRole::Body, language: None, depth: 0 };
        for note in &division.notes {
            let lines = self.note(note, division, &place);
            self.flow.notes.push(lines);
        }
        self.blocks(&division.blocks, division, &place);
    }

    fn context<'c>(&self, division: &'c Division, measure: Length) -> Context<'c>
    where
        'a: 'c,
    {
        Context { style: self.style, facts: self.facts, graphics: self.graphics, notes: &division.notes, measure }
    }

    fn content(&self, inlines: &[Inline], role: ParagraphRole, place: &Place, division: &Division) -> Content {
        let style = self.style.paragraph(role).character;
        Content::of(inlines, style, place.language.clone(), &self.context(division, place.measure))
    }

    fn blocks(&mut self, blocks: &[Block], division: &Division, place: &Place) {
        for block in blocks {
            if block.attributes.edition == Some(Edition::Epub) {
                continue;
            }
            let mut place = place.clone();
            if block.attributes.language.is_some() {
                place.language.clone_from(&block.attributes.language);
            }
            self.block(block, division, &place);
        }
    }

    fn block(&mut self, block: &Block, division: &Division, place: &Place) {
        let half = self.grid() / 2;
        match &block.kind {
            BlockKind::Heading { level, content, .. } => {
                let role = ParagraphRole::heading(*level);
                let content = self.content(content, role, place, division);
                let heading = (place.depth == 0).then_some(block.id);
                self.text(content, role, place, heading);
                self.after_heading = true;
            }
            BlockKind::Paragraph(inlines) => {
                let content = self.content(inlines, place.role, place, division);
                self.text(content, place.role, place, None);
                self.after_heading = false;
            }
            BlockKind::Quote(blocks) => {
                let indent = self.style.quote_indent;
                let inner = Place {
                    x: place.x + indent,
                    measure: (place.measure - indent * 2).max(indent),
                    role: if place.role == ParagraphRole::Body { ParagraphRole::Quote } else { place.role },
                    depth: place.depth + 1,
                    ..place.clone()
                };
                self.set_off(half, place.depth, |builder| builder.blocks(blocks, division, &inner));
            }
            BlockKind::List { start, tight, items } => {
                let space = if place.depth == 0 { half } else { Length::ZERO };
                let start = *start;
                let tight = *tight;
                self.set_off(space, place.depth, |builder| builder.list(start, tight, items, division, place));
            }
            BlockKind::Code(CodeBlock { text, .. }) => {
                self.set_off(half, place.depth, |builder| builder.code(block.id, text, place));
            }
            BlockKind::Break => self.scene_break(block.id, place),
            BlockKind::Figure { caption, .. } => {
                self.set_off(half, place.depth, |builder| builder.figure(block, caption, division, place));
            }
            BlockKind::Table(table) => {
                let context = self.context(division, place.measure);
                let set = table::set(table, block.span, self.style, &context, &mut self.composer);
                self.set_off(half, place.depth, |builder| builder.table(set, place));
            }
            BlockKind::FigureGroup { .. }
            | BlockKind::DefinitionList(_)
            | BlockKind::Verse(_)
            | BlockKind::Admonition { .. }
            | BlockKind::Container { .. }
            | BlockKind::Bibliography(_)
            | BlockKind::Index(_) => {
                for part in block.parts() {
                    match part {
                        Part::Inlines(inlines) => {
                            let content = self.content(inlines, place.role, place, division);
                            self.text(content, place.role, place, None);
                        }
                        Part::Blocks(blocks) => self.blocks(blocks, division, place),
                        Part::Code(_) => {}
                    }
                }
            }
            BlockKind::Formula(formula) => {
                let style = self.style.paragraph(ParagraphRole::Code).character;
                let content = Content::generated(&formula.tex, style, Owner::Node(block.id));
                self.text(content, place.role, place, None);
            }
            BlockKind::PageBreak => {}
        }
    }

    /// Puts `space` above and below what `add` adds.
    fn set_off(&mut self, space: Length, depth: u8, add: impl FnOnce(&mut Self)) {
        self.pending_space = self.pending_space.max(space);
        self.after_heading = true;
        let before = self.flow.blocks.len();
        add(self);
        if self.flow.blocks.len() > before
            && let Some(last) = self.flow.blocks.last_mut()
        {
            last.space_after = last.space_after.max(space);
        }
        if depth == 0 {
            self.after_heading = true;
        }
    }

    /// A paragraph or a heading.
    fn text(&mut self, content: Content, role: ParagraphRole, place: &Place, heading: Option<NodeId>) {
        if content.text.is_empty() {
            return;
        }
        let style = self.style.paragraph(role).clone();
        let indented = !self.after_heading && self.marker.is_empty() && place.depth == 0;
        let indent = if indented { style.first_line_indent } else { Length::ZERO };
        let fill = Fill::of(&style, place.measure, indent);
        if style.keep_with_next {
            let (paragraph, fill, offset) = self.composer.balanced(&content, &fill);
            let place = Place { x: place.x + offset, ..place.clone() };
            self.push_paragraph(paragraph, fill, &style, &place, heading);
        } else {
            let paragraph = self.composer.paragraph(content, &fill);
            self.push_paragraph(paragraph, fill, &style, place, heading);
        }
    }

    fn push_paragraph(
        &mut self,
        paragraph: Paragraph,
        fill: Fill,
        style: &ParagraphStyle,
        place: &Place,
        heading: Option<NodeId>,
    ) {
        let grid = self.grid();
        let ascent = style.leading.scale(self.style.page.first_baseline.raw(), grid.raw());
        let mut shift = Length::ZERO;
        let mut variants = Vec::new();
        for (lines, extra) in paragraph.variants() {
            let mut heights: Vec<Length> =
                lines.iter().map(|line| style.leading + paragraph.extra_height(line, style.leading)).collect();
            let total: Length = heights.iter().copied().sum();
            let padding = total.round_up(grid) - total;
            let is_heading = style.keep_with_next;
            if variants.is_empty() && is_heading {
                let room = style.space_before + style.space_after + padding;
                shift = (room * 2 / 3 - style.space_before).max(Length::ZERO).min(padding);
            }
            if let Some(first) = heights.first_mut() {
                *first += shift.min(padding);
            }
            if let Some(last) = heights.last_mut() {
                *last += (padding - shift).max(Length::ZERO);
            }
            let natural = if is_heading { Variant::unbreakable(&heights) } else { Variant::breakable(&heights, 2) };
            let mut flow_lines = natural.lines;
            for (flow_line, line) in flow_lines.iter_mut().zip(lines) {
                flow_line.notes = paragraph.notes(line).into_iter().map(|note| note + self.note_base).collect();
            }
            // Lines that look worse by a hundred thousand demerits weigh as much as a page that is a few lines short.
            let cost = (extra / 200).clamp(0, 4_000) + i64::from(!variants.is_empty()) * 30;
            variants.push(Variant { cost, lines: flow_lines });
        }
        let space = std::mem::take(&mut self.pending_space);
        self.flow.blocks.push(FlowBlock {
            space_before: style.space_before.max(space),
            space_after: style.space_after,
            variants,
            keep_with_next: style.keep_with_next,
            repeated_head: Length::ZERO,
        });
        self.flow.pieces.push(Piece {
            content: PieceContent::Paragraph(Box::new(paragraph), fill),
            x: place.x,
            ascent,
            shift,
            on_grid: place.depth == 0,
            heading,
            marker: std::mem::take(&mut self.marker),
            repeated: Vec::new(),
        });
    }

    fn list(&mut self, start: Option<u64>, tight: bool, items: &[ListItem], division: &Division, place: &Place) {
        let indent = self.style.list_indent.min(place.measure / 4);
        let mut inner =
            Place { x: place.x + indent, measure: place.measure - indent, depth: place.depth + 1, ..place.clone() };
        let last = start.unwrap_or(0).saturating_add(items.len() as u64);
        if start.is_some() && last > 99 {
            // Room for three figures and more.
            let digits = last.to_string().len();
            let extra =
                self.style.paragraph(ParagraphRole::Body).character.size / 2 * i64::try_from(digits - 2).unwrap_or(0);
            inner.x += extra;
            inner.measure -= extra;
        }
        for (number, item) in (0..).zip(items) {
            let text = match (item.done, start) {
                (Some(true), _) => "☑".to_owned(),
                (Some(false), _) => "☐".to_owned(),
                (None, Some(start)) => format!("{}.", start.saturating_add(number)),
                (None, None) => ["•", "–", "·"][usize::from(place.depth) % 3].to_owned(),
            };
            let marker = self.list_marker(&text, item.id, start.is_some() && item.done.is_none());
            self.marker = marker;
            self.after_heading = true;
            if !tight && number > 0 {
                self.pending_space = self.pending_space.max(self.grid() / 2);
            }
            if item.blocks.is_empty() || !starts_with_text(&item.blocks) {
                // The marker gets a line of its own.
                let content = Content::generated(
                    "\u{200b}",
                    self.style.paragraph(inner.role).character,
                    Owner::Artifact(Artifact::Layout),
                );
                self.text(content, inner.role, &inner, None);
            }
            for block in &item.blocks {
                let mut inner = inner.clone();
                if block.attributes.language.is_some() {
                    inner.language.clone_from(&block.attributes.language);
                }
                self.after_heading = true;
                if !tight && !std::ptr::eq(block, &raw const item.blocks[0]) {
                    self.pending_space = self.pending_space.max(self.grid() / 2);
                }
                self.block(block, division, &inner);
            }
        }
    }

    /// A list item's marker: numbers end, bullets start, in the column to the left of the text.
    fn list_marker(&mut self, text: &str, item: NodeId, number: bool) -> Vec<FrameItem> {
        let style = self.style.paragraph(ParagraphRole::Body).character;
        let column = self.style.list_indent;
        let gap = style.size * 2 / 5;
        let content = Content::generated(text, style, Owner::Marker(item));
        let alignment = if number { TextAlignment::End } else { TextAlignment::Start };
        let fill = Fill { measure: column * 4, indent: Length::ZERO, alignment, hyphenate: false };
        let paragraph = self.composer.paragraph(content, &fill);
        let Some(line) = paragraph.variants()[0].0.first().cloned() else { return Vec::new() };
        let composed = paragraph.compose(&line, &fill, true, &mut self.composer);
        let x = if number { -(column * 4) - gap } else { -column + gap };
        composed.items.into_iter().map(|item| translate(item, Point::new(x, Length::ZERO))).collect()
    }

    fn code(&mut self, node: NodeId, text: &str, place: &Place) {
        let style = self.style.paragraph(ParagraphRole::Code).clone();
        let indent = self.style.code_indent;
        let measure = (place.measure - indent).max(indent);
        let mut lines = Vec::new();
        let ascent = style.leading.scale(self.style.page.first_baseline.raw(), self.grid().raw());
        let mut offset = 0;
        for source in text.split_inclusive('\n') {
            self.code_line(node, source, offset, measure, &style, ascent, &mut lines);
            offset += source.len();
        }
        if lines.is_empty() {
            lines.push(FixedLine::default());
        }
        self.push_lines(lines, style.leading, 4, place.x + indent);
    }

    /// A line of code, turned over with a mark where it is too long.
    #[expect(clippy::too_many_arguments, reason = "all of it is one line's setting")]
    fn code_line(
        &mut self,
        node: NodeId,
        source: &str,
        offset: usize,
        measure: Length,
        style: &ParagraphStyle,
        ascent: Length,
        lines: &mut Vec<FixedLine>,
    ) {
        let text = source.trim_end_matches(['\n', '\r']);
        let em = self.mono_advance(style);
        let columns = usize::try_from(measure.raw() / em.raw().max(1)).unwrap_or(1).max(8);
        let expanded = source.len() - text.len();
        let mut start = 0;
        let mut first = true;
        loop {
            let room = if first { columns } else { columns - 2 };
            let rest = &text[start..];
            let end = start + code_break(rest, room);
            let last = end >= text.len();
            let stop = if last { text.len() + expanded } else { end };
            // Each run of spaces is kept as typed: no-break spaces have the width, the text keeps the author's own.
            let shown = source[start..stop].replace(['\n', '\r'], " ");
            let mut items = self.code_run(node, &shown, style, if first { Length::ZERO } else { em * 2 });
            if !first {
                let mark = Content::generated("»", style.character, Owner::Artifact(Artifact::Layout));
                let fill = Fill { measure, indent: Length::ZERO, alignment: TextAlignment::Start, hyphenate: false };
                let paragraph = self.composer.paragraph(mark, &fill);
                if let Some(line) = paragraph.variants()[0].0.first().cloned() {
                    items.extend(paragraph.compose(&line, &fill, true, &mut self.composer).items);
                }
            }
            let position = FlowPosition { node, offset: u32::try_from(offset + start).unwrap_or(u32::MAX) };
            lines.push(FixedLine {
                items: items.into_iter().map(|item| translate(item, Point::new(Length::ZERO, ascent))).collect(),
                starts_at: Some(position),
            });
            start = end;
            first = false;
            if last {
                break;
            }
        }
    }

    fn mono_advance(&self, style: &ParagraphStyle) -> Length {
        self.composer.advance_of('0', &style.character)
    }

    fn code_run(&mut self, node: NodeId, text: &str, style: &ParagraphStyle, x: Length) -> Vec<FrameItem> {
        let content = Content::generated(text, style.character, Owner::Node(node));
        let items = self.composer.verbatim(content, self.mono_advance(style));
        items.into_iter().map(|item| translate(item, Point::new(x, Length::ZERO))).collect()
    }

    fn scene_break(&mut self, node: NodeId, place: &Place) {
        let style = self.style.paragraph(ParagraphRole::Break).clone();
        let content = Content::generated("* * *", style.character, Owner::Artifact(Artifact::Layout));
        let fill = Fill::of(&style, place.measure, Length::ZERO);
        let paragraph = self.composer.paragraph(content, &fill);
        let Some(line) = paragraph.variants()[0].0.first().cloned() else { return };
        let composed = paragraph.compose(&line, &fill, true, &mut self.composer);
        let ascent = self.style.page.first_baseline;
        let items = composed.items.into_iter().map(|item| translate(item, Point::new(Length::ZERO, ascent))).collect();
        let fixed = FixedLine { items, starts_at: Some(FlowPosition { node, offset: 0 }) };
        self.pending_space = self.pending_space.max(style.space_before);
        self.push_lines(vec![fixed], style.leading, 1, place.x);
        if let Some(block) = self.flow.blocks.last_mut() {
            block.space_after = style.space_after;
        }
        self.after_heading = true;
    }

    fn figure(&mut self, block: &Block, caption: &[Inline], division: &Division, place: &Place) {
        let grid = self.grid();
        let area = self.style.page.type_area(crate::style::Side::Recto).size.height;
        let mut height = Length::ZERO;
        let mut items = Vec::new();
        let starts_at = Some(FlowPosition { node: block.id, offset: 0 });
        let graphic = self.facts.images.get(&block.id).copied();
        let wish = if let BlockKind::Figure { image, .. } = &block.kind { image.width } else { None };
        if let (Some(id), Some(graphic)) = (graphic, graphic.and_then(|id| self.graphics.get(id))) {
            let size = natural_size(graphic, wish, place.measure, area * 3 / 5);
            let x = (place.measure - size.width) / 2;
            let rect = Rect::new(x, Length::ZERO, size.width, size.height);
            items.push(FrameItem { owner: Owner::Node(block.id), kind: ItemKind::Image { rect, graphic: id } });
            height = size.height;
        } else if let BlockKind::Figure { image, .. } = &block.kind {
            let style = self.style.paragraph(ParagraphRole::Caption).character;
            let alt = Content::generated(image.stand_in(), style, Owner::Node(block.id));
            height = self.stack(alt, place, Length::ZERO, &mut items);
        }
        if !caption.is_empty() {
            let content = self.content(caption, ParagraphRole::Caption, place, division);
            height = self.stack(content, place, height + grid / 2, &mut items);
        }
        self.push_lines(vec![FixedLine { items, starts_at }], height, 1, place.x);
    }

    /// Sets a caption below `top`, centred where it is one line; returns its bottom.
    fn stack(&mut self, content: Content, place: &Place, top: Length, items: &mut Vec<FrameItem>) -> Length {
        let style = self.style.paragraph(ParagraphRole::Caption).clone();
        let alignment = TextAlignment::Center;
        let fill = Fill { measure: place.measure, indent: Length::ZERO, alignment, hyphenate: false };
        let paragraph = self.composer.paragraph(content, &fill);
        let mut y = top;
        for line in paragraph.variants()[0].0.to_vec() {
            let composed = paragraph.compose(&line, &fill, false, &mut self.composer);
            let baseline = y + style.leading.permille(750);
            items.extend(composed.items.into_iter().map(|item| translate(item, Point::new(Length::ZERO, baseline))));
            y += style.leading;
        }
        y
    }

    fn table(&mut self, set: table::SetTable, place: &Place) {
        let grid = self.grid();
        let total: Length = set.lines.iter().map(|line| line.height).sum();
        let padding = total.round_up(grid) - total;
        let count = set.lines.len();
        let (mut lines, mut fixed) = (Vec::new(), Vec::new());
        for (index, line) in set.lines.into_iter().enumerate() {
            let last = index + 1 == count;
            let height = line.height + if last { padding } else { Length::ZERO };
            let notes = line.notes.into_iter().map(|note| note + self.note_base).collect();
            lines.push(FlowLine { height, notes, break_after: line.break_after });
            fixed.push(FixedLine { items: line.items, starts_at: line.starts_at });
        }
        if let Some(marker_line) = fixed.first_mut() {
            let marker = std::mem::take(&mut self.marker);
            marker_line.items.extend(marker.into_iter().map(|item| translate(item, Point::new(Length::ZERO, grid))));
        }
        self.flow.blocks.push(FlowBlock {
            space_before: std::mem::take(&mut self.pending_space),
            space_after: Length::ZERO,
            variants: vec![Variant { cost: 0, lines }],
            keep_with_next: false,
            repeated_head: set.head_height,
        });
        self.flow.pieces.push(Piece {
            content: PieceContent::Lines(fixed),
            x: place.x,
            ascent: Length::ZERO,
            shift: Length::ZERO,
            on_grid: false,
            heading: None,
            marker: Vec::new(),
            repeated: set.head,
        });
    }

    /// Finished lines of equal height, of which `least` stay together at each end.
    fn push_lines(&mut self, lines: Vec<FixedLine>, height: Length, least: usize, x: Length) {
        let grid = self.grid();
        let mut heights = vec![height; lines.len()];
        // What is missing to whole lines of the grid lies half above and half below.
        let total: Length = heights.iter().copied().sum();
        let padding = total.round_up(grid) - total;
        let shift = padding / 2;
        if let Some(first) = heights.first_mut() {
            *first += shift;
        }
        if let Some(last) = heights.last_mut() {
            *last += padding - shift;
        }
        let mut block = FlowBlock::new(Variant::breakable(&heights, least));
        block.space_before = std::mem::take(&mut self.pending_space);
        self.flow.blocks.push(block);
        self.flow.pieces.push(Piece {
            content: PieceContent::Lines(lines),
            x,
            ascent: Length::ZERO,
            shift,
            on_grid: false,
            heading: None,
            marker: std::mem::take(&mut self.marker)
                .into_iter()
                .map(|item| translate(item, Point::new(self.style.code_indent * -1, height.permille(714))))
                .collect(),
            repeated: Vec::new(),
        });
    }

    /// Sets a note: its number and its blocks, each as plain paragraphs of the note's size.
    fn note(&mut self, note: &crate::document::Note, division: &Division, place: &Place) -> NoteLines {
        let role = ParagraphRole::Note;
        let style = self.style.paragraph(role).clone();
        let place = Place { role, depth: 1, ..place.clone() };
        let mut builder = FlowBuilder {
            flow: Flow::default(),
            composer: Composer::new(self.composer.fonts(), self.style.typefaces, self.composer.language()),
            style: self.style,
            facts: self.facts,
            graphics: self.graphics,
            note_base: 0,
            pending_space: Length::ZERO,
            marker: Vec::new(),
            after_heading: true,
        };
        std::mem::swap(&mut builder.composer, &mut self.composer);
        let number = self.facts.note_numbers.get(&note.id).map(ToString::to_string).unwrap_or_default();
        let mut rest = note.blocks.as_slice();
        let number = format!("{number}.\u{2002}");
        if let Some((Block { kind: BlockKind::Paragraph(inlines), .. }, tail)) = rest.split_first() {
            let mut content = Content::generated(&number, style.character, Owner::Marker(note.id));
            content.append(builder.content(inlines, role, &place, division));
            builder.text(content, role, &place, None);
            rest = tail;
        } else {
            let content = Content::generated(&number, style.character, Owner::Marker(note.id));
            builder.text(content, role, &place, None);
        }
        builder.blocks(rest, division, &place);
        std::mem::swap(&mut builder.composer, &mut self.composer);
        let flow = builder.flow;
        let mut lines = Vec::new();
        for (piece, block) in flow.pieces.iter().zip(&flow.blocks) {
            for (index, line) in block.variants[0].lines.iter().enumerate() {
                let (items, _) = piece.line_items(0, index, &mut self.composer);
                let natural = match &piece.content {
                    PieceContent::Paragraph(..) => style.leading,
                    PieceContent::Lines(_) => line.height,
                };
                lines.push((natural, items));
            }
        }
        NoteLines { lines }
    }
}

impl Flow {
    /// The notes for the page builder.
    pub(super) fn page_notes(&self) -> Vec<PageNote> {
        self.notes
            .iter()
            .map(|note| PageNote { lines: note.lines.iter().map(|(height, _)| *height).collect() })
            .collect()
    }
}

impl Piece {
    /// What line `index` of a variant shows, from the line's top left corner, and where the flow is at its start.
    pub(super) fn line_items(
        &self,
        variant: usize,
        index: usize,
        composer: &mut Composer<'_>,
    ) -> (Vec<FrameItem>, Option<FlowPosition>) {
        match &self.content {
            PieceContent::Lines(lines) => {
                let Some(line) = lines.get(index) else { return (Vec::new(), None) };
                let mut items = line.items.clone();
                if index == 0 {
                    items.extend(self.marker.iter().cloned());
                }
                (items, line.starts_at)
            }
            PieceContent::Paragraph(paragraph, fill) => {
                let variants = paragraph.variants();
                let lines = variants.get(variant).or_else(|| variants.first()).map_or(&[][..], |(lines, _)| *lines);
                let Some(line) = lines.get(index) else { return (Vec::new(), None) };
                let ComposedLine { mut items, starts_at, .. } = paragraph.compose(line, fill, index == 0, composer);
                if index == 0 {
                    items.extend(self.marker.iter().cloned());
                }
                let extra = paragraph.extra_height(line, self.ascent);
                let at = Point::new(Length::ZERO, self.ascent + extra);
                (items.into_iter().map(|item| translate(item, at)).collect(), starts_at)
            }
        }
    }

    /// The lines of a variant.
    pub(super) fn line_count(&self, variant: usize) -> usize {
        match &self.content {
            PieceContent::Lines(lines) => lines.len(),
            PieceContent::Paragraph(paragraph, _) => {
                let variants = paragraph.variants();
                variants.get(variant).map_or(0, |(lines, _)| lines.len())
            }
        }
    }
}

fn starts_with_text(blocks: &[Block]) -> bool {
    blocks.first().is_some_and(|block| matches!(block.kind, BlockKind::Paragraph(_) | BlockKind::Heading { .. }))
}

/// How many bytes of `text` fit `columns` columns, preferably up to a space or a sign; all of it where it fits.
fn code_break(text: &str, columns: usize) -> usize {
    let mut cut = None;
    let mut column = 0;
    for (offset, character) in text.char_indices() {
        if column >= columns {
            return cut.filter(|(at_column, _)| *at_column * 2 > columns).map_or(offset, |(_, at)| at);
        }
        column += 1;
        if matches!(character, ' ' | ',' | ';' | '(' | '/' | '&' | '|' | '=') {
            cut = Some((column, offset + character.len_utf8()));
        }
    }
    text.len()
}

/// The item moved by `by`.
pub(super) fn translate(mut item: FrameItem, by: Point) -> FrameItem {
    match &mut item.kind {
        ItemKind::Glyphs(run) => {
            run.origin.x += by.x;
            run.origin.y += by.y;
        }
        ItemKind::Rule { rect, .. } | ItemKind::Image { rect, .. } | ItemKind::Link { rect, .. } => {
            rect.origin.x += by.x;
            rect.origin.y += by.y;
        }
        ItemKind::Path { segments, .. } => {
            let moved = |point: Point| Point::new(point.x + by.x, point.y + by.y);
            for segment in segments {
                *segment = match *segment {
                    PathSegment::MoveTo(point) => PathSegment::MoveTo(moved(point)),
                    PathSegment::LineTo(point) => PathSegment::LineTo(moved(point)),
                    PathSegment::CubicTo(first, second, end) => {
                        PathSegment::CubicTo(moved(first), moved(second), moved(end))
                    }
                    PathSegment::Close => PathSegment::Close,
                };
            }
        }
    }
    item
}

/// A rule of black ink.
pub(super) fn rule(rect: Rect) -> FrameItem {
    FrameItem { owner: Owner::Artifact(Artifact::Layout), kind: ItemKind::Rule { rect, ink: Ink::Black } }
}
