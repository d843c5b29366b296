//! The designs that come with the program, as data.
//!
//! Distances follow the baseline grid: space around headings and set-off blocks is whole lines, of which half may lie on
//! each side. Start at [`by_name`].

use super::{
    Binding, CharacterStyle, Family, Figures, FolioPlace, Furniture, GeneratedMatter, HeadText, Hyphenation,
    Microtypography, NoteNumbering, NotePlace, Notes, Numbering, Opening, PageGeometry, ParagraphRole, ParagraphStyle,
    Style, TextAlignment, Typefaces, Weight,
};
use crate::geometry::{Insets, Length, Size};

/// The names that a manifest can give.
pub const NAMES: [&str; 2] = ["document", "book"];

/// The design with this name.
#[must_use]
pub fn by_name(name: &str) -> Option<Style> {
    match name {
        "document" => Some(document()),
        "book" => Some(book()),
        _ => None,
    }
}

/// The bundled typefaces.
const TYPEFACES: Typefaces = Typefaces { serif: "Libertinus Serif", sans: "Source Sans 3", mono: "Source Code Pro" };

/// An official document or a short text: A5, sections that run on under centred headings.
fn document() -> Style {
    let baseline = Length::pt(14);
    let page = PageGeometry {
        trim: Size::new(Length::mm(148_00), Length::mm(210_00)),
        binding: Binding::Left,
        facing: true,
        // A measure of about 63 letters, and thirty lines; 4 : 5 : 6 : 7 from the spine round.
        margins: Insets {
            top: Length::millipoints(70_000),
            bottom: Length::mm(210_00) - Length::pt(70) - baseline * 30,
            inner: Length::pt(58),
            outer: Length::mm(148_00) - Length::pt(58) - Length::pt(276),
        },
        baseline,
        first_baseline: Length::pt(10),
    };
    Style {
        name: "document",
        typefaces: TYPEFACES,
        page,
        opening: Opening::RunOn,
        sinkage: 6,
        contents_depth: 2,
        front_numbering: Numbering::Decimal,
        furniture: Furniture { verso: HeadText::Title, recto: HeadText::Subtitle, folio: FolioPlace::Foot },
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
        paragraphs: ParagraphRole::ALL.iter().map(|role| document_paragraph(*role, baseline)).collect(),
        quote_indent: Length::pt(14),
        list_indent: Length::pt(18),
        code_indent: Length::pt(14),
        table_padding: Length::pt(12),
        table_reduction: 780,
        admonition_indent: Length::pt(12),
        hanging_indent: Length::pt(16),
        initial_lines: 3,
        microtypography: Microtypography { protrusion: true, expansion: 20 },
        hyphenation: Hyphenation::default(),
        tint: 16,
    }
}

/// A book of chapters: each opens on a right-hand page, under a heading set from the left.
fn book() -> Style {
    let document = document();
    let baseline = document.page.baseline;
    Style {
        name: "book",
        opening: Opening::Recto,
        sinkage: 5,
        front_numbering: Numbering::LowerRoman,
        furniture: Furniture { verso: HeadText::Title, recto: HeadText::Chapter, folio: FolioPlace::Head },
        paragraphs: ParagraphRole::ALL.iter().map(|role| book_paragraph(*role, baseline)).collect(),
        ..document
    }
}

/// The text face at `size` thousandths of a point.
const fn roman(size: i64) -> CharacterStyle {
    CharacterStyle {
        family: Family::Serif,
        size: Length::millipoints(size),
        weight: Weight::Regular,
        italic: false,
        small_caps: false,
        figures: Figures::OldStyle,
        fractions: false,
        superior: false,
        tracking: 0,
    }
}

fn heading(character: CharacterStyle, leading: i64, before: i64, baseline: Length) -> ParagraphStyle {
    ParagraphStyle {
        character,
        leading: Length::millipoints(leading),
        space_before: baseline * before,
        space_after: baseline,
        first_line_indent: Length::ZERO,
        alignment: TextAlignment::Start,
        hyphenate: false,
        keep_with_next: true,
    }
}

