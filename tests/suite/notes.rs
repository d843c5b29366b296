//! Notes in all their places: at the foot of the page, in the margin, at the end of a chapter or of the book, numbered as
//! the design says, the same words in both editions.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use pressmark::apparatus::{self, CitationStyle, Library};
use pressmark::diagnostics::{Diagnostic, SourceFiles};
use pressmark::document::{DivisionKind, Document, Edition, InlineKind, Matter, Metadata, Node, NodeId, walk};
use pressmark::font::FontBook;
use pressmark::geometry::Length;
use pressmark::graphic::Graphics;
use pressmark::layout::book::{Book, FrameItem, GlyphRun, ItemKind, LinkTarget, Owner, Page};
use pressmark::layout::lay_out;
use pressmark::manuscript::{ManuscriptFile, Settings, read};
use pressmark::style::{Binding, NoteNumbering, NotePlace, ParagraphRole, Side, Style, themes};
use pressmark::{epub, pdf};

use crate::manuscript::words;
use crate::read_epub::Epub;
use crate::read_pdf::Pdf;

/// The book design with its notes in this place; beside the text, the margin is made wider for them.
fn style(place: NotePlace, numbering: NoteNumbering) -> Style {
    let mut style = themes::by_name("book").unwrap();
    style.notes.place = place;
    style.notes.numbering = numbering;
    if place == NotePlace::Side {
        style.notes.side_width = Length::pt(90);
        style.notes.side_gap = Length::pt(12);
        style.page.trim.width += Length::pt(85);
        style.page.margins.outer += Length::pt(85);
    }
    style
}

/// Sets files, each with its level among the chapters, in a style.
fn lay_files(files: &[(&str, u8)], style: Style) -> (Book, Vec<Diagnostic>) {
    let mut sources = SourceFiles::default();
    let files: Vec<ManuscriptFile> = (1..)
        .zip(files)
        .map(|(number, (markdown, level))| {
            let path = format!("{number}.md");
            let source = sources.add(path.clone(), (*markdown).into());
            ManuscriptFile { level: *level, ..ManuscriptFile::new(source, path, Matter::Body) }
        })
        .collect();
    let settings = Settings::default();
    let (divisions, _) = read(&files, &settings, &mut sources, &mut |address, _, span, _| {
        Err(Diagnostic::error("missing-include", span, address))
    });
    let metadata = Metadata {
        title: "Title".into(),
        language: "en".into(),
        identifier: "urn:uuid:3c4b6f9e-0000-4000-8000-000000000000".into(),
        modified: "2026-01-01T00:00:00Z".into(),
        ..Metadata::default()
    };
    let mut document = Document { metadata, divisions };
    let (library, _) = Library::read(&sources, &[], &CitationStyle::AuthorDate);
    apparatus::resolve(&mut document, &settings, &library);
    lay_out(document, style, Arc::new(FontBook::bundled()), Graphics::default(), BTreeMap::new())
}

fn lay(markdown: &str, place: NotePlace, numbering: NoteNumbering) -> (Book, Vec<Diagnostic>) {
    lay_files(&[(markdown, 0)], style(place, numbering))
}

fn items(page: &Page) -> impl Iterator<Item = &FrameItem> {
    page.frames.iter().flat_map(|frame| &frame.items)
}

fn runs(page: &Page) -> impl Iterator<Item = (Owner, &GlyphRun)> {
    items(page).filter_map(|item| match &item.kind {
        ItemKind::Glyphs(run) => Some((item.owner, run)),
        _ => None,
    })
}

/// The notes of a book, with the division that each stands in.
fn notes(book: &Book) -> impl Iterator<Item = &pressmark::document::Note> {
    book.document.divisions.iter().flat_map(|division| &division.notes)
}

/// The references to each note in the order of the book, and what print shows of each with its page.
fn references(book: &Book) -> Vec<(NodeId, usize, String)> {
    let mut found = Vec::new();
    for (index, page) in book.pagination.pages.iter().enumerate() {
        for (owner, run) in runs(page) {
            let Owner::Node(node) = owner else { continue };
            if let Some(LinkTarget::Node(target)) = book.facts.links.get(&node)
                && notes(book).any(|note| note.id == *target)
            {
                found.push((*target, index, run.text.clone()));
            }
        }
    }
    found
}

