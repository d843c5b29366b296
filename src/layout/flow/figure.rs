//! Figures, alone and in groups, and captions.

use super::super::book::{FlowPosition, FrameItem, ItemKind, Owner};
use super::super::content::Content;
use super::super::paragraph::Fill;
use super::piece::Plate;
use super::stack::{Padding, StackLine, height_of};
use super::{FlowBuilder, Place, figure_room};
use crate::diagnostics::Diagnostic;
use crate::document::{Attributes, Block, BlockKind, Division, Edition, Image, ImageWidth, Inline, NodeId, Placement};
use crate::geometry::{Length, Point, Rect, Size};
use crate::graphic::{Graphic, GraphicId};
use crate::style::{CharacterStyle, ParagraphRole, TextAlignment};

/// The size of an image as wide as the author asks, else its own, reduced to fit `room`.
pub(in super::super) fn image_size(graphic: &Graphic, wanted: Option<ImageWidth>, room: Size) -> Size {
    let natural = graphic.size;
    let (wide, high) = (natural.width.raw().max(1), natural.height.raw().max(1));
    let width = match wanted {
        Some(ImageWidth::Permille(share)) => room.width.permille(i64::from(share)),
        Some(ImageWidth::Millipoints(points)) => Length::millipoints(i64::from(points)),
        None => natural.width,
    };
    let width = width.min(room.width).max(Length::from_raw(1));
    let size = Size::new(width, natural.height.scale(width.raw(), wide));
    if size.height > room.height {
        return Size::new(natural.width.scale(room.height.raw(), high), room.height);
    }
    size
}

/// An image of which a page shows fewer hundredths along one side is warned of.
const LEAST_SEEN: i64 = 90;

impl FlowBuilder<'_, '_> {
    /// An image in the middle of the measure, its number and caption below.
    pub(super) fn figure(
        &mut self,
        block: &Block,
        image: &Image,
        caption: &[Inline],
        division: &Division,
        place: &Place,
    ) {
        if block.attributes.placement == Some(Placement::FullBleed)
            && self.floats.number_of(block.id).is_some()
            && let Some(graphic) = self.inputs.facts.images.get(&block.id).copied()
            && self.plate(block, graphic, caption, division, place)
        {
            return;
        }
        let lines = self.figure_lines(block, image, caption, division, place);
        self.push_stack(lines, place, Padding::Around);
    }

    /// An image that fills a page up to its edges, its middle where the page's is; what is beyond them is cut off. A caption
    /// stands at the foot of the type area, and the image ends above it. False where the caption has notes, which would need
    /// room on the page: then nothing is done.
    fn plate(
        &mut self,
        block: &Block,
        graphic: GraphicId,
        caption: &[Inline],
        division: &Division,
        place: &Place,
    ) -> bool {
        let Some(natural) = self.inputs.graphics.get(graphic).map(|graphic| graphic.size) else { return false };
        let page = &self.style.page;
        let (area, grid) = (page.margins.top + self.grid() * page.lines(), self.grid());
        // The first page of a chapter begins lower.
        let sunk = if self.flow.blocks.is_empty() { i64::from(self.style.sinkage) } else { 0 };
        let height = grid * (page.lines() - sunk);
        let known = self.composer.diagnostics.len();
        let below = self.caption(caption, &block.attributes, block.id, TextAlignment::Center, place, division);
        let words = height_of(&below);
        if below.iter().any(|line| !line.notes.is_empty()) || words > height / 2 {
            self.composer.diagnostics.truncate(known);
            return false;
        }
        let bottom = if below.is_empty() { page.trim.height } else { area - words - grid / 2 };
        let plate = Plate { node: block.id, graphic, bottom };
        let seen = Rect::new(Length::ZERO, Length::ZERO, page.trim.width, bottom);
        let whole = seen.covering(natural).size;
        // One of the two sides is seen whole.
        let hundredths = [(seen.size.width, whole.width), (seen.size.height, whole.height)]
            .map(|(seen, whole)| seen.raw() * 100 / whole.raw().max(1));
        let share = hundredths[0].min(hundredths[1]);
        if share < LEAST_SEEN {
            let message = format!("this image fills a page, which shows {share} % of it");
            let finding = Diagnostic::warning("cropped-image", block.span, message);
            let [wide, high] = [seen.size.width, seen.size.height].map(|side| side.to_pt() / 72.0);
            self.composer
                .diagnostics
                .push(finding.help(format!("crop it to the page's proportions, {wide:.2} to {high:.2} inches")));
        }
        let starts_at = Some(FlowPosition { node: block.id, offset: 0 });
        let mut line = StackLine { starts_at, ..StackLine::blank(height) };
        let mut y = height - words;
        for mut words in below {
            words.shift(Point::new(Length::ZERO, y));
            y += words.height;
            line.items.append(&mut words.items);
        }
        self.pending_page = true;
        self.push_stack(vec![line], place, Padding::Below);
        self.pending_page = true;
        if let Some(piece) = self.flow.pieces.last_mut() {
            piece.plate = Some(plate);
        }
        true
    }

