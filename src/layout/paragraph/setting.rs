//! The letters of one line: justified, put into visual order, made into runs.
//!
//! Knows nothing of how the line was chosen. Start at [`justify`].

use std::ops::Range;

use super::super::book::{Glyph, GlyphRun, Ink};
use super::super::content::Segment;
use super::{Composer, EXPANSION};
use crate::font::FaceId;
use crate::geometry::{Length, Point};

/// A shaped stretch of a line.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) segment: usize,
    pub(super) range: Range<usize>,
    pub(super) face: FaceId,
    pub(super) level: u8,
    pub(super) letters: Vec<Letter>,
    pub(super) hyphen: bool,
    /// Parts per ten thousand.
    pub(super) expansion: u16,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Letter {
    pub(super) id: u16,
    pub(super) cluster: usize,
    pub(super) advance: Length,
    pub(super) offset: Point,
    pub(super) stretches: bool,
    pub(super) image: Option<crate::geometry::Size>,
}

impl Letter {
    pub(super) fn space(cluster: usize, advance: Length) -> Self {
        Self { id: 0, cluster, advance, offset: Point::default(), stretches: false, image: None }
    }
}

impl Piece {
    pub(super) fn width(&self) -> Length {
        self.letters.iter().map(|letter| letter.advance).sum()
    }

    pub(super) fn into_run(self, segment: &Segment, text: &str, x: Length, composer: &Composer<'_>) -> GlyphRun {
        let language = segment.language.clone().filter(|language| **language != *composer.language);
        let words = if self.hyphen { "" } else { &text[self.range.clone()] };
        GlyphRun {
            origin: Point::new(x, -segment.rise),
            face: self.face,
            size: segment.style.size,
            expansion: self.expansion,
            ink: Ink::Black,
            language,
            text: words.to_owned(),
            glyphs: self
                .letters
                .iter()
                .map(|letter| Glyph {
                    id: letter.id,
                    cluster: u32::try_from(letter.cluster.saturating_sub(self.range.start)).unwrap_or(u32::MAX),
                    advance: letter.advance,
                    offset: letter.offset,
                })
                .collect(),
        }
    }
}

/// Spreads `excess` over a line: first over the letters, by at most the expansion limit and in proportion to what spaces
/// take, then over the spaces. Returns what was spread: all of it where there is a space.
pub(super) fn justify(pieces: &mut [Piece], excess: Length) -> Length {
    let stretchable: Length = pieces
        .iter()
        .filter(|piece| !piece.hyphen)
        .flat_map(|piece| &piece.letters)
        .filter(|letter| letter.image.is_none() && !letter.stretches)
        .map(|letter| letter.advance)
        .sum();
    let spaces: Length = pieces
        .iter()
        .flat_map(|piece| &piece.letters)
        .filter(|letter| letter.stretches)
        .map(|letter| letter.advance)
        .sum();
    let flexibility = if excess > Length::ZERO { spaces / 2 } else { spaces / 4 };
    let expandable = stretchable.permille(EXPANSION);
    let total = flexibility + expandable;
    let mut given = Length::ZERO;
    if stretchable > Length::ZERO && total > Length::ZERO {
        let share = excess.scale(expandable.raw(), total.raw()).min(expandable).max(-expandable);
        // Parts per ten thousand, so that the page can say it exactly.
        let parts = 10_000 + share.raw() * 10_000 / stretchable.raw();
        let expansion = u16::try_from(parts.clamp(9_000, 11_000)).unwrap_or(10_000);
        for piece in pieces.iter_mut().filter(|piece| !piece.hyphen) {
            piece.expansion = expansion;
            for letter in piece.letters.iter_mut().filter(|letter| letter.image.is_none() && !letter.stretches) {
                let wide = letter.advance.scale(i64::from(expansion), 10_000);
                given += wide - letter.advance;
                letter.advance = wide;
                letter.offset.x = letter.offset.x.scale(i64::from(expansion), 10_000);
            }
        }
    }
    if spaces == Length::ZERO {
        return given;
    }
    let rest = (excess - given).max(-spaces);
    let (mut seen, mut spread) = (Length::ZERO, Length::ZERO);
    for letter in pieces.iter_mut().flat_map(|piece| &mut piece.letters).filter(|letter| letter.stretches) {
        seen += letter.advance;
        let upto = rest.scale(seen.raw(), spaces.raw());
        letter.advance += upto - spread;
        spread = upto;
    }
    given + spread
}

/// Puts the pieces of a line, given in logical order, into visual order (UAX 9, L2).
pub(super) fn reorder(pieces: &mut [Piece]) {
    let highest = pieces.iter().map(|piece| piece.level).max().unwrap_or(0);
    for level in (1..=highest).rev() {
        let mut start = 0;
        while start < pieces.len() {
            let length = pieces[start..].iter().take_while(|piece| piece.level >= level).count();
            pieces[start..start + length].reverse();
            start += length.max(1);
        }
    }
}