/// The page and the number that stands before each note.
fn labels(book: &Book) -> BTreeMap<NodeId, (usize, String)> {
    let ids: BTreeSet<NodeId> = notes(book).map(|note| note.id).collect();
    let mut found: BTreeMap<NodeId, (usize, String)> = BTreeMap::new();
    for (index, page) in book.pagination.pages.iter().enumerate() {
        for (owner, run) in runs(page) {
            if let Owner::Marker(node) = owner
                && ids.contains(&node)
            {
                found.entry(node).or_insert((index, String::new())).1.push_str(run.text.trim());
            }
        }
    }
    found
}

fn assert_nothing_lost(book: &Book) {
    let mut painted: BTreeMap<NodeId, String> = BTreeMap::new();
    for (owner, run) in book.pagination.pages.iter().flat_map(runs) {
        if let Owner::Node(node) = owner {
            painted.entry(node).or_default().push_str(&run.text);
        }
    }
    for division in &book.document.divisions {
        walk(division.all_blocks(), &mut |node| {
            if let Node::Inline(inline) = node
                && let InlineKind::Text(text) = &inline.kind
            {
                let found = painted.get(&inline.id).map(String::as_str).unwrap_or_default();
                assert_eq!(words(found), words(text));
            }
        });
    }
}

/// Both editions say what the document says, and every link in them lands.
fn assert_editions_agree(book: &Book) {
    let (pdf, epub) =
        (Pdf::read(&pdf::write(book).unwrap()), Epub::read(&epub::write(book, epub::Options::default()).unwrap()));
    assert_eq!(words(&pdf.main_text()), words(&book.document.text(Edition::Pdf)));
    assert_eq!(words(&epub.main_text), words(&book.document.text(Edition::Epub)));
    for address in &epub.addresses {
        assert!(epub.targets.contains_key(address), "{address}");
    }
    let page_list: Vec<&str> = epub.page_list.iter().map(|(label, _)| label.as_str()).collect();
    assert_eq!(page_list, pdf.labels_of_main_text());
    let outline: Vec<&str> = pdf.outline.iter().map(|(_, title, _)| title.as_str()).collect();
    let contents: Vec<&str> = epub.contents.iter().map(|(_, title, _)| title.as_str()).collect();
    assert_eq!(contents, outline);
    let links = pdf.main_links().into_iter().filter(|(to_note, _, _)| *to_note).count();
    assert_eq!(epub.main_links.iter().filter(|link| link.to_note).count(), links);
}

/// So many words, always the same.
fn prose(count: usize) -> String {
    const WORDS: [&str; 13] =
        ["the", "page", "holds", "what", "its", "notes", "leave", "and", "each", "line", "finds", "a", "place"];
    let words: Vec<&str> = (0..count).map(|index| WORDS[(index * 7 + index / 5) % WORDS.len()]).collect();
    words.join(" ")
}

/// Paragraphs of which each refers to a note or two of various lengths.
fn noted(paragraphs: usize) -> String {
    let (mut text, mut notes) = (String::from("# Chapter\n\n"), String::new());
    for number in 0..paragraphs {
        let _ = write!(text, "{}[^{number}] {}", prose(20 + number * 7 % 30), prose(15 + number * 11 % 40));
        let _ = writeln!(notes, "[^{number}]: {}\n", prose(4 + number * 13 % 37));
        if number % 3 == 1 {
            let _ = write!(text, "[^{number}b]");
            let _ = writeln!(notes, "[^{number}b]: {}\n", prose(3));
        }
        text.push_str(".\n\n");
    }
    text + &notes
}

#[test]
fn numbers_start_again_on_each_page_and_are_those_of_the_references() {
    for paragraphs in [20, 41] {
        let (book, found) = lay(&noted(paragraphs), NotePlace::Foot, NoteNumbering::Page);
        assert!(found.is_empty(), "{found:?}");
        let labels = labels(&book);
        let mut expected = (0, 0);
        for (note, page, shown) in references(&book) {
            expected = (page, if expected.0 == page { expected.1 + 1 } else { 1 });
            assert_eq!(shown, expected.1.to_string());
            assert_eq!(labels[&note].1, format!("{shown}."));
        }
        assert!(expected.0 > 5);
        // The e-book has no pages, and numbers them by chapter.
        let numbers: Vec<u32> = notes(&book).map(|note| book.facts.note_numbers[&note.id]).collect();
        assert!(numbers.iter().copied().eq(1..=u32::try_from(numbers.len()).unwrap()));
        assert_editions_agree(&book);
    }
}