    fn figure_lines(
        &mut self,
        block: &Block,
        image: &Image,
        caption: &[Inline],
        division: &Division,
        place: &Place,
    ) -> Vec<StackLine> {
        let half = self.grid() / 2;
        let starts_at = Some(FlowPosition { node: block.id, offset: 0 });
        let graphic = self.inputs.facts.images.get(&block.id).copied();
        let mut lines =
            if let (Some(id), Some(graphic)) = (graphic, graphic.and_then(|id| self.inputs.graphics.get(id))) {
                let size = image_size(graphic, image.width, figure_room(self.style, place));
                let rect = Rect::new((place.measure - size.width) / 2, Length::ZERO, size.width, size.height);
                let item = FrameItem { owner: Owner::Node(block.id), kind: ItemKind::Image { rect, graphic: id } };
                vec![StackLine { items: vec![item], starts_at, ..StackLine::blank(size.height) }]
            } else {
                let style = self.style.paragraph(ParagraphRole::Caption).clone();
                let alt = Content::generated(image.stand_in(), style.character, Owner::Node(block.id));
                let fill = place.ragged(place.measure, TextAlignment::Center);
                let mut lines = self.set_lines(alt, &fill, style.leading, Length::ZERO);
                for line in &mut lines {
                    line.starts_at = starts_at;
                }
                lines
            };
        let mut below = self.caption(caption, &block.attributes, block.id, TextAlignment::Center, place, division);
        if let (Some(last), false) = (lines.last_mut(), below.is_empty()) {
            last.height += half;
        }
        lines.append(&mut below);
        lines
    }

    /// A caption behind the number of what it stands at; nothing where there is neither. One line stands in the middle
    /// where `alignment` says so; several start at one edge, below the middle of the measure.
    pub(super) fn caption(
        &mut self,
        caption: &[Inline],
        attributes: &Attributes,
        node: NodeId,
        alignment: TextAlignment,
        place: &Place,
        division: &Division,
    ) -> Vec<StackLine> {
        let place = &self.place_of_words(node, place);
        let style = self.style.paragraph(ParagraphRole::Caption).clone();
        let mut content = Content::default();
        if let Some(number) = &attributes.number {
            let look = self.style.paragraph(ParagraphRole::CaptionNumber).character;
            let look = CharacterStyle { size: style.character.size, ..look };
            let after = if caption.is_empty() { "" } else { "\u{2002}" };
            content.push_generated(&format!("{number}{after}"), look, Owner::Marker(node));
        }
        content.append(self.content(caption, ParagraphRole::Caption, place, division));
        let fill = place.ragged(place.measure, alignment);
        let (_, width) = self.composer.widths(&content);
        if width > place.measure && alignment == TextAlignment::Center {
            let (paragraph, fill, offset) = self.composer.balanced(&content, &fill);
            if (2..=3).contains(&paragraph.variants()[0].0.len()) {
                return self.set_lines(content, &fill, style.leading, offset);
            }
            let fill = Fill { hyphenate: true, ..place.ragged(place.measure, TextAlignment::Start) };
            return self.set_lines(content, &fill, style.leading, Length::ZERO);
        }
        self.set_lines(content, &fill, style.leading, Length::ZERO)
    }

    /// Panels side by side, each with its own caption, and the caption of the whole below.
    pub(super) fn figure_group(
        &mut self,
        group: &Block,
        blocks: &[Block],
        columns: u8,
        caption: &[Inline],
        division: &Division,
        place: &Place,
    ) {
        let gap = self.style.table_padding;
        let shown: Vec<&Block> =
            blocks.iter().filter(|block| block.attributes.edition != Some(Edition::Epub)).collect();
        let columns = usize::from(columns.max(1)).min(shown.len().max(1));
        let count = i64::try_from(columns).unwrap_or(1);
        let width = ((place.measure - gap * (count - 1)) / count).max(self.style.page.baseline * 2);
        let panel = Place { x: Length::ZERO, measure: width, ..place.inset(Length::ZERO, Length::ZERO) };
        let mut lines: Vec<StackLine> = Vec::new();
        for row in shown.chunks(columns) {
            let mut whole = StackLine::blank(Length::ZERO);
            // Panels stand on one line, their captions hang below it.
            let mut cells = Vec::new();
            for block in row {
                cells.push(self.panel(block, division, &panel));
            }
            let base = cells.iter().map(|(_, image)| *image).fold(Length::ZERO, Length::max);
            let mut start = Length::ZERO;
            for (cell, image) in cells {
                let x = place.left_of(start, width);
                let mut y = base - image;
                for mut line in cell {
                    line.shift(Point::new(x, y));
                    y += line.height;
                    whole.items.append(&mut line.items);
                    whole.notes.append(&mut line.notes);
                    whole.starts_at = whole.starts_at.or(line.starts_at);
                }
                whole.height = whole.height.max(y);
                start += width + gap;
            }
            whole.height += self.grid() / 2;
            whole.break_after = super::super::page_breaking::Break::Cost(2_000);
            lines.push(whole);
        }
        let mut below = self.caption(caption, &group.attributes, group.id, TextAlignment::Center, place, division);
        if let Some(last) = lines.last_mut() {
            if below.is_empty() {
                last.height -= self.grid() / 2;
            } else {
                last.break_after = super::super::page_breaking::Break::Forbidden;
            }
        }
        lines.append(&mut below);
        self.push_stack(lines, place, Padding::Around);
    }

    /// A panel of a group, and how high the image in it is.
    fn panel(&mut self, block: &Block, division: &Division, place: &Place) -> (Vec<StackLine>, Length) {
        let BlockKind::Figure { image, caption } = &block.kind else {
            let style = self.style;
            let lines = self.apart(style, |builder| builder.block_in(block, division, place));
            let height = height_of(&lines);
            return (lines, height);
        };
        let mut lines = self.figure_lines(block, image, caption, division, place);
        let captions = lines.len().saturating_sub(1);
        let height = lines.first().map_or(Length::ZERO, |line| line.height);
        if captions == 0 {
            return (lines, height);
        }
        let gap = self.grid() / 2;
        if let Some(first) = lines.first_mut() {
            first.height = first.height.max(gap);
        }
        (lines, (height - gap).max(Length::ZERO))
    }
}
