//! The designs that come with the program, and those that a project makes of them.
//!
//! Each is a file of the form that a project's theme has, and stands on another or on nothing. Start at [`by_name`] for a
//! design as it comes, at [`design`] for that of a project.

use toml::de::DeTable;

use super::draft::Draft;
pub use super::draft::Face;
use super::reading::{self, EXTENDS};
use super::{Family, Style};
use crate::diagnostics::{Diagnostic, Place, SourceId, Span, nearest};

/// The names that a manifest can give.
pub const NAMES: [&str; 6] = ["document", "book", "novel", "technical", "report", "monograph"];

/// The design that a theme of a project stands on where it names none.
const FIRST: &str = NAMES[0];

/// The file of the design with this name.
fn text_of(name: &str) -> Option<&'static str> {
    match name {
        "document" => Some(include_str!("themes/document.toml")),
        "book" => Some(include_str!("themes/book.toml")),
        "novel" => Some(include_str!("themes/novel.toml")),
        "technical" => Some(include_str!("themes/technical.toml")),
        "report" => Some(include_str!("themes/report.toml")),
        "monograph" => Some(include_str!("themes/monograph.toml")),
        _ => None,
    }
}

/// A file that holds a design or a part of one.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// What findings point into.
    pub source: SourceId,
    /// The content.
    pub text: &'a str,
}

/// A design that a project names.
#[derive(Clone, Copy, Debug)]
pub enum Theme<'a> {
    /// One of [`NAMES`].
    Named(&'a str),
    /// A file of the project, and what the design is called.
    File(&'a str, File<'a>),
}

/// The design with this name. Cost: a file of some kilobytes is read.
#[must_use]
pub fn by_name(name: &str) -> Option<Style> {
    draft_of(name, &mut Vec::new())?.finish(&mut Vec::new())
}

/// The design `theme` as the tables of a `manifest` change it, with the typefaces that the project names.
///
/// Findings: the errors `invalid-theme`, `unknown-theme`, `unknown-key`, `wrong-type` and `out-of-range`, with `None`.
#[must_use]
pub fn design(
    theme: Theme<'_>,
    manifest: Option<File<'_>>,
    findings: &mut Vec<Diagnostic>,
) -> Option<(Style, Vec<Face>)> {
    let known = findings.len();
    let mut draft = match theme {
        Theme::Named(name) => draft_of(name, findings)?,
        Theme::File(name, file) => project_draft(name, file, findings)?,
    };
    // What is wrong with the manifest's TOML is for the reader of the manifest to say.
    if let Some(File { source, text }) = manifest
        && let Ok(document) = DeTable::parse(text)
    {
        let skips = |name: &str| !super::keys::is_table(name);
        reading::read(document.get_ref(), Some(source), skips, &mut draft, findings);
    }
    let faces = [(Family::Serif, "faces.serif"), (Family::Sans, "faces.sans"), (Family::Mono, "faces.mono")];
    let faces = faces.into_iter().filter_map(|(family, key)| Some(Face { family, span: *draft.said.get(key)? }));
    let faces = faces.collect();
    let style = draft.finish(findings)?;
    (findings.len() == known).then_some((style, faces))
}

/// A design of the program on what it stands on.
fn draft_of(name: &str, findings: &mut Vec<Diagnostic>) -> Option<Draft> {
    let document = DeTable::parse(text_of(name)?).ok()?;
    let below = document.get_ref().get(EXTENDS).and_then(|value| value.get_ref().as_str());
    let mut draft = match below {
        Some(below) => draft_of(below, findings)?,
        None => Draft::new(name),
    };
    name.clone_into(&mut draft.style.name);
    reading::read(document.get_ref(), None, |key| key == EXTENDS, &mut draft, findings);
    Some(draft)
}

