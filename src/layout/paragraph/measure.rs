//! What letters are measured by: widths, what hangs in the margin, which characters are space, which features a style asks for.

use std::ops::Range;

use unicode_script::Script;

use super::super::content::Content;
use super::ShapedRun;
use crate::font::shaping::{Features, ShapedGlyph, own_script};
use crate::font::{FaceId, FontBook};
use crate::geometry::Length;
use crate::style::{CharacterStyle, Figures};

/// The advance of each cluster, summed from the start of the text.
pub(super) struct Widths {
    /// By byte: the width of all clusters that start before it.
    before: Vec<Length>,
}

impl Widths {
    pub(super) fn of(fonts: &FontBook, content: &Content, runs: &[ShapedRun]) -> Self {
        // First the width of the cluster that starts at each byte, one place on.
        let mut before = vec![Length::ZERO; content.text.len() + 1];
        let mut add = |cluster: usize, advance: Length| {
            if let Some(sum) = before.get_mut(cluster + 1) {
                *sum += advance;
            }
        };
        for run in runs {
            let style = &content.segments[run.segment].style;
            let em = fonts.face(run.face).units_per_em();
            let mut last = usize::MAX;
            for glyph in &run.glyphs {
                let cluster = glyph.cluster as usize;
                let tracking = if cluster == last { Length::ZERO } else { run.tracking };
                add(cluster, style.size.scale(i64::from(glyph.advance), em) + tracking);
                last = cluster;
            }
        }
        for segment in &content.segments {
            if let Some(inset) = &segment.inset {
                add(segment.range.start, inset.width());
            }
        }
        let mut sum = Length::ZERO;
        for width in &mut before {
            sum += *width;
            *width = sum;
        }
        Self { before }
    }

    pub(super) fn between(&self, range: &Range<usize>) -> Length {
        self.before[range.end] - self.before[range.start]
    }
}

pub(super) fn tracking(style: &CharacterStyle) -> Length {
    style.size.permille(i64::from(style.tracking))
}

/// How much wider and how much narrower a space between words becomes in a line of badness 100. Found by trial on prose, as
/// the penalties of a paragraph were: `docs/lines.md`.
pub(super) fn space_flexibility(width: Length) -> (Length, Length) {
    (width.permille(445), width.permille(285))
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

/// The features that a style asks for in `text`, a stretch of one script. Old-style figures go with lower-case letters, so
/// scripts without any have lining ones.
pub(super) fn features(style: &CharacterStyle, text: &str) -> Features {
    let has_cases =
        matches!(own_script(text), None | Some(Script::Latin | Script::Greek | Script::Cyrillic | Script::Armenian));
    let old_style = style.figures == Figures::OldStyle && !style.superior && !style.fractions;
    let lining = matches!(style.figures, Figures::Lining | Figures::Tabular) && !style.superior && !style.fractions;
    Features {
        small_caps: style.small_caps,
        old_style: old_style && has_cases,
        lining: lining || (old_style && !has_cases),
        tabular: style.figures == Figures::Tabular && !style.fractions,
        proportional: old_style || (lining && style.figures == Figures::Lining),
        fractions: style.fractions,
        superior: style.superior,
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
