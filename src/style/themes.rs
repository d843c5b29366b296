//! The designs that come with the program, as data.

use super::{
    CharacterStyle, Family, Figures, Opening, PageGeometry, ParagraphRole, ParagraphStyle, Style, TextAlignment, Weight,
};
use crate::geometry::{Insets, Length, Size};

/// The names that a manifest can give, the default for one file first, for several second.
pub const NAMES: [&str; 2] = ["document", "book"];

/// The design with this name.
#[must_use]
pub fn by_name(name: &str) -> Option<Style> {
    match name {
        "document" => Some(document()),
        "book" => Some(Style { name: "book", opening: Opening::Recto, ..document() }),
        _ => None,
    }
}

fn document() -> Style {
    let baseline = Length::pt(14);
    Style {
        name: "document",
        page: PageGeometry {
            trim: Size::new(Length::mm(148_00), Length::mm(210_00)),
            margins: Insets {
                top: Length::pt(54),
                bottom: Length::pt(72),
                inner: Length::pt(48),
                outer: Length::pt(60),
            },
            baseline,
            first_baseline: Length::pt(10),
        },
        opening: Opening::RunOn,
        contents_depth: 2,
        paragraphs: ParagraphRole::ALL
            .iter()
            .map(|role| ParagraphStyle {
                character: CharacterStyle {
                    family: if *role == ParagraphRole::Code { Family::Mono } else { Family::Serif },
                    size: Length::millipoints(10_500),
                    weight: Weight::Regular,
                    italic: false,
                    small_caps: false,
                    figures: Figures::OldStyle,
                    tracking: 0,
                },
                leading: baseline,
                space_before: Length::ZERO,
                space_after: Length::ZERO,
                first_line_indent: Length::millipoints(14_000),
                alignment: TextAlignment::Justified,
                hyphenate: true,
                keep_with_next: false,
            })
            .collect(),
        quote_indent: Length::pt(14),
        list_indent: Length::pt(18),
        code_indent: Length::pt(14),
    }
}
