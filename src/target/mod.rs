//! Targets: what a printer, a shop or a screen asks of a PDF.
//!
//! A [`Target`] is data: which kind of PDF, which ink, how much bleed, how wide the margins at least. Those that come with
//! the program are in `targets.toml`, each number with its source; a project adds its own in the same words. What follows
//! for the page is here too: the gutter that a number of pages asks for, and what a finished book fails of. What stores take
//! of an e-book is in [`store`]. It knows nothing of files or of PDF syntax. Start at [`Target`].

pub mod store;

use std::sync::Arc;

use crate::diagnostics::{Diagnostic, Place};
use crate::geometry::{Length, Size};
use crate::style::{FolioPlace, Furniture, HeadText, NotePlace, PageGeometry, ParagraphRole, Side, Style};

/// The targets that come with the program, in TOML.
pub const BUILT_IN: &str = include_str!("targets.toml");

/// The target of a book that names none.
pub const DEFAULT: &str = "screen";

/// The profiles that come with the program: what a manifest calls them, the printing condition that they describe, and the
/// file. They were made with `ArgyllCMS` from Fogra's measurements, in the public domain; see `profiles/README.md`.
pub const PROFILES: [(&str, &str, &[u8]); 2] = [
    ("fogra39", "FOGRA39", include_bytes!("profiles/fogra39.icc")),
    ("fogra47", "FOGRA47", include_bytes!("profiles/fogra47.icc")),
];

/// What a PDF is made for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// What a manifest calls it.
    pub name: String,
    /// The kind of PDF.
    pub conformance: Conformance,
    /// The printing condition whose inks colours become; they stay as they are if `None`.
    pub profile: Option<Profile>,
    /// The most ink of all four in one place, in per cent: 400 would be all of each.
    pub total_ink: Option<u16>,
    /// What is printed beyond the trim.
    pub bleed: Bleed,
    /// What stands on the sheet around the page.
    pub marks: Marks,
    /// The least inner margin for so many pages at most, fewest pages first; the last counts for more pages too.
    pub inside: Vec<(u32, Length)>,
    /// The least margin at any edge.
    pub margin: Length,
    /// The least margin at any edge of a book in which something bleeds, where it is wider.
    pub margin_bleeding: Length,
    /// The fewest and the most pages.
    pub pages: Option<(u32, u32)>,
    /// Whether pages must come in pairs: a blank one is added to an odd number.
    pub even_pages: bool,
    /// The narrowest and the widest trim.
    pub trim_width: Option<(Length, Length)>,
    /// The lowest and the highest trim.
    pub trim_height: Option<(Length, Length)>,
    /// Pixels to the inch that an image needs, and needs no more than.
    pub image_resolution: Option<u16>,
    /// The smallest type, by the height of its em.
    pub least_type: Option<Length>,
    /// The thinnest line. What a book rules is no thinner.
    pub least_rule: Option<Length>,
    /// Whether images with more pixels are reduced to that.
    pub reduce_images: bool,
    /// The largest file, in megabytes of a million bytes.
    pub file_size: Option<u16>,
    /// Whether the file says neither what it is nor who made it, beyond what its kind demands.
    pub anonymous: bool,
    /// Inks of their own, by the colour that they stand for.
    pub spots: Vec<Spot>,
    /// The black of large areas, by the colour that stands for it.
    pub rich_black: Option<RichBlack>,
}

/// A black of several inks, which is deeper than that of one, and where plates are shifted has coloured edges: for areas, not
/// for letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RichBlack {
    /// Cyan, magenta, yellow and black, in per cent.
    pub inks: [u8; 4],
    /// The colour of sRGB that stands for it in the manuscript; no gray.
    pub color: [u8; 3],
}

impl RichBlack {
    /// How much ink it takes, in per cent.
    #[must_use]
    pub fn total_ink(&self) -> u16 {
        self.inks.into_iter().map(u16::from).sum()
    }
}

/// A kind of PDF.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Conformance {
    /// PDF/UA-1 and PDF/A-2a: with tags, links and an outline.
    #[default]
    Accessible,
    /// PDF/UA-2 (ISO 14289-2) and PDF/A-4 (ISO 19005-4), in PDF 2.0: with tags, links and an outline, and with formulas as
    /// MathML.
    Ua2,
    /// PDF 1.7 without any of these, and without transparency.
    Plain,
    /// PDF/X-4 (ISO 15930-7).
    X4,
    /// PDF/X-1a:2001 (ISO 15930-1): PDF 1.3, without transparency.
    X1a,
    /// PDF/X-3:2002 (ISO 15930-3): PDF 1.3, without transparency.
    X3,
}