#[test]
fn numbers_start_again_in_a_chapter_but_not_in_its_sections() {
    let file = |name: &str| format!("# {name}\n\nWords.^[One of {name}.] More.^[Two of {name}.]\n");
    let files = [file("A"), file("A section"), file("B")];
    let files = [(files[0].as_str(), 0), (files[1].as_str(), 1), (files[2].as_str(), 0)];
    let shown = |numbering| {
        let (book, _) = lay_files(&files, style(NotePlace::Foot, numbering));
        let print: Vec<String> = references(&book).into_iter().map(|(_, _, shown)| shown).collect();
        let ebook: Vec<String> = notes(&book).map(|note| book.facts.note_numbers[&note.id].to_string()).collect();
        assert_eq!(ebook, print);
        print.join(" ")
    };
    assert_eq!(shown(NoteNumbering::Chapter), "1 2 3 4 1 2");
    assert_eq!(shown(NoteNumbering::Book), "1 2 3 4 5 6");
}

const PLACES: &str = r#"# A heading[^heading]

| Head[^head] | Two[^second] |
|---|---|
| Cell[^cell] | Cell[^other] |

: A table[^caption]

> A quote[^quote]

- An item[^item]

Term[^term]
: Meaning[^meaning]

::: {.note title="A title[^title]"}
Admonition[^admonition]
:::

::: {.verse}
A line[^verse]
:::

```{.python #lst:a caption="A listing[^listing]"}
pass
```

## A section[^section]

Last.[^last]

[^heading]: N01
[^head]: N03
[^second]: N04
[^cell]: N05
[^other]: N06
[^caption]: N02
[^quote]: N07
[^item]: N08
[^term]: N09
[^meaning]: N10
[^title]: N11
[^admonition]: N12
[^verse]: N13
[^listing]: N14
[^section]: N15
[^last]: N16
"#;

#[test]
fn notes_of_all_blocks_stand_at_the_foot_in_the_order_of_their_references() {
    let (book, _) = lay(PLACES, NotePlace::Foot, NoteNumbering::Chapter);
    let labels = labels(&book);
    let mut shown = Vec::new();
    for (page, content) in book.pagination.pages.iter().enumerate() {
        let texts = runs(content).map(|(_, run)| run.text.trim());
        shown.extend(texts.filter(|text| text.len() == 3 && text.starts_with('N')).map(|text| (page, text.to_owned())));
    }
    let texts: Vec<&str> = shown.iter().map(|(_, text)| text.as_str()).collect();
    let wanted: Vec<String> = (1..=16).map(|number| format!("N{number:02}")).collect();
    assert_eq!(texts, wanted);
    for (note, page, text) in references(&book) {
        assert_eq!(labels[&note], (page, format!("{text}.")), "a note stands on the page of its reference");
    }
    assert_eq!(book.navigation.entries[0].title, "A heading");
    assert_editions_agree(&book);
}

#[test]
fn a_note_called_in_a_head_that_is_repeated_is_set_once() {
    let mut table = String::from("# A\n\n| Head[^h] |\n|---|\n");
    (0..80).for_each(|row| writeln!(table, "| row {row} |").unwrap());
    let (book, _) = lay(&(table + "\n[^h]: Onlyonce.\n"), NotePlace::Foot, NoteNumbering::Page);
    let pages: Vec<usize> = (0..book.pagination.pages.len())
        .filter(|&page| runs(&book.pagination.pages[page]).any(|(_, run)| run.text.contains("Onlyonce")))
        .collect();
    assert_eq!(pages, [references(&book)[0].1]);
}