#[expect(clippy::too_many_lines, reason = "a table of values, one entry a role")]
fn document_paragraph(role: ParagraphRole, baseline: Length) -> ParagraphStyle {
    let body = ParagraphStyle {
        character: roman(10_500),
        leading: baseline,
        space_before: Length::ZERO,
        space_after: Length::ZERO,
        first_line_indent: Length::millipoints(14_000),
        alignment: TextAlignment::Justified,
        hyphenate: true,
        keep_with_next: false,
    };
    let ragged = ParagraphStyle {
        alignment: TextAlignment::Start,
        hyphenate: false,
        first_line_indent: Length::ZERO,
        ..body.clone()
    };
    let centered = ParagraphStyle { alignment: TextAlignment::Center, ..ragged.clone() };
    match role {
        ParagraphRole::Body => body,
        ParagraphRole::Heading1 => ParagraphStyle {
            alignment: TextAlignment::Center,
            ..heading(CharacterStyle { tracking: 60, figures: Figures::Lining, ..roman(13_000) }, 17_000, 2, baseline)
        },
        ParagraphRole::Heading2 => ParagraphStyle {
            alignment: TextAlignment::Center,
            ..heading(CharacterStyle { italic: true, ..roman(12_000) }, 15_000, 1, baseline)
        },
        ParagraphRole::Heading3 => {
            heading(CharacterStyle { small_caps: true, tracking: 40, ..roman(10_500) }, 14_000, 1, baseline)
        }
        ParagraphRole::Heading4 => ParagraphStyle {
            space_after: Length::ZERO,
            ..heading(CharacterStyle { italic: true, ..roman(10_500) }, 14_000, 1, baseline)
        },
        ParagraphRole::Heading5 => ParagraphStyle {
            space_after: Length::ZERO,
            ..heading(CharacterStyle { weight: Weight::Semibold, ..roman(9_500) }, 14_000, 1, baseline)
        },
        ParagraphRole::Heading6 => ParagraphStyle {
            space_after: Length::ZERO,
            ..heading(CharacterStyle { italic: true, ..roman(9_500) }, 14_000, 1, baseline)
        },
        ParagraphRole::Quote => ParagraphStyle { character: roman(10_000), ..body },
        ParagraphRole::Code => ParagraphStyle {
            character: CharacterStyle { family: Family::Mono, figures: Figures::Normal, ..roman(8_600) },
            leading: Length::millipoints(11_500),
            ..ragged
        },
        ParagraphRole::Note => ParagraphStyle {
            character: roman(8_750),
            leading: Length::millipoints(11_000),
            first_line_indent: Length::ZERO,
            ..body
        },
        ParagraphRole::Caption => ParagraphStyle {
            character: CharacterStyle { italic: true, ..roman(9_250) },
            leading: Length::millipoints(12_000),
            ..ragged
        },
        ParagraphRole::TableCell => ParagraphStyle {
            character: CharacterStyle { figures: Figures::Tabular, ..roman(9_250) },
            leading: Length::millipoints(12_000),
            ..ragged
        },
        ParagraphRole::TableHead => ParagraphStyle {
            character: CharacterStyle { small_caps: true, tracking: 30, figures: Figures::Tabular, ..roman(9_250) },
            leading: Length::millipoints(12_000),
            ..ragged
        },
        ParagraphRole::TableStub => ParagraphStyle {
            character: CharacterStyle { weight: Weight::Semibold, figures: Figures::Tabular, ..roman(9_250) },
            leading: Length::millipoints(12_000),
            ..ragged
        },
        ParagraphRole::Break => ParagraphStyle {
            character: CharacterStyle { tracking: 500, ..roman(10_500) },
            space_before: baseline,
            space_after: baseline,
            ..centered
        },
        ParagraphRole::Title => ParagraphStyle {
            character: CharacterStyle { tracking: 80, figures: Figures::Lining, ..roman(25_000) },
            leading: Length::pt(28),
            ..centered
        },
        ParagraphRole::Subtitle => ParagraphStyle {
            character: CharacterStyle { italic: true, ..roman(14_000) },
            leading: Length::pt(21),
            space_before: baseline,
            ..centered
        },
        ParagraphRole::Author => {
            ParagraphStyle { character: CharacterStyle { small_caps: true, tracking: 60, ..roman(11_000) }, ..centered }
        }
        ParagraphRole::Imprint => ParagraphStyle { character: roman(9_500), ..centered },
        ParagraphRole::ContentsHeading => ParagraphStyle {
            character: CharacterStyle { small_caps: true, tracking: 80, ..roman(13_000) },
            space_after: baseline * 2,
            keep_with_next: true,
            ..centered
        },
        ParagraphRole::ContentsEntry => {
            ParagraphStyle { character: CharacterStyle { figures: Figures::OldStyle, ..roman(10_500) }, ..ragged }
        }
        ParagraphRole::ContentsSubentry => ParagraphStyle { character: roman(10_000), ..ragged },
        ParagraphRole::RunningHead => ParagraphStyle {
            character: CharacterStyle { italic: true, ..roman(9_250) },
            leading: Length::pt(12),
            ..centered
        },
        ParagraphRole::Folio => ParagraphStyle { character: roman(9_750), leading: Length::pt(12), ..centered },
        ParagraphRole::Part
        | ParagraphRole::CaptionNumber
        | ParagraphRole::Admonition
        | ParagraphRole::BlockTitle
        | ParagraphRole::Aside
        | ParagraphRole::Epigraph
        | ParagraphRole::Dedication
        | ParagraphRole::Verse
        | ParagraphRole::Term
        | ParagraphRole::CodeTitle
        | ParagraphRole::LineNumber
        | ParagraphRole::Work
        | ParagraphRole::IndexLine => set_off_paragraph(role, &body, &ragged, baseline),
    }
}

