//! The sheet that a page is printed on: its boxes (PDF 32000-1, 14.11.2), and what stands around the page.
//!
//! The page's own coordinates start at the trim's top left corner; the sheet's at its lower left one. Start at [`Sheet::of`];
//! [`marks`] gives what is painted outside the trim.

use crate::font::shaping::Features;
use crate::geometry::{Insets, Length, Point, Rect, Size};
use crate::layout::book::{Artifact, Book, FrameItem, Glyph, GlyphRun, Ink, ItemKind, Owner, Page, PathSegment};
use crate::style::{Binding, Side};
use crate::target::Target;

/// How wide the band around the bleed is that marks stand in.
const BAND: Length = Length::pt(24);
/// How far marks stay away from what may be cut.
const GAP: Length = Length::pt(3);
/// How long the lines are that show where to cut.
const CUT: Length = Length::pt(15);
/// How thick marks are: a hairline of every press.
const HAIRLINE: Length = Length::millipoints(250);
/// Half of a register cross.
const CROSS: Length = Length::pt(7);
/// The circle in it.
const CIRCLE: Length = Length::pt(4);
/// The size of the slug line.
const SLUG: Length = Length::pt(6);

/// A sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sheet {
    trim: Size,
    /// How far is printed beyond the trim: left (as `inner`), right (as `outer`), top and bottom.
    bleed: Insets,
    /// The band around that.
    band: Length,
}

impl Sheet {
    /// The sheet of a page on this side, in a book in which something `bleeds` or nothing does.
    pub(super) fn of(book: &Book, target: &Target, side: Side, bleeds: bool) -> Self {
        let width = target.bleed(bleeds);
        let bound = if target.bleed.inner { width } else { Length::ZERO };
        let spine_is_left = (side == Side::Recto) == (book.style.page.binding == Binding::Left);
        let (inner, outer) = if spine_is_left { (bound, width) } else { (width, bound) };
        let band = if target.marks.any() { BAND } else { Length::ZERO };
        Self { trim: book.style.page.trim, bleed: Insets { top: width, bottom: width, inner, outer }, band }
    }

    /// Where the trim's left edge is on the sheet.
    pub(super) fn left(&self) -> Length {
        self.bleed.inner + self.band
    }

    /// How high the trim's top edge is on the sheet.
    pub(super) fn top(&self) -> Length {
        self.trim.height + self.bleed.bottom + self.band
    }

    /// The box of a rectangle of the page: left, bottom, right, top.
    pub(super) fn corners(&self, rect: &Rect) -> [f64; 4] {
        let (left, top) = (self.left(), self.top());
        [
            (left + rect.origin.x).to_pt(),
            (top - rect.bottom()).to_pt(),
            (left + rect.right()).to_pt(),
            (top - rect.origin.y).to_pt(),
        ]
    }

    /// The finished page.
    fn page(&self) -> Rect {
        Rect::new(Length::ZERO, Length::ZERO, self.trim.width, self.trim.height)
    }

    /// `rect`, grown by these.
    fn grown(rect: &Rect, by: &Insets) -> Rect {
        Rect::new(
            rect.origin.x - by.inner,
            rect.origin.y - by.top,
            rect.size.width + by.inner + by.outer,
            rect.size.height + by.top + by.bottom,
        )
    }

    /// The finished page, on the sheet.
    pub(super) fn trim_box(&self) -> [f64; 4] {
        self.corners(&self.page())
    }

    /// What is printed, to be cut.
    pub(super) fn bleed_box(&self) -> [f64; 4] {
        self.corners(&Self::grown(&self.page(), &self.bleed))
    }

    /// The whole sheet.
    pub(super) fn media_box(&self) -> [f64; 4] {
        let Insets { top, bottom, inner, outer } = self.bleed;
        let [top, bottom, inner, outer] = [top, bottom, inner, outer].map(|bleed| bleed + self.band);
        self.corners(&Self::grown(&self.page(), &Insets { top, bottom, inner, outer }))
    }

    /// How far each edge of a box is from its own place in print, because it reaches the trim's: the bleed there.
    fn beyond(&self, rect: &Rect) -> Insets {
        // What is farther out than the bleed already stays where it is.
        let at = |reaches: bool, bleed: Length| if reaches { bleed.max(Length::ZERO) } else { Length::ZERO };
        let page = self.page();
        Insets {
            inner: at(rect.origin.x <= Length::ZERO, self.bleed.inner + rect.origin.x),
            top: at(rect.origin.y <= Length::ZERO, self.bleed.top + rect.origin.y),
            outer: at(rect.right() >= page.right(), self.bleed.outer - (rect.right() - page.right())),
            bottom: at(rect.bottom() >= page.bottom(), self.bleed.bottom - (rect.bottom() - page.bottom())),
        }
    }

