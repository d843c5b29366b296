//! Blocks → the pieces that pages are built from.
//!
//! A [`Flow`] is a chapter (or chapters that run on) as a sequence of [`Piece`]s, each a paragraph or a stack of finished
//! lines, with the rules that the page builder needs. It knows nothing of pages. Start at [`FlowBuilder::add_division`];
//! what is no running text has a file for each family of blocks.

mod apparatus;
mod code;
mod containers;
mod display;
mod figure;
mod float;
mod index;
mod initial;
mod list;
mod notes;
mod piece;
mod stack;
mod table;
mod verse;

use std::sync::Arc;

use super::book::{Facts, FlowPosition, FrameItem, Owner};
use super::content::{Content, Context, PageTexts};
use super::notes::NoteNumbers;
use super::page_breaking::{Break, FlowBlock, Variant};
use super::paragraph::{Composer, Fill, Paragraph};
use crate::document::{Attributes, Block, BlockKind, Direction, Division, DivisionKind, Edition, Inline, NodeId};
use crate::geometry::{Length, Point, Size};
use crate::graphic::Graphics;
use crate::style::{Binding, CharacterStyle, NumberPlace, ParagraphRole, ParagraphStyle, Side, Style, TextAlignment};
pub(super) use figure::image_size;
#[cfg(test)]
pub(super) use piece::FixedLine;
pub(super) use piece::{Flow, Piece, PieceContent, Plate, rule, translate};

/// The cost of a page that ends between a colon and what is set off below it.
const ANNOUNCED: i64 = 400;

/// What is known before lines are set, the same for all chapters.
#[derive(Clone, Copy)]
pub(super) struct Inputs<'a> {
    pub style: &'a Style,
    pub facts: &'a Facts,
    pub graphics: &'a Graphics,
    pub texts: &'a PageTexts,
    /// The numbers that notes show.
    pub numbers: &'a NoteNumbers,
}

/// Where in the nesting of blocks the builder is.
#[derive(Clone)]
struct Place {
    x: Length,
    measure: Length,
    role: ParagraphRole,
    language: Option<Arc<str>>,
    /// Which way the text reads: the side on which lines, markers and indents begin.
    direction: Direction,
    /// The direction whose lines begin at the edge where lines are to begin, where that is not the text's own: a heading's
    /// begin where those of the text around it do.
    edge: Option<Direction>,
    /// How lines fill the measure, where not as the role says.
    alignment: Option<TextAlignment>,
    /// 0 for the running text.
    depth: u8,
    /// How many lists are around.
    lists: u8,
}

impl Place {
    /// The place `start` further in, which gives up `end` on the other side.
    fn inset(&self, start: Length, end: Length) -> Self {
        let measure = (self.measure - start - end).max(Length::pt(20));
        let x = self.x + self.left_of(start, measure);
        Self { x, measure, depth: self.depth.saturating_add(1), ..self.clone() }
    }

    /// How far from the left edge that begins which is `width` wide and `start` further in.
    fn left_of(&self, start: Length, width: Length) -> Length {
        match self.direction {
            Direction::LeftToRight => start,
            Direction::RightToLeft => self.measure - start - width,
        }
    }

    /// The same place for text that reads in `direction`.
    fn reading(self, direction: Option<Direction>) -> Self {
        Self { direction: direction.unwrap_or(self.direction), ..self }
    }

    /// Lines without indent that read as the place does, straight at the edge where they are to begin.
    fn ragged(&self, measure: Length, alignment: TextAlignment) -> Fill {
        let alignment =
            if self.edge.is_some_and(|edge| edge != self.direction) { alignment.turned() } else { alignment };
        Fill { direction: self.direction, ..Fill::ragged(measure, alignment) }
    }

    /// The same place for text of another role.
    fn playing(self, role: ParagraphRole) -> Self {
        Self { role, ..self }
    }
}

/// Builds a flow.
pub(super) struct FlowBuilder<'a, 'f> {
    pub flow: Flow,
    composer: &'a mut Composer<'f>,
    inputs: Inputs<'a>,
    style: &'a Style,
    /// What heights are made up to: the grid, or nothing in a cell or a note.
    unit: Length,
    /// How many notes earlier divisions of this flow have.
    note_base: usize,
    pending_space: Length,
    /// Whether what comes next begins a page.
    pending_page: bool,
    /// Whether what comes next goes back to the grid.
    pending_snap: bool,
    /// The index of the last block that ends with a colon.
    announcing: Option<usize>,
    /// What is to stand beside the next first line: from the left edge of the type area, and from that line's baseline.
    marker: Vec<FrameItem>,
    after_heading: bool,
    /// The rules beside what is being set, as indices into [`Flow::side_rules`].
    side_rules: Vec<usize>,
    /// What may be set elsewhere than where it was written.
    floats: float::Floats,
}

