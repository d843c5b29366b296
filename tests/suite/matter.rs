//! Matter, furniture and references to pages: which pages a book has, what stands around them, and what is said of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use pressmark::apparatus::{self, Library};
use pressmark::diagnostics::{Diagnostic, Place, SourceFiles};
use pressmark::document::{BlockKind, Division, Document, InlineKind, Matter, Metadata, Node, NodeId, walk};
use pressmark::font::FontBook;
use pressmark::graphic::Graphics;
use pressmark::layout::book::{Artifact, Book, ContentsEntry, ItemKind, LinkTarget, ListKind, Owner, Page};
use pressmark::layout::lay_out;
use pressmark::manuscript::{ManuscriptFile, PartTitle, Settings, read};
use pressmark::style::{FolioPlace, HeadText, Opening, Side, Style, themes};

use crate::read_epub::Epub;
use crate::read_pdf::Pdf;

const FRONT: Matter = Matter::Front;
const BODY: Matter = Matter::Body;
const BACK: Matter = Matter::Back;

/// A book of files, each with where it stands; a body file that begins with `part:` opens a part of that title.
fn lay(files: &[(Matter, &str)], design: impl Fn(&mut Style)) -> (Book, Vec<Diagnostic>) {
    let mut sources = SourceFiles::default();
    let mut manuscript = Vec::new();
    for (index, (matter, markdown)) in files.iter().enumerate() {
        let name = format!("{index}.md");
        let part = markdown.strip_prefix("part: ").and_then(|rest| rest.split_once('\n'));
        let text = part.map_or(*markdown, |(_, text)| text);
        let source = sources.add(name.clone(), text.into());
        let mut file = ManuscriptFile::new(source, name, *matter);
        let span = pressmark::diagnostics::Span { source, start: 0, end: 0 };
        file.part = part.map(|(title, _)| PartTitle { title: title.to_owned(), span });
        manuscript.push(file);
    }
    let settings = Settings { number_sections: 2, ..Settings::default() };
    let (divisions, _) = read(&manuscript, &settings, &mut sources, &mut |address, _, span, _| {
        Err(Diagnostic::error("missing-include", span, address))
    });
    let metadata = Metadata {
        title: "The Whole Title".into(),
        short_title: "The Title".into(),
        authors: vec!["A. Author".into(), "B. Writer".into()],
        rights: "© 2026 A. Author".into(),
        isbn: "978-3-16-148410-0".into(),
        language: "en".into(),
        ..Metadata::default()
    };
    let mut document = Document { metadata, divisions };
    let mut found = apparatus::resolve(&mut document, &settings, &Library::default());
    let mut style = themes::by_name("book").unwrap();
    style.matter.half_title = true;
    style.matter.copyright_page = true;
    style.matter.list_of_figures = true;
    style.matter.list_of_tables = true;
    style.matter.list_of_listings = true;
    design(&mut style);
    let fonts = Arc::new(FontBook::bundled());
    let (book, mut more) = lay_out(document, style, fonts, Graphics::default(), BTreeMap::new());
    found.append(&mut more);
    (book, found)
}

/// What `owner` has on a page, words of one owner run together.
fn said(page: &Page, wanted: impl Fn(Owner) -> bool) -> String {
    let items = page.frames.iter().flat_map(|frame| &frame.items).filter(|item| wanted(item.owner));
    let texts = items.filter_map(|item| match &item.kind {
        ItemKind::Glyphs(run) => Some(run.text.as_str()),
        ItemKind::Path { .. }
        | ItemKind::Rule { .. }
        | ItemKind::Image { .. }
        | ItemKind::Link { .. }
        | ItemKind::Turned { .. } => None,
    });
    texts.collect()
}

fn head(page: &Page) -> String {
    said(page, |owner| owner == Owner::Artifact(Artifact::Header))
}

fn foot(page: &Page) -> String {
    said(page, |owner| owner == Owner::Artifact(Artifact::Footer))
}

