//! What letters are measured by: widths, what hangs in the margin, which characters are space, which features a style asks for.

use std::ops::Range;

use super::super::content::Content;
use super::ShapedRun;
use crate::font::shaping::{Features, ShapedGlyph};
use crate::font::{FaceId, FontBook};
use crate::geometry::Length;
use crate::style::{CharacterStyle, Figures, Typefaces};

/// The advance of each cluster, summed from the start of the text.
pub(super) struct Widths {
    /// Byte offset of a cluster → the width of all clusters before it, ascending.
    sums: Vec<(usize, Length)>,
    total: Length,
}

impl Widths {
    pub(super) fn of(fonts: &FontBook, content: &Content, runs: &[ShapedRun]) -> Self {
        let mut advances: Vec<(usize, Length)> = Vec::with_capacity(content.text.len());
        for run in runs {
            let style = &content.segments[run.segment].style;
            let mut last = usize::MAX;
            for glyph in &run.glyphs {
                let (cluster, mut advance) = (glyph.cluster as usize, advance(fonts, run.face, style, glyph));
                if cluster == last {
                    advance -= tracking(style);
                }
                last = cluster;
                advances.push((cluster, advance));
            }
        }
        for segment in &content.segments {
            if let Some(inset) = &segment.inset {
                advances.push((segment.range.start, inset.width()));
            }
        }
        advances.sort_by_key(|(cluster, _)| *cluster);
        let mut total = Length::ZERO;
        let mut sums: Vec<(usize, Length)> = Vec::with_capacity(advances.len());
        for (cluster, advance) in advances {
            if sums.last().is_none_or(|(last, _)| *last != cluster) {
                sums.push((cluster, total));
            }
            total += advance;
        }
        Self { sums, total }
    }

    /// The width of all clusters that start before byte `offset`.
    fn before(&self, offset: usize) -> Length {
        let index = self.sums.partition_point(|(cluster, _)| *cluster < offset);
        self.sums.get(index).map_or(self.total, |(_, sum)| *sum)
    }

    pub(super) fn between(&self, range: &Range<usize>) -> Length {
        self.before(range.end) - self.before(range.start)
    }
}

pub(super) fn tracking(style: &CharacterStyle) -> Length {
    style.size.permille(i64::from(style.tracking))
}

pub(super) fn advance(fonts: &FontBook, face: FaceId, style: &CharacterStyle, glyph: &ShapedGlyph) -> Length {
    style.size.scale(i64::from(glyph.advance), fonts.face(face).units_per_em()) + tracking(style)
}

pub(super) fn hyphen_width(fonts: &FontBook, typefaces: Typefaces, style: &CharacterStyle) -> Length {
    let face = fonts.select(typefaces.name(style.family), style.weight.number(), style.italic);
    let face = fonts.face(face);
    face.glyph('-').map_or(Length::ZERO, |glyph| style.size.scale(face.advance(glyph), face.units_per_em()))
}

/// How far a character at a line's edge hangs into the margin, in thousandths of its width (Thành 2000, "Micro-typographic
/// extensions to the TeX typesetting system", chapter 3).
pub(super) fn protrusion(character: char, start: bool) -> i64 {
    let (left, right) = match character {
        '.' | '…' => (0, 700),
        ';' => (0, 300),
        ',' | ':' | '-' | '\u{2010}' => (0, 500),
        '–' => (200, 200),
        '—' => (150, 150),
        '‘' | '’' => (300, 400),
        '“' | '”' | '"' | '«' | '»' => (300, 300),
        '(' | '[' => (100, 0),
        ')' | ']' => (0, 200),
        'A' | 'T' | 'V' | 'W' | 'Y' => (50, 50),
        _ => (0, 0),
    };
    if start { left } else { right }
}

pub(super) fn features(style: &CharacterStyle) -> Features {
    Features {
        small_caps: style.small_caps,
        old_style: style.figures == Figures::OldStyle,
        lining: matches!(style.figures, Figures::Lining | Figures::Tabular),
        tabular: style.figures == Figures::Tabular,
        no_ligatures: style.tracking != 0 || style.family == crate::style::Family::Mono,
    }
}

/// Spaces that a line may end at; they vanish there.
pub(super) fn is_break_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Characters that any face can set, as space or as nothing.
pub(super) fn is_set_as_space(character: char) -> bool {
    is_break_space(character)
        || crate::font::is_ignorable(character)
        || matches!(character, '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}')
}

/// The sign for a character that no font has, and its face: a box with the character's number.
pub(super) fn replacement(fonts: &FontBook, text: &str, range: &Range<usize>) -> (FaceId, Vec<ShapedGlyph>) {
    let id = FontBook::missing_face();
    let face = fonts.face(id);
    let cluster = u32::try_from(range.start).unwrap_or(u32::MAX);
    let set = |(id, offset): (u16, (i32, i32))| {
        let advance = i32::try_from(face.advance(id)).unwrap_or(0);
        ShapedGlyph { id, cluster, advance, offset, unsafe_to_break: false }
    };
    let character = text.get(range.clone()).and_then(|text| text.chars().next()).unwrap_or('\u{fffd}');
    (id, FontBook::missing_box(character).into_iter().map(set).collect())
}