impl<'a, 'f> FlowBuilder<'a, 'f> {
    /// An empty flow.
    pub(super) fn new(inputs: Inputs<'a>, composer: &'a mut Composer<'f>) -> Self {
        Self {
            flow: Flow::default(),
            composer,
            inputs,
            style: inputs.style,
            unit: inputs.style.page.baseline,
            note_base: 0,
            pending_space: Length::ZERO,
            pending_page: false,
            pending_snap: false,
            announcing: None,
            marker: Vec::new(),
            after_heading: true,
            side_rules: Vec::new(),
            floats: float::Floats::default(),
        }
    }

    fn measure(&self) -> Length {
        self.style.page.type_area(Side::Recto).size.width
    }

    fn grid(&self) -> Length {
        self.style.page.baseline
    }

    /// From a line's top to its baseline, where lines are `leading` apart.
    fn ascent(&self, leading: Length) -> Length {
        leading.scale(self.style.page.first_baseline.raw(), self.grid().raw())
    }

    /// Adds a division's blocks and notes.
    pub(super) fn add_division(&mut self, division: &Division) {
        self.note_base = self.flow.notes.len();
        let place = Place {
            x: Length::ZERO,
            measure: self.measure(),
            role: ParagraphRole::Body,
            language: None,
            direction: match self.style.page.binding {
                Binding::Left => Direction::LeftToRight,
                Binding::Right => Direction::RightToLeft,
            },
            edge: None,
            alignment: None,
            depth: 0,
            lists: 0,
        };
        let first = self.flow.pieces.len();
        for note in division.notes_apart() {
            let lines = self.note(note, division, &place);
            self.flow.notes.push(lines);
        }
        self.floats.number(&division.blocks, self.style);
        let blocks = match division.blocks.split_first() {
            Some((block @ Block { id, attributes, kind: BlockKind::Heading { content, .. }, .. }, rest))
                if division.kind == DivisionKind::Part =>
            {
                let place = self.place_of(block, &place);
                let role = ParagraphRole::Part;
                let content = self.numbered(content, attributes, *id, role, &place, division);
                self.end_section();
                self.text(content, role, &place, Some(*id));
                self.begin_section();
                self.after_heading = true;
                rest
            }
            Some(_) | None => &division.blocks,
        };
        self.blocks(blocks, division, &place);
        if division.kind == DivisionKind::Notes {
            self.end_notes(&division.notes, division, &place);
        }
        self.call_all_notes(first, division, &place);
        self.end_section();
    }

    /// Lets the block that was added last begin a section out of which nothing floats.
    fn begin_section(&mut self) {
        let first = self.floats_section();
        if let Some(block) = self.flow.blocks.get_mut(first) {
            block.starts_section = true;
        }
    }

    fn context<'c>(&'c self, division: &'c Division, measure: Length) -> Context<'c> {
        let Inputs { facts, graphics, texts, numbers, .. } = self.inputs;
        let (fonts, language) = (self.composer.fonts(), self.composer.language());
        let notes = division.notes_apart();
        Context { style: self.style, facts, graphics, texts, fonts, language, notes, numbers, measure }
    }

    fn content(&self, inlines: &[Inline], role: ParagraphRole, place: &Place, division: &Division) -> Content {
        self.styled(inlines, self.style.paragraph(role).character, place, division)
    }

    fn styled(&self, inlines: &[Inline], style: CharacterStyle, place: &Place, division: &Division) -> Content {
        Content::of(inlines, style, place.language.clone(), &self.context(division, place.measure))
    }

    /// A heading's words behind its number.
    fn numbered(
        &mut self,
        inlines: &[Inline],
        attributes: &Attributes,
        node: NodeId,
        role: ParagraphRole,
        place: &Place,
        division: &Division,
    ) -> Content {
        let mut content = Content::default();
        if let Some(number) = &attributes.number {
            let ParagraphStyle { character: style, number: number_place, .. } = *self.style.paragraph(role);
            let small = CharacterStyle { size: self.style.number_size(role), small_caps: true, tracking: 60, ..style };
            match number_place {
                NumberPlace::Above => content.push_generated(&format!("{number}\n"), small, Owner::Marker(node)),
                NumberPlace::Margin if self.hang_number(number, style, node, place) => {}
                NumberPlace::Beside | NumberPlace::Margin => {
                    content.push_generated(&format!("{number}\u{2002}"), style, Owner::Marker(node));
                }
            }
        }
        content.append(self.content(inlines, role, place, division));
        content
    }