fn body(page: &Page) -> String {
    said(page, |owner| !matches!(owner, Owner::Artifact(_)))
}

/// The first page of text that says something, as an index.
fn page_with(book: &Book, words: &str) -> usize {
    let says = |page: &Page| page.starts_at.is_some() && body(page).contains(words);
    book.pagination.pages.iter().position(says).unwrap_or_else(|| panic!("no page says {words}"))
}

fn prose(sentences: usize) -> String {
    (0..sentences)
        .map(|number| format!("The keeper of lamp {number} never quite reaches the second landing. "))
        .collect()
}

/// Every kind of matter.
fn whole_book(design: impl Fn(&mut Style)) -> Book {
    let one = format!(
        "part: The Light\n# One\n\nA first word\\index{{word}}.\n\n![Lamp](l.png){{#fig:l}}\n\n## Near\n\n{}\n\n## Far\n\n{}",
        prose(90),
        prose(90)
    );
    let two = "# Two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n: Two numbers {#tbl:n}\n\n```{.rust #lst:f caption=\"A function\"}\nfn f() {}\n```\n\n![A lamp at night](l.png){#fig:n}\n";
    let (book, _) = lay(
        &[
            (FRONT, "# Preface {.unnumbered}\n\nWhy."),
            (FRONT, "::: dedication\nTo all\n:::"),
            (FRONT, "::: epigraph\nA saying\n:::"),
            (BODY, &one),
            (BODY, two),
            (BACK, "# More\n\nAn appendix."),
            (BACK, "# Glossary {.unnumbered}\n\n::: glossary\nword\n:   A sign.\n:::"),
            (BACK, "# Index {.unnumbered}\n\n::: {#index}\n:::"),
        ],
        design,
    );
    book
}

#[test]
fn a_list_stands_below_the_one_before_it_where_all_of_it_has_room() {
    let lists = |figures: usize| -> Vec<String> {
        let figures: String = (0..figures)
            .map(|number| format!("![Lamp {number}](l.png){{#fig:l{number} title=\"Lamp {number}\"}}\n\n"))
            .collect();
        let text = format!("# One\n\n{figures}| a |\n|---|\n| 1 |\n\n: A number {{#tbl:n}}\n");
        let (book, _) = lay(&[(BODY, &text)], |_| {});
        let pages = book.pagination.pages.iter().filter(|page| page.starts_at.is_none());
        pages.map(body).filter(|text| text.contains("Figures") || text.contains("Tables")).collect()
    };
    let short = lists(2);
    assert_eq!(short.len(), 1, "{short:?}");
    assert!(short[0].find("Figures") < short[0].find("Tables"));
    let long = lists(20);
    assert!(long.len() == 2 && long[1].starts_with("Tables"), "{long:?}");
}

#[test]
fn front_matter_is_in_the_order_of_books() {
    let book = whole_book(|_| {});
    let pages = &book.pagination.pages;
    let wanted = [
        ("i", "The Title"),
        ("ii", ""),
        ("iii", "The Whole Title"),
        ("iv", "© 2026"),
        ("v", "To all"),
        ("vi", ""),
        ("vii", "A saying"),
        ("viii", ""),
        ("ix", "Contents"),
        ("x", "Figures"),
        ("xi", "Preface"),
        ("xii", ""),
        ("1", "Part"),
        ("2", ""),
        ("3", "1"),
    ];
    for (page, (label, begins)) in pages.iter().zip(wanted) {
        assert_eq!(page.label.text(), label);
        assert_eq!(body(page).is_empty(), begins.is_empty(), "page {label}");
        assert!(body(page).starts_with(begins), "page {label}: {}", body(page));
    }
    let divisions: Vec<Matter> = book.document.divisions.iter().map(|division| division.matter).collect();
    assert!(book.document.divisions[0].is_inscription() && book.document.divisions[1].is_inscription());
    assert_eq!(divisions.iter().filter(|matter| **matter == FRONT).count(), 3);
    let openers = ["More", "Glossary", "Index"].map(|title| {
        let entry = book.navigation.entries.iter().find(|entry| entry.title == title).unwrap();
        (pages[entry.page as usize].side, entry.number.as_deref().map(str::to_owned))
    });
    assert_eq!(openers, [(Side::Recto, Some("A".to_owned())), (Side::Recto, None), (Side::Recto, None)]);
}