/// A theme of a project on the design that it extends.
fn project_draft(name: &str, file: File<'_>, findings: &mut Vec<Diagnostic>) -> Option<Draft> {
    let span = |range: std::ops::Range<usize>| {
        let offset = |offset: usize| u32::try_from(offset).unwrap_or(u32::MAX);
        Span { source: file.source, start: offset(range.start), end: offset(range.end) }
    };
    let document = match DeTable::parse(file.text) {
        Ok(document) => document,
        Err(error) => {
            let message = format!("this is not TOML: {}", error.message());
            let fault = Diagnostic::error("invalid-theme", span(error.span().unwrap_or_default()), message);
            findings.push(fault.help("write `key = value` lines below `[page]`, `[text]` or another table"));
            return None;
        }
    };
    let below = document.get_ref().get(EXTENDS);
    let text = below.map_or(Some(FIRST), |value| value.get_ref().as_str());
    let place = below.map_or(Place::Project, |value| Place::Span(span(value.span())));
    let Some(text) = text else {
        let fault = Diagnostic::error("wrong-type", place, format!("`{EXTENDS}` is a text"));
        findings.push(fault.help(format!("name a theme: `{EXTENDS} = \"{FIRST}\"`")));
        return None;
    };
    if let Err(fault) = check_name(text) {
        findings.push(fault.at(place));
        return None;
    }
    let mut draft = draft_of(text, findings)?;
    name.clone_into(&mut draft.style.name);
    reading::read(document.get_ref(), Some(file.source), |key| key == EXTENDS, &mut draft, findings);
    Some(draft)
}