    /// Hangs a heading's number into the margin where lines begin; false where it is too narrow, and nothing is done.
    fn hang_number(&mut self, number: &str, style: CharacterStyle, node: NodeId, place: &Place) -> bool {
        let content = Content::generated(number, style, Owner::Marker(node));
        let (_, width) = self.composer.widths(&content);
        let gap = self.style.paragraph(ParagraphRole::Body).character.size;
        let margins = self.style.page.margins;
        let room = if self.style.page.facing { margins.inner.min(margins.outer) } else { margins.inner };
        if place.depth > 0 || width + gap * 2 > room {
            return false;
        }
        let items = self.composer.verbatim(content, style.size / 4);
        let at = Point::new(place.left_of(-(width + gap), width), Length::ZERO);
        self.marker = items.into_iter().map(|item| translate(item, at)).collect();
        true
    }

    fn blocks(&mut self, blocks: &[Block], division: &Division, place: &Place) {
        for block in blocks {
            self.block_in(block, division, place);
        }
    }

    /// A block in the language that it names, where it is for print.
    fn block_in(&mut self, block: &Block, division: &Division, place: &Place) {
        if block.attributes.edition == Some(Edition::Epub) {
            return;
        }
        let place = self.place_of(block, place);
        if let Some(number) = self.floats.number_of(block.id) {
            return self.float(number, block, division, &place);
        }
        if float::asks_to_move(block) {
            self.warn_unmoved(block);
        }
        self.block(block, division, &place);
    }

    /// The place of a block within `place`, with the block's language and direction.
    fn place_of(&self, block: &Block, place: &Place) -> Place {
        let mut own = place.clone();
        if block.attributes.language.is_some() {
            own.language.clone_from(&block.attributes.language);
        }
        // The lines of code don't ask, and its title and its caption have a direction of their own.
        if !matches!(block.kind, BlockKind::Code(_)) {
            own = own.reading(self.inputs.facts.directions.change(block.id));
        }
        if matches!(block.kind, BlockKind::Heading { .. }) && !self.inputs.facts.directions.opens_turned(block.id) {
            own.edge = own.edge.or(Some(place.direction));
        }
        own
    }

    /// The place of a block's title or caption, whose lines begin where the block's do.
    fn place_of_words(&self, block: NodeId, place: &Place) -> Place {
        let edge = place.edge.or(Some(place.direction));
        Place { edge, ..place.clone() }.reading(self.inputs.facts.directions.words(block))
    }

    fn block(&mut self, block: &Block, division: &Division, place: &Place) {
        let half = self.grid() / 2;
        match &block.kind {
            BlockKind::Heading { level, content, .. } => {
                let role = ParagraphRole::heading(*level);
                let content = self.numbered(content, &block.attributes, block.id, role, place, division);
                let heading = (place.depth == 0).then_some(block.id);
                if place.depth == 0 {
                    self.end_section();
                }
                self.text(content, role, place, heading);
                if place.depth == 0 && *level == 1 {
                    self.begin_section();
                }
                self.after_heading = true;
            }
            BlockKind::Paragraph(inlines) => self.paragraph(inlines, division, place),
            BlockKind::Quote(blocks) => {
                let (start, end) = (self.told_by(self.style.quote_indent), self.style.quote_indent);
                let role = if place.role == ParagraphRole::Body { ParagraphRole::Quote } else { place.role };
                let inner = place.inset(start, end).playing(role);
                self.set_off(half, |builder| builder.quoted(blocks, division, &inner));
            }
            BlockKind::List { start, numbers, tight, items } => {
                let space = if place.depth == 0 { half } else { Length::ZERO };
                let start = start.map(|first| (first, *numbers));
                self.set_off(space, |builder| builder.list(start, *tight, items, division, place));
            }
            BlockKind::DefinitionList(definitions) => {
                let space = if place.depth == 0 { half } else { Length::ZERO };
                self.set_off(space, |builder| builder.definitions(definitions, division, place));
            }
            BlockKind::Code(code) => {
                self.set_off(half, |builder| builder.code(code, block, division, place));
            }
            BlockKind::Verse(lines) => self.verse(lines, division, place),
            BlockKind::Break => self.scene_break(block.id, place),
            BlockKind::PageBreak => self.pending_page = true,
            BlockKind::Figure { image, caption } => {
                self.set_off(half, |builder| builder.figure(block, image, caption, division, place));
            }
            BlockKind::FigureGroup { blocks, columns, caption } => {
                self.set_off(half, |builder| builder.figure_group(block, blocks, *columns, caption, division, place));
            }
            BlockKind::Table(table) => {
                let (count, before) = (self.flow.floats.len(), (self.pending_space, self.after_heading));
                self.set_off(half, |builder| builder.table(table, block, division, place));
                if self.flow.floats.len() > count {
                    // It has pages of its own: to the text it is as if nothing had been here.
                    (self.pending_space, self.after_heading) = before;
                }
            }
            BlockKind::Formula(formula) => {
                self.set_off(half, |builder| builder.formula(formula, block, place));
            }
            BlockKind::Admonition { kind, title, blocks } => {
                self.admonition(*kind, title, blocks, block.id, division, place);
            }
            BlockKind::Container { role, title, blocks } => {
                self.container(*role, title, blocks, block.id, division, place);
            }
            BlockKind::Bibliography(works) => {
                self.set_off(half, |builder| builder.bibliography(works, division, place));
            }
            BlockKind::Index(lines) => self.set_off(half, |builder| builder.index(lines, division, place)),
        }
    }

