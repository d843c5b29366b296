//! Text and books that read from right to left: what begins at the left elsewhere begins at the right there, in both
//! editions.
//!
//! The words are Hebrew, which the program's own faces have.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::sync::Arc;

use pressmark::diagnostics::{Diagnostic, SourceFiles};
use pressmark::document::{Direction, Document, Matter, Metadata};
use pressmark::font::FontBook;
use pressmark::geometry::{Length, Rect};
use pressmark::graphic::Graphics;
use pressmark::layout::book::{Artifact, Book, FrameItem, ItemKind, ListKind, Owner};
use pressmark::layout::lay_out;
use pressmark::manuscript::{ManuscriptFile, Settings, read};
use pressmark::style::{Side, themes};
use pressmark::{epub, pdf};

fn lay(language: &str, markdown: &str) -> Book {
    lay_in("document", Metadata { title: "ספר".into(), language: language.into(), ..Metadata::default() }, markdown)
}

fn lay_in(theme: &str, metadata: Metadata, markdown: &str) -> Book {
    let mut sources = SourceFiles::default();
    let source = sources.add("book.md".into(), markdown.into());
    let file = ManuscriptFile::new(source, "book.md".into(), Matter::Body);
    let (divisions, _) = read(&[file], &Settings::default(), &mut sources, &mut |address, _, span, _| {
        Err(Diagnostic::error("missing-include", span, address))
    });
    let mut document = Document { metadata, divisions };
    document.name_nodes();
    let fonts = Arc::new(FontBook::bundled());
    lay_out(document, themes::by_name(theme).unwrap(), fonts, Graphics::default(), BTreeMap::new()).0
}

/// The items of pages of text, or of all pages.
fn items(book: &Book, text_only: bool) -> impl Iterator<Item = &FrameItem> {
    let pages = book.pagination.pages.iter().filter(move |page| !text_only || page.starts_at.is_some());
    pages.flat_map(|page| &page.frames).flat_map(|frame| &frame.items)
}

/// The left and the right end of the first line that has `words`, of the letters that are there for them.
fn ends(book: &Book, words: &str) -> (Length, Length) {
    let mut runs = items(book, true).filter_map(|item| match &item.kind {
        ItemKind::Glyphs(run) if run.text.contains(words) => Some((run.origin.x, run.origin.x + run.width())),
        _ => None,
    });
    runs.next().unwrap_or_else(|| panic!("no {words}"))
}

/// The ends of the first marker, number or bullet, on a page of text.
fn marker(book: &Book) -> (Length, Length) {
    let runs: Vec<_> = items(book, true)
        .filter_map(|item| match (&item.kind, item.owner) {
            (ItemKind::Glyphs(run), Owner::Marker(node)) => Some((node, run.origin.x, run.origin.x + run.width())),
            _ => None,
        })
        .collect();
    let own = || runs.iter().filter(|(node, ..)| *node == runs[0].0);
    let (left, right) = (own().map(|(_, left, _)| *left).min(), own().map(|(.., right)| *right).max());
    (left.expect("there is a marker"), right.expect("there is a marker"))
}

/// The rules on pages of text.
fn rules(book: &Book) -> Vec<Rect> {
    let rules = items(book, true).filter_map(|item| match (&item.kind, item.owner) {
        (ItemKind::Rule { rect, .. }, Owner::Artifact(Artifact::Layout)) => Some(*rect),
        _ => None,
    });
    rules.collect()
}

/// The type area of the first page of text.
fn area(book: &Book) -> Rect {
    let page = book.pagination.pages.iter().find(|page| page.starts_at.is_some()).expect("there is text");
    book.style.page.type_area(page.side)
}

/// Whether two edges are one, but for what hangs in the margin.
fn meet(one: Length, other: Length) -> bool {
    (one - other).raw().abs() < Length::pt(3).raw()
}

#[test]
fn a_book_from_right_to_left_has_its_inner_margin_at_the_right_of_a_recto() {
    for (language, at_left) in [("en", true), ("he", false), ("he-Latn", true)] {
        let book = lay(language, "# One\n\nמילה\n");
        for page in &book.pagination.pages {
            let Some(frame) = page.frames.first() else { continue };
            let margins = book.style.page.margins;
            let inner = (page.side == Side::Recto) == at_left;
            assert_eq!(frame.rect.origin.x, if inner { margins.inner } else { margins.outer }, "{language}");
        }
    }
}

