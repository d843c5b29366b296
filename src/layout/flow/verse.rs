//! Verse: its own lines, in the middle of the page to the eye.

use super::stack::{Padding, StackLine, make_breakable};
use super::{FlowBuilder, Place};
use crate::document::{Division, VerseLine};
use crate::geometry::Length;
use crate::style::{ParagraphRole, TextAlignment};

/// Stanzas of so many lines stay on one page.
const SHORT_STANZA: usize = 8;

impl FlowBuilder<'_, '_> {
    /// Sets lines of verse, stanza by stanza. The longest common line stands in the middle of the measure; a line that is
    /// longer still goes on to the far edge, and what does not fit is turned over, further in than any line begins. Where
    /// one turn of the longest line is not enough, all lines stand further out.
    pub(super) fn verse(&mut self, lines: &[VerseLine], division: &Division, place: &Place) {
        let role = ParagraphRole::Verse;
        let style = self.style.paragraph(role).clone();
        let size = self.style.paragraph(place.role).character.size;
        let character = crate::style::CharacterStyle { size, ..style.character };
        let contents: Vec<_> =
            lines.iter().map(|line| self.styled(&line.content, character, place, division)).collect();
        let indent_of = |line: &VerseLine| (size / 2 * i64::from(line.indent)).min(place.measure / 2);
        let mut widths: Vec<Length> = lines
            .iter()
            .zip(&contents)
            .filter(|(_, content)| !content.text.trim().is_empty())
            .map(|(line, content)| self.composer.widths(content).1 + indent_of(line))
            .collect();
        widths.sort_unstable();
        let common = common_width(&widths);
        let deepest = lines.iter().filter(|line| !line.content.is_empty()).map(indent_of).max().unwrap_or_default();
        let longest = widths.last().copied().unwrap_or_default();
        // Half of the longest line and of what a turned line stands in by, and an em, since no line breaks at its middle.
        let turned_once = (longest + deepest + self.style.hanging_indent) / 2 + size;
        let left = ((place.measure - common) / 2).min(place.measure - turned_once);
        let left = if place.depth == 0 { left.max(Length::ZERO) } else { Length::ZERO };
        let grid = self.grid();
        self.set_off(grid, |builder| {
            let mut stanza: Vec<StackLine> = Vec::new();
            let mut contents = contents.into_iter();
            for line in lines {
                let content = contents.next().unwrap_or_default();
                if content.text.trim().is_empty() {
                    builder.stanza(&mut stanza, place);
                    continue;
                }
                let indent = left + indent_of(line);
                let hanging = deepest - indent_of(line) + builder.style.hanging_indent;
                let hanging = hanging.min((place.measure - indent) / 2);
                let measure = (place.measure - indent - hanging).max(size * 4);
                let fill = place.ragged(measure, TextAlignment::Start).indented(-hanging);
                let x = place.left_of(indent + hanging, measure);
                stanza.extend(builder.set_lines(content, &fill, style.leading, x));
            }
            builder.stanza(&mut stanza, place);
        });
    }

    /// Adds the lines of a stanza, a line below the one before.
    fn stanza(&mut self, lines: &mut Vec<StackLine>, place: &Place) {
        let mut lines = std::mem::take(lines);
        if lines.is_empty() {
            return;
        }
        if lines.len() > SHORT_STANZA {
            make_breakable(&mut lines, 3);
        }
        self.push_stack(lines, place, Padding::Below);
        self.pending_space = self.grid();
    }
}

/// The width of the longest common line, of widths in order: the longest that is no more than half as long again as the
/// middle one.
fn common_width(widths: &[Length]) -> Length {
    let middle = widths.get(widths.len() / 2).copied().unwrap_or_default();
    let common = widths.partition_point(|width| *width <= middle * 3 / 2);
    common.checked_sub(1).map_or(middle, |last| widths[last])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_much_longer_than_others_does_not_move_a_poem() {
        let width = |points: &[i64]| common_width(&points.iter().map(|width| Length::pt(*width)).collect::<Vec<_>>());
        assert_eq!(width(&[]), Length::ZERO);
        assert_eq!(width(&[80, 100, 120]), Length::pt(120));
        assert_eq!(width(&[80, 90, 100, 110, 300]), Length::pt(110));
        assert_eq!(width(&[20, 100]), Length::pt(100));
    }
}