/// The styles of what stands apart from the running text: `body` set as the text is, `ragged` from the left.
fn set_off_paragraph(
    role: ParagraphRole,
    body: &ParagraphStyle,
    ragged: &ParagraphStyle,
    baseline: Length,
) -> ParagraphStyle {
    let (body, ragged) = (body.clone(), ragged.clone());
    match role {
        ParagraphRole::Part => ParagraphStyle {
            alignment: TextAlignment::Center,
            space_after: baseline * 2,
            keep_with_next: true,
            leading: Length::pt(21),
            character: CharacterStyle { tracking: 80, figures: Figures::Lining, ..roman(17_000) },
            ..ragged
        },
        ParagraphRole::CaptionNumber => ParagraphStyle {
            character: CharacterStyle { weight: Weight::Semibold, figures: Figures::Lining, ..roman(9_250) },
            leading: Length::millipoints(12_000),
            ..ragged
        },
        ParagraphRole::BlockTitle => ParagraphStyle {
            character: CharacterStyle { weight: Weight::Semibold, ..roman(10_000) },
            keep_with_next: true,
            ..ragged
        },
        ParagraphRole::Epigraph => ParagraphStyle { character: roman(10_000), hyphenate: true, ..ragged },
        ParagraphRole::Dedication => ParagraphStyle {
            character: CharacterStyle { italic: true, ..roman(11_000) },
            alignment: TextAlignment::Center,
            ..ragged
        },
        ParagraphRole::Verse => ragged,
        ParagraphRole::Term => ParagraphStyle {
            character: CharacterStyle { weight: Weight::Semibold, ..roman(10_500) },
            keep_with_next: true,
            ..ragged
        },
        ParagraphRole::CodeTitle => ParagraphStyle {
            character: CharacterStyle { family: Family::Mono, figures: Figures::Normal, ..roman(7_800) },
            leading: Length::millipoints(12_000),
            ..ragged
        },
        ParagraphRole::LineNumber => ParagraphStyle {
            character: CharacterStyle { family: Family::Mono, figures: Figures::Normal, ..roman(6_500) },
            ..ragged
        },
        ParagraphRole::IndexLine => {
            ParagraphStyle { character: roman(9_250), leading: Length::millipoints(12_000), ..ragged }
        }
        ParagraphRole::Work => ParagraphStyle { character: roman(10_000), first_line_indent: Length::ZERO, ..body },
        ParagraphRole::Admonition | ParagraphRole::Aside => ParagraphStyle { character: roman(10_000), ..body },
        ParagraphRole::Body
        | ParagraphRole::Heading1
        | ParagraphRole::Heading2
        | ParagraphRole::Heading3
        | ParagraphRole::Heading4
        | ParagraphRole::Heading5
        | ParagraphRole::Heading6
        | ParagraphRole::Quote
        | ParagraphRole::Code
        | ParagraphRole::Note
        | ParagraphRole::Caption
        | ParagraphRole::TableCell
        | ParagraphRole::TableHead
        | ParagraphRole::TableStub
        | ParagraphRole::Break
        | ParagraphRole::Title
        | ParagraphRole::Subtitle
        | ParagraphRole::Author
        | ParagraphRole::Imprint
        | ParagraphRole::ContentsHeading
        | ParagraphRole::ContentsEntry
        | ParagraphRole::ContentsSubentry
        | ParagraphRole::RunningHead
        | ParagraphRole::Folio => body,
    }
}

