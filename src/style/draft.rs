//! A design while it is being read, in the relations that a designer thinks in → a [`Style`] in lengths.
//!
//! Sizes are ratios of the text's, distances ems of it or lines of the grid, so that another size or another leading of the
//! text keeps the design whole. Start at [`Draft::finish`].

use std::collections::BTreeMap;

use super::units::shown;
use super::{
    Binding, CharacterStyle, Family, Figures, FolioPlace, Furniture, GeneratedMatter, HeadText, Hyphenation,
    Microtypography, NoteNumbering, NotePlace, Notes, NumberPlace, Numbering, Opening, PageGeometry, ParagraphRole,
    ParagraphStyle, Style, TextAlignment, Typefaces, Weight,
};
use crate::diagnostics::{Diagnostic, Place, Span};
use crate::geometry::{Insets, Length, Size};

/// The least that a page can hold, in lines.
pub(super) const LEAST_LINES: i64 = 8;

/// The narrowest measure, in ems of the text.
pub(super) const LEAST_MEASURE: i64 = 10;

/// From the edge of the page to notes at its side, at least.
const LEAST_EDGE: Length = Length::mm(5_00);

/// A distance or a size, of its own or in proportion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dimension {
    /// In thousandths of what it is measured by.
    Ratio(i64),
    Length(Length),
}

impl Dimension {
    /// The length, where it is measured by `whole`; in proportion, to the nearest twentieth of a point.
    pub(super) fn of(self, whole: Length) -> Length {
        match self {
            Self::Ratio(thousandths) => {
                let twentieths = (whole.permille(thousandths).raw() * 20 + 32_768).div_euclid(65_536);
                Length::millipoints(twentieths * 50)
            }
            Self::Length(length) => length,
        }
    }
}

/// Margins that were given one by one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Margins {
    pub(super) inner: Option<Length>,
    pub(super) top: Option<Length>,
    pub(super) outer: Option<Length>,
    pub(super) bottom: Option<Length>,
}

/// How paragraphs of a role are to look; what is not said is as the text has it.
#[derive(Clone, Debug)]
pub(super) struct Look {
    pub(super) family: Option<Family>,
    /// In proportion to the text's.
    pub(super) size: Dimension,
    /// In proportion to the style's own size; else a line of the grid, or what its size needs.
    pub(super) leading: Option<Dimension>,
    /// In lines of the grid.
    pub(super) space_before: u8,
    /// In lines of the grid; else none, or the text's where it is filled as the text.
    pub(super) space_after: Option<u8>,
    /// In ems of the text.
    pub(super) indent: Option<Dimension>,
    /// Else as the text, with its indent and its hyphens.
    pub(super) align: Option<TextAlignment>,
    pub(super) hyphenate: Option<bool>,
    pub(super) weight: Weight,
    pub(super) italic: bool,
    pub(super) small_caps: bool,
    pub(super) figures: Option<Figures>,
    pub(super) tracking: i16,
    pub(super) number: NumberPlace,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            family: None,
            size: Dimension::Ratio(1_000),
            leading: None,
            space_before: 0,
            space_after: None,
            indent: None,
            align: None,
            hyphenate: None,
            weight: Weight::Regular,
            italic: false,
            small_caps: false,
            figures: None,
            tracking: 0,
            number: NumberPlace::Beside,
        }
    }
}

/// A family's name in a design, and where it was said if not by a design of the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Face {
    /// Which of the typefaces.
    pub family: Family,
    /// Where it was named.
    pub span: Span,
}

/// A design as far as it was read.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    /// The values that are no relations; those that are, stand below and are filled in at the end.
    pub(super) style: Style,
    /// Into how many parts a classical construction divides the page.
    pub(super) construction: Option<i64>,
    pub(super) margins: Margins,
    /// The text's type size.
    pub(super) size: Length,
    /// One for each role; the text's leading is in proportion to its size.
    pub(super) looks: Vec<Look>,
    pub(super) side_width: Dimension,
    pub(super) side_gap: Dimension,
    pub(super) quote_indent: Dimension,
    pub(super) list_indent: Dimension,
    pub(super) code_indent: Dimension,
    pub(super) admonition_indent: Dimension,
    pub(super) hanging_indent: Dimension,
    pub(super) table_padding: Dimension,
    /// Where the values of the project were written, by table and key.
    pub(super) said: BTreeMap<String, Span>,
}

