//! Blocks of code: their lines as they were typed, and what stands around them.

use super::super::book::{Artifact, FlowPosition, FrameItem, Ink, ItemKind, Owner, PathSegment, Token, TokenKind};
use super::super::content::Content;
use super::super::page_breaking::Break;
use super::super::paragraph::is_wide;
use super::piece::{tinted, translate};
use super::stack::{Padding, StackLine, make_breakable};
use super::{FlowBuilder, Place};
use crate::document::{Block, CodeBlock, Direction, Division, NodeId};
use crate::geometry::{Length, Point, Rect};
use crate::style::{CharacterStyle, ParagraphRole, ParagraphStyle, TextAlignment, Weight};

/// So many lines stay together at each end of a block.
const LEAST_TOGETHER: usize = 4;

/// How a block's lines are set.
struct CodeSetting<'a> {
    node: NodeId,
    text: &'a str,
    tokens: &'a [Token],
    style: ParagraphStyle,
    measure: Length,
    /// The width of every letter.
    column: Length,
    /// The number of the first line, where lines are numbered.
    numbered_from: Option<u32>,
}

impl FlowBuilder<'_, '_> {
    /// A block of code: its title above, its lines, its number and caption below.
    pub(super) fn code(&mut self, code: &CodeBlock, block: &Block, division: &Division, place: &Place) {
        let style = self.style.paragraph(ParagraphRole::Code).clone();
        let facts = self.inputs.facts;
        let column = self.composer.advance_of('0', &style.character);
        let numbered_from = code.numbered_from(self.style.number_code_lines);
        let digit = self.composer.advance_of('0', &self.style.paragraph(ParagraphRole::LineNumber).character);
        // The numbers stand in the indent, which is as wide as they want.
        let numbers = numbered_from.map_or(Length::ZERO, |first| {
            let last = code.text.lines().count() as u64 + u64::from(first.saturating_sub(1));
            digit * i64::try_from(last.to_string().len()).unwrap_or(1) + column
        });
        let indent = self.told_by(self.style.code_indent).max(numbers);
        let setting = CodeSetting {
            node: block.id,
            text: &code.text,
            tokens: facts.tokens.get(&block.id).map_or(&[], Vec::as_slice),
            measure: (place.measure - indent).max(indent),
            column,
            numbered_from,
            style,
        };
        let mut lines = Vec::new();
        // The lines that go on in the next.
        let mut unfinished: Vec<usize> = Vec::new();
        let mut offset = 0;
        for (number, source) in (1..).zip(code.text.split_inclusive('\n')) {
            let first = lines.len();
            self.code_line(&setting, offset..offset + source.len(), &mut lines);
            offset += source.len();
            if lines.len() - first <= LEAST_TOGETHER {
                unfinished.extend(first..lines.len() - 1);
            }
            self.dress_line(code, number, &setting, &mut lines[first..]);
        }
        if lines.is_empty() {
            lines.push(StackLine::blank(setting.style.leading));
        }
        make_breakable(&mut lines, LEAST_TOGETHER);
        for line in unfinished {
            lines[line].break_after = Break::Forbidden;
        }
        // Code reads from left to right in any book.
        let inner = Place { direction: Direction::LeftToRight, ..place.clone() }.inset(indent, Length::ZERO);
        let words = self.inputs.facts.directions.words(block.id).unwrap_or(place.direction);
        let inner = Place { edge: None, ..inner.reading(Some(words)) };
        let over = inner.clone().reading(Some(code.title_reads()));
        let title = self.style.paragraph(ParagraphRole::CodeTitle).clone();
        let content = self.content(&code.title, ParagraphRole::CodeTitle, &over, division);
        let fill = over.ragged(setting.measure, TextAlignment::Start);
        let mut all = self.set_lines(content, &fill, title.leading, Length::ZERO);
        for line in &mut all {
            // In the order of positions the block comes before the words over it.
            line.starts_at = Some(FlowPosition { node: block.id, offset: 0 });
        }
        if let Some(last) = all.last_mut() {
            last.height += title.leading / 4;
        }
        all.append(&mut lines);
        let mut caption =
            self.caption(&code.caption, &block.attributes, block.id, TextAlignment::Start, &inner, division);
        if let (Some(last), false) = (all.last_mut(), caption.is_empty()) {
            last.height += title.leading / 3;
            last.break_after = Break::Forbidden;
        }
        all.append(&mut caption);
        self.push_stack(all, &Place { x: inner.x, ..place.clone() }, Padding::Around);
    }