#[test]
fn what_is_no_text_has_nothing_around_it() {
    let book = whole_book(|_| {});
    let clean = ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "xiv", "1", "2"];
    for page in &book.pagination.pages {
        let label = page.label.text();
        if clean.contains(&label.as_str()) {
            assert_eq!((head(page), foot(page)), (String::new(), String::new()), "page {label}");
        } else if body(page).is_empty() {
            assert_eq!(page.frames.len(), 0, "page {label} is blank");
        } else {
            assert!(!format!("{}{}", head(page), foot(page)).is_empty(), "page {label} has its number");
        }
    }
    for opener in ["One", "Two", "More", "Index"] {
        let entry = book.navigation.entries.iter().find(|entry| entry.title == opener).unwrap();
        let page = &book.pagination.pages[entry.page as usize];
        assert_eq!((head(page), foot(page)), (String::new(), page.label.text()), "{opener} opens");
    }
}

#[test]
fn heads_follow_the_marks() {
    let book = whole_book(|style| {
        style.furniture.verso = HeadText::Part;
        style.furniture.recto = HeadText::LastSection;
        style.furniture.folio = FolioPlace::FootOuter;
    });
    let pages = &book.pagination.pages;
    let far = page_with(&book, "Far");
    for (index, page) in pages.iter().enumerate().skip(page_with(&book, "One") + 1).take(8) {
        if body(page).is_empty() || index >= page_with(&book, "Two") {
            break;
        }
        let section = if index < far { "1.1\u{2002}Near" } else { "1.2\u{2002}Far" };
        let wanted = if page.side == Side::Verso { "Part\u{a0}I\u{2002}The Light" } else { section };
        assert_eq!(head(page), wanted, "page {}", page.label.text());
    }
}

#[test]
fn the_first_and_the_last_mark_of_a_page_differ() {
    let text = format!("# One\n\n{}\n\n## Far\n\nA line.\n\n## Near\n\n{}", prose(33), prose(90));
    for (wanted, on_page, after) in [
        (HeadText::FirstSection, "1.1\u{2002}Far", "1.2\u{2002}Near"),
        (HeadText::LastSection, "1.2\u{2002}Near", "1.2\u{2002}Near"),
    ] {
        let (book, _) = lay(&[(BODY, &text), (BODY, "# Two\n\nEnd.")], |style| {
            (style.furniture.verso, style.furniture.recto) = (wanted, wanted);
            style.furniture.folio = FolioPlace::None;
        });
        let page = page_with(&book, "Far");
        assert_eq!(page, page_with(&book, "Near"), "both sections begin on one page");
        assert_eq!(head(&book.pagination.pages[page]), on_page);
        assert_eq!(head(&book.pagination.pages[page + 1]), after);
        assert!(book.pagination.pages.iter().all(|page| foot(page).is_empty()));
    }
}

#[test]
fn a_head_says_the_next_wider_thing_where_there_is_no_such() {
    let text = format!("# One\n\n{}", prose(120));
    let heads = |recto| {
        let (book, _) = lay(&[(BODY, &text)], |style| {
            style.furniture.recto = recto;
            style.furniture.folio = FolioPlace::Foot;
        });
        let opener = page_with(&book, "One");
        head(&book.pagination.pages[opener + 2])
    };
    assert_eq!(heads(HeadText::FirstSection), "1\u{2002}One");
    assert_eq!(heads(HeadText::Part), "The Whole Title");
    assert_eq!(heads(HeadText::Subtitle), "The Whole Title");
    assert_eq!(heads(HeadText::Author), "A. Author, B. Writer");
    assert_eq!(heads(HeadText::None), "");
}