impl Conformance {
    /// Every kind with the name that a manifest gives it.
    pub const NAMES: [(&str, Self); 6] = [
        ("accessible", Self::Accessible),
        ("pdf/ua-2", Self::Ua2),
        ("plain", Self::Plain),
        ("pdf/x-4", Self::X4),
        ("pdf/x-1a", Self::X1a),
        ("pdf/x-3", Self::X3),
    ];

    /// Whether the file is for a press that is told which one: it must name a printing condition.
    #[must_use]
    pub fn is_exchange(self) -> bool {
        matches!(self, Self::X4 | Self::X1a | Self::X3)
    }

    /// Whether the file is for readers: with tags, links and an outline.
    #[must_use]
    pub fn is_tagged(self) -> bool {
        matches!(self, Self::Accessible | Self::Ua2)
    }

    /// Whether paint may let through what is below.
    #[must_use]
    pub fn has_transparency(self) -> bool {
        matches!(self, Self::Accessible | Self::Ua2 | Self::X4)
    }
}

/// A printing condition.
#[derive(Clone, PartialEq, Eq)]
pub struct Profile {
    /// What the registry of characterisations calls it, such as `FOGRA39`; or what the author does.
    pub condition: String,
    /// The ICC profile.
    pub data: Arc<[u8]>,
    /// Whether the file carries the profile, or only names the condition.
    pub embedded: bool,
}

impl Profile {
    /// Whether the registry of characterisations has the condition, by the names that it gives.
    #[must_use]
    pub fn is_registered(&self) -> bool {
        ["FOGRA", "CGATS", "PSR", "IFRA", "JC20", "JCN20", "JCW20"].iter().any(|name| self.condition.starts_with(name))
    }
}

impl std::fmt::Debug for Profile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Profile({}, {} bytes)", self.condition, self.data.len())
    }
}

/// What is printed beyond the trim, to be cut off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bleed {
    /// How far.
    pub width: Length,
    /// Whether at the inner edge too.
    pub inner: bool,
    /// Whether only books need it in which something reaches the edge.
    pub when_needed: bool,
}

/// What stands on the sheet around the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Lines that show where to cut.
    pub crop: bool,
    /// Crosses in all inks, to lay the plates on each other by.
    pub registration: bool,
    /// A line that says what this is.
    pub slug: bool,
}

impl Marks {
    /// Whether there are any.
    #[must_use]
    pub fn any(self) -> bool {
        self.crop || self.registration || self.slug
    }
}

/// An ink of its own: a Separation, not a mixture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The ink's name, as the printer knows it.
    pub name: String,
    /// The colour of sRGB that stands for it in the manuscript.
    pub color: [u8; 3],
}

/// The narrowest measure that a gutter may leave.
const NARROWEST: Length = Length::pt(72);

impl Target {
    /// Whether it is for paper.
    #[must_use]
    pub fn is_print(&self) -> bool {
        !self.conformance.is_tagged()
    }

    /// How far beyond the trim a book is printed, in which something `bleeds` or nothing does.
    #[must_use]
    pub fn bleed(&self, bleeds: bool) -> Length {
        if self.bleed.when_needed && !bleeds { Length::ZERO } else { self.bleed.width }
    }

