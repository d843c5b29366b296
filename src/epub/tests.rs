//! Writes small hand-made books and reads the files back.

#![expect(clippy::wildcard_enum_match_arm, reason = "another crate's enum has many more variants than matter here")]

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::sync::Arc;

use proptest::prelude::*;
use quick_xml::Reader;
use quick_xml::events::Event;
use zip::{CompressionMethod, ZipArchive};

use super::content::{Content, render};
use super::{Options, navigation, write};
use crate::diagnostics::Span;
use crate::document::{
    AdmonitionKind, Alignment, Attributes, BibliographyEntry, Block, BlockKind, Callout, Cell, CitationItem, CodeBlock,
    ContainerRole, Contributor, Definition, Division, DivisionKind, Document, Edition, Formula, Image, ImageWidth,
    IndexEntry, IndexMark, Inline, InlineKind, ListItem, ListNumbers, Meaning, Metadata, Node, NodeId, Note,
    ReferenceForm, Row, SpanRole, Table, VerseLine, walk,
};
use crate::font::FontBook;
use crate::geometry::{Length, Size};
use crate::graphic::{Graphic, GraphicId, Graphics, ImageFormat, Orientation};
use crate::layout::book::{
    Book, ContentsEntry, Facts, FlowPosition, LinkTarget, Navigation, Numbering, Page, PageLabel, Pagination, Side,
    Token, TokenKind,
};
use crate::math;
use crate::style::{Opening, themes};

/// Makes the nodes of one division.
#[derive(Clone, Copy)]
struct Nodes(u32);

impl Nodes {
    fn id(self, index: u32) -> NodeId {
        NodeId { division: self.0, index }
    }

    fn inline(self, index: u32, kind: InlineKind) -> Inline {
        Inline { id: self.id(index), span: Span::default(), attributes: Attributes::default(), kind }
    }

    fn text(self, index: u32, text: &str) -> Inline {
        self.inline(index, InlineKind::Text(text.to_owned()))
    }

    fn link(self, index: u32, content: Vec<Inline>) -> Inline {
        self.inline(index, InlineKind::Link { address: String::new(), title: String::new(), content })
    }

    fn image(address: &str) -> Image {
        Image { address: address.to_owned(), alt: "a <lamp>".to_owned(), ..Image::default() }
    }

    fn block(self, index: u32, kind: BlockKind) -> Block {
        Block { id: self.id(index), span: Span::default(), attributes: Attributes::default(), kind }
    }

    fn paragraph(self, index: u32, content: Vec<Inline>) -> Block {
        self.block(index, BlockKind::Paragraph(content))
    }

    fn heading(self, index: u32, level: u8, label: &str, words: &str) -> Block {
        let kind = BlockKind::Heading { level, unnumbered: false, content: vec![self.text(index + 1, words)] };
        let attributes = Attributes { label: Some(Arc::from(label)), ..Attributes::default() };
        Block { attributes, ..self.block(index, kind) }
    }

    fn item(self, index: u32, blocks: Vec<Block>) -> ListItem {
        ListItem { id: self.id(index), span: Span::default(), done: None, blocks }
    }

    fn row(self, index: u32, words: &[&str]) -> Row {
        let cells = (index + 1..).step_by(3).zip(words).map(|(index, words)| Cell {
            id: self.id(index),
            span: Span::default(),
            columns: 1,
            rows: 1,
            alignment: None,
            heads_row: false,
            blocks: vec![self.paragraph(index + 1, vec![self.text(index + 2, words)])],
        });
        Row { id: self.id(index), cells: cells.collect() }
    }

    fn division(blocks: Vec<Block>) -> Division {
        Division { path: "a.md".to_owned(), blocks, ..Division::default() }
    }
}

const N: Nodes = Nodes(0);

fn book(divisions: Vec<Division>) -> Book {
    let metadata = Metadata {
        title: "Salt & <Water>".to_owned(),
        language: "en".to_owned(),
        identifier: "urn:test:1".to_owned(),
        modified: "2006-06-15T00:00:00Z".to_owned(),
        ..Metadata::default()
    };
    Book {
        document: Document { metadata, divisions },
        style: themes::by_name("document").unwrap(),
        fonts: Arc::new(FontBook::bundled()),
        graphics: Graphics::default(),
        facts: Facts::default(),
        copyright: Vec::new(),
        pagination: Pagination::default(),
        navigation: Navigation::default(),
    }
}