#[test]
fn a_head_never_is_wider_than_its_room() {
    let title =
        "On the Keeping of Lamps in the Towers of the Western Harbours During the Winters of Fog and Their Aftermath";
    let text = format!("# {title}\n\n{}", prose(120));
    let (book, found) = lay(&[(BODY, &text)], |_| {});
    assert!(found.iter().all(|finding| finding.code != "overfull-line"), "{found:?}");
    let opener = page_with(&book, "On the");
    let page = &book.pagination.pages[opener + 2];
    let (words, number) = head(page).split_once('…').map(|(words, rest)| (words.to_owned(), rest.to_owned())).unwrap();
    assert!(format!("1\u{2002}{title}").starts_with(&words) && words.len() > 20, "{words}");
    assert_eq!(number, page.label.text());
}

#[test]
fn pages_that_do_not_face_are_rectos_without_blanks() {
    let book = whole_book(|style| style.page.facing = false);
    for page in &book.pagination.pages {
        assert_eq!(page.side, Side::Recto);
        assert!(!body(page).is_empty(), "page {} is not blank", page.label.text());
    }
    let file = pressmark::pdf::write(&book).unwrap();
    assert!(!file.windows(12).any(|bytes| bytes == b"TwoPageRight"));
}

#[test]
fn the_lists_have_every_caption_in_both_editions() {
    let book = whole_book(|_| {});
    let captions = |kind| book.navigation.list(kind).iter().map(ContentsEntry::text).collect::<Vec<_>>();
    assert_eq!(captions(ListKind::Tables), ["2.1 Two numbers"]);
    assert_eq!(captions(ListKind::Listings), ["2.1 A function"]);
    assert_eq!(captions(ListKind::Figures), ["1.1 Lamp", "2.1 A lamp at night"]);
    for (kind, heading) in
        [(ListKind::Figures, "Figures"), (ListKind::Tables, "Tables"), (ListKind::Listings, "Listings")]
    {
        let mut pages = book
            .pagination
            .pages
            .iter()
            .filter(|page| !said(page, |owner| owner == Owner::ListHeading(kind)).is_empty());
        let page = pages.next_back().unwrap();
        assert_eq!(said(page, |owner| owner == Owner::ListHeading(kind)), heading);
        for (index, entry) in (0..).zip(book.navigation.list(kind)) {
            let label = book.pagination.pages[entry.page as usize].label.text();
            let line = said(page, |owner| owner == Owner::ListEntry(kind, index));
            assert_eq!(line, format!("{}{label}", entry.text()));
        }
    }
    let epub = Epub::read(&pressmark::epub::write(&book, pressmark::epub::Options::default()).unwrap());
    for kind in [ListKind::Figures, ListKind::Tables, ListKind::Listings] {
        for text in captions(kind) {
            assert!(epub.captions.iter().any(|(_, title, _)| *title == text), "{text} is in {:?}", epub.captions);
        }
    }
    assert!(epub.captions.iter().all(|(_, _, address)| epub.targets.contains_key(address)));
    let bare = whole_book(|style| style.matter.list_of_figures = false);
    assert!(bare.pagination.pages.iter().all(|page| !body(page).starts_with("Figures")));
    assert_eq!(bare.navigation.figures.len(), 2);
}

#[test]
fn both_editions_have_the_same_title_pages() {
    let book = whole_book(|_| {});
    let print: String = book.copyright.iter().flatten().cloned().collect();
    assert_eq!(print, "© 2026 A. AuthorISBN\u{a0}978-3-16-148410-0");
    let painted = said(&book.pagination.pages[3], |owner| matches!(owner, Owner::CopyrightLine(_)));
    assert_eq!(painted, print);
    let epub = Epub::read(&pressmark::epub::write(&book, pressmark::epub::Options::default()).unwrap());
    for words in ["The Title", "The Whole Title", "© 2026 A. Author", "ISBN\u{a0}978-3-16-148410-0"] {
        assert!(epub.generated.contains(words), "{words}");
    }
    let pdf = Pdf::read(&pressmark::pdf::write(&book).unwrap());
    assert!(!pdf.main_text().contains("ISBN"));
}

