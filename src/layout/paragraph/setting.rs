//! The letters of one line: justified, put into visual order, made into runs.
//!
//! Knows nothing of how the line was chosen. Start at [`justify`].

use std::ops::Range;
use std::sync::Arc;

use super::super::book::{Artifact, FrameItem, Glyph, GlyphRun, Ink, ItemKind, Owner, PathSegment};
use super::super::content::{EmphasisMarks, Segment};
use super::super::line_breaking::at_most;
use super::Composer;
use super::spacing::is_wide;
use crate::font::FaceId;
use crate::font::shaping::Features;
use crate::geometry::{Length, Point, Rect};

/// A shaped stretch of a line.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub(super) segment: usize,
    pub(super) range: Range<usize>,
    pub(super) face: FaceId,
    pub(super) level: u8,
    pub(super) letters: Vec<Letter>,
    pub(super) features: Features,
    /// What a reader should take it for, where not for what its letters say.
    pub(super) spoken: Option<Arc<str>>,
    /// Parts per ten thousand.
    pub(super) expansion: u16,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Letter {
    pub(super) id: u16,
    pub(super) cluster: usize,
    pub(super) advance: Length,
    pub(super) offset: Point,
    /// How much white it takes in a line of badness 100, and how much it can give.
    pub(super) stretch: Length,
    pub(super) shrink: Length,
    /// Whether it may itself be widened and narrowed.
    pub(super) expands: bool,
}

impl Letter {
    /// What keeps its width.
    pub(super) fn fixed(id: u16, cluster: usize, advance: Length) -> Self {
        let (stretch, shrink) = (Length::ZERO, Length::ZERO);
        Self { id, cluster, advance, offset: Point::default(), stretch, shrink, expands: false }
    }
}

impl Piece {
    /// Letters that read from left to right and say what the text says.
    pub(super) fn new(segment: usize, range: Range<usize>, face: FaceId, letters: Vec<Letter>) -> Self {
        let features = Features::default();
        Self { segment, range, face, level: 0, letters, features, spoken: None, expansion: 10_000 }
    }

    pub(super) fn width(&self) -> Length {
        self.letters.iter().map(|letter| letter.advance).sum()
    }

    /// Cuts off what starts at byte `at` of the text.
    pub(super) fn split_off(&mut self, at: usize) -> Self {
        let letters = if self.level.is_multiple_of(2) {
            let first = self.letters.partition_point(|letter| letter.cluster < at);
            self.letters.split_off(first)
        } else {
            // What comes later in the text stands farther left.
            let first = self.letters.partition_point(|letter| letter.cluster >= at);
            let rest = self.letters.split_off(first);
            std::mem::replace(&mut self.letters, rest)
        };
        let range = at..self.range.end;
        self.range.end = at;
        Self { range, letters, ..self.clone() }
    }

    /// The marks that stress the ideographs of the piece, whose left end is at `x` on the baseline. They are drawn: as letters
    /// they would be read.
    pub(super) fn marks(&self, marks: EmphasisMarks, segment: &Segment, text: &str, x: Length) -> Vec<FrameItem> {
        let size = segment.style.size;
        let rise = match marks {
            EmphasisMarks::Above => size.permille(980),
            EmphasisMarks::Below => -size.permille(220),
        };
        let mut x = x;
        let mut items = Vec::new();
        for letter in &self.letters {
            let character = text.get(letter.cluster..).and_then(|rest| rest.chars().next());
            if character.is_some_and(|character| is_wide(character) && character.is_alphanumeric()) {
                // At the middle of the square itself, without the room behind it.
                let middle = x + letter.advance.min(size) / 2;
                let kind = ItemKind::Path {
                    segments: dot(Point::new(middle, -segment.rise - rise), size.permille(75)),
                    ink: segment.dress.ink,
                };
                items.push(FrameItem { owner: Owner::Artifact(Artifact::Layout), kind });
            }
            x += letter.advance;
        }
        items
    }

    pub(super) fn into_run(self, segment: &Segment, text: &str, x: Length, composer: &Composer<'_>) -> GlyphRun {
        let language = segment.language.clone().filter(|language| **language != *composer.language);
        GlyphRun {
            origin: Point::new(x, -segment.rise),
            face: self.face,
            size: segment.style.size,
            features: self.features,
            expansion: self.expansion,
            ink: segment.dress.ink,
            language,
            text: text[self.range.clone()].to_owned(),
            spoken: self.spoken,
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

/// A filled circle, of four curves.
fn dot(center: Point, radius: Length) -> Vec<PathSegment> {
    // The handle of a quarter's curve: 4/3 (√2 − 1) of the radius.
    let handle = radius.scale(5_523, 10_000);
    let at = |x: Length, y: Length| Point::new(center.x + x, center.y + y);
    let zero = Length::ZERO;
    vec![
        PathSegment::MoveTo(at(radius, zero)),
        PathSegment::CubicTo(at(radius, handle), at(handle, radius), at(zero, radius)),
        PathSegment::CubicTo(at(-handle, radius), at(-radius, handle), at(-radius, zero)),
        PathSegment::CubicTo(at(-radius, -handle), at(-handle, -radius), at(zero, -radius)),
        PathSegment::CubicTo(at(handle, -radius), at(radius, -handle), at(radius, zero)),
        PathSegment::Close,
    ]
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

/// Spreads `excess` over a line: first over the letters, by at most `expansion` thousandths of their width, then over the
/// white between them, in proportion to what each piece of it can take. Returns what was spread: all of it, but in a line that has no white or
/// can give no more.
pub(super) fn justify(pieces: &mut [Piece], excess: Length, expansion: i64) -> Length {
    let growing = excess > Length::ZERO;
    let weight = |letter: &Letter| if growing { letter.stretch } else { letter.shrink };
    let letters = || pieces.iter().flat_map(|piece| &piece.letters);
    let expandable: Length = letters().filter(|letter| letter.expands).map(|letter| letter.advance).sum();
    let white: Length = letters().map(weight).sum();
    let limit = expandable.permille(expansion);
    let mut given = Length::ZERO;
    if limit > Length::ZERO {
        let share = excess.min(limit).max(-limit);
        // Parts per ten thousand, so that the page can say it exactly.
        let parts = 10_000 + share.raw() * 10_000 / expandable.raw();
        let parts = u16::try_from(parts.clamp(9_000, 11_000)).unwrap_or(10_000);
        for piece in pieces.iter_mut().filter(|piece| piece.letters.iter().any(|letter| letter.expands)) {
            piece.expansion = parts;
            for letter in piece.letters.iter_mut().filter(|letter| letter.expands) {
                let wide = letter.advance.scale(i64::from(parts), 10_000);
                given += wide - letter.advance;
                letter.advance = wide;
                letter.offset.x = letter.offset.x.scale(i64::from(parts), 10_000);
            }
        }
    }
    if white <= Length::ZERO {
        return given;
    }
    let rest = if growing { excess - given } else { (excess - given).max(-at_most(white)) };
    let (mut seen, mut spread) = (Length::ZERO, Length::ZERO);
    for letter in pieces.iter_mut().flat_map(|piece| &mut piece.letters) {
        seen += weight(letter);
        let upto = rest.scale(seen.raw(), white.raw());
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
