//! Designs, as a project names and changes them: measured on the pages that they make.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use pressmark::diagnostics::{Diagnostic, Place, SourceFiles, SourceId};
use pressmark::document::{Document, Matter, Metadata};
use pressmark::geometry::Length;
use pressmark::graphic::Graphics;
use pressmark::layout::book::{Book, ItemKind, Owner};
use pressmark::layout::lay_out;
use pressmark::manuscript::{ManuscriptFile, Settings, read};
use pressmark::project::Override;
use pressmark::style::{ParagraphRole, Side, Style, themes};
use pressmark::{BuildOutcome, BuildRequest, Output, build};
use proptest::prelude::*;
use tempfile::TempDir;

use crate::laid::{bundled, cases};

fn lay(markdown: &str, style: Style) -> Book {
    let mut sources = SourceFiles::default();
    let source = sources.add("book.md".into(), markdown.into());
    let file = ManuscriptFile::new(source, "book.md".into(), Matter::Body);
    let settings = Settings { number_sections: 6, ..Settings::default() };
    let (divisions, _) = read(&[file], &settings, &mut sources, &mut |address, _, span, _| {
        Err(Diagnostic::error("missing-include", span, address))
    });
    let mut document = Document {
        metadata: Metadata { title: "Title".into(), language: "en".into(), ..Metadata::default() },
        divisions,
    };
    let (library, _) =
        pressmark::apparatus::Library::read(&sources, &[], &pressmark::apparatus::CitationStyle::AuthorDate);
    pressmark::apparatus::resolve(&mut document, &settings, &library);
    lay_out(document, style, bundled(), Graphics::default(), BTreeMap::new()).0
}

/// The lines of the text's size in a book: where each begins and ends on its type area, its baseline, and its characters.
fn text_lines(book: &Book) -> Vec<(Length, Length, Length, usize)> {
    let size = book.style.paragraph(ParagraphRole::Body).character.size;
    let mut lines = BTreeMap::new();
    for (number, page) in book.pagination.pages.iter().enumerate().filter(|(_, page)| page.starts_at.is_some()) {
        let corner = page.frames[0].rect.origin;
        for item in page.frames[0].items.iter().filter(|item| matches!(item.owner, Owner::Node(_))) {
            if let ItemKind::Glyphs(run) = &item.kind
                && run.size == size
            {
                let line = lines.entry((number, run.origin.y - corner.y)).or_insert((Length::MAX, Length::ZERO, 0));
                line.0 = line.0.min(run.origin.x - corner.x);
                line.1 = line.1.max(run.origin.x - corner.x + run.width());
                line.2 += run.text.chars().count();
            }
        }
    }
    lines.into_iter().map(|((_, y), (left, right, count))| (left, right, y, count)).collect()
}

const DECLARATION: &str = include_str!("../../source/declaration.md");

#[test]
fn a_full_line_of_every_theme_has_58_to_70_characters() {
    for name in themes::NAMES {
        let book = lay(DECLARATION, themes::by_name(name).unwrap());
        let measure = book.style.page.type_area(Side::Recto).size.width;
        let near = Length::pt(4);
        let mut counts: Vec<usize> = text_lines(&book)
            .into_iter()
            .filter(|(left, right, ..)| *left < near && *right + near > measure)
            .map(|(.., count)| count)
            .collect();
        counts.sort_unstable();
        assert!(counts.len() > 60, "{name}: {} full lines", counts.len());
        let median = counts[counts.len() / 2];
        println!("{name}: {median} characters in a line");
        assert!((58..=70).contains(&median), "{name}: a line has {median} characters");
        let within = counts.iter().filter(|count| (50..=75).contains(*count)).count();
        assert!(within * 100 >= counts.len() * 97, "{name}: {counts:?}");
    }
}

#[test]
fn lines_of_every_theme_stand_on_its_grid() {
    for name in themes::NAMES {
        let book = lay(DECLARATION, themes::by_name(name).unwrap());
        let page = book.style.page;
        // Shorter lines may be headings.
        for (.., y, _) in text_lines(&book).into_iter().filter(|(.., count)| *count > 45) {
            let off = (y - page.first_baseline).raw().rem_euclid(page.baseline.raw());
            assert!(off == 0, "{name}: a baseline is {off} off the grid");
        }
    }
}

#[test]
fn pages_that_face_none_have_their_text_at_one_place() {
    for name in themes::NAMES {
        let book = lay(DECLARATION, themes::by_name(name).unwrap());
        let pages = book.pagination.pages.iter().filter(|page| page.starts_at.is_some());
        let places: BTreeSet<Length> = pages.map(|page| page.frames[0].rect.origin.x).collect();
        assert_eq!(places.len(), if book.style.page.facing { 2 } else { 1 }, "{name}");
    }
}