#[test]
fn a_note_within_a_note_follows_it() {
    let text = "# A\n\nOne.[^a] Two.[^c]\n\n[^b]: Inner.\n[^c]: Last.\n[^a]: Outer.[^b]\n";
    for place in [NotePlace::Foot, NotePlace::ChapterEnd] {
        let (book, _) = lay(text, place, NoteNumbering::Chapter);
        let order: Vec<String> = labels(&book).into_values().map(|(_, label)| label).collect();
        assert_eq!(order, ["1.", "2.", "3."]);
        let texts: Vec<u32> = notes(&book).map(|note| book.pagination.note_numbers[&note.id]).collect();
        assert_eq!(texts, [1, 2, 3]);
        assert_nothing_lost(&book);
        assert_editions_agree(&book);
    }
}

#[test]
fn a_note_that_one_edition_refers_to_is_for_that_edition() {
    let text = "# A\n\n::: print-only\nPrint.[^p]\n:::\n\n::: ebook-only\nScreen.[^e]\n:::\n\nBoth.[^b]\n\n\
                [^p]: Printed.\n[^e]: Shown.\n[^b]: Said.\n";
    let (book, _) = lay(text, NotePlace::Foot, NoteNumbering::Chapter);
    let (print, ebook) = (book.document.text(Edition::Pdf), book.document.text(Edition::Epub));
    assert!(print.contains("Printed.") && !print.contains("Shown."));
    assert!(ebook.contains("Shown.") && !ebook.contains("Printed."));
    assert_eq!((book.pagination.note_numbers.len(), book.facts.note_numbers.len()), (2, 2));
    assert_editions_agree(&book);
}

/// The lines of the notes at the foot of a page: baselines from the top, in order.
fn note_lines(book: &Book, page: &Page) -> Vec<Length> {
    let size = book.style.paragraph(ParagraphRole::Note).character.size;
    let rule = page_rule(page).map(|rule| rule.origin.y);
    let of_notes = |run: &GlyphRun| run.size == size && rule.is_some_and(|rule| run.origin.y > rule);
    let baselines = runs(page).filter(|(owner, run)| !matches!(owner, Owner::Artifact(_)) && of_notes(run));
    let lines: BTreeSet<Length> = baselines.map(|(_, run)| run.origin.y).collect();
    lines.into_iter().collect()
}

/// The rule above notes.
fn page_rule(page: &Page) -> Option<pressmark::geometry::Rect> {
    items(page).find_map(|item| match &item.kind {
        ItemKind::Rule { rect, .. } => Some(*rect),
        _ => None,
    })
}

#[test]
fn a_note_that_goes_on_overleaf_has_two_lines_on_each_side_and_a_long_rule() {
    let mut split = 0;
    for length in (250..850).step_by(150) {
        let text = format!("# A\n\n{}[^n]\n\n{}\n\n[^n]: {}\n", prose(150), prose(600), prose(length));
        let (book, found) = lay(&text, NotePlace::Foot, NoteNumbering::Book);
        assert!(found.is_empty(), "{found:?}");
        let area = book.style.page.type_area(Side::Recto);
        let pages: Vec<(&Page, Vec<Length>)> =
            book.pagination.pages.iter().map(|page| (page, note_lines(&book, page))).collect();
        let pages: Vec<_> = pages.into_iter().filter(|(_, lines)| !lines.is_empty()).collect();
        let grid = book.style.page.baseline;
        let last = area.origin.y + book.style.page.first_baseline + grid * (book.style.page.lines() - 1);
        for (number, (page, lines)) in pages.iter().enumerate() {
            assert!(lines.len() >= 2);
            assert_eq!(*lines.last().unwrap(), last, "notes end with the page");
            let wide = page_rule(page).unwrap().size.width == area.size.width;
            assert_eq!(wide, number > 0);
        }
        split += usize::from(pages.len() > 1);
        assert_nothing_lost(&book);
        assert_editions_agree(&book);
    }
    assert!(split > 2);
}

/// The boxes of the notes in the margin of a page, from the top: left, right, first and last baseline.
fn aside(book: &Book, page: &Page) -> Vec<(Length, Length, Length, Length)> {
    let area = book.style.page.type_area(page.side);
    let mut boxes: Vec<(Length, Length, Length, Length)> = Vec::new();
    let mut marker = None;
    for (owner, run) in runs(page) {
        let outside = run.origin.x >= area.right() || run.origin.x + run.width() <= area.origin.x;
        if matches!(owner, Owner::Artifact(_)) || !outside || run.text.trim().is_empty() {
            continue;
        }
        let (left, right) = (run.origin.x, run.origin.x + run.width());
        let begins = matches!(owner, Owner::Marker(_)) && marker != Some(owner);
        marker = if begins { Some(owner) } else { marker };
        match boxes.last_mut() {
            Some(last) if !begins => {
                *last = (last.0.min(left), last.1.max(right), last.2, last.3.max(run.origin.y));
            }
            _ => boxes.push((left, right, run.origin.y, run.origin.y)),
        }
    }
    boxes
}