    /// A line of code, turned over with a mark where it is too long: what goes on stands a little further in than it began.
    fn code_line(&mut self, setting: &CodeSetting<'_>, range: std::ops::Range<usize>, lines: &mut Vec<StackLine>) {
        let source = &setting.text[range.clone()];
        let text = source.trim_end_matches(['\n', '\r']);
        let em = setting.column;
        let columns = usize::try_from(setting.measure.raw() / em.raw().max(1)).unwrap_or(1).max(8);
        let ascent = self.ascent(setting.style.leading);
        let lead = columns_of(&text[..text.len() - text.trim_start().len()]).min(columns / 2);
        let lead_width = em * i64::try_from(lead).unwrap_or(0);
        let mut start = 0;
        let mut first = true;
        loop {
            let room = if first { columns } else { columns - lead - 2 };
            let end = start + code_break(&text[start..], room);
            let last = end >= text.len();
            let stop = if last { source.len() } else { end };
            let content = setting.content(range.start + start..range.start + stop);
            let x = if first { Length::ZERO } else { lead_width + em * 2 };
            let mut items: Vec<FrameItem> = Vec::new();
            if !first {
                let mark = Content::generated("»", setting.style.character, Owner::Artifact(Artifact::Layout));
                let mark = self.composer.verbatim(mark, em).into_iter();
                items.extend(mark.map(|item| translate(item, Point::new(lead_width, Length::ZERO))));
            }
            let letters = self.composer.verbatim(content, em).into_iter();
            items.extend(letters.map(|item| translate(item, Point::new(x, Length::ZERO))));
            let offset = u32::try_from(range.start + start).unwrap_or(u32::MAX);
            let mut line = StackLine {
                items,
                starts_at: Some(FlowPosition { node: setting.node, offset }),
                ..StackLine::blank(setting.style.leading)
            };
            line.shift(Point::new(Length::ZERO, ascent));
            lines.push(line);
            start = end;
            first = false;
            if last {
                break;
            }
        }
    }

    /// Puts the number, the ground and the call-outs of source line `number` (from 1) to the lines that it takes.
    fn dress_line(&mut self, code: &CodeBlock, number: u32, setting: &CodeSetting<'_>, lines: &mut [StackLine]) {
        let leading = setting.style.leading;
        let ascent = self.ascent(leading);
        let owner = Owner::Artifact(Artifact::Layout);
        let small = self.style.paragraph(ParagraphRole::LineNumber).character;
        let digit = self.composer.advance_of('0', &small);
        let stands_out = code.highlighted.get(code.highlighted.partition_point(|(_, to)| *to < number));
        if stands_out.is_some_and(|(from, _)| *from <= number) {
            let bleed = setting.column / 2;
            let rect = Rect::new(-bleed, Length::ZERO, setting.measure + bleed, leading);
            for line in lines.iter_mut() {
                line.items.insert(0, tinted(rect, Ink::Tint(self.style.tint)));
            }
        }
        if let (Some(first), Some(line)) = (setting.numbered_from, lines.first_mut()) {
            let label = first.saturating_add(number - 1).to_string();
            let width = digit * i64::try_from(label.len()).unwrap_or(1);
            let at = Point::new(-width - setting.column, ascent);
            let items = self.composer.verbatim(Content::generated(&label, small, owner), digit);
            line.items.extend(items.into_iter().map(|item| translate(item, at)));
        }
        let Some(line) = lines.last_mut() else { return };
        let radius = leading.permille(385);
        let ends = line.items.iter().filter_map(|item| match &item.kind {
            ItemKind::Glyphs(run) if item.owner == Owner::Node(setting.node) => Some(run.origin.x + run.width()),
            ItemKind::Glyphs(_)
            | ItemKind::Path { .. }
            | ItemKind::Rule { .. }
            | ItemKind::Image { .. }
            | ItemKind::Link { .. }
            | ItemKind::Turned { .. } => None,
        });
        let mut x = ends.fold(Length::ZERO, Length::max) + setting.column * 2;
        let from = code.callouts.partition_point(|callout| callout.line < number);
        for callout in code.callouts[from..].iter().take_while(|callout| callout.line == number) {
            // Behind a full line it stands in the margin.
            let center = Point::new(x.min(setting.measure + radius * 3 / 2), ascent - small.size.permille(330));
            line.items.push(ring(center, radius, Length::millipoints(500)));
            let label = callout.number.to_string();
            let width = digit * i64::try_from(label.len()).unwrap_or(1);
            let at = Point::new(center.x - width / 2, ascent);
            let items = self.composer.verbatim(Content::generated(&label, small, owner), digit);
            line.items.extend(items.into_iter().map(|item| translate(item, at)));
            x += radius * 3;
        }
    }
}