#[test]
fn each_page_of_the_index_leads_there() {
    let word = "A *word*\\index{word} here";
    let text = format!("# One\n\n{word}.\n\n{}\n\n{word}, and {word}.\n\n{}", prose(60), prose(160));
    let text = format!("{text}\n\n{word}.\n");
    let (book, _) = lay(&[(BODY, &text), (BACK, "# Index {.unnumbered}\n\n::: {#index}\n:::")], |_| {});
    let mut links: Vec<(String, String)> = Vec::new();
    for page in &book.pagination.pages {
        for item in page.frames.iter().flat_map(|frame| &frame.items) {
            if let (Owner::Locator(..), ItemKind::Link { target: LinkTarget::Node(mark), .. }) =
                (item.owner, &item.kind)
            {
                let on = &book.pagination.pages[book.pagination.places[mark] as usize];
                links.push((said(page, |owner| owner == item.owner), on.label.text()));
            }
        }
    }
    let marks: BTreeSet<u32> = index_marks(&book).into_iter().map(|mark| book.pagination.places[&mark]).collect();
    assert!(links.len() == marks.len() && links.len() > 2, "{links:?}");
    assert!(links.iter().all(|(shown, label)| shown == label), "{links:?}");
}

fn index_marks(book: &Book) -> Vec<NodeId> {
    let mut marks = Vec::new();
    walk(book.document.divisions.iter().flat_map(Division::all_blocks), &mut |node| {
        if let Node::Inline(inline) = node
            && matches!(inline.kind, InlineKind::IndexMark(_))
        {
            marks.push(inline.id);
        }
    });
    marks
}

/// The words of the references of the book, in order.
fn references(book: &Book) -> Vec<String> {
    let mut words = Vec::new();
    walk(book.document.divisions.iter().flat_map(Division::all_blocks), &mut |node| {
        if let Node::Inline(inline) = node
            && matches!(inline.kind, InlineKind::PageReference { .. })
        {
            let pages = book.pagination.pages.iter();
            words.push(pages.map(|page| said(page, |owner| owner == Owner::Node(inline.id))).collect());
        }
    });
    words
}

#[test]
fn a_reference_says_where_the_page_is() {
    let pages: Vec<String> =
        (2..9).map(|page| format!("\\newpage\n\n## Page {page} {{#sec:p{page}}}\n\nText.\n\n")).collect();
    let see = |pages: &[u8]| {
        let references = pages.iter().map(|page| format!("It is [@sec:p{page}]{{.where}}."));
        references.collect::<Vec<_>>().join(" ")
    };
    // Page 4 is a verso, page 5 the recto that faces it.
    let text = format!(
        "# One\n\nText.\n\n{}{}\n\n{}{}\n\n{}",
        pages[..3].concat(),
        see(&[3, 4, 5, 6, 8]),
        pages[3],
        see(&[4, 5, 6]),
        pages[4..].concat()
    );
    let said = |facing| {
        let (book, found) = lay(&[(BODY, &text), (BODY, "# Two\n\nEnd.")], |style| style.page.facing = facing);
        assert!(found.iter().all(|finding| finding.code != "unsettled-pages"));
        references(&book)
    };
    let facing = [
        "on the previous page",
        "on this page",
        "on the opposite page",
        "on page\u{a0}6",
        "on page\u{a0}8",
        "on the opposite page",
        "on this page",
        "overleaf",
    ];
    assert_eq!(said(true), facing);
    let single = ["on the previous page", "on this page", "on the next page", "on page\u{a0}6", "on page\u{a0}8"];
    assert_eq!(said(false)[..5], single);
    assert_eq!(said(false)[5..], ["on the previous page", "on this page", "on the next page"]);
}

