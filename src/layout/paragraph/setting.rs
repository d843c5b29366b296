//! The letters of one line: justified, put into visual order, made into runs.
//!
//! Knows nothing of how the line was chosen. Start at [`justify`].

use std::ops::Range;

use super::super::book::{Artifact, FrameItem, Glyph, GlyphRun, Ink, ItemKind, Owner};
use super::super::content::Segment;
use super::measure::features;
use super::{Composer, EXPANSION};
use crate::font::FaceId;
use crate::geometry::{Length, Point, Rect};

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
    /// Whether it stands for an image or a formula.
    pub(super) is_inset: bool,
}

impl Letter {
    pub(super) fn space(cluster: usize, advance: Length) -> Self {
        Self { id: 0, cluster, advance, offset: Point::default(), stretches: false, is_inset: false }
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
            features: features(&segment.style),
            expansion: self.expansion,
            ink: segment.dress.ink,
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

impl Segment {
    /// Draws what its dress asks for around letters: `letters` has the left end of their baseline, their width and their
    /// size. What lies behind them comes before them.
    pub(super) fn decorate(&self, letters: Rect, items: &mut Vec<FrameItem>) {
        let (x, y, width, size) = (letters.origin.x, letters.origin.y, letters.size.width, letters.size.height);
        let mut draw = |rect: Rect, ink: Ink| {
            items.push(FrameItem { owner: Owner::Artifact(Artifact::Layout), kind: ItemKind::Rule { rect, ink } });
        };
        if let Some(ground) = self.dress.ground {
            draw(Rect::new(x, y - size.permille(800), width, size.permille(1_080)), ground);
        }
        if self.dress.struck {
            draw(Rect::new(x, y - size.permille(270), width, size.permille(50)), self.dress.ink);
        }
        if self.dress.underlined {
            draw(Rect::new(x, y + size.permille(140), width, size.permille(45)), self.dress.ink);
        }
        if self.dress.framed {
            let (hair, side) = (Length::millipoints(350), size.permille(120));
            let (top, bottom) = (y - size.permille(820), y + size.permille(280));
            let (left, right) = (x - side, x + width + side);
            draw(Rect::new(left, top, right - left, hair), Ink::Tint(60));
            draw(Rect::new(left, bottom - hair, right - left, hair), Ink::Tint(60));
            draw(Rect::new(left, top, hair, bottom - top), Ink::Tint(60));
            draw(Rect::new(right - hair, top, hair, bottom - top), Ink::Tint(60));
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
        .filter(|letter| !letter.is_inset && !letter.stretches)
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
            for letter in piece.letters.iter_mut().filter(|letter| !letter.is_inset && !letter.stretches) {
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