/// `book` with pages that start at (`node`, `offset`), numbered from 1.
fn paged(mut book: Book, starts: &[(NodeId, u32)]) -> Book {
    let pages = (1..).zip(starts).map(|(number, &(node, offset))| Page {
        label: PageLabel { numbering: Numbering::Decimal, number },
        side: Side::Recto,
        starts_at: Some(FlowPosition { node, offset }),
        frames: Vec::new(),
    });
    book.pagination.pages = pages.collect();
    book
}

fn entry(title: &str, target: NodeId, depth: u8) -> ContentsEntry {
    ContentsEntry { number: None, title: title.to_owned(), target, depth, page: 0, top: Length::ZERO }
}

/// The body of the only file, with page anchors as `{1}`.
fn body(book: &Book) -> String {
    let content = render(book);
    assert_eq!(content.files.len(), 1);
    let mut body = content.files[0].xhtml.clone();
    for page in &content.pages {
        let label = &page.label;
        let anchor = format!(
            "<span id=\"page-{label}\" epub:type=\"pagebreak\" role=\"doc-pagebreak\" aria-label=\"{label}\"></span>"
        );
        assert_eq!(body.matches(&anchor).count(), 1, "{anchor}");
        body = body.replace(&anchor, &format!("{{{label}}}"));
    }
    body
}

fn check(book: &Book, expected: &[&str]) {
    let body = body(book);
    for markup in expected {
        assert!(body.contains(markup), "no {markup} in\n{body}");
    }
}

fn labels(content: &Content) -> Vec<&str> {
    content.pages.iter().map(|page| page.label.as_str()).collect()
}

#[test]
fn a_page_that_starts_in_a_divided_word_waits_for_the_next_word() {
    let text = || vec![Nodes::division(vec![N.paragraph(0, vec![N.text(1, "an example of words")])])];
    check(&paged(book(text()), &[(N.id(1), 0)]), &["<p>{1}an example"]);
    check(&paged(book(text()), &[(N.id(1), 3)]), &["an {1}example of"]);
    check(&paged(book(text()), &[(N.id(1), 7)]), &["an example {1}of"]);
    check(&paged(book(text()), &[(N.id(1), 16)]), &["of words{1}</p>"]);
}

#[test]
fn a_word_goes_on_across_markup() {
    let emphasis = N.inline(2, InlineKind::Emphasis(vec![N.text(3, "ample two")]));
    let blocks = vec![N.paragraph(0, vec![N.text(1, "ex"), emphasis])];
    check(&paged(book(vec![Nodes::division(blocks)]), &[(N.id(3), 0)]), &["ex<em>ample {1}two</em>"]);
}

#[test]
fn pages_that_start_at_one_place_follow_one_another() {
    let blocks = vec![N.paragraph(0, vec![N.text(1, "one two")])];
    let book = paged(book(vec![Nodes::division(blocks)]), &[(N.id(1), 4), (N.id(1), 5), (N.id(1), 4)]);
    check(&book, &["one {1}two{2}{3}</p>"]);
}

#[test]
fn anchors_go_inside_items_cells_and_code_and_before_links_and_images() {
    let link = N.link(6, vec![N.text(7, "there")]);
    let picture = N.inline(9, InlineKind::Image(Nodes::image("x.png")));
    let list = BlockKind::List {
        start: None,
        numbers: ListNumbers::default(),
        tight: true,
        items: vec![N.item(1, vec![N.paragraph(2, vec![N.text(3, "first")])])],
    };
    let table = BlockKind::Table(Table {
        alignments: vec![Alignment::Start, Alignment::End],
        head: vec![N.row(21, &["A", "B"])],
        rows: vec![N.row(28, &["c", "d"])],
        ..Table::default()
    });
    let code = BlockKind::Code(CodeBlock {
        language: "rust".to_owned(),
        text: "let a;\nlet b;\n".to_owned(),
        ..CodeBlock::default()
    });
    let blocks = vec![
        N.block(0, list),
        N.paragraph(5, vec![link]),
        N.paragraph(8, vec![picture]),
        N.block(20, table),
        N.block(40, code),
        N.block(41, BlockKind::Break),
    ];
    let starts = [3, 7, 9, 31, 34].map(|index| (N.id(index), 0));
    let mut book = paged(book(vec![Nodes::division(blocks)]), &starts);
    book.pagination.pages.extend(paged(book.clone(), &[(N.id(40), 7), (N.id(41), 0)]).pagination.pages);
    for (number, page) in (1..).zip(&mut book.pagination.pages) {
        page.label.number = number;
    }
    book.facts.links.insert(N.id(6), LinkTarget::External("https://example.org/ä".to_owned()));
    book.facts.images.insert(N.id(9), GraphicId(0));
    let data: Arc<[u8]> = Arc::from([0_u8].as_slice());
    let graphic = Graphic {
        format: ImageFormat::Png,
        data,
        pixels: Some((300, 150)),
        size: Size::new(Length::pt(72), Length::pt(36)),
        orientation: Orientation::NoTransforms,
        losses: Vec::new(),
    };
    book.graphics = [graphic].into_iter().collect();
    let expected = [
        "<li><p>{1}first</p>",
        "<p>{2}<a href=\"https://example.org/%C3%A4\">there</a></p>",
        "<p>{3}<img src=\"images/x.png\" alt=\"a &lt;lamp&gt;\" width=\"96\" height=\"48\"/></p>",
        "<tr><td>{4}c</td><td class=\"end\">{5}d</td></tr>",
        "<code class=\"language-rust\"><span class=\"line\">let a;\n</span><span class=\"line\">{6}let b;\n</span></code>",
        "{7}<hr/>",
    ];
    check(&book, &expected);
}