    /// Puts `space` above and below what `add` adds.
    fn set_off(&mut self, space: Length, add: impl FnOnce(&mut Self)) {
        // Where paragraphs have space between them, so has all that is set off.
        let paragraphs = self.style.paragraph(ParagraphRole::Body).space_after;
        let space = if space > Length::ZERO { space.max(paragraphs) } else { space };
        // As above a paragraph, that space is not below a heading, which has its own.
        let is_headed = self.flow.blocks.last().is_some_and(|above| above.keep_with_next);
        self.pending_space = self.pending_space.max(if is_headed { Length::ZERO } else { space });
        self.after_heading = true;
        let before = self.flow.blocks.len();
        let announced = before.checked_sub(1).filter(|above| self.announcing == Some(*above));
        add(self);
        if self.flow.blocks.len() > before
            && let Some(above) = announced.and_then(|above| self.flow.blocks.get_mut(above))
        {
            for last in above.variants.iter_mut().filter_map(|variant| variant.lines.last_mut()) {
                if let Break::Cost(cost) = &mut last.break_after {
                    *cost = (*cost).max(ANNOUNCED);
                }
            }
        }
        if self.flow.blocks.len() > before
            && let Some(last) = self.flow.blocks.last_mut()
        {
            last.space_after = last.space_after.max(space);
        }
        self.after_heading = true;
    }

