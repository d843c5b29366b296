//! Formulas on lines of their own.

use super::super::book::{FlowPosition, Owner};
use super::super::content::Content;
use super::super::formula::paint;
use super::super::paragraph::Fill;
use super::stack::{Padding, StackLine};
use super::{FlowBuilder, Place};
use crate::diagnostics::Diagnostic;
use crate::document::{Block, Formula};
use crate::geometry::{Length, Point};
use crate::style::{ParagraphRole, TextAlignment};

/// A wide formula is set smaller, down to so many thousandths of the text's size.
const LEAST: i64 = 720;

impl FlowBuilder<'_, '_> {
    /// A formula in the middle of the measure, with its number at the far edge. One that is too wide is set smaller; what is
    /// wider still is warned of. One that was not understood is shown as its source.
    pub(super) fn formula(&mut self, formula: &Formula, block: &Block, place: &Place) {
        let body = self.style.paragraph(place.role).clone();
        let owner = Owner::Node(block.id);
        let parsed = self.inputs.facts.formulas.get(&block.id);
        let tag = parsed.and_then(|parsed| parsed.tag());
        let number = block.attributes.number.as_deref().map(str::to_owned).or(tag).map(|number| {
            let content = Content::generated(&number, body.character, Owner::Marker(block.id));
            (self.composer.widths(&content).1, content)
        });
        let gap = number.as_ref().map_or(Length::ZERO, |(width, _)| *width + body.character.size);
        let mut lines = if let Some(parsed) = parsed {
            let mut set = parsed.set(body.character.size, self.composer.fonts());
            let room = place.measure - gap;
            if set.width > room {
                let permille = (room.raw().max(0) * 1_000 / set.width.raw().max(1)).max(LEAST);
                set = parsed.set(body.character.size.permille(permille), self.composer.fonts());
            }
            let excess = set.width - room;
            if excess > Length::millipoints(100) {
                let message = format!("a formula is {:.1} pt too wide for its measure", excess.to_pt());
                let finding = Diagnostic::warning("overfull-formula", block.span, message);
                self.composer.diagnostics.push(finding.help("break it into lines with `aligned` or `split`"));
            }
            // In the middle of the measure, or of what its number leaves.
            let middle = (place.measure - set.width) / 2;
            let start = if middle + set.width <= room { middle } else { ((room - set.width) / 2).max(Length::ZERO) };
            let x = place.left_of(start, set.width);
            let height = set.height.max(self.ascent(body.leading));
            let depth = set.depth.max(body.leading - self.ascent(body.leading));
            let items = paint(&set, owner, super::super::book::Ink::Black, Point::new(x, height)).collect();
            vec![(height, StackLine { items, ..StackLine::blank(height + depth) })]
        } else {
            let code = self.style.paragraph(ParagraphRole::Code).character;
            let content = Content::generated(&formula.tex, code, owner);
            let fill = Fill::ragged((place.measure - gap * 2).max(gap), TextAlignment::Center);
            let ascent = self.ascent(body.leading);
            self.set_lines(content, &fill, body.leading, gap).into_iter().map(|line| (ascent, line)).collect()
        };
        let last = lines.len().saturating_sub(1);
        if let (Some((baseline, line)), Some((_, content))) = (lines.get_mut(last), number) {
            let fill = place.ragged(place.measure, TextAlignment::End);
            let ascent = self.ascent(body.leading);
            let by = Point::new(Length::ZERO, *baseline - ascent);
            for mut number in self.set_lines(content, &fill, body.leading, Length::ZERO) {
                number.shift(by);
                line.items.append(&mut number.items);
            }
        }
        let position = Some(FlowPosition { node: block.id, offset: 0 });
        let lines = lines.into_iter().map(|(_, line)| StackLine { starts_at: position, ..line }).collect();
        self.push_stack(lines, place, Padding::Around);
    }
}