impl Draft {
    /// Nothing but the name: what a first design is read into.
    pub(super) fn new(name: &str) -> Self {
        let em = Dimension::Ratio(1_000);
        let style = Style {
            name: name.to_owned(),
            typefaces: Typefaces { serif: String::new(), sans: String::new(), mono: String::new() },
            page: PageGeometry {
                trim: Size::default(),
                binding: Binding::Left,
                facing: true,
                margins: Insets::default(),
                baseline: Length::pt(14),
                first_baseline: Length::pt(10),
            },
            opening: Opening::RunOn,
            sinkage: 0,
            front_numbering: Numbering::Decimal,
            furniture: Furniture { verso: HeadText::None, recto: HeadText::None, folio: FolioPlace::Foot },
            matter: GeneratedMatter {
                half_title: false,
                copyright_page: false,
                list_of_figures: false,
                list_of_tables: false,
                list_of_listings: false,
            },
            notes: Notes {
                place: NotePlace::Foot,
                numbering: NoteNumbering::Book,
                side_width: Length::ZERO,
                side_gap: Length::ZERO,
            },
            floats: false,
            number_code_lines: false,
            contents_depth: 2,
            paragraphs: Vec::new(),
            quote_indent: Length::ZERO,
            list_indent: Length::ZERO,
            code_indent: Length::ZERO,
            table_padding: Length::ZERO,
            table_reduction: 1_000,
            admonition_indent: Length::ZERO,
            hanging_indent: Length::ZERO,
            initial_lines: 3,
            microtypography: Microtypography { protrusion: true, expansion: 0 },
            hyphenation: Hyphenation::default(),
            tint: 16,
        };
        Self {
            style,
            construction: None,
            margins: Margins::default(),
            size: Length::pt(10),
            looks: vec![Look::default(); ParagraphRole::ALL.len()],
            side_width: em,
            side_gap: em,
            quote_indent: em,
            list_indent: em,
            code_indent: em,
            admonition_indent: em,
            hanging_indent: em,
            table_padding: em,
            said: BTreeMap::new(),
        }
    }

    /// How paragraphs of `role` are to look.
    pub(super) fn look(&mut self, role: ParagraphRole) -> &mut Look {
        &mut self.looks[role as usize]
    }

    /// How the text is to look.
    pub(super) fn text(&mut self) -> &mut Look {
        self.look(ParagraphRole::Body)
    }

    /// Takes another page; margins that were given keep their proportion to it.
    pub(super) fn set_page(&mut self, trim: Size) {
        let Size { width, height } = std::mem::replace(&mut self.style.page.trim, trim);
        let scaled = |margin: &mut Option<Length>, old: Length, new: Length| {
            if let (Some(margin), true) = (margin, old > Length::ZERO) {
                *margin = margin.scale(new.raw(), old.raw());
            }
        };
        scaled(&mut self.margins.inner, width, trim.width);
        scaled(&mut self.margins.outer, width, trim.width);
        scaled(&mut self.margins.top, height, trim.height);
        scaled(&mut self.margins.bottom, height, trim.height);
    }

    /// Divides the page into `parts` each way, as van de Graaf and Tschichold did into nine and Rosarivo into more: one at
    /// the top and at the spine, two at the foot and at the fore-edge. Margins that were given before are forgotten.
    pub(super) fn construct(&mut self, parts: i64) {
        self.construction = Some(parts);
        self.margins = Margins::default();
    }

    /// The margins, before the foot is made up to whole lines.
    fn insets(&self) -> Insets {
        let PageGeometry { trim, facing, .. } = self.style.page;
        let parts = self.construction.unwrap_or(9);
        let (width, height) = (trim.width.scale(1, parts), trim.height.scale(1, parts));
        let (inner, outer) = if facing { (width, width * 2) } else { (width * 3 / 2, width * 3 / 2) };
        Insets {
            inner: self.margins.inner.unwrap_or(inner),
            outer: self.margins.outer.unwrap_or(outer),
            top: self.margins.top.unwrap_or(height),
            bottom: self.margins.bottom.unwrap_or(height * 2),
        }
    }

    /// The place of the first of these keys that the project gives.
    fn place(&self, keys: &[&str]) -> Place {
        keys.iter().find_map(|key| self.said.get(*key)).map_or(Place::Project, |span| Place::Span(*span))
    }

