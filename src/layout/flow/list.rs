//! Lists, and terms with their meanings.

use super::super::book::{Artifact, FrameItem, Owner};
use super::super::content::Content;
use super::piece::translate;
use super::{FlowBuilder, Place};
use crate::document::{Definition, Division, ListItem, ListNumbers, NodeId};
use crate::geometry::{Length, Point};
use crate::style::{ParagraphRole, TextAlignment};

/// The column in which the markers of a list hang.
#[derive(Clone, Copy)]
struct Column {
    /// From where markers can begin to where the text does.
    width: Length,
    /// From a number to the text.
    gap: Length,
    /// Whether numbers hang in it, which end at the gap; others begin at a gap from its other side.
    numbers: bool,
}

impl FlowBuilder<'_, '_> {
    /// The items of a list behind their markers; its numbers stand below each other by their ends, in a column that is as
    /// wide as the widest.
    pub(super) fn list(
        &mut self,
        start: Option<(u64, ListNumbers)>,
        tight: bool,
        items: &[ListItem],
        division: &Division,
        place: &Place,
    ) {
        let style = self.style.paragraph(place.role).character;
        let gap = style.size * 2 / 5;
        let bullet = ["•", "–", "·"][usize::from(place.lists) % 3];
        let labels: Vec<String> = (0..)
            .zip(items)
            .map(|(index, item)| match (item.done, start) {
                (Some(true), _) => "☑".to_owned(),
                (Some(false), _) => "☐".to_owned(),
                (None, Some((first, numbers))) => numbers.label(first.saturating_add(index)),
                (None, None) => bullet.to_owned(),
            })
            .collect();
        let mut widest = Length::ZERO;
        if start.is_some() {
            for label in &labels {
                let content = Content::generated(label, style, Owner::Artifact(Artifact::Layout));
                widest = widest.max(self.composer.widths(&content).1);
            }
        }
        let width = self.style.list_indent.min(place.measure / 4).max(widest + gap);
        let column = Column { width, gap, numbers: start.is_some() };
        for (number, (item, label)) in items.iter().zip(&labels).enumerate() {
            let own = place.clone().reading(self.inputs.facts.directions.change(item.id));
            let inner = Place { lists: place.lists.saturating_add(1), ..own.inset(column.width, Length::ZERO) };
            let column = Column { numbers: column.numbers && item.done.is_none(), ..column };
            let mut marker = self.hung(label, item.id, column, &inner);
            // A list that begins an item has the item's marker beside its own.
            self.marker.append(&mut marker);
            if !tight && number > 0 {
                self.pending_space = self.pending_space.max(self.grid() / 2);
            }
            for (index, block) in item.blocks.iter().enumerate() {
                self.after_heading = true;
                if !tight && index > 0 {
                    self.pending_space = self.pending_space.max(self.grid() / 2);
                }
                self.block_in(block, division, &inner);
            }
            if !self.marker.is_empty() {
                // There is nothing in the item for the marker to stand beside.
                let style = self.style.paragraph(inner.role).character;
                let content = Content::generated("\u{200b}", style, Owner::Artifact(Artifact::Layout));
                self.text(content, inner.role, &inner, None);
            }
        }
    }

    /// What hangs before an item's text.
    fn hung(&mut self, text: &str, item: NodeId, column: Column, place: &Place) -> Vec<FrameItem> {
        let style = self.style.paragraph(place.role).character;
        let content = Content::generated(text, style, Owner::Marker(item));
        let (_, natural) = self.composer.widths(&content);
        let room = column.width.max(natural) * 4;
        let alignment = if column.numbers { TextAlignment::End } else { TextAlignment::Start };
        let fill = Place { edge: None, ..place.clone() }.ragged(room, alignment);
        let paragraph = self.composer.paragraph(content, &fill);
        let Some(line) = paragraph.variants()[0].0.first().cloned() else { return Vec::new() };
        let composed = paragraph.compose(&line, &fill, 0, self.composer);
        let inset = column.gap.min((column.width - natural) / 2).max(Length::ZERO);
        let start = if column.numbers { -room - column.gap } else { -column.width + inset };
        let x = place.x + place.left_of(start, room);
        composed.items.into_iter().map(|item| translate(item, Point::new(x, Length::ZERO))).collect()
    }

    /// Terms, each with its meanings set in below it.
    pub(super) fn definitions(&mut self, definitions: &[Definition], division: &Division, place: &Place) {
        for (number, definition) in definitions.iter().enumerate() {
            let mut place = place.clone().reading(self.inputs.facts.directions.change(definition.id));
            if definition.attributes.language.is_some() {
                place.language.clone_from(&definition.attributes.language);
            }
            let inner = place.inset(self.style.list_indent, Length::ZERO);
            // Terms that share their meanings stand together.
            if number > 0 && !definitions[number - 1].meanings.is_empty() {
                self.pending_space = self.pending_space.max(self.grid() / 2);
            }
            let role = ParagraphRole::Term;
            let size = self.style.paragraph(place.role).character.size;
            let style = crate::style::CharacterStyle { size, ..self.style.paragraph(role).character };
            let term = self.styled(&definition.term, style, &place, division);
            self.after_heading = true;
            self.text(term, role, &place, None);
            for block in definition.meanings.iter().flat_map(|meaning| &meaning.blocks) {
                self.after_heading = true;
                self.block_in(block, division, &inner);
            }
        }
    }
}