/// The items of the first heading's number, and of its words: left end and baseline.
fn number_and_words(theme: &str, tables: &str) -> ((Length, Length), (Length, Length)) {
    let file = themes::File { source: SourceId(0), text: tables };
    let (style, _) = themes::design(themes::Theme::Named(theme), Some(file), &mut Vec::new()).unwrap();
    let book = lay("# Words\n\nText.\n", style);
    let page = book.pagination.pages.iter().find(|page| page.starts_at.is_some()).unwrap();
    let place = |wanted: fn(&Owner) -> bool| {
        let item = page.frames[0].items.iter().find(|item| wanted(&item.owner)).unwrap();
        let ItemKind::Glyphs(run) = &item.kind else { panic!("{item:?}") };
        let corner = page.frames[0].rect.origin;
        (run.origin.x - corner.x, run.origin.y - corner.y)
    };
    (place(|owner| matches!(owner, Owner::Marker(_))), place(|owner| matches!(owner, Owner::Node(_))))
}

#[test]
fn a_heading_s_number_stands_where_the_style_says() {
    let (number, words) = number_and_words("report", "[style.heading-1]\nnumber = 'beside'");
    assert!(number.0 < words.0 && number.1 == words.1);
    let (number, words) = number_and_words("report", "[style.heading-1]\nnumber = 'above'");
    assert!((number.0 - words.0).abs() < Length::pt(2) && number.1 < words.1);
    let (number, words) = number_and_words("report", "");
    assert!(number.0 < -Length::pt(10) && words.0 > -Length::pt(2) && number.1 == words.1, "in the margin");
    let narrow = "[page]\nmargins = { inner = '8mm' }\n[notes]\nplace = 'foot'";
    let (number, words) = number_and_words("report", narrow);
    assert!(number.0 > -Length::pt(2) && number.0 < words.0, "beside, where the margin is too narrow");
}

/// A project with these files besides a chapter, built.
fn built(files: &[(&str, &[u8])], set: &[&str]) -> (TempDir, BuildOutcome) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("one.md"), "# One\n\nSome words.\n\nMore words.\n").unwrap();
    for (path, content) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let outcome = build(&BuildRequest {
        path: folder.path().to_owned(),
        out: Some(folder.path().join("out")),
        set: set.iter().map(|set| Override::parse(set).unwrap()).collect(),
        only: Some(Output::Pdf),
        ..BuildRequest::default()
    });
    (folder, outcome)
}

/// The one finding of a build: its code, the words it points at, and what it says to do.
#[track_caller]
fn check_finding(files: &[(&str, &[u8])], code: &str, words: &str, help: &str) {
    let (_folder, outcome) = built(files, &[]);
    let [finding] = outcome.diagnostics.as_slice() else { panic!("{:?}", outcome.diagnostics) };
    assert_eq!(finding.code, code);
    let Place::Span(span) = finding.place else { panic!("{finding:?}") };
    let text = &outcome.sources.get(span.source).unwrap().text;
    assert_eq!(&text[span.start as usize..span.end as usize], words);
    assert!(finding.help.as_deref().unwrap().contains(help), "{finding:?}");
    assert!(outcome.written.is_empty(), "an error writes nothing");
}

/// The width and height of the first page of a PDF, in points.
fn page_size(folder: &Path) -> Vec<i64> {
    let pdf = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let pdf = pdf.into_iter().find(|path| path.extension().is_some_and(|extension| extension == "pdf")).unwrap();
    let document = lopdf::Document::load(pdf).unwrap();
    let page = document.page_iter().next().unwrap();
    let media = document.get_dictionary(page).unwrap().get(b"MediaBox").unwrap().as_array().unwrap();
    #[expect(clippy::cast_possible_truncation, reason = "pages are small")]
    media[2..].iter().map(|side| side.as_float().unwrap().round() as i64).collect()
}

#[test]
fn a_theme_file_of_the_project_extends_a_theme_and_the_manifest_stands_above_it() {
    let theme = b"extends = \"novel\"\n[page]\nsize = \"6x9in\"\n[text]\nparagraph-space = 1\n";
    let manifest = b"[book]\ntitle = \"T\"\nlanguage = \"en\"\ntheme = \"design/mine.toml\"\n[text]\nsize = \"11pt\"\n";
    let files: [(&str, &[u8]); 2] = [("design/mine.toml", theme), ("pressmark.toml", manifest)];
    let (folder, outcome) = built(&files, &[]);
    assert_eq!(outcome.diagnostics, []);
    assert_eq!(page_size(&folder.path().join("out")), [432, 648]);
    // The command line stands above both.
    let (folder, outcome) = built(&files, &["theme=monograph"]);
    assert_eq!(outcome.diagnostics, []);
    assert_eq!(page_size(&folder.path().join("out")), [442, 663]);
    let (folder, _) = built(&files, &["theme=design/mine.toml"]);
    assert_eq!(page_size(&folder.path().join("out")), [432, 648]);
}

