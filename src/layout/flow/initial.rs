//! Paragraphs, and the initials that some begin with.
//!
//! Start at [`FlowBuilder::paragraph`].

use std::sync::Arc;

use super::super::book::{FrameItem, ItemKind};
use super::super::content::Content;
use super::super::paragraph::Fill;
use super::piece::translate;
use super::{FlowBuilder, Place, fill_of};
use crate::document::{Direction, Division, Inline, InlineKind, SpanRole};
use crate::font::PathElement;
use crate::geometry::{Length, Point};
use crate::style::{CharacterStyle, ParagraphRole};

/// What the outlines of letters reach, in a line's own lengths: from their left end, and below the baseline.
struct Ink {
    left: Length,
    depth: Length,
}

impl FlowBuilder<'_, '_> {
    /// A paragraph of the place's role; one that begins with a drop cap stands beside its initial.
    pub(super) fn paragraph(&mut self, inlines: &[Inline], division: &Division, place: &Place) {
        if let Some((before, letters, rest)) = initial_of(inlines)
            && place.role == ParagraphRole::Body
            && self.marker.is_empty()
        {
            self.with_initial(before, letters, rest, division, place);
        } else {
            let content = self.content(inlines, place.role, place, division);
            self.text(content, place.role, place, None);
        }
        self.after_heading = false;
    }

    /// A paragraph whose first letters are an initial over several lines: as high as from the first line's capitals to
    /// the last line's baseline, its stem at the edge of the text. Signs before the letter hang in the margin, in the size of
    /// the text. Where the letter goes below its baseline, the next line keeps clear of it too.
    fn with_initial(
        &mut self,
        before: &[Inline],
        letters: &[Inline],
        rest: &[Inline],
        division: &Division,
        place: &Place,
    ) {
        let style = self.style.paragraph(place.role).clone();
        let lines = usize::from(self.style.initial_lines.max(2));
        let drop = style.leading * i64::try_from(lines - 1).unwrap_or(1);
        let capital = self.composer.capital(&style.character);
        let size = (drop + style.character.size.permille(capital)).scale(1_000, capital.max(1));
        let initial = self.styled(letters, CharacterStyle { size, ..style.character }, place, division);
        let mut signs = self.styled(before, style.character, place, division);
        let rest = self.content(rest, place.role, place, division);
        let letter = initial.text.find(char::is_alphanumeric);
        let Some(letter) = letter.filter(|_| !rest.text.trim().is_empty()) else {
            signs.append(initial);
            signs.append(rest);
            return self.text(signs, place.role, place, None);
        };
        let position = signs.segments.first().or(initial.segments.first()).and_then(|first| first.position(0));
        let (mut hanging, initial) = split(initial, letter);
        hanging.segments.iter_mut().for_each(|segment| segment.style.size = style.character.size);
        signs.append(hanging);
        let (_, natural) = self.composer.widths(&initial);
        let word = first_word(&rest).filter(|_| place.direction == Direction::LeftToRight);
        let whole = word.map(|word| Arc::from(format!("{}{word}", initial.text)));
        let mut items = self.composer.verbatim(initial, size / 2);
        if let (Some(whole), [FrameItem { kind: ItemKind::Glyphs(run), .. }]) = (&whole, items.as_mut_slice()) {
            // The word is read whole, and its rest as nothing: they stand on different baselines.
            run.spoken = Some(Arc::clone(whole));
        }
        let divided = items.len() == 1 && whole.is_some();
        let ink = self.ink(&items);
        // At the right the stem is where the letter's own space ends, or nearly.
        let side = if place.direction == Direction::LeftToRight { ink.left } else { Length::ZERO };
        let width = (natural - side + style.character.size / 6).min(place.measure / 2);
        let left = place.x + place.left_of(Length::ZERO, natural) - side;
        if !signs.text.is_empty() {
            let (_, wide) = self.composer.widths(&signs);
            let x = place.x + place.left_of(-wide - style.character.size / 12, wide);
            let hung = self.composer.verbatim(signs, style.character.size / 2).into_iter();
            self.marker.extend(hung.map(|item| translate(item, Point::new(x, Length::ZERO))));
        }
        self.marker.extend(items.into_iter().map(|item| translate(item, Point::new(left, drop))));
        // From a baseline to where the letters of the next line begin.
        let clear = style.leading - style.character.size.permille(750);
        let beside = lines + usize::from(ink.depth > clear);
        let fill = Fill { beside: (beside, width), ..fill_of(&style, Length::ZERO, place) };
        let paragraph = self.composer.running(rest, &fill);
        self.push_paragraph(paragraph, fill, &style, place, None);
        if let Some(piece) = self.flow.pieces.last_mut() {
            piece.starts_at = position;
            piece.divided_by_initial = divided;
        }
    }