/// Checks that the notes of a book stand in its outer margin and not on each other; gives how many do, and on which sides.
fn check_margins(book: &Book) -> (usize, BTreeSet<bool>) {
    let leading = book.style.paragraph(ParagraphRole::Note).leading;
    let (mut count, mut sides) = (0, BTreeSet::new());
    for page in &book.pagination.pages {
        let area = book.style.page.type_area(page.side);
        let boxes = aside(book, page);
        let recto = page.side == Side::Recto || !book.style.page.facing;
        let at_right = recto == (book.style.page.binding == Binding::Left);
        for (left, right, _, last) in &boxes {
            assert_eq!(at_right, *left >= area.right() + book.style.notes.side_gap);
            assert_eq!(!at_right, *right <= area.origin.x - book.style.notes.side_gap);
            assert!(*left > Length::ZERO && *right < book.style.page.trim.width);
            assert!(*last <= area.bottom());
            sides.insert(at_right);
        }
        assert!(boxes.is_sorted_by(|above, below| above.3 + leading < below.2));
        count += boxes.len();
    }
    (count, sides)
}

#[test]
fn notes_stand_in_the_outer_margin_and_never_on_each_other() {
    for binding in [Binding::Left, Binding::Right] {
        let mut style = style(NotePlace::Side, NoteNumbering::Chapter);
        style.page.binding = binding;
        let (book, found) = lay_files(&[(&noted(40), 0)], style);
        assert!(found.is_empty(), "{found:?}");
        assert_nothing_lost(&book);
        let (count, sides) = check_margins(&book);
        assert!(count > 30 && sides.len() == 2);
        assert_editions_agree(&book);
    }
}

#[test]
fn a_number_never_begins_a_line() {
    for mark in ['.', '!', '?', ')', '”', '…', '。'] {
        let text: String = (0..300)
            .map(|number| format!("{}{mark}^[N.] ", ["Twice", "o", "of", "seldom", "more"][number * 7 % 5]))
            .collect();
        let (book, _) = lay(&text, NotePlace::ChapterEnd, NoteNumbering::Page);
        let numbers: BTreeSet<NodeId> = book.facts.note_references.values().copied().collect();
        for page in &book.pagination.pages {
            let area = book.style.page.type_area(page.side);
            for (owner, run) in runs(page).filter(|(_, run)| run.origin.x <= area.origin.x + Length::pt(2)) {
                assert!(!matches!(owner, Owner::Node(node) if numbers.contains(&node)), "{mark}{}", run.text);
            }
        }
    }
}

#[test]
fn notes_stand_at_one_side_of_pages_that_do_not_face_each_other() {
    let mut style = style(NotePlace::Side, NoteNumbering::Chapter);
    style.page.facing = false;
    let (book, _) = lay_files(&[(&noted(40), 0)], style);
    let (count, sides) = check_margins(&book);
    assert!(count > 30);
    assert_eq!(Vec::from_iter(sides), [true]);
}

#[test]
fn a_note_in_the_margin_begins_on_the_line_of_its_reference() {
    let text = "# A\n\nFirst paragraph, which has some words.\n\nSecond.^[Beside.]\n\n| Cell^[Beside as well.] |\n|---|\n| b |\n";
    let (book, _) = lay(text, NotePlace::Side, NoteNumbering::Chapter);
    let baseline = |words: &str| {
        let mut all =
            book.pagination.pages.iter().flat_map(runs).filter(|(owner, _)| !matches!(owner, Owner::Artifact(_)));
        all.find(|(_, run)| run.text.contains(words)).map(|(_, run)| run.origin.y).unwrap()
    };
    assert_eq!(baseline("Second"), baseline("Beside."));
    assert_eq!(baseline("Cell"), baseline("as well"));
}

