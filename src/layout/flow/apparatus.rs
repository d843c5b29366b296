//! The bibliography and the index.

use super::super::book::Owner;
use super::super::content::Content;
use super::super::page_breaking::{FlowBlock, Variant};
use super::piece::FixedLine;
use super::stack::StackLine;
use super::{FlowBuilder, Piece, PieceContent, Place};
use crate::document::{BibliographyEntry, Division, IndexEntry};
use crate::geometry::Length;
use crate::style::{ParagraphRole, TextAlignment};
use crate::terms;

/// A measure narrower than this has room for one column of the index only.
const LEAST_FOR_COLUMNS: Length = Length::pt(220);

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

    /// The index in two columns: each line with its pages, turned-over lines hanging, white between initial letters.
    pub(super) fn index(&mut self, entries: &[IndexEntry], division: &Division, place: &Place) {
        let style = self.style.paragraph(ParagraphRole::IndexLine).clone();
        let gap = self.style.table_padding * 3 / 2;
        let columns = if place.measure < LEAST_FOR_COLUMNS { 1 } else { 2 };
        let width = if columns == 1 { place.measure } else { (place.measure - gap) / 2 };
        let column = Place { measure: width, ..place.clone() };
        let hanging = self.style.hanging_indent;
        let mut lines: Vec<StackLine> = Vec::new();
        let mut initial = None;
        for entry in entries {
            let first = crate::document::plain_text(&entry.content).chars().find(|letter| letter.is_alphanumeric());
            let first = first.map(|letter| letter.to_lowercase().to_string());
            if entry.depth == 0 && first != initial {
                if initial.is_some() {
                    lines.push(StackLine::blank(style.leading));
                }
                initial = first;
            }
            // The pages follow the term; where the reader is sent comes after them.
            let (term, sent) = entry.content.split_at(entry.content.len().min(1));
            let mut content = self.content(term, ParagraphRole::IndexLine, place, division);
            if let Some(pages) = self.inputs.texts.locators.get(&entry.id) {
                let comma = terms::comma(place.language.as_deref().unwrap_or_else(|| self.composer.language()));
                let before = if content.text.is_empty() { String::new() } else { format!("{comma}\u{2002}") };
                content.push_generated(&format!("{before}{pages}"), style.character, Owner::Marker(entry.id));
            }
            content.append(self.content(sent, ParagraphRole::IndexLine, place, division));
            let indent = (hanging * 3 / 4 * i64::from(entry.depth)).min(width / 2);
            let measure = width - indent - hanging;
            let fill = column.ragged(measure, TextAlignment::Start).indented(-hanging);
            let left = column.left_of(indent + hanging, measure);
            lines.extend(self.set_lines(content, &fill, style.leading, left));
        }
        if columns == 1 {
            super::stack::make_breakable(&mut lines, 2);
            return self.push_stack(lines, place, super::stack::Padding::Below);
        }
        let rows = lines.len().div_ceil(2);
        let mut heights = vec![style.leading; rows];
        let total: Length = heights.iter().copied().sum();
        if let Some(last) = heights.last_mut() {
            *last += total.round_up(self.unit) - total;
        }
        let fixed = lines.into_iter().map(|line| FixedLine { items: line.items, starts_at: line.starts_at }).collect();
        let first = place.left_of(Length::ZERO, width);
        let content = PieceContent::Columns { lines: fixed, step: place.left_of(width + gap, width) - first };
        let piece = Piece { x: place.x + first, ..Piece::new(content) };
        self.push(FlowBlock::new(Variant::breakable(&heights, 3)), piece);
    }
}