#[test]
fn the_folio_stands_at_the_outer_edge() {
    for (language, outer_recto_is_right) in [("en", true), ("he", false)] {
        let metadata = Metadata { title: "ספר".into(), language: language.into(), ..Metadata::default() };
        let book = lay_in("book", metadata, &format!("# פרק\n\n{}", "מילים רבות ועוד מילים.\n\n".repeat(120)));
        let mut checked = 0;
        for page in &book.pagination.pages {
            let area = book.style.page.type_area(page.side);
            let all = page.frames.iter().flat_map(|frame| &frame.items);
            let mut heads = all.filter_map(|item| match (&item.kind, item.owner) {
                (ItemKind::Glyphs(run), Owner::Artifact(Artifact::Header)) => Some(run),
                _ => None,
            });
            let Some(folio) = heads.find(|run| run.text == page.label.text()) else { continue };
            let at_right = (page.side == Side::Recto) == outer_recto_is_right;
            let (here, there) =
                if at_right { (folio.origin.x + folio.width(), area.right()) } else { (folio.origin.x, area.origin.x) };
            assert!(meet(here, there), "page {} of {language}", page.label.text());
            checked += 1;
        }
        assert!(checked >= 2, "{checked} folios");
    }
}

#[test]
fn a_list_has_its_markers_at_the_right() {
    for list in ["- פריט ראשון", "1. פריט ראשון", "- [ ] פריט ראשון"] {
        let book = lay("he", list);
        let (text, marker, area) = (ends(&book, "פריט"), marker(&book), area(&book));
        assert!(text.1 < marker.0 && marker.1 <= area.right(), "{list}: {text:?} {marker:?}");
        assert!(meet(text.1, area.right() - book.style.list_indent), "{list}");
    }
    let mixed = lay("he", "1. פריט\n2. item\n");
    let (hebrew, english, area) = (ends(&mixed, "פריט"), ends(&mixed, "item"), area(&mixed));
    assert!(meet(hebrew.1, area.right() - mixed.style.list_indent));
    assert!(meet(english.0, area.origin.x + mixed.style.list_indent));
}

#[test]
fn a_table_has_its_first_column_at_the_right_and_each_column_one_edge() {
    let book = lay("he", "| ראשון | שני |\n|---|---|\n| אחד | שתיים |\n| שלוש | four |\n");
    assert!(ends(&book, "אחד").0 > ends(&book, "שתיים").1);
    assert!(meet(ends(&book, "אחד").1, area(&book).right()));
    assert!(meet(ends(&book, "four").1, ends(&book, "שתיים").1));
    let book = lay("en", "| first | שני |\n|---|---|\n| one | שתיים |\n");
    assert!(meet(ends(&book, "one").0, area(&book).origin.x) && ends(&book, "one").1 < ends(&book, "שתיים").0);
}

#[test]
fn rules_beside_and_above_stand_at_the_right() {
    let notice = lay("he", "> [!NOTE]\n> הערה\n");
    let area_of = area(&notice);
    assert!(rules(&notice).iter().any(|rule| rule.right() == area_of.right() && rule.size.width < Length::pt(3)));
    assert!(ends(&notice, "הערה").1 < area_of.right() - Length::pt(5));
    let noted = lay("he", "מילה[^1]\n\n[^1]: הערה\n");
    let above = rules(&noted)[0];
    assert_eq!(above.right(), area(&noted).right());
    let (number, note) = (marker(&noted), ends(&noted, "הערה"));
    assert!(note.1 <= number.0 && meet(number.1, area(&noted).right()));
}

#[test]
fn a_heading_in_other_letters_begins_where_the_text_does_and_a_paragraph_where_it_does_itself() {
    let book = lay("he", "# פרק\n\n### Heading\n\nפסקה\n\n# פרק\n\nAn English paragraph.\n\n");
    let area = area(&book);
    assert!(meet(ends(&book, "Heading").1, area.right()));
    assert!(meet(ends(&book, "English").0, area.origin.x));
    assert!(meet(ends(&book, "פסקה").1, area.right()));
    let book = lay("he", "# פרק\n\n### Heading\n\nAn English paragraph.\n");
    assert!(meet(ends(&book, "Heading").0, area.origin.x), "above English it stands where that begins");
}

#[test]
fn the_author_s_word_stands_above_the_letters() {
    let book =
        lay("en", "::: {dir=rtl}\nEnglish\n\n> quoted\n:::\n\n::: {lang=he}\n# One\n\n1234\n:::\n\n# Two\n\n5678\n");
    let area = area(&book);
    assert!(meet(ends(&book, "English").1, area.right()));
    assert!(meet(ends(&book, "quoted").1, area.right() - book.style.quote_indent));
    assert!(meet(ends(&book, "1234").1, area.right()));
    assert!(meet(ends(&book, "5678").0, area.origin.x));
    let metadata = Metadata {
        title: "T".into(),
        language: "az".into(),
        direction: Some(Direction::RightToLeft),
        ..Metadata::default()
    };
    let book = lay_in("document", metadata, "1234\n");
    assert!(meet(ends(&book, "1234").1, book.style.page.type_area(Side::Recto).right()));
}