impl CodeSetting<'_> {
    /// A stretch of the block's text, each token as it looks in print.
    fn content(&self, range: std::ops::Range<usize>) -> Content {
        let mut content = Content::default();
        let mut push = |from: usize, to: usize, kind: Option<TokenKind>| {
            let Some(text) = self.text.get(from..to) else { return };
            // A line's end is set as a space, so that the text keeps the author's own words apart.
            let text = text.replace(['\n', '\r'], " ");
            content.push_generated(&text, printed(self.style.character, kind), Owner::Node(self.node));
        };
        let mut at = range.start;
        let first = self.tokens.partition_point(|token| token.end as usize <= range.start);
        for token in self.tokens.get(first..).unwrap_or_default() {
            let (start, end) = ((token.start as usize).max(at), (token.end as usize).min(range.end));
            if start >= range.end {
                break;
            }
            let whole = self.text.is_char_boundary(start) && self.text.is_char_boundary(end);
            if start < end && whole {
                push(at, start, None);
                push(start, end, Some(token.kind));
                at = end;
            }
        }
        push(at, range.end, None);
        content
    }
}

/// How a token looks in black: weight and slope alone tell it from others.
fn printed(style: CharacterStyle, kind: Option<TokenKind>) -> CharacterStyle {
    match kind {
        Some(TokenKind::Keyword) => CharacterStyle { weight: Weight::Bold, ..style },
        Some(TokenKind::Comment | TokenKind::Attribute) => CharacterStyle { italic: true, ..style },
        Some(TokenKind::String | TokenKind::Constant | TokenKind::Function | TokenKind::Type) | None => style,
    }
}

/// A ring around `center`: two circles that run against each other, each of four curves (the usual 0.5523).
fn ring(center: Point, radius: Length, thickness: Length) -> FrameItem {
    let mut segments = Vec::with_capacity(12);
    for (radius, turn) in [(radius, 1), (radius - thickness, -1)] {
        let arm = radius.permille(552);
        let at = |x: Length, y: Length| Point::new(center.x + x, center.y + y * turn);
        let zero = Length::ZERO;
        segments.push(PathSegment::MoveTo(at(radius, zero)));
        segments.push(PathSegment::CubicTo(at(radius, arm), at(arm, radius), at(zero, radius)));
        segments.push(PathSegment::CubicTo(at(-arm, radius), at(-radius, arm), at(-radius, zero)));
        segments.push(PathSegment::CubicTo(at(-radius, -arm), at(-arm, -radius), at(zero, -radius)));
        segments.push(PathSegment::CubicTo(at(arm, -radius), at(radius, -arm), at(radius, zero)));
        segments.push(PathSegment::Close);
    }
    FrameItem { owner: Owner::Artifact(Artifact::Layout), kind: ItemKind::Path { segments, ink: Ink::Black } }
}

/// How far apart tabs stop, in columns.
const TAB: usize = 4;

/// The column after `character`, which begins in `column`.
fn column_after(column: usize, character: char) -> usize {
    match character {
        '\t' => (column / TAB + 1) * TAB,
        wide if is_wide(wide) => column + 2,
        _ => column + 1,
    }
}

/// How many columns a text takes.
fn columns_of(text: &str) -> usize {
    text.chars().fold(0, column_after)
}

/// How many bytes of `text` fit `columns` columns, preferably up to a space or a sign; all of it where it fits, and one
/// character at least.
fn code_break(text: &str, columns: usize) -> usize {
    let mut cut = None;
    let lead = text.len() - text.trim_start().len();
    let mut column = 0;
    for (offset, character) in text.char_indices() {
        let after = column_after(column, character);
        // A space may stand over the edge.
        if after > columns && offset > 0 && character != ' ' {
            return cut.filter(|(at_column, _)| *at_column * 2 > columns).map_or(offset, |(_, at)| at);
        }
        column = after;
        if matches!(character, ' ' | '\t' | ',' | ';' | '(' | '/' | '&' | '|' | '=')
            && offset >= lead
            && column <= columns + 1
        {
            cut = Some((column, offset + character.len_utf8()));
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_cut_behind_a_space_or_a_sign_if_one_stands_far_enough() {
        let first = |text: &'static str, columns| &text[..code_break(text, columns)];
        assert_eq!(first("fits", 4), "fits");
        assert_eq!(first("one two three", 9), "one two ");
        assert_eq!(first("one two three", 7), "one two ");
        assert_eq!(first("call(argument)", 8), "call(");
        assert_eq!(first("a verylongword", 8), "a verylo");
        assert_eq!(first("aaaaaaaaaa", 4), "aaaa");
    }

    #[test]
    fn a_tab_goes_to_the_next_stop_and_an_ideograph_takes_two_columns() {
        assert_eq!((columns_of("\tab\tc"), columns_of("漢字a")), (9, 5));
        assert_eq!(code_break("\t\tabcdef", 10), 4);
        assert_eq!(code_break("漢字漢字", 5), "漢字".len());
    }
}