    /// `style` with the margins that this target asks for where a book has so many pages and something in it `bleeds` or
    /// nothing does: none becomes narrower, but for the outer one, which gives room to the inner one as far as it may. The
    /// measure stays, where there is room; so a wider gutter leaves lines as they are. What stands in the margins, heads, page
    /// numbers and notes, keeps the distance too that the target asks for.
    ///
    /// # Errors
    /// `unfit-page` where the margins leave no page.
    pub fn fit(&self, style: &Style, pages: usize, bleeds: bool) -> Result<Style, Diagnostic> {
        let mut style = style.clone();
        let least = if bleeds { self.margin.max(self.margin_bleeding) } else { self.margin };
        let notes = if style.notes.place == NotePlace::Side {
            style.notes.side_width + style.notes.side_gap
        } else {
            Length::ZERO
        };
        let head = head_room(&style);
        let PageGeometry { facing, margins, .. } = &mut style.page;
        let inside = self.least_inside(pages).max(least);
        // Pages that don't face each other may be bound at either edge.
        let outside = if *facing { least } else { inside };
        let inner = margins.inner.max(inside);
        let given = inner - margins.inner;
        *margins = crate::geometry::Insets {
            top: margins.top.max(least + head),
            bottom: margins.bottom.max(least),
            inner,
            outer: (margins.outer - given).max(outside + notes),
        };
        let (foot, most) = foot_room(&style);
        let PageGeometry { trim, margins, baseline, .. } = &mut style.page;
        if margins.bottom < least + foot {
            margins.bottom = least + most;
        }
        let width = trim.width - margins.inner - margins.outer;
        let height = trim.height - margins.top - margins.bottom;
        if width < NARROWEST || height < *baseline * 4 {
            return Err(Diagnostic::error(
                "unfit-page",
                Place::Project,
                format!("the margins that the target `{}` asks for leave no room on this page", self.name),
            )
            .help("choose a larger page, or another target"));
        }
        Ok(style)
    }

    /// The inner margin that so many pages need.
    #[must_use]
    pub fn least_inside(&self, pages: usize) -> Length {
        let step = self.inside.iter().find(|(most, _)| *most as usize >= pages).or(self.inside.last());
        step.map_or(Length::ZERO, |(_, inside)| *inside)
    }

    /// What a book of this size fails of: the warnings `page-count` and `trim-size`.
    #[must_use]
    pub fn check(&self, trim: Size, pages: usize) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        let name = &self.name;
        if let Some((fewest, most)) = self.pages
            && !(fewest as usize..=most as usize).contains(&pages)
        {
            let message = format!("the target `{name}` takes {fewest} to {most} pages, and the book has {pages}");
            findings.push(
                Diagnostic::warning("page-count", Place::Project, message)
                    .help("choose another target, another page or another type size"),
            );
        }
        if self.even_pages && !pages.is_multiple_of(2) {
            let message = format!("the target `{name}` takes an even number of pages, and the book has {pages}");
            findings
                .push(Diagnostic::warning("page-count", Place::Project, message).help("add a blank page at the end"));
        }
        for (what, side, range) in [("wide", trim.width, self.trim_width), ("high", trim.height, self.trim_height)] {
            if let Some((least, most)) = range
                && !(least - ROUNDING..=most + ROUNDING).contains(&side)
            {
                let inches = |length: Length| format!("{:.3}", length.to_pt() / 72.0);
                let message = format!(
                    "the target `{name}` takes pages {} to {} inches {what}, and the book's are {}",
                    inches(least),
                    inches(most),
                    inches(side)
                );
                findings.push(
                    Diagnostic::warning("trim-size", Place::Project, message)
                        .help("choose another page size, or another target"),
                );
            }
        }
        findings
    }
}

/// How far letters reach above their baseline, in thousandths of their size.
const ASCENT: i64 = 750;
/// How far below.
const DESCENT: i64 = 250;

/// How far running heads reach above the type area: their baseline is that of the second line above it.
fn head_room(style: &Style) -> Length {
    let Furniture { verso, recto, .. } = style.furniture;
    if verso == HeadText::None && recto == HeadText::None {
        return Length::ZERO;
    }
    let size = style.paragraph(ParagraphRole::RunningHead).character.size;
    (style.page.baseline * 2 - style.page.first_baseline + size.permille(ASCENT)).max(Length::ZERO)
}

/// How far page numbers reach below the type area, and how far they could in one of another height: their baseline is that of
/// the second line below its last. One that stands in the head goes to the foot where there is no head.
fn foot_room(style: &Style) -> (Length, Length) {
    if style.furniture.folio == FolioPlace::None {
        return (Length::ZERO, Length::ZERO);
    }
    let PageGeometry { baseline, first_baseline, .. } = style.page;
    let last = baseline * (style.page.lines() - 1) + first_baseline;
    let left = style.page.type_area(Side::Recto).size.height - last;
    let size = style.paragraph(ParagraphRole::Folio).character.size;
    let most = baseline * 2 + size.permille(DESCENT);
    ((most - left).max(Length::ZERO), most)
}