#[test]
fn facing_pages_are_as_deep_as_each_other_on_whichever_side_the_chapter_begins() {
    let paragraph = |words: usize| "word ".repeat(words) + "\n\n";
    let (mut pairs, mut uneven, mut on_verso) = ([0; 2], [0; 2], 0);
    for seed in 0..12 {
        let text: String = (0..60).map(|number| paragraph(20 + (number * 37 + seed * 11) % 50)).collect();
        let chapter = format!("# Long\n\n{text}");
        for before in ["# Short\n\nWords.", "# Short\n\nWords.\n\n\\newpage\n\nWords."] {
            let (book, _) = lay(&[(BODY, before), (BODY, &chapter)], |style| style.opening = Opening::NewPage);
            let pages = &book.pagination.pages;
            let first = book.navigation.entries[1].page as usize;
            let side = usize::from(pages[first].side == Side::Verso);
            on_verso += side;
            let depth = |page: usize| {
                let baselines = pages[page].frames[0].items.iter().filter_map(|item| match &item.kind {
                    ItemKind::Glyphs(run) => Some(run.origin.y),
                    _ => None,
                });
                baselines.max().unwrap()
            };
            // The last page ends where the text does.
            for page in (first..pages.len() - 2).filter(|page| pages[*page].side == Side::Verso) {
                pairs[side] += 1;
                uneven[side] += usize::from(depth(page) != depth(page + 1));
            }
        }
    }
    assert_eq!(on_verso, 12);
    // A line that would stand alone makes some uneven; taken for the other side, more than half would be.
    assert!(uneven.iter().all(|uneven| *uneven <= 12) && pairs == [48; 2], "{uneven:?} of {pairs:?} pairs");
}

/// A book with a page whose last line stands there or on the next, as the reference at its top takes one line or two: `letters`
/// stand before it. `pages` come before that page.
fn pushing(reference: &str, letters: usize, pages: usize, matter: Matter) -> (Book, Vec<Diagnostic>) {
    let words: String = (0..letters).map(|letter| if letter % 4 == 3 { ' ' } else { 'i' }).collect();
    let lines = "A line of words.\n\n".repeat(28);
    let leaves = "\\newpage\n\nWords.\n\n".repeat(pages);
    let text = format!(
        "# One\n\nWords.\n\n{leaves}\\newpage\n\n{words} {reference}\n\n{lines}The [end]{{#sec:end}}.\n\n{lines}{lines}"
    );
    lay(&[(matter, &text), (BODY, "# Two\n\nEnd.")], |style| {
        style.opening = Opening::NewPage;
        (style.matter.half_title, style.matter.copyright_page) = (false, false);
    })
}

#[test]
fn words_that_push_away_what_they_speak_of_settle_on_its_number() {
    // "Overleaf" fits the line, so that the end stands on the same page; "on this page" does not, and the end is overleaf.
    let mut said = BTreeSet::new();
    for letters in 60..100 {
        let (book, found) = pushing("[@sec:end]{.where}", letters, 1, BODY);
        assert!(found.iter().all(|finding| finding.code != "unsettled-pages"), "{letters}");
        said.insert(references(&book).concat());
    }
    let said: Vec<&str> = said.iter().map(String::as_str).collect();
    assert_eq!(said, ["on page\u{a0}3", "on page\u{a0}4", "on this page", "overleaf"]);
}

