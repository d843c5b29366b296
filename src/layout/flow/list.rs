//! Lists, and terms with their meanings.

use super::super::book::{Artifact, FrameItem, Owner};
use super::super::content::Content;
use super::piece::translate;
use super::{FlowBuilder, Place};
use crate::document::{Block, BlockKind, Definition, Division, ListItem, NodeId};
use crate::geometry::{Length, Point};
use crate::style::{ParagraphRole, TextAlignment};

impl FlowBuilder<'_, '_> {
    pub(super) fn list(
        &mut self,
        start: Option<u64>,
        tight: bool,
        items: &[ListItem],
        division: &Division,
        place: &Place,
    ) {
        let mut indent = self.style.list_indent.min(place.measure / 4);
        let last = start.unwrap_or(0).saturating_add(items.len() as u64);
        if start.is_some() && last > 99 {
            // Room for three figures and more.
            let digits = last.to_string().len();
            indent += self.style.paragraph(place.role).character.size / 2 * i64::try_from(digits - 2).unwrap_or(0);
        }
        for (number, item) in (0..).zip(items) {
            let own = place.clone().reading(self.inputs.facts.directions.change(item.id));
            let inner = Place { lists: place.lists.saturating_add(1), ..own.inset(indent, Length::ZERO) };
            let text = match (item.done, start) {
                (Some(true), _) => "☑".to_owned(),
                (Some(false), _) => "☐".to_owned(),
                (None, Some(start)) => format!("{}.", start.saturating_add(number)),
                (None, None) => ["•", "–", "·"][usize::from(place.lists) % 3].to_owned(),
            };
            self.marker = self.hung(&text, item.id, start.is_some() && item.done.is_none(), &inner);
            if !tight && number > 0 {
                self.pending_space = self.pending_space.max(self.grid() / 2);
            }
            if !starts_with_text(&item.blocks) {
                // The marker gets a line of its own.
                let style = self.style.paragraph(inner.role).character;
                let content = Content::generated("\u{200b}", style, Owner::Artifact(Artifact::Layout));
                self.text(content, inner.role, &inner, None);
            }
            for (index, block) in item.blocks.iter().enumerate() {
                self.after_heading = true;
                if !tight && index > 0 {
                    self.pending_space = self.pending_space.max(self.grid() / 2);
                }
                self.block_in(block, division, &inner);
            }
        }
    }

    /// What hangs before an item's text: numbers end, bullets start, in a column of their own.
    fn hung(&mut self, text: &str, item: NodeId, number: bool, place: &Place) -> Vec<FrameItem> {
        let style = self.style.paragraph(place.role).character;
        let column = self.style.list_indent;
        let gap = style.size * 2 / 5;
        let content = Content::generated(text, style, Owner::Marker(item));
        let alignment = if number { TextAlignment::End } else { TextAlignment::Start };
        let fill = Place { edge: None, ..place.clone() }.ragged(column * 4, alignment);
        let paragraph = self.composer.paragraph(content, &fill);
        let Some(line) = paragraph.variants()[0].0.first().cloned() else { return Vec::new() };
        let composed = paragraph.compose(&line, &fill, 0, self.composer);
        let start = if number { -(column * 4) - gap } else { -column + gap };
        let x = place.left_of(start, column * 4);
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
            if number > 0 {
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

fn starts_with_text(blocks: &[Block]) -> bool {
    blocks.first().is_some_and(|block| matches!(block.kind, BlockKind::Paragraph(_) | BlockKind::Heading { .. }))
}