    /// What the outlines of painted letters reach.
    fn ink(&self, items: &[FrameItem]) -> Ink {
        let mut ink = Ink { left: Length::pt(1_000), depth: Length::ZERO };
        for item in items {
            let ItemKind::Glyphs(run) = &item.kind else { continue };
            let face = self.composer.fonts().face(run.face);
            let scaled = |units: f32| {
                #[expect(clippy::cast_possible_truncation, reason = "font units are 16 bits")]
                let units = units.round() as i64;
                run.size.scale(units, face.units_per_em())
            };
            let mut x = run.origin.x;
            for glyph in &run.glyphs {
                for element in face.outline(glyph.id) {
                    let (at, up) = match element {
                        PathElement::MoveTo { x, y }
                        | PathElement::LineTo { x, y }
                        | PathElement::QuadTo { x, y, .. }
                        | PathElement::CurveTo { x, y, .. } => (x, y),
                        PathElement::Close => continue,
                    };
                    ink.left = ink.left.min(x + scaled(at));
                    ink.depth = ink.depth.max(-scaled(up));
                }
                x += glyph.advance;
            }
        }
        if ink.left == Length::pt(1_000) {
            ink.left = Length::ZERO;
        }
        ink
    }
}

/// The letters of a drop cap that a paragraph begins with, the signs before it, and what follows.
fn initial_of(inlines: &[Inline]) -> Option<(&[Inline], &[Inline], &[Inline])> {
    let is_sign = |char: char| !char.is_alphanumeric() && !char.is_whitespace();
    let begins = matches!(&inlines.first()?.kind, InlineKind::Text(text) if text.chars().all(is_sign));
    let signs = usize::from(begins);
    let InlineKind::Span(SpanRole::DropCap, letters) = &inlines.get(signs)?.kind else { return None };
    Some((&inlines[..signs], letters, &inlines[signs + 1..]))
}

/// What of a word stands at the beginning of a content, if one of its leaves has all of it.
fn first_word(content: &Content) -> Option<&str> {
    let end = content.text.find(char::is_whitespace).unwrap_or(content.text.len());
    let leaf = content.segments.first()?.range.end;
    (end > 0 && end <= leaf).then(|| &content.text[..end])
}

/// Lets the first word of a line be read as nothing: its initial says it.
pub(super) fn hush_first_word(items: &mut Vec<FrameItem>) {
    let Some(at) = items.iter().position(|item| matches!(item.kind, ItemKind::Glyphs(_))) else { return };
    let owner = items[at].owner;
    let ItemKind::Glyphs(run) = &mut items[at].kind else { return };
    let end = run.text.find(char::is_whitespace).unwrap_or(run.text.len());
    let letters = run.glyphs.iter().take_while(|glyph| (glyph.cluster as usize) < end).count();
    if run.spoken.is_some() || end == 0 || letters == 0 {
        return;
    }
    let mut rest = run.clone();
    rest.text = run.text.split_off(end);
    rest.glyphs = run.glyphs.split_off(letters);
    rest.origin.x += run.width();
    for glyph in &mut rest.glyphs {
        glyph.cluster -= u32::try_from(end).unwrap_or(0).min(glyph.cluster);
    }
    run.spoken = Some(Arc::from(""));
    if !rest.glyphs.is_empty() {
        items.insert(at + 1, FrameItem { owner, kind: ItemKind::Glyphs(rest) });
    }
}

/// What comes before byte `at` of a content, and what after.
fn split(content: Content, at: usize) -> (Content, Content) {
    let (mut before, mut after) = (Content::default(), Content::default());
    before.text.push_str(&content.text[..at]);
    after.text.push_str(&content.text[at..]);
    for segment in content.segments {
        let range = segment.range.clone();
        if range.start < at {
            let mut first = segment.clone();
            first.range = range.start..range.end.min(at);
            before.segments.push(first);
        }
        if range.end > at {
            let mut second = segment;
            second.range = range.start.max(at) - at..range.end - at;
            after.segments.push(second);
        }
    }
    (before, after)
}