/// What two ways of writing a length may differ by.
const ROUNDING: Length = Length::millipoints(10);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::themes;

    fn gutters() -> Target {
        let inside = vec![(100, Length::pt(30)), (200, Length::pt(70)), (300, Length::pt(90))];
        Target { name: "t".into(), inside, margin: Length::pt(20), ..Target::default() }
    }

    #[test]
    fn a_wider_gutter_takes_from_the_outer_margin_first() {
        let style = themes::by_name("document").unwrap();
        let page = style.page;
        let measure = |style: &Style| style.page.trim.width - style.page.margins.inner - style.page.margins.outer;
        let fitted = |pages| gutters().fit(&style, pages, false).unwrap();
        assert_eq!(fitted(100).page, page, "wide enough already");
        let wider = fitted(101);
        assert_eq!(wider.page.margins.inner, Length::pt(70));
        assert_eq!(measure(&wider), measure(&style));
        assert_eq!(fitted(5000).page.margins.inner, Length::pt(90), "the last step holds for more pages too");
        let narrow = Target { margin: Length::pt(85), ..gutters() }.fit(&style, 300, false).unwrap();
        assert_eq!(narrow.page.margins.outer, Length::pt(85));
        assert!(measure(&narrow) < measure(&style));
    }

    #[test]
    fn margins_only_grow_but_for_the_outer_one() {
        let style = themes::by_name("book").unwrap();
        let once = gutters().fit(&style, 250, false).unwrap();
        let again = gutters().fit(&once, 50, false).unwrap();
        assert_eq!(once, again, "a book that became shorter keeps its gutter");
    }

    #[test]
    fn what_stands_in_the_margins_keeps_its_distance_too() {
        let inch = Length::pt(72);
        let target = Target { margin: inch, ..Target::default() };
        for name in themes::NAMES {
            let style = target.fit(&themes::by_name(name).unwrap(), 0, false).unwrap();
            let PageGeometry { trim, margins, baseline, first_baseline, .. } = style.page;
            let head = margins.top - baseline * 2 + first_baseline;
            let foot = margins.top + baseline * (style.page.lines() + 1) + first_baseline;
            let has_head = (style.furniture.verso, style.furniture.recto) != (HeadText::None, HeadText::None);
            let size = |role| style.paragraph(role).character.size;
            assert!(!has_head || head - size(ParagraphRole::RunningHead).permille(ASCENT) >= inch, "{name}");
            let has_foot = style.furniture.folio != FolioPlace::None;
            assert!(!has_foot || foot + size(ParagraphRole::Folio).permille(DESCENT) <= trim.height - inch, "{name}");
            assert_eq!(target.fit(&style, 0, false).unwrap().page, style.page, "{name}: enough is enough");
        }
        let mut beside = themes::by_name("book").unwrap();
        beside.notes.place = NotePlace::Side;
        let fitted = target.fit(&beside, 0, false).unwrap();
        assert!(fitted.page.margins.outer >= inch + beside.notes.side_width + beside.notes.side_gap);
    }

    #[test]
    fn margins_that_leave_no_page_are_an_error() {
        let style = themes::by_name("book").unwrap();
        let fault = Target { margin: Length::pt(300), ..gutters() }.fit(&style, 1, false).unwrap_err();
        assert_eq!(fault.code, "unfit-page");
    }

    #[test]
    fn a_book_is_told_what_its_printer_does_not_take() {
        let inch = |inches: i64| Length::pt(72) * inches;
        let target = Target {
            pages: Some((24, 828)),
            trim_width: Some((inch(4), inch(8))),
            trim_height: Some((inch(6), inch(11))),
            ..Target::default()
        };
        let codes = |width, height, pages| -> Vec<&str> {
            target.check(Size::new(inch(width), inch(height)), pages).iter().map(|finding| finding.code).collect()
        };
        assert_eq!(codes(6, 9, 24), [""; 0]);
        assert_eq!(codes(6, 9, 829), ["page-count"]);
        assert_eq!(codes(6, 9, 22), ["page-count"]);
        assert_eq!(codes(9, 12, 100), ["trim-size", "trim-size"]);
    }

    #[test]
    fn only_books_that_need_it_bleed_where_a_printer_wants_it_so() {
        let bleed = Bleed { width: Length::pt(9), inner: false, when_needed: true };
        let target = Target { bleed, ..Target::default() };
        assert_eq!((target.bleed(false), target.bleed(true)), (Length::ZERO, Length::pt(9)));
    }
}