#[test]
fn every_page_is_listed_once_in_order_whatever_it_points_at() {
    let blocks = vec![N.paragraph(0, vec![N.text(1, "päge")]), N.paragraph(2, vec![])];
    let other = Nodes(1);
    let second = vec![other.paragraph(0, vec![other.text(1, "more")])];
    let nowhere = NodeId { division: 7, index: 7 };
    let starts = [
        (N.id(1), 2),
        (N.id(1), 900),
        (N.id(2), 5),
        (N.id(0), 0),
        (N.id(99), 0),
        (other.id(1), 0),
        (nowhere, 3),
        (N.id(1), 0),
    ];
    for opening in [Opening::RunOn, Opening::Recto] {
        let divisions = vec![Nodes::division(blocks.clone()), Nodes::division(second.clone())];
        let mut book = paged(book(divisions), &starts);
        book.style.opening = opening;
        // A page without text and one whose label comes twice.
        book.pagination.pages[5].label.number = 1;
        let generated = Page { starts_at: None, ..book.pagination.pages[0].clone() };
        book.pagination.pages.insert(0, generated);
        let content = render(&book);
        assert_eq!(labels(&content), ["1", "2", "3", "4", "5", "1", "7", "8"]);
        let nav = navigation::nav(&book, &content);
        for page in &content.pages {
            let (file, id) = page.address.split_once('#').unwrap();
            let file = content.files.iter().find(|other| other.name == file).unwrap();
            assert_eq!(file.xhtml.matches(&format!("id=\"{id}\"")).count(), 1);
            assert_eq!(nav.matches(&format!("<a href=\"{}\">{}</a>", page.address, page.label)).count(), 1);
        }
    }
}

#[test]
fn heading_ranks_start_at_one_and_never_skip() {
    let levels = [2, 4, 5, 4, 2, 6, 1, 3];
    let blocks = (0..).step_by(2).zip(levels).map(|(index, level)| N.heading(index, level, "same", "Words")).collect();
    let body = body(&book(vec![Nodes::division(blocks)]));
    let ranks: Vec<&str> = body.match_indices("<h").filter_map(|(at, _)| body.get(at + 2..at + 3)).collect();
    assert_eq!(ranks, ["t", "e", "1", "2", "3", "2", "1", "2", "1", "2"], "html, head, then headings");
    assert!(body.contains("<h2 id=\"same-2\" class=\"heading-4\">"));
}