    /// The design in lengths. `None` where its values don't go together; then the findings say so.
    pub(super) fn finish(mut self, findings: &mut Vec<Diagnostic>) -> Option<Style> {
        let known = findings.len();
        let leading = self.leading(ParagraphRole::Body, findings);
        let size = self.size;
        self.page(leading, findings);
        let paragraphs = ParagraphRole::ALL.iter().map(|role| self.paragraph(*role, leading, findings)).collect();
        let page = self.style.page;
        let style = Style {
            paragraphs,
            // No division begins below the middle of a page.
            sinkage: self.style.sinkage.min(u8::try_from(page.lines() / 2).unwrap_or(u8::MAX)),
            quote_indent: self.quote_indent.of(size),
            list_indent: self.list_indent.of(size),
            code_indent: self.code_indent.of(size),
            admonition_indent: self.admonition_indent.of(size),
            hanging_indent: self.hanging_indent.of(size),
            table_padding: self.table_padding.of(size),
            notes: Notes { side_width: self.side_width.of(size), side_gap: self.side_gap.of(size), ..self.style.notes },
            ..self.style.clone()
        };
        self.check_indents(&style, findings);
        self.check_side(&style, findings);
        (findings.len() == known).then_some(style)
    }

    /// Fills in the page: the type area holds whole lines, and what is left goes to the foot.
    fn page(&mut self, leading: Length, findings: &mut Vec<Diagnostic>) {
        let mut margins = self.insets();
        let trim = self.style.page.trim;
        let measure = trim.width - margins.inner - margins.outer;
        let height = trim.height - margins.top - margins.bottom;
        let lines = height.raw().div_euclid(leading.raw().max(1));
        let help = "give the page smaller `margins` or another `construction`, or a larger `size`, or smaller type";
        if measure < self.size * LEAST_MEASURE {
            let place = self.place(&["page.margins", "page.construction", "page.size", "text.size"]);
            let message = format!(
                "the margins leave a measure of {} of a page {} wide, and text of this size needs {}",
                shown(measure),
                shown(trim.width),
                shown(self.size * LEAST_MEASURE)
            );
            findings.push(Diagnostic::error("out-of-range", place, message).help(help));
        }
        if lines < LEAST_LINES {
            let place = self.place(&["page.margins", "page.construction", "page.size", "text.leading", "text.size"]);
            let message = format!(
                "the margins leave room for {} lines of a page {} high, and {LEAST_LINES} are the least",
                lines.max(0),
                shown(trim.height)
            );
            findings.push(Diagnostic::error("out-of-range", place, message).help(help));
        }
        self.check_furniture(&margins, leading, findings);
        margins.bottom = trim.height - margins.top - leading * lines.max(1);
        self.style.page.margins = margins;
        self.style.page.baseline = leading;
        self.style.page.first_baseline = leading.scale(5, 7);
    }

    /// The line above the text and the one below it stand on the page.
    fn check_furniture(&self, margins: &Insets, leading: Length, findings: &mut Vec<Diagnostic>) {
        let Furniture { verso, recto, folio } = self.style.furniture;
        let head = verso != HeadText::None || recto != HeadText::None || folio == FolioPlace::Head;
        let rows = [
            ("running head", "verso = \"none\"", head, margins.top, leading * 2),
            ("page number", "folio = \"none\"", folio != FolioPlace::None, margins.bottom, leading * 5 / 2),
        ];
        for (name, key, is_there, margin, needed) in rows {
            if is_there && margin < needed {
                let place = self.place(&[
                    "page.margins",
                    "page.construction",
                    "page.size",
                    "furniture.folio",
                    "text.leading",
                    "text.size",
                ]);
                let message = format!("the {name} needs a margin of {}, and it has {}", shown(needed), shown(margin));
                let help = format!("widen the margin, or leave the {name} out: `{key}` below `[furniture]`");
                findings.push(Diagnostic::error("out-of-range", place, message).help(help));
            }
        }
    }

    /// The leading of a role, which is never below its size.
    fn leading(&self, role: ParagraphRole, findings: &mut Vec<Diagnostic>) -> Length {
        let look = &self.looks[role as usize];
        let size = self.size_of(role);
        let leading = match look.leading {
            Some(leading) => leading.of(size),
            None if role == ParagraphRole::Body => Dimension::Ratio(1_330).of(size),
            None => self.leading(ParagraphRole::Body, &mut Vec::new()).max(Dimension::Ratio(1_200).of(size)),
        };
        if leading >= size && leading > Length::ZERO {
            return leading;
        }
        let table = if role == ParagraphRole::Body { "text".to_owned() } else { format!("style.{}", role.name()) };
        let place = self.place(&[&format!("{table}.leading"), &format!("{table}.size"), "text.size"]);
        let points = |length: Length| format!("{:.2} pt", length.to_pt());
        let message = format!("a leading of {} is below the type's size of {}", points(leading), points(size));
        let help = "give a `leading` of 1.2 to 1.45 times the size";
        findings.push(Diagnostic::error("out-of-range", place, message).help(help));
        size
    }