    /// A paragraph or a heading.
    fn text(&mut self, content: Content, role: ParagraphRole, place: &Place, heading: Option<NodeId>) {
        if content.text.is_empty() {
            return;
        }
        let mut style = self.style.paragraph(role).clone();
        if place.lists > 0 && role.is_running() {
            // A list has a spacing of its own.
            style.space_after = Length::ZERO;
        }
        let announces = content.text.trim_end().ends_with([':', '：']);
        let indented = !self.after_heading && self.marker.is_empty();
        // A note's own paragraphs are told apart, though its first has no indent but its number.
        let least = if role == ParagraphRole::Note { style.character.size } else { Length::ZERO };
        let indent = if indented { style.first_line_indent.max(least) } else { Length::ZERO };
        let fill = fill_of(&style, indent, place);
        if style.keep_with_next {
            let (paragraph, fill, offset) = self.composer.balanced(&content, &fill);
            let place = Place { x: place.x + offset, ..place.clone() };
            self.push_paragraph(paragraph, fill, &style, &place, heading);
        } else {
            let paragraph = self.composer.running(content, &fill);
            self.push_paragraph(paragraph, fill, &style, place, heading);
        }
        if announces {
            self.announcing = self.flow.blocks.len().checked_sub(1);
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
        let mut shift = Length::ZERO;
        let (mut variants, mut above) = (Vec::new(), Length::ZERO);
        let beside = fill.beside.0;
        let ascent = self.ascent(style.leading);
        // A heading's lines are as equal as can be; no page is worth others.
        let choices = if style.keep_with_next { 1 } else { usize::MAX };
        for (lines, extra) in paragraph.variants().into_iter().take(choices) {
            let height_of = |line| {
                let (above, below) =
                    (paragraph.extra_height(line, ascent), paragraph.extra_depth(line, style.leading - ascent));
                style.leading + above + below
            };
            let mut heights: Vec<Length> = lines.iter().map(height_of).collect();
            // A short paragraph is still as high as its initial.
            let missing = style.leading * i64::try_from(beside.saturating_sub(heights.len())).unwrap_or(0);
            let total: Length = heights.iter().copied().sum();
            let is_heading = style.keep_with_next;
            // A heading that is hardly higher than its lines on the grid has no more than these: the rest lies above it, and is
            // gone at the top of a page.
            let over = total - (total - self.unit + Length::from_raw(1)).round_up(self.unit);
            let padding = if is_heading && over > Length::ZERO && over * 5 <= style.leading {
                above = self.unit;
                -over
            } else {
                total.round_up(self.unit) - total
            };
            if variants.is_empty() && is_heading {
                let room = style.space_before + style.space_after + padding;
                shift = (room * 2 / 3 - style.space_before).min(padding).max(Length::ZERO);
            }
            if let Some(first) = heights.first_mut() {
                *first += shift;
            }
            if let Some(last) = heights.last_mut() {
                *last += padding - shift + missing;
            }
            let natural =
                if is_heading { Variant::unbreakable(&heights) } else { Variant::breakable(&heights, beside.max(2)) };
            let mut flow_lines = natural.lines;
            for (flow_line, line) in flow_lines.iter_mut().zip(lines) {
                flow_line.notes = paragraph.notes(line).into_iter().map(|note| note + self.note_base).collect();
                if !self.floats.is_empty() {
                    flow_line.floats =
                        paragraph.targets(line).filter_map(|target| self.floats.number_of(target)).collect();
                }
            }
            // Lines that look worse by a hundred thousand demerits weigh as much as a page that is a few lines short.
            let cost = (extra / 200).clamp(0, 4_000) + i64::from(!variants.is_empty()) * 30;
            variants.push(Variant { cost, lines: flow_lines });
        }
        let block = FlowBlock {
            space_before: style.space_before + above,
            space_after: style.space_after,
            variants,
            keep_with_next: style.keep_with_next,
            on_grid: place.depth == 0,
            ..FlowBlock::new(Variant::default())
        };
        let piece = Piece {
            x: place.x,
            ascent,
            shift,
            heading,
            marker: self.take_marker(place.x, Length::ZERO),
            ..Piece::new(PieceContent::Paragraph(Box::new(paragraph), fill))
        };
        self.push(block, piece);
    }

    /// How far a block stands in that is told from the text by `indent`: not at all where a marker beside it tells it.
    fn told_by(&self, indent: Length) -> Length {
        if self.marker.is_empty() { indent } else { Length::ZERO }
    }

    /// What waits to stand beside the next first line, from the left end of that line and its baseline.
    fn take_marker(&mut self, x: Length, baseline: Length) -> Vec<FrameItem> {
        let marker = std::mem::take(&mut self.marker).into_iter();
        marker.map(|item| translate(item, Point::new(-x, baseline))).collect()
    }

    /// Adds a piece, with the space, the page break and the rules that wait for it.
    fn push(&mut self, block: FlowBlock, piece: Piece) {
        let space = std::mem::take(&mut self.pending_space);
        let starts_page = std::mem::take(&mut self.pending_page);
        let on_grid = std::mem::take(&mut self.pending_snap) || block.on_grid;
        self.flow.blocks.push(FlowBlock { space_before: block.space_before.max(space), starts_page, on_grid, ..block });
        self.flow.pieces.push(Piece { side_rules: self.side_rules.clone(), ..piece });
    }

    /// A break between scenes.
    fn scene_break(&mut self, node: NodeId, place: &Place) {
        let style = self.style.paragraph(ParagraphRole::Break).clone();
        let owner = Owner::Artifact(super::book::Artifact::Layout);
        let content = Content::generated("* * *", style.character, owner);
        let fill = fill_of(&style, Length::ZERO, &Place { alignment: None, ..place.clone() });
        let mut lines = self.set_lines(content, &fill, style.leading, Length::ZERO);
        if let Some(first) = lines.first_mut() {
            first.starts_at = Some(FlowPosition { node, offset: 0 });
        }
        self.pending_space = self.pending_space.max(style.space_before);
        self.push_stack(lines, place, stack::Padding::Around);
        if let Some(block) = self.flow.blocks.last_mut() {
            block.space_after = style.space_after;
        }
        self.after_heading = true;
    }
}

/// The room that an image within a figure has: the place's width, and three fifths of a page.
fn figure_room(style: &Style, place: &Place) -> Size {
    Size::new(place.measure, style.page.type_area(Side::Recto).size.height * 3 / 5)
}

/// How a paragraph of this style fills the place's measure.
fn fill_of(style: &ParagraphStyle, indent: Length, place: &Place) -> Fill {
    let ragged = place.ragged(place.measure, place.alignment.unwrap_or(style.alignment));
    let indent = if place.alignment.is_some() { Length::ZERO } else { indent };
    Fill { hyphenate: style.hyphenate, ..ragged }.indented(indent)
}