#[test]
fn links_lead_to_the_right_file_and_identifier() {
    let chapter = |number: u32| {
        let nodes = Nodes(number);
        let target = if number == 0 { "over there" } else { "broken" };
        let blocks = vec![
            nodes.heading(0, 1, "start", "Start"),
            nodes.paragraph(2, vec![nodes.link(3, vec![nodes.text(4, target)])]),
            nodes.paragraph(5, vec![nodes.text(6, "no label")]),
        ];
        Nodes::division(blocks)
    };
    let mut book = book(vec![chapter(0), chapter(1), chapter(2)]);
    book.facts.links.insert(Nodes(0).id(3), LinkTarget::Node(Nodes(1).id(0)));
    book.facts.links.insert(Nodes(1).id(3), LinkTarget::Node(Nodes(2).id(5)));
    book.facts.links.insert(Nodes(2).id(3), LinkTarget::Broken);
    check(
        &book,
        &[
            "<a href=\"start.xhtml#start-2\">over there</a>",
            "<h1 id=\"start-2\"",
            "<a href=\"start.xhtml#node-3-5\">broken</a>",
            "<p id=\"node-3-5\">no label</p>",
            "<p>broken</p>",
        ],
    );
    book.style.opening = Opening::Recto;
    let content = render(&book);
    assert_eq!(content.files.len(), 3);
    assert!(content.files[0].xhtml.contains("<a href=\"start-2.xhtml#start\">over there</a>"));
    assert!(content.files[1].xhtml.contains("role=\"doc-chapter\" aria-labelledby=\"start\""));
}

fn book_with_note() -> Book {
    let reference = |index| N.inline(index, InlineKind::NoteReference(0));
    let link = N.link(3, vec![N.text(4, "a"), reference(5), N.text(6, "b")]);
    let blocks = vec![
        N.paragraph(0, vec![N.text(1, "One"), reference(2), link]),
        N.block(7, BlockKind::Code(CodeBlock { text: "x < y\n\tz\n".to_owned(), ..CodeBlock::default() })),
    ];
    let note = Note {
        id: N.id(10),
        label: None,
        span: Span::default(),
        edition: None,
        blocks: vec![N.paragraph(11, vec![N.text(12, "First.")]), N.paragraph(13, vec![N.text(14, "Last.")])],
    };
    let mut book = book(vec![Division { notes: vec![note], ..Nodes::division(blocks) }]);
    book.facts.note_numbers.insert(N.id(10), 7);
    book.facts.links.extend([2, 5].map(|reference| (N.id(reference), LinkTarget::Node(N.id(10)))));
    book.facts.links.insert(N.id(3), LinkTarget::External("https://example.org/".to_owned()));
    book
}

#[test]
fn each_reference_to_a_note_has_its_own_identifier_and_way_back() {
    check(
        &book_with_note(),
        &[
            "One<a class=\"noteref generated\" epub:type=\"noteref\" role=\"doc-noteref\" id=\"noteref-7\" href=\"#note-7\">7</a>",
            ">ab</a><a class=\"noteref generated\" epub:type=\"noteref\" role=\"doc-noteref\" id=\"noteref-7-2\"",
            "<aside id=\"note-7\" epub:type=\"footnote\" role=\"doc-footnote\">\n<p><span class=\"note-number generated\">7\u{2002}</span>First.",
            "Last.<a class=\"backlink generated\" role=\"doc-backlink\" href=\"#noteref-7\">",
            "href=\"#noteref-7-2\">",
        ],
    );
}

/// The text of the body without what is generated; a line for each block.
fn author_text(xhtml: &str) -> String {
    let mut reader = Reader::from_str(xhtml);
    let (mut text, mut open) = (String::new(), Vec::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Start(element) => {
                let generated = element.attributes_raw().contains("generated");
                open.push(generated || element.name().as_ref() == "head");
            }
            Event::End(element) => {
                open.pop();
                if matches!(element.name().as_ref(), "p" | "h1" | "pre") && !text.ends_with('\n') {
                    text.push('\n');
                }
            }
            Event::Text(words) if !open.contains(&true) && words.chars().any(|c| c != '\n') => text.push_str(&words),
            Event::GeneralRef(entity) if !open.contains(&true) => text.push(match &*entity {
                "lt" => '<',
                "gt" => '>',
                _ => '&',
            }),
            Event::Eof => return text,
            _ => {}
        }
    }
}

#[test]
fn the_text_is_the_document_s() {
    let book = paged(book_with_note(), &[(N.id(1), 1), (N.id(7), 6)]);
    assert_eq!(author_text(&render(&book).files[0].xhtml), book.document.text(Edition::Epub));
}