    fn size_of(&self, role: ParagraphRole) -> Length {
        if role == ParagraphRole::Body { self.size } else { self.looks[role as usize].size.of(self.size) }
    }

    fn paragraph(&self, role: ParagraphRole, line: Length, findings: &mut Vec<Diagnostic>) -> ParagraphStyle {
        let look = &self.looks[role as usize];
        let text = &self.looks[ParagraphRole::Body as usize];
        // What says nothing of its lines fills them as the text does.
        let alignment = look.align.or(text.align).unwrap_or(TextAlignment::Justified);
        let follows = look.align.is_none() || role == ParagraphRole::Body;
        let space_after = inherited(look.space_after, follows, text.space_after.unwrap_or(0), 0);
        let none = Dimension::Ratio(0);
        let indent = inherited(look.indent, follows, text.indent.unwrap_or(none), none);
        // Space or indents tell paragraphs apart, never both.
        let is_apart = role.is_running() && space_after > 0;
        let character = CharacterStyle {
            family: look.family.or(text.family).unwrap_or(Family::Serif),
            size: self.size_of(role),
            weight: look.weight,
            italic: look.italic,
            small_caps: look.small_caps,
            figures: look.figures.or(text.figures).unwrap_or(Figures::OldStyle),
            fractions: false,
            superior: false,
            tracking: look.tracking,
        };
        ParagraphStyle {
            character,
            leading: if role == ParagraphRole::Body { line } else { self.leading(role, findings) },
            space_before: line * i64::from(look.space_before),
            space_after: line * i64::from(space_after),
            first_line_indent: if is_apart { Length::ZERO } else { indent.of(self.size) },
            alignment,
            hyphenate: inherited(look.hyphenate, follows, text.hyphenate.unwrap_or(true), false),
            keep_with_next: role.keeps_with_next(),
            number: look.number,
        }
    }

    /// What is set in leaves half of the measure.
    fn check_indents(&self, style: &Style, findings: &mut Vec<Diagnostic>) {
        let measure = style.page.type_area(super::Side::Recto).size.width;
        let indents = [
            ("blocks.quote-indent", style.quote_indent * 2),
            ("blocks.list-indent", style.list_indent),
            ("blocks.code-indent", style.code_indent),
            ("blocks.admonition-indent", style.admonition_indent),
            ("blocks.hanging-indent", style.hanging_indent),
            ("blocks.table-padding", style.table_padding * 2),
            ("text.indent", style.paragraph(ParagraphRole::Body).first_line_indent),
        ];
        for (key, indent) in indents {
            if let (Some(span), true) = (self.said.get(key), indent * 2 > measure) {
                let message = format!("this takes {} of a measure of {}", shown(indent), shown(measure));
                let help = "give a distance that leaves half of the measure";
                findings.push(Diagnostic::error("out-of-range", *span, message).help(help));
            }
        }
    }

    /// Notes at the side stand on the page.
    fn check_side(&self, style: &Style, findings: &mut Vec<Diagnostic>) {
        let needed = style.notes.side_width + style.notes.side_gap + LEAST_EDGE;
        let outer = style.page.margins.outer;
        if style.notes.place == NotePlace::Side && needed > outer {
            let keys = ["notes.place", "notes.side-width", "notes.side-gap", "page.margins", "page.construction"];
            let message =
                format!("notes at the side need an outer margin of {}, and it has {}", shown(needed), shown(outer));
            let help = "widen the outer margin, or give a smaller `side-width`";
            findings.push(Diagnostic::error("out-of-range", self.place(&keys), message).help(help));
        }
    }
}

/// A style's own value, else the text's where it follows the text.
fn inherited<T>(own: Option<T>, follows: bool, text: T, other: T) -> T {
    own.unwrap_or(if follows { text } else { other })
}

impl ParagraphRole {
    /// Whether it is a line over what follows, and stays on its page.
    fn keeps_with_next(self) -> bool {
        matches!(
            self,
            Self::Heading1
                | Self::Heading2
                | Self::Heading3
                | Self::Heading4
                | Self::Heading5
                | Self::Heading6
                | Self::ContentsHeading
                | Self::Part
                | Self::BlockTitle
                | Self::Term
        )
    }

    /// Whether its paragraphs follow one another as those of the text do.
    pub(crate) fn is_running(self) -> bool {
        matches!(self, Self::Body | Self::Quote | Self::Admonition | Self::Aside)
    }
}