/// Whether the program has a design of this name.
///
/// # Errors
/// `unknown-theme`, without its place.
pub fn check_name(name: &str) -> Result<(), Diagnostic> {
    if NAMES.contains(&name) {
        return Ok(());
    }
    let help = nearest(name, NAMES).map_or_else(
        || format!("the themes are `{}`; a file's name ends in `.toml`", NAMES.join("`, `")),
        |nearest| format!("the nearest theme is `{nearest}`"),
    );
    Err(Diagnostic::error("unknown-theme", Place::Project, format!("there is no theme `{name}`")).help(help))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::geometry::{Insets, Length, Size};
    use crate::style::keys::{self, Form};
    use crate::style::{NotePlace, ParagraphRole, Side, TextAlignment};

    fn theme(name: &str) -> Style {
        by_name(name).unwrap()
    }

    /// The design `name` with these tables of a manifest.
    fn changed(name: &str, tables: &str) -> Style {
        let mut findings = Vec::new();
        let file = File { source: SourceId(0), text: tables };
        let found = design(Theme::Named(name), Some(file), &mut findings);
        assert_eq!(findings, [], "{tables}");
        found.unwrap().0
    }

    /// The codes of the faults with the words they point at, in the order of the text.
    fn faults(tables: &str) -> Vec<(&'static str, &str)> {
        let mut findings = Vec::new();
        let file = File { source: SourceId(0), text: tables };
        let found = design(Theme::Named("document"), Some(file), &mut findings);
        assert!(found.is_none() || findings.is_empty());
        crate::diagnostics::order(&mut findings);
        findings.iter().map(|fault| (fault.code, words(fault, tables))).collect()
    }

    fn words<'a>(fault: &Diagnostic, text: &'a str) -> &'a str {
        assert!(fault.help.is_some(), "{fault}");
        match &fault.place {
            Place::Span(span) => &text[span.start as usize..span.end as usize],
            Place::File(_) | Place::Project => "nowhere",
        }
    }

    #[test]
    fn every_theme_is_read_without_a_finding_and_gives_every_role_a_style_on_the_grid() {
        for name in NAMES {
            let mut findings = Vec::new();
            let style = draft_of(name, &mut findings).unwrap().finish(&mut findings).unwrap();
            assert_eq!(findings, [], "{name}");
            assert_eq!(style.name, name);
            assert_eq!(style.paragraphs.len(), ParagraphRole::ALL.len());
            for (role, paragraph) in ParagraphRole::ALL.iter().zip(&style.paragraphs) {
                assert!(std::ptr::eq(style.paragraph(*role), paragraph), "{role:?} is out of order");
                for space in [paragraph.space_before, paragraph.space_after] {
                    assert_eq!(space.round_up(style.page.baseline), space, "{name} {role:?}");
                }
                assert!(paragraph.leading >= paragraph.character.size, "{name} {role:?}");
            }
        }
    }

    #[test]
    fn the_type_area_holds_whole_lines_and_margins_grow_from_the_spine() {
        for name in NAMES {
            let page = theme(name).page;
            let area = page.type_area(Side::Recto).size;
            assert_eq!(area.height, page.baseline * page.lines(), "{name}");
            assert_eq!(area, page.type_area(Side::Verso).size);
            assert!((29..=42).contains(&page.lines()), "{name} has {} lines", page.lines());
            let Insets { top, bottom, inner, outer } = page.margins;
            assert!(inner <= top && inner < outer && top < bottom, "{name}: {:?}", page.margins);
            assert!(!page.facing || (top < outer + Length::pt(8) && outer < bottom + Length::pt(40)), "{name}");
        }
    }

    #[test]
    fn sizes_are_few_and_headings_fall() {
        for name in NAMES {
            let style = theme(name);
            let size = |level: u8| style.paragraph(ParagraphRole::heading(level)).character.size;
            let sizes: Vec<Length> = (1..=6).map(size).collect();
            assert!(sizes.is_sorted_by(|one, other| one >= other), "{name}: {sizes:?}");
            let all: BTreeSet<Length> = style.paragraphs.iter().map(|paragraph| paragraph.character.size).collect();
            assert!(all.len() <= 18, "{name} has {} sizes", all.len());
            let text = style.paragraph(ParagraphRole::Body);
            let leading = text.leading.scale(1_000, text.character.size.raw()).raw();
            assert!((1_250..=1_400).contains(&leading), "{name}: {leading}");
            let (apart, indented) = (text.space_after > Length::ZERO, text.first_line_indent > Length::ZERO);
            assert!(apart != indented, "{name} tells paragraphs apart in one way");
        }
    }

    #[test]
    fn the_first_design_says_everything() {
        let document = DeTable::parse(text_of(FIRST).unwrap()).unwrap();
        let has = |table: &str, key: &str| document.get_ref()[table].get_ref().get(key).is_some();
        for (table, _, described) in keys::tables() {
            for key in described {
                let alternative = matches!(key.name, "construction" | "hyphen-minima");
                assert!(has(table, key.name) != alternative, "[{table}] {}", key.name);
            }
        }
        for (role, _) in keys::styles() {
            assert!(has(keys::STYLE, role), "[style.{role}]");
        }
    }

    #[test]
    fn another_size_or_leading_keeps_the_design_whole() {
        for name in NAMES {
            let (old, size) = (theme(name), Length::millipoints(12_500));
            let new = changed(name, "[text]\nsize = '12.5pt'");
            let old_size = old.paragraph(ParagraphRole::Body).character.size;
            for (old, new) in old.paragraphs.iter().zip(&new.paragraphs) {
                let expected = old.character.size.scale(size.raw(), old_size.raw());
                assert!((new.character.size - expected).abs() < Length::millipoints(60), "{name}");
                assert!(new.leading >= new.character.size);
            }
            let open = changed(name, "[text]\nleading = '17pt'");
            assert_eq!(open.page.baseline, Length::pt(17));
            let height = open.page.type_area(Side::Recto).size.height;
            assert_eq!(height, Length::pt(17) * open.page.lines(), "{name}");
            for paragraph in &open.paragraphs {
                assert_eq!(paragraph.space_before.round_up(Length::pt(17)), paragraph.space_before);
            }
        }
    }

    #[test]
    fn another_page_keeps_the_proportion_of_its_margins() {
        let (old, new) = (theme("document").page, changed("document", "[page]\nsize = 'A4'").page);
        assert_eq!(new.trim, Size::new(Length::mm(210_00), Length::mm(297_00)));
        let share = |page: &crate::style::PageGeometry| page.margins.inner.scale(1_000, page.trim.width.raw()).raw();
        assert_eq!(share(&old), share(&new));
    }

    #[test]
    fn a_construction_divides_the_page_and_margins_stand_above_it() {
        let page = changed("document", "[page]\nsize = '6x9in'\nconstruction = 'ninths'").page;
        let (width, height) = (Length::pt(432), Length::pt(648));
        assert_eq!((page.margins.inner, page.margins.outer), (width / 9, width / 9 * 2));
        assert_eq!(page.margins.top, height / 9);
        let extra = page.margins.bottom - height / 9 * 2;
        assert!(extra >= Length::ZERO && extra < page.baseline, "less than a line goes to the foot");
        let page = changed("document", "[page]\nconstruction = 'twelfths'\nmargins = { inner = '25mm' }").page;
        assert_eq!(page.margins.inner, Length::mm(25_00));
        let page = changed("report", "[page]\nconstruction = 'ninths'\n[notes]\nplace = 'foot'").page;
        assert_eq!(page.margins.inner, page.margins.outer, "a page that faces none is even");
    }

    #[test]
    fn space_between_paragraphs_takes_the_place_of_indents() {
        let style = changed("book", "[text]\nparagraph-space = 1\nalign = 'start'\nhyphenate = false");
        for role in [ParagraphRole::Body, ParagraphRole::Quote, ParagraphRole::Aside] {
            let paragraph = style.paragraph(role);
            assert_eq!((paragraph.first_line_indent, paragraph.space_after), (Length::ZERO, style.page.baseline));
            assert_eq!((paragraph.alignment, paragraph.hyphenate), (TextAlignment::Start, false), "as the text");
        }
        assert_eq!(style.paragraph(ParagraphRole::Note).space_after, Length::ZERO);
    }

    #[test]
    fn every_key_of_a_style_changes_it() {
        for (role, described) in keys::styles() {
            for key in described {
                let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
                let values = match (&key.form, key.name) {
                    (Form::Flag, _) => texts(&["true", "false"]),
                    (Form::Choice(choices), _) => choices.iter().map(|choice| format!("'{choice}'")).collect(),
                    (Form::Whole(_, most), _) => vec![most.to_string()],
                    (Form::Dimension, "leading") => texts(&["2.9"]),
                    (Form::Dimension | Form::Number, _) => texts(&["0.77"]),
                    (form, _) => panic!("no value for {form:?}"),
                };
                let tables = |value: &String| format!("[style.{role}]\n{} = {value}", key.name);
                // One of two values is not the design's own.
                let changes = |value| changed("document", &tables(value)).paragraphs != theme("document").paragraphs;
                assert!(values.iter().any(changes), "{role}: {}", key.name);
            }
        }
    }

    #[test]
    fn every_fault_points_at_its_words() {
        let text = "[page]\nsize = 'A7x'\nfacing = 'no'\nmargns = 1\nmargins = { iner = '1mm', top = '1parsec' }\n\
                    [text]\nsize = '90pt'\nleading = 0.8\nalign = 'center'\nhyphen-minima = [2]\nexpansion = 2.5\nindent = '1'\n\
                    [opening]\npage = 'rekto'\nsinkage = 99\n[style.heading-9]\nsize = 1\n[style.note]\nnumber = 'margin'\n\
                    tracking = 3\nsinkage = 1\n[style.code]\nsize = true\n[notes]\nplace = 'sides'\n[furniture]\nfolio = 3\n";
        assert_eq!(
            faults(text),
            [
                ("wrong-type", "'A7x'"),
                ("wrong-type", "'no'"),
                ("unknown-key", "margns"),
                ("unknown-key", "iner"),
                ("wrong-type", "'1parsec'"),
                ("out-of-range", "'90pt'"),
                ("out-of-range", "0.8"),
                ("wrong-type", "'center'"),
                ("out-of-range", "[2]"),
                ("wrong-type", "2.5"),
                ("wrong-type", "'1'"),
                ("wrong-type", "'rekto'"),
                ("out-of-range", "99"),
                ("unknown-key", "heading-9"),
                ("unknown-key", "number"),
                ("out-of-range", "3"),
                ("unknown-key", "sinkage"),
                ("wrong-type", "true"),
                ("wrong-type", "'sides'"),
                ("wrong-type", "3"),
            ]
        );
    }

    #[test]
    fn values_that_do_not_go_together_are_faults_at_their_words() {
        let both = [("out-of-range", "{ inner = '70mm', outer = '70mm' }")];
        assert_eq!(faults("[page]\nmargins = { inner = '70mm', outer = '70mm' }"), both);
        for (text, words) in [
            ("[page]\nmargins = { top = '150mm', bottom = '40mm' }", "{ top = '150mm', bottom = '40mm' }"),
            ("[page]\nmargins = { top = '5mm' }", "{ top = '5mm' }"),
            ("[page]\nsize = '2x4in'", "'2x4in'"),
            ("[page]\nsize = '101x9in'", "'101x9in'"),
            ("[text]\nleading = '9pt'", "'9pt'"),
            ("[text]\nsize = '40pt'", "'40pt'"),
            ("[style.note]\nleading = '5pt'", "'5pt'"),
            ("[blocks]\nquote-indent = '40mm'", "'40mm'"),
            ("[notes]\nplace = 'side'\nside-width = '40mm'", "'side'"),
        ] {
            let found = faults(text);
            assert!(found.contains(&("out-of-range", words)), "{text}: {found:?}");
            assert!(found.iter().all(|fault| *fault == ("out-of-range", words)), "{text}: {found:?}");
        }
        assert_eq!(changed("document", "[notes]\nplace = 'side'").notes.place, NotePlace::Side);
    }

    #[test]
    fn a_theme_stands_on_the_one_that_it_extends_and_below_the_manifest() {
        let text = "extends = 'novel'\n[text]\nsize = '11pt'\n[furniture]\nrecto = 'chapter'\n[style.heading-1]\nitalic = true\n";
        let file = File { source: SourceId(1), text };
        let manifest = File { source: SourceId(0), text: "[book]\ntitle = 'x'\n[text]\nsize = '12pt'\n" };
        let mut findings = Vec::new();
        let (style, faces) = design(Theme::File("mine", file), Some(manifest), &mut findings).unwrap();
        assert_eq!((findings, faces), (vec![], vec![]));
        assert_eq!(style.name, "mine");
        assert_eq!(style.page.trim, theme("novel").page.trim);
        assert_eq!(style.paragraph(ParagraphRole::Body).character.size, Length::pt(12));
        assert!(style.paragraph(ParagraphRole::Heading1).character.italic);
        for (text, expected) in [
            ("extends = 'novle'", ("unknown-theme", "'novle'")),
            ("extends = 3", ("wrong-type", "3")),
            ("[text\nsize", ("invalid-theme", "size")),
            ("[book]\ntitle = 'x'", ("unknown-key", "book")),
            ("size = 'A5'", ("unknown-key", "size")),
        ] {
            let mut findings = Vec::new();
            let file = File { source: SourceId(1), text };
            assert!(design(Theme::File("mine", file), None, &mut findings).is_none());
            let found: Vec<&str> = findings.iter().map(|fault| fault.code).collect();
            assert_eq!(found, [expected.0], "{text}");
            if expected.0 != "invalid-theme" {
                assert_eq!(words(&findings[0], text), expected.1);
            }
        }
    }

    #[test]
    fn the_typefaces_that_a_project_names_are_told_with_their_places() {
        let text = "[faces]\nsans = 'Fira Sans'\n";
        let file = File { source: SourceId(0), text };
        let (style, faces) = design(Theme::Named("report"), Some(file), &mut Vec::new()).unwrap();
        assert_eq!(style.typefaces.name(Family::Sans), "Fira Sans");
        let [Face { family: Family::Sans, span }] = faces.as_slice() else { panic!("{faces:?}") };
        assert_eq!(&text[span.start as usize..span.end as usize], "'Fira Sans'");
    }

    proptest! {
        #[test]
        fn any_sizes_give_a_page_with_lines_or_a_finding(
            theme in 0..NAMES.len(),
            (width, height) in (38_u32..2_600, 38_u32..2_600),
            (size, leading) in (3_u32..80, 90_u32..310),
            margins in prop::array::uniform4(0_u32..400),
            (ratio, sinkage) in (20_u32..900, 0_u32..45),
        ) {
            let [inner, top, outer, bottom] = margins;
            let text = format!(
                "[page]\nsize = '{width}x{height}mm'\nmargins = {{ inner = '{inner}mm', top = '{top}mm', \
                 outer = '{outer}mm', bottom = '{bottom}mm' }}\n[text]\nsize = '{size}pt'\nleading = {}.{:02}\n\
                 [opening]\nsinkage = {sinkage}\n[style.heading-1]\nsize = {}.{:02}\n",
                leading / 100, leading % 100, ratio / 100, ratio % 100,
            );
            let mut findings = Vec::new();
            let file = File { source: SourceId(0), text: &text };
            match design(Theme::Named(NAMES[theme]), Some(file), &mut findings) {
                Some((style, _)) => {
                    prop_assert!(findings.is_empty());
                    let area = style.page.type_area(Side::Recto);
                    prop_assert!(style.page.lines() >= 8);
                    prop_assert!(area.size.width > Length::pt(30));
                    prop_assert!(area.right() <= style.page.trim.width && area.bottom() <= style.page.trim.height);
                    prop_assert!(i64::from(style.sinkage) * 2 <= style.page.lines());
                }
                None => prop_assert!(findings.iter().all(|finding| finding.help.is_some()) && !findings.is_empty()),
            }
        }
    }
}