#[test]
fn the_contents_are_nested_and_lead_to_the_headings() {
    let blocks = vec![N.heading(0, 1, "a", "A & O"), N.heading(2, 2, "b", "B"), N.heading(4, 1, "c", "C")];
    let mut book = book(vec![Nodes::division(blocks)]);
    book.navigation.entries = vec![entry("A & O", N.id(0), 0), entry("B", N.id(2), 5), entry("C", N.id(4), 0)];
    let content = render(&book);
    let nav = navigation::nav(&book, &content);
    let expected = "<ol>\n<li><a href=\"a.xhtml#a\">A &amp; O</a>\n<ol>\n<li><a href=\"a.xhtml#b\">B</a></li>\n\
                    </ol></li>\n<li><a href=\"a.xhtml#c\">C</a></li>\n</ol>\n</nav>";
    assert!(nav.contains(expected), "{nav}");
    assert!(nav.contains("epub:type=\"bodymatter\" href=\"a.xhtml\""));
    let ncx = navigation::ncx(&book, &content, "urn:test:1");
    assert!(ncx.contains("<meta name=\"dtb:uid\" content=\"urn:test:1\"/>"));
    assert!(ncx.contains("<docTitle><text>Salt &amp; &lt;Water&gt;</text></docTitle>"));
    assert!(ncx.contains("</content>") || ncx.contains("#b\"/></navPoint></navPoint>"), "{ncx}");
}

/// The names and contents of an archive's files, in order.
fn unpack(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).unwrap();
    let files = (0..archive.len()).map(|index| {
        let mut file = archive.by_index(index).unwrap();
        let mut data = Vec::new();
        file.read_to_end(&mut data).unwrap();
        (file.name().to_owned(), data)
    });
    files.collect()
}

fn text_of(files: &[(String, Vec<u8>)], name: &str) -> String {
    let (_, data) = files.iter().find(|(other, _)| other == name).unwrap();
    String::from_utf8(data.clone()).unwrap()
}

#[test]
fn the_archive_starts_with_its_type_and_is_the_same_each_time() {
    let book = book_with_note();
    let archive = write(&book, Options::default()).unwrap();
    // The local header: stored, name of 8 bytes, no extra field; then name and content.
    assert_eq!(&archive[8..10], [0, 0]);
    assert_eq!(&archive[26..30], [8, 0, 0, 0]);
    assert_eq!(&archive[30..58], b"mimetypeapplication/epub+zip");
    let mut zip = ZipArchive::new(Cursor::new(&archive)).unwrap();
    for index in 0..zip.len() {
        let file = zip.by_index(index).unwrap();
        let stored = file.name() == "mimetype" || file.name().contains(".jpg");
        assert_eq!(file.compression() == CompressionMethod::Stored, stored, "{}", file.name());
        assert_eq!(file.last_modified().map(|time| (time.year(), time.month(), time.day())), Some((1980, 1, 1)));
    }
    assert_eq!(archive, write(&book, Options::default()).unwrap());
}

#[test]
fn hostile_words_leave_every_file_well_formed() {
    let hostile = "\0<&>\"'\u{ffff}]]>\r\n\u{202e}\u{1f468}\u{200d}\u{1f469}";
    let mut heading = N.heading(0, 1, hostile, hostile);
    heading.attributes.language = Some(Arc::from(hostile));
    let mut book = paged(book(vec![Nodes::division(vec![heading])]), &[(N.id(1), 3)]);
    book.navigation.entries = vec![entry(hostile, N.id(0), 200)];
    let words = || hostile.to_owned();
    book.document.metadata = Metadata {
        title: words(),
        subtitle: words(),
        authors: vec![words()],
        language: words(),
        identifier: words(),
        version: words(),
        date: words(),
        modified: words(),
        publisher: words(),
        rights: words(),
        description: words(),
        subjects: vec![words()],
        ..Metadata::default()
    };
    let files = unpack(&write(&book, Options::default()).unwrap());
    for (name, data) in &files {
        if [".xhtml", ".opf", ".ncx", ".xml"].iter().any(|extension| name.ends_with(extension)) {
            let text = std::str::from_utf8(data).unwrap();
            assert!(!text.chars().any(|c| c < ' ' && c != '\n' && c != '\t'), "{name}");
            let mut reader = Reader::from_str(text);
            let mut depth = 0;
            loop {
                match reader.read_event().unwrap_or_else(|error| panic!("{name}: {error}")) {
                    Event::Start(element) => {
                        depth += 1;
                        assert!(element.attributes().all(|attribute| attribute.is_ok()), "{name}");
                    }
                    Event::End(_) => depth -= 1,
                    Event::Eof => break,
                    _ => {}
                }
            }
            assert_eq!(depth, 0, "{name}");
        }
    }
    let opf = text_of(&files, "OEBPS/content.opf");
    assert!(opf.contains("<dc:language>und</dc:language>") && !opf.contains("<dc:date>"));
    assert!(opf.contains("<meta property=\"dcterms:modified\">1980-01-01T00:00:00Z</meta>"));
}

