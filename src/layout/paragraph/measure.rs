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
    /// For each byte of the text, and its end, the width of all clusters that start before it.
    sums: Vec<Length>,
}

impl Widths {
    pub(super) fn of(fonts: &FontBook, content: &Content, runs: &[ShapedRun]) -> Self {
        let mut sums = vec![Length::ZERO; content.text.len() + 1];
        let mut add = |cluster: usize, advance: Length| {
            if let Some(own) = sums.get_mut(cluster + 1) {
                *own += advance;
            }
        };
        for run in runs {
            let style = &content.segments[run.segment].style;
            let (em, tracking) = (fonts.face(run.face).units_per_em(), tracking(style));
            let mut last = usize::MAX;
            for glyph in &run.glyphs {
                let cluster = glyph.cluster as usize;
                let tracked = if cluster == last { Length::ZERO } else { tracking };
                add(cluster, style.size.scale(i64::from(glyph.advance), em) + tracked);
                last = cluster;
            }
        }
        for segment in &content.segments {
            if let Some(inset) = &segment.inset {
                add(segment.range.start, inset.width());
            }
        }
        let mut total = Length::ZERO;
        for sum in &mut sums {
            total += *sum;
            *sum = total;
        }
        Self { sums }
    }

    /// The width of all clusters that start before byte `offset`.
    fn before(&self, offset: usize) -> Length {
        self.sums.get(offset).or(self.sums.last()).copied().unwrap_or(Length::ZERO)
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

/// The sign for a letter that no font has.
pub(super) fn replacement(fonts: &FontBook, face: FaceId, cluster: usize) -> Vec<ShapedGlyph> {
    let glyph = ['\u{fffd}', '□', '?'].iter().find_map(|sign| fonts.face(face).glyph(*sign));
    let Some(id) = glyph else { return Vec::new() };
    let advance = i32::try_from(fonts.face(face).advance(id)).unwrap_or(0);
    let cluster = u32::try_from(cluster).unwrap_or(u32::MAX);
    vec![ShapedGlyph { id, cluster, advance, offset: (0, 0), unsafe_to_break: false }]
}
