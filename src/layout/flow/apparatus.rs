//! The bibliography.

use super::super::book::Owner;
use super::super::content::Content;
use super::{FlowBuilder, Place};
use crate::document::{BibliographyEntry, Division};
use crate::geometry::Length;
use crate::style::ParagraphRole;

impl FlowBuilder<'_, '_> {
    /// Works, each hanging from its first line, or beside its marker.
    pub(super) fn bibliography(&mut self, works: &[BibliographyEntry], division: &Division, place: &Place) {
        let role = ParagraphRole::Work;
        let style = self.style.paragraph(role).clone();
        let mut column = Length::ZERO;
        for work in works.iter().filter(|work| !work.marker.is_empty()) {
            let marker = Content::generated(&work.marker, style.character, Owner::Marker(work.id));
            column = column.max(self.composer.widths(&marker).1 + style.character.size / 2);
        }
        let hanging = if column > Length::ZERO { Length::ZERO } else { self.style.hanging_indent };
        for work in works {
            let own = place.clone().reading(self.inputs.facts.directions.change(work.id));
            let inner = own.inset((column + hanging).min(place.measure / 2), Length::ZERO);
            if !work.marker.is_empty() {
                let marker = Content::generated(&work.marker, style.character, Owner::Marker(work.id));
                let (_, width) = self.composer.widths(&marker);
                let items = self.composer.verbatim(marker, style.character.size / 4);
                let at = crate::geometry::Point::new(own.x + own.left_of(Length::ZERO, width), Length::ZERO);
                self.marker = items.into_iter().map(|item| super::translate(item, at)).collect();
            }
            let content = self.content(&work.content, role, place, division);
            if content.text.is_empty() {
                continue;
            }
            let fill = super::fill_of(&style, -hanging, &inner);
            let paragraph = self.composer.paragraph(content, &fill);
            self.push_paragraph(paragraph, fill, &style, &inner, None);
        }
    }
}