fn book_paragraph(role: ParagraphRole, baseline: Length) -> ParagraphStyle {
    let document = document_paragraph(role, baseline);
    match role {
        ParagraphRole::Heading1 => ParagraphStyle {
            alignment: TextAlignment::Start,
            space_after: baseline * 3,
            ..heading(CharacterStyle { figures: Figures::Lining, ..roman(21_000) }, 25_000, 2, baseline)
        },
        ParagraphRole::Heading2 => {
            heading(CharacterStyle { weight: Weight::Semibold, ..roman(13_000) }, 16_000, 1, baseline)
        }
        ParagraphRole::Heading3 => heading(CharacterStyle { italic: true, ..roman(12_000) }, 15_000, 1, baseline),
        ParagraphRole::ContentsHeading => ParagraphStyle {
            character: roman(21_000),
            alignment: TextAlignment::Start,
            leading: Length::pt(28),
            ..document
        },
        ParagraphRole::RunningHead => {
            ParagraphStyle { character: CharacterStyle { italic: true, ..roman(9_500) }, ..document }
        }
        ParagraphRole::Part => ParagraphStyle {
            alignment: TextAlignment::Start,
            character: CharacterStyle { figures: Figures::Lining, ..roman(25_000) },
            leading: Length::pt(28),
            ..document
        },
        ParagraphRole::Body
        | ParagraphRole::Heading4
        | ParagraphRole::Heading5
        | ParagraphRole::Heading6
        | ParagraphRole::Quote
        | ParagraphRole::Code
        | ParagraphRole::Note
        | ParagraphRole::Caption
        | ParagraphRole::TableCell
        | ParagraphRole::TableHead
        | ParagraphRole::TableStub
        | ParagraphRole::Break
        | ParagraphRole::CaptionNumber
        | ParagraphRole::Admonition
        | ParagraphRole::BlockTitle
        | ParagraphRole::Aside
        | ParagraphRole::Epigraph
        | ParagraphRole::Dedication
        | ParagraphRole::Verse
        | ParagraphRole::Term
        | ParagraphRole::CodeTitle
        | ParagraphRole::LineNumber
        | ParagraphRole::Work
        | ParagraphRole::IndexLine
        | ParagraphRole::Title
        | ParagraphRole::Subtitle
        | ParagraphRole::Author
        | ParagraphRole::Imprint
        | ParagraphRole::ContentsEntry
        | ParagraphRole::ContentsSubentry
        | ParagraphRole::Folio => document,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::style::Side;

    #[test]
    fn every_theme_gives_every_role_a_style_on_the_grid() {
        for name in NAMES {
            let style = by_name(name).unwrap();
            assert_eq!(style.name, name);
            assert_eq!(style.paragraphs.len(), ParagraphRole::ALL.len());
            for (role, paragraph) in ParagraphRole::ALL.iter().zip(&style.paragraphs) {
                assert!(std::ptr::eq(style.paragraph(*role), paragraph), "{role:?} is out of order");
                for space in [paragraph.space_before, paragraph.space_after] {
                    assert_eq!(space.round_up(style.page.baseline), space, "{name} {role:?}");
                }
            }
        }
    }

    #[test]
    fn the_type_area_holds_whole_lines_and_margins_grow_from_the_spine() {
        for name in NAMES {
            let page = by_name(name).unwrap().page;
            assert_eq!(page.lines(), 30);
            let Insets { top, bottom, inner, outer } = page.margins;
            assert!(inner < top && top < outer + Length::pt(8) && outer < bottom + Length::pt(8));
            assert_eq!(page.type_area(Side::Recto).size, page.type_area(Side::Verso).size);
        }
    }
}