#[test]
fn the_package_claims_what_the_book_has() {
    let blocks = vec![N.heading(0, 1, "a", "A"), N.paragraph(2, vec![N.text(3, "b")])];
    let mut plain = book(vec![Nodes::division(blocks)]);
    plain.document.metadata.identifier = "ISBN 978-3-16-148410-0".to_owned();
    plain.document.metadata.language = "he".to_owned();
    let opf = text_of(&unpack(&write(&plain, Options::default()).unwrap()), "OEBPS/content.opf");
    assert!(opf.contains(">urn:isbn:9783161484100</dc:identifier>"));
    assert!(opf.contains("xml:lang=\"he\" dir=\"rtl\"") && opf.contains("page-progression-direction=\"rtl\""));
    assert!(opf.contains("<meta property=\"schema:accessModeSufficient\">textual</meta>"));
    for absent in ["visual", "alternativeText", "pageBreak", "dc:source", "tableOfContents"] {
        assert!(!opf.contains(absent), "{absent}");
    }
    let with_pages = paged(plain, &[(N.id(1), 0)]);
    let opf = text_of(&unpack(&write(&with_pages, Options::default()).unwrap()), "OEBPS/content.opf");
    for present in
        ["pageBreakMarkers", "pageNavigation", "<meta property=\"pageBreakSource\">urn:isbn:9783161484100#pdf<"]
    {
        assert!(opf.contains(present), "{present}");
    }
}

#[test]
fn letters_that_no_font_has_stay_and_say_their_numbers() {
    let text = "a 漢字 漢 b\u{10fffd}é";
    let body = body(&book(vec![Nodes::division(vec![N.paragraph(0, vec![N.text(1, text)])])]));
    assert!(body.contains(
        "<p>a <span class=\"missing-letter\" title=\"U+6F22 U+5B57\">漢字 漢</span> \
         b<span class=\"missing-letter\" title=\"U+10FFFD\">\u{10fffd}</span>é</p>"
    ));
}

#[test]
fn an_empty_document_is_still_a_book() {
    let files = unpack(&write(&book(Vec::new()), Options::default()).unwrap());
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.contains(&"OEBPS/title.xhtml") && !names.iter().any(|name| name.contains("chapter")));
    let nav = text_of(&files, "OEBPS/nav.xhtml");
    assert!(
        nav.contains("<li><a href=\"title.xhtml\">Salt &amp; &lt;Water&gt;</a></li>") && !nav.contains("bodymatter")
    );
}

proptest! {
    #[test]
    fn page_starts_lose_no_text_and_stay_in_order(
        text in "[a-z äß漢字カナ\u{301}\u{ad},.—-]{0,40}",
        mut offsets in proptest::collection::vec(0_u32..130, 0..6),
    ) {
        offsets.sort_unstable();
        let starts: Vec<(NodeId, u32)> = offsets.iter().map(|&offset| (N.id(1), offset)).collect();
        let blocks = vec![N.paragraph(0, vec![N.text(1, &text)])];
        let book = paged(book(vec![Nodes::division(blocks)]), &starts);
        let content = render(&book);
        prop_assert_eq!(content.pages.len(), offsets.len());
        let marked = body(&book);
        let (_, marked) = marked.split_once("<p>").unwrap();
        let (marked, _) = marked.split_once("</p>").unwrap();
        // The bundled fonts lack some of the letters.
        let pieces = marked.replace("</span>", "");
        let pieces = pieces.split("<span class=\"missing-letter\"");
        let marked: String =
            pieces.enumerate().map(|(index, rest)| if index == 0 { rest } else { rest.split_once('>').unwrap().1 }).collect();
        let mut plain = String::new();
        for (index, part) in marked.split('{').enumerate() {
            plain.push_str(if index == 0 { part } else { part.split_once('}').unwrap().1 });
            if index < offsets.len() {
                // The anchor is not before its offset, and not within a word of letters.
                prop_assert!(plain.len() >= text.len().min(offsets[index] as usize));
                let before = plain.chars().next_back().is_some_and(|c| c.is_ascii_lowercase());
                let after = text.get(plain.len()..).unwrap().starts_with(|c: char| c.is_ascii_lowercase());
                prop_assert!(!(before && after), "{}", marked);
            }
        }
        prop_assert_eq!(plain, text);
    }
}

// Constructs, made without names and named as a document is.

mod constructs;