    /// A box, with the bleed at each edge that reaches the trim's.
    pub(super) fn bled(&self, rect: &Rect) -> Rect {
        Self::grown(rect, &self.beyond(rect))
    }

    /// Where an image of these proportions is painted that fills `rect`, and what is to be seen of it: where it reaches the
    /// trim's edge it is enlarged.
    pub(super) fn bled_image(&self, rect: &Rect, proportions: Size) -> (Rect, Rect) {
        let seen = self.bled(rect);
        (seen.covering(proportions), seen)
    }
}

/// What is painted around a page, outside its bleed: in all inks, but for the slug line, which is black.
pub(super) struct Marks {
    /// Lines and circles.
    pub(super) shapes: Vec<FrameItem>,
    /// The slug line.
    pub(super) slug: Option<FrameItem>,
}

/// The marks that `target` asks for.
pub(super) fn marks(book: &Book, target: &Target, sheet: &Sheet, page: &Page) -> Marks {
    let mut shapes = Vec::new();
    let layout = Owner::Artifact(Artifact::Layout);
    let mut rule = |x: Length, y: Length, width: Length, height: Length| {
        let kind = ItemKind::Rule { rect: Rect::new(x, y, width, height), ink: Ink::Black };
        shapes.push(FrameItem { owner: layout, kind });
    };
    let (width, height) = (sheet.trim.width, sheet.trim.height);
    let Insets { top, bottom, inner, outer } = sheet.bleed;
    let half = HAIRLINE / 2;
    if target.marks.crop {
        for y in [Length::ZERO, height] {
            rule(-inner - GAP - CUT, y - half, CUT, HAIRLINE);
            rule(width + outer + GAP, y - half, CUT, HAIRLINE);
        }
        for x in [Length::ZERO, width] {
            rule(x - half, -top - GAP - CUT, HAIRLINE, CUT);
            rule(x - half, height + bottom + GAP, HAIRLINE, CUT);
        }
    }
    let middle = BAND / 2;
    let centers = [
        Point::new(width / 2, -top - middle),
        Point::new(width / 2, height + bottom + middle),
        Point::new(-inner - middle, height / 2),
        Point::new(width + outer + middle, height / 2),
    ];
    if target.marks.registration {
        for center in centers {
            rule(center.x - CROSS, center.y - half, CROSS * 2, HAIRLINE);
            rule(center.x - half, center.y - CROSS, HAIRLINE, CROSS * 2);
        }
        for center in centers {
            let segments = ring(center, CIRCLE, CIRCLE - HAIRLINE);
            shapes.push(FrameItem { owner: layout, kind: ItemKind::Path { segments, ink: Ink::Black } });
        }
    }
    let slug = target.marks.slug.then(|| {
        let y = height + bottom + GAP + CUT / 2 + SLUG / 3;
        slug(book, target, page, Point::new(GAP * 2, y), width / 2 - CROSS * 2 - GAP * 2)
    });
    Marks { shapes, slug: slug.flatten().map(|run| FrameItem { owner: layout, kind: ItemKind::Glyphs(run) }) }
}

/// A ring: a circle, and one within it the other way round, each of four curves.
fn ring(center: Point, outer: Length, inner: Length) -> Vec<PathSegment> {
    let circle = |radius: Length, way: i64| {
        // The length of the handles that bring a curve nearest to a quarter of a circle: 4 (√2 − 1) / 3.
        let handle = radius.scale(55_228, 100_000);
        let at = |x: Length, y: Length| Point::new(center.x + x, center.y + y * way);
        let zero = Length::ZERO;
        vec![
            PathSegment::MoveTo(at(radius, zero)),
            PathSegment::CubicTo(at(radius, handle), at(handle, radius), at(zero, radius)),
            PathSegment::CubicTo(at(-handle, radius), at(-radius, handle), at(-radius, zero)),
            PathSegment::CubicTo(at(-radius, -handle), at(-handle, -radius), at(zero, -radius)),
            PathSegment::CubicTo(at(handle, -radius), at(radius, -handle), at(radius, zero)),
            PathSegment::Close,
        ]
    };
    let mut segments = circle(outer, 1);
    segments.extend(circle(inner, -1));
    segments
}