#[test]
fn what_is_wrong_with_a_design_is_an_error_at_its_words() {
    let theme = |text: &'static str| ("mine.toml", text.as_bytes());
    let manifest = |text: &'static str| ("pressmark.toml", text.as_bytes());
    let own = manifest("[book]\ntitle = 'T'\nlanguage = 'en'\ntheme = 'mine.toml'\n");
    check_finding(&[own, theme("[text]\nsise = '11pt'\n")], "unknown-key", "sise", "`size`");
    check_finding(&[own, theme("[text]\nsize = '11'\n")], "wrong-type", "'11'", "unit");
    check_finding(&[own, theme("extends = 'novell'\n")], "unknown-theme", "'novell'", "`novel`");
    check_finding(&[own, theme("[text]\nsize = 11 pt\n")], "invalid-theme", "11 pt", "`[page]`");
    check_finding(&[own], "missing-file", "'mine.toml'", "");
    let outside = manifest("[book]\ntitle = 'T'\nlanguage = 'en'\ntheme = '../mine.toml'\n");
    check_finding(&[outside], "outside-project", "'../mine.toml'", "copy");
    let face = manifest("[book]\ntitle = 'T'\nlanguage = 'en'\n[faces]\nserif = 'Libertinus Seriff'\n");
    check_finding(&[face], "unknown-face", "'Libertinus Seriff'", "`Libertinus Serif`");
    let page = manifest(
        "[book]\ntitle = 'T'\nlanguage = 'en'\n[page]\nsize = 'A4'\nmargins = { inner = '10cm', outer = '9cm' }\n",
    );
    check_finding(&[page], "out-of-range", "{ inner = '10cm', outer = '9cm' }", "`margins`");
}

#[test]
fn a_typeface_of_the_project_is_found_by_its_family() {
    let manifest = b"[book]\ntitle = \"T\"\nlanguage = \"en\"\n[faces]\nserif = \"source sans 3\"\n";
    let (_folder, outcome) = built(&[("pressmark.toml", manifest)], &[]);
    assert_eq!(outcome.diagnostics, []);
    let font = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fonts/katex/KaTeX_SansSerif-Regular.ttf")).unwrap();
    let manifest = b"[book]\ntitle = \"T\"\nlanguage = \"en\"\n[faces]\nsans = \"KaTeX_SansSerif\"\n";
    let (_folder, outcome) = built(&[("pressmark.toml", manifest), ("fonts/sans.ttf", &font)], &[]);
    assert_eq!(outcome.diagnostics, []);
    check_finding(&[("pressmark.toml", manifest)], "unknown-face", "\"KaTeX_SansSerif\"", "`fonts`");
}

proptest! {
    #![proptest_config(cases(12))]

    #[test]
    fn any_design_makes_pages_and_loses_no_line(
        theme in 0..themes::NAMES.len(),
        (width, height) in (60_u32..500, 60_u32..500),
        (size, leading) in (4_u32..30, 100_u32..200),
        (construction, sinkage) in (0..3_usize, 0_u32..41),
        (space, number) in (0..2_u32, 0..3_usize),
    ) {
        let text = format!(
            "[page]\nsize = '{width}x{height}mm'\nconstruction = '{}'\n[text]\nsize = '{size}pt'\nleading = {}.{:02}\n\
             paragraph-space = {space}\n[opening]\nsinkage = {sinkage}\n[style.heading-1]\nnumber = '{}'\n",
            ["ninths", "twelfths", "fifteenths"][construction], leading / 100, leading % 100,
            ["beside", "above", "margin"][number],
        );
        let file = themes::File { source: SourceId(0), text: &text };
        let mut findings = Vec::new();
        if let Some((style, _)) = themes::design(themes::Theme::Named(themes::NAMES[theme]), Some(file), &mut findings) {
            let book = lay("# One\n\nWords, and a list:\n\n- one\n\n- two\n\n> A quote.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n\nEnd.\n", style);
            let shown: String = book.pagination.pages.iter().flat_map(|page| &page.frames).flat_map(|frame| &frame.items)
                .filter_map(|item| match (&item.kind, item.owner) {
                    (ItemKind::Glyphs(run), Owner::Node(_)) => Some(run.text.as_str()),
                    _ => None,
                })
                .collect();
            for word in ["One", "Words", "two", "quote", "code", "End"] {
                prop_assert!(shown.contains(word), "{word} in {shown}");
            }
        } else {
            prop_assert!(!findings.is_empty());
        }
    }
}