#[test]
fn contents_lead_from_the_right_to_page_numbers_at_the_left() {
    let book = lay("he", "# פרק ראשון\n\nטקסט\n\n# פרק שני\n\nטקסט\n");
    let entries: Vec<_> = items(&book, false)
        .filter_map(|item| match (&item.kind, item.owner) {
            (ItemKind::Glyphs(run), Owner::ListEntry(ListKind::Contents, 0)) => Some(run),
            _ => None,
        })
        .collect();
    let area = book.style.page.type_area(Side::Recto);
    let (title, label) = (entries[0], entries[entries.len() - 1]);
    assert!(title.text.contains("פרק") && meet(title.origin.x + title.width(), area.right()));
    assert!(meet(label.origin.x, area.origin.x));
}

#[test]
fn a_formula_has_its_number_at_the_left_and_code_reads_from_the_left() {
    let book = lay("he", "$$ x = y \\tag{7} $$\n\n```\ncode\n```\n");
    assert!(meet(marker(&book).0, area(&book).origin.x));
    assert!(meet(ends(&book, "code").0, area(&book).origin.x + book.style.code_indent));
}

/// The files of the e-book, to be read by their names.
fn parts(book: &Book) -> impl FnMut(&str) -> String {
    let ebook = epub::write(book, epub::Options::default()).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(ebook)).unwrap();
    move |name| {
        let mut text = String::new();
        archive.by_name(&format!("OEBPS/{name}")).unwrap().read_to_string(&mut text).unwrap();
        text
    }
}

#[test]
fn the_e_book_says_its_direction_and_where_it_changes() {
    let book = lay(
        "he",
        "# פרק\n\n## Heading\n\nטקסט\n\nAn English paragraph.\n\nפסקה עם `code` ו־[word]{dir=ltr}.\n\n- פריט\n- item\n\n\
         | א | b |\n|---|---|\n| ג | d |\n\n```\nc\n```\n\nמילה[^1]\n\n[^1]: A note.\n",
    );
    let mut part = parts(&book);
    let package = part("content.opf");
    assert!(package.contains("dir=\"rtl\"") && package.contains("page-progression-direction=\"rtl\""));
    for name in ["cover.xhtml", "title.xhtml", "nav.xhtml", "book.xhtml"] {
        assert!(part(name).contains("xml:lang=\"he\" dir=\"rtl\">\n<head>"), "{name}");
    }
    let nav = part("nav.xhtml");
    assert!(nav.contains("dir=\"ltr\">Heading</a>") && nav.contains("\">פרק</a>"));
    let chapter = part("book.xhtml");
    for markup in [
        "<h2 id=\"heading\" class=\"heading-2\" dir=\"ltr\">Heading</h2>",
        "<p dir=\"ltr\">An English paragraph.</p>",
        "<p>פסקה עם <code dir=\"ltr\">code</code> ו־<span dir=\"ltr\">word</span>.</p>",
        "<li><p>פריט</p>\n</li>\n<li dir=\"ltr\"><p>item</p>",
        "<td>ג</td><td dir=\"ltr\">d</td>",
        "<pre dir=\"ltr\"><code>",
        "<aside id=\"note-1\" dir=\"ltr\"",
    ] {
        assert!(chapter.contains(markup), "no {markup} in\n{chapter}");
    }
    assert_eq!(chapter.matches("dir=\"rtl\"").count(), 1);
}

#[test]
fn a_book_from_left_to_right_says_so_only_where_it_changes() {
    let book = lay("en", "# One\n\nWords and מילה.\n\n> ציטוט\n");
    let mut part = parts(&book);
    assert!(part("content.opf").contains("page-progression-direction=\"ltr\""));
    let chapter = part("book.xhtml");
    assert_eq!(chapter.matches("dir=").count(), 1);
    assert!(chapter.contains("<blockquote dir=\"rtl\">\n<p>ציטוט</p>"));
}

#[test]
fn the_pdf_of_a_book_from_right_to_left_says_so() {
    for (language, said) in [("he", Some("R2L")), ("en", None)] {
        let bytes = pdf::write(&lay(language, "מילה\n")).unwrap();
        let document = lopdf::Document::load_mem(&bytes).unwrap();
        let preferences = document.catalog().unwrap().get(b"ViewerPreferences").unwrap().as_dict().unwrap();
        let direction = preferences.get(b"Direction").ok().map(|name| String::from_utf8_lossy(name.as_name().unwrap()));
        assert_eq!(direction.as_deref(), said);
        // The first element of the structure tree is the document.
        let root = document.catalog().unwrap().get(b"StructTreeRoot").unwrap().as_reference().unwrap();
        let kids = document.get_dictionary(root).unwrap().get(b"K").unwrap();
        let kid = kids.as_array().map_or_else(|_| kids.clone(), |kids| kids[0].clone()).as_reference().unwrap();
        let mode = document.get_dictionary(kid).unwrap().get(b"A").ok().map(|attributes| {
            let mode = attributes.as_dict().unwrap().get(b"WritingMode").unwrap();
            String::from_utf8_lossy(mode.as_name().unwrap()).into_owned()
        });
        assert_eq!(mode.as_deref(), said.map(|_| "RlTb"));
    }
}