#[test]
fn numbers_that_do_not_settle_are_an_error_at_the_reference() {
    // With "ix" the reference fits its line and the end stands on page viii; with "viii" it does not, and it stands on ix.
    let reference = "\\pageref{sec:end}";
    let found = (60..110).flat_map(|letters| pushing(reference, letters, 3, FRONT).1);
    let unsettled: Vec<Diagnostic> = found.filter(|finding| finding.code == "unsettled-pages").collect();
    for finding in &unsettled {
        let Place::Span(span) = finding.place else { panic!("{finding:?}") };
        assert_eq!((span.end - span.start) as usize, reference.len());
    }
    assert!(!unsettled.is_empty(), "some book can't be settled");
}

#[test]
fn blocks_of_generated_matter_are_never_lost() {
    let long = "A statement of rights that goes on. ".repeat(200);
    let (mut sources, settings) = (SourceFiles::default(), Settings::default());
    let source = sources.add("a.md".into(), "# One\n\nText.".into());
    let file = ManuscriptFile::new(source, "a.md".into(), BODY);
    let (divisions, _) = read(&[file], &settings, &mut sources, &mut |address, _, span, _| {
        Err(Diagnostic::error("missing-include", span, address))
    });
    let metadata =
        Metadata { title: "T".into(), language: "en".into(), legal: vec![long.clone()], ..Metadata::default() };
    let mut document = Document { metadata, divisions };
    document.name_nodes();
    let mut style = themes::by_name("book").unwrap();
    style.matter.copyright_page = true;
    let (book, _) = lay_out(document, style, Arc::new(FontBook::bundled()), Graphics::default(), BTreeMap::new());
    let painted: String =
        book.pagination.pages.iter().map(|page| said(page, |owner| matches!(owner, Owner::CopyrightLine(_)))).collect();
    assert_eq!(painted.split_whitespace().count(), long.split_whitespace().count());
    assert!(
        book.document
            .divisions
            .iter()
            .flat_map(|division| &division.blocks)
            .any(|block| matches!(block.kind, BlockKind::Paragraph(_)))
    );
}

#[test]
fn columns_of_an_index_begin_with_an_entry() {
    let words = ["lamp", "tower", "fog", "ship", "map", "sea", "oil", "reef"];
    let mark = |number: usize| {
        let (term, below) = (words[number % 8], words[number / 8 % 8]);
        format!("A line\\index{{{term}!{below} number {number} among the many}}.\n\n")
    };
    let text = format!("# One\n\n{}", (0..200).map(mark).collect::<String>());
    let (book, _) = lay(&[(BODY, &text), (BACK, "# Index {.unnumbered}\n\n::: {#index}\n:::")], |_| {});
    let entry = book.navigation.entries.last().unwrap();
    let mut tops = Vec::new();
    for page in &book.pagination.pages[entry.page as usize..] {
        let area = book.style.page.type_area(page.side);
        let middle = area.origin.x + area.size.width / 2;
        let index = u32::try_from(book.document.divisions.len()).unwrap() - 1;
        let runs = page.frames[0].items.iter().filter_map(|item| match (&item.kind, item.owner) {
            (ItemKind::Glyphs(run), Owner::Node(node)) if node.division == index && node.index > 1 => Some(run),
            (ItemKind::Glyphs(run), Owner::Locator(..) | Owner::Artifact(_)) => Some(run),
            _ => None,
        });
        let runs: Vec<_> = runs.filter(|run| run.text.trim() != "Index").collect();
        for right in [false, true] {
            let column: Vec<_> = runs.iter().filter(|run| (run.origin.x >= middle) == right).collect();
            let edge = column.iter().map(|run| run.origin.x).min().unwrap();
            let top = column.iter().min_by_key(|run| (run.origin.y, run.origin.x)).unwrap();
            assert_eq!(top.origin.x, edge, "a column begins with “{}”", top.text);
            tops.push((page.label.text(), top.origin.y, top.text.clone()));
        }
    }
    assert!(tops.len() >= 6, "{tops:?}");
    assert!(tops.chunks(2).all(|columns| columns[0].1 == columns[1].1), "{tops:?}");
    assert!(tops.iter().any(|(_, _, text)| text.contains("(continued)")), "{tops:?}");
}