#[test]
fn what_finds_no_room_in_the_margin_stands_at_the_foot() {
    let mut text = String::from("# A\n\n");
    (0..30).for_each(|number| write!(text, "{}.^[{number} {}]\n\n", prose(24), prose(40)).unwrap());
    text.push_str("\n\nCode.[^code]\n\n[^code]: See:\n\n    ```\n    code\n    ```\n");
    let (book, found) = lay(&text, NotePlace::Side, NoteNumbering::Book);
    assert!(found.is_empty(), "{found:?}");
    assert_nothing_lost(&book);
    assert!(book.pagination.pages.iter().any(|page| !aside(&book, page).is_empty()));
    assert!(book.pagination.pages.iter().any(|page| !note_lines(&book, page).is_empty()));
    assert_editions_agree(&book);
}

/// The kinds of the divisions and their headings.
fn shape(book: &Book) -> Vec<(DivisionKind, String)> {
    let entries = &book.navigation.entries;
    let heading = |division: &pressmark::document::Division| {
        let id = division.heading().map(|heading| heading.id);
        entries.iter().find(|entry| Some(entry.target) == id).map(|entry| format!("{} {}", entry.depth, entry.title))
    };
    book.document.divisions.iter().map(|division| (division.kind, heading(division).unwrap_or_default())).collect()
}

const CHAPTERS: [(&str, u8); 4] = [
    ("# One\n\nA.[^a] [B](2.md).^[Bees, see [there](#one).]\n\n[^a]: *Aye*.\n\n    More of it.\n", 0),
    ("# Section\n\nC.^[Sea.]\n", 1),
    ("# Bare\n\nNothing.\n", 0),
    ("# Two\n\nD.^[Dee.]\n\nAn [entry]{.index}.\n", 0),
];

#[test]
fn notes_at_a_chapter_s_end_have_a_heading_below_the_chapter_s() {
    use DivisionKind::{Chapter, Notes};

    let (book, found) = lay_files(&CHAPTERS, style(NotePlace::ChapterEnd, NoteNumbering::Chapter));
    assert!(found.is_empty(), "{found:?}");
    let wanted: [(DivisionKind, &str); 8] = [
        (Chapter, "0 One"),
        (Chapter, "1 Section"),
        (Notes, "1 Notes"),
        (Notes, ""),
        (Chapter, "0 Bare"),
        (Chapter, "0 Two"),
        (Notes, "1 Notes"),
        (Chapter, "0 Index"),
    ];
    let shape = shape(&book);
    assert_eq!(shape.iter().map(|(kind, title)| (*kind, title.as_str())).collect::<Vec<_>>(), wanted);
    assert_nothing_lost(&book);
    assert_editions_agree(&book);
}

#[test]
fn notes_of_the_book_stand_before_the_index_chapter_by_chapter() {
    let (book, found) = lay_files(&CHAPTERS, style(NotePlace::BookEnd, NoteNumbering::Chapter));
    assert!(found.is_empty(), "{found:?}");
    let shape: Vec<String> = shape(&book).into_iter().map(|(_, title)| title).collect();
    assert_eq!(shape, ["0 One", "1 Section", "0 Bare", "0 Two", "0 Notes", "1 One", "", "1 Two", "0 Index"]);
    let numbers: Vec<u32> = notes(&book).map(|note| book.pagination.note_numbers[&note.id]).collect();
    assert_eq!(numbers, [1, 2, 3, 1]);
    assert_nothing_lost(&book);
    assert_editions_agree(&book);
}

#[test]
fn each_note_leads_back_to_its_reference() {
    for place in [NotePlace::Foot, NotePlace::ChapterEnd, NotePlace::BookEnd] {
        let (book, _) = lay_files(&CHAPTERS, style(place, NoteNumbering::Book));
        let mut back = BTreeMap::new();
        for item in book.pagination.pages.iter().flat_map(items) {
            if let (Owner::Marker(note), ItemKind::Link { target: LinkTarget::Node(reference), .. }) =
                (item.owner, &item.kind)
            {
                back.insert(note, *reference);
            }
        }
        assert_eq!(back.len(), 4);
        for (note, reference) in back {
            assert_eq!(book.facts.links[&reference], LinkTarget::Node(note));
        }
    }
}