/// Title, version, target and page, as far as there is room and the face has the letters.
fn slug(book: &Book, target: &Target, page: &Page, origin: Point, room: Length) -> Option<GlyphRun> {
    let metadata = &book.document.metadata;
    let face = book.fonts.select(&book.style.typefaces.sans, 400, false);
    let font = book.fonts.face(face);
    let label = page.label.text();
    let parts = [metadata.title.as_str(), &metadata.version, &metadata.date, &target.name, &label];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    // What is longest gives way: the page is at the end.
    let (title, rest) = parts.split_first()?;
    let rest: String = rest.iter().flat_map(|part| [" · ", part]).collect();
    let set = |text: &str| -> (String, Vec<Glyph>) {
        let mut shown = String::new();
        let mut glyphs = Vec::new();
        for character in text.chars() {
            let Some(id) = font.glyph(character) else { continue };
            let cluster = u32::try_from(shown.len()).unwrap_or(u32::MAX);
            let advance = SLUG.scale(font.advance(id), font.units_per_em());
            glyphs.push(Glyph { id, cluster, advance, offset: Point::default() });
            shown.push(character);
        }
        (shown, glyphs)
    };
    let width = |glyphs: &[Glyph]| glyphs.iter().map(|glyph| glyph.advance).sum::<Length>();
    let mut count = title.chars().count();
    let (text, glyphs) = loop {
        let cut: String = title.chars().take(count).collect();
        let dots = if count < title.chars().count() { "…" } else { "" };
        let (text, glyphs) = set(&format!("{cut}{dots}{rest}"));
        if count == 0 || width(&glyphs) <= room {
            break (text, glyphs);
        }
        // Each letter is at most an em wide: this ends after a few rounds.
        count = count.min(400) * 3 / 4;
    };
    (!glyphs.is_empty()).then_some(GlyphRun {
        origin,
        face,
        size: SLUG,
        features: Features::default(),
        expansion: 10_000,
        ink: Ink::Black,
        language: None,
        text,
        spoken: None,
        glyphs,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Bleed;

    fn sheet(bleed: Insets, band: i64) -> Sheet {
        Sheet { trim: Size::new(Length::pt(100), Length::pt(200)), bleed, band: Length::pt(band) }
    }

    fn all(points: i64) -> Insets {
        let bleed = Length::pt(points);
        Insets { top: bleed, bottom: bleed, inner: bleed, outer: bleed }
    }

    #[test]
    fn boxes_lie_in_each_other_and_the_sheet_starts_at_its_corner() {
        let sheet = sheet(all(9), 24);
        let boxes = [sheet.media_box(), sheet.bleed_box(), sheet.trim_box()];
        let boxes = boxes.map(|corners| corners.map(Length::from_pt));
        let expected = [[0, 0, 166, 266], [24, 24, 142, 242], [33, 33, 133, 233]];
        assert_eq!(boxes, expected.map(|corners| corners.map(Length::pt)));
    }

    #[test]
    fn nothing_bleeds_into_the_spine_where_the_printer_says_so() {
        let width = Length::pt(9);
        let target = Target { bleed: Bleed { width, inner: false, when_needed: false }, ..Target::default() };
        let book = crate::pdf::tests::empty_book();
        let [recto, verso] = [Side::Recto, Side::Verso].map(|side| Sheet::of(&book, &target, side, true).bleed);
        assert_eq!((recto.inner, recto.outer), (Length::ZERO, width));
        assert_eq!((verso.inner, verso.outer), (width, Length::ZERO));
    }

    #[test]
    fn an_image_at_the_edge_is_enlarged_into_the_bleed_and_keeps_its_proportions() {
        let sheet = sheet(all(10), 0);
        let page = Rect::new(Length::ZERO, Length::ZERO, Length::pt(100), Length::pt(200));
        let (placed, seen) = sheet.bled_image(&page, page.size);
        assert_eq!(seen, Rect::new(Length::pt(-10), Length::pt(-10), Length::pt(120), Length::pt(220)));
        assert_eq!((placed.size.width, placed.size.height), (Length::pt(120), Length::pt(240)));
        assert_eq!(placed.origin.y, Length::pt(-20));
        let within = Rect::new(Length::pt(10), Length::pt(10), Length::pt(20), Length::pt(20));
        assert_eq!(sheet.bled_image(&within, within.size), (within, within));
        let beyond = Rect::new(Length::pt(-4), Length::pt(10), Length::pt(20), Length::pt(20));
        assert_eq!(sheet.bled(&beyond).origin.x, Length::pt(-10), "no farther than the bleed");
    }
}
